"""A conversation as turns of text, wherever it comes from: an export, the text of a share page, a request of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from playground.chats.nouns import Chat, Step
from playground.domain import Message, Request, Text

Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Turns that take turns: the first is the user's, and no side speaks twice in a row."""

    title: str = ""
    turns: tuple[Turn, ...]
    instructions: str = ""
    """What the product put before it: custom instructions for one."""
    model: str | None = None
    """As the product calls it."""
    left_out: tuple[str, ...] = ()
    """Sentences on what is not in the turns."""

    @property
    def answers(self) -> tuple[str, ...]:
        """What the assistant said, in order."""
        return tuple(turn.text for turn in self.turns if turn.role == "assistant")


def of_chat(chat: Chat) -> Talk:
    """The branch of an imported conversation that was shown."""
    steps = list(_branch(chat))
    turns = [Turn(role, step.text) for step in steps if (role := _ROLES.get(step.who))]
    left = list(chat.notes)
    tools = sum(step.who == "tool" for step in steps)
    files = sum(step.uncounted + len(step.images) + bool(step.attached) for step in steps)
    others = sum(step.who == "assistant" for step in chat.steps) - sum(
        step.who == "assistant" for step in steps
    )
    left += _some(tools, "result of the product's own tools", "results of the product's own tools")
    left += _some(files, "attachment", "attachments")
    left += _some(others, "answer of another branch", "answers of other branches")
    return talk(
        turns,
        title=chat.title,
        instructions="\n\n".join(s.text for s in steps if s.who == "context" and s.text),
        model=next((s.model for s in reversed(steps) if s.model), chat.model),
        left_out=left,
    )


_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant"}


def _branch(chat: Chat) -> Iterator[Step]:
    """The steps from the first to the one that was shown last."""
    known = {step.id: step for step in chat.steps}
    place = chat.head if chat.head in known else (chat.steps[-1].id if chat.steps else None)
    way: list[Step] = []
    while place in known:
        way.append(known.pop(place))
        place = way[-1].parent
    return reversed(way)


def _some(number: int, one: str, many: str) -> list[str]:
    return [f"{number} {one if number == 1 else many}"] if number else []


def of_request(request: Request, answer: str = "") -> Talk:
    """The turns of a request, and what was answered to it."""
    turns = [Turn(message.role, message.text) for message in request.messages]
    more = [Turn("assistant", answer)] if answer else []
    parts = [part for message in request.messages for part in message.parts]
    files = sum(not isinstance(part, Text) for part in parts)
    return talk(
        [*turns, *more],
        instructions=request.system or "",
        model=str(request.model),
        left_out=_some(files, "part that is no text", "parts that are no text"),
    )


def talk(
    turns: Iterable[Turn],
    *,
    title: str = "",
    instructions: str = "",
    model: str | None = None,
    left_out: Sequence[str] = (),
) -> Talk:
    """The turns put in order: empty ones go, those of one side in a row become one, an answer to nothing is left out."""
    said = [turn for turn in turns if turn.text.strip()]
    made = [
        Turn(role, "\n\n".join(turn.text.strip() for turn in group))
        for role, group in groupby(said, key=lambda turn: turn.role)
    ]
    notes = list(left_out)
    if made and made[0].role == "assistant":
        notes.append("what the assistant said before the first question")
        made = made[1:]
    return Talk(
        title=title,
        turns=tuple(made),
        instructions=instructions.strip(),
        model=model,
        left_out=tuple(notes),
    )


_USERS = "you|user|human|me|du|vous|tú|usted"
_MODELS = "chatgpt|claude|gemini|assistant|ai|grok|copilot|deepseek|le chat|mistral|model"
_SAID = r"\s+(?:said|hast gesagt|hat gesagt|avez dit|a dit|dijiste|dijo)"
_NAME = re.compile(
    rf"[#>*\s]*(?P<name>{_USERS}|{_MODELS})(?P<said>{_SAID})?[*\s]*(?P<colon>:)?[*\s]*(?P<rest>.*)",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"(?:copy code|copy|edit|share|retry|sources|thought for .{1,40}|show thinking|regenerate)\s*",
    re.IGNORECASE,
)
"""What stands on a share page beside the turns."""
UNMARKED = "Nothing says who speaks, so all of it is one question: write `User:` and `Assistant:` before the turns."


def pasted(text: str) -> Talk:
    """The turns of a text copied from a share page: a line says who speaks (`You said:`, `ChatGPT:`, `User: …`)."""
    turns: list[tuple[Role, list[str]]] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        role, rest = _speaker(line)
        if role is not None:
            turns.append((role, [rest]))
        elif turns and not _NOISE.fullmatch(line):
            turns[-1][1].append(line)
    if {role for role, _ in turns} != {"user", "assistant"}:
        whole = [Turn("user", text)] if text.strip() else []
        return talk(whole, left_out=[UNMARKED] if whole else [])
    return talk(Turn(role, "\n".join(lines)) for role, lines in turns)


def _speaker(line: str) -> tuple[Role | None, str]:
    """Who speaks from this line on, and what of it is said already; None where it says nothing of it."""
    found = _NAME.fullmatch(line)
    if found is None:
        return None, ""
    alone, marked = not found["rest"], found["colon"] or found["said"]
    bold = line.lstrip().startswith(("#", "**"))
    if not marked and not (alone and bold):
        return None, ""
    users = re.fullmatch(_USERS, found["name"], re.IGNORECASE)
    return ("user" if users else "assistant"), found["rest"]


def messages(turns: Sequence[Turn]) -> tuple[Message, ...]:
    """The turns as a request has them."""
    return tuple(Message(role=turn.role, parts=(Text(text=turn.text),)) for turn in turns)
