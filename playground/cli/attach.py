"""Files named on the command line: attachments by what they hold, not by what they are called."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

import click

from playground.domain import File, media_type
from playground.files import decoded

LARGEST = 20_000_000
"""Bytes: the largest attachment that every provider still takes inline."""


def prompt_text(given: str) -> str:
    """The prompt, from standard input for `-`; UsageError when it is empty, too long or not UTF-8."""
    if given == "-":
        try:
            given = decoded(standard_input(LARGEST))
        except UnicodeDecodeError:
            raise click.UsageError("The prompt on standard input is not UTF-8 text.") from None
    if not given.strip():
        raise click.UsageError("The prompt is empty: write one, or - to read standard input.")
    return given


def attachment(name: str) -> File:
    """The image or PDF in this file; UsageError names the file and what is wrong with it."""
    data = _not_empty(name)
    kind = media_type(data)
    if kind is None:
        raise click.UsageError(
            f"{name} is neither PNG, JPEG, GIF, WebP nor PDF: models take no other files here."
        )
    return File(media_type=kind, data=data, name=Path(name).name)


def text(name: str) -> str:
    """The text in this file; UsageError names the file and what is wrong with it."""
    try:
        return decoded(_not_empty(name))
    except UnicodeDecodeError:
        raise click.UsageError(f"{name} is not UTF-8 text.") from None


def read(name: str, most: int) -> bytes:
    """What is in this file; UsageError where it is more bytes, or can't be read."""
    return _read(lambda: Path(name).open("rb"), name, most)


def standard_input(most: int) -> bytes:
    """The same of standard input."""
    return _read(lambda: nullcontext(sys.stdin.buffer), "Standard input", most)


def _read(opened: Callable[[], AbstractContextManager[BinaryIO]], name: str, most: int) -> bytes:
    try:
        with opened() as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise click.UsageError(f"{name} can't be read: {reason}.") from None
    if len(data) > most:
        raise click.UsageError(
            f"{name} is larger than {most // 1_000_000} MB: choose a smaller file."
        )
    return data


def _not_empty(name: str) -> bytes:
    data = read(name, LARGEST)
    if not data:
        raise click.UsageError(f"{name} is empty.")
    return data
