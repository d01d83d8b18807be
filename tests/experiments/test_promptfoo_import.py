"""promptfoo's configurations are imported whole, or say what they can't take; nothing in them is run."""

from __future__ import annotations

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from playground.experiments.cells import CellError, Cells
from playground.experiments.promptfoo.exporting import exported
from playground.experiments.promptfoo.importing import Imported, read
from playground.experiments.reading import Reading, read_text
from playground.experiments.sources import Sources
from playground.experiments.spec import Spec

SHARED = Path(__file__).parents[2].parent / "shared" / "promptfoo"
"""Configurations that people published, with what promptfoo itself counts in them; not a part of the project."""
here = pytest.mark.skipif(not SHARED.exists(), reason="../shared/promptfoo is not on this machine")
BASE = {
    "prompts": ["Say {{x}}"],
    "providers": ["openai:gpt-6.1-sol"],
    "tests": [{"vars": {"x": "1"}}],
}


def imported(
    folder: Path, config: Any, files: dict[str, str] | None = None, **more: Any
) -> Imported:
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "promptfooconfig.yaml"
    text = config if isinstance(config, str) else yaml.safe_dump(config, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    return read(path, **more)


def back(made: Imported) -> Reading:
    return read_text(made.yaml(), "spec.yaml", Sources(None))


def spec(made: Imported) -> Spec:
    """What the written spec reads back as."""
    found = back(made)
    assert found.mistakes == ()
    assert found.spec is not None
    assert Spec.model_validate(made.document) == found.spec
    return found.spec


def left(made: Imported) -> list[tuple[int, str]]:
    return [(note.line, note.what) for note in made.notes.left_out]


def recorded() -> list[tuple[str, dict[str, Any]]]:
    if not SHARED.exists():
        return []
    counts = json.loads((SHARED / "counts.json").read_text(encoding="utf-8"))
    return list(counts["configs"].items())


@here
@pytest.mark.parametrize(("folder", "counted"), recorded())
def test_what_people_published_counts_as_in_promptfoo(folder: str, counted: dict[str, Any]) -> None:
    made = read(SHARED / folder / counted["config"])
    lines = (SHARED / folder / counted["config"]).read_text(encoding="utf-8").split("\n")
    assert all(note.line >= 0 for note in made.notes.left_out)
    assert all(n.line <= len(lines) for n in made.notes.left_out if n.file == counted["config"])
    if counted["prompts"] is None:
        assert made.notes.left_out
        return
    coded = sum("it is code" in note.what for note in made.notes.left_out)
    assert (made.prompts, made.cases) == (counted["prompts"], counted["tests"])
    assert made.models + coded == counted["providers"]
    if made.models:
        assert len(Cells(spec(made))) == counted["calls"]


@here
@pytest.mark.parametrize(("folder", "counted"), recorded())
def test_what_was_written_reads_back(folder: str, counted: dict[str, Any]) -> None:
    made = read(SHARED / folder / counted["config"])
    if made.runnable:
        cells = Cells(spec(made))
        assert [cells.request(cell) for cell in cells]
    elif made.document:
        empty = [name for name in ("prompts", "models", "cases") if not made.document[name]]
        assert empty
        found = [m.what for m in back(made).mistakes]
        assert [f"`{name}` is empty." for name in empty if name != "cases"] == [
            w for w in found if "empty" in w
        ]


@here
def test_everything_readable_of_what_promptfoo_does_not_load() -> None:
    made = {name[:12]: read(SHARED / name / row["config"]) for name, row in recorded()}
    sql, ticket = made["cookbooks-sk"], made["-unit-testin"]
    assert (sql.prompts, sql.cases, sql.models, sql.checks) == (0, 7, 2, 11)
    assert sum("prompts.py" in what for _, what in left(sql)) == 4
    assert left(ticket) == [(8, "This is a prompt, a list of chat messages, and no configuration.")]
    lease = [what for _, what in left(made["okbooks-skil"]) if "is not there" in what]
    assert len(lease) == 18
    assert made["kbooks-skill"].cases == 68
    assert made["kbooks-skill"].checks == 0


@pytest.mark.parametrize(
    ("prompt", "texts"),
    [
        ("Hello {{x}}", ["Hello {{x}}"]),
        ("p.txt", ["one", "two\n\nlines {{x}}"]),
        ("file://p.txt", ["one", "two\n\nlines {{x}}"]),
        ({"id": "file://p.md", "label": "md"}, ["whole\n---\nfile\n"]),
        ("p.jsonl", ['{"a": 1}', "two"]),
        ("p.csv", ["first", "second, too"]),
        ("lines.csv", ["first", "second"]),
        ("folder/*.txt", ["A", "B"]),
        ("./folder", ["A", "B"]),
        ("no/such/*.txt", ["no/such/*.txt"]),
        ("Use {{x}}/day\nplease", ["Use {{x}}/day\nplease"]),
        ({"raw": "raw {{x}}", "label": "r"}, ["raw {{x}}"]),
        ("unclosed {{x", ["{% raw %}unclosed {{x{% endraw %}"]),
    ],
)  # fmt: skip
def test_prompts_of_every_form(prompt: Any, texts: list[str], tmp_path: Path) -> None:
    files = {
        "p.txt": "\none\n --- \n\ntwo\n\nlines {{x}}\n---\n\n",
        "p.md": "whole\n---\nfile\n",
        "p.jsonl": '{"a": 1}\n\ntwo\n',
        "p.csv": 'prompt,label\nfirst,l1\n"second, too",\n',
        "lines.csv": "prompt\nfirst\nsecond\n",
        "folder/b.txt": "B",
        "folder/a.txt": "A",
    }
    made = imported(tmp_path, {**BASE, "prompts": [prompt]}, files)
    assert [one["text"] for one in made.document["prompts"]] == texts
    assert left(made) == []
    spec(made)


CHAT = [
    {"role": "developer", "content": "S"},
    {"role": "user", "content": [{"type": "text", "text": "Say {{x}}"}]},
]


@pytest.mark.parametrize("name", ["chat.json", "chat.yaml", "inline"])
def test_a_chat_becomes_messages_whose_texts_are_templates_each(name: str, tmp_path: Path) -> None:
    files = {"chat.json": json.dumps(CHAT), "chat.yaml": yaml.safe_dump(CHAT)}
    prompt = json.dumps(CHAT) + "\n" if name == "inline" else name
    made = imported(
        tmp_path, {**BASE, "prompts": [prompt], "tests": [{"vars": {"x": 'a "b"\nc'}}]}, files
    )
    cells = Cells(spec(made))
    request = cells.request(next(iter(cells)))
    assert (request.system, request.messages[0].text) == ("S", 'Say a "b"\nc')


def test_a_template_that_spells_out_a_chat_is_filled_in_first(tmp_path: Path) -> None:
    text = '[{"role": "user", "content": {{ x | dump }}}]\n'
    made = imported(tmp_path, {**BASE, "prompts": [text], "tests": [{"vars": {"x": 'a "b"'}}]})
    cells = Cells(spec(made))
    assert cells.request(next(iter(cells))).messages[0].text == 'a "b"'


@pytest.mark.parametrize(
    ("prompt", "what"),
    [
        ("see a.md", "`see a.md` is not there."),
        ("prompts.py:fn", "`prompts.py:fn` builds the prompt in code."),
        ("exec:./make.sh", "`exec:./make.sh` builds the prompt in code."),
        ("langfuse://greeting", "is a prompt on another server."),
        ("a.pdf", "`a.pdf` is not there."),
        ('[{"role": "tool", "content": "x"}]\n', "A message with the role `tool`."),
        ('[{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]\n', "more than text in it"),
        ("{{ _conversation }}\n", "uses `_conversation`"),
        ("", "A prompt without text."),
        (5, "A prompt that is a number"),
        ({"label": "x"}, "A prompt that is a mapping without `raw` or `id`."),
    ],
)  # fmt: skip
def test_a_prompt_that_can_not_be_is_named_and_the_others_stay(
    prompt: Any, what: str, tmp_path: Path
) -> None:
    made = imported(tmp_path, {**BASE, "prompts": ["one", prompt, "two"]})
    assert [one["text"] for one in made.document["prompts"]] == ["one", "two"]
    assert any(what in said for _, said in left(made))


@pytest.mark.parametrize(
    ("id_", "model"),
    [
        ("openai:gpt-6.1-sol", "openai:gpt-6.1-sol"),
        ("openai:gpt-5.6-sol", "openai:gpt-5.6-sol"),
        ("openai:gpt-5.5", "openai/chat:gpt-5.5"),
        ("openai:o3-pro", "openai:o3-pro"),
        ("openai:chat:gpt-6.1-sol", "openai/chat:gpt-6.1-sol"),
        ("openai:responses:gpt-4o", "openai:gpt-4o"),
        ("openai:realtime:gpt-realtime-2.1", "openai/realtime:gpt-realtime-2.1"),
        ("anthropic:messages:claude-x", "anthropic:claude-x"),
        ("anthropic:claude-x", "anthropic:claude-x"),
        ("google:gemini-x", "gemini:gemini-x"),
        ("vertex:gemini-x", "gemini:gemini-x"),
        ("ollama:chat:llama3:8b", "ollama:llama3:8b"),
        ("openrouter:openai/gpt-4o", "openrouter:openai/gpt-4o"),
        ("groq:x", "groq:x"),
        ("echo", None),
        ("openai:embedding:x", None),
        ("openai:image:x", None),
        ("openai:chat", None),
        ("openai", None),
        ("azure:chat:x", None),
        ("bedrock:x", None),
        ("python:p.py:f", None),
        ("file://p.js", None),
        ("exec:x", None),
        ("https://x.example/y", None),
        ("vertex:claude-x", None),
        ("{{ env.P }}", None),
    ],
)
def test_providers(id_: str, model: str | None, tmp_path: Path) -> None:
    made = imported(tmp_path, {**BASE, "providers": [id_]})
    assert [one["model"] for one in made.document["models"]] == ([model] if model else [])
    if model is None:
        assert next(iter(made.notes.left_out)).what.startswith(f"Provider `{id_}`")
    else:
        spec(made)


def test_what_a_provider_is_asked_with(tmp_path: Path) -> None:
    config = {
        "temperature": 0, "max_tokens": 5, "stop": ["a"], "reasoning": {"effort": "low"}, "frequency_penalty": 1,
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
        "tools": "file://tools.json", "tool_choice": "required", "passthrough": {"user": "u"},
        "apiKey": "sk-secret", "apiKeyEnvar": "MINE", "nonsense": 1, "top_p": "{{x}}", "seed": "no",
    }  # fmt: skip
    tool = {
        "type": "function",
        "function": {"name": "f", "description": "d", "parameters": {"type": "object"}},
    }
    providers = [{"id": "openai:chat:gpt-6.1-sol", "label": "mine", "config": config},
                 {"id": "google:gemini-x", "config": {"generationConfig": {"maxOutputTokens": 7, "thinkingConfig": {"thinkingBudget": 0}},
                                                      "systemInstruction": {"parts": [{"text": "S"}]}, "tools": [{"googleSearch": {}}]}}]  # fmt: skip
    made = imported(tmp_path, {**BASE, "providers": providers}, {"tools.json": json.dumps([tool])})
    mine, gemini = made.document["models"]
    assert mine == {"model": "openai/chat:gpt-6.1-sol", "label": "mine", "settings": {
        "temperature": 0, "max_output_tokens": 5, "stop": ["a"], "effort": "low",
        "extra": {"frequency_penalty": 1, "user": "u"}, "response_schema": {"type": "object"},
        "tools": [{"name": "f", "description": "d", "parameters": {"type": "object"}}], "tool_choice": "required",
    }}  # fmt: skip
    assert gemini == {"model": "gemini:gemini-x", "system": "S",
                      "settings": {"max_output_tokens": 7, "effort": "0", "server_tools": ["web_search"]}}  # fmt: skip
    named = " ".join(what for _, what in left(made))
    assert all(
        f"`config.{name}`" in named
        for name in ("apiKey", "apiKeyEnvar", "nonsense", "top_p", "seed")
    )
    assert "sk-secret" not in made.yaml() + repr(made.notes)
    cells = Cells(spec(made))
    asked = {request.model.provider: request for request in map(cells.request, cells)}
    assert asked["openai"].tools[0].name == "f"


def test_a_provider_at_another_address_is_never_asked_at_ours(tmp_path: Path) -> None:
    provider = {
        "id": "openai:chat:m",
        "config": {"apiBaseUrl": "https://user:pw@x.example/v1?key=abc"},
    }
    made = imported(tmp_path, {**BASE, "providers": [provider]})
    assert made.models == 0
    assert left(made) == [
        (4, "Provider `openai:chat:m` at an address of its own (https://…@x.example/v1).")
    ]


def test_filters_by_prompt_overwrite_each_other_as_in_promptfoo(tmp_path: Path) -> None:
    same = {"id": "openai:a", "prompts": ["A"], "label": "second"}
    made = imported(
        tmp_path,
        {
            **BASE,
            "prompts": [{"raw": "a", "label": "A"}, {"raw": "b", "label": "B"}],
            "providers": ["openai:a", same],
        },
    )
    assert [one.get("prompts") for one in made.document["models"]] == [["A"], ["A"]]
    assert [one["label"] for one in made.document["prompts"]] == ["A"]
    assert any("Another entry with the id" in note.what for note in made.notes.remarks)


def test_a_tests_filters_name_what_was_imported(tmp_path: Path) -> None:
    config = {
        "prompts": [{"raw": "a", "label": "G:1"}, {"raw": "b", "label": "G:2"}, {"raw": "c", "label": "other"}],
        "providers": [{"id": "openai:a", "label": "small"}, "anthropic:b", "echo"],
        "tests": [{"vars": {}, "prompts": ["G"], "providers": ["sm*"]}, {"vars": {}, "prompts": ["G:*"]},
                  {"vars": {}, "providers": ["echo"]}, {"vars": {}, "prompts": ["gone"]}],
    }  # fmt: skip
    made = imported(tmp_path, config)
    one, two = made.document["cases"]
    assert one == {"prompts": ["G:1", "G:2"], "models": ["small"]}
    assert two == {"prompts": ["G:1", "G:2"]}
    assert sum(what.startswith("This test: none of its") for _, what in left(made)) == 2
    assert len(Cells(spec(made))) == 2 + 4


def test_lists_of_texts_expand_and_others_stay(tmp_path: Path) -> None:
    test = {
        "vars": {"x": ["a", "b"], "y": [1, "c"], "z": ["p", "q"], "e": [], "f": "file://v/*.txt"}
    }
    made = imported(tmp_path, {**BASE, "tests": [test]}, {"v/1.txt": " one \n", "v/2.txt": "two"})
    assert made.cases == 2 * 2 * 2
    assert made.document["defaults"]["vars"] == {"y": [1, "c"], "e": []}
    assert made.document["cases"][0]["vars"] == {"x": "a", "z": "p", "f": "one"}
    off = imported(
        tmp_path, {**BASE, "tests": [{**test, "options": {"disableVarExpansion": True}}]}
    )
    assert off.cases == 2


def test_variables_are_prepared_as_promptfoo_does(tmp_path: Path) -> None:
    test = {
        "vars": {
            "x": "{{y}}!\n",
            "y": "why",
            "z": "{{ y | upper }}",
            "f": "file://d.yaml",
            "j": "file://d.json",
        }
    }
    made = imported(
        tmp_path, {**BASE, "tests": [test]}, {"d.yaml": "a: [1, 2.0]", "d.json": '{"b":  1}\n'}
    )
    assert made.document["cases"][0]["vars"] == {
        "x": "why!", "y": "why", "z": "WHY", "f": '{"a":[1,2]}', "j": '{"b":  1}',
    }  # fmt: skip
    assert any("`z` is a template" in note.what for note in made.notes.remarks)


def test_the_default_test_lies_under_each(tmp_path: Path) -> None:
    config = {
        **BASE,
        "defaultTest": {"vars": {"x": "0", "y": "d"}, "assert": [{"type": "is-json"}], "threshold": 0.5, "options": {"prefix": "> "}},
        "tests": [{"vars": {"x": "1"}, "assert": [{"type": "contains", "value": "x"}]}, {"vars": {"x": "2"}, "threshold": 1}],
    }  # fmt: skip
    made = imported(tmp_path, config)
    assert made.document["defaults"] == {"vars": {"y": "d"}, "checks": [{"type": "is-json"}]}
    assert made.document["cases"] == [
        {
            "prefix": "> ",
            "threshold": 0.5,
            "vars": {"x": "1"},
            "checks": [{"type": "contains", "value": "x"}],
        },
        {"prefix": "> ", "threshold": 1, "vars": {"x": "2"}},
    ]
    assert made.checks == 3
    config["tests"][0]["options"] = {"disableDefaultAsserts": True}  # type: ignore[index]
    assert imported(tmp_path, config).checks == 2


def test_scenarios_are_every_config_with_every_test(tmp_path: Path) -> None:
    scenario = {
        "config": [{"vars": {"x": "a"}, "assert": [{"type": "is-json"}]}, {"vars": {"x": "b"}}],
        "tests": [
            {"vars": {"y": "1"}},
            {"vars": {"y": ["2", "3"]}, "assert": [{"type": "contains", "value": "q"}]},
        ],
    }
    made = imported(
        tmp_path, {**BASE, "tests": [{"vars": {"x": "first"}}], "scenarios": [scenario]}
    )
    assert [case["vars"] for case in made.document["cases"]] == [
        {"x": "first"}, {"x": "a", "y": "1"}, {"x": "a", "y": "2"}, {"x": "a", "y": "3"}, {"x": "b", "y": "1"},
        {"x": "b", "y": "2"}, {"x": "b", "y": "3"},
    ]  # fmt: skip
    assert made.checks == 3 + 4


TESTS = {
    "t.csv": 'x, __expected ,__expected2,__metric,__threshold,__description,__prefix,__metadata:tags[],__config:__expected:threshold\n'
             '"a, b",levenshtein:abc,contains: q ,m,0.5,first,> ,"p,q\\,r",3\nc,,,,,,,,\n',
    "t.json": '[{"vars": {"x": "a"}}, {"x": "b"}]',
    "one.json": '{"vars": {"x": "a"}}',
    "t.jsonl": '{"vars": {"x": "a"}}\n{"vars": \n\n{"vars": {"x": "b"}}\n',
    "t.yaml": "- vars: {x: a}\n- vars: {x: b}\n",
}  # fmt: skip


def test_tests_in_csv_with_all_its_columns(tmp_path: Path) -> None:
    made = imported(tmp_path, {**BASE, "tests": "t.csv"}, TESTS)
    first, second = made.document["cases"]
    assert first == {
        "description": "first", "prefix": "> ", "metadata": {"tags": ["p", "q,r"]}, "threshold": 0.5, "vars": {"x": "a, b"},
        "checks": [{"type": "levenshtein", "value": "abc", "threshold": 3.0, "metric": "m"},
                   {"type": "contains", "value": "q", "metric": "m"}],
    }  # fmt: skip
    assert second == {"vars": {"x": "c"}}
    spec(made)


@pytest.mark.parametrize(
    ("tests", "cases", "notes"),
    [
        ("t.json", 1, 1), ("one.json", 1, 0), ("t.jsonl", 2, 1), ("file://t.yaml", 2, 0), (["t.yaml", "one.json"], 3, 0),
        ("*.yaml", 3, 0), ({"path": "file://t.yaml"}, 2, 0), ("t.py:make", 0, 1), ("gone.csv", 0, 1), ("t.xlsx#A", 0, 1),
        ("https://docs.google.com/spreadsheets/d/x", 0, 1), ("huggingface://datasets/x", 0, 1), ([], 1, 0), (None, 1, 0),
        ([5, {"vars": {"x": "1"}}], 1, 1), ({"vars": {"x": "1"}}, 1, 0), ([{"x": 1}], 0, 1),
    ],
)  # fmt: skip
def test_tests_of_every_form(tests: Any, cases: int, notes: int, tmp_path: Path) -> None:
    made = imported(
        tmp_path, {**BASE, "tests": tests}, {k: v for k, v in TESTS.items() if k != "t.csv"}
    )
    if tests == "*.yaml":  # the configuration is among them: a test without any of a test's keys
        assert (made.cases, len(made.notes.left_out)) == (2, 1)
        return
    assert (made.cases, len(made.notes.left_out)) == (cases, notes)


@pytest.mark.parametrize(
    ("assertion", "check"),
    [
        ({"type": "contains", "value": "{{x}}", "weight": 2, "metric": "m"}, {"type": "contains", "value": "{{x}}", "weight": 2, "metric": "m"}),
        ({"type": "equals", "value": None}, {"type": "equals", "value": None}),
        ({"type": "is-json", "value": "file://s.json"}, {"type": "is-json", "value": {"type": "object"}}),
        ({"type": "equals", "value": "file://e.txt"}, {"type": "equals", "value": "Yes"}),
        ({"type": "not-icontains", "value": "a", "transform": "output.trim()"}, {"type": "not-icontains", "value": "a", "transform": ["trim"]}),
        ({"type": "assert-set", "threshold": 0.5, "assert": [{"type": "is-json"}, {"type": "python", "value": "1"}]},
         {"type": "assert-set", "threshold": 0.5, "checks": [{"type": "is-json"}]}),
        ({"type": "llm-rubric", "value": "kind", "provider": "openai:chat:gpt-6.1-sol"},
         {"type": "llm-rubric", "value": "kind", "judge": "openai/chat:gpt-6.1-sol"}),
        ({"$ref": "#/assertionTemplates/t"}, {"type": "contains", "value": "t"}),
        ({"$ref": "#/assertionTemplates/t", "value": "own"}, {"type": "contains", "value": "own"}),
        ({"type": "javascript", "value": "output.length > 1"}, None),
        ({"type": "contains", "value": "file://v.py"}, None),
        ({"type": "contains", "value": "file://gone.txt"}, None),
        ({"type": "contians", "value": "x"}, None),
        ({"type": "is-sql"}, None),
        ({"type": "contains", "value": "x", "transform": "output.replace('a', 'b')"}, None),
        ({"type": "cost", "threshold": "cheap"}, None),
        ({"$ref": "#/gone"}, None),
        ({"value": "x"}, None),
        ("is-json", None),
    ],
)  # fmt: skip
def test_assertions(assertion: Any, check: Any, tmp_path: Path) -> None:
    files = {"s.json": '{"type": "object"}', "e.txt": " Yes\n"}
    templates = {"t": {"type": "contains", "value": "t"}}
    test = {"vars": {"x": "1"}, "assert": [assertion]}
    made = imported(tmp_path, {**BASE, "tests": [test], "assertionTemplates": templates}, files)
    assert made.document["cases"][0].get("checks", []) == ([] if check is None else [check])
    assert check is not None or len(made.notes.left_out) == 1
    spec(made)


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("output.trim()", ["trim"]),
        ("return output.toLowerCase().trim();", ["lower", "trim"]),
        ("JSON.parse(output).a.b", ["json", {"key": "a"}, {"key": "b"}]),
        ("JSON.parse(output.trim())['a b']", ["trim", "json", {"key": "a b"}]),
        ("output.split('</think>')[1].trim()", [{"split": "</think>", "part": 1}, "trim"]),
        ('output.split("\\n")[0]', [{"split": "\n", "part": 0}]),
        ("output.length", None),
        ("output.answer", None),
        ("JSON.parse(output).items.length", None),
        ("output.split('x').pop()", None),
        ("output.replace('a','b')", None),
        ("file://t.js", None),
        ("const x = 1\nreturn output.trim()", None),
    ],
)
def test_frequent_transforms_are_steps_and_others_leave_the_test_unjudged(
    code: str, steps: list[Any] | None, tmp_path: Path
) -> None:
    test = {"vars": {"x": "1"}, "assert": [{"type": "is-json"}], "options": {"transform": code}}
    made = imported(tmp_path, {**BASE, "tests": [test]})
    case = made.document["cases"][0]
    assert (case.get("transform"), "checks" in case) == (steps, steps is not None)
    assert bool(made.notes.left_out) == (steps is None)
    spec(made)


def test_keys_that_are_left_out_are_named_once_each(tmp_path: Path) -> None:
    config = {**BASE, "redteam": {}, "extensions": ["file://e.py"], "outputPath": "o.csv", "tsets": [], "sharing": True,
              "evaluateOptions": {"maxConcurrency": 2, "repeat": 3, "delay": 100, "cache": False}}  # fmt: skip
    made = imported(tmp_path, config)
    assert (made.document["concurrency"], made.document["repeats"]) == (2, 3)
    said = " ".join(what for _, what in left(made))
    assert all(
        f"`{key}`" in said
        for key in ("redteam", "outputPath", "tsets", "sharing", "extensions", "delay")
    )
    assert "`cache`" not in said


def test_the_environment_is_the_configurations_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "sk-secret")
    config = {
        **BASE,
        "env": {"TONE": "kind"},
        "prompts": ["{{env.TONE}} {{ env.SECRET }} {{ env.B | default('b') }}"],
    }
    made = imported(tmp_path, config)
    assert made.document["prompts"] == [{"text": "kind {{ env.SECRET }} b"}]
    assert "`SECRET`" in next(iter(made.notes.remarks)).what


def test_variables_that_no_test_gives_are_empty_and_said(tmp_path: Path) -> None:
    made = imported(tmp_path, {**BASE, "tests": []})
    assert made.document["defaults"]["vars"] == {"x": ""}
    assert any("No test gives `x`" in note.what for note in made.notes.remarks)
    spec(made)


@pytest.mark.parametrize(
    "text",
    ["", "hello", "- a", "[]", "prompts: [a\n", "a: &a [*a]", "prompts: {$ref: '#'}", "prompts: {$ref: '#/prompts'}",
     "prompts: a\nproviders: {$ref: '#/tests'}\ntests: {$ref: '#/providers'}", "providers: [openai:x]\nproviders: [a:b]",
     "prompts: !x [a]\nproviders: !y b", "prompts: ['{{']\nproviders: openai:x", "models: [a:b]\nprompts: [a]",
     "prompts: a\nproviders: file://promptfooconfig.yaml", "prompts: a\nproviders: openai:x\ntests: promptfooconfig.yaml",
     "prompts: file:///etc/passwd.txt\nproviders: openai:x", "prompts: file:///dev/zero.txt\nproviders: x",
     'prompts: "\\0.txt"\nproviders: openai:x', "prompts: '**/*'\nproviders: openai:x"],
)  # fmt: skip
def test_nothing_ends_in_a_traceback(text: str, tmp_path: Path) -> None:
    made = imported(tmp_path, text)
    if made.runnable:
        spec(made)
    else:
        assert made.notes.left_out


def test_aliases_and_references_that_multiply_are_refused(tmp_path: Path) -> None:
    refs = [", ".join([f"{{$ref: '#/l{n + 1}'}}"] * 10) for n in range(9)]
    levels = [f"l{n}: [{ref}]" for n, ref in enumerate(refs)]
    made = imported(tmp_path, "\n".join(["prompts: a", "providers: openai:x", *levels, "l9: x"]))
    assert "holds more than" in left(made)[-1][1]


RICH: dict[str, Any] = {
    "description": "d",
    "prompts": ["Say {{x}}", {"raw": "b", "label": "B", "config": {"temperature": 1}}, "p.txt"],
    "providers": ["openai:gpt-6.1-sol", {"id": "anthropic:messages:c", "label": "C", "config": {"max_tokens": 9, "tools": []}, "prompts": ["B"]}],
    "defaultTest": {"vars": {"d": "1"}, "assert": [{"type": "is-json"}], "options": {"prefix": "p", "transform": "output.trim()"}},
    "tests": [{"vars": {"x": ["a", "b"]}, "assert": [{"type": "assert-set", "assert": [{"type": "contains", "value": "x"}]}],
               "threshold": 0.5, "metadata": {"k": "v"}, "prompts": ["B"], "providers": ["C"], "options": {"repeat": 2}}, "t.csv"],
    "scenarios": [{"config": [{"vars": {"x": "1"}}], "tests": [{"vars": {"y": "2"}}]}],
    "evaluateOptions": {"repeat": 2, "maxConcurrency": 3},
    "env": {"E": "1"},
}  # fmt: skip
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.text(max_size=6), st.just("file://gone.txt"), st.just("file://p.txt"),
    st.just({"$ref": "#/tests"}), st.just("{{ x"), st.just([]), st.just({}), st.just([["a"]]), st.just({"a": {"b": ["c"]}}), st.just("*"),
)  # fmt: skip


@given(data=st.data())
def test_any_value_at_any_place_is_taken_or_named(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    config = copy.deepcopy(RICH)
    for _ in range(data.draw(st.integers(1, 3))):
        at: Any = config
        place: Any = data.draw(st.sampled_from(sorted(at)))
        while isinstance(at[place], dict | list) and at[place] and data.draw(st.integers(0, 3)):
            at = at[place]
            place = data.draw(
                st.sampled_from(range(len(at)) if isinstance(at, list) else sorted(at))
            )
        if data.draw(st.booleans()):
            at[place] = copy.deepcopy(data.draw(ODD))
        else:
            del at[place]
        if not config:
            return
    folder = tmp_path_factory.getbasetemp() / "mutated"
    folder.mkdir(exist_ok=True)
    made = imported(
        folder,
        json.dumps(config),
        {"p.txt": "one\n---\ntwo {{x}}", "t.csv": "x,__expected\n1,contains:a\n"},
    )
    if not made.runnable:
        assert made.notes.left_out
        return
    cells = Cells(spec(made))
    with contextlib.suppress(CellError):  # a template that can't be filled in, said so
        assert [cells.request(cell) for cell in cells]


def test_what_stands_twice_in_a_line_is_said_with_the_line(tmp_path: Path) -> None:
    """The first of them was lost without a word."""
    lines = '{"vars": {"x": "1"}}\n{"vars": {"x": "2"}, "vars": {"x": "3"}}\n'
    made = imported(tmp_path, {**BASE, "tests": "file://t.jsonl"}, {"t.jsonl": lines})
    twice = [(note.file, note.line, note.what) for note in made.notes.left_out]
    assert twice == [("t.jsonl", 2, "`vars` stands twice here, first in line 2.")]


def test_what_an_export_can_not_say_is_named() -> None:
    made = Spec.model_validate(
        {
            "prompts": [{"text": "Hi", "label": "greeting", "settings": {"temperature": 0}}],
            "models": ["openai:gpt-6.1-sol"],
            "concurrency": {"openai": 2},
            "order": "shuffled",
            "seed": 7,
        }
    )
    _, lost = exported(made)
    assert [sentence.partition(":")[0] for sentence in lost] == [
        "Settings of the prompt `greeting`",
        "`concurrency` by provider",
        "`order`",
        "`seed`",
    ]
