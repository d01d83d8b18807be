"""How a text is spelled for the search: the same in both databases, for what is kept and for what is asked."""

from __future__ import annotations

import re
import unicodedata

UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese
    "\u3040-\u30ff\u31f0-\u31ff\U0001b000-\U0001b16f"  # Japanese
    "\u3100-\u312f\u31a0-\u31bf\ua000-\ua4cf"  # Bopomofo, Yi
    "\u1100-\u11ff\uac00-\ud7af"  # Korean: spaced, but words grow at their end
)
"""Letters of scripts that do not tell words apart: each is a word of its own, and several are a phrase."""
PIECE = re.compile(f"[{UNSPACED}]|[^\\W_{UNSPACED}]+|\\S")


def spelled(text: str) -> str:
    """The text as words and signs with one space between: `C++` is `c + +`, `压缩` is `压 缩`; case and width make no difference."""
    return " ".join(PIECE.findall(unicodedata.normalize("NFKC", text).casefold()))


def is_word(piece: str) -> bool:
    """True for a piece of a spelled text that the databases index; signs are none."""
    return piece[:1].isalnum()
