"""The price book: finds the row for a model on a day and writes the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from playground.domain import Cost, CostLine, ModelRef, PriceSource, Usage
from playground.domain.provider import provider_of
from playground.domain.spelling import spellings, without_suffix
from playground.pricing import elsewhere
from playground.pricing.charged import charge
from playground.pricing.plans import Plan
from playground.pricing.receipt import Billing, Receipt, billing, plain, rates_for, receipt
from playground.pricing.row import Fee, Price, Table, Terms

SAME = Decimal("0.01")
"""Relative difference up to which a provider's own charge agrees with our receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBook:
    """Prices and plans as they were read, and what was wrong in the files."""

    rows: Mapping[tuple[str, str], tuple[Price, ...]]
    """Provider and id (aliases too) → its prices, the oldest first."""
    prefixes: tuple[Price, ...] = ()
    """Rows for every id that begins like theirs, the longest first."""
    terms: Mapping[str, Terms] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    storage: tuple[Fee, ...] = ()
    """What is charged for things that are kept; of the same `what` the one that holds stands last."""
    problems: tuple[str, ...] = ()
    """Sentences that name file, line and what is expected; empty when all is well."""

    @property
    def prices(self) -> tuple[Price, ...]:
        """Every price row once, in the order of the file."""
        found = {id(p): p for rows in self.rows.values() for p in rows}
        return tuple(found.values())

    def find(self, provider: str, model: str, on: date) -> Price | None:
        """The price of this model on this day; None when there is none. Never that of a longer or shorter id."""
        for owner, name in spellings(provider, model):
            rows = (
                self.rows.get((owner, name))
                or tuple(
                    p for p in self.prefixes if p.provider == owner and name.startswith(p.model)
                )[:1]
            )
            if rows:
                return _on(rows, on)
        return None

    def row(self, provider: str, model: str, on: date) -> Price | None:
        """`find`, or what genai-prices says of a model that our table lacks; a note names it then."""
        return self.find(provider, model, on) or self._elsewhere(provider, model, on)

    def fees(self, provider: str, of: str, on: date) -> tuple[Fee, ...]:
        """What the provider charges on this day for keeping such a thing, each fee once; empty where nothing is known."""
        held = [
            fee
            for fee in self.storage
            if (fee.provider, fee.of) == (provider, of) and (fee.valid_from or date.min) <= on
        ]
        return tuple({fee.what: fee for fee in held}.values())

    def _elsewhere(self, provider: str, model: str, on: date) -> Price | None:
        names = (model,) if provider_of(provider).gateway else without_suffix(model)
        theirs = next(filter(None, (elsewhere.known(provider, name) for name in names)), None)
        if theirs is None:
            return None
        read = max((p.as_of for p in self.prices if p.source == elsewhere.SOURCE), default=on)
        terms = self.terms.get(provider, Terms())
        found = elsewhere.row_of(provider, theirs, terms, on, read)
        note = f"not in our own table: priced by genai-prices {elsewhere.version_of()}"
        return replace(found, note=note) if {"input", "output"} <= set(found.rates) else None

    def price(
        self,
        ref: ModelRef,
        response_model: str | None,
        usage: Usage,
        *,
        on: date,
        service_tier: str | None = None,
        processing: str = "standard",
        regional: bool = False,
        estimate: bool = False,
    ) -> Cost | None:
        """The receipt for one response; None when the model has no price or nothing was reported.

        What the provider says that it charged comes first, ours is the check of it. `service_tier` is the one that
        the response reported; `processing` is `standard` or `batch`.
        """
        ours = self._by_table(
            ref,
            response_model,
            usage,
            on=on,
            service_tier=service_tier,
            processing=processing,
            regional=regional,
            estimate=estimate,
        )
        said = charge(usage.raw)
        unknown = usage.input_tokens is None and usage.output_tokens is None
        if said is None or (unknown and not said[1]):
            return ours
        return _charged(response_model or ref.model, *said, ours, on)

    def _by_table(
        self,
        ref: ModelRef,
        response_model: str | None,
        usage: Usage,
        *,
        on: date,
        service_tier: str | None,
        processing: str,
        regional: bool,
        estimate: bool,
    ) -> Cost | None:
        """The receipt by our prices; None when the model has none or nothing was reported."""
        row = self.row(ref.provider, response_model or ref.model, on)
        row = row or self.row(ref.provider, ref.model, on)
        if row is None or (usage.input_tokens is None and usage.output_tokens is None):
            return None
        how = billing(
            ref.provider, usage, tier=service_tier, processing=processing, regional=regional
        )
        also = [self._also(ref, row, model, extra, how, on) for model, extra in usage.also_billed]
        own = receipt(row, self._terms(row), usage, how)
        cost = _cost([own, *also], row, _remarks(row, ref), estimate)
        other = row.other(how.way, usage.input_tokens or 0)
        if other is None:
            return cost
        theirs = receipt(row, self._terms(row), usage, how, other)
        seen = replace(row, source=other.source, as_of=other.as_of)
        return _ranged(cost, _cost([theirs, *also], seen, _remarks(row, ref), estimate))

    def estimate(
        self,
        ref: ModelRef,
        input_tokens: int,
        max_output_tokens: int | None,
        on: date,
        *,
        service_tier: str | None = None,
        cache_ttl: str | None = None,
    ) -> tuple[Decimal, Decimal | None] | None:
        """USD that a request may cost: (input alone, with all output allowed); None when the model has no price.

        The second is None when the output has no limit. It counts a cache write of the whole input
        where the provider writes by itself (OpenAI from GPT-5.6 on) or `cache_ttl` asks for it; cached input may make
        both cheaper. A tier without a price counts at the standard one.
        """
        row = self.row(ref.provider, ref.model, on)
        if row is None:
            return None
        terms = self._terms(row)
        how = billing(
            ref.provider, Usage(), tier=service_tier, processing="standard", regional=False
        )
        rates, _, _ = rates_for(row, terms, how, input_tokens)
        low = input_tokens * rates["input"] / 1_000_000
        if max_output_tokens is None:
            return plain(low), None
        written = bool(cache_ttl) or not provider_of(ref.provider).cache_on_request
        ttl = cache_ttl or terms.default_ttl
        writes = rates.get(f"cache_write_{ttl}") if written else None
        dearest = max(rates["input"], writes or Decimal(0))
        high = (input_tokens * dearest + max_output_tokens * rates["output"]) / 1_000_000
        return plain(low), plain(high)

    def _terms(self, row: Price) -> Terms:
        return self.terms.get(row.provider, Terms())

    def _also(
        self, ref: ModelRef, row: Price, model: str | None, usage: Usage, how: Billing, on: date
    ) -> Receipt:
        """The lines of work that was billed but left out of the response's own figures."""
        other = row if model is None else self.row(ref.provider, model, on)
        name = model or row.model
        if other is None:
            return Receipt(
                lines=(),
                notes=(f"work by {name} is billed too and has no price here",),
                incomplete=True,
            )
        found = receipt(other, self._terms(other), usage, how)
        lines = tuple(
            replace(line, note=", ".join(n for n in (f"also billed: {name}", line.note) if n))
            for line in found.lines
        )
        return replace(found, lines=lines)


def build(tables: Iterable[Table], problems: Iterable[str] = ()) -> PriceBook:
    """One book from several tables; a model in a later table replaces the same model in an earlier one from its day on."""
    models: dict[tuple[str, str], list[Price]] = {}
    terms: dict[str, Terms] = {}
    plans: tuple[Plan, ...] = ()
    storage: list[Fee] = []
    for table in tables:
        fresh: dict[tuple[str, str], list[Price]] = {}
        for price in table.prices:
            fresh.setdefault((price.provider, price.model), []).append(price)
        for key, prices in fresh.items():
            models[key] = _over(models.get(key, []), prices)
        terms.update(table.terms)
        plans = table.plans or plans
        storage += sorted(table.storage, key=lambda fee: fee.valid_from or date.min)
    rows, clashes = _index(models)
    prefixes = sorted(
        (p for ps in rows.values() for p in ps if p.prefix), key=lambda p: -len(p.model)
    )
    return PriceBook(
        rows=rows,
        prefixes=tuple(prefixes),
        terms=terms,
        plans=plans,
        storage=tuple(storage),
        problems=(*problems, *clashes),
    )


def _over(old: list[Price], new: list[Price]) -> list[Price]:
    """What held before the first new price, then the new prices, which the old aliases find too."""
    first = min(price.valid_from or date.min for price in new)
    kept = [price for price in old if (price.valid_from or date.min) < first]
    aliases = [alias for price in old for alias in price.aliases]
    named = [replace(p, aliases=tuple(dict.fromkeys([*p.aliases, *aliases]))) for p in new]
    return [*kept, *named]


def _index(
    models: Mapping[tuple[str, str], list[Price]],
) -> tuple[dict[tuple[str, str], tuple[Price, ...]], list[str]]:
    rows: dict[tuple[str, str], tuple[Price, ...]] = {}
    clashes = []
    for key, prices in models.items():
        rows[key] = tuple(sorted(prices, key=lambda p: p.valid_from or date.min))
    for (provider, model), prices in models.items():
        for alias in dict.fromkeys(a for p in prices for a in p.aliases):
            if (provider, alias) in rows and rows[provider, alias][0].override:
                continue  # the user gave this name a price of its own
            if (provider, alias) in rows:
                clashes.append(
                    f"{provider}: {alias}, an alias of {model}, is also another row's id"
                )
            else:
                rows[provider, alias] = rows[provider, model]
    return rows, clashes


def _on(rows: tuple[Price, ...], day: date) -> Price | None:
    held = [p for p in rows if p.valid_from is None or p.valid_from <= day]
    return held[-1] if held else None


def source_of(row: Price) -> PriceSource:
    """Where the row's prices come from, as a receipt names it."""
    return PriceSource(
        model=row.model,
        source=row.source,
        as_of=row.as_of.isoformat(),
        valid_from=row.valid_from.isoformat() if row.valid_from else None,
        override=row.override,
    )


def _remarks(row: Price, ref: ModelRef) -> tuple[str, ...]:
    others = f"list price of {row.provider}; {ref.provider} may charge something else"
    own = "your own price, not the list price"
    said = (
        others if row.provider != ref.provider else None,
        own if row.override else None,
        row.note,
    )
    return tuple(filter(None, said))


def _ranged(cost: Cost, other: Cost) -> Cost:
    """The cost with what another source makes of it, where that is another sum."""
    if other.total == cost.total:
        return cost
    said = (
        f"two sources disagree: {cost.price.source} (read {cost.price.as_of}) makes it "
        f"{plain(cost.total):f} USD, {other.price.source} (read {other.price.as_of}) {plain(other.total):f} USD"
    )
    return replace(cost, other=other, notes=(*cost.notes, said))


def _charged(model: str, field: str, amount: Decimal, ours: Cost | None, on: date) -> Cost | None:
    """The receipt of a charge that the provider tells, with ours as its check; a 0 that ours contradicts is none."""
    told = f"the provider says in {field} that it charged {plain(amount):f} USD"
    if ours is not None and not amount and ours.total:
        return replace(ours, notes=(*ours.notes, f"{told}: not believed"))
    notes = () if ours is None or _agree(amount, ours) else (_contradiction(told, ours),)
    line = CostLine(
        name="charged",
        quantity=1,
        unit="charge",
        rate=plain(amount),
        per=1,
        amount=plain(amount),
        note="as the provider says",
    )
    source = PriceSource(model=model, source=f"the answer's {field}", as_of=on.isoformat())
    return Cost(total=plain(amount), lines=(line,), price=source, notes=notes, check=ours)


def _agree(amount: Decimal, ours: Cost) -> bool:
    """True where our receipt allows for this charge, to 1 %."""
    low, high = ours.span
    slack = SAME * max(amount, high)
    enough = ours.upper_bound or amount >= low - slack
    return enough and (ours.lower_bound or amount <= high + slack)


def _contradiction(told: str, ours: Cost) -> str:
    return (
        f"{told}; {ours.price.source} (read {ours.price.as_of}) makes it {plain(ours.total):f} USD"
    )


def _cost(receipts: list[Receipt], row: Price, remarks: tuple[str, ...], estimate: bool) -> Cost:
    lines = tuple(line for found in receipts for line in found.lines)
    incomplete = any(found.incomplete for found in receipts)
    at_most = any(found.at_most for found in receipts)
    return Cost(
        total=plain(sum((line.amount for line in lines), Decimal(0))),
        lines=lines,
        price=source_of(row),
        estimate=estimate or (incomplete and at_most),
        lower_bound=incomplete and not at_most,
        upper_bound=at_most and not incomplete,
        notes=(*remarks, *dict.fromkeys(n for found in receipts for n in found.notes)),
    )
