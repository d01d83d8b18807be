"""A spec's file is read whole, or every mistake in it is told at once with file, line and what is expected."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import library
from playground.domain import ModelRef, Request, Response, Run
from playground.experiments import case_files
from playground.experiments.cells import Cells
from playground.experiments.reading import Reading, read, read_text
from playground.experiments.sources import Sources
from playground.experiments.spec import Case, Spec, json_schema
from playground.history.labels import Labels
from playground.history.writing import put
from playground.store.store import Store

DOCS = Path(__file__).parents[2] / "docs"
HEAD = 'prompts: ["Say {{x}}"]\nmodels: [openai:gpt-6.1-sol]\n'


def reading(text: str, folder: Path | None = None, **more: Any) -> Reading:
    return read_text(text, "spec.yaml", Sources(folder), **more)


def told(text: str, folder: Path | None = None, **more: Any) -> list[tuple[int, str, str]]:
    found = reading(text, folder, **more)
    assert found.spec is None
    return [(m.line, m.what, m.expected) for m in found.mistakes]


def cases(text: str, folder: Path | None = None, **more: Any) -> list[Case]:
    found = reading(HEAD + text, folder, **more)
    assert found.mistakes == ()
    assert found.spec is not None
    return [case for case in found.spec.cases if isinstance(case, Case)]


def test_the_example_in_docs_is_a_spec() -> None:
    found = read(DOCS / "experiment.example.yaml")
    assert found.mistakes == ()
    assert found.spec is not None
    assert len(Cells(found.spec)) == 2 * 2 * 2 * 3


def test_the_schema_in_docs_is_the_one_that_the_command_prints() -> None:
    kept = json.loads((DOCS / "experiment.schema.json").read_text(encoding="utf-8"))
    assert kept == json_schema(), "playground experiment schema > docs/experiment.schema.json"


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
nmae: x
prompts:
  - {label: a, txt: "x"}
  - "Say {{x}}"
  - file: gone.txt
  - 5
models:
  - openai
  - {model: openai:x, settings: {temprature: 1, temperature: hot}, prompts: [b]}
  - model: openai:x
cases:
  - vars: [1]
    checks:
      - {typ: contains, threshold: "0.5"}
      - {type: contains, value: x, judge: nobody, transform: [trm]}
  - file: gone.csv
    x: 1
  - file: gone.csv
  - history: words
  - vars: {x: 1}
    models: [openai:y]
    settings: {seed: a}
concurrency: {openai: 0}
order: random
repeats: 0
budget: -1
defaults: {checks: {type: x}}
"""
    found = told(text, tmp_path)
    assert [line for line, _, _ in found] == sorted(line for line, _, _ in found)
    by_line: dict[int, list[str]] = {}
    for line, what, expected in found:
        by_line.setdefault(line, []).append(f"{what} {expected}".strip())
    assert by_line == {
        1: ["`nmae` is not known here. Did you mean `name`?"],
        3: ["`txt` is not known here. Did you mean `text`?"],
        5: [f"`gone.txt` is not there. Looked for {tmp_path / 'gone.txt'}."],
        6: ["`prompts[3]` is 5. Expected is a mapping."],
        8: ["'openai' is not a model: write provider:model, for example openai:gpt-6.1-sol."],
        9: by_line[9],
        12: ["`cases[0].vars` is a list. Expected is a mapping."],
        14: by_line[14],
        15: by_line[15],
        17: ["`x` is not known here. Known: file, checks."],
        18: [f"`gone.csv` is not there. Looked for {tmp_path / 'gone.csv'}."],
        19: ["There is no history here: nothing was ever kept."],
        21: ["No model is named 'openai:y'. Did you mean `openai:x`?"],
        22: ["`seed` must be a whole number."],
        23: ["`concurrency.openai` is 0. It must be at least 1."],
        24: ["`order` is 'random'. Expected is 'interleaved', 'as_written' or 'shuffled'."],
        25: ["`repeats` is 0. It must be at least 1."],
        26: ["`budget` is -1. It must be at least 0."],
        27: ["`defaults.checks` is a mapping. Expected is a list."],
    }
    assert set(by_line[9]) == {
        "`temprature` is no setting. Did you mean `temperature`?",
        "`temperature` must be a number.",
        "No prompt is named 'b'. There are: 'a', 'prompt 2', 'gone.txt', 'prompt 4'.",
        "Two models are named 'openai:x'. Give them a `label` each.",
    }
    assert len(by_line[14]) == 3
    assert len(by_line[15]) == 2


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "The file is empty."),
        ("hello", 1, "This is no experiment."),
        ("- a", 1, "This is no experiment."),
        ("providers: [echo]\nprompts: [a]", 1, "`providers` is a key of promptfoo's configurations."),
        ("prompts: [a", 2, "A bracket is not closed, or a comma is missing."),
        (HEAD, 1, "No case gives `x`, which this prompt needs."),
        (HEAD + "cases: [{vars: {xx: 1}}]", 1, "No case gives `x`, which this prompt needs."),
        ("prompts: []\nmodels: [a:b]", 1, "`prompts` is empty."),
        ("prompts: [a]", 1, "`models` is missing."),
        ("prompts: [{label: a}]\nmodels: [a:b]", 1, "This prompt has no text."),
        ("prompts: [{text: a, file: b}]\nmodels: [a:b]", 1, "This prompt has `text` and `file`."),
        ("prompts: [a]\nmodels: [a:b]\nmodels: [c:d]", 3, "`models` stands twice here, first in line 2."),
        ("prompts: [a]\nmodels: [a:b]\nrepeats: 400000\nwarm_up: 600001", 3, "These are 1,000,001 cells, and 1,000,000 are the most of one experiment."),
        ("prompts: [a]\nmodels: [openai/nowhere:x]", 2, "Openai has no door 'nowhere': use one of responses, chat, realtime."),
    ],
)  # fmt: skip
def test_one_mistake(text: str, line: int, what: str) -> None:
    assert [(at, said) for at, said, _ in told(text)] == [(line, what)]


@pytest.mark.parametrize(
    ("type_", "what", "expected"),
    [
        ("contians", "`contians` is no type of check.", "Did you mean `contains`?"),
        ("not-is-jsn", "`not-is-jsn` is no type of check.", "Did you mean `is-json`?"),
        (
            "javascript",
            "`javascript` is code, and code from a file is never run.",
            "Use `contains`",
        ),
    ],
)
def test_a_type_of_check_that_is_not_there_is_told(type_: str, what: str, expected: str) -> None:
    checks = f"defaults:\n  vars: {{x: 1}}\n  checks:\n    - type: {type_}\n"
    (found,) = told(HEAD + checks)
    assert found[:2] == (6, what)
    assert found[2].startswith(expected)


def test_a_variable_is_given_by_one_case_by_the_defaults_or_by_the_template_itself() -> None:
    assert len(cases("cases: [{}, {vars: {x: 1}}]")) == 2
    assert len(cases("defaults: {vars: {x: 1}}")) == 1
    template = "{% for a in list %}{{ a }}{% endfor %}{% set b = 1 %}{{ b }}{{ c | default('d') }}{{ env.E }}"
    found = reading(json.dumps({"prompts": [template], "models": ["a:b"]}))
    assert found.mistakes == ()


FILES = {
    "a.csv": 'x,n\n"one, two",1\n\n"three\nfour",2\n',
    "b.jsonl": '{"x": "one", "n": 1}\n\n{"vars": {"x": 2}, "description": "own"}\n',
    "c.json": '[{"x": null}, {"vars": {"x": [1]}, "checks": [{"type": "is-json"}]}]',
    "d.yaml": "- x: yes\n- vars: {x: 1.0}\n",
}


def test_cases_come_from_files_of_every_kind(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    csv, jsonl, whole, yaml = (cases(f"cases: {name}", tmp_path) for name in FILES)
    assert [case.vars for case in csv] == [
        {"x": "one, two", "n": "1"},
        {"x": "three\nfour", "n": "2"},
    ]
    assert [(case.vars, case.description) for case in jsonl] == [
        ({"x": "one", "n": 1}, ""),
        ({"x": 2}, "own"),
    ]
    assert [(case.vars, len(case.checks)) for case in whole] == [({"x": None}, 0), ({"x": [1]}, 1)]
    assert [case.vars for case in yaml] == [{"x": "yes"}, {"x": 1.0}]


def test_a_small_parquet_may_hold_no_more_than_memory_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import import_module

    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    same = arrow.DictionaryArray.from_arrays(arrow.array([0] * 3_000), ["the same " * 100])
    parquet.write_table(arrow.table({"x": same}), tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 10_000
    assert len(cases("cases: t.parquet", tmp_path)) == 3_000
    monkeypatch.setattr(case_files, "MOST_UNPACKED", 2_000_000)
    assert "2 MB are packed in it" in told(HEAD + "cases: t.parquet", tmp_path)[0][1]
    monkeypatch.setattr(case_files, "MOST_VALUES", 2_999)
    assert "More than 2,999 values" in told(HEAD + "cases: t.parquet", tmp_path)[0][1]


def test_a_comma_in_the_head_of_a_tsv_divides_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("x\tname, first\n1\tAna, Bo\n")
    assert [case.vars for case in cases("cases: a.tsv", tmp_path)] == [
        {"x": "1", "name, first": "Ana, Bo"}
    ]


def test_parquet_is_read_with_its_kinds(tmp_path: Path) -> None:
    import datetime
    from importlib import import_module

    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    table = arrow.table({"x": ["a", None], "n": [1.5, float("nan")], "d": [datetime.date(2026, 1, 2)] * 2, "l": [[1], []]})  # fmt: skip
    parquet.write_table(table, tmp_path / "t.parquet")
    assert [case.vars for case in cases("cases: t.parquet", tmp_path)] == [
        {"x": "a", "n": 1.5, "d": "2026-01-02", "l": [1]},
        {"x": None, "n": None, "d": "2026-01-02", "l": []},
    ]
    (tmp_path / "t.parquet").write_bytes(b"PAR1 nonsense")
    assert "This is no Parquet file" in told(HEAD + "cases: t.parquet", tmp_path)[0][1]


@pytest.mark.parametrize(
    ("name", "text", "line", "what"),
    [
        ("a.csv", "x,y\n1,2\n1\n1,2,3\n", 3, "This row has 1 cells, and there are 2 columns."),
        ("a.csv", 'x,y\n1,"a\nb"c\n', 2, "The row that begins here is no CSV"),
        ("a.csv", "x,x\n1,2\n", 1, "Two columns are named `x`."),
        ("a.csv", "", 1, "The file is empty."),
        ("a.csv", "x\n", 4, "`a.csv` holds no case."),
        ("a.jsonl", '{"x": 1}\n\n{"x": \n', 3, "This is no JSON"),
        ("a.jsonl", '{"x": 1}\n5\n', 2, "A number stands where a case is expected."),
        ("a.json", '{"x": 1}', 1, "A mapping stands where a list of cases is expected."),
        ("a.yaml", "- x: 1\n- vars: {x: 1}\n  chcks: []\n", 3, "`chcks` is not known here. Did you mean `checks`?"),
        ("a.txt", "x", 0, "`a.txt` is of no kind that holds cases."),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_has_the_files_own_line(
    name: str, text: str, line: int, what: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = reading(HEAD + f"repeats: 1\ncases: [{{file: {name}}}]\n", tmp_path)
    first = found.mistakes[0]
    assert (first.line, first.what[: len(what)]) == (line, what)
    assert first.file == (name if line != 4 else "spec.yaml")


def test_a_files_checks_stand_before_the_cases_own(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(FILES["c.json"])
    found = cases("cases: [{file: c.json, checks: [{type: contains, value: x}]}]", tmp_path)
    assert [[check.type for check in case.checks] for case in found] == [
        ["contains"],
        ["contains", "is-json"],
    ]


def test_a_prompt_in_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("\ufeffSay {{x}}\r\nnow", encoding="utf-8")
    found = reading("prompts: [{file: p.txt}]\nmodels: [a:b]\ncases: [{vars: {x: 1}}]", tmp_path)
    assert found.spec is not None
    assert found.spec.prompts[0].text == "Say {{x}}\nnow"


def test_only_what_was_uploaded_is_read_where_there_is_no_folder() -> None:
    text = HEAD + "cases: [{file: a.csv}, {file: /etc/passwd}]"
    sources = Sources(None, {"a.csv": b"x\n1\n"})
    found = read_text(text, "spec.yaml", sources)
    assert [m.what for m in found.mistakes] == ["`/etc/passwd` was not uploaded with it."]


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    names = ("pipe", "loop", "folder", "bytes")
    found = told(HEAD + f"cases: [{', '.join(f'{n}.csv' for n in names)}]", tmp_path)
    assert [what.partition(" is")[2] or what for _, what, _ in found if "Say" not in what] == [
        " no file.", "`loop.csv` can't be read: Too many levels of symbolic links.", " a folder.", " not UTF-8 text.",
    ]  # fmt: skip
    assert (
        told(HEAD + 'cases: ["a\\0.csv"]', tmp_path)[0][1]
        == "A file's name holds a null character."
    )
    missing = read(tmp_path / "nothing.yaml")
    assert missing.mistakes[0].what == "`nothing.yaml` is not there."


def test_a_prompt_of_the_library_is_pinned_to_its_version(store: Store) -> None:
    library.save(store, "greet", "Say {{x}}", owner="", system="Be {{ x }}")
    library.save(store, "greet", "Shout {{x}} \\{{x}} {{ 1 + }}", owner="")
    text = "prompts: [{saved: greet}, {saved: greet@1}]\nmodels: [a:b]\ncases: [{vars: {x: hi}}]"
    found = reading(text, store=store)
    assert found.spec is not None, found.mistakes
    new, old = found.spec.prompts
    assert (new.saved, old.saved) == ("greet@2", "greet@1")
    assert (old.text, old.system) == ("Say {{x}}", "Be {{ x }}")
    assert new.text == 'Shout {{x}} {{ "{{" }}x}} {{ "{{" }} 1 + {{ "}}" }}'
    for name, what in (("gone", "has no prompt 'gone'"), ("greet@9", "has no version 9")):
        said = told(f"prompts: [{{saved: {name}}}]\nmodels: [a:b]", store=store)
        assert what in said[0][1]


def kept(store: Store, title: str, prompt: str, *answers: str) -> None:
    requests = tuple(Request.ask(ModelRef.parse("openai:gpt-6.1-sol"), prompt) for _ in answers)
    responses = tuple(
        Response(model=request.model, text=answer, finish_reason="stop")
        for request, answer in zip(requests, answers, strict=True)
    )
    run = Run(id=title, created_at="2026-11-26T10:00:00+00:00", requests=requests, responses=responses, simulated=True)  # fmt: skip
    put(store, run, Labels(title=title, tags=("good",)), owner="")


def test_cases_are_made_from_runs_in_the_history(store: Store) -> None:
    kept(store, "one", "Refund me", "No", "Yes")
    kept(store, "two", "Refund me", "Never")
    kept(store, "three", "Hello", "Hi")
    entry = (
        "cases: [{history: refund, tag: good, var: x, answer_var: was, checks: [{type: is-json}]}]"
    )
    found = cases(entry, store=store)
    assert [(case.vars["x"], len(case.checks)) for case in found] == [("Refund me", 1)]
    assert found[0].vars["was"] in ("No", "Never")
    assert found[0].metadata["run"] in ("one", "two")
    everything = cases("cases: [{history: '', var: x}]", store=store)
    assert {case.vars["x"] for case in everything} == {"Refund me", "Hello"}
    said = told(HEAD + "cases: [{history: nothing}]", store=store)
    assert said[0][1] == "No run in the history is like that."


KINDS = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.booleans(), st.lists(st.integers(), max_size=2),
                  st.dictionaries(st.sampled_from(["type", "file", "x", "vars", "model", "key"]), st.integers(), max_size=2))  # fmt: skip


@given(st.data())
def test_a_value_of_any_kind_at_any_place_is_told_or_taken(data: st.DataObject) -> None:
    spec: Any = {
        "prompts": ["a", {"text": "b", "messages": [], "settings": {"seed": 1}}],
        "models": [{"model": "openai:x", "transform": ["trim", {"key": "a"}], "prompts": []}],
        "cases": [{"vars": {}, "checks": [{"type": "x", "checks": [], "config": {}}], "models": []}, {"file": "a.csv"}],
        "defaults": {"vars": {}, "checks": []},
        "concurrency": {"openai": 1},
    }  # fmt: skip
    at, place = spec, data.draw(st.sampled_from(sorted(spec)))
    while isinstance(at[place], dict | list) and at[place] and data.draw(st.booleans()):
        at = at[place]
        place = data.draw(st.sampled_from(range(len(at)) if isinstance(at, list) else sorted(at)))
    at[place] = data.draw(KINDS)
    found = read_text(json.dumps(spec), "s.json", Sources(None, {"a.csv": b"x\n1\n"}))
    assert (found.spec is None) == bool(found.mistakes)
    if found.spec:
        assert isinstance(found.spec, Spec)
        len(Cells(found.spec))
