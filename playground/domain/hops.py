"""A tool loop: several calls of one model in one lane, each a hop with its Request, its Response and what the tools gave.

A Call is one HTTP exchange and knows nothing of this. A hop that asks for tools is followed by one that brings their
results; the whole conversation is sent again each time, with the reasoning that the provider wants back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, TypeVar

from playground.domain.model import ModelRef
from playground.domain.nouns import digits
from playground.domain.request import Message, Request, ToolCall, ToolResult
from playground.domain.response import Response

End = Literal["answered", "limit", "failed", "stopped"]
"""`answered`: the model asked for no more tools. `limit`: it would have, but the rounds were used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One tool call that was carried out here."""

    call: ToolCall
    result: ToolResult
    duration: float | None
    """Seconds: how long the tool took; None in a loop out of the history, which does not keep it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One exchange of the loop, and the tools that ran after it."""

    run_id: str
    """The run in the history that holds the exchange."""
    request: Request
    response: Response
    ran: tuple[Ran, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hops:
    """The loop so far, the first hop first."""

    id: str
    model: ModelRef
    hops: tuple[Hop, ...] = ()
    ended: End | None = None
    """None while it is under way."""
    problem: str = ""
    """Why it could not go on, where no Response says so: a budget, a key in what would be sent."""

    @property
    def text(self) -> str:
        """What the last hop said."""
        return self.hops[-1].response.text if self.hops else ""

    @property
    def calls(self) -> int:
        """Tools that ran, in all hops."""
        return sum(len(hop.ran) for hop in self.hops)

    @property
    def input_tokens(self) -> int | None:
        """Billed as input over all hops: the conversation is sent again at each. None when a hop does not report it."""
        return _sum([hop.response.usage.input_tokens for hop in self.hops])

    @property
    def output_tokens(self) -> int | None:
        """Billed as output over all hops; None when a hop does not report it."""
        return _sum([hop.response.usage.output_tokens for hop in self.hops])

    @property
    def cost(self) -> Decimal | None:
        """USD over all hops; None when a hop has no price."""
        costs = [hop.response.cost for hop in self.hops]
        if not costs or any(cost is None for cost in costs):
            return None
        return sum((cost.total for cost in costs if cost is not None), Decimal())

    @property
    def duration(self) -> float | None:
        """Seconds of all exchanges, each with the slowest of its tools, which run side by side; None when one is not known."""
        return _sum([_took(hop) for hop in self.hops])

    def document(self) -> dict[str, Any]:
        """The loop as JSON values: what each hop asked, ran, used and cost, and the totals."""
        return {
            "id": self.id,
            "model": str(self.model),
            "ended": self.ended,
            "problem": self.problem,
            "text": self.text,
            "calls": self.calls,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cost": digits(self.cost),
            "duration": self.duration,
            "simulated": any(hop.response.simulated for hop in self.hops),
            "hops": [_hop(hop) for hop in self.hops],
        }


def _took(hop: Hop) -> float | None:
    tools = [ran.duration for ran in hop.ran]
    own = hop.response.timing.duration
    if own is None or None in tools:
        return None
    return own + max((each for each in tools if each is not None), default=0.0)


def _hop(hop: Hop) -> dict[str, Any]:
    response = hop.response
    return {
        "run_id": hop.run_id,
        "text": response.text,
        "finish_reason": response.finish_reason,
        "failure": None if response.failure is None else response.failure.told,
        "input_tokens": response.usage.input_tokens,
        "output_tokens": response.usage.output_tokens,
        "cost": digits(response.cost.total if response.cost else None),
        "duration": response.timing.duration,
        "tools": [
            {
                "id": ran.call.id,
                "name": ran.call.name,
                "arguments": ran.call.arguments,
                "result": ran.result.content,
                "is_error": ran.result.is_error,
                "duration": ran.duration,
            }
            for ran in hop.ran
        ],
    }


Number = TypeVar("Number", int, float)


def _sum(values: Sequence[Number | None]) -> Number | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def following(
    request: Request,
    response: Response,
    results: Sequence[ToolResult],
    *,
    free: Mapping[str, Any] | None = None,
) -> Request:
    """The request of the next hop: all before it, what the model said with its reasoning, and every result in its order.

    A forced choice holds for the first hop only, or the model could never answer; `free` is what `extra` holds from
    then on, where the choice was in it.
    """
    said = Message(role="assistant", parts=response.turn)
    told = Message(role="user", parts=tuple(results))
    settings = request.settings
    if settings.tool_choice == "required":
        settings = replace(settings, tool_choice=None)
    if free is not None:
        settings = replace(settings, extra=free)
    return replace(request, messages=(*request.messages, said, told), settings=settings)
