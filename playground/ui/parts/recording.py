"""Where a recorded answer is from, and how it comes back, in Markdown."""

from __future__ import annotations

from playground import figures as fmt
from playground.demo.recorded import Recording
from playground.ui.parts.markdown import plain


def origin(row: Recording) -> str:
    """Who recorded it, under which licence, what dates it, and what is not as it was."""
    project = plain(row.source.partition("@")[0])
    said = f"Recorded by [{project}]({row.source_url}) ({row.licence}), dated by {row.dated_by}."
    return f"{said} {row.note}".rstrip()


def way(row: Recording) -> str:
    """Streamed or whole, and whose times these are."""
    told = fmt.seconds(row.told) if row.told is not None else ""
    if row.streamed:
        came = "It was streamed, and is streamed again."
        took = f" {row.label} said that it began after {told}." if told else ""
    else:
        came = "It came whole, so it is asked for whole: there is no first text to time."
        took = f" {row.label} said that it took {told}." if told else ""
    return f"{came}{took} Answer, tokens and their cost on that day are real; the pace is ours."
