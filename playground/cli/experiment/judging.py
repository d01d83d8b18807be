"""What `playground experiment check` and `checks` do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import click

from playground.cli.show import safe
from playground.experiments import check_tables, judged_history, regex, rows
from playground.experiments.reading import read

AT_ONCE = 200
"""Rows that are printed together: each time the terminal is waited for."""


def check(source: str, spec: str | None, *, as_json: bool) -> int:
    """Judges line by line, so that a file of any size needs little memory."""
    with _opened(source) as file:
        verdicts = _verdicts(file, spec)
        try:
            if as_json:
                _print_json(verdicts)
            else:
                _print_lines(verdicts)
        finally:
            regex.stop()
    return 0


def _opened(source: str) -> Any:
    if source == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise click.UsageError(f"{source} can't be read: {error.strerror}.") from None


def _verdicts(file: BinaryIO, spec: str | None) -> Iterator[dict[str, Any]]:
    if spec is None:
        return rows.judged(file)
    found = read(Path(spec))
    if found.spec is None:
        raise click.UsageError("\n".join(str(mistake) for mistake in found.mistakes))
    return judged_history.judged(file, found.spec)


def _print_json(verdicts: Iterable[dict[str, Any]]) -> None:
    pieces = ['{"rows": [']
    for at, verdict in enumerate(verdicts):
        pieces.append(("," if at else "") + "\n" + json.dumps(verdict))
        if len(pieces) >= AT_ONCE:
            click.echo("".join(pieces), nl=False)
            pieces.clear()
    click.echo("".join(pieces) + "\n]}")


def _print_lines(verdicts: Iterable[dict[str, Any]]) -> None:
    passed = failed = errors = 0
    for verdict in verdicts:
        if verdict["pass"]:
            passed += 1
            continue
        errors += verdict["error"] is not None
        failed += verdict["error"] is None
        word = "error" if verdict["error"] else "failed"
        name = "a row" if verdict["id"] is None else verdict["id"]
        click.echo(safe(f"{word}  {name}  {verdict['reason']}"))
    click.echo(f"{passed:,} passed, {failed:,} failed, {errors:,} could not be judged")


def checks(*, as_json: bool, as_markdown: bool) -> int:
    if as_markdown:
        click.echo(check_tables.markdown(), nl=False)
    elif as_json:
        click.echo(json.dumps(check_tables.as_json(), indent=2, ensure_ascii=False))
    else:
        click.echo(check_tables.plain(), nl=False)
    return 0
