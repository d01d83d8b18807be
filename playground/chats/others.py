"""Exports of other products that are conversations as well: Grok, DeepSeek, Google AI Studio, Le Chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from playground.chats.nouns import Chat, NotAChat, Step
from playground.chats.reading import behind, fields, in_order, joined, listed, newest, text_of
from playground.chats.times import moment


def _chat(product: str, record: Mapping[str, Any], steps: list[Step], **more: Any) -> Chat:
    if not any(step.who in ("user", "assistant") for step in steps):
        raise NotAChat("a conversation without a message")
    ordered, _ = in_order(steps)
    titles = (text_of(record.get(key)) for key in ("title", "displayName", "name"))
    names = (record.get(key) for key in ("id", "conversation_id", "uuid", "chatId"))
    return Chat(
        id=str(next(filter(None, names), "")),
        product=product,
        title=next(filter(None, titles), ""),
        steps=ordered,
        head=more.pop("head", None) or newest(ordered),
        **more,
    )


def grok_fits(record: Mapping[str, Any]) -> bool:
    """Whether the record is one of Grok's conversations."""
    return "conversation" in record and isinstance(record.get("responses"), list)


def grok(record: Mapping[str, Any]) -> Chat:
    """A conversation of Grok: answers name their parent, mostly."""
    steps: list[Step] = []
    known: set[str] = set()
    for number, one in enumerate(map(fields, listed(record.get("responses")))):
        said = fields(one.get("response")) or one
        parent = said.get("parent_response_id")
        human = text_of(said.get("sender")).casefold() == "human"
        steps.append(
            Step(
                id=text_of(said.get("response_id")) or text_of(said.get("_id")) or str(number),
                parent=parent if parent in known else (steps[-1].id if steps else None),
                who="user" if human else "assistant",
                text=text_of(said.get("message")),
                thought=text_of(said.get("thinking_trace")),
                model=None if human else text_of(said.get("model")) or None,
                at=moment(said.get("create_time")),
                uncounted=len(listed(said.get("file_attachments"))),
            )
        )
        known.add(steps[-1].id)
    about = fields(record.get("conversation"))
    return _chat("Grok", about, steps, updated=moment(about.get("modify_time")),
                 head=text_of(about.get("leaf_response_id")))  # fmt: skip


def studio_fits(record: Mapping[str, Any]) -> bool:
    """Whether the record is a prompt of Google AI Studio."""
    return "chunkedPrompt" in record


def studio(record: Mapping[str, Any]) -> Chat:
    """A prompt of AI Studio: the one export that counts tokens, reasoning too."""
    steps = [
        Step(id="system", parent=None, who="context", text=joined(record.get("systemInstruction")))
    ]
    known = {"system"}
    for number, chunk in enumerate(
        map(fields, listed(fields(record["chunkedPrompt"]).get("chunks")))
    ):
        name = text_of(chunk.get("id")) or str(number)
        branch = text_of(fields(chunk.get("branchParent")).get("id"))
        before = branch if branch in known else steps[-1].id
        code, result = fields(chunk.get("executableCode")), fields(chunk.get("codeExecutionResult"))
        model = chunk.get("role") == "model"
        counted = chunk.get("tokenCount")
        same = model and steps[-1].who == "assistant" and before == steps[-1].id
        thought = bool(chunk.get("isThought"))
        text = (
            text_of(chunk.get("text")) or text_of(code.get("code")) or text_of(result.get("output"))
        )
        if not text and not any(
            key in chunk for key in ("driveDocument", "inlineFile", "driveImage")
        ):
            continue
        steps.append(
            Step(
                id=name,
                parent=before,
                who="user" if not model else "tool" if result else "assistant",
                text="" if thought else text,
                thought=text if thought else "",
                message=not (thought or code or result),
                goes_on=same,
                at=moment(chunk.get("createTime")),
                tokens=counted if isinstance(counted, int) else None,
                uncounted=sum(
                    key in chunk for key in ("driveDocument", "inlineFile", "driveImage")
                ),
            )
        )
        known.add(name)
    steps = steps if steps[0].text else [_first(step) for step in steps[1:]]
    name = text_of(fields(record.get("runSettings")).get("model")).removeprefix("models/")
    return _chat("Google AI Studio", record, steps, model=name or None,
                 updated=moment(record.get("updateTime")))  # fmt: skip


def _first(step: Step) -> Step:
    return replace(step, parent=None) if step.parent == "system" else step


def deepseek_fits(record: Mapping[str, Any]) -> bool:
    """Whether the record is one of DeepSeek's conversations, the export's or the web app's."""
    inner = fields(record.get("data"))
    return ("mapping" in record and "inserted_at" in record) or "chat_session" in inner


def deepseek(record: Mapping[str, Any]) -> Chat:
    """A conversation of DeepSeek: a tree like ChatGPT's, or the web app's list."""
    inner = fields(record.get("data"))
    if inner:
        about = fields(inner.get("chat_session"))
        steps = list(_fragments_in_a_row(listed(inner.get("chat_messages"))))
        return _chat("DeepSeek", about, steps, updated=moment(about.get("updated_at")))
    nodes = {key: fields(node) for key, node in fields(record["mapping"]).items()}
    parents = {key: text_of(node.get("parent")) or None for key, node in nodes.items()}
    steps = [
        step
        for key, node in nodes.items()
        for step in _fragments(key, parents[key], fields(node.get("message")))
    ]
    known = {step.id for step in steps}
    linked = [replace(step, parent=behind(step.parent, parents, known)) for step in steps]
    return _chat("DeepSeek", record, linked, updated=moment(record.get("updated_at")))


def _fragments_in_a_row(messages: list[Any]) -> Iterator[Step]:
    before = None
    for number, message in enumerate(map(fields, messages)):
        for step in _fragments(str(number), before, message):
            yield step
            before = step.id


def _fragments(name: str, parent: str | None, message: Mapping[str, Any]) -> Iterator[Step]:
    fragments = [fields(one) for one in listed(message.get("fragments"))]
    kinds = [(text_of(one.get("type")), text_of(one.get("content"))) for one in fragments]
    asked = "\n".join(text for kind, text in kinds if kind == "REQUEST")
    answer = "\n".join(text for kind, text in kinds if kind == "RESPONSE") or text_of(
        message.get("content")
    )
    thought = "\n".join(text for kind, text in kinds if kind == "THINK")
    files = sum(len(listed(one.get("files"))) for one in fragments)
    at = moment(message.get("inserted_at"))
    if asked or files or message.get("role") == "USER":
        yield Step(id=name, parent=parent, who="user", text=asked, at=at, uncounted=files)
    elif answer or thought:
        yield Step(id=name, parent=parent, who="assistant", text=answer, at=at,
                   thought=thought or text_of(message.get("reasoning_content")),
                   model=text_of(message.get("model")) or None)  # fmt: skip


def le_chat_fits(record: Mapping[str, Any]) -> bool:
    """Whether the record is a message of Le Chat: its files are lists of messages."""
    return "chatId" in record and "contentChunks" in record


def plain_fits(record: Mapping[str, Any]) -> bool:
    """Whether the record is a conversation in the common shape of tools: messages with a role and a text."""
    messages = listed(record.get("messages"))
    return bool(messages) and "role" in fields(messages[0])


def plain(record: Mapping[str, Any]) -> Chat:
    """A conversation as tools keep them: messages in their order."""
    steps: list[Step] = []
    for number, message in enumerate(map(fields, listed(record.get("messages")))):
        user = message.get("role") in ("user", "human")
        steps.append(
            Step(
                id=str(number),
                parent=steps[-1].id if steps else None,
                who="context"
                if message.get("role") == "system"
                else "user"
                if user
                else "assistant",
                text=joined(message.get("content")),
                thought=text_of(message.get("reasoning_content"))
                or text_of(message.get("thinking")),
                model=text_of(message.get("model")) or None,
                at=moment(message.get("created_at") or message.get("timestamp")),
            )
        )
    return _chat("another product", record, steps, updated=moment(record.get("updated_at")))


def le_chat(name: str, messages: list[Mapping[str, Any]]) -> Chat:
    """A conversation of Le Chat: its messages, in the order in which they were written."""
    steps: list[Step] = []
    for message in sorted(messages, key=lambda one: text_of(one.get("createdAt"))):
        chunks = [fields(one) for one in listed(message.get("contentChunks"))]
        said = "\n".join(text_of(one.get("text")) for one in chunks if one.get("type") == "text")
        steps.append(
            Step(
                id=text_of(message.get("id")) or str(len(steps)),
                parent=steps[-1].id if steps else None,
                who="user" if message.get("role") == "user" else "assistant",
                text=text_of(message.get("content")) or said,
                at=moment(message.get("createdAt")),
                uncounted=len(listed(message.get("files"))),
            )
        )
    about = {"id": messages[0].get("chatId"), "title": name}
    return _chat("Le Chat", about, steps, updated=steps[-1].at)
