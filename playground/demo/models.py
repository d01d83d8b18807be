"""The simulated models: what each can is the catalog's row; how fast it is and how finely it cuts text is made up here."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from playground import catalog
from playground.catalog import Model as Row
from playground.demo import reasoning
from playground.demo.reasoning import EFFORTS
from playground.domain import ModelRef, clock
from playground.domain.provider import provider_of
from playground.domain.spelling import SNAPSHOT

COMPATIBLE = "compatible"


@dataclass(frozen=True, slots=True)
class Feel:
    """What is invented about a model: no provider publishes it."""

    ttft: float
    """Seconds from the request to the first token when nothing is reasoned and the prompt is short."""
    speed: float
    """Visible output tokens per second; reasoning runs three times as fast."""
    brief: bool = False
    """True for the small models, which answer shorter."""


@dataclass(frozen=True, slots=True)
class Model:
    """One simulated model under the name by which it was asked."""

    id: str
    row: Row
    """The catalog's facts; for a compatible server, which may run anything, those of an unknown model."""
    feel: Feel

    @property
    def vendor(self) -> str:
        """`openai`, `anthropic`, `gemini` or `compatible`."""
        return self.row.provider

    @property
    def effort(self) -> str:
        """The effort that holds when none is asked for; `none` for a model that does not reason unless told to."""
        if not self.reasons_unasked:
            return "none"
        told = self.row.default_effort
        return told if told in EFFORTS else "medium"

    @property
    def reasons_unasked(self) -> bool:
        """True when it reasons although nothing of the kind was asked for."""
        if self.vendor == "anthropic":
            return self.row.thinks_unasked
        return bool(self.row.efforts) and self.row.default_effort != "none"

    @property
    def per_mille(self) -> int:
        """Tokens that this model makes of text that o200k_base cuts into 1,000 tokens."""
        return OLDER_CLAUDE if OLD_CLAUDE.match(self.row.id) else PER_MILLE[self.vendor]


PER_MILLE = {"openai": 1000, "anthropic": 1300, "gemini": 1050, COMPATIBLE: 1080}
OLD_CLAUDE = re.compile(r"claude-(2|3|\w+-4(-[0156])?$)")
OLDER_CLAUDE = 1050
"""Claude up to 4.6 cuts about as others do; from Opus 4.7 on some 30 % finer (Anthropic's release notes)."""

FEELS = {
    "gpt-6.2-astra": Feel(0.95, 62),
    "gpt-6.2-sol": Feel(0.58, 96),
    "gpt-6-astra": Feel(1.10, 55),
    "gpt-6.1-sol": Feel(0.52, 92),
    "gpt-6.1-terra": Feel(0.40, 128, brief=True),
    "gpt-6-luna": Feel(0.26, 185, brief=True),
    "gpt-5.6-sol": Feel(0.62, 84),
    "gpt-5.5": Feel(0.70, 75),
    "chat-latest": Feel(0.42, 112),
    "gpt-4.1": Feel(0.45, 88),
    "claude-fable-5-2": Feel(1.05, 58),
    "claude-opus-5-5": Feel(0.90, 66),
    "claude-sonnet-5-5": Feel(0.60, 84),
    "claude-haiku-5-5": Feel(0.32, 165, brief=True),
    "claude-haiku-4-5": Feel(0.36, 150, brief=True),
    "gemini-4-argon": Feel(0.80, 92),
    "gemini-3.8-flash": Feel(0.38, 172),
    "gemini-3.1-pro-preview": Feel(0.95, 80),
    "gemini-3.5-flash-lite": Feel(0.25, 198, brief=True),
    "llama3:8b": Feel(0.30, 58),
    "qwen3:8b": Feel(0.34, 52),
    "deepseek-r1:8b": Feel(0.45, 46),
}
"""Made up, in proportions that feel like the real ones; the other models take the row of the first word of their name here."""
BY_WORD = {
    "nano": Feel(0.28, 170, brief=True),
    "lite": Feel(0.26, 180, brief=True),
    "luna": Feel(0.28, 175, brief=True),
    "mini": Feel(0.36, 135, brief=True),
    "haiku": Feel(0.36, 150, brief=True),
    "terra": Feel(0.42, 120, brief=True),
    "flash": Feel(0.40, 160),
    "codex": Feel(0.60, 85),
    "pro": Feel(0.98, 68),
    "opus": Feel(0.95, 64),
    "fable": Feel(1.05, 58),
    "mythos": Feel(1.08, 54),
    "astra": Feel(1.05, 58),
}
ORDINARY = Feel(0.62, 82)
SPREAD = 0.06
"""Models that share a row differ by up to this share, by their names."""

SHOWN_COMPATIBLE = ("llama3:8b", "qwen3:8b", "deepseek-r1:8b")
MISSING = re.compile(r"no-such")
"""A compatible server runs whatever its owner has loaded: only such names are not there."""


class Gone(Exception):
    """The provider had this model and has switched it off."""

    def __init__(self, model: str, day: date) -> None:
        super().__init__(model)
        self.model = model
        self.day = day


def find(vendor: str, name: str, today: date | None = None) -> Model | None:
    """The model of that name; None if the vendor has none like it, Gone when it was switched off."""
    name = name.removeprefix("models/")
    row = _row(vendor, name, today or clock.today())
    if row is None:
        return None
    if row.retires is not None and row.retired(today):
        raise Gone(name, row.retires)
    return Model(name, row, _feel(row.id))


def window(model: Model) -> int | None:
    """Most tokens of input; None where the catalog does not know it."""
    return model.row.max_input or model.row.context_window


def of(vendor: str, today: date | None = None) -> list[Model]:
    """The vendor's models that answer today, in the catalog's order."""
    rows = [row for row in catalog.catalog() if row.provider == vendor and not row.retired(today)]
    if vendor == COMPATIBLE:
        rows = [_anything(name) for name in SHOWN_COMPATIBLE]
    return [Model(row.id, row, _feel(row.id)) for row in rows]


def _row(vendor: str, name: str, today: date) -> Row | None:
    if vendor == COMPATIBLE:
        return None if MISSING.match(name) or not name.strip() else _anything(name)
    base = name.split(":")[1] if name.startswith("ft:") and name.count(":") > 1 else name
    row = catalog.find(ModelRef(vendor, provider_of(vendor).default_api, base))
    if row is None or base in (row.id, *row.aliases):
        return row
    ending = base.removeprefix(row.id)
    return row if ending != base and _is_snapshot(vendor, row, ending, today) else None


def _is_snapshot(vendor: str, row: Row, ending: str, today: date) -> bool:
    """True for what may follow this vendor's ids: a day that has been, Gemini's `-001`, `-latest` of an old Claude."""
    form = SNAPSHOT_FORM[vendor]
    if not SNAPSHOT.fullmatch(ending):
        return False
    if form is None:
        return not ending[1:].isalpha() and len(ending) != len("-20260101")
    if ending == "-latest":
        return row.id.startswith("claude-3-")
    try:
        return datetime.strptime(ending, form).date() <= today
    except ValueError:
        return False


SNAPSHOT_FORM = {"openai": "-%Y-%m-%d", "anthropic": "-%Y%m%d", "gemini": None}


def _anything(name: str) -> Row:
    efforts = tuple(EFFORTS) if reasoning.expected(name, "ordinary", "medium") else ()
    return Row(
        provider=COMPATIBLE,
        id=name,
        label=name,
        known=False,
        efforts=efforts,
        images=True,
        context_window=131_072,
        max_output=8_192,
    )


def _feel(name: str) -> Feel:
    if name in FEELS:
        return FEELS[name]
    words = re.split(r"[-:.]", name)
    feel = next((BY_WORD[word] for word in BY_WORD if word in words), ORDINARY)
    seed = zlib.crc32(name.encode())
    return replace(
        feel,
        ttft=round(feel.ttft * (1 + SPREAD * (seed % 201 - 100) / 100), 4),
        speed=round(feel.speed * (1 + SPREAD * (seed // 201 % 201 - 100) / 100), 3),
    )
