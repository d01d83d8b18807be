"""Gemini's log: rows become conversations only where they say so; JSON and HTML of every language tell the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from playground.chats.gemini import plain, when
from tests.chats.making import imported, only, put

APP = "https://gemini.google.com/app/"


def row(
    title: str, time: str, answer: str | None = None, header: str = "Gemini Apps", **more: Any
) -> dict[str, Any]:
    html = {} if answer is None else {"safeHtmlItem": [{"html": answer}]}
    return {"header": header, "title": title, "time": time, "products": [header], **html, **more}


def cell(title: str, time: str, answer: str = "", header: str = "Gemini Apps") -> str:
    return (
        f'<div class="outer-cell mdl-cell"><div class="mdl-grid"><div class="header-cell"><p>{header}<br></p></div>'
        f'<div class="content-cell mdl-typography--body-1">{title}<br>{time}<br>{answer}</div>'
        '<div class="content-cell mdl-typography--text-right"></div>'
        '<div class="content-cell mdl-typography--caption"><b>Products:</b><br>&emsp;Gemini Apps<br></div></div></div>'
    )


def page(folder: Path, *cells: str) -> Path:
    file = folder / "MyActivity.html"
    file.write_text(
        f"<html><head><style>{'a{}' * 50_000}</style></head><body>{''.join(cells)}</body></html>",
        "utf-8",
    )
    return file


def test_rows_of_one_conversation_are_one_from_the_first_to_the_last(tmp_path: Path) -> None:
    link: dict[str, Any] = {"details": [{"name": "x", "url": f"{APP}abc123def"}]}
    chat = only(put(tmp_path, [
        row("Prompted And then?", "2026-09-02T10:00:00Z", "<p>Rest.</p>", **link),
        row("Prompted Dough?", "2026-09-01T10:00:00Z", "<p>Mix.</p>", **link),
    ]))  # fmt: skip
    assert [(s.who, s.text) for s in chat.steps] == [
        ("user", "Dough?"), ("assistant", "Mix."), ("user", "And then?"), ("assistant", "Rest."),
    ]  # fmt: skip
    assert [s.parent for s in chat.steps] == [None, *[s.id for s in chat.steps[:-1]]]


def test_rows_that_name_none_or_two_stand_alone_and_that_is_said(tmp_path: Path) -> None:
    two: dict[str, Any] = {"details": [{"url": f"{APP}abc123"}, {"url": f"{APP}def456"}]}
    chats, left = imported(put(tmp_path, [
        row("Prompted One", "2026-09-01T10:00:00Z", "a"), row("Prompted Two", "2026-09-01T10:01:00Z", "b", **two),
    ]))  # fmt: skip
    assert len(chats) == 2
    assert left == [
        (
            "conversations.json",
            "2 × turns that name no conversation: each is priced alone, without a history",
        )
    ]


@pytest.mark.parametrize(("header", "ours"), [("Gemini Apps", True), ("Gemini-Apps", True), ("Bard", True),
                                              ("Search", False), ("Gemini in Google Messages", False)])  # fmt: skip
def test_only_the_products_own_rows_are_turns(tmp_path: Path, header: str, ours: bool) -> None:
    chats, left = imported(
        put(tmp_path, [row("Prompted gemini", "2026-09-01T10:00:00Z", "a", header)])
    )
    assert bool(chats) == ours
    assert ours or left == [("conversations.json", "entries of other Google products")]


@pytest.mark.parametrize(
    "verb", ["Gave feedback: Good", "Used an app", "Created Gemini Canvas titled x", "Cleared"]
)
def test_entries_that_are_no_turns_are_named(tmp_path: Path, verb: str) -> None:
    chats, left = imported(put(tmp_path, [row(verb, "2026-09-01T10:00:00Z")]))
    assert chats == []
    assert left == [
        ("conversations.json", f"“{verb.split()[0]} …”, an entry of the log that is no turn")
    ]


def test_a_beginning_that_is_not_known_is_taken_whole(tmp_path: Path) -> None:
    (chat,), left = imported(put(tmp_path, [row("Kysytty Mitä?", "2026-09-01T10:00:00Z", "x")]))
    assert chat.steps[0].text == "Kysytty Mitä?"
    assert ("conversations.json", "prompts whose beginning is not known are taken whole") in left


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("Jul 2, 2026, 5:09:06\u202fPM PDT", datetime(2026, 7, 3, 0, 9, 6, tzinfo=UTC)),
        ("18.04.2026, 17:38:51 MESZ", datetime(2026, 4, 18, 15, 38, 51, tzinfo=UTC)),
        ("2026年5月21日 10:43:45 HKT", datetime(2026, 5, 21, 2, 43, 45, tzinfo=UTC)),
        ("1. 1. 2026 10:00:00 SEČ", datetime(2026, 1, 1, 9, tzinfo=UTC)),
        ("Jul 2, 2026, 12:00:00 AM GMT+5:30", datetime(2026, 7, 1, 18, 30, tzinfo=UTC)),
        ("2 jul 2026, 17:09:06 CEST", datetime(2026, 7, 2, 15, 9, 6, tzinfo=UTC)),
        ("In 2026, 5:09 was late", None),
        ("Prompted at 10:00:00", None),
    ],
)
def test_times_of_every_language_are_read_in_their_zones(line: str, read: datetime | None) -> None:
    assert when(line) == ((read,) if read else None)


@pytest.mark.parametrize(("verb", "time"), [
    ("Prompted\u00a0", "Jul 2, 2026, 5:09:06\u202fPM PDT"), ("Eingegebener Prompt:\u00a0", "18.04.2026, 17:38:51 MESZ"),
    ("Pokyn\u00a0", "1. 1. 2026 10:00:00 SEČ"), ("送信したメッセージ:\u00a0", "2026/05/21 10:43:45 JST"),
    ("Has dicho:\u00a0", "2 jul 2026, 17:09:06 CEST"), ("Prompted\u00a0", "2026年5月21日 10:43:45 HKT"),
])  # fmt: skip
def test_the_page_of_every_language_is_read(tmp_path: Path, verb: str, time: str) -> None:
    chat = only(
        page(
            tmp_path,
            cell(
                f"{verb}Why &lt;b&gt;?<br>Twice", time, "<p>So.</p><script>no()</script><p>Yes</p>"
            ),
        )
    )
    asked, answer = chat.steps
    assert asked.text == "Why <b>? Twice"
    assert answer.text in ("So.\nYes", "So.\nno()\nYes")
    assert asked.at is not None


def test_a_page_of_other_products_is_no_success(tmp_path: Path) -> None:
    chats, left = imported(
        page(tmp_path, cell("Visited x", "Nov 13, 2025, 9:50:57 AM CDT", header="Chrome"))
    )
    assert chats == []
    assert left == [("MyActivity.html", "entries of other Google products")]


def test_a_page_that_is_something_else_is_said(tmp_path: Path) -> None:
    file = tmp_path / "chat.htm"
    file.write_text("<p>Hello</p>", "utf-8")
    assert imported(file) == ([], [("chat.htm", "a page that is no log of Google's")])


def test_the_text_of_html_is_what_a_person_reads() -> None:
    assert plain(
        "<p>A &amp; B</p><ul><li>one</li><li>two</li></ul><script>x()</script><style>y</style>"
    ) == ("A & B\none\ntwo")
