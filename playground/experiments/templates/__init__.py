"""Templates that print as nunjucks 3.2.4 prints: JavaScript's values, and nothing of Python within reach."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from playground.experiments.templates.budget import Budget
from playground.experiments.templates.frames import Frame
from playground.experiments.templates.lexing import TemplateError
from playground.experiments.templates.parsing import Parser
from playground.experiments.templates.running import Write, body

__all__ = ["TemplateError", "render"]

MAX_LENGTH: Final = 5_000_000
"""Characters of a template."""

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_CHANGES = re.compile(r"\.\s*(?:push|pop|shift|sort|reverse)\b|\[")


def render(text: str, vars: Mapping[str, Any], env: Mapping[str, str] = _NOTHING) -> str:
    """The template filled in. `vars` are values as JSON has them; `env` is what `{{ env.NAME }}` sees.

    Raises TemplateError, also for a template that would never end or write too much.
    """
    if "{" not in text and "#}" not in text:
        return text
    try:
        write = _compiled(text)
        given = copy.deepcopy(dict(vars)) if _CHANGES.search(text) else dict(vars)
        out: list[str] = []
        write(Frame(given, env, Budget(), top=True), out)
        return "".join(out)
    except RecursionError:
        raise TemplateError("the template or a value in it is nested too deeply") from None
    except (OverflowError, MemoryError) as mistake:
        raise TemplateError(f"a number in the template is too large: {mistake}") from None


@lru_cache(maxsize=512)
def _compiled(text: str) -> Write:
    if len(text) > MAX_LENGTH:
        raise TemplateError(f"the template is longer than {MAX_LENGTH:,} characters")
    return body(Parser(text).template())
