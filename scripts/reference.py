"""Writes what docs/ holds that is generated from the code: `.venv/bin/python scripts/reference.py`; `--check` only looks."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import playground  # noqa: E402 - from this checkout
from playground import catalog, scripting  # noqa: E402
from playground.cli import manual, schemas  # noqa: E402
from playground.cli.commands import playground as commands  # noqa: E402
from playground.domain.described import sentences  # noqa: E402
from playground.experiments.spec import json_schema as spec_schema  # noqa: E402
from playground.export import dumps  # noqa: E402
from playground.figures import FIGURES  # noqa: E402
from playground.price_service import published  # noqa: E402
from playground.pricing import Price, load  # noqa: E402

NOTE = "<!-- written by scripts/reference.py: edit the code instead -->\n"


def figures() -> str:
    """Each figure, what it is, its unit, and its name in other places."""
    rows = [
        (f.label, _code(f.name), f.kind, f.help, _code(f.attribute or f.metric))
        for f in FIGURES.values()
    ]
    return _page(
        "Figures and how they are defined",
        "Every table, card, export and chart reads these. Times are seconds on a monotonic clock, taken below the SDK, from the"
        " moment the request's head goes on the wire; connecting, queueing and retries are never inside, and shown apart."
        " Tokens are what the provider reports; what it did not report is unknown, never 0. Cost is tokens × the price row that"
        " held on that day, in exact decimal arithmetic.",
        _table(("figure", "name in files", "kind", "what it is", "OpenTelemetry"), rows),
    )


def cli() -> str:
    """The manual's pages of all commands."""
    parts = [manual.as_markdown(page) for page in manual.pages(commands)]
    rows = [(_code(name), said) for name, said in manual.ENVIRONMENT.items()]
    environment = "## Environment\n\n" + _table(("variable", "what it does"), rows)
    exits = "## Exit codes\n\n0 = done, 1 = something failed or nothing was found, 2 = bad usage, 130 = stopped by Ctrl+C."
    return _page("Command line", *parts, environment, exits)


def library() -> str:
    """What `from playground import …` gives."""
    parts = []
    for name in ("ask", "ask_async"):
        function = getattr(scripting, name)
        parts.append(f"## {name}\n\n```python\n{_signature(function)}\n```\n\n{_prose(function)}")
    for name in playground.__all__:
        kind = getattr(playground, name)
        if name not in ("ask", "ask_async"):
            parts.append(f"## {name}\n\n{_prose(kind)}\n\n{_members(kind)}".rstrip())
    return _page("Python library", *parts)


def _signature(function: Callable[..., Any]) -> str:
    """The function's head as it is written in code, a line a parameter."""
    of = inspect.signature(function)
    words = "async def" if inspect.iscoroutinefunction(function) else "def"
    lines = [re.sub(r": '(.+?)'", r": \1", f"    {each}") for each in of.parameters.values()]
    inside = "".join(f"{line},\n" for line in lines)
    return f"{words} {function.__name__}(\n{inside}) -> {of.return_annotation}"


def spec() -> str:
    """Every field of an experiment's file."""
    schema = spec_schema()
    kinds = {"The file": schema, **schema["$defs"]}
    parts = [
        f"## {name}\n\n{kind.get('description', '')}\n\n{_fields(kind)}".strip()
        for name, kind in kinds.items()
        if kind.get("properties")
    ]
    return _page(
        "Experiment files",
        "For an editor: `playground experiment schema`, or [the JSON Schema](../experiment.schema.json).",
        *parts,
    )


def prices() -> str:
    """What the price table is, and the models that it has."""
    book = load(own=False)
    names = sorted({f"{p.provider}:{p.model}" for p in book.prices if not p.prefix})
    rows = [(_code(name), said) for name, said in sentences(Price).items()]
    return _page(
        "Prices",
        f"{len(book.prices)} prices of {len(names)} models, with the days on which they held: [prices.json](../prices.json) and"
        " [its JSON Schema](../prices.schema.json). A price is never overwritten: a new one stands under it with its first day.",
        "```sh\nplayground prices export -o prices.json\nplayground prices serve\n"
        'curl "http://127.0.0.1:8765/price?model=openai:gpt-6.1-sol&on=2026-11-27"\n'
        'curl "http://127.0.0.1:8765/cost?model=openai:gpt-6.1-sol&input_tokens=1000&output_tokens=200"\n```',
        "MCP is at `/mcp`, or over standard input and output with `playground prices serve --stdio`: the tools `models`, `price`"
        " and `cost`. A cost takes our counts (`usage`) or the usage object as the provider sent it (`reported`).",
        "## A row\n\n" + _table(("field", "what it is"), rows),
        "## Models\n\n"
        + ", ".join(map(_code, names))
        + f". The catalog has {len(catalog.catalog())} models.",
    )


def json_page() -> str:
    """What each command prints with --json."""
    parts = [
        f"## playground {name}\n\n" + "\n\nOr: ".join(map(_told, kind.get("anyOf", [kind])))
        for name, kind in schemas.COMMANDS.items()
    ]
    kinds = [f"## {name}\n\n{_told(kind)}" for name, kind in schemas.document()["$defs"].items()]
    return _page(
        "JSON",
        "What a command prints with `--json` is one document on standard output and nothing else. Money is exact decimal text in"
        " USD, times are seconds, unknown is `null`. All of it is in one [JSON Schema](../cli.schema.json), under the command's name.",
        *parts,
        *kinds,
    )


def _told(kind: Mapping[str, Any]) -> str:
    return f"{kind.get('description', '')}\n\n{_fields(kind)}".strip()


FILES: Mapping[str, Callable[[], str]] = {
    "prices.json": lambda: published.text(load(own=False)),
    published.SCHEMA_NAME: lambda: dumps(published.json_schema()) + "\n",
    "cli.schema.json": lambda: dumps(schemas.document()) + "\n",
    "reference/figures.md": figures,
    "reference/cli.md": cli,
    "reference/library.md": library,
    "reference/spec.md": spec,
    "reference/prices.md": prices,
    "reference/json.md": json_page,
}
"""File in docs/ → what it is to hold."""


def stale() -> list[str]:
    """The files that hold something else than they are to."""
    return [name for name, text in FILES.items() if _held(name) != text()]


def write() -> None:
    """Write every file."""
    for name, text in FILES.items():
        path = ROOT / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8", newline="\n")


def _held(name: str) -> str:
    path = ROOT / "docs" / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _page(title: str, *parts: str) -> str:
    return NOTE + f"# {title}\n\n" + "\n\n".join(part.strip() for part in parts) + "\n"


def _table(heads: tuple[str, ...], rows: Any) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"<(?=[a-zA-Z/])", "&lt;", " ".join(str(text).split()).replace("|", "\\|"))


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _prose(thing: Any) -> str:
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.getdoc(thing) or "")


def _members(kind: Any) -> str:
    found = sentences(kind) if hasattr(kind, "__dataclass_fields__") else {}
    rows = [
        (_code(name), found.get(name, "")) for name in getattr(kind, "__dataclass_fields__", ())
    ]
    return _table(("field", "what it is"), rows) if rows else ""


def _fields(kind: Mapping[str, Any]) -> str:
    rows = list(_rows(kind))
    return _table(("field", "type", "what it is"), rows) if rows else _type(kind)


def _rows(kind: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str, str]]:
    """A row a field, and after it those of the object that it is or lists: `lanes[].model`."""
    needed = kind.get("required", ())
    for name, field in kind.get("properties", {}).items():
        optional = "" if name in needed else " (optional)"
        yield _code(before + name) + optional, _type(field), field.get("description", "")
        if before.count(".") < 2:
            for dots, inner in _inner(field):
                yield from _rows(inner, before + name + dots)


def _inner(field: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if field.get("properties"):
        yield ".", field
    elif isinstance(field.get("items"), dict):
        yield from ((f"[]{dots}", kind) for dots, kind in _inner(field["items"]))
    for each in field.get("anyOf", ()):
        yield from _inner(each)


def _type(field: Mapping[str, Any]) -> str:
    return " or ".join(dict.fromkeys(_types(field)))


def _types(field: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in field:
        yield field["$ref"].rpartition("/")[2]
    elif "anyOf" in field:
        for each in field["anyOf"]:
            yield from _types(each)
    elif "enum" in field:
        yield ", ".join(_code(str(value)) for value in field["enum"])
    elif "const" in field:
        yield _code(json.dumps(field["const"]))
    elif field.get("type") == "array":
        yield (
            f"list of {_type(field['items']) or 'anything'}"
            if isinstance(field.get("items"), dict)
            else "list"
        )
    elif isinstance(field.get("additionalProperties"), dict) and not field.get("properties"):
        yield f"mapping to {_type(field['additionalProperties']) or 'anything'}"
    else:
        yield str(field.get("type", "anything"))


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit("\n".join(f"docs/{name} is out of date" for name in stale()) or 0)
    write()
