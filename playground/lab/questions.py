"""What people ask about chat products and APIs, found in their own words, answered in two sentences with computed figures."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from playground import catalog, tokens
from playground import figures as fmt
from playground.domain import ModelRef
from playground.files import read_yaml
from playground.lab import breakeven
from playground.lab.breakeven import Conversation, Price
from playground.lab.products import Row, products
from playground.pricing import Plan, PriceBook
from playground.pricing.plans import paid
from playground.pricing.shape import Shape, quote

DATA = Path(__file__).with_name("questions.yaml")
PLAN = "ChatGPT Plus"
"""The plan that the API is compared with where none is named."""


class Question(Row):
    """One question as people ask it."""

    question: str
    also: tuple[str, ...]
    """Other words for it."""
    answer: tuple[str, str]
    """Two sentences; {names} are figures."""
    label: str
    """Of the button that shows it."""
    page: str
    """The page's address."""
    opens: Mapping[str, str]
    """What the page's address says, to open the right part of it."""

    @property
    def link(self) -> str:
        """The address from the app's root on."""
        query = urlencode(self.opens)
        return f"/{self.page}?{query}" if query else f"/{self.page}"


@functools.cache
def questions() -> tuple[Question, ...]:
    """Every row of the file."""
    loaded = read_yaml(DATA)
    return tuple(Question(**row) for row in loaded["questions"])


SMALL = frozenset(
    re.findall(
        r"\w+",
        """a an the is are am be do does did i my me it its in on of or and to for can could what which how why with if you
        your they their there this that use""",
    )
)
"""Words that every question has."""


def stems(text: str) -> list[str]:
    """The words that matter, without the endings that make the same word two."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return [
        re.sub(r"(?<=\w{3})(ing|ion|s|ed|er|e)$", "", word) for word in words if word not in SMALL
    ]


def search(words: str) -> list[Question]:
    """The questions that fit these words, the best first; all of them where nothing that matters was typed."""
    wanted = set(stems(words))
    if not wanted:
        return list(questions())
    scores = [(_score(question, wanted), question) for question in questions()]
    fitting = [(score, question) for score, question in scores if score]
    return [question for _, question in sorted(fitting, key=lambda row: -row[0])]


def _score(question: Question, wanted: set[str]) -> float:
    """How much of what is wanted it has; rare words count more, and more so in the question itself."""
    asked = set(stems(question.question))
    around = asked | {stem for words in question.also for stem in stems(words)}
    told = set(stems(" ".join(question.answer)))
    return sum(
        weight / _frequency()[stem]
        for stem in wanted
        for weight, where in ((3.0, asked), (2.0, around), (0.5, told))
        if stem in where
    )


@functools.cache
def _frequency() -> Counter[str]:
    """In how many questions a stem stands."""
    return Counter(
        stem
        for row in questions()
        for stem in set(stems(" ".join((row.question, *row.also, *row.answer))))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What the figures are computed from."""

    conversation: Conversation
    """One's own as it was measured, or an example."""
    book: PriceBook
    on: date
    mine: bool = False
    """True for one's own."""

    def price(self, ref: ModelRef) -> Price:
        """What the conversation costs with a model on that day."""
        return breakeven.price(self.conversation, ref, self.book, self.on)

    def of(self, provider: str) -> ModelRef:
        """A provider's usual model."""
        return next(ref for ref in catalog.defaults() if ref.provider == provider)

    def plan(self) -> Plan | None:
        """The plan that the API is compared with."""
        return next((plan for plan in self.book.plans if plan.name == PLAN), None)

    def credit(self) -> Plan | None:
        """The cheapest plan for one person that carries API credit."""
        found = [p for p in paid(self.book.plans) if p.api_credit and not p.per]
        return min(found, key=lambda plan: plan.monthly, default=None)

    def input_cost(self, many: int, ref: ModelRef) -> Decimal | None:
        """USD for so many input tokens."""
        cost = quote(self.book, ref, Shape(input_tokens=many), on=self.on)
        return cost.total if cost else None


Computed = Callable[[Own, str], str]
"""A figure as it is written, for whose figures these are and the words that are asked."""


def _trains(kind: str) -> Computed:
    return lambda own, asked: f"{sum(p.trains == kind for p in products().values())}"


def _cost(provider: str) -> Computed:
    return lambda own, asked: fmt.money(own.price(own.of(provider)).cost)


def _model(provider: str) -> Computed:
    return lambda own, asked: own.of(provider).model


def _break_even(own: Own, asked: str) -> str:
    plan = own.plan()
    cost = own.price(own.of("openai")).cost
    return breakeven.told(breakeven.break_even(plan.monthly, cost) if plan else None)


def _credit_conversations(own: Own, asked: str) -> str:
    plan = own.credit()
    if plan is None or plan.api_credit is None:
        return fmt.NOT_AVAILABLE
    cost = own.price(own.of("anthropic")).cost
    return breakeven.told(breakeven.break_even(plan.api_credit, cost))


def _growth(own: Own, asked: str) -> str:
    first, last = own.conversation.turns[0], own.conversation.turns[-1]
    return f"{last.input_tokens / first.input_tokens:,.1f}"


def _resent(own: Own, asked: str) -> str:
    """Input tokens that an earlier turn had sent or answered: all but what each turn brings anew, what it thought left out."""
    turns = own.conversation.turns
    anew = turns[0].input_tokens + sum(
        max(
            0,
            turn.input_tokens
            - before.input_tokens
            - before.output_tokens
            + before.reasoning_tokens,
        )
        for before, turn in pairwise(turns)
    )
    return fmt.count(own.conversation.input_tokens - anew)


def _question_tokens(asked: str) -> int:
    return tokens.count(asked, "o200k_base")


def _plan_price(own: Own, asked: str) -> str:
    plan = own.plan()
    return fmt.money(plan.monthly if plan else None)


def _credit(own: Own, asked: str) -> str:
    plan = own.credit()
    return fmt.money(plan.api_credit if plan else None)


def _credit_plan(own: Own, asked: str) -> str:
    plan = own.credit()
    return plan.name if plan else fmt.NOT_AVAILABLE


def _google(kind: str | None) -> Computed:
    def many(own: Own, asked: str) -> str:
        theirs = [p for p in products().values() if p.company == "Google"]
        return f"{sum(kind is None or p.kind == kind for p in theirs)}"

    return many


FIGURES: Mapping[str, Computed] = {
    "whose": lambda own, asked: "yours" if own.mine else f"our {own.conversation.name} example",
    "whose_conversation": lambda own, asked: (
        "your conversation" if own.mine else f"our {own.conversation.name} example"
    ),
    "source_words": lambda own, asked: (
        "Your conversation"
        if own.mine
        else f"A conversation like our {own.conversation.name} example"
    ),
    "turns": lambda own, asked: f"{len(own.conversation.turns)}",
    "growth": _growth,
    "resent": _resent,
    "input_tokens": lambda own, asked: fmt.count(own.conversation.input_tokens),
    "cost": _cost("openai"),
    "cached_cost": lambda own, asked: fmt.money(own.price(own.of("openai")).cost_cached),
    "claude_cost": _cost("anthropic"),
    "gemini_cost": _cost("gemini"),
    "model": _model("openai"),
    "claude_model": _model("anthropic"),
    "gemini_model": _model("gemini"),
    "plan": lambda own, asked: PLAN,
    "plan_price": _plan_price,
    "break_even": _break_even,
    "paid_plans": lambda own, asked: f"{len(paid(own.book.plans))}",
    "credit_plans": lambda own, asked: f"{sum(bool(p.exception) for p in paid(own.book.plans))}",
    "credit_plan": _credit_plan,
    "credit": _credit,
    "credit_conversations": _credit_conversations,
    "question_tokens": lambda own, asked: fmt.count(_question_tokens(asked)),
    "question_cost": lambda own, asked: fmt.money(
        own.input_cost(_question_tokens(asked), own.of("openai"))
    ),
    "hidden": lambda own, asked: fmt.count(breakeven.HIDDEN),
    "hidden_cost": lambda own, asked: fmt.money(
        own.input_cost(breakeven.HIDDEN, own.of("anthropic"))
    ),
    "products": lambda own, asked: f"{len(products())}",
    "trains_off": _trains("unless_off"),
    "trains_on": _trains("if_on"),
    "trains_unpaid": _trains("unpaid"),
    "trains_no": _trains("no"),
    "google_names": _google(None),
    "google_apis": _google("api"),
}
"""What a {name} in an answer stands for; a new figure is a new row."""


class _Figures(dict[str, str]):
    """Computes only what a sentence asks for."""

    def __init__(self, own: Own, asked: str, more: Mapping[str, Computed]) -> None:
        super().__init__()
        self._own, self._asked, self._more = own, asked, more

    def __missing__(self, name: str) -> str:
        made = self._more[name] if name in self._more else FIGURES[name]
        return made(self._own, self._asked)


def filled(
    text: str, own: Own, asked: str = "", more: Mapping[str, Computed] = MappingProxyType({})
) -> str:
    """A text with its figures; `more` knows figures beside those of FIGURES."""
    return text.format_map(_Figures(own, asked, more))


def answered(question: Question, own: Own) -> str:
    """The two sentences with their figures."""
    return filled(" ".join(question.answer), own, question.question)


def row(question: Question, own: Own) -> dict[str, Any]:
    """One question as JSON values."""
    return {
        "question": question.question,
        "answer": answered(question, own),
        "label": question.label,
        "link": question.link,
        "figures_from": own.conversation.source,
    }
