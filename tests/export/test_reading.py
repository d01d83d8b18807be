"""What was exported comes back identical; anything else is refused in a sentence that says where it is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from playground.domain import Run
from playground.domain.nouns import NotARun
from playground.export import from_json, to_json, to_jsonl
from playground.export.document import document, dumps, full_document
from tests.history.runs import full_run, small_run


@pytest.mark.parametrize("made", [full_run(), small_run(1)], ids=["everything", "small"])
def test_an_export_comes_back_identical(made: Run) -> None:
    assert from_json(to_json(made)) == [made]
    assert to_json(from_json(to_json(made))[0]) == to_json(made)


def test_many_runs_come_back_from_json_lines_and_from_a_list() -> None:
    many = [full_run(), small_run(1), small_run(2)]
    assert from_json(to_jsonl(many)) == many
    assert len(to_jsonl(many).splitlines()) == 3
    assert from_json(dumps([full_document(run) for run in many])) == many


def test_what_a_script_gets_is_too_short_to_come_back_and_says_so(run: Run) -> None:
    with pytest.raises(NotARun, match="history export"):
        from_json(dumps(document(run)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no run"),
        ("[]", "holds no run"),
        ("[1]", "holds no run"),
        ("nonsense", "Line 1 is not JSON"),
        ('{"a": 1}\n{', "Line 2 is not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_holds_no_run_is_refused(text: str, words: str) -> None:
    with pytest.raises(NotARun, match=words):
        from_json(text)


def change(what: Callable[[Any], Any]) -> str:
    whole = json.loads(to_json(full_run()))
    what(whole)
    return json.dumps(whole)


@pytest.mark.parametrize(
    ("what", "where"),
    [
        (lambda d: d.pop("run_id"), "run_id"),
        (lambda d: d["responses"].pop(), "as many responses"),
        (lambda d: d["requests"][0].pop("messages"), r"requests\[0\] lacks"),
        (lambda d: d["requests"][0].update(model="x"), r"requests\[0\].model"),
        (lambda d: d["requests"][0]["messages"][0].update(role="system"), r"messages\[0\].role"),
        (lambda d: d["requests"][0]["messages"][0]["parts"][0].update(data="%%"), "parts.0..data"),
        (lambda d: d["requests"][0]["messages"][0]["parts"][0].update(kind="secret"), "parts.0."),
        (lambda d: d["responses"][0]["usage"].update(input_tokens="many"), "usage.input_tokens"),
        (lambda d: d["responses"][0]["usage"].update(input_tokens=True), "usage.input_tokens"),
        (lambda d: d["responses"][0]["cost"].update(total="cheap"), "cost.total"),
        (lambda d: d["responses"][0].update(text=None), "text"),
        (lambda d: d["responses"][0].update(timing=[]), "timing"),
    ],
)
def test_a_damaged_document_is_refused_with_the_place(
    what: Callable[[Any], Any], where: str
) -> None:
    with pytest.raises(NotARun, match=where):
        from_json(change(what))


def test_fields_of_a_newer_version_are_passed_over() -> None:
    text = change(lambda d: (d.update(new=1), d["responses"][0].update(new=1)))
    assert from_json(text) == [full_run()]
