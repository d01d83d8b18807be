"""What was exported comes back identical; anything else is refused in a sentence that says where it is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from playground.domain import Run
from playground.domain.nouns import NotARun
from playground.export import from_json, to_json, to_jsonl
from playground.export.document import Labelled, document, dumps, full_document
from playground.export.formats import FORMATS
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
        (lambda d: d["requests"][0]["messages"][0]["parts"][0].update(kind=[]), "parts.0. is dict"),
        (lambda d: d["responses"][0]["turn"][1].pop("text"), r"turn\[1\] lacks text\."),
        (lambda d: d["responses"][0]["turn"][0].update(text=1), r"turn\[0\]\.text is int"),
        (lambda d: d["responses"][0]["usage"]["also_billed"][1].pop(), r"also_billed\[1\] is list"),
        (lambda d: d["responses"][0]["usage"].update(output_tokens="30"), "output_tokens is str"),
        (lambda d: d["responses"][0]["usage"].update(output_tokens=30.5), "output_tokens is float"),
        (lambda d: d["responses"][0]["cost"].update(total=0.1), "cost.total is float"),
        (lambda d: d["responses"][0]["cost"].update(total="\ud800"), "cost.total is str"),
        (lambda d: d["responses"][0]["timing"].update(queued=True), "timing.queued is bool"),
        (lambda d: d["responses"][0].update(streamed=1), "streamed is int"),
        (lambda d: d["responses"][0]["failure"].update(type="bad luck"), "failure.type is str"),
        (lambda d: d["responses"][0]["exchange"].update(events={}), "exchange.events is dict"),
        (lambda d: d.update(requests=[], responses=[]), "no request"),
        (lambda d: d["responses"][0]["usage"].update(input_tokens=10**30), "input_tokens is int"),
        (lambda d: d["responses"][0]["usage"].update(input_tokens=1e30), "input_tokens is float"),
        (lambda d: d["responses"][0]["usage"].update(output_tokens=-(2**63)), "output_tokens"),
        (lambda d: d["responses"][0]["usage"].update(output_tokens=float("nan")), "not JSON"),
        (lambda d: d["responses"][0]["timing"].update(queued=float("inf")), "not JSON"),
        (lambda d: d["responses"][0]["cost"].update(total="NaN"), "cost.total is str"),
        (lambda d: d["responses"][0]["cost"].update(total="-Infinity"), "cost.total is str"),
        (lambda d: d["responses"][0]["cost"].update(total="1e30"), "cost.total is str"),
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


def test_parts_of_an_older_version_and_numbers_written_as_text_are_read() -> None:
    def older(d: Any) -> None:
        del d["responses"][0]["turn"][0]["signature"]
        d["responses"][0]["timing"]["queued"] = "inf"

    made = from_json(change(older))[0].responses[0]
    assert made.turn == full_run().responses[0].turn
    assert made.timing.queued == float("inf")


def test_arguments_that_look_like_a_part_stay_json() -> None:
    like = {"kind": "text", "text": "x", "signature": None}
    text = change(lambda d: d["responses"][0]["tool_calls"][0].update(arguments=like))
    assert from_json(text)[0].responses[0].tool_calls[0].arguments == like


def test_a_run_with_odd_figures_and_half_an_emoji_stops_no_export() -> None:
    def odd(d: Any) -> None:
        d["responses"][0]["timing"].update(first_text="nan", last_text="inf", last_chunk="nan")
        d["responses"][0]["usage"].update(output_tokens=2**63 - 1)
        d["responses"][0]["text"] = "half \ud83d"

    (run,) = from_json(change(odd))
    for format_ in FORMATS.values():
        assert format_.data([Labelled(run), Labelled(full_run())]), format_.name
