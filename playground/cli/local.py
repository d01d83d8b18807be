"""`playground local`: a real small model on this computer, set up by one command, and what else runs models here."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playground import figures as fmt
from playground.cli.say import say
from playground.local import setup, weights
from playground.local.server import LocalServer, threads

if TYPE_CHECKING:
    from playground.local.elsewhere import Found

QUESTION = "Why is the sky blue? Answer in two sentences."
CAVEAT = (
    "It is small (135 million numbers; the models behind chat products have thousands of times as many)"
    " and often wrong: good for looking at how a model answers, not for what it says."
)


def local() -> int:
    """Set the model up, let it answer once, and say how to ask it; exit code 1 when it could not."""
    try:
        begun = time.monotonic()
        was_ready = setup.ready()
        if not was_ready:
            if not setup.problem() and not _wanted():
                return 1
            say(f"Setting up a model on this computer, once: {setup.DOWNLOAD} from pip's index.")
        setup.set_up(_say, _loaded)
        if not was_ready:
            _say(f"Set up in {time.monotonic() - begun:.0f} s, in {weights.folder()}.")
        return _first_answer()
    except (setup.SetupError, RuntimeError) as error:
        say(str(error))
        return 1


def _wanted() -> bool:
    """Whether to set the small model up; where others are here already, they are told first, and a person is asked."""
    servers, files = _others()
    if not servers and not files:
        return True
    print("\n".join([*_lines(servers, files), ""]), file=sys.stderr)
    asks = sys.stdin is not None and sys.stdin.isatty()
    return not asks or click.confirm("Set up a small model all the same?", default=True, err=True)


def _say(sentence: str) -> None:
    """Say it on a line of its own, in the place of what was counted there."""
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    say(sentence)


def _loaded(done: int, of: int) -> None:
    """Count on one line of the terminal how much has come."""
    if sys.stderr.isatty():
        print(f"\r{fmt.size(done)} of {fmt.size(of)} ", end="", file=sys.stderr, flush=True)


def _first_answer() -> int:
    """Start the server, ask one question and print what came; exit code 1 when it did not answer."""
    from playground.domain import Request, Settings
    from playground.engine import Engine

    begun = time.monotonic()
    with LocalServer() as server:
        model, endpoint = server.model, server.endpoint()
        request = Request.ask(model, QUESTION, settings=Settings(max_output_tokens=80))
        engine = Engine()
        try:
            run = engine.start([request], {endpoint.provider: endpoint})
            run.wait()
            response = run.run().responses[0]
        finally:
            engine.close()
    elapsed = time.monotonic() - begun
    if response.failure:
        say(f"{response.failure.meaning} {response.failure.message}")
        return 1
    print(f"{QUESTION}\n\n{response.text.strip()}\n")
    usage = response.usage
    print(
        f"{model}: {fmt.count(usage.input_tokens)} tokens in, {fmt.count(usage.output_tokens)} out,"
        f" first text {fmt.seconds(response.time_to_first_text)}, {fmt.speed(response.output_tokens_per_second)},"
        f" $0 and {fmt.seconds(usage.compute_seconds)} of computing on {_threads()};"
        f" {elapsed:.1f} s from starting it to the end of the answer."
    )
    print(_how(str(model)))
    return 0


def _threads() -> str:
    count = threads()
    return "1 thread" if count == 1 else f"{count} threads"


def _how(model: str) -> str:
    caveat = CAVEAT if model.endswith(weights.SMOLLM2.id) else "What it says may be wrong."
    return "\n".join(
        [
            caveat,
            "",
            f'  playground ask "Why is the sky blue?" -m {model}',
            "  playground local serve           for your own scripts",
            "  playground local find            other models and servers on this computer",
            "  playground local use FILE.gguf   another model; `use default` for this one",
            "In the app: A model on this computer.",
        ]
    )


def serve() -> int:
    """Serve the model until Ctrl+C, and say where and with which key."""
    try:
        setup.set_up(_say, _loaded)
        with LocalServer() as server:
            endpoint = server.endpoint()
            key = endpoint.key.reveal() if endpoint.key else ""
            print(
                f"{server.model.model} listens until Ctrl+C. Elsewhere:\n"
                f"  export OPENAI_BASE_URL={endpoint.base_url}\n  export OPENAI_API_KEY={key}\n"
                f"It speaks Chat Completions; the key keeps web pages out and ends with it.",
                flush=True,
            )
            with suppress(KeyboardInterrupt):
                while server.running:
                    time.sleep(0.2)
                return 1
    except (setup.SetupError, RuntimeError) as error:
        say(str(error))
        return 1
    return 0


def use(file: str, as_json: bool) -> int:
    """Serve this GGUF file from now on, or `default` for the small model; UsageError where it is none."""
    try:
        weights.choose(None if file == "default" else Path(file))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    model = f"here:{weights.chosen().id}"
    print(json.dumps({"model": model}) if as_json else f"Ask it as -m {model}")
    return 0


def find(as_json: bool) -> int:
    """Print the GGUF files and the model servers of this computer."""
    servers, files = _others()
    if as_json:
        print(json.dumps(_document(servers, files), indent=2, ensure_ascii=False))
        return 0
    nothing = ["Neither a model server nor a GGUF file was found on this computer."]
    print("\n".join(list(_lines(servers, files)) or nothing))
    return 0


def _others() -> tuple[tuple[Found, ...], list[tuple[str, Path]]]:
    """The model servers that run here, and the GGUF files of other programs."""
    from playground.engine import Engine
    from playground.local.elsewhere import running

    engine = Engine()
    try:
        servers = engine.submit(running).result()
    finally:
        engine.close()
    return servers, list(weights.files())


def _lines(servers: Iterable[Found], files: Iterable[tuple[str, Path]]) -> Iterator[str]:
    """Each with the command that uses it."""
    for found in servers:
        row = found.provider
        listed = ", ".join(found.models) or "no model"
        yield f"{row.label} runs at {row.base_url}: {listed}"
        yield f"  playground endpoints add {row.name}"
    for owner, file in files:
        yield f"{owner}: {file}"
        yield f"  playground local use '{file}'"


def _document(servers: Iterable[Found], files: Iterable[tuple[str, Path]]) -> dict[str, Any]:
    return {
        "servers": [
            {"name": s.provider.name, "base_url": s.provider.base_url, "models": list(s.models)}
            for s in servers
        ],
        "files": [{"owner": owner, "file": str(file)} for owner, file in files],
        "ready": setup.ready(),
        "model": f"here:{weights.chosen().id}",
    }


def remove(as_json: bool) -> int:
    """Take away what set-up has brought."""
    setup.remove()
    folder = str(weights.folder())
    print(json.dumps({"removed": folder}) if as_json else f"Removed {folder}.")
    return 0
