"""Reads pricing.yaml row by row: a row with a mistake is left out and named, the others stand."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from playground.files import read_text
from playground.pricing.plans import Cap, Plan
from playground.pricing.row import STORED, Adjustment, Fee, LongContext, Other, Price, Table, Terms


class Unreadable(Exception):
    """The file as a whole cannot be used; the message names file, line and what is expected."""


class Wrong(ValueError):
    """One field is not what it should be; the message says what is expected."""


def read(path: Path) -> Table:
    """The table in this file; Unreadable when it is missing, is not YAML or has no prices."""
    loader, root = _compose(_load(path), path.name)
    sections = dict(pairs(root))
    if getattr(sections.get("prices"), "id", None) != "mapping":
        raise Unreadable(
            f"{path.name}: no `prices:` with one list of rows a provider under it was found"
        )
    reader = _Reader(path.name, loader)
    prices = tuple(reader.prices(sections["prices"]))
    terms = dict(reader.terms(sections.get("providers")))
    plans = tuple(reader.plans(sections.get("plans")))
    storage = tuple(reader.storage(sections.get("storage")))
    return Table(
        prices=prices,
        terms=terms,
        plans=plans,
        storage=storage,
        problems=tuple(reader.problems),
        broken=frozenset(reader.broken),
    )


def compose(text: str, name: str) -> Any:
    """The YAML nodes of a text, with their lines; Unreadable when it is not YAML."""
    return _compose(text, name)[1]


def _load(path: Path) -> str:
    try:
        return read_text(path)
    except (OSError, UnicodeDecodeError) as problem:
        raise Unreadable(f"{path.name} cannot be read: {problem}") from problem


def _compose(text: str, name: str) -> tuple[Any, Any]:
    import yaml

    loader = _loader_class()(text)
    try:
        root = loader.get_single_node()
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        what = getattr(problem, "problem", None) or "not YAML"
        raise Unreadable(
            f"{name}{line}: {what}; check brackets, colons and indentation"
        ) from problem
    if root is None:
        raise Unreadable(f"{name} is empty")
    return loader, root


def pairs(node: Any) -> Iterator[tuple[str, Any]]:
    """Key and value node of a mapping; nothing for any other node."""
    if node is not None and node.id == "mapping":
        yield from ((key.value, value) for key, value in node.value if key.id == "scalar")


@functools.cache
def _loader_class() -> Any:
    """libyaml's loader, with decimals read exactly."""
    import yaml

    class Loader(yaml.CSafeLoader):
        pass

    def decimal(_: Any, node: Any) -> Decimal | str:
        try:
            return Decimal(node.value.replace("_", ""))
        except ArithmeticError:
            return str(node.value)

    Loader.add_constructor("tag:yaml.org,2002:float", decimal)
    return Loader


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise Wrong("text")
    return value


def _id(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong("the model's id as text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        raise Wrong("a list of ids, [like, this]")
    return tuple(value)


def _money(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value < 10**6:
        raise Wrong("a number of USD, 0 or more")
    return Decimal(value)


def _factor(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 < value < 1000:
        raise Wrong("a factor above 0")
    return Decimal(value)


def _day(value: Any) -> date:
    if type(value) is not date:
        raise Wrong("a date like 2026-12-01")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong("true or false")
    return value


def _amounts(value: Any) -> dict[str, Decimal]:
    if not isinstance(value, dict) or not value:
        raise Wrong("{name: USD, …}")
    return {_text(name): _money(amount) for name, amount in value.items()}


def _calls(value: Any) -> dict[str, Decimal | None]:
    if not isinstance(value, dict) or not value:
        raise Wrong("{tool: USD for 1,000 calls, or null where it is not known, …}")
    return {_text(n): None if fee is None else _money(fee) for n, fee in value.items()}


def _sentences(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        raise Wrong("{tool: a sentence, …}")
    return {_text(name): _text(said) for name, said in value.items()}


def _long_context(value: Any) -> LongContext:
    if not isinstance(value, dict) or set(value) != {"above", "input", "output"}:
        raise Wrong("{above: tokens, input: factor, output: factor}")
    if type(value["above"]) is not int or value["above"] <= 0:
        raise Wrong("`above` as a number of tokens")
    return LongContext(
        above=value["above"], input=_factor(value["input"]), output=_factor(value["output"])
    )


def _adjustment(value: Any) -> Adjustment:
    if isinstance(value, dict):
        return _rates(value)
    return _factor(value)


def _tiers(value: Any) -> dict[str, Adjustment]:
    if not isinstance(value, dict) or not value:
        raise Wrong("{tier: factor or rates, …}")
    return {_text(name): _adjustment(how) for name, how in value.items()}


MODALITIES = ("audio", "image", "video")
RATES = (
    "input",
    "cache_read",
    "output",
    *(f"{kind}_{m}" for kind in ("input", "cache_read", "output") for m in MODALITIES),
)


def _rates(row: Mapping[str, Any]) -> dict[str, Decimal]:
    """The rates of a row under one flat set of names, `cache_write: {5m: …}` as `cache_write_5m`."""
    unknown = set(row) - {*RATES, "cache_write"}
    if unknown:
        raise Wrong(f"rates such as input, cache_read, output instead of {', '.join(unknown)}")
    rates = {name: _money(value) for name, value in row.items() if name != "cache_write"}
    for ttl, value in _amounts(row["cache_write"]).items() if "cache_write" in row else ():
        rates[f"cache_write_{ttl}"] = value
    return rates


def _number(value: Any) -> int:
    if type(value) is not int or value <= 0:
        raise Wrong("a whole number above 0")
    return value


def _caps(value: Any) -> tuple[Cap, ...]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Wrong("a list of {what, messages, hours, source, as_of}")
    for row in value:
        _require(row, "what", "messages", "hours", "source", "as_of")
    return tuple(Cap(**_fields(row, CAP_FIELDS)) for row in value)


CAP_FIELDS: dict[str, Callable[[Any], Any]] = {
    "what": _text,
    "messages": _number,
    "hours": _number,
    "source": _text,
    "as_of": _day,
    "note": _text,
}


def _others(value: Any) -> tuple[Other, ...]:
    rows = value if isinstance(value, list) else [value]
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise Wrong("{source: …, as_of: …, for: [batch], up_to: tokens, and the other rates}")
    return tuple(_other(row) for row in rows)


def _other(row: Mapping[str, Any]) -> Other:
    rates = {name: row[name] for name in row if name in RATES or name == "cache_write"}
    if not rates or not {"source", "as_of"} <= set(row):
        raise Wrong("`source`, `as_of` and at least one rate")
    values = _fields({k: v for k, v in row.items() if k not in rates}, OTHER_FIELDS)
    return Other(rates=_rates(rates), ways=values.pop("for", ("standard",)), **values)


def _tokens(value: Any) -> int:
    if type(value) is not int or value <= 0:
        raise Wrong("a number of tokens")
    return value


OTHER_FIELDS: dict[str, Callable[[Any], Any]] = {
    "source": _text,
    "as_of": _day,
    "for": _texts,
    "above": _tokens,
    "up_to": _tokens,
}
PRICE_FIELDS: dict[str, Callable[[Any], Any]] = {
    "model": _id,
    "source": _text,
    "as_of": _day,
    "valid_from": _day,
    "aliases": _texts,
    "prefix": _flag,
    "long_context": _long_context,
    "batch": _adjustment,
    "tiers": _tiers,
    "calls": _calls,
    "once": _texts,
    "always": _texts,
    "cache_storage": _money,
    "free_tier": _flag,
    "retired": _day,
    "note": _text,
    "disagrees": _others,
}
TERMS_FIELDS: dict[str, Callable[[Any], Any]] = {
    "default_ttl": _text,
    "regional": _factor,
    "calls": _calls,
    "calls_note": _text,
    "call_notes": _sentences,
}


def _stored(value: Any) -> str:
    if value not in STORED:
        raise Wrong(f"one of {', '.join(STORED)}")
    return str(value)


FEE_FIELDS: dict[str, Callable[[Any], Any]] = {
    "what": _text,
    "of": _text,
    "rate": _money,
    "for": _stored,
    "source": _text,
    "as_of": _day,
    "valid_from": _day,
    "note": _text,
}
PLAN_FIELDS: dict[str, Callable[[Any], Any]] = {
    "product": _text,
    "plan": _text,
    "monthly": _money,
    "source": _text,
    "as_of": _day,
    "annual": _money,
    "per": _text,
    "api_credit": _money,
    "api_credit_most": _money,
    "caps": _caps,
    "limits": _text,
    "exception": _text,
    "note": _text,
    "conflict": _text,
}


def _fields(row: Mapping[str, Any], known: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    for name in row:
        if name not in known:
            raise Wrong(f"`{name}` is not a field here; known are {', '.join(known)}")
    values = {}
    for name, value in row.items():
        try:
            values[name] = known[name](value)
        except Wrong as wrong:
            raise Wrong(f"`{name}` should be {wrong}, not {value!r}") from None
    return values


def _require(row: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if name not in row:
            raise Wrong(f"`{name}` is missing")


def _price(provider: str, row: Mapping[str, Any]) -> Price:
    _require(row, "model", "input", "output", "source", "as_of")
    priced = {name: row[name] for name in row if name in RATES or name == "cache_write"}
    values = _fields({k: v for k, v in row.items() if k not in priced}, PRICE_FIELDS)
    for name in priced:
        try:
            _rates({name: priced[name]})
        except Wrong as wrong:
            raise Wrong(f"`{name}` should be {wrong}, not {priced[name]!r}") from None
    if not values["model"] and not values.get("prefix"):
        raise Wrong("`model` should be an id; it may be empty, for all models, with `prefix: true`")
    return Price(provider=provider, rates=_rates(priced), **values)


class _Reader:
    """Goes through the nodes of one file and collects what is wrong."""

    def __init__(self, name: str, loader: Any) -> None:
        self.name = name
        self.loader = loader
        self.problems: list[str] = []
        self.broken: set[tuple[str, str]] = set()

    def prices(self, node: Any) -> Iterator[Price]:
        seen: set[tuple[str, str, date | None]] = set()
        for provider, row, line in self._rows_by_provider(node):
            try:
                price = _price(provider, row)
                key = (provider, price.model, price.valid_from)
                if key in seen:
                    raise Wrong("a price of this model from the same day stands above")
                seen.add(key)
            except Wrong as wrong:
                self._complain(line, wrong, row.get("model"))
                self.broken.add((provider, str(row.get("model"))))
            else:
                yield price

    def terms(self, node: Any) -> Iterator[tuple[str, Terms]]:
        for name, value in pairs(node):
            row = self._mapping(value)
            if row is None:
                continue
            try:
                _require(row, "source", "as_of")
                kept = {k: v for k, v in row.items() if k not in ("source", "as_of")}
                yield name, Terms(**_fields(kept, TERMS_FIELDS))
            except Wrong as wrong:
                self._complain(value.start_mark.line, wrong, name)

    def plans(self, node: Any) -> Iterator[Plan]:
        for item in node.value if node is not None and node.id == "sequence" else ():
            row = self._mapping(item)
            if row is None:
                continue
            try:
                _require(row, "product", "plan", "monthly", "source", "as_of")
                yield Plan(**_fields(row, PLAN_FIELDS))
            except Wrong as wrong:
                self._complain(item.start_mark.line, wrong, row.get("plan"))

    def storage(self, node: Any) -> Iterator[Fee]:
        for provider, row, line in self._rows_by_provider(node):
            try:
                _require(row, "what", "of", "rate", "for", "source", "as_of")
                values = _fields(row, FEE_FIELDS)
                yield Fee(provider=provider, unit=values.pop("for"), **values)
            except Wrong as wrong:
                self._complain(line, wrong, row.get("what"))

    def _rows_by_provider(self, node: Any) -> Iterator[tuple[str, dict[str, Any], int]]:
        for provider, rows in pairs(node):
            if rows.id != "sequence":
                self._complain(rows.start_mark.line, Wrong("expected a list of rows"), provider)
                continue
            for item in rows.value:
                row = self._mapping(item)
                if row is not None:
                    yield provider, row, item.start_mark.line

    def _mapping(self, node: Any) -> dict[str, Any] | None:
        import yaml

        line = node.start_mark.line
        if node.id != "mapping":
            self._complain(line, Wrong("expected {field: value, …}"), None)
            return None
        names = [name for name, _ in pairs(node)]
        if twice := {name for name in names if names.count(name) > 1}:
            self._complain(line, Wrong(f"`{twice.pop()}` stands twice"), None)
            return None
        try:
            row = self.loader.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as problem:
            self._complain(line, Wrong(str(problem).replace("\n", " ")), None)
            return None
        return {str(key): value for key, value in row.items()}

    def _complain(self, line: int, wrong: Wrong, what: Any) -> None:
        about = f" ({what})" if what else ""
        self.problems.append(f"{self.name}, line {line + 1}{about}: {wrong}")
