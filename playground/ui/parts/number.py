"""Numbers as people type them: a comma or a point for decimals, blanks between thousands, a dollar's sign before or behind."""

from __future__ import annotations

import re
from decimal import Decimal

from playground.domain.typed import Unreadable

_BLANKS = re.compile(r"[\s\u00a0\u202f'’_]")
_SHAPE = re.compile(r"-?\d*(?:[.,]\d*)*")
_CURRENCY = re.compile(r"[€£¥₹₩₽₺₴₪₫₱฿¢]|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|SEK|NOK|DKK|PLN|BRL")
"""Another currency's sign or code than the dollar's."""
LONGEST = 100
"""Signs of a number: no field takes one that long, and Python neither reads nor writes whole numbers of thousands of digits."""
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?P<sign>[.,])\d{3}(?:(?P=sign)\d{3})*")


def read_number(text: str) -> Decimal:
    """The number in the text; Unreadable, as the end of a sentence that names the field, for what is none or may be two.

    Where both signs stand, the last one is the decimals' (`1.000,50`, `1,000.50`). `1,000` alone could be one or a
    thousand: it is refused.
    """
    if len(text) > LONGEST:
        raise Unreadable(f"has more than {LONGEST} signs: {text.strip()[:40]}….")
    bare = _BLANKS.sub("", text).replace("−", "-").strip("$").replace("USD", "")
    if other := _CURRENCY.search(bare):
        raise Unreadable(
            f"is in {other[0]}: amounts are in US dollars here, write how many those are."
        )
    if not bare or not _SHAPE.fullmatch(bare) or not any(c.isdigit() for c in bare):
        raise Unreadable(f"is not a number: {text.strip()[:40]!r}.")
    if _GROUPED.fullmatch(bare) and bare.count(",") + bare.count(".") == 1:
        whole, part = re.split("[.,]", bare)
        raise Unreadable(
            f"could be {whole}.{part} or {whole}{part}: write {whole}{part}, or {whole}.{part}0."
        )
    return Decimal(_plain(bare, text))


def _plain(bare: str, text: str) -> str:
    """The digits with a point before the decimals and no other sign."""
    last = max(bare.rfind(","), bare.rfind("."))
    if last < 0:
        return bare
    sign = bare[last]
    if bare.count(sign) > 1:  # a sign that stands twice parts thousands
        if not _GROUPED.fullmatch(bare):
            raise Unreadable(f"is not a number: {text.strip()[:40]!r}.")
        return bare.replace(sign, "")
    whole = bare[:last]
    other = "," if sign == "." else "."
    if other in whole and not _GROUPED.fullmatch(whole):
        raise Unreadable(f"is not a number: {text.strip()[:40]!r}.")
    return f"{whole.replace(other, '') or '0'}.{bare[last + 1 :] or '0'}"


def read_whole(text: str) -> int:
    """A whole number, thousands parted or not; Unreadable as `read_number`."""
    bare = _BLANKS.sub("", text)
    if len(bare) <= LONGEST and _GROUPED.fullmatch(bare):
        return int(re.sub("[.,]", "", bare))
    number = read_number(text)
    if number != number.to_integral_value():
        raise Unreadable(f"must be a whole number, not {text.strip()[:40]}.")
    return int(number)
