"""Every command as a page of a manual: read from the commands themselves, written for a terminal or for docs/."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import click

from playground.visitors import LIMITS

WIDTH = 80
INDENT = "    "
VERBATIM = "\b"
"""What a paragraph begins with whose lines stay as they are."""
ENVIRONMENT: Mapping[str, str] = {
    "OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY": "Keys; GOOGLE_API_KEY is read too. They stay in memory.",
    "OPENAI_BASE_URL, ANTHROPIC_BASE_URL, GOOGLE_GEMINI_BASE_URL": "Another address for a provider.",
    "PLAYGROUND_DATA_DIR": "Folder of the history and of prices of your own.",
    "PLAYGROUND_DATABASE_URL": "A PostgreSQL to keep the history in.",
    "PLAYGROUND_HISTORY": "0 = no run is kept, 1 = also where strangers use the app.",
    "PLAYGROUND_ENDPOINTS": "The file of endpoints that app and commands share.",
    "PLAYGROUND_PRICES": "The file of your own prices.",
    "PLAYGROUND_HOSTED": "1 = strangers use the app: no key of the server's for a visitor, no private address.",
    "PLAYGROUND_OPEN_TO_NETWORK": "1 = other computers of the network may use the app with your keys.",
    **{row.variable: row.told for row in LIMITS.values()},
    "PLAYGROUND_GRACE_SECONDS": "Hosted: so long a closed tab's keys and paid runs wait for its return.",
    "PLAYGROUND_SIGN_IN": "required = hosted, nobody sees a page without signing in.",
    "PLAYGROUND_ALLOWED_HOSTS": "Names under which the app answers, with commas.",
    "RAY_ADDRESS": "The Ray cluster of `experiment run --engine ray`; without it a Ray is started here.",
    "PLAYGROUND_LOG": "json = the app's log as JSON lines.",
    "PLAYGROUND_LOCAL_DIR": "Folder of the model on this computer.",
    "PLAYGROUND_DEMO_PACE": "Factor on every delay of the simulation: 0 = none.",
    "PLAYGROUND_TODAY": "The day that is taken for today, as 2026-11-27: whose prices hold.",
    "PLAYGROUND_DEBUG": "1 = an unexpected error is shown whole.",
    "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY": "The proxy for calls, and what is called without it.",
    "NO_COLOR, FORCE_COLOR": "No colours; colours also where the output is no terminal.",
    "COLUMNS": "Width of tables.",
}
"""Variable → what it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One command."""

    name: str
    """`playground prices export`."""
    short: str
    """What it does, in a sentence."""
    usage: str
    paragraphs: tuple[str, ...]
    """Its description; one that begins with VERBATIM stays in its lines."""
    options: tuple[tuple[str, str], ...]
    commands: tuple[tuple[str, str], ...] = ()
    """Of a group: its commands, each with its sentence."""


def pages(command: click.Command, name: str = "playground") -> Iterator[Page]:
    """The command's page, and those of all commands in it, in the order of the help."""
    context = click.Context(command, info_name=name, help_option_names=["-h", "--help"])
    yield _page(command, context)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            yield from pages(command.commands[each], f"{name} {each}")


def find(command: click.Command, words: Sequence[str]) -> Page:
    """The page of the command that these words name; UsageError where there is none."""
    wanted = " ".join(("playground", *words))
    known = {page.name: page for page in pages(command)}
    if wanted not in known:
        raise click.UsageError(f"There is no command {' '.join(words)!r}: see `playground --help`.")
    return known[wanted]


def as_text(page: Page) -> str:
    """The page as `man` lays it out."""
    parts = {
        "NAME": [f"{page.name} - {page.short}"],
        "SYNOPSIS": [page.usage],
        "DESCRIPTION": list(page.paragraphs),
        "COMMANDS": [_entry(*row) for row in page.commands],
        "OPTIONS": [_entry(*row) for row in page.options],
        "ENVIRONMENT": [_entry(*row) for row in ENVIRONMENT.items()],
    }
    return "\n".join(
        f"{title}\n" + "\n\n".join(_wrapped(text) for text in texts) + "\n"
        for title, texts in parts.items()
        if texts
    )


def as_markdown(page: Page) -> str:
    """The page as a section of the reference."""
    level = "#" * min(2 + page.name.count(" "), 4)
    texts = [f"{level} {page.name}", page.short, f"```\n{page.usage}\n```"]
    texts += [_paragraph(text) for text in page.paragraphs if text != page.short]
    for rows in (page.commands, page.options):
        texts += ["\n".join(f"- `{name}` {said}".rstrip() for name, said in rows)] if rows else []
    return "\n\n".join(texts)


def _page(command: click.Command, context: click.Context) -> Page:
    records = [p.get_help_record(context) for p in command.get_params(context)]
    inside = command.commands if isinstance(command, click.Group) else {}
    text = inspect.cleandoc(command.help or "").partition("\f")[0]
    return Page(
        name=str(context.info_name),
        short=command.get_short_help_str(1000),
        usage=" ".join([str(context.info_name), *command.collect_usage_pieces(context)]),
        paragraphs=tuple(part for part in text.split("\n\n") if part.strip()),
        options=tuple(record for record in records if record is not None),
        commands=tuple((name, inside[name].get_short_help_str(1000)) for name in sorted(inside)),
    )


def _entry(name: str, said: str) -> str:
    return f"{VERBATIM}{name}\n" + textwrap.indent(
        textwrap.fill(" ".join(said.split()), WIDTH - 2 * len(INDENT)), INDENT
    )


def _wrapped(text: str) -> str:
    if text.startswith(VERBATIM):
        return textwrap.indent(text.removeprefix(VERBATIM).strip("\n"), INDENT)
    return textwrap.fill(
        " ".join(text.split()), WIDTH, initial_indent=INDENT, subsequent_indent=INDENT
    )


def _paragraph(text: str) -> str:
    if text.startswith(VERBATIM):
        return f"```\n{text.removeprefix(VERBATIM).strip()}\n```"
    return " ".join(text.split())
