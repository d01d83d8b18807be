"""The formats that runs are exported in, one row each: every page and the command line offer what stands here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playground.domain import Run
from playground.export.csv_table import SPREADSHEET, to_csv
from playground.export.document import Labelled, dumps, labelled_document
from playground.export.html_report import to_html
from playground.export.jsonl import to_jsonl
from playground.export.markdown import to_markdown

Writer = Callable[[Sequence[Labelled]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format of a file."""

    name: str
    """On the command line."""
    label: str
    """On a button."""
    ending: str
    """Of the file's name, without the dot."""
    media_type: str
    write: Writer
    """One run or several as the file's text."""
    encoding: str = "utf-8"
    """Of the file."""

    def data(self, many: Sequence[Labelled]) -> bytes:
        """The file: a character that no encoding has (half an emoji) is a `?` in it."""
        return self.write(many).encode(self.encoding, "replace")


def _json(many: Sequence[Labelled]) -> str:
    documents = [labelled_document(item) for item in many]
    return dumps(documents[0] if len(documents) == 1 else documents)


def _without_labels(write: Callable[[Sequence[Run]], str]) -> Writer:
    """A writer for what holds no labels."""
    return lambda many: write([item.run for item in many])


FORMATS: dict[str, Format] = {
    format_.name: format_
    for format_ in (
        Format(
            name="json",
            label="JSON",
            ending="json",
            media_type="application/json",
            write=_json,
        ),
        Format(
            name="jsonl",
            label="JSONL",
            ending="jsonl",
            media_type="application/jsonl",
            write=lambda many: to_jsonl(map(labelled_document, many)),
        ),
        Format(
            name="csv",
            label="CSV",
            ending="csv",
            media_type="text/csv",
            write=_without_labels(to_csv),
            encoding=SPREADSHEET,
        ),
        Format(
            name="markdown",
            label="Markdown",
            ending="md",
            media_type="text/markdown",
            write=_without_labels(to_markdown),
        ),
        Format(
            name="html",
            label="HTML report",
            ending="html",
            media_type="text/html",
            write=_without_labels(to_html),
        ),
    )
}
"""Name → format, in the order of the buttons."""
