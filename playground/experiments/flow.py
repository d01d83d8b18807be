"""How fast one model may be asked: slowed by what its rate limits tell, stopped by what a refusal asks for."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from playground.domain import RETRYABLE, Response
from playground.experiments.relay import LIMITS
from playground.wire.gauges import Gauge, gauges, of_headers

JITTER = 0.1
"""Share of a wait that is added by lot, so that not all come back at one moment."""
LEAST_WAIT, LONGEST_WAIT = 0.5, 300.0
"""Seconds. A provider that asks for more before a retry is not retried."""
REFUSALS = 10
"""Tries of one call that rate limits may refuse: waiting for them is no failure."""
HOPELESS = 5
"""Calls that failed one after the other; from then on none is tried again, until one is answered."""
LOST, LOST_SECONDS = 10, 300.0
"""So many calls failed one after the other, and so long it took: the others are not asked any more."""
NEAR = 3
"""So many times what those under way may use must remain, or a limit is nearly used up."""
LONGEST_REFILL = 15.0
"""Seconds between two calls that a limit may ask for."""
SLOWER, FASTER, LONGEST_GAP = 1.5, 0.7, 2.0
"""What a gap between two calls is multiplied with after a refusal and after an answer; seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What one process has learned of a model's limits, for all others that ask it for the same experiment."""

    model: str
    hold: float
    """Seconds for which none of it may leave, from now."""
    gap: float
    refill: float

    def line(self) -> str:
        """As JSON in one line, for a relay."""
        return f"{LIMITS}{json.dumps(asdict(self))}}}"


def learned_in(line: str) -> Learned | None:
    """What a line of a relay says; None where it speaks of something else."""
    return Learned(**json.loads(line)["limits"]) if line.startswith(LIMITS) else None


@dataclass(slots=True)
class Flow:
    """One model at one address. Seconds by `clock`."""

    clock: Callable[[], float]
    part: int = 0
    share: int = 1
    """So many processes ask it, this one among them by number: together they keep to its limits."""
    dice: random.Random = field(default_factory=random.Random)
    not_before: float = 0.0
    held: float = 0.0
    """Until when its limits hold up every process."""
    gap: float = 0.0
    """Seconds between two calls of all processes, learnt from refusals."""
    refill: float = 0.0
    """Seconds between two calls of all processes at which a limit that is nearly used up holds; 0 while there is room."""
    under_way: int = 0
    tokens: float | None = None
    """Of a usual call, input and output together."""
    failed: int = 0
    """Calls that failed one after the other."""
    failing_since: float = 0.0
    """When the first of them had failed."""
    waited: float = 0.0
    """Seconds that its limits have held it up."""
    last: Response | None = None
    """The last failure's."""

    def granted(self) -> None:
        """A call of it leaves."""
        self.under_way += 1
        if pace := self.pace:
            self._wait(pace * self.share)

    @property
    def pace(self) -> float:
        """Seconds between two calls of all processes."""
        return max(self.gap, self.refill)

    @property
    def standing(self) -> tuple[float, float, float]:
        """What all processes should know of it."""
        return self.held, self.gap, self.refill

    def learned(self, model: str) -> Learned:
        """The same, to be told."""
        hold = max(0.0, self.held - self.clock())
        return Learned(model=model, hold=hold, gap=self.gap, refill=self.refill)

    def learn(self, told: Learned) -> None:
        """What another process has heard."""
        self.gap, self.refill = told.gap, told.refill
        if told.hold > 0:
            self._hold(told.hold)

    @property
    def given_up(self) -> bool:
        """Whether it would only cost time to ask it again."""
        return self.failed >= LOST and self.clock() - self.failing_since >= LOST_SECONDS

    def heard(self, response: Response) -> None:
        """Learn from the end of a try."""
        failure, usage = response.failure, response.usage
        if failure is None and usage.input_tokens is not None:
            used = usage.input_tokens + (usage.output_tokens or 0)
            self.tokens = used if self.tokens is None else 0.9 * self.tokens + 0.1 * used
        if response.exchange is not None:
            told = of_headers if failure is None else gauges
            found = [self._obey(gauge) for gauge in told(response.provider, response.exchange)]
            self.refill = max(found, default=self.refill)
        if failure is None:
            self.gap = self.gap * FASTER if self.gap > 0.05 else 0.0
        elif failure.type in ("rate_limited", "overloaded"):
            self.gap = min(LONGEST_GAP, max(0.05, self.gap * SLOWER))
            if failure.retry_after is not None:
                self._hold(min(failure.retry_after, LONGEST_WAIT))

    def _obey(self, gauge: Gauge) -> float:
        """Wait for as long as it takes to fill up where what remains is not enough for those under way and one more.

        Where it is nearly used up calls leave as fast as it fills up: the seconds between them are returned; 0 while there is
        room. Answers are heard in another order than they were counted in, so that begins early.
        """
        if gauge.per != "minute" or not gauge.limit or gauge.remaining is None or gauge.tightest:
            return 0.0
        each = 1.0 if gauge.kind == "requests" else (self.tokens or 0.0)
        wanted = each * (self.under_way * self.share + 1)  # the others have as many under way
        lacking = wanted - gauge.remaining
        if lacking > 0:
            wait = lacking * 60 / gauge.limit
            self._hold(min(wait, 60.0, gauge.reset if gauge.reset is not None else wait))
        near = gauge.remaining < NEAR * wanted
        return min(LONGEST_REFILL, each * 60 / gauge.limit) if near else 0.0

    def _hold(self, seconds: float) -> None:
        """All wait, and come back one after the other."""
        self.held = max(self.held, self.clock() + seconds)
        self._wait(seconds + self.part * self.pace)

    def _wait(self, seconds: float) -> None:
        until = self.clock() + seconds
        if until > self.not_before:
            self.waited += until - max(self.clock(), self.not_before)
            self.not_before = until

    def wait_again(self, response: Response, tries: int, left: int) -> tuple[float | None, int]:
        """Seconds before the next try and how many are left then; None where this response stands."""
        failure = response.failure
        if failure is None or failure.type not in RETRYABLE or response.text:
            return None, left
        asked = failure.retry_after
        if self.failed >= HOPELESS or (asked is not None and asked > LONGEST_WAIT):
            return None, left
        if failure.type == "rate_limited" and asked is not None and tries < REFUSALS:
            return asked + self.dice.uniform(0, max(LEAST_WAIT, JITTER * asked)), left
        if left <= 0:
            return None, left
        wait = asked or LEAST_WAIT * 2 ** (tries - 1)
        return wait + self.dice.uniform(0, max(LEAST_WAIT, JITTER * wait)), left - 1

    def ended(self, response: Response) -> None:
        """A call of it is over, with or without an answer."""
        if response.failure is None:
            self.failed, self.last = 0, None
        elif not response.failure.stopped:
            if self.failed == 0:
                self.failing_since = self.clock()
            self.failed += 1
            self.last = response
