"""A spec's cases for one prompt of the library: asked of any model, and judged."""

from __future__ import annotations

import json

import pytest

from playground import library
from playground.domain import Failure, ModelRef, Request, Response, Run, Settings
from playground.experiments import judged_history, prompt_cases
from playground.experiments.cells import CellError
from playground.experiments.reading import read_text
from playground.experiments.sources import Sources
from playground.experiments.spec import Spec
from playground.export.jsonl import to_jsonl
from playground.store.store import Store

SPEC = """
name: answers
prompts:
  - {saved: greet, label: greeting, settings: {max_output_tokens: 50}}
  - {text: "Something else about {{name}}"}
models: [openai:gpt-6-luna]
defaults:
  checks: [{type: contains, value: "{{name}}"}]
cases:
  - {description: the usual one, vars: {name: Ana}, checks: [{type: icontains, value: hello}]}
  - {vars: {name: Bo}, prompts: [greeting], models: [openai:gpt-6-luna], transform: [lower], checks: [{type: not-contains, value: B}]}
  - {vars: {name: Cy}, prompts: [prompt 2]}
  - {vars: {name: Di}, output: "Hello Di"}
"""
ASKED = Request.ask(
    ModelRef.parse("anthropic:claude-sonnet-4-5"), "as saved", settings=Settings(temperature=0.3)
)


@pytest.fixture
def spec(store: Store) -> Spec:
    library.save(store, "greet", "Say hello to {{name}}", owner="", system="Be kind.")
    read = read_text(SPEC, "spec.yaml", Sources(), store=store)
    assert read.spec is not None, read.mistakes
    return read.spec


def test_each_case_is_asked_of_the_model_that_is_asked_now(spec: Spec) -> None:
    first, second = prompt_cases.of_prompt([spec], "greet", ASKED)
    assert (first.label, second.label) == ("the usual one", "case 2")
    for case, name in ((first, "Ana"), (second, "Bo")):
        assert case.request.model == ASKED.model
        assert case.request.messages[0].text == f"Say hello to {name}"
        assert case.request.system == "Be kind."
        assert case.request.settings == Settings(temperature=0.3, max_output_tokens=50)
    assert prompt_cases.of_prompt([spec], "another", ASKED) == []


def test_an_answer_is_judged_by_what_is_kept_as_json(spec: Spec) -> None:
    first, second = (
        json.loads(json.dumps(case.held)) for case in prompt_cases.of_prompt([spec], "greet", ASKED)
    )
    good = Response(model=ASKED.model, text="Hello, Ana!")
    assert prompt_cases.judged(first, good) == (True, 2, 2, "")
    ok, passed, checks, why = prompt_cases.judged(first, Response(model=ASKED.model, text="Ana?"))
    assert (ok, passed, checks) == (False, 1, 2)
    assert why
    # in lower letters "Bo" is not there, and neither is a capital B
    assert prompt_cases.judged(second, Response(model=ASKED.model, text="Hi Bo"))[:3] == (
        False,
        1,
        2,
    )


def test_a_check_sees_the_environment_as_it_does_in_an_experiment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CITY", "Lisbon")
    held = {"checks": [{"type": "contains", "value": "{{ env.CITY }}"}]}
    in_lisbon = Response(model=ASKED.model, text="In Lisbon.")
    assert prompt_cases.judged(held, in_lisbon) == (True, 1, 1, "")
    spec = Spec.model_validate({"prompts": ["Where?"], "models": ["openai:a"], "defaults": held})
    run = Run(id="r", created_at="2026-11-27T00:00:00Z", requests=(ASKED,), responses=(in_lisbon,))
    (verdict,) = judged_history.judged(map(str.encode, to_jsonl([run]).splitlines()), spec)
    assert verdict["pass"], verdict


def test_a_call_that_failed_passes_nothing(spec: Spec) -> None:
    (first, _) = prompt_cases.of_prompt([spec], "greet", ASKED)
    failure = Failure(
        type="server", message="down", meaning="It is down.", next_step="Try again.", status=500
    )
    response = Response(model=ASKED.model, failure=failure)
    assert prompt_cases.judged(first.held, response) == (False, 0, 2, failure.told)


def test_a_template_that_cannot_be_filled_in_is_said(store: Store, spec: Spec) -> None:
    broken = spec.prompts[0].model_copy(update={"text": "{{ name | nothing_like_it }}"})
    odd = spec.model_copy(update={"prompts": (broken,)})
    with pytest.raises(CellError):
        prompt_cases.of_prompt([odd], "greet", ASKED)
