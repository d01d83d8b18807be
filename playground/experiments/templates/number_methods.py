"""The methods of a number."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from playground.experiments import js
from playground.experiments.js import UNDEFINED
from playground.experiments.templates.arguments import ANY, Arguments, Method
from playground.experiments.templates.lexing import TemplateError

_CONTEXT: Final = Context(prec=400)


def _fixed(value: Any, args: Arguments) -> str:
    digits = args.whole(0)
    if not 0 <= digits <= 100:
        raise TemplateError("`toFixed` takes 0 to 100 digits")
    number = js.double(js.number(value))
    if not math.isfinite(number) or abs(number) >= 1e21:
        return js.number_text(number)
    shown = f"{Decimal(abs(number)).quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP, _CONTEXT):f}"
    return f"-{shown}" if number < 0 and (Decimal(shown) or number < 0) else shown


def _precision(value: Any, args: Arguments) -> str:
    number = js.double(js.number(value))
    if args.get(0) is UNDEFINED or not math.isfinite(number):
        return js.number_text(number)
    digits = args.whole(0)
    if not 1 <= digits <= 100:
        raise TemplateError("`toPrecision` takes 1 to 100 digits")
    shown = f"{Decimal(number):.{int(digits) - 1}e}"
    mantissa, exponent = shown.split("e")
    power = int(exponent)
    if -6 <= power < digits:
        return f"{Decimal(shown):.{max(int(digits) - 1 - power, 0)}f}"
    return f"{mantissa}e{'+' if power >= 0 else '-'}{abs(power)}"


def _number_text(value: Any, args: Arguments) -> str:
    base = args.whole(0, 10)
    if not 2 <= base <= 36:
        raise TemplateError("`toString` takes a base from 2 to 36")
    number = js.double(js.number(value))
    if base == 10 or not math.isfinite(number) or number != int(number):
        return js.number_text(value)
    digits, rest = "", abs(int(number))
    while rest:
        rest, digit = divmod(rest, int(base))
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return ("-" if number < 0 else "") + (digits or "0")


def _grouped(value: Any, args: Arguments) -> str:
    """`toLocaleString` as in English: commas, at most three decimals."""
    number = js.double(js.number(value))
    if not math.isfinite(number):
        return {math.inf: "∞", -math.inf: "-∞"}.get(number, "NaN")
    shown = f"{Decimal(repr(number)).quantize(Decimal('0.001'), 'ROUND_HALF_EVEN', _CONTEXT):,f}"
    return shown.rstrip("0").rstrip(".")


NUMBER: Final[dict[str, Method]] = {
    **ANY,
    "toFixed": _fixed,
    "toLocaleString": _grouped,
    "toPrecision": _precision,
    "toString": _number_text,
}
