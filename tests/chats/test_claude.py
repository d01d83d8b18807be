"""Claude's messages and their blocks: an answer may be many calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.chats.making import claude, imported, only, put, said


def test_every_round_of_tools_is_a_step(tmp_path: Path) -> None:
    rounds = [
        {"type": "thinking", "thinking": "Hm."},
        {"type": "tool_use", "name": "web_search", "input": {"q": "x"}, "id": None},
        {"type": "tool_result", "content": [{"type": "text", "text": "found"}]},
    ]
    chat = only(
        put(tmp_path, [claude(said("human", "Hi"), said("assistant", *rounds * 30, "Done."))])
    )
    assert [s.who for s in chat.steps] == ["user", *["assistant", "tool"] * 30, "assistant"]
    assert chat.steps[1].text == 'web_search {"q": "x"}'
    assert chat.steps[1].thought == "Hm."
    assert chat.steps[2].text == "found"
    assert (chat.turns, chat.messages) == (1, 2)


def test_the_blocks_count_and_not_the_text_beside_them(tmp_path: Path) -> None:
    chat = only(put(tmp_path, [claude({**said("human", "Find it"), "text": "hello"})]))
    assert [s.text for s in chat.steps] == ["Find it"]


def test_old_messages_have_their_text_without_the_placeholders(tmp_path: Path) -> None:
    held = "Sure.\n```\nThis block is not supported on your current device yet.\n```\nDone."
    (chat,), left = imported(put(tmp_path, [claude({"sender": "assistant", "text": held})]))
    assert [s.text for s in chat.steps] == ["Sure.\n\nDone."]
    assert left == [("conversations.json", "blocks that the export could not show")]


def test_attachments_are_input_and_files_are_named(tmp_path: Path) -> None:
    attachments = [{"file_name": "a.txt", "extracted_content": "Long text"}, {"file_name": "b.txt"}]
    files = [{"file_name": "a.txt"}, {"file_name": "c.png"}]
    (chat,), left = imported(
        put(tmp_path, [claude(said("human", attachments=attachments, files=files))])
    )
    assert chat.steps[0].text == "Long text"
    assert left == [("conversations.json", "2 × attachments without text or size: not counted")]


def test_what_the_product_puts_in_front_is_context(tmp_path: Path) -> None:
    block = {"type": "injected_prompt_block", "prompt": "Today is Friday."}
    chat = only(put(tmp_path, [claude(said("human", block, "Hi"))]))
    assert [(s.who, s.text) for s in chat.steps] == [
        ("context", "Today is Friday."),
        ("user", "Hi"),
    ]


def test_branches_follow_the_parents_where_there_are_any(tmp_path: Path) -> None:
    chat = only(put(tmp_path, [claude(
        said("human", "Hi", uuid="a", parent_message_uuid="00000000-0000-4000-8000-000000000000"),
        said("assistant", "One", uuid="b", parent_message_uuid="a"),
        said("assistant", "Two", uuid="c", parent_message_uuid="a"),
        said("human", "And?", uuid="d", parent_message_uuid="c"),
    )]))  # fmt: skip
    assert {s.id: s.parent for s in chat.steps} == {"a": None, "b": "a", "c": "a", "d": "c"}


def test_a_content_that_is_a_text_is_read(tmp_path: Path) -> None:
    content = '[{"type": "text", "text": "inside"}]'
    chat = only(put(tmp_path, [claude({**said("human"), "content": content})]))
    assert [s.text for s in chat.steps] == ["inside"]


@pytest.mark.parametrize("wrong", [None, [], ["x"], [{"sender": "human"}], "x", {"a": 1}])
def test_an_empty_conversation_is_no_success(tmp_path: Path, wrong: Any) -> None:
    found, left = imported(put(tmp_path, [{"uuid": "u", "name": "", "chat_messages": wrong}]))
    assert found == []
    assert left == [("conversations.json", "a conversation without a message")]


def test_design_chats_and_shared_links_are_conversations_too(tmp_path: Path) -> None:
    design = {"uuid": "d", "title": "Chat", "messages": [
        {"role": "user", "content": {"content": "Redo it."}},
        {"role": "assistant", "content": {"contentBlocks": [
            {"type": "text", "text": "Looking."},
            {"type": "tool_call", "toolCall": {"name": "list", "input": {}, "output": "a.html"}},
            {"type": "text", "text": "Done."},
        ]}},
    ]}  # fmt: skip
    chat = only(put(tmp_path, design))
    assert [s.who for s in chat.steps] == ["user", "assistant", "tool", "assistant"]


def test_the_web_apps_own_json_tells_the_model(tmp_path: Path) -> None:
    assert (
        only(put(tmp_path, [claude(said("human", "Hi"), model="claude-opus-4-1")])).model
        == "claude-opus-4-1"
    )
