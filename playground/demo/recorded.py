"""Answers that real services gave, recorded by other open projects: replayed byte for byte, at a pace that is ours.

Each is a file in `recordings/`, with its source, date and licence; `recordings/NOTICE.md` has the licences. A recorded
answer is asked for as a model: `openai:gpt-5~recorded-2026-01-17-primes`.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playground.demo.breaking import Frame
from playground.domain import Message, ModelRef, Request, Settings, Text, Tool
from playground.domain.model import RECORDED
from playground.domain.provider import provider_of

FOLDER = Path(__file__).with_name("recordings")
SPELLED = "recorded:"
"""How a recorded answer is asked for by its own name among models: `recorded:primes`."""
HEADER = "x-playground-recorded"
"""Response header with the day of the recording."""
LEFT_OUT = frozenset({"content-length", "content-encoding", "transfer-encoding", "connection"})
"""Recorded headers that belong to the connection of then."""
TOKENS_PER_SECOND = 80.0
FIRST_SECONDS = 0.6
"""How an answer is replayed whose times were not recorded: none were, but for some services' own time for the request."""
LONGEST = 20.0
"""Seconds that a replay may take; the answers that took longer are hurried."""
OWN_TIMES = {
    "openai-processing-ms": r"^(\d+)$",
    "server-timing": r"\bdur=(\d+)",
    "x-envoy-upstream-service-time": r"^(\d+)$",
}
"""Header in which OpenAI, Google or Anthropic says how long it took → where in it the milliseconds are."""
FIDELITY = {
    "recorded": "",
    "recorded-reserialised": "Its JSON was written anew by whoever recorded it.",
    "payload-only": "Of its headers nothing was recorded.",
}
"""How near a recording is to the bytes of the wire → what is said of it."""

Turns = tuple[tuple[Literal["user", "assistant"], str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One answer of a real service and what it was asked."""

    id: str
    title: str
    shows: tuple[str, ...]
    """What there is to see: `reasoning`, `caching`, `refusal`, …"""
    asked: ModelRef
    """The model that was asked."""
    recorded: str
    """ISO date."""
    dated_by: str
    """What tells the date: the response, its id, or its headers."""
    source: str
    """Repository, commit and path."""
    licence: str
    turns: Turns
    """What was said, the prompt last; empty = it was not recorded."""
    system: str | None
    attached: bool
    """True when an image or a document went with the prompt, which is not here."""
    fidelity: str
    """How near it is to the bytes of the wire; a row of FIDELITY."""
    tools: tuple[Tool, ...]
    server_tools: tuple[str, ...]
    settings: Settings
    streamed: bool
    headers: Mapping[str, str]
    body: bytes

    @property
    def model(self) -> ModelRef:
        """How the recorded answer is asked for."""
        name = f"{self.asked.model}~recorded-{self.recorded}-{self.id}"
        return ModelRef(self.asked.provider, self.asked.api, name)

    @property
    def prompt(self) -> str:
        """What was asked last; empty = it was not recorded."""
        return next((text for role, text in reversed(self.turns) if role == "user"), "")

    @property
    def note(self) -> str:
        """What is not as it was, in sentences; empty = all of it is."""
        unknown = "" if self.turns else "The prompt was not recorded."
        apart = "What was attached is not among the recordings." if self.attached else ""
        return " ".join(filter(None, (unknown, apart, FIDELITY[self.fidelity])))

    @property
    def source_url(self) -> str:
        """The file at its source."""
        repository, _, rest = self.source.partition("@")
        commit, _, path = rest.partition(":")
        return f"https://github.com/{repository}/blob/{commit}/{path.partition('#')[0]}"

    @property
    def label(self) -> str:
        """The service that answered, for people."""
        return provider_of(self.asked.provider).label

    @property
    def asks(self) -> str:
        """What was asked, in words, with what stood beside the prompt; for whoever asks something else."""
        prompt = f"“{self.prompt}”" if self.prompt else "the prompt was not recorded"
        after = f"after {len(self.turns) - 1} turns" if len(self.turns) > 1 else ""
        with_file = "with an attachment" if self.attached else ""
        return ", ".join(filter(None, (prompt, after, with_file)))

    @property
    def told(self) -> float | None:
        """Seconds that the service itself said: for a whole answer all of its time, for a stream that until it began."""
        for header, pattern in OWN_TIMES.items():
            if found := re.search(pattern, self.headers.get(header, "")):
                return float(found[1]) / 1000
        return None

    def answers(self, prompt: str) -> bool:
        """Whether this very prompt was asked, but for spaces and capitals, with nothing said or attached before it."""
        alone = len(self.turns) == 1 and not self.attached
        return alone and _bare(self.prompt) == _bare(prompt)

    def asked_in(self, body: Any) -> bool:
        """Whether this prompt stands in a request, wherever its provider has it; True where it was not recorded."""
        wanted = _bare(self.prompt)
        return not wanted or any(_bare(text) == wanted for text in _texts(body))

    def request(self) -> Request:
        """What brings this answer back: the request as far as it was recorded."""
        unknown: Turns = (("user", "(the prompt was not recorded)"),)
        return Request(
            model=self.model,
            messages=tuple(
                Message(role=role, parts=(Text(text=text),)) for role, text in self.turns or unknown
            ),
            system=self.system,
            settings=self.settings,
            tools=self.tools,
            server_tools=self.server_tools,
            stream=self.streamed,
        )

    def frames(self, tokens: int, scale: float = 1.0) -> list[Frame]:
        """The body in the pieces in which it came, with the second at which each leaves.

        A service that told how long it took sets the first; the rest follows at `TOKENS_PER_SECOND`.
        """
        first = FIRST_SECONDS if self.told is None else self.told
        if not self.streamed:
            at = first + (tokens / TOKENS_PER_SECOND if self.told is None else 0)
            return [(min(at, LONGEST) * scale, self.body)]
        pieces = pieces_of(self.body)
        first = min(first, LONGEST / 4)
        rest = min(tokens / TOKENS_PER_SECOND, LONGEST - first)
        step = rest / max(1, len(pieces) - 1)
        return [((first + number * step) * scale, piece) for number, piece in enumerate(pieces)]


def pieces_of(body: bytes) -> list[bytes]:
    """The events of a stream, each with the empty line that ends it."""
    found = re.findall(rb".+?(?:\r\n\r\n|\n\n|\r\r|\Z)", body, re.DOTALL)
    return found or [body]


@functools.cache
def recordings() -> tuple[Recording, ...]:
    """All of them, by what they show and then by name."""
    read = [_read(file) for file in FOLDER.glob("*.json")]
    return tuple(sorted(read, key=lambda r: (ORDER.index(r.shows[0]), r.id)))


ORDER = (
    "plain",
    "reasoning",
    "caching",
    "server tools",
    "calls",
    "parallel calls",
    "schema",
    "images",
    "documents",
    "several answers",
    "cut off",
    "refusal",
    "429",
)
"""What there is to see, in the order of the gallery."""


def named(model: str) -> Recording | None:
    """The recording that a model's name asks for; None for every other name."""
    if not RECORDED.search(model):
        return None
    name = model.removeprefix("models/")
    return next((r for r in recordings() if r.model.model == name), None)


def find(id: str) -> Recording | None:
    """A recording by its own name."""
    return next((r for r in recordings() if r.id == id), None)


def parse(spelling: str) -> ModelRef:
    """Read a model as it is spelled everywhere, or `recorded:NAME`; ValueError says what is wrong with it."""
    if spelling.startswith(SPELLED):
        id = spelling.removeprefix(SPELLED).strip()
        row = find(id)
    else:
        ref = ModelRef.parse(spelling)
        if ref.recorded is None:
            return ref
        id, row = ref.model, named(ref.model)
    if row is None:
        raise ValueError(f"no recorded answer is called {id!r}: see `playground recorded list`")
    return row.model


def of_prompt(prompt: str) -> tuple[Recording, ...]:
    """What was answered to this very prompt, but for spaces and capitals."""
    wanted = _bare(prompt)
    return tuple(r for r in recordings() if wanted and _bare(r.prompt) == wanted)


def _texts(body: Any) -> Iterator[str]:
    """Every text in a request's body."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, Mapping | list):
        for part in body.values() if isinstance(body, Mapping) else body:
            yield from _texts(part)


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip("?!. ")


def _read(file: Path) -> Recording:
    row: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return Recording(
        id=row["id"],
        title=row["title"],
        shows=tuple(row["shows"]),
        asked=ModelRef.parse(row["model"]),
        recorded=row["recorded"],
        dated_by=row["dated_by"],
        source=row["source"],
        licence=row["licence"],
        turns=tuple((role, text) for role, text in row["turns"]),
        system=row.get("system"),
        attached=row.get("attached", False),
        fidelity=row["fidelity"],
        tools=tuple(Tool(**tool) for tool in row.get("tools", ())),
        server_tools=tuple(row.get("server_tools", ())),
        settings=_settings(row),
        streamed=row["streamed"],
        headers={k.lower(): v for k, v in row["headers"].items() if k.lower() not in LEFT_OUT},
        body=row["body"].encode(),
    )


def _settings(row: Mapping[str, Any]) -> Settings:
    extra: Mapping[str, Any] = {"n": row["n"]} if "n" in row else {}
    return Settings(
        max_output_tokens=row.get("max_output_tokens"),
        response_schema=row.get("response_schema"),
        extra=extra,
    )


def output_tokens(body: bytes) -> int:
    """The largest count of output tokens that an answer names: how long it took is taken from it."""
    names = (
        rb'"(?:completion_tokens|output_tokens|candidatesTokenCount|total_output_tokens)":\s*(\d+)'
    )
    thoughts = rb'"(?:thoughtsTokenCount|total_thought_tokens)":\s*(\d+)'
    return sum(max(map(int, re.findall(name, body)), default=0) for name in (names, thoughts))


def shows() -> Sequence[str]:
    """What the recordings show, each word once, in the gallery's order."""
    return [word for word in ORDER if any(word in r.shows for r in recordings())]
