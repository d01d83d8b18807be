"""A run as JSON, CSV, Markdown or code: everything that leaves the app as a file or on standard output."""

from playground.export.csv_table import to_csv
from playground.export.document import document, dumps, full_document, to_json
from playground.export.html_report import to_html
from playground.export.jsonl import to_jsonl
from playground.export.markdown import to_markdown
from playground.export.reading import from_json
from playground.export.snippets import SNIPPETS, snippets

__all__ = [
    "SNIPPETS",
    "document",
    "dumps",
    "from_json",
    "full_document",
    "snippets",
    "to_csv",
    "to_html",
    "to_json",
    "to_jsonl",
    "to_markdown",
]
