"""The container's files, read by a parser: no engine builds them here. What they name is there, and it is safe by default."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from playground import settings
from playground.ui.shell import health, lifespan, logs
from scripts.locked import SERVER

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
KNOWN = (
    "FROM COPY RUN WORKDIR ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK CMD ENTRYPOINT ARG LABEL"
)


class Step(NamedTuple):
    """One instruction of a Containerfile."""

    word: str
    rest: str


def steps() -> list[Step]:
    """The instructions, comments left out and continued lines joined."""
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", text)
    return [Step(*line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def of(word: str) -> list[str]:
    return [step.rest for step in steps() if step.word == word]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in of("ENV") for pair in rest.split())


def test_every_instruction_is_one_and_it_begins_from_an_image() -> None:
    assert {step.word for step in steps()} <= set(KNOWN.split())
    assert steps()[0].word == "FROM"
    for base in of("FROM"):
        assert re.match(r"python:3\.1[1-9]-slim( AS \w+)?$", base), base


def test_what_is_copied_is_there_and_all_that_the_app_needs() -> None:
    copied: set[str] = set()
    for rest in of("COPY"):
        if rest.startswith("--from"):
            continue
        *sources, _to = rest.split()
        assert all((ROOT / source).exists() for source in sources), rest
        copied |= {source.rstrip("/") for source in sources}
    assert copied == {SERVER, "pricing.yaml", ".streamlit/config.toml", "pages", "playground"}


def test_nothing_else_is_sent_to_the_engine() -> None:
    ignored = (ROOT / ".containerignore").read_text("utf-8")
    assert (ROOT / ".dockerignore").read_text("utf-8") == ignored
    first, *rest = [line for line in ignored.splitlines() if not line.startswith("#")]
    assert first == "*"
    allowed = {line[1:] for line in rest if line.startswith("!")}
    copied = {word.rstrip("/") for rest in of("COPY") for word in rest.split()[:-1]}
    assert allowed == {word for word in copied if not word.startswith(("--", "/"))}


def test_packages_are_installed_by_their_hashes() -> None:
    (installing,) = [rest for rest in of("RUN") if "pip install" in rest]
    assert "--require-hashes" in installing
    assert f"-r /{SERVER}" in installing


def test_it_runs_without_rights_for_strangers_and_says_how_it_is() -> None:
    (user,) = of("USER")
    assert user.isdecimal()
    assert int(user) > 0
    assert settings.hosted(environment())
    assert environment()[logs.VARIABLE] == "json"
    assert str(settings.data_dir(environment())) in of("VOLUME")
    (check,) = of("HEALTHCHECK")
    words = json.loads(check.partition("CMD ")[2])
    (command,) = of("CMD")
    assert f"http://localhost:{of('EXPOSE')[0]}{health.PATH}" in words[-1]
    assert f"--server.port={of('EXPOSE')[0]}" in json.loads(command)


def test_the_server_is_the_first_process_so_that_it_is_told_to_stop() -> None:
    """As a list the command is run without a shell, which would keep the signal to itself."""
    (command,) = of("CMD")
    assert json.loads(command)[:3] == ["streamlit", "run", "playground/app.py"]
    assert (ROOT / "playground" / "app.py").is_file()
    seconds = int(COMPOSE["services"]["app"]["stop_grace_period"].removesuffix("s"))
    assert seconds > lifespan.GRACE_SECONDS + lifespan.EXPERIMENT_SECONDS


def test_compose_builds_the_app_on_a_postgresql_that_nobody_else_reaches() -> None:
    app, database = COMPOSE["services"]["app"], COMPOSE["services"]["database"]
    assert app["build"] == {"context": ".", "dockerfile": "Containerfile"}
    assert app["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert all(port.startswith("127.0.0.1:") for port in app["ports"])
    assert "ports" not in database
    assert re.match(r"postgres:\d+$", database["image"])
    url = settings.database_url(app["environment"])
    assert re.match(r"postgresql://playground:\$\{POSTGRES_PASSWORD:\?[^}]+\}@database/", url)
    assert settings.keeps_history({**environment(), **app["environment"]})
    used = {
        volume.split(":")[0] for service in (app, database) for volume in service.get("volumes", ())
    }
    assert used == set(COMPOSE["volumes"])


def test_compose_takes_from_the_app_what_it_does_not_need() -> None:
    app = COMPOSE["services"]["app"]
    assert app["read_only"] is True
    assert app["cap_drop"] == ["ALL"]
    assert app["security_opt"] == ["no-new-privileges:true"]


def test_no_password_stands_in_it() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    for line in text.splitlines():
        if "PASSWORD" in line and not line.startswith("#"):
            assert "${POSTGRES_PASSWORD:?" in line, line
