"""One long talk carried four ways: what each costs turn by turn, and which planted facts it forgets.

everything  all that was said is sent again
window      the last exchanges only
summary     after some exchanges the model sums up, and the summary goes in front of what follows
provider    the provider keeps the conversation; only the new question is sent, the rest is billed as input all the same;
            or it sums the conversation up itself, and its own signed summary goes in front of what follows
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate
from typing import Any, Literal, get_args

from playground import catalog
from playground.domain import Message, ModelRef, Request, Response, Settings, Text
from playground.domain.nouns import digits
from playground.domain.provider import APIS, provider_of
from playground.lab import driving
from playground.lab.conversation import SUMMARISE, SUMMARY
from playground.lab.driving import Broken, Driven
from playground.lab.hops import Sending
from playground.providers import acceptance

Way = Literal["everything", "window", "summary", "provider"]
WAYS: tuple[Way, ...] = get_args(Way)
LABELS: Mapping[Way, str] = {
    "everything": "Everything again",
    "window": "Window",
    "summary": "Summary",
    "provider": "Kept by the provider",
}
MEMORY, WAY, KIND, NUMBER = "memory", "way", "kind", "number"
"""Under these names a turn's run holds the talk's id, its way, what the turn is and its number."""
Kind = Literal["turn", "summary", "probe"]
FEWEST, MOST = 4, 24
"""Turns of a talk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something told once, to be asked for at the end."""

    name: str
    value: str
    """A code that no model guesses."""
    turn: int
    """From 1; where it is told."""


NAMES = (
    ("budget code", "QF-4471"),
    ("launch day", "2027-03-18"),
    ("contact person", "Ingrid-Vang"),
    ("test account", "TA-90233"),
    ("server room", "K2-117"),
    ("code word", "Marzipan-88"),
    ("delivery number", "DN-5560-B"),
    ("spare key", "R-314"),
)
"""What is told, in this order, spread over the talk."""
TOPICS = (
    "We are moving a small web shop to another host. Say in two sentences what to look at first.",
    "The shop has 1,200 products with pictures. How would you move them without a night of downtime?",
    "The database is a bit old. Which question should I ask before I upgrade it?",
    "Two colleagues will test the new site. What should they try on the first day?",
    "Payments must not be lost on the way. Give me one rule for that.",
    "Search is slow on the old site. Name one thing that often helps.",
    "We send newsletters on Tuesdays. What could go wrong with them in the move?",
    "Some pages are in Norwegian. What do we have to think of?",
)
PROBE = "Which of these did I tell you? Answer with a line for each, its value as I told it, or “not told”.\n{names}"


def facts(turns: int) -> tuple[Fact, ...]:
    """As many facts as fit, the first one in the first turn, the last one in the last."""
    many = min(len(NAMES), turns)
    places = [1 + round(n * (turns - 1) / max(1, many - 1)) for n in range(many)]
    return tuple(
        Fact(name=name, value=value, turn=turn)
        for (name, value), turn in zip(NAMES, places, strict=False)
    )


def question(number: int, told: Sequence[Fact]) -> str:
    """What the user says in this turn, from 1."""
    notes = "".join(f" Note: the {f.name} is {f.value}." for f in told if f.turn == number)
    return f"{TOPICS[(number - 1) % len(TOPICS)]}{notes}"


def probe(told: Sequence[Fact]) -> str:
    """The question at the end."""
    return PROBE.format(names="\n".join(f"- the {fact.name}" for fact in told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The talk and how it is carried."""

    model: ModelRef
    turns: int = 16
    window: int = 4
    """Exchanges that the window keeps."""
    every: int = 4
    """Exchanges after which it is summed up."""
    cache: bool = True
    """True: ask for prompt caching where it must be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call of the talk."""

    kind: Kind
    number: int
    """The turn, from 1; of a summary the turn after which it was made."""
    question: str
    response: Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One way, done or under way."""

    way: Way
    rules: Rules
    steps: tuple[Step, ...] = ()
    problem: str = ""
    """Why it can't be carried so, or broke off."""
    done: bool = False

    @property
    def cost(self) -> Decimal | None:
        """USD of all calls, summaries and the question at the end with them; None where one has no price."""
        known = [step.response.cost for step in self.steps]
        return None if None in known else sum((c.total for c in known if c), Decimal())

    @property
    def input_tokens(self) -> int | None:
        """Of all calls; None where one does not say."""
        usages = [step.response.usage for step in self.steps]
        all_of = [u for usage in usages for u in (usage, *(also for _, also in usage.also_billed))]
        known = [usage.input_tokens for usage in all_of]
        return None if None in known else sum(n for n in known if n is not None)

    def curve(self) -> list[tuple[int, Decimal]]:
        """Turn → USD spent until then, summaries counted in the turn that they follow; as far as prices are known."""
        by_turn: dict[int, Decimal] = {}
        for step in self.steps:
            if step.response.cost is None:
                break
            if step.kind != "probe":
                before = by_turn.get(step.number, Decimal())
                by_turn[step.number] = before + step.response.cost.total
        return list(zip(by_turn, accumulate(by_turn.values()), strict=True))

    def known(self) -> dict[str, bool] | None:
        """Fact → whether its value stands in the answer to the question at the end; None before there is one."""
        answer = next((s.response for s in self.steps if s.kind == "probe"), None)
        if answer is None or not answer.ok:
            return None
        return {fact.name: fact.value in answer.text for fact in facts(self.rules.turns)}

    def document(self) -> dict[str, Any]:
        """This way as JSON values."""
        known = self.known()
        return {
            "way": self.way,
            "done": self.done,
            "problem": self.problem or None,
            "calls": len(self.steps),
            "input_tokens": self.input_tokens,
            "cost": digits(self.cost),
            "curve": [{"turn": turn, "usd": digits(usd)} for turn, usd in self.curve()],
            "facts": known,
            "forgotten": None
            if known is None
            else [name for name, told in known.items() if not told],
            "simulated": any(step.response.simulated for step in self.steps),
        }


def door(ref: ModelRef) -> ModelRef | None:
    """The model through a door that keeps conversations; None where its provider has none."""
    apis = (ref.api, *provider_of(ref.provider).apis)
    return next((replace(ref, api=api) for api in apis if APIS[api].keeps), None)


NOT_KEPT = "{label} neither keeps a conversation for this model nor sums one up itself."
COMPACTS: Mapping[str, Mapping[str, Any]] = {"anthropic": {"compaction": {"type": "summarize"}}}
"""Provider → what asks it for its own summary of a conversation.

On-demand compaction (beta, https://platform.claude.com/docs/en/build-with-claude/compaction-on-demand, read 2026-11-27)."""


def compacts(ref: ModelRef) -> bool:
    """Whether the provider sums a conversation up itself: Claude's models do from 4.6 on, those that think adaptively."""
    return ref.provider in COMPACTS and "adaptive" in catalog.describe(ref).thinking


def request(way: Way, rules: Rules, steps: Sequence[Step], asked: str) -> Request:
    """What is sent for the next question behind these steps; for the provider's own summary there is none."""
    if way == "provider" and compacts(rules.model):
        return _compacted(rules, steps, asked)
    model = rules.model if way != "provider" else door(rules.model) or rules.model
    said = [step for step in steps if step.kind == "turn"]
    summary = (
        next((s for s in reversed(steps) if s.kind == "summary"), None)
        if way == "summary"
        else None
    )
    if way == "window":
        said = said[-rules.window :]
    if summary is not None:
        said = [step for step in said if step.number > summary.number]
    previous = said[-1].response.response_id if way == "provider" and said else None
    messages = () if previous else tuple(m for step in said for m in _exchange(step))
    return acceptance.fit(
        Request(
            model=model,
            messages=(*messages, _user(asked)),
            system=f"{SUMMARY}\n{summary.response.text}" if summary else None,
            settings=_settings(way, rules, model),
            previous_response_id=previous,
        )
    )


def _compacted(rules: Rules, steps: Sequence[Step], asked: str) -> Request:
    """The provider's own summary first, as it was given, then what was said since, then the question, or the wish for a summary."""
    summary = next((s for s in reversed(steps) if s.kind == "summary"), None)
    after = summary.number if summary else 0
    said = [s for s in steps if s.kind == "turn" and s.number > after]
    first = [Message(role="assistant", parts=summary.response.turn)] if summary else []
    settings = _settings("provider", rules, rules.model)
    extra = {} if asked else dict(COMPACTS[rules.model.provider])
    return acceptance.fit(
        Request(
            model=rules.model,
            messages=(
                *first,
                *(m for s in said for m in _exchange(s)),
                *map(_user, filter(None, [asked])),
            ),
            settings=replace(settings, extra=extra),
        )
    )


def _exchange(step: Step) -> tuple[Message, Message]:
    answer = Message(role="assistant", parts=(Text(text=step.response.text),))
    return _user(step.question), answer


def _user(text: str) -> Message:
    return Message(role="user", parts=(Text(text=text),))


def _settings(way: Way, rules: Rules, model: ModelRef) -> Settings:
    ttls = catalog.describe(model).cache_ttls if rules.cache else ()
    on_request = provider_of(model.provider).cache_on_request
    return Settings(
        cache_ttl=ttls[0] if ttls and on_request else None,
        extra={"store": True} if way == "provider" else {},
    )


Carrier = Driven[Carried]
"""One way under way."""


def _talk(carrier: Carrier) -> None:
    rules, way = carrier.state.rules, carrier.state.way
    sums_up = way == "summary" or (way == "provider" and compacts(rules.model))
    if way == "provider" and not sums_up and door(rules.model) is None:
        raise Broken(NOT_KEPT.format(label=provider_of(rules.model.provider).label))
    told = facts(rules.turns)
    for number in range(1, rules.turns + 1):
        _ask(carrier, "turn", number, question(number, told))
        # none after the last turn: nothing follows that it would make shorter
        if sums_up and number % rules.every == 0 and number < rules.turns:
            _ask(carrier, "summary", number, SUMMARISE if way == "summary" else "")
    _ask(carrier, "probe", rules.turns, probe(told))


def _ask(carrier: Carrier, kind: Kind, number: int, asked: str) -> None:
    carrier.may_go_on()
    state = carrier.state
    place = {MEMORY: carrier.id, WAY: state.way, KIND: kind, NUMBER: number}
    response = carrier.ask(request(state.way, state.rules, state.steps, asked), place)
    step = Step(kind=kind, number=number, question=asked, response=response)
    carrier.change(steps=(*state.steps, step))
    if response.failure is not None:
        raise Broken(f"Turn {number}: {response.failure.told}")
    if not (response.text or (kind == "summary" and response.turn)):
        raise Broken(f"Turn {number} gave no text to go on from.")


@dataclass(frozen=True, slots=True)
class Talk:
    """The same talk, carried in several ways at once."""

    owner: str
    rules: Rules
    carriers: tuple[Carrier, ...]

    @property
    def done(self) -> bool:
        return all(carrier.done for carrier in self.carriers)

    @property
    def ways(self) -> list[Carried]:
        return [carrier.state for carrier in self.carriers]

    def stop(self) -> None:
        """End all ways after the calls that are under way."""
        for carrier in self.carriers:
            carrier.stop()

    def document(self) -> dict[str, Any]:
        """The talk as JSON values."""
        rules = self.rules
        return {
            "lab": "memory",
            "model": str(rules.model),
            "turns": rules.turns,
            "window": rules.window,
            "summary_every": rules.every,
            "facts": [{"name": f.name, "turn": f.turn} for f in facts(rules.turns)],
            "ways": [way.document() for way in self.ways],
        }


def begin(rules: Rules, sending: Sending, ways: Sequence[Way] = WAYS) -> Talk:
    """Every way at once; found again by the group of `sending` while the process lives."""
    begun = (Driven("memory", Carried(way=way, rules=rules), sending, _talk) for way in ways)
    return driving.keep(sending.group, Talk(sending.owner, rules, tuple(begun)))


def find(group: str, owner: str = "") -> Talk | None:
    """The talk of this group if it belongs to this owner."""
    return driving.find(Talk, group, owner)


def at_least(rules: Rules) -> list[Request]:
    """The requests of the way that sends everything, without the answers in between, which nobody knows before."""
    told = facts(rules.turns)
    asked = [_user(question(number, told)) for number in range(1, rules.turns + 1)]
    return [
        replace(request("everything", rules, (), ""), messages=tuple(asked[:number]))
        for number in range(1, rules.turns + 1)
    ]
