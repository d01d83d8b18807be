"""The migration pack as JSON values and as a Markdown report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from playground import figures as fmt
from playground.domain import Response, clock
from playground.domain.nouns import jsonable
from playground.domain.values import changed
from playground.export.markdown import cell, table
from playground.export.rendered import quoted
from playground.figures.commonmark import unmarked
from playground.figures.differing import changes, similarity
from playground.lab.migration import NO_CHECKS, Checks, Moved, Rate, label, rates

THOUSAND = 1_000
SIGNS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
"""A word diff as text: `[-only in the first-]`, `{+only in the second+}`."""


def per_thousand(response: Response) -> Decimal | None:
    """USD for 1,000 such calls; None where one has no cost."""
    return response.cost.total * THOUSAND if response.cost else None


def dearer(row: Moved) -> str:
    """How much more or less a call costs at the successor, in percent; empty where that is not known."""
    both = [response.cost.total if response.cost else None for response in (row.now, row.after)]
    return fmt.change(*both)


def texts(row: Moved) -> tuple[str, str]:
    """Both answers without their Markdown, as they are compared."""
    return unmarked(row.now.text), unmarked(row.after.text)


def passed(checks: Checks | None) -> str:
    """`3 of 4`, or why there is no rate."""
    return f"{checks.passed} of {checks.checks}" if checks else NO_CHECKS


def rate(found: Rate) -> str:
    """The pass rate of a prompt at both models, in words."""
    return (
        f"{found.name}: of {found.cases} with checks {found.passed_now} pass at {found.now}"
        f" and {found.passed_after} at {found.after}"
    )


def days(left: int | None) -> str:
    """`ends in 3 days`, in words."""
    if left is None:
        return "its end is not announced"
    if left <= 0:
        return "ended today" if left == 0 else f"ended {-left} {_days(-left)} ago"
    return f"ends in {left} {_days(left)}"


def _days(number: int) -> str:
    return "day" if number == 1 else "days"


def document(rows: Sequence[Moved]) -> dict[str, Any]:
    """The pack as JSON values: money as decimal strings, what is not known as null."""
    found: dict[str, Any] = jsonable(
        {
            "made_on": str(clock.today()),
            "simulated": any(row.now.simulated or row.after.simulated for row in rows),
            "pass_rates": [one._asdict() for one in rates(rows)],
            "prompts": [_row(row) for row in rows],
        }
    )
    return found


def _row(row: Moved) -> dict[str, Any]:
    follows = row.successor
    left, right = texts(row)
    return {
        "prompt": row.name,
        "version": row.version,
        "case": row.label or None,
        "system": row.request.system,
        "text": "\n\n".join(message.text for message in row.request.messages),
        "asked_with": {one.name: told for one, told in changed(row.request)},
        "why": row.why,
        "last_run": row.run or None,
        "variables_without_a_value": list(row.empty),
        "days_left": row.days,
        "successor": follows,
        "now": _answer(row.now, row.counted[0], row.checks[0]),
        "after": _answer(row.after, row.counted[1], row.checks[1]),
        "tokens_change": fmt.change(*row.counted) or None,
        "cost_change": dearer(row) or None,
        "settings": [setting._asdict() for setting in row.settings],
        "limits": [limit._asdict() for limit in row.limits],
        "words_in_common": round(similarity(left, right), 4),
        "word_diff": [list(piece) for piece in changes(left, right)],
    }


def _answer(response: Response, counted: int | None, checks: Checks | None) -> dict[str, Any]:
    price = response.cost.price if response.cost else None
    return {
        "model": str(response.model),
        "simulated": response.simulated,
        "tokens_counted": counted,
        "input_tokens": response.usage.input_tokens,
        "output_tokens": response.usage.output_tokens,
        "cost": response.cost.total if response.cost else None,
        "per_1000_usd": per_thousand(response),
        "price": price,
        "passes": checks.ok if checks else None,
        "checks_passed": checks.passed if checks else None,
        "checks": checks.checks if checks else None,
        "why_not": checks.why or None if checks else None,
        "failure": response.failure.told if response.failure else None,
        "text": response.text,
    }


def markdown(rows: Sequence[Moved]) -> str:
    """The report, to read, keep or send; what models wrote is quoted."""
    return "\n".join(_report(rows)).rstrip() + "\n"


def _report(rows: Sequence[Moved]) -> Iterator[str]:
    yield "# Migration pack\n"
    yield f"Made on {clock.today()}: {len(rows)} {'prompt' if len(rows) == 1 else 'prompts'}.\n"
    if any(row.now.simulated or row.after.simulated for row in rows):
        yield "> **Simulated.** The answers are made up; the arithmetic on them is real.\n"
    if rows:
        seen = [overview(row) for row in rows]
        yield from table(list(seen[0]), [list(one.values()) for one in seen])
    for one in rates(rows):
        yield f"- {cell(rate(one))}"
    for row in rows:
        yield f"## {cell(title(row))}\n"
        yield f"{cell(about(row))}\n"
        yield from table(("", label(row.now.model), label(row.after.model)), list(figures(row)))
        yield from _settings(row)
        yield from _limits(row)
        yield from _diff(row)


def overview(row: Moved) -> dict[str, str]:
    """One prompt on one line, as people read it."""
    both = (row.now, row.after)
    refused = [one.setting for one in row.settings if one.action in ("dropped", "unavailable")]
    left, right = texts(row)
    answered = left and right
    return {
        "Prompt": title(row),
        "From": str(row.now.model),
        "To": str(row.after.model),
        "Ends": days(row.days),
        "Tokens, same text": " → ".join(map(fmt.count, row.counted)),
        "1,000 calls": " → ".join(fmt.money(per_thousand(one)) for one in both),
        "Refused": ", ".join(refused) or "nothing",
        "Words in common": f"{similarity(left, right):.0%}" if answered else fmt.NOT_AVAILABLE,
        "Checks": " → ".join(dict.fromkeys(map(passed, row.checks))),
    }


def title(row: Moved) -> str:
    """The prompt, its version, and the case of its checks."""
    case = f": {row.label}" if row.label else ""
    return f"{row.name}{'' if row.version is None else f', version {row.version}'}{case}"


def about(row: Moved) -> str:
    """Why the prompt is here, when its model ends and what follows by whose word, in sentences."""
    said = f"{row.why[:1].upper()}{row.why[1:]}; {row.now.model} {days(row.days)}. "
    if follows := row.successor:
        besides = f" with {follows.set}" if follows.set else ""
        said += f"{follows.model}{besides} follows it ({follows.source}, {follows.as_of})."
    else:
        said += f"{row.after.model} is your own choice."
    if row.empty:
        said += f" No value is known for {', '.join(row.empty)}: nothing stands in the place."
    return said


def figures(row: Moved) -> Iterator[tuple[str, str, str]]:
    """What is compared of both calls, as people read it."""
    both = (row.now, row.after)

    def line(name: str, *values: str) -> tuple[str, str, str]:
        return name, values[0], values[1]

    yield line("tokens of the same text, counted", *map(fmt.count, row.counted))
    yield line("input tokens billed", *(fmt.count(one.usage.input_tokens) for one in both))
    yield line("output tokens billed", *(fmt.count(one.usage.output_tokens) for one in both))
    yield line("cost of a call", *map(fmt.cost_of, both))
    yield line("cost of 1,000", *(fmt.money(per_thousand(one)) for one in both))
    yield line("price of", *(one.cost.price.as_of if one.cost else "" for one in both))
    yield line("checks passed", *map(passed, row.checks))
    if any(one and one.why for one in row.checks):
        yield line("why not", *(one.why if one else "" for one in row.checks))
    if any(one.failure for one in both):
        yield line("failed", *(one.failure.told if one.failure else "" for one in both))


def _settings(row: Moved) -> Iterator[str]:
    if row.settings:
        yield "Settings that do not go over as they are:\n"
        yield from table(("setting", "value", "what", "why", "the provider said"), row.settings)


def _limits(row: Moved) -> Iterator[str]:
    if row.limits:
        yield "Limits and defaults that differ:\n"
        written = [(one.what, told(one.now), told(one.after)) for one in row.limits]
        yield from table(("", row.now.model.model, row.after.model.model), written)


def told(value: Any) -> str:
    """A limit for people; None is not known."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _diff(row: Moved) -> Iterator[str]:
    if not (row.now.text and row.after.text):
        yield "Two answers are needed for a comparison of words.\n"
        return
    left, right = texts(row)
    yield f"{similarity(left, right):.0%} of the words in common:\n"
    diff = "".join(SIGNS[kind].format(text) for kind, text in changes(left, right))
    yield fmt.fenced(fmt.visible(diff)) + "\n"
    yield f"The answer of {cell(str(row.after.model))}:\n\n{quoted(row.after.text)}\n"
