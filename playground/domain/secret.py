"""A value that must never be shown, stored or sent anywhere but to its provider."""

from __future__ import annotations

import weakref
from typing import Any, NoReturn

_living: weakref.WeakValueDictionary[int, Secret] = weakref.WeakValueDictionary()


class Secret:
    """An API key in memory; printing, formatting, comparing to text, pickling or copying to JSON never shows it."""

    __slots__ = ("__value", "__weakref__")

    def __init__(self, value: str) -> None:
        self.__value = value.strip()
        _living[id(self)] = self

    def reveal(self) -> str:
        """The key itself; only the SDK constructors in `providers` and the redaction in `wire` may ask."""
        return self.__value

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.__value == self.__value

    def __hash__(self) -> int:
        return hash(self.__value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled: pass it in memory only")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self


def living() -> list[Secret]:
    """Every secret that is in memory now, for the log, which must hold none; this keeps none alive."""
    return [secret for ref in _living.valuerefs() if (secret := ref()) is not None]
