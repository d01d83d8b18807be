"""What may be out of date in the catalog and in pricing.yaml: models that others know, old rows, days that have come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from playground import catalog
from playground.domain import ModelRef
from playground.pricing import PriceBook, crosscheck
from playground.pricing.refreshing import days
from playground.providers import packages
from playground.providers.listed import ListedModel, day

OLD = timedelta(days=30)
"""A row that was read longer ago should be read again; a last day that passed longer ago is no news."""
OTHER_KINDS = re.compile(
    "audio|babbage|compound|computer-use|curie|dall-e|davinci|embed|guard|image|imagen|instruct|live|lyria|moderation|ocr|"
    "nano-banana|omni|orpheus|realtime|robotics|sora|speech|tts|transcribe|veo|voice|voxtral|whisper|antigravity|aqa|^ada$"
)
"""In the names of models that answer with something else than text, or are not asked in a conversation."""
DAY = re.compile(r"\d{4}-\d\d-\d\d")
GONE = "the model was switched off"

Kind = Literal["contradicted", "unknown", "crossed", "stale"]
KINDS: Mapping[Kind, str] = {
    "contradicted": "An installed package or a models endpoint says otherwise",
    "unknown": "Models that others know and that are not here",
    "crossed": "Days that have come since the row was read",
    "stale": f"Read more than {OLD.days} days ago",
}
"""Kind → what it means, the most pressing first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that may be out of date."""

    kind: Kind
    about: str
    """`provider:model`, a plan, or the page that rows were read on."""
    said: str
    """One sentence."""
    source: str
    """Who says so: a package with its version, a models endpoint, or the file itself."""


def findings(
    book: PriceBook, check: crosscheck.Check, today: date, listed: Mapping[str, Iterable[Any]] = {}
) -> tuple[Finding, ...]:
    """All that is found on this day, by kind; `check` compares the prices, `listed` has the models of each endpoint asked."""
    found = [
        *_of_sdks(today),
        *_of_prices(check),
        *(
            finding
            for provider, models in listed.items()
            for finding in of_endpoint(provider, models)
        ),
        *_crossed(book, today),
        *_stale(book, today),
    ]
    return tuple(f for kind in KINDS for f in dict.fromkeys(found) if f.kind == kind)


def checked(
    book: PriceBook, today: date, listed: Mapping[str, Iterable[Any]] = {}
) -> tuple[Finding, ...]:
    """`findings` with the comparison that they need; NotInstalled without genai-prices."""
    return findings(book, crosscheck.compare(book, days(book, today)), today, listed)


def of_endpoint(provider: str, models: Iterable[Any]) -> Iterator[Finding]:
    """What a models endpoint lists otherwise than the catalog; names alone will do."""
    source = f"the models endpoint of {provider}"
    for each in models:
        model = each if isinstance(each, ListedModel) else ListedModel(id=each)
        yield from _compared(provider, model.id, model.shutdown_date, source, None)


def _of_sdks(today: date) -> Iterator[Finding]:
    for one in packages.named():
        yield from _compared(one.provider, one.model, one.retires, one.package, today)


def _compared(
    provider: str, model: str, retires: date | None, source: str, today: date | None
) -> Iterator[Finding]:
    """What the source says of a model against the catalog; with a day, only last days that are ahead count."""
    about = f"{provider}:{model}"
    known = catalog.find(ModelRef(provider, "", model))
    if known is None:
        if not OTHER_KINDS.search(model) and not (today and retires and retires <= today):
            yield Finding(
                kind="unknown", about=about, said="It is not in the catalog.", source=source
            )
        return
    if retires is None or known.retires == retires:
        return
    if today and retires <= today and known.retired(today):
        return  # gone either way: a snapshot went before its alias
    ours = f"on {known.retires}" if known.retires else "on no day that is known"
    yield Finding(
        kind="contradicted",
        about=about,
        said=f"It retires {ours} here, on {retires} there.",
        source=source,
    )


def _of_prices(check: crosscheck.Check) -> Iterator[Finding]:
    source = f"genai-prices {check.version}"
    for differs in check.differences:
        if not differs.known:
            about = f"{differs.provider}:{differs.model}"
            yield Finding(kind="contradicted", about=about, said=f"{differs}.", source=source)
    for about in check.missing:
        if not OTHER_KINDS.search(about.partition(":")[2]):
            said = "It has no row in pricing.yaml; it is priced by this source."
            yield Finding(kind="unknown", about=about, said=said, source=source)


def _rows(book: PriceBook) -> Iterator[tuple[str, str, Any, date, list[tuple[str, date]]]]:
    """File, what a row is about, its source, the day it was read, and (what happens, day) of the days that it names."""
    for price in book.prices:
        if not price.override:
            about = f"{price.provider}:{price.model}"
            began, gone = ("this price began", price.valid_from), (GONE, price.retired)
            named = _days([began, gone], [price.note])
            yield "pricing.yaml", about, price.source, price.as_of, named
    for plan in book.plans:
        said = [plan.note, plan.limits, plan.exception, plan.conflict]
        yield "pricing.yaml", plan.name, plan.source, plan.as_of, _days([], said)
        for cap in plan.caps:
            about = f"{plan.name}, {cap.what}"
            yield "pricing.yaml", about, cap.source, cap.as_of, _days([], [cap.note])
    for model in catalog.catalog():
        dated = [(GONE, model.retires)]
        dated += [(f"service tier {tier} ended", on) for tier, on in model.ends.items()]
        as_of = model.as_of or date.min
        about = f"{model.provider}:{model.id}"
        yield "catalog.yaml", about, model.source, as_of, _days(dated, (model.note,))
        if (follows := model.successor) and not model.retired():
            yield "catalog.yaml", f"{about}: what follows it", follows.source, follows.as_of, []


def _days(
    dated: Iterable[tuple[str, date | None]], texts: Iterable[str | None]
) -> list[tuple[str, date]]:
    """The days of a row: those of its fields, then those that only its sentences name."""
    found = [(what, on) for what, on in dated if on is not None]
    in_fields = {on for _, on in found}
    for text in filter(None, texts):
        for written in DAY.findall(text):
            if (named := day(written)) and named not in in_fields:
                found.append((f"its note names this day: {text}", named))
    return found


def _crossed(book: PriceBook, today: date) -> Iterator[Finding]:
    for file, about, _, as_of, named in _rows(book):
        for what, on in named:
            if max(as_of, today - OLD) < on <= today:
                said = f"{on}: {what}; the row was read on {as_of}."
                yield Finding(kind="crossed", about=about, said=said, source=file)


def _stale(book: PriceBook, today: date) -> Iterator[Finding]:
    """Old rows, counted by the page and the day on which they were read."""
    old = Counter(
        (file, str(source), as_of)
        for file, _, source, as_of, _ in _rows(book)
        if today - as_of > OLD
    )
    for (file, source, as_of), number in old.items():
        rows = "1 row was" if number == 1 else f"{number} rows were"
        said = f"{rows} read on {as_of}, {(today - as_of).days} days ago."
        yield Finding(kind="stale", about=source, said=said, source=file)
