"""Adds and removes rows in the text of a price file; every other line, comments too, stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from playground.files import read_text
from playground.pricing import loading
from playground.pricing.reading import Unreadable, compose, pairs
from playground.pricing.row import LongContext, Price

HEADER = """\
# Prices of your own: a model here replaces the same model of pricing.yaml, and every cost says so.
# The fields are those of pricing.yaml. All rates are USD per 1,000,000 tokens.
"""
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*")
RESERVED = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def own_file() -> Path:
    """Where the user's own prices are kept."""
    return loading.own_file()


def save(price: Price) -> Path:
    """Put a price into the user's own file, in the place of one of the same model from the same day; the file."""
    file = own_file()
    text = read_text(file) if file.exists() else f"{HEADER}\nprices: {{}}\n"
    text = without(text, price.provider, price.model, price.valid_from)
    _write(file, added(text, price))
    return file


def remove(provider: str, model: str) -> bool:
    """Take all rows of a model out of the user's own file; False when it had none."""
    file = own_file()
    if not file.exists():
        return False
    text = read_text(file)
    left = without(text, provider, model)
    if left != text:
        _write(file, left)
    return left != text


def added(text: str, price: Price) -> str:
    """The text with one row more: behind the last of its model, else of its provider, else under a new provider."""
    lines = text.splitlines()
    prices = _prices(text)
    providers = dict(pairs(prices))
    rows = providers[price.provider].value if price.provider in providers else []
    same = [row for row in rows if _name(row) == price.model]
    if rows:
        after = (same or rows)[-1]
        indent = " " * max(0, after.start_mark.column - 2)
        at, fresh = _last_line(after, lines) + 1, [f"{indent}- {written(price)}"]
    else:
        fresh = [f"  {_scalar(price.provider)}:", f"    - {written(price)}"]
        if not providers:
            at = prices.start_mark.line
            lines[at] = "prices:"
            at += 1
        else:
            at = max(_last_line(node, lines) for node in providers.values()) + 1
            fresh = ["", *fresh]
    return "\n".join([*lines[:at], *fresh, *lines[at:]]) + "\n"


def without(text: str, provider: str, model: str, valid_from: date | str | None = "any") -> str:
    """The text without the rows of a model, all of them or those from one day."""
    lines = text.splitlines()
    prices = _prices(text)
    gone: set[int] = set()
    for key, node in prices.value:
        if key.value != provider or node.id != "sequence":
            continue
        rows = [
            row
            for row in node.value
            if _name(row) == model and valid_from in ("any", _valid_from(row))
        ]
        for row in rows:
            gone |= set(range(row.start_mark.line, _last_line(row, lines) + 1))
        if rows and len(rows) == len(node.value):
            gone.add(key.start_mark.line)
    if not gone:
        return text
    kept = "\n".join(line for i, line in enumerate(lines) if i not in gone) + "\n"
    if not re.search(r"^\s*-\s", kept, re.MULTILINE):
        kept = re.sub(r"^prices:\s*$", "prices: {}", kept, flags=re.MULTILINE)
    return kept


def _prices(text: str) -> Any:
    """The node under `prices:`; Unreadable when there is none with providers in it."""
    node = dict(pairs(compose(text, "the price file"))).get("prices")
    if node is None or node.id != "mapping":
        raise Unreadable(
            "the price file has no `prices:` with providers under it: add `prices: {}`"
        )
    return node


def written(price: Price) -> str:
    """One row as it stands in the file, on one line."""
    ttls = {
        name.removeprefix("cache_write_"): rate
        for name, rate in price.rates.items()
        if name.startswith("cache_write_")
    }
    rates = {n: r for n, r in price.rates.items() if not n.startswith("cache_write_")}
    fields: dict[str, Any] = {
        "model": price.model,
        "prefix": price.prefix or None,
        "valid_from": price.valid_from,
        "input": rates.pop("input", None),
        "cache_read": rates.pop("cache_read", None),
        "cache_write": ttls or None,
        "output": rates.pop("output", None),
        **rates,
        "long_context": price.long_context,
        "batch": price.batch,
        "tiers": price.tiers or None,
        "calls": price.calls or None,
        "once": price.once or None,
        "always": price.always or None,
        "cache_storage": price.cache_storage,
        "free_tier": price.free_tier or None,
        "retired": price.retired,
        "note": price.note,
        "source": price.source,
        "as_of": price.as_of,
    }
    return _value({name: value for name, value in fields.items() if value is not None})


def _value(value: Any) -> str:
    if isinstance(value, LongContext):
        value = {"above": value.above, "input": value.input, "output": value.output}
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(k)}: {_value(v)}" for k, v in value.items()) + "}"
    if value is None:
        return "null"
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return _scalar(str(value)) if isinstance(value, str) else str(value)


def _scalar(text: str) -> str:
    plain = PLAIN.fullmatch(text) or text in ("5m", "30m", "1h", "12h")
    return text if plain and text.lower() not in RESERVED else json.dumps(text, ensure_ascii=False)


def _name(row: Any) -> str | None:
    node = dict(pairs(row)).get("model")
    return None if node is None else str(node.value)


def _valid_from(row: Any) -> date | None:
    node = dict(pairs(row)).get("valid_from")
    if node is None:
        return None
    try:
        return date.fromisoformat(node.value)
    except (TypeError, ValueError):
        line = node.start_mark.line + 1
        raise Unreadable(f"line {line} of the price file: `valid_from` is no date") from None


def _last_line(node: Any, lines: list[str]) -> int:
    """The last line of a node: YAML lets a block end where the next thing begins, blank lines and comments included."""
    if node.flow_style:
        return int(node.end_mark.line)
    last = min(int(node.end_mark.line), len(lines) - 1)
    if last > node.start_mark.line and node.end_mark.column <= node.start_mark.column:
        last -= 1
    while last > node.start_mark.line and not lines[last].split("#")[0].strip():
        last -= 1
    return last


def _write(file: Path, text: str) -> None:
    """Replace the file in one step: a reader never sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
