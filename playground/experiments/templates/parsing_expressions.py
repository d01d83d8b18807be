"""A template's expressions, by the grammar of nunjucks 3.2.4."""

from __future__ import annotations

from typing import Any, Final

from playground.experiments import js
from playground.experiments.templates.lexing import TemplateError, Token
from playground.experiments.templates.regrouping import regrouped
from playground.experiments.templates.tokens import Node, Tokens

_BINARY: Final = ("~", "+", "-", "*", "/", "//", "%", "**")
"""From the loosest to the tightest: nunjucks gives each its own level."""
_COMPARE: Final = ("==", "===", "!=", "!==", "<", ">", "<=", ">=")
_CONSTANTS: Final = {"true": True, "false": False, "none": None, "null": None}
_MAX_LINKS: Final = 60


class Expressions:
    """Reads an expression, from what binds loosest to what binds tightest."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def expression(self) -> Node:
        """A whole expression, its operators grouped as JavaScript does."""
        self._tokens.deeper()
        node = self._or()
        if self._tokens.skip_word("if"):
            condition = self._or()
            nothing = Node("constant", node.line, ("",))
            other = self._or() if self._tokens.skip_word("else") else nothing
            node = Node("choose", node.line, (condition, node, other))
        self._tokens.shallower()
        return regrouped(node)

    def _or(self) -> Node:
        node = self._and()
        while self._tokens.skip_word("or"):
            node = Node("or", node.line, (node, self._and()))
        return node

    def _and(self) -> Node:
        node = self._not()
        while self._tokens.skip_word("and"):
            node = Node("and", node.line, (node, self._not()))
        return node

    def _not(self) -> Node:
        token = self._tokens.peek()
        if token and self._tokens.skip_word("not"):
            self._tokens.deeper()
            node = Node("not", token.line, (self._not(),))
            self._tokens.shallower()
            return node
        return self._in()

    def _in(self) -> Node:
        node = self._is()
        while True:
            token = self._tokens.peek()
            inverted = bool(self._tokens.skip_word("not"))
            if not self._tokens.skip_word("in"):
                if inverted:
                    self._tokens.unread(token)
                return node
            node = Node("in", node.line, (node, self._is()))
            if inverted:
                node = Node("not", node.line, (node,))

    def _is(self) -> Node:
        node = self._compare()
        if self._tokens.skip_word("is"):
            inverted = self._tokens.skip_word("not")
            test = self._compare()
            positional: tuple[Node, ...] = ()
            if test.kind == "call":
                test, positional, _ = test.parts
            node = Node("is", node.line, (node, _test_name(test), positional))
            if inverted:
                node = Node("not", node.line, (node,))
        return node

    def _compare(self) -> Node:
        node = self._binary(0)
        while (
            (token := self._tokens.peek()) and token.kind == "operator" and token.value in _COMPARE
        ):
            self._tokens.drop()
            node = Node("compare", token.line, (token.value, node, self._binary(0)))
        return node

    def _binary(self, level: int) -> Node:
        if level == len(_BINARY):
            return self._unary()
        sign = _BINARY[level]
        node = self._binary(level + 1)
        while self._tokens.skip("~" if sign == "~" else "operator", sign):
            node = Node("binary", node.line, (sign, node, self._binary(level + 1)))
        return node

    def _unary(self, filters: bool = True) -> Node:
        token = self._tokens.peek()
        if token and token.kind == "operator" and token.value in "+-":
            self._tokens.drop()
            self._tokens.deeper()
            node = Node("sign", token.line, (token.value, self._unary(False)))
            self._tokens.shallower()
        else:
            node = self.primary()
        while filters and self._tokens.skip("|"):
            line = node.line
            name = self.filter_name()
            positional, named = self.filter_arguments()
            node = Node("filter", line, (name, (node, *positional), named))
        return node

    def filter_name(self) -> str:
        name = self._tokens.word()
        while self._tokens.skip("operator", "."):
            name += "." + self._tokens.word()
        return name

    def filter_arguments(self) -> tuple[tuple[Node, ...], tuple[tuple[str, Node], ...]]:
        after = self._tokens.peek()
        return self.arguments() if after and after.kind == "(" else ((), ())

    def primary(self) -> Node:
        token = self._tokens.need("an expression")
        node: Node | None = None
        if token.kind == "word":
            if token.value in _CONSTANTS:
                node = Node("constant", token.line, (_CONSTANTS[token.value],))
            else:
                if '"' in token.value or "\\" in token.value:
                    raise TemplateError(f"line {token.line}: `{token.value}` is no name")
                node = Node("name", token.line, (token.value,))
        elif token.kind == "text":
            node = Node("constant", token.line, (token.value,))
        elif token.kind in ("whole", "decimal"):
            value = js.number(token.value if token.kind == "whole" else token.value + "0")
            node = Node("constant", token.line, (value,))
        elif token.kind == "regex":
            node = Node("regex", token.line, (token.value,))
        elif token.kind in "([{":
            node = self._brackets(token)
        else:
            raise TemplateError(f"line {token.line}: `{token.value}` is out of place")
        return self._postfix(node)

    def _postfix(self, node: Node) -> Node:
        links = 0
        while token := self._tokens.peek():
            links += 1
            if links > _MAX_LINKS:
                raise self._tokens.fail("the expression is too long")
            if token.kind == "(":
                node = Node("call", token.line, (node, *self.arguments()))
            elif token.kind == "[":
                self._tokens.drop()
                key = self._brackets(token).parts[0]
                if len(key) != 1:
                    raise TemplateError(f"line {token.line}: one index belongs in `[ ]`")
                node = Node("member", token.line, (node, key[0]))
            elif token.kind == "operator" and token.value == ".":
                self._tokens.drop()
                name = self._tokens.word()
                node = Node("member", token.line, (node, Node("constant", token.line, (name,))))
            else:
                break
        return node

    def _brackets(self, token: Token) -> Node:
        """A group, a list or a mapping; as in nunjucks any closing bracket ends it."""
        items: list[Any] = []
        while True:
            after = self._tokens.peek()
            if after is None:
                raise self._tokens.lexer.fail(f"`{token.value}` is never closed")
            if after.kind in ")]}" and len(after.kind) == 1:
                self._tokens.drop()
                break
            if items and not self._tokens.skip(","):
                raise self._tokens.fail("a comma is missing")
            items.append(self._pair() if token.kind == "{" else self.expression())
        kind = {"(": "group", "[": "list", "{": "mapping"}[token.kind]
        return Node(kind, token.line, (tuple(items),))

    def _pair(self) -> tuple[str, Node]:
        self._tokens.deeper()
        key = self.primary()
        self._tokens.shallower()
        if not self._tokens.skip(":"):
            raise self._tokens.fail("a colon is missing after a key")
        if key.kind not in ("name", "constant") or not isinstance(key.parts[0], str):
            raise self._tokens.fail("a key must be a name or a text")
        return key.parts[0], self.expression()

    def arguments(self) -> tuple[tuple[Node, ...], tuple[tuple[str, Node], ...]]:
        if not self._tokens.skip("("):
            raise self._tokens.fail("`(` is missing")
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self._tokens.skip(")"):
            if (positional or named) and not self._tokens.skip(","):
                raise self._tokens.fail("a comma is missing")
            node = self.expression()
            if not self._tokens.skip("operator", "="):
                positional.append(node)
            elif node.kind in ("name", "constant"):
                named.append((js.text(node.parts[0]), self.expression()))
            else:
                raise self._tokens.fail("a named argument needs a name")
        return tuple(positional), tuple(named)

    def name(self, what: str) -> str:
        node = self.primary()
        if node.kind != "name":
            raise self._tokens.fail(f"{what} must be a name")
        name: str = node.parts[0]
        return name


def _test_name(test: Node) -> str:
    """What nunjucks takes for a test's name: `x is a.b` asks whether x is undefined."""
    if test.kind in ("name", "constant"):
        return js.text(test.parts[0])
    return str(test.parts[0]) if test.kind == "filter" else "undefined"
