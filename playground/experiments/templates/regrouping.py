"""An expression's operators as JavaScript groups them.

nunjucks reads them by its own levels, but hands them on to JavaScript without brackets: `not a == b` becomes `!a == b`,
which is `(!a) == b`, and `7 * 5 % 3` is 2.
"""

from __future__ import annotations

from typing import Any, Final

from playground.experiments.templates.lexing import TemplateError
from playground.experiments.templates.tokens import Node

_LEVELS: Final = {
    **dict.fromkeys(("||",), 1),
    **dict.fromkeys(("&&",), 2),
    **dict.fromkeys(("==", "!=", "===", "!=="), 3),
    **dict.fromkeys(("<", ">", "<=", ">="), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
}
"""The higher, the tighter."""
_CALLS: Final = ("//", "**")
"""They become calls, whose operands are apart."""


def regrouped(node: Node) -> Node:
    """The expression as JavaScript computes it."""
    pieces = _flat(node)
    if len(pieces) == 1:
        return _whole(pieces[0])
    reader = _Reader(pieces)
    return reader.above(0)


def _flat(node: Node) -> list[Any]:
    """Operands and signs in a row; a sign before an operand has a dot."""
    if node.kind == "binary" and node.parts[0] not in _CALLS:
        sign, left, right = node.parts
        if sign == "~":
            between = ["+", Node("constant", node.line, ("",)), "+"]
            return [*_flat(left), *between, *_flat(right)]
        return [*_flat(left), sign, *_flat(right)]
    if node.kind == "compare":
        sign, left, right = node.parts
        return [*_flat(left), sign, *_flat(right)]
    if node.kind in ("and", "or"):
        left, right = node.parts
        return [*_flat(left), "&&" if node.kind == "and" else "||", *_flat(right)]
    if node.kind == "not":
        return [".!", *_flat(node.parts[0])]
    if node.kind == "sign":
        return [f".{node.parts[0]}", *_flat(node.parts[1])]
    if node.kind == "is":
        return [node, "===", Node("constant", node.line, (True,))]
    return [node]


def _whole(node: Node) -> Node:
    """An operand, with what stands in it regrouped for itself."""
    if node.kind == "binary":
        sign, left, right = node.parts
        return node._replace(parts=(sign, regrouped(left), regrouped(right)))
    if node.kind in ("in", "choose"):
        return node._replace(parts=tuple(map(regrouped, node.parts)))
    if node.kind == "is":
        value, name, args = node.parts
        return node._replace(parts=(regrouped(value), name, args))
    if node.kind == "filter":
        name, args, named = node.parts
        return node._replace(parts=(name, tuple(map(regrouped, args)), named))
    return node


class _Reader:
    def __init__(self, pieces: list[Any]) -> None:
        self._pieces = pieces
        self._at = 0

    def _take(self) -> Any:
        self._at += 1
        return self._pieces[self._at - 1]

    def above(self, level: int) -> Node:
        """What binds tighter than this level, from the left to the right."""
        node = self._operand()
        while self._at < len(self._pieces) and _LEVELS[self._pieces[self._at]] > level:
            sign = self._take()
            node = _joined(sign, node, self.above(_LEVELS[sign]))
        return node

    def _operand(self) -> Node:
        piece = self._take()
        if not isinstance(piece, str):
            return _whole(piece)
        if piece != ".!" and self._pieces[self._at] == piece:
            raise TemplateError(
                f"`{piece[1:] * 2}` before a value is none of JavaScript's signs here"
            )
        operand = self._operand()
        if piece == ".!":
            return Node("not", operand.line, (operand,))
        return Node("sign", operand.line, (piece[1:], operand))


def _joined(sign: str, left: Node, right: Node) -> Node:
    if sign in ("&&", "||"):
        return Node("and" if sign == "&&" else "or", left.line, (left, right))
    kind = "compare" if _LEVELS[sign] in (3, 4) else "binary"
    return Node(kind, left.line, (sign, left, right))
