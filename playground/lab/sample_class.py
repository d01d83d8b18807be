"""A class to look at without a key: simulated, with students who ask while one watches the board."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from playground import catalog, runs
from playground.classes import kept
from playground.classes.nouns import Class, Terms
from playground.domain import Endpoint, ModelRef, Request, clock
from playground.engine import Engine
from playground.history.labels import owner_digest
from playground.store.database import HistoryError
from playground.store.store import Store

STUDENTS = ("Ada", "Emmy", "Katherine", "Alan", "Sophie")
QUESTIONS = (
    "What is a token?",
    "Why is the sky blue?",
    "Explain recursion to a child.",
    "Write a haiku about entropy.",
    "How does a vaccine work?",
    "What is the capital of Australia, and why not Sydney?",
)
ROUNDS = 4
PAUSE = 1.5
"""Seconds between two of all their questions, so that there is something to see."""
HOURS = 2
BUDGET = Decimal("0.05")
LONGEST = 1_000


def begin(
    store: Store, engine: Engine, where: Mapping[str, Endpoint], *, owner: str, pause: float = PAUSE
) -> Class:
    """Make the class, let its students join, and have them ask in the background. `where` is the simulation."""
    models = tuple(str(ref) for ref in catalog.defaults())
    ends = clock.moment(datetime.now(UTC) + timedelta(hours=HOURS))
    terms = Terms(
        name="Sample class",
        models=models,
        budget=BUDGET,
        total=BUDGET * len(STUDENTS),
        longest=LONGEST,
        ends_at=ends,
        simulated=True,
    )
    made = kept.make(store, terms, owner=owner)
    code = kept.new_code(store, made.id, "member", owner=owner)
    students = {name: secrets.token_urlsafe(12) for name in STUDENTS}
    for name, who in students.items():
        kept.join(store, code, name, owner=owner_digest(who), source=made.id)
    lent = {name: replace(endpoint, lent=made.id) for name, endpoint in where.items()}
    asking = threading.Thread(
        target=_ask, args=(engine, lent, list(students.values()), made, pause), daemon=True
    )
    asking.start()
    return made


def _ask(
    engine: Engine, where: Mapping[str, Endpoint], students: list[str], of: Class, pause: float
) -> None:
    drawn = random.Random(of.id)  # noqa: S311 - who asks what
    for number in range(ROUNDS * len(students)):
        who = students[number % len(students)] if number < len(students) else drawn.choice(students)
        models = drawn.sample(of.models, k=drawn.randint(1, len(of.models)))
        question = drawn.choice(QUESTIONS)
        requests = [Request.ask(ModelRef.parse(model), question) for model in models]
        try:
            made = runs.start(engine, requests, where, owner=who, keep=False)
        except HistoryError:
            return
        if isinstance(made, runs.Refusal) and "closed" in made.reason:
            return
        time.sleep(pause)
