"""What the commands on classes print."""

from __future__ import annotations

from playground.classes.nouns import ROLES
from playground.cli.schemas.kinds import FLAG, MONEY, TEXT, TEXTS, WHOLE, many, maybe, record, told

_CLASS = record(
    "",
    id=TEXT,
    name=TEXT,
    state={"enum": ["open", "ended", "closed"]},
    created_at=TEXT,
    ends_at=TEXT,
    closed_at=maybe(TEXT),
    models=TEXTS,
    budget=told(MONEY, "For each."),
    total=told(MONEY, "For all together."),
    longest=told(WHOLE, "Output tokens that an answer may have."),
    simulated=FLAG,
    from_environment=told(FLAG, "Whether its keys are the server's own."),
)
_MEMBER = record(
    "",
    name=TEXT,
    role={"enum": list(ROLES)},
    joined_at=TEXT,
    removed_at=maybe(TEXT),
    budget=MONEY,
    runs=WHOLE,
    calls=WHOLE,
    failed=WHOLE,
    under_way=WHOLE,
    lost=told(WHOLE, "Calls that were cut off when their process ended: nobody knows their cost."),
    lost_most=told(MONEY, "What those may have cost at the most."),
    input_tokens=WHOLE,
    output_tokens=WHOLE,
    cost=told(MONEY, "Of the calls that have ended."),
    held=told(MONEY, "For those under way."),
    bounds=told(WHOLE, "Calls whose cost nobody said: they count at their most."),
    last=maybe(TEXT, "When the newest call was sent."),
)
CLASSES = many(_CLASS, "Classes, the newest first; never a key.")
CLASS = record(
    "A class and its board.", **_CLASS["properties"], board=many(_MEMBER, "As they joined.")
)
CLOSED = record("What is closed for good.", closed=TEXT)
