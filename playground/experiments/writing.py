"""A spec as YAML that reads back as the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from playground.experiments.yaml_lines import scalar

_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_BASE):  # type: ignore[misc]
    """Quotes what would be read as something else than text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, text: str) -> Any:
    style = None
    if not isinstance(scalar(text), str) or "{{" in text or "{%" in text:
        style = "'"
    if "\n" in text.strip("\n") and not any(line != line.rstrip() for line in text.split("\n")):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def yaml_text(document: Mapping[str, Any], comment: str = "") -> str:
    """The document as YAML, with a comment before it."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    body = yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return f"{head}{body}"
