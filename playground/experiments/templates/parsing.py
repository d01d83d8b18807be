"""A template's tokens as a tree, by the grammar of nunjucks 3.2.4."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from playground.experiments import js
from playground.experiments.templates.lexing import Lexer, TemplateError, Token


class Node(NamedTuple):
    """`kind` names what `running` makes of it; the parts are nodes, lists of nodes or plain values."""

    kind: str
    line: int
    parts: tuple[Any, ...]


_BINARY: Final = ("~", "+", "-", "*", "/", "//", "%", "**")
"""From the loosest to the tightest: nunjucks gives each its own level."""
_COMPARE: Final = ("==", "===", "!=", "!==", "<", ">", "<=", ">=")
_CONSTANTS: Final = {"true": True, "false": False, "none": None, "null": None}
_MAX_DEPTH: Final = 60
_LEAD = re.compile(f"^[{js.SPACES}]*")
_TAIL = re.compile(f"[{js.SPACES}]*$")


class Parser:
    """Reads a whole template once. Every mistake is a TemplateError with its line."""

    def __init__(self, text: str) -> None:
        self.lexer = Lexer(text)
        self._peeked: Token | None = None
        self._stop: tuple[str, ...] = ()
        self._drop_lead = False
        self._depth = 0

    def template(self) -> tuple[Node, ...]:
        return self._nodes()

    # What the lexer hands out, with one token of looking ahead.

    def _next(self) -> Token | None:
        if self._peeked is not None:
            token, self._peeked = self._peeked, None
            return token
        return self.lexer.take()

    def _peek(self) -> Token | None:
        if self._peeked is None:
            self._peeked = self.lexer.take()
        return self._peeked

    def _need(self, what: str) -> Token:
        token = self._next()
        if token is None:
            raise self.lexer.fail(f"the template ends where {what} should be")
        return token

    def _fail(self, message: str) -> TemplateError:
        token = self._peek()
        return TemplateError(f"line {token.line if token else self.lexer.line}: {message}")

    def _skip(self, kind: str, value: str | None = None) -> bool:
        token = self._peek()
        if token is None or token.kind != kind or (value is not None and token.value != value):
            return False
        self._peeked = None
        return True

    def _skip_word(self, *words: str) -> str | None:
        token = self._peek()
        if token is None or token.kind != "word" or token.value not in words:
            return None
        self._peeked = None
        return token.value

    def _end_tag(self, name: str = "") -> None:
        """Passes `%}`; without a name the tag's own word before it."""
        if not name:
            token = self._need("a tag's name")
            if token.kind != "word":
                raise self._fail("a tag's name is missing")
            name = token.value
        token = self._need("`%}`")
        if token.kind != "block_end":
            raise TemplateError(
                f"line {token.line}: `{name}` should end with `%}}`, not `{token.value}`"
            )
        if token.value[0] == "-":
            self._drop_lead = True

    # Text and tags.

    def _until(self, *names: str) -> tuple[Node, ...]:
        before, self._stop = self._stop, names
        self._deeper()
        nodes = self._nodes()
        self._depth -= 1
        self._stop = before
        return nodes

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._fail("the template is nested too deeply")

    def _nodes(self) -> tuple[Node, ...]:
        nodes: list[Node] = []
        while (token := self._next()) is not None:
            if token.kind == "data":
                nodes.append(Node("data", token.line, (self._data(token.value),)))
            elif token.kind == "block":
                self._drop_lead = False
                node = self._statement()
                if node is None:
                    break
                nodes.append(node)
            elif token.kind == "print":
                expression = self._expression()
                self._drop_lead = False
                end = self._next()
                if end is None or end.kind != "print_end":
                    raise TemplateError(f"line {token.line}: `{{{{` is not closed with `}}}}`")
                self._drop_lead = end.value[0] == "-"
                nodes.append(Node("print", token.line, (expression,)))
            elif token.kind == "comment":
                self._drop_lead = token.value[-3:-2] == "-"
            else:
                raise TemplateError(f"line {token.line}: `{token.value}` is out of place")
        return tuple(nodes)

    def _data(self, text: str) -> str:
        after = self._peek()
        if self._drop_lead:
            text = _LEAD.sub("", text)
            self._drop_lead = False
        if after and after.kind in ("block", "print", "comment") and after.value[2:3] == "-":
            text = _TAIL.sub("", text, count=1)
        return text

    def _statement(self) -> Node | None:
        token = self._peek()
        if token is None or token.kind != "word":
            raise self._fail("a tag's name is missing after `{%`")
        if token.value in self._stop:
            return None
        parse = _TAGS.get(token.value)
        if parse is None:
            raise self._fail(f"unknown tag `{token.value}`")
        self._deeper()
        node = parse(self, token)
        self._depth -= 1
        return node

    def _raw(self, token: Token) -> Node:
        name = token.value
        self._peeked = None
        self._end_tag(name)
        tag = re.compile(r"([\s\S]*?){%\s*(" + name + "|end" + name + r")\s*%}")
        level, pieces = 1, list[str]()
        while level and (match := self.lexer.raw(tag)):
            level += 1 if match[2] == name else -1
            pieces.append(match[0] if level else match[1])
        return Node("data", token.line, ("".join(pieces),))

    def _if(self, token: Token) -> Node:
        self._peeked = None
        condition = self._expression()
        self._end_tag(token.value)
        body = self._until("elif", "elseif", "else", "endif")
        other: tuple[Node, ...] = ()
        after = self._peek()
        if after is None:
            raise self.lexer.fail("`if` is not closed with `endif`")
        if after.value in ("elif", "elseif"):
            self._deeper()
            other = (self._if(after),)
            self._depth -= 1
        else:
            self._end_tag()
            if after.value == "else":
                other = self._until("endif")
                self._end_tag()
        return Node("if", token.line, (condition, body, other))

    def _for(self, token: Token) -> Node:
        self._peeked = None
        end = {"for": "endfor", "asyncEach": "endeach", "asyncAll": "endall"}[token.value]
        names = [self._name("a loop's variable")]
        while self._skip(","):
            names.append(self._name("a loop's variable"))
        if not self._skip_word("in"):
            raise self._fail("`for` needs `in`")
        items = self._expression()
        self._end_tag(token.value)
        body = self._until(end, "else")
        other: tuple[Node, ...] = ()
        if self._skip_word("else"):
            self._end_tag("else")
            other = self._until(end)
        self._end_tag()
        return Node("for", token.line, (tuple(names), items, body, other))

    def _name(self, what: str) -> str:
        node = self._primary()
        if node.kind != "name":
            raise self._fail(f"{what} must be a name")
        name: str = node.parts[0]
        return name

    def _set(self, token: Token) -> Node:
        self._peeked = None
        names = [self._name("what `set` fills")]
        while self._skip(","):
            names.append(self._name("what `set` fills"))
        if self._skip("operator", "="):
            value = self._expression()
            self._end_tag("set")
        else:
            if not self._skip("block_end"):
                raise self._fail("`set` needs `=`")
            value = Node("capture", token.line, (self._until("endset"),))
            self._end_tag()
        return Node("set", token.line, (tuple(names), value))

    def _switch(self, token: Token) -> Node:
        self._peeked = None
        value = self._expression()
        self._end_tag("switch")
        self._until("case", "default", "endswitch")
        cases: list[tuple[Node, tuple[Node, ...]]] = []
        while True:
            self._skip_word("case")
            condition = self._expression()
            self._end_tag("case")
            cases.append((condition, self._until("case", "default", "endswitch")))
            after = self._peek()
            if after is None:
                raise self.lexer.fail("`switch` is not closed with `endswitch`")
            if after.value != "case":
                break
        default: tuple[Node, ...] = ()
        self._end_tag()
        if after.value == "default":
            default = self._until("endswitch")
            self._end_tag()
        return Node("switch", token.line, (value, tuple(cases), default))

    def _macro(self, token: Token) -> Node:
        self._peeked = None
        name = self._need("a macro's name")
        if name.kind != "word":
            raise self._fail("a macro needs a name")
        names, defaults = self._parameters()
        self._end_tag("macro")
        body = self._until("endmacro")
        self._end_tag()
        return Node("macro", token.line, (name.value, names, defaults, body))

    def _parameters(self) -> tuple[tuple[str, ...], tuple[tuple[str, Node], ...]]:
        positional, named = self._arguments()
        for node in positional:
            if node.kind != "name":
                raise self._fail("a macro's parameter must be a name")
        return tuple(node.parts[0] for node in positional), named

    def _call(self, token: Token) -> Node:
        self._peeked = None
        after = self._peek()
        names, defaults = self._parameters() if after and after.kind == "(" else ((), ())
        called = self._primary()
        if called.kind != "call":
            raise self._fail("`call` needs a macro with its arguments")
        self._end_tag("call")
        body = self._until("endcall")
        self._end_tag()
        caller = Node("caller", token.line, (names, defaults, body))
        target, positional, named = called.parts
        whole = Node("call", called.line, (target, positional, (*named, ("caller", caller))))
        return Node("print", token.line, (whole,))

    def _filter(self, token: Token) -> Node:
        self._peeked = None
        name = self._filter_name()
        positional, named = self._filter_arguments()
        self._end_tag("filter")
        body = Node("capture", token.line, (self._until("endfilter"),))
        self._end_tag()
        return Node(
            "print", token.line, (Node("filter", token.line, (name, (body, *positional), named)),)
        )

    def _block(self, token: Token) -> Node:
        self._peeked = None
        name = self._name("a block's name")
        self._end_tag("block")
        body = self._until("endblock")
        self._skip_word("endblock")
        self._skip_word(name)
        self._end_tag("endblock")
        return Node("block", token.line, (body,))

    def _elsewhere(self, token: Token) -> Node:
        raise TemplateError(
            f"line {token.line}: `{token.value}` needs other templates, and there are none here"
        )

    # Expressions, from the loosest binding to the tightest.

    def _expression(self) -> Node:
        self._deeper()
        node = self._or()
        if self._skip_word("if"):
            condition = self._or()
            other = self._or() if self._skip_word("else") else Node("constant", node.line, ("",))
            node = Node("choose", node.line, (condition, node, other))
        self._depth -= 1
        return node

    def _or(self) -> Node:
        node = self._and()
        while self._skip_word("or"):
            node = Node("or", node.line, (node, self._and()))
        return node

    def _and(self) -> Node:
        node = self._not()
        while self._skip_word("and"):
            node = Node("and", node.line, (node, self._not()))
        return node

    def _not(self) -> Node:
        token = self._peek()
        if token and self._skip_word("not"):
            self._deeper()
            node = Node("not", token.line, (self._not(),))
            self._depth -= 1
            return node
        return self._in()

    def _in(self) -> Node:
        node = self._is()
        while True:
            token = self._peek()
            inverted = bool(self._skip_word("not"))
            if not self._skip_word("in"):
                if inverted:
                    self._unread(token)
                return node
            node = Node("in", node.line, (node, self._is()))
            if inverted:
                node = Node("not", node.line, (node,))

    def _unread(self, token: Token | None) -> None:
        if self._peeked is not None:
            raise self._fail("`not` is out of place")
        self._peeked = token

    def _is(self) -> Node:
        node = self._compare()
        if self._skip_word("is"):
            inverted = self._skip_word("not")
            test = self._compare()
            positional: tuple[Node, ...] = ()
            if test.kind == "call":
                test, positional, _ = test.parts
            name = test.parts[0] if test.kind in ("name", "constant") else None
            node = Node(
                "is", node.line, (node, "null" if name is None else js.text(name), positional)
            )
            if inverted:
                node = Node("not", node.line, (node,))
        return node

    def _compare(self) -> Node:
        node = self._binary(0)
        while (token := self._peek()) and token.kind == "operator" and token.value in _COMPARE:
            self._peeked = None
            node = Node("compare", token.line, (token.value, node, self._binary(0)))
        return node

    def _binary(self, level: int) -> Node:
        if level == len(_BINARY):
            return self._unary()
        sign = _BINARY[level]
        node = self._binary(level + 1)
        while self._skip("~" if sign == "~" else "operator", sign):
            node = Node("binary", node.line, (sign, node, self._binary(level + 1)))
        return node

    def _unary(self, filters: bool = True) -> Node:
        token = self._peek()
        if token and token.kind == "operator" and token.value in "+-":
            self._peeked = None
            self._deeper()
            node = Node("sign", token.line, (token.value, self._unary(False)))
            self._depth -= 1
        else:
            node = self._primary()
        while filters and self._skip("|"):
            line = node.line
            name = self._filter_name()
            positional, named = self._filter_arguments()
            node = Node("filter", line, (name, (node, *positional), named))
        return node

    def _filter_name(self) -> str:
        name = self._word()
        while self._skip("operator", "."):
            name += "." + self._word()
        return name

    def _word(self) -> str:
        token = self._need("a name")
        if token.kind != "word":
            raise TemplateError(f"line {token.line}: a name is expected, not `{token.value}`")
        return token.value

    def _filter_arguments(self) -> tuple[tuple[Node, ...], tuple[tuple[str, Node], ...]]:
        after = self._peek()
        return self._arguments() if after and after.kind == "(" else ((), ())

    def _primary(self) -> Node:
        token = self._need("an expression")
        node: Node | None = None
        if token.kind == "word":
            if token.value in _CONSTANTS:
                node = Node("constant", token.line, (_CONSTANTS[token.value],))
            else:
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
        while token := self._peek():
            links += 1
            if links > _MAX_DEPTH:
                raise self._fail("the expression is too long")
            if token.kind == "(":
                node = Node("call", token.line, (node, *self._arguments()))
            elif token.kind == "[":
                self._peeked = None
                key = self._brackets(token).parts[0]
                if len(key) != 1:
                    raise TemplateError(f"line {token.line}: one index belongs in `[ ]`")
                node = Node("member", token.line, (node, key[0]))
            elif token.kind == "operator" and token.value == ".":
                self._peeked = None
                name = self._word()
                node = Node("member", token.line, (node, Node("constant", token.line, (name,))))
            else:
                break
        return node

    def _brackets(self, token: Token) -> Node:
        """A group, a list or a mapping; as in nunjucks any closing bracket ends it."""
        items: list[Any] = []
        while True:
            after = self._peek()
            if after is None:
                raise self.lexer.fail(f"`{token.value}` is never closed")
            if after.kind in ")]}" and len(after.kind) == 1:
                self._peeked = None
                break
            if items and not self._skip(","):
                raise self._fail("a comma is missing")
            items.append(self._pair() if token.kind == "{" else self._expression())
        kind = {"(": "group", "[": "list", "{": "mapping"}[token.kind]
        return Node(kind, token.line, (tuple(items),))

    def _pair(self) -> tuple[str, Node]:
        self._deeper()
        key = self._primary()
        self._depth -= 1
        if not self._skip(":"):
            raise self._fail("a colon is missing after a key")
        if key.kind not in ("name", "constant") or not isinstance(key.parts[0], str):
            raise self._fail("a key must be a name or a text")
        return key.parts[0], self._expression()

    def _arguments(self) -> tuple[tuple[Node, ...], tuple[tuple[str, Node], ...]]:
        if not self._skip("("):
            raise self._fail("`(` is missing")
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self._skip(")"):
            if (positional or named) and not self._skip(","):
                raise self._fail("a comma is missing")
            node = self._expression()
            if not self._skip("operator", "="):
                positional.append(node)
            elif node.kind in ("name", "constant"):
                named.append((js.text(node.parts[0]), self._expression()))
            else:
                raise self._fail("a named argument needs a name")
        return tuple(positional), tuple(named)


_TAGS: Final = {
    "raw": Parser._raw,
    "verbatim": Parser._raw,
    "if": Parser._if,
    "ifAsync": Parser._if,
    "for": Parser._for,
    "asyncEach": Parser._for,
    "asyncAll": Parser._for,
    "set": Parser._set,
    "switch": Parser._switch,
    "macro": Parser._macro,
    "call": Parser._call,
    "filter": Parser._filter,
    "block": Parser._block,
    "include": Parser._elsewhere,
    "extends": Parser._elsewhere,
    "import": Parser._elsewhere,
    "from": Parser._elsewhere,
}
