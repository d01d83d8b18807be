"""Puts a project together: code as it stands in `files`, and the request, its facts and a README as data beside it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from typing import Any

from playground import __version__
from playground.domain import Endpoint, Request, clock
from playground.domain.provider import provider_of
from playground.export.document import dumps
from playground.export.projects.facts import NO_LIMIT, facts, host
from playground.export.projects.table import (
    DOOR_FILES,
    KINDS,
    LANGUAGES,
    SDKS,
    TYPESCRIPT,
    WAYS,
    Kind,
    Language,
    why_none,
)
from playground.export.snippets import Sent, describe

FILES = Path(__file__).with_name("files")
DATED = (1980, 1, 1, 0, 0, 0)
"""Of every file in a zip: the same project makes the same bytes."""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of text files."""

    name: str
    """Of the folder."""
    files: Mapping[str, str]
    """Path → text."""


def project(
    requests: Sequence[Request],
    endpoint: Endpoint,
    *,
    kind: str,
    language: str,
    way: str,
    results: Mapping[str, str] | None = None,
) -> Project:
    """The project of these requests: one, or the lines of a batch; ValueError says why there is none.

    `results` are what its functions give until someone writes them, by their names.
    """
    if why := why_none(requests, kind, way):
        raise ValueError(why)
    if kind == "batch":
        requests = [replace(request, stream=False) for request in requests]
    request, row, spoken = requests[0], KINDS[kind], LANGUAGES[language]
    sent = describe(request, endpoint)
    known = facts(requests, endpoint, sent, kind)
    made = dict(_code(request, row, spoken, way))
    made |= {
        "request.json": dumps(sent.body) + "\n",
        "project.json": dumps(known) + "\n",
        ".env.example": _env(known),
        ".gitignore": ".env\ncalls.jsonl\nbatch.json\nresults.jsonl\n.venv/\n__pycache__/\nnode_modules/\ndist/\n",
        "README.md": _readme(sent, known, row, spoken, way),
    }
    made |= _packages(request, row, spoken, way)
    if kind == "tools":
        made |= _functions(request, spoken, results or {})
    if kind == "batch":
        bodies = [describe(one, endpoint).body for one in requests]
        made["lines.jsonl"] = "".join(_line_of(n, body) for n, body in enumerate(bodies, 1))
    name = "-".join((_slug(sent.model), kind, language, way))
    return Project(name, dict(sorted(made.items())))


def zipped(made: Project) -> bytes:
    """The project as a zip of one folder."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in made.files.items():
            info = zipfile.ZipInfo(f"{made.name}/{path}", DATED)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode("utf-8", "replace"))
    return data.getvalue()


def write(made: Project, folder: Path) -> None:
    """Write the files; FileExistsError where the folder holds something already."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty: give another folder.")
    for path, text in made.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", errors="replace")


def _code(request: Request, kind: Kind, language: Language, way: str) -> Iterator[tuple[str, str]]:
    """The files that are the same in every project of a kind, a door and a way."""
    api, ending = request.model.api, language.ending
    wire = SDKS[api].file if way == "sdk" else "http"
    door = DOOR_FILES.get(api, api)
    test = f"test_{kind.name}.py" if ending == "py" else f"{kind.name}.test.ts"
    named = {
        f"wire.{ending}": f"ways/{wire}.{ending}",
        f"door.{ending}": f"doors/{door}.{ending}",
        f"main.{ending}": f"kinds/{kind.name}.{ending}",
        test.replace(kind.name, "main"): f"kinds/{test}",
        **{name: f"common/{name}" for name in language.common},
    }
    if kind.name == "batch":
        named[f"batch.{ending}"] = f"batches/{request.model.provider}_{way}.{ending}"
    for name, path in named.items():
        yield name, (FILES / language.name / path).read_text(encoding="utf-8")


def _packages(request: Request, kind: Kind, language: Language, way: str) -> dict[str, str]:
    """The list of packages, in the language's own form."""
    sdk = [SDKS[request.model.api].packages[language.name]] if way == "sdk" else []
    needs = [*sdk, *kind.needs.get(language.name, ())]
    if language.name == "python":
        return {"requirements.txt": "".join(f"{one}\n" for one in needs)}
    dependencies = dict(map(_npm, needs))
    content = {
        "name": "ai-api-project",
        "private": True,
        "type": "module",
        "engines": {"node": ">=20.12"},
        "scripts": {
            "build": "tsc",
            "start": "tsc && node dist/main.js",
            "test": "tsc && node --test dist/calls.test.js dist/main.test.js",
        },
        "dependencies": dependencies,
        "devDependencies": dict(map(_npm, TYPESCRIPT)),
    }
    return {"package.json": dumps(content) + "\n"}


def _npm(package: str) -> tuple[str, str]:
    name, _, version = package.rpartition("@")
    return name, version


def _functions(request: Request, language: Language, results: Mapping[str, str]) -> dict[str, str]:
    """A file with one function for each that the request offers."""
    rows = [
        (tool.name, _line(tool.description), results.get(tool.name, "")) for tool in request.tools
    ]
    head = (FILES / language.name / "functions.txt").read_text(encoding="utf-8")
    return {f"functions.{language.ending}": head + _FUNCTIONS[language.name](rows)}


def _python_functions(rows: Sequence[tuple[str, str, str]]) -> str:
    texts, table = [], []
    for made, (name, description, result) in zip(_identifiers(rows), rows, strict=True):
        texts.append(
            f"def {made}(arguments: dict[str, Any]) -> Any:\n"
            f"    # {description}\n    return {_given(name, result)}\n"
        )
        table.append(f"    {json.dumps(name)}: {made},\n")
    return "\n\n".join(texts) + f"\n\nFUNCTIONS: Functions = {{\n{''.join(table)}}}\n"


def _typescript_functions(rows: Sequence[tuple[str, str, str]]) -> str:
    texts = [
        f"  // {description}\n  {json.dumps(name)}: (_given) => {_given(name, result)},\n"
        for name, description, result in rows
    ]
    return f"export const functions: Functions = {{\n{''.join(texts)}}};\n"


_FUNCTIONS = {"python": _python_functions, "typescript": _typescript_functions}


def _given(name: str, result: str) -> str:
    return json.dumps(result or f"Write what {name} gives here.")


def _identifiers(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """A name of its own for each function: `a-b` and `a_b` are two."""
    found: list[str] = []
    for name, _, _ in rows:
        made = "call_" + re.sub(r"\W", "_", name, flags=re.ASCII)
        while made in found:
            made += "_"
        found.append(made)
    return found


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _env(known: Mapping[str, Any]) -> str:
    key, limit = known["key_variable"], known["spending_limit_usd"]
    why = " No price is known, so nothing can be counted." if limit == NO_LIMIT else ""
    return (
        "# Copy this file to .env, which git ignores.\n"
        + (f"{key}=\n" if key else "# This server needs no key.\n")
        + f"# USD a day (UTC), counted by calls.jsonl; none = no limit.{why}\nSPENDING_LIMIT_USD={limit}\n"
        + "# Seconds without a byte after which a call is given up, and how often a call is made at most.\n"
        + "TIMEOUT_SECONDS=120\nTRIES=4\n"
        + f"# Another address, the simulation's for one.\n# {known['base_url_variable']}={known['base_url']}\n"
    )


def _readme(sent: Sent, known: Mapping[str, Any], kind: Kind, language: Language, way: str) -> str:
    text = Template((FILES / "README.md").read_text(encoding="utf-8"))
    prices = known["prices_as_of"]
    return text.substitute(
        title=f"{kind.label}: {sent.model}",
        does=kind.does,
        notes="".join(f"{note}\n\n" for note in sent.notes),
        provider=provider_of(known["provider"]).label,
        model=sent.model,
        host=host(known["base_url"]),
        way=WAYS[way],
        language=language.label,
        install=language.install,
        start=language.start + (" try" if kind.name == "batch" else ""),
        test=language.test,
        more=_MORE.get(kind.name, ""),
        ending=language.ending,
        limit="No price is known, so no spending limit can be kept."
        if prices is None
        else f"Prices in project.json are those of {prices} ({known['prices_source']}).",
        retires=""
        if known["retires"] is None
        else f"\nThe provider switches {sent.model} off on {known['retires']}.\n",
        version=__version__,
        day=clock.today().isoformat(),
    )


_MORE = {
    "tools": "\nWrite what your functions do into the file `functions`: until then each gives a fixed text.\n",
    "schema": "\nAn answer that is no JSON, or other JSON than the schema allows, is an error and exit code 1.\n",
    "conversation": "\nEach line that you type is a turn. All turns before it are sent, and billed, again.\n",
    "batch": "\n`try` sends the first line alone, `submit` all lines as one batch, `status` looks, `results` writes results.jsonl.\nThe batch's id stands in batch.json, so that another day can fetch it.\n",
}


def _line_of(number: int, body: Mapping[str, Any]) -> str:
    body = {name: value for name, value in body.items() if name != "stream"}
    return json.dumps({"id": f"line-{number}", "body": body}, ensure_ascii=False) + "\n"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.") or "model"
