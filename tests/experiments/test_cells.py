"""A spec's cells come in order, each with the one Request that it stands for."""

from __future__ import annotations

import time
import tracemalloc
from collections import Counter
from typing import Any

import pytest

from playground.experiments.cells import Cell, CellError, Cells
from playground.experiments.jobs import Jobs
from playground.experiments.settings import SettingError, checked
from playground.experiments.spec import Spec
from playground.experiments.transforms import TransformError, transformed

MODELS = ["openai:a", "anthropic:b", "gemini:c"]


def spec(**more: Any) -> Spec:
    given = {"prompts": ["Say {{x}}", {"label": "loud", "text": "SAY {{x}}"}], "models": MODELS}
    return Spec.model_validate({**given, "cases": [{"vars": {"x": n}} for n in "pq"], **more})


def keys(made: Spec) -> list[str]:
    return [cell.key for cell in Cells(made)]


def test_as_written_is_prompt_by_case_by_model_by_repeat() -> None:
    found = keys(spec(order="as_written", repeats=2))
    assert len(found) == 2 * 2 * 3 * 2 == len(Cells(spec(repeats=2)))
    assert found[:4] == ["0.0.0.0", "0.0.0.1", "0.0.1.0", "0.0.1.1"]
    assert found == sorted(found)


@pytest.mark.parametrize("order", ["interleaved", "shuffled"])
def test_every_order_has_the_same_cells(order: str) -> None:
    made = spec(order=order, repeats=3)
    assert sorted(keys(made)) == keys(spec(order="as_written", repeats=3))
    assert keys(made) == keys(made)


def test_interleaved_models_take_turns_and_begin_in_turn() -> None:
    cells = list(Cells(spec(repeats=3)))
    rounds = [cells[i : i + 3] for i in range(0, len(cells), 3)]
    assert all(Counter(cell.model for cell in one) == {0: 1, 1: 1, 2: 1} for one in rounds)
    assert Counter(one[0].model for one in rounds) == {0: 4, 1: 4, 2: 4}
    assert [cell.repeat for cell in cells] == sorted(cell.repeat for cell in cells)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_places_in_a_round_are_drawn_by_lot_and_even_out(count: int) -> None:
    models = [f"openai:m{n}" for n in range(count)]

    def rounds(seed: int) -> list[tuple[int, ...]]:
        made = spec(prompts=["a"], cases=[{}], models=models, repeats=6 * count, seed=seed)
        order = [cell.model for cell in Cells(made)]
        return [tuple(order[i : i + count]) for i in range(0, len(order), count)]

    found = rounds(seed=0)
    for model in range(count):
        assert Counter(one.index(model) for one in found) == dict.fromkeys(range(count), 6)
        for other in set(range(count)) - {model}:
            before = sum(one.index(model) < one.index(other) for one in found)
            assert before == len(found) / 2
    assert found == rounds(seed=0)
    assert found != rounds(seed=1)


def test_another_seed_is_another_order() -> None:
    assert keys(spec(order="shuffled", seed=1)) != keys(spec(order="shuffled", seed=2))


def test_labels_say_what_goes_with_what() -> None:
    made = spec(
        models=[{"model": "openai:a", "label": "small", "prompts": ["loud"]}, "anthropic:b"],
        cases=[{}, {"prompts": ["loud"], "models": ["small"], "repeats": 2}],
        order="as_written",
    )
    assert keys(made) == ["0.0.1.0", "1.0.0.0", "1.0.1.0", "1.1.0.0", "1.1.0.1"]
    assert len(Cells(made)) == 5


def test_warm_up_asks_each_model_so_often() -> None:
    assert [c.model for c in Cells(spec(warm_up=2)).warm_up()] == [0, 1, 2, 0, 1, 2]
    assert list(Cells(spec()).warm_up()) == []


def test_rounds_of_warming_up_are_counted_by_the_models_that_are_asked() -> None:
    """A model that no case goes with warms up in no round, and takes none from the others."""
    cases = [{"vars": {"x": "p"}, "models": ["anthropic:b"]}]
    jobs = Jobs(spec(cases=cases, warm_up=4))
    warmed = [(place.model, place.repeat) for place in jobs.places() if place.warm_up]
    assert warmed == [("anthropic:b", number) for number in range(4)]
    ours = jobs.in_part(0, 2)
    assert [ours(number) for number in range(4)] == [True, False, True, False]
    assert jobs.cells.size == len(jobs.order)


@pytest.mark.parametrize(
    "name",
    ["MYSQL_PWD", "HTTPS_PROXY", "STORAGE_CONNECTION_STRING", "SLACK_WEBHOOK", "GITHUB_PAT"],
)
def test_a_variable_that_may_hold_a_secret_stands_in_no_prompt(name: str) -> None:
    made = Cells(spec(prompts=["{{ env.PATIENCE }}{{ env." + name + " }}"]))
    with pytest.raises(CellError, match=f"`env.{name}` is not put into a prompt"):
        made.request(next(iter(made)))


def test_a_cell_is_one_request() -> None:
    made = spec(
        prompts=[{
            "messages": [
                {"role": "system", "content": "Be {{tone}}."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Yes?"},
                {"role": "user", "content": "Say {{x}}"},
            ],
            "settings": {"temperature": 0.5},
        }],
        models=[{"model": "openai/chat:a", "system": "You are {{x}}.", "settings": {"temperature": 0, "stop": "END"}}],
        cases=[{"vars": {"x": "p"}, "prefix": "> ", "suffix": " <", "settings": {"seed": 7}}],
        defaults={"vars": {"tone": "kind", "x": "none"}},
    )  # fmt: skip
    request = Cells(made).request(Cell.of("0.0.0.0"))
    assert str(request.model) == "openai/chat:a"
    assert request.system == "You are p.\n\nBe kind."
    assert [(m.role, m.text) for m in request.messages] == [
        ("user", "Hi"), ("assistant", "Yes?"), ("user", "> Say p <"),
    ]  # fmt: skip
    settings = request.settings
    assert (settings.temperature, settings.stop, settings.seed) == (0.5, ("END",), 7)


@pytest.mark.parametrize(
    "text",
    ['[{"role": "system", "content": "S"}, {"role": "user", "content": "{{x}}"}]',
     "- role: system\n  content: S\n- role: user\n  content: '{{x}}'"],
)  # fmt: skip
def test_a_text_can_spell_out_the_messages(text: str) -> None:
    made = Cells(spec(prompts=[{"text": text, "as_messages": True}]))
    request = made.request(Cell(0, 1, 0, 0))
    assert (request.system, request.messages[0].text) == ("S", "q")


@pytest.mark.parametrize("text", ["Hello", "[1]", '{"a": 1}', "[", "- role: user\n"])
def test_what_spells_out_no_messages_is_said(text: str) -> None:
    made = Cells(spec(prompts=[{"text": text, "as_messages": True}]))
    with pytest.raises(CellError, match="no list of messages"):
        made.request(Cell(0, 0, 0, 0))


def test_fresh_letters_stand_before_everything_and_differ() -> None:
    def text(key: str, salt: str, **more: Any) -> str:
        request = Cells(spec(fresh_prefix=True, **more), salt=salt).request(Cell.of(key))
        return (request.system or "") + request.messages[0].text

    assert text("0.0.0.0", "one") == text("0.0.0.0", "one")
    assert len({text("0.0.0.0", "one"), text("0.0.0.0", "two"), text("0.0.0.1", "one")}) == 3
    assert text("0.0.0.0", "one").endswith("]\nSay p")
    with_system = text("0.0.0.0", "one", prompts=[{"text": "Say {{x}}", "system": "S"}])
    assert with_system.startswith("[")
    assert with_system.endswith("]\nSSay p")


def test_what_is_under_a_case_is_joined_with_its_own() -> None:
    made = Cells(
        spec(
            defaults={"checks": [{"type": "is-json"}], "threshold": 0.5},
            cases=[
                {"checks": [{"type": "contains", "value": "p"}]},
                {"threshold": 0, "output": None},
            ],
            models=[{"model": "openai:a", "transform": ["trim"]}],
        )
    )
    first, second = Cell(0, 0, 0, 0), Cell(0, 1, 0, 0)
    assert [check.type for check in made.checks(first)] == ["is-json", "contains"]
    assert (made.threshold(first), made.threshold(second)) == (0.5, 0)
    assert (made.recorded(first), made.recorded(second)) == (False, True)
    assert made.transform(first) == ("trim",)


def test_ten_thousand_cells_hold_no_requests() -> None:
    cases = [{"vars": {"x": f"{n} {'x' * 100}"}} for n in range(10_000)]
    cells = Cells(spec(prompts=["Say {{x}}"], cases=cases))
    tracemalloc.start()
    began = time.perf_counter()
    count = sum(len(cells.request(cell).messages) for cell in cells)
    took = time.perf_counter() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == len(cells) == 30_000
    assert peak < 5_000_000
    assert took < 60


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"temprature": 1}, "`temprature` is no setting. Did you mean `temperature`?"),
        ({"temperature": "hot"}, "`temperature` must be a number."),
        ({"temperature": 3}, "`temperature` must be at most 2."),
        ({"max_output_tokens": True}, "`max_output_tokens` must be a whole number."),
        ({"max_output_tokens": 0}, "`max_output_tokens` must be at least 1."),
        ({"tool_choice": "always"}, "`tool_choice` must be one of auto, required, none."),
        ({"stop": [1.5]}, "`stop` must be a word."),
        ({"stream": "no"}, "`stream` must be true or false."),
        ({"extra": []}, "`extra` must be a JSON object: { … }."),
    ],
)
def test_a_setting_that_can_not_be_is_named(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingError) as told:
        checked(settings)
    assert str(told.value) == said


def test_steps_before_an_answer_is_judged() -> None:
    steps = spec(models=[{"model": "a:b", "transform": [
        "trim", "lower", {"split": "answer:", "part": 1}, "json", {"key": "city"},
    ]}]).models[0].transform  # fmt: skip
    assert transformed('\n The ANSWER: {"City": "Rome"} ', steps) == "rome"
    with pytest.raises(TransformError, match="only 1 pieces"):
        transformed("x", steps)
    with pytest.raises(TransformError, match="no JSON"):
        transformed("answer: NaN", steps)
    with pytest.raises(TransformError, match="has no 'city'"):
        transformed("answer: [1]", steps)


def test_a_variable_of_the_environment_is_read_when_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cells = Cells(spec(prompts=["{{x}} in {{ env.CITY }}{{ env.NOT_SET }}"]))
    monkeypatch.setenv("CITY", "Lima")
    assert cells.request(Cell(0, 0, 0, 0)).messages[0].text == "p in Lima"
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    with pytest.raises(CellError, match=r"`env\.CITY` is not put into a prompt"):
        cells.request(Cell(0, 0, 0, 0))


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "DATABASE_URL", "MY_TOKEN", "PLAYGROUND_X"])
@pytest.mark.parametrize("template", ["{{ env.NAME }}", '{{ env["NAME"] }}', "{{ env }}"])
def test_what_may_hold_a_key_is_put_into_no_prompt(
    monkeypatch: pytest.MonkeyPatch, name: str, template: str
) -> None:
    monkeypatch.setenv(name, "sk-planted")
    cells = Cells(spec(prompts=["say " + template.replace("NAME", name)]))
    asked = Cell(0, 0, 0, 0)
    if template == "{{ env }}":
        assert "sk-planted" not in cells.request(asked).messages[0].text
        return
    with pytest.raises(CellError, match=rf"`env\.{name}` is not put into a prompt"):
        cells.request(asked)


def test_a_secret_is_not_reached_by_a_name_that_is_put_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    cells = Cells(spec(prompts=['[{{ env["OPENAI" + "_API_KEY"] }}]']))
    assert cells.request(Cell(0, 0, 0, 0)).messages[0].text == "[]"
