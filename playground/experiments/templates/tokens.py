"""A template's tokens with one of looking ahead."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from playground.experiments.templates.lexing import Lexer, TemplateError, Token

_MAX_DEPTH: Final = 60


class Node(NamedTuple):
    """`kind` names what `running` makes of it; the parts are nodes, lists of nodes or plain values."""

    kind: str
    line: int
    parts: tuple[Any, ...]


class Tokens:
    """What is read next, and how deep the reading is nested. Mistakes are TemplateErrors with their line."""

    def __init__(self, text: str) -> None:
        self.lexer = Lexer(text)
        self._peeked: Token | None = None
        self._depth = 0

    def drop(self) -> None:
        """Passes over what was peeked at."""
        self._peeked = None

    def next(self) -> Token | None:
        """The next token, which is passed over; None at the end."""
        if self._peeked is not None:
            token, self._peeked = self._peeked, None
            return token
        return self.lexer.take()

    def peek(self) -> Token | None:
        """The next token, which stays."""
        if self._peeked is None:
            self._peeked = self.lexer.take()
        return self._peeked

    def need(self, what: str) -> Token:
        """The next token. Raises TemplateError at the end."""
        token = self.next()
        if token is None:
            raise self.lexer.fail(f"the template ends where {what} should be")
        return token

    def fail(self, message: str) -> TemplateError:
        """A mistake at what comes next."""
        token = self.peek()
        return TemplateError(f"line {token.line if token else self.lexer.line}: {message}")

    def skip(self, kind: str, value: str | None = None) -> bool:
        """Passes over a token of this kind, if one comes; whether one came."""
        token = self.peek()
        if token is None or token.kind != kind or (value is not None and token.value != value):
            return False
        self.drop()
        return True

    def skip_word(self, *words: str) -> str | None:
        """Passes over one of these words, if one comes; which one it was."""
        token = self.peek()
        if token is None or token.kind != "word" or token.value not in words:
            return None
        self.drop()
        return token.value

    def deeper(self) -> None:
        """One level further in. Raises TemplateError where there are too many."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self.fail("the template is nested too deeply")

    def unread(self, token: Token | None) -> None:
        """Puts a token back."""
        if self._peeked is not None:
            raise self.fail("`not` is out of place")
        self._peeked = token

    def word(self) -> str:
        token = self.need("a name")
        if token.kind != "word":
            raise TemplateError(f"line {token.line}: a name is expected, not `{token.value}`")
        return token.value

    def shallower(self) -> None:
        self._depth -= 1
