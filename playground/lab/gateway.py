"""What a gateway makes of a call: what was sent against what arrived, what was answered against what came, byte by byte."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.demo.process import heard_url
from playground.domain import Endpoint, Exchange, ModelRef, Request, Secret
from playground.domain.provider import provider_of
from playground.wire import SSEParser

DOORS = ("openai/chat", "openai/responses", "anthropic/messages", "gemini/generate_content")
"""Doors through which a gateway is asked."""
PROMPT = "What is a token?"
MOST_LINES = 200
AROUND = 24
"""Bytes that are shown on either side of the first one that differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a call on both sides of the gateway."""

    name: str
    same: bool
    """Byte by byte; for headers: the same names with the same values."""
    said: str
    """A sentence."""
    changes: tuple[str, ...] = ()
    """What was added (+), taken away (-) or changed (~)."""
    diff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The whole comparison."""

    calls: int
    """How often the gateway asked for one request of ours; 0 = it asked somebody else, or nobody."""
    parts: tuple[Part, ...] = ()


def upstreams(root: str, token: str) -> dict[str, str]:
    """Provider → the address that a gateway is to be given for it, so that the demo notes what arrives."""
    return {
        name: heard_url(root + provider_of(name).demo_path, token)
        for name in ("openai", "anthropic", "gemini")
    }


def endpoint(ref: ModelRef, root: str, token: str, proxy: str, key: Secret | None) -> Endpoint:
    """Where the call goes: the gateway, or the sample gateway of the demo where none is named."""
    base_url = proxy or heard_url(root + provider_of(ref.provider).demo_path, token, "gateway")
    return Endpoint(
        provider=ref.provider,
        base_url=base_url.rstrip("/"),
        key=key or Secret("demo-key"),
        simulated=True,
        user_supplied=bool(proxy),
    )


def request(ref: ModelRef, prompt: str = PROMPT) -> Request:
    """What is sent through the gateway."""
    return Request.ask(ref, prompt)


def truth(sent: Exchange, heard: Sequence[Mapping[str, Any]]) -> Truth:
    """Compare our side with what the demo noted; of several calls the last, whose answer came back."""
    if not heard:
        return Truth(calls=0)
    told = heard[-1]
    return Truth(calls=len(heard), parts=tuple(_parts(sent, told)))


def _parts(sent: Exchange, told: Mapping[str, Any]) -> Iterator[Part]:
    path = "/" + sent.url.partition("://")[2].partition("/")[2]
    yield _line("Method and path", f"{sent.method} {path}", f"{told['method']} {told['target']}")
    yield _headers("Request headers", sent.request_headers, dict(told["headers"]))
    yield _body("Request body", sent.sent_text or "", told["body"], "body" in told["cut"])
    yield _line("Status", str(told["status"]), str(sent.status))
    yield _headers("Response headers", dict(told["response_headers"]), sent.response_headers)
    if sent.events:
        yield _events(told["response_body"], sent)
    else:
        cut = "response_body" in told["cut"]
        yield _body("Answer", told["response_body"], sent.response_body or "", cut)


def _line(name: str, before: str, after: str) -> Part:
    if before == after:
        return Part(name=name, same=True, said=f"{after}, unchanged.")
    return Part(name=name, same=False, said=f"{before} became {after}.", changes=(f"~ {after}",))


def _headers(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> Part:
    changes = [
        *(f"- {key}: {value}" for key, value in before.items() if key not in after),
        *(f"+ {key}: {value}" for key, value in after.items() if key not in before),
        *(
            f"~ {key}: {before[key]} → {after[key]}"
            for key in before
            if key in after and after[key] != before[key]
        ),
    ]
    kinds = [(sum(line[0] == sign for line in changes), word) for sign, word in _SIGNS]
    told = ", ".join(f"{count} {word}" for count, word in kinds if count)
    same = len(before.keys() & after.keys()) - sum(line[0] == "~" for line in changes)
    said = f"{told or 'None changed'}; {same} as they were."
    return Part(
        name=name, same=not changes, said=said[0].upper() + said[1:], changes=tuple(changes)
    )


_SIGNS = (("-", "taken away"), ("+", "added"), ("~", "changed"))


def _body(name: str, before: str, after: str, cut: bool) -> Part:
    one, other = before.encode(), after.encode()
    if one == other:
        return Part(name=name, same=True, said=f"Byte for byte the same, {len(one):,} bytes.")
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    place = min(len(one), len(other)) if at is None else at
    said = f"{len(one):,} bytes became {len(other):,}; the first that differs is byte {place:,}."
    if cut:
        said += " It was too long to be kept whole."
    around = slice(max(0, place - AROUND), place + AROUND)
    shown = [
        f"- {one[around].decode('utf-8', 'replace')}",
        f"+ {other[around].decode('utf-8', 'replace')}",
    ]
    changes = sorted(_changes(_read(before), _read(after)))
    return Part(
        name=name,
        same=False,
        said=said if changes else f"{said} As JSON both say the same.",
        changes=tuple(changes),
        diff=tuple(shown),
    )


def _events(body: str, sent: Exchange) -> Part:
    """The stream as events: how a gateway cuts it into pieces is no change."""
    parser = SSEParser()
    parsed = [*parser.feed(body.encode()), *parser.finish()]
    before = [_event(name, data.decode("utf-8", "replace")) for name, data in parsed]
    after = [_event(event.name, event.data) for event in sent.events]
    if before == after:
        return Part(name="Events", same=True, said=f"All {len(after):,} events as they were sent.")
    matched = difflib.SequenceMatcher(None, before, after, autojunk=False)
    same = sum(block.size for block in matched.get_matching_blocks())
    diff = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
    one = parsed[0][1].decode("utf-8", "replace") if parsed else ""
    other = sent.events[0].data  # the first of each, for what changes in all of them
    return Part(
        name="Events",
        same=False,
        said=f"{len(before):,} events became {len(after):,}; {same:,} are as they were sent.",
        changes=tuple(sorted(_changes(_read(one), _read(other)))),
        diff=tuple(diff[:MOST_LINES]),
    )


def _event(name: str | None, data: str) -> str:
    return f"{name}: {data}" if name else data


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _changes(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """What differs between two JSON values, field by field."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            place = f"{path}.{key}" if path else str(key)
            if key not in after:
                yield f"- {place}: {_short(before[key])}"
            elif key not in before:
                yield f"+ {place}: {_short(after[key])}"
            else:
                yield from _changes(before[key], after[key], place)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _changes(one, other, f"{path}[{number}]")
    elif before != after:
        yield f"~ {path}: {_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}…"
