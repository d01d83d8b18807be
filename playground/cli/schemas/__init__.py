"""What the commands print with --json, as one JSON Schema: each command's document under its name."""

from __future__ import annotations

from collections.abc import Mapping

from playground.catalog import Model
from playground.cli.schemas import classes, experiments, lab, limits, lists, runs
from playground.cli.schemas.kinds import TEXT, TEXTS, WHOLE, Schema, many, maybe, record, ref
from playground.domain import CostLine, PriceSource
from playground.domain.described import schema_of
from playground.history.labels import Row
from playground.pricing import Price

_RUN = runs.run(runs.FORECAST)
_ROWS = many(ref("Row"), "Runs, the newest first.")
COMMANDS: Mapping[str, Schema] = {
    "ask": _RUN,
    "recorded ask": _RUN,
    "recorded list": many(lists.RECORDED, "The recorded answers."),
    "recorded show": lists.RECORDED_ONE,
    "ladder": runs.LADDER,
    "bench": experiments.RESULTS,
    "experiment run": experiments.RUN,
    "experiment show": experiments.SHOWN,
    "experiment compare": experiments.COMPARED,
    "experiment list": experiments.LISTED,
    "experiment validate": experiments.VALIDATED,
    "experiment import": experiments.IMPORTED,
    "experiment check": experiments.JUDGED,
    "experiment checks": experiments.CHECKS,
    "class list": classes.CLASSES,
    "class show": classes.CLASS,
    "class close": classes.CLOSED,
    "batch submit": lab.SUBMITTED,
    "batch list": lab.BATCHES,
    "batch collect": lab.BATCH,
    "batch cancel": lab.BATCH,
    "batch delete": lab.BATCH,
    "lab": many(lists.PANEL, "The panels of the API lab."),
    "lab wire": lab.WIRE,
    "lab doors": lab.DOORS,
    "lab errors": lab.ERRORS,
    "lab gateway": lab.GATEWAY,
    "lab limits": limits.LIMITS,
    "lab models": limits.MODELS,
    "lab structured": lab.STRUCTURED,
    "lab tools": lab.TOOLS,
    "lab jobs": lab.JOBS,
    "lab caching": lab.CACHING,
    "lab batch": lab.BATCH,
    "lab created": lab.CREATED,
    "lab realtime": lab.REALTIME,
    "lab file_search": lab.FILE_SEARCH,
    "lab files": lab.FILES,
    "cost": lists.RECEIPT,
    "tokens": lists.TOKENS,
    "breakeven": lists.BREAKEVEN,
    "bill": lists.BILL,
    "chats": lists.CHATS,
    "questions": many(lists.QUESTION, "The questions that fit, the best first."),
    "prices list": many(ref("Price"), "The rows that hold the filter."),
    "prices check": lists.CHECKED,
    "prices refresh": lists.REFRESHED,
    "models": {"anyOf": [many(ref("Model"), "The catalog."), lists.LIVE]},
    "endpoints list": many(lists.ENDPOINT, "Where each provider is; never a key."),
    "endpoints add": record("What is kept.", name=TEXT, base_url=TEXT, key_env=maybe(TEXT)),
    "endpoints remove": record("What is kept no longer.", removed=TEXT),
    "history list": _ROWS,
    "history search": _ROWS,
    "history show": runs.KEPT,
    "history cost": lists.SPENT,
    "history import": record("What each file brought.", files=many(lists.IMPORTED)),
    "history delete": record("Runs that are gone for good.", deleted=WHOLE),
    "code": record("The project that was written.", folder=TEXT, files=TEXTS),
    "local find": lists.FOUND_HERE,
    "local use": record("What is served from now on.", model=TEXT),
    "local remove": record("What set-up had brought.", removed=TEXT),
}
"""Command → what it prints; a row here is what makes a shape one that scripts may rely on."""


def document() -> Schema:
    """The schema of all of them."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What `playground … --json` prints",
        "description": "Each property is a command. Money is exact decimal text in USD, times are seconds, unknown is null.",
        "type": "object",
        "properties": dict(COMMANDS),
        "additionalProperties": False,
        "$defs": definitions(),
    }


def of(command: str) -> Schema:
    """The schema of one command's document, with what it refers to."""
    return {**COMMANDS[command], "$defs": definitions()}


def definitions() -> Schema:
    """What several commands print."""
    defs: Schema = {}
    for kind in (CostLine, PriceSource, Price, Model, Row):
        schema_of(kind, defs)
    return (
        defs
        | experiments.DEFS
        | lab.DEFS
        | {"Response": runs.RESPONSE, "Cost": runs.COST, "Failure": runs.FAILURE}
    )
