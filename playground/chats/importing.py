"""From files to conversations, one at a time: which product's each record is, what is left out and where."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from playground.chats import chatgpt, claude, gemini, others
from playground.chats.nouns import Chat, NotAChat, Said
from playground.chats.reading import listed, text_of
from playground.chats.records import Records
from playground.chats.sources import MANIFEST, Given, Source, sources


class Product(NamedTuple):
    """A product whose export is a record a conversation."""

    fits: Callable[[Mapping[str, Any]], bool]
    read: Callable[[Mapping[str, Any]], Chat]


PRODUCTS = (
    Product(others.deepseek_fits, others.deepseek),
    Product(chatgpt.fits, chatgpt.read),
    Product(others.grok_fits, others.grok),
    Product(claude.fits, claude.read),
    Product(others.studio_fits, others.studio),
    Product(others.plain_fits, others.plain),
)
"""Looked at in this order, by structure: all of them call their file conversations.json."""

KNOWN = (
    (("conversations_memory",), "Claude's memory: sent with every call, and not linked to a conversation"),
    (("prompt_template", "docs"), "a project of Claude: its instructions and documents are not linked to a conversation"),
    (("email_address",), "who the account belongs to: not read"),
    (("data_files",), "a list of links to the export's parts: download them and give the files"),
    (("export_files",), "the export's own list of its files"),
)  # fmt: skip
"""Fields by which a record is known that is no conversation, and what it is."""


def chats(paths: Sequence[Path | Given], said: Said) -> Iterator[Chat]:
    """Every conversation once, its newest copy; what can't be read is told in `said` and holds nothing else up."""
    files, opened = sources(paths, said)
    try:
        newest = _newest(files) if len(files) > 1 else {}
        given: set[tuple[str, str]] = set()
        for file in files:
            for chat in _of_file(file, said):
                key = (chat.product, chat.id)
                if chat.id and (key in given or newest.get(key, _NEVER) > (chat.updated or _NEVER)):
                    said.add(
                        file.name, "conversations that stand elsewhere too, there as new or newer"
                    )
                    continue
                given.add(key)
                yield chat
    finally:
        for archive in opened:
            archive.close()


_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_NEVER = datetime.min.replace(tzinfo=UTC)


def _newest(files: Sequence[Source]) -> dict[tuple[str, str], datetime]:
    """When each conversation was last changed, where it stands in several files."""
    seen: Counter[tuple[str, str]] = Counter()
    newest: dict[tuple[str, str], datetime] = {}
    for file in files:
        for chat in _of_file(file, Said()):
            key = (chat.product, chat.id)
            seen[key] += 1
            newest[key] = max(newest.get(key, _NEVER), chat.updated or _NEVER)
    return {key: when for key, when in newest.items() if seen[key] > 1}


def _of_file(file: Source, said: Said) -> Iterator[Chat]:
    found = _File(file, said)
    try:
        with file.open() as source:
            first = source.read(4096)
            if file.file == MANIFEST:
                return
        if _is_html(first):
            yield from found.page()
        else:
            yield from found.records()
    except _UNREADABLE as problem:
        said.add(file.name, f"it can't be read to its end: {problem}")
    found.tell()


def _is_html(first: bytes) -> bool:
    return first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


class _File:
    """One file as it is read."""

    def __init__(self, file: Source, said: Said) -> None:
        self.file = file
        self.said = said
        self.rows = gemini.Rows()
        self.left: Counter[str] = Counter()
        self.count = 0

    def page(self) -> Iterator[Chat]:
        with self.file.open() as source:
            page = gemini.read_page(source, self.rows)
        self.left.update(page.refused)
        if not page.cells:
            self.left["a page that is no log of Google's"] += 1
        yield from self._gathered()

    def records(self) -> Iterator[Chat]:
        messages: list[Mapping[str, Any]] = []
        with self.file.open() as source:
            records = Records(source)
            for number, record in enumerate(records, 1):
                yield from self._record(number, record, messages)
        for problem in records.problems:
            self.said.add(self.file.name, problem)
        yield from self._gathered()
        if messages:
            yield self._counted(others.le_chat(self.file.file, messages))

    def _record(
        self, number: int, record: Any, messages: list[Mapping[str, Any]]
    ) -> Iterator[Chat]:
        if not isinstance(record, Mapping):
            self.left["not an object: no conversation"] += 1
            return
        if inner := listed(record.get("conversations")):
            for one in inner:
                yield from self._record(number, one, messages)
            return
        try:
            if others.le_chat_fits(record):
                messages.append(record)
                return
            if gemini.fits(record):
                self.rows.add(record)
                return
            product = next((one for one in PRODUCTS if one.fits(record)), None)
            if product is None:
                self.left[_what(record)] += 1
                return
            yield self._counted(product.read(record))
        except NotAChat as problem:
            self.left[str(problem)] += 1
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
            title = text_of(record.get("title")) or text_of(record.get("name"))
            where = f"{self.file.name}, entry {number}" + (f" “{title[:60]}”" if title else "")
            self.said.add(
                where, f"it is not as conversations are ({type(problem).__name__}): left out"
            )

    def _gathered(self) -> Iterator[Chat]:
        for chat in self.rows.found():
            yield self._counted(chat)
        for note in self.rows.notes:
            self.left[note] += 1
        if self.rows.others:
            self.left["entries of other Google products"] += self.rows.others
        if self.rows.unlinked:
            self.left[
                "turns that name no conversation: each is priced alone, without a history"
            ] += self.rows.unlinked

    def _counted(self, chat: Chat) -> Chat:
        self.count += 1
        for note in chat.notes:
            self.left[note] += 1
        uncounted = sum(step.uncounted for step in chat.steps)
        if uncounted:
            self.left["attachments without text or size: not counted"] += uncounted
        return chat

    def tell(self) -> None:
        """Say what of the file is left out, each kind with its number."""
        for what, number in self.left.items():
            self.said.add(self.file.name, what if number == 1 else f"{number:,} × {what}")
        if not self.count and not self.left:
            self.said.add(self.file.name, "no conversation was found in it")


def _what(record: Mapping[str, Any]) -> str:
    """What the record is instead of a conversation."""
    for keys, what in KNOWN:
        if all(key in record for key in keys):
            return what
    names = ", ".join(sorted(map(str, record))[:4])
    return f"no conversation of a product that is known (fields: {json.dumps(names)[1:-1]})"
