"""A conversation as turns: of an export, of the text of a share page, of a request."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.chats import sample
from playground.chats.talk import UNMARKED, Turn, of_chat, of_request, pasted
from playground.domain import File, Message, ModelRef, Request, Text
from tests.chats.making import chatgpt, node, only, put


def said(text: str) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in pasted(text).turns]


@pytest.mark.parametrize(
    "text",
    [
        "You said:\nWhy?\n\nChatGPT said:\nBecause.\nReally.\n\nYou said:\nThanks",
        "User: Why?\nAssistant: Because.\nReally.\nUser: Thanks",
        "**You**\nWhy?\n**Claude**\nBecause.\nReally.\n**You**\nThanks",
        "## User\n\nWhy?\n\n## Gemini\n\nBecause.\nReally.\n\n## User\n\nThanks",
        "Du hast gesagt:\nWhy?\nChatGPT hat gesagt:\nBecause.\nReally.\nDu hast gesagt:\nThanks",
    ],
)
def test_a_line_says_who_speaks(text: str) -> None:
    assert said(text) == [("user", "Why?"), ("assistant", "Because.\nReally."), ("user", "Thanks")]


def test_a_name_within_a_text_is_no_speaker() -> None:
    text = "User: Why?\nAssistant: You pay twice.\nGemini is another model\nModels: two"
    assert said(text)[1] == ("assistant", "You pay twice.\nGemini is another model\nModels: two")


def test_the_buttons_of_a_share_page_are_no_text() -> None:
    text = "You said:\nWhy?\nChatGPT said:\nThought for 5 seconds\nBecause.\nCopy code\n"
    assert said(text)[1] == ("assistant", "Because.")


def test_a_text_without_speakers_is_one_question_and_that_is_said() -> None:
    talk = pasted("Why is the sky blue?\n\nBecause of Rayleigh.")
    assert [turn.role for turn in talk.turns] == ["user"]
    assert talk.left_out == (UNMARKED,)
    assert pasted("  \n").turns == ()


def test_turns_take_turns() -> None:
    talk = pasted("Assistant: Hello!\nUser: One\nUser: Two\nAssistant:\nAssistant: Yes")
    assert talk.turns == (Turn("user", "One\n\nTwo"), Turn("assistant", "Yes"))
    assert talk.left_out == ("what the assistant said before the first question",)


def test_of_an_export_the_branch_that_was_shown(tmp_path: Path) -> None:
    nodes = (
        node("s", None, "user", "Be brief.", content={"content_type": "user_editable_context", "user_instructions": "Be brief."}),
        node("q", "s", "user", "Why?"),
        node("a", "q", "assistant", "One.", metadata={"model_slug": "gpt-4o"}),
        node("b", "q", "assistant", "Two.", metadata={"model_slug": "gpt-4o"}),
    )  # fmt: skip
    chat = only(put(tmp_path, [chatgpt(*nodes, current_node="b", title="Why")]))
    talk = of_chat(chat)
    assert (talk.title, talk.model) == ("Why", "gpt-4o")
    assert talk.turns == (Turn("user", "Why?"), Turn("assistant", "Two."))
    assert "Be brief." in talk.instructions
    assert "1 answer of another branch" in talk.left_out


def test_of_a_request_its_turns_and_its_answer() -> None:
    parts = (Text(text="Why?"), File(media_type="image/png", data=b"x"))
    request = Request(
        model=ModelRef.parse("openai:gpt-6.1-sol"),
        system="Be brief.",
        messages=(Message(role="user", parts=parts),),
    )
    talk = of_request(request, "Because.")
    assert talk.turns == (Turn("user", "Why?"), Turn("assistant", "Because."))
    assert talk.instructions == "Be brief."
    assert talk.left_out == ("1 part that is no text",)


def test_the_sample_is_a_talk() -> None:
    assert [turn.role for turn in pasted(sample.SHARED).turns] == ["user", "assistant"] * 3
