"""Profiles: shipped in our own words, saved as they were read, and a mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.lab import ladder_profile
from playground.lab.ladder_profile import APPROXIMATION, ProfileError, dump, load, read, shipped

GOOD = """name: mine
steps:
  - name: manner
    kind: system
    text: Be brief.
"""


@pytest.mark.parametrize("name", list(shipped()))
def test_a_shipped_profile_says_that_it_is_ours_and_what_it_lacks(name: str) -> None:
    profile = shipped()[name]
    assert profile.label == APPROXIMATION
    assert profile.as_of
    told = " ".join(profile.not_imitated).lower()
    for missing in ("router", "memory", "safety", "sampling"):
        assert missing in told


@pytest.mark.parametrize("name", list(shipped()))
def test_a_saved_profile_is_read_back_the_same(name: str) -> None:
    assert read(dump(shipped()[name])) == shipped()[name]


def test_the_general_profile_has_the_steps_from_bare_to_product() -> None:
    kinds = [step.kind for step in shipped()["chat_product"].steps]
    assert kinds == ["system", "system", "history", "tools", "system", "effort"]


def test_where_a_provider_publishes_its_prompt_the_profile_links_to_it() -> None:
    (address,) = shipped()["claude"].links.values()
    assert address.startswith("https://platform.claude.com/")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (GOOD.replace("system", "sytem", 1), 4, "`kind` is one of"),
        (GOOD.replace("text:", "txt:"), 5, "`txt` is not a field"),
        (GOOD.replace("    text: Be brief.\n", ""), 3, "needs `text:`"),
        (GOOD + "    tools: [web_search]\n", 6, "`tools` belongs to a step of kind tools"),
        (GOOD + "    on: maybe\n", 6, "true or false"),
        (GOOD + "as_of: soon\n", 6, "a date like"),
        (GOOD + "name: again\n", 6, "stands twice"),
        ("name: x\nsteps: 3\n", 2, "a list of steps"),
        ("steps: []\n", 1, "`name:` is missing"),
        ("- 1\n", 1, "expected a profile"),
        ("name: x\nsteps:\n - {name: t, kind: tools, tools: [fly]}\n", 3, "web_search"),
        (
            "name: x\nsteps:\n - {name: h, kind: history, turns: [{user: a}]}\n",
            3,
            "`assistant:` is missing",
        ),
        ("name: [x\n", 2, "check colons"),
        ("[a, b]: x\n", 1, "is a word, not a sequence"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read(text, "mine.yaml")
    assert f"mine.yaml, line {line}" in str(caught.value)
    assert says in str(caught.value)


def test_an_empty_profile_and_one_too_long_are_refused() -> None:
    with pytest.raises(ProfileError, match="is empty"):
        read("")
    with pytest.raises(ProfileError, match="at most"):
        read("x" * (ladder_profile.LONGEST + 1))


def test_a_file_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"nowhere\.yaml.*chat_product"):
        load(str(tmp_path / "nowhere.yaml"))


def test_a_profile_is_loaded_by_name_or_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD, encoding="utf-8")
    assert load("claude") is shipped()["claude"]
    assert load(str(file)).steps[0].text == "Be brief."


def test_steps_move_within_their_list_only() -> None:
    profile = shipped()["chat_product"]
    assert profile.moved(0, -1) == profile
    assert profile.moved(0, 1).steps[1] == profile.steps[0]
    assert profile.moved(len(profile.steps) - 1, 1) == profile


def test_what_is_used_again_without_end_is_refused() -> None:
    step = "  - {name: n, kind: history, turns: *again}\n"
    turns = "{user: a, assistant: b}, " * 1_000
    text = f"name: mine\nsteps:\n  - {{name: n, kind: history, turns: &again [{turns}]}}\n"
    assert len(read(text + step * 2).steps) == 3
    with pytest.raises(ProfileError, match="used again"):
        read(text + step * 4_000)
