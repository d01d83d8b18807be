"""Where `answer` stood before the parts had a folder of their own; scripts that people have written import it from here."""

from __future__ import annotations

from playground.ui.parts.markdown import answer

__all__ = ["answer"]
