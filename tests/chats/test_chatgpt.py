"""ChatGPT's trees, with everything that real ones have in them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.chats.making import BEGAN, chatgpt, imported, node, only, put


def test_a_tree_without_children_is_read_by_its_parents(tmp_path: Path) -> None:
    chat = only(put(tmp_path, [chatgpt(
        node("b", "a", "assistant", "Hello."), node("a", "root", "user", "Hi"), {"id": "root", "message": None},
    )]))  # fmt: skip
    assert [(s.id, s.parent, s.who, s.text) for s in chat.steps] == [
        ("a", None, "user", "Hi"),
        ("b", "a", "assistant", "Hello."),
    ]
    assert (chat.turns, chat.messages, chat.head) == (1, 2, "b")


def test_edits_and_repetitions_are_branches(tmp_path: Path) -> None:
    chat = only(put(tmp_path, [chatgpt(
        node("a", None, "user", "Hi", create_time=BEGAN),
        node("b", "a", "assistant", "One", create_time=BEGAN + 1),
        node("c", "a", "assistant", "Two", create_time=BEGAN + 2),
        node("d", "c", "user", "And?", create_time=BEGAN + 3),
        current_node="b",
    )]))  # fmt: skip
    assert {s.id: s.parent for s in chat.steps} == {"a": None, "b": "a", "c": "a", "d": "c"}
    assert chat.head == "b"


@pytest.mark.parametrize("current", [None, "gone", 7])
def test_without_a_usable_place_the_newest_is_shown(tmp_path: Path, current: Any) -> None:
    chat = only(put(tmp_path, [chatgpt(
        node("a", None, "user", "Hi", create_time=BEGAN),
        node("b", "a", "assistant", "One", create_time=BEGAN + 9),
        node("c", "a", "assistant", "Two", create_time=BEGAN + 2),
        current_node=current,
    )]))  # fmt: skip
    assert chat.head == "b"


def test_messages_across_empty_and_hidden_nodes_stay_one_path(tmp_path: Path) -> None:
    chat = only(put(tmp_path, [chatgpt(
        node("a", None, "user", "Hi"), {"id": "x", "parent": "a", "message": None},
        node("s", "x", "system", ""), node("b", "s", "assistant", "Hello."),
    )]))  # fmt: skip
    assert [(s.id, s.parent) for s in chat.steps] == [("a", None), ("b", "a")]


def test_circles_are_left_out_and_said(tmp_path: Path) -> None:
    (chat,), left = imported(put(tmp_path, [chatgpt(
        node("a", None, "user", "Hi"), node("b", "c", "user", "x"), node("c", "b", "assistant", "y"),
    )]))  # fmt: skip
    assert [s.id for s in chat.steps] == ["a"]
    assert left == [("conversations.json", "2 messages that hang in a circle")]


def test_a_conversation_may_be_very_deep(tmp_path: Path) -> None:
    nodes = [
        node(str(n), str(n - 1) if n else None, "user" if n % 2 else "assistant", "x")
        for n in range(5_000)
    ]
    assert len(only(put(tmp_path, [chatgpt(*nodes)])).steps) == 5_000


def test_custom_instructions_tools_and_thoughts_are_what_they_are(tmp_path: Path) -> None:
    context = {
        "content_type": "user_editable_context",
        "user_profile": "I am Ann.",
        "user_instructions": "Be brief.",
    }
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Looking", "content": "Hm."}]}
    recap = {"content_type": "reasoning_recap", "content": "Thought for 26 seconds"}
    result = {"content_type": "execution_output", "text": "4"}
    code = {"content_type": "code", "language": "python", "text": "print(2 + 2)"}
    chat = only(put(tmp_path, [chatgpt(
        node("i", None, "user", content=context), node("a", "i", "user", "2 + 2?"),
        node("t", "a", "assistant", content=thoughts),
        node("c", "t", "assistant", content=code, recipient="python"),
        node("r", "c", "tool", content=result), node("p", "r", "assistant", content=recap),
        node("b", "p", "assistant", "Four.", metadata={"model_slug": "o3", "finished_duration_sec": 26}),
    )]))  # fmt: skip
    assert [(s.id, s.who, s.text, s.thought, s.goes_on, s.message) for s in chat.steps] == [
        ("i", "context", "I am Ann.\nBe brief.", "", False, True),
        ("a", "user", "2 + 2?", "", False, True),
        ("t", "assistant", "", "Looking\nHm.", False, False),
        ("c", "assistant", "print(2 + 2)", "", True, False),
        ("r", "tool", "4", "", False, True),
        ("b", "assistant", "Four.", "", False, True),
    ]
    assert (chat.steps[-1].model, chat.steps[-1].thought_seconds) == ("o3", 26)
    assert (chat.turns, chat.messages) == (1, 2)


def test_parts_may_be_anything(tmp_path: Path) -> None:
    image = {"content_type": "image_asset_pointer", "width": 640, "height": 480}
    unknown = {"content_type": "image_asset_pointer"}
    voice = {"content_type": "audio_transcription", "text": "spoken", "direction": "in"}
    (chat,), left = imported(put(tmp_path, [chatgpt(
        node("a", None, "user", "Look", None, image, unknown, voice, 7, kind="multimodal_text", metadata={
            "attachments": [{"name": "a.pdf", "fileTokenSize": 900}, {"name": "b.csv"}, {"mime_type": "image/png"}],
        }),
        node("b", "a", "assistant", "It says turn0\ue200cite\ue202turn0search0\ue201 so.", metadata=None),
    )]))  # fmt: skip
    asked, answer = chat.steps
    assert asked.text == "Look\nspoken"
    assert (asked.images, asked.attached, asked.uncounted) == (((640, 480),), 900, 2)
    assert answer.text == "It says turn0 so."
    assert left == [("conversations.json", "2 × attachments without text or size: not counted")]


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (1_780_000_000.5, datetime(2026, 5, 28, 20, 26, 40, 500_000, UTC)),
        ("1780000000", datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)),
        (1_780_000_000_000, datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)),
        (0, None),
        (None, None),
        ("soon", None),
        (10**30, None),
    ],
)
def test_times_are_seconds_texts_and_milliseconds(
    tmp_path: Path, told: Any, read: datetime | None
) -> None:
    assert (
        only(put(tmp_path, [chatgpt(node("a", None, "user", "Hi", create_time=told))])).steps[0].at
        == read
    )


def test_a_kind_that_is_not_known_is_counted_and_named(tmp_path: Path) -> None:
    content = {"content_type": "hologram", "inner": {"text": "words"}}
    (chat,), left = imported(put(tmp_path, [chatgpt(node("a", None, "user", content=content))]))
    assert chat.steps[0].text == "words"
    assert left == [
        (
            "conversations.json",
            "content of a kind that is not known: hologram (its texts are counted)",
        )
    ]


@pytest.mark.parametrize("wrong", [
    {"mapping": {}}, {"mapping": {"a": None}}, {"mapping": {"a": {"message": "x"}}},
    {"mapping": {"a": {"message": {"author": None, "content": None}}}},
])  # fmt: skip
def test_a_conversation_without_a_message_is_named_and_the_next_one_read(
    tmp_path: Path, wrong: Any
) -> None:
    found, left = imported(put(tmp_path, [wrong, chatgpt(node("a", None, "user", "Hi"))]))
    assert len(found) == 1
    assert len(left) == 1


def test_what_browsers_save_is_read_too(tmp_path: Path) -> None:
    talk = chatgpt(node("a", None, "user", "Hi"))
    assert only(put(tmp_path, talk)).turns == 1
    assert only(put(tmp_path, {"conversation": talk})).turns == 1
