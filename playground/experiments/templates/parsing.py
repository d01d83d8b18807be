"""A template's tags as a tree, by the grammar of nunjucks 3.2.4."""

from __future__ import annotations

import re
from typing import Final

from playground.experiments import js
from playground.experiments.templates.lexing import TemplateError, Token
from playground.experiments.templates.parsing_expressions import Expressions
from playground.experiments.templates.tokens import Node, Tokens


class Parser:
    """Reads a whole template once. Every mistake is a TemplateError with its line."""

    def __init__(self, text: str) -> None:
        self._tokens = Tokens(text)
        self._expressions = Expressions(self._tokens)
        self._stop: tuple[str, ...] = ()
        self._drop_lead = False

    def template(self) -> tuple[Node, ...]:
        return self._nodes()

    def _end_tag(self, name: str = "") -> None:
        """Passes `%}`; without a name the tag's own word before it."""
        if not name:
            token = self._tokens.need("a tag's name")
            if token.kind != "word":
                raise self._tokens.fail("a tag's name is missing")
            name = token.value
        token = self._tokens.need("`%}`")
        if token.kind != "block_end":
            raise TemplateError(
                f"line {token.line}: `{name}` should end with `%}}`, not `{token.value}`"
            )
        if token.value[0] == "-":
            self._drop_lead = True

    def _until(self, *names: str) -> tuple[Node, ...]:
        before, self._stop = self._stop, names
        self._tokens.deeper()
        nodes = self._nodes()
        self._tokens.shallower()
        self._stop = before
        return nodes

    def _nodes(self) -> tuple[Node, ...]:
        nodes: list[Node] = []
        while (token := self._tokens.next()) is not None:
            if token.kind == "data":
                nodes.append(Node("data", token.line, (self._data(token.value),)))
            elif token.kind == "block":
                self._drop_lead = False
                node = self._statement()
                if node is None:
                    break
                nodes.append(node)
            elif token.kind == "print":
                expression = self._expressions.expression()
                self._drop_lead = False
                end = self._tokens.next()
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
        after = self._tokens.peek()
        if self._drop_lead:
            text = text.lstrip(js.SPACES)
            self._drop_lead = False
        if after and after.kind in ("block", "print", "comment") and after.value[2:3] == "-":
            text = text.rstrip(js.SPACES)  # not by a pattern: a long gap would take it hours
        return text

    def _statement(self) -> Node | None:
        token = self._tokens.peek()
        if token is None or token.kind != "word":
            raise self._tokens.fail("a tag's name is missing after `{%`")
        if token.value in self._stop:
            return None
        parse = _TAGS.get(token.value)
        if parse is None:
            raise self._tokens.fail(f"unknown tag `{token.value}`")
        self._tokens.deeper()
        node = parse(self, token)
        self._tokens.shallower()
        return node

    def _raw(self, token: Token) -> Node:
        name = token.value
        self._tokens.drop()
        self._end_tag(name)
        tag = re.compile(r"([\s\S]*?){%\s*(" + name + "|end" + name + r")\s*%}")
        level, pieces = 1, list[str]()
        while level and (match := self._tokens.lexer.raw(tag)):
            level += 1 if match[2] == name else -1
            pieces.append(match[0] if level else match[1])
        return Node("data", token.line, ("".join(pieces),))

    def _if(self, token: Token) -> Node:
        self._tokens.drop()
        condition = self._expressions.expression()
        self._end_tag(token.value)
        body = self._until("elif", "elseif", "else", "endif")
        other: tuple[Node, ...] = ()
        after = self._tokens.peek()
        if after is None:
            raise self._tokens.lexer.fail("`if` is not closed with `endif`")
        if after.value in ("elif", "elseif"):
            self._tokens.deeper()
            other = (self._if(after),)
            self._tokens.shallower()
        else:
            self._end_tag()
            if after.value == "else":
                other = self._until("endif")
                self._end_tag()
        return Node("if", token.line, (condition, body, other))

    def _for(self, token: Token) -> Node:
        self._tokens.drop()
        end = {"for": "endfor", "asyncEach": "endeach", "asyncAll": "endall"}[token.value]
        names = [self._expressions.name("a loop's variable")]
        while self._tokens.skip(","):
            names.append(self._expressions.name("a loop's variable"))
        if not self._tokens.skip_word("in"):
            raise self._tokens.fail("`for` needs `in`")
        items = self._expressions.expression()
        self._end_tag(token.value)
        body = self._until(end, "else")
        other: tuple[Node, ...] = ()
        if self._tokens.skip_word("else"):
            self._end_tag("else")
            other = self._until(end)
        self._end_tag()
        return Node("for", token.line, (tuple(names), items, body, other))

    def _set(self, token: Token) -> Node:
        self._tokens.drop()
        names = [self._expressions.name("what `set` fills")]
        while self._tokens.skip(","):
            names.append(self._expressions.name("what `set` fills"))
        if self._tokens.skip("operator", "="):
            value = self._expressions.expression()
            self._end_tag("set")
        else:
            if not self._tokens.skip("block_end"):
                raise self._tokens.fail("`set` needs `=`")
            value = Node("capture", token.line, (self._until("endset"),))
            self._end_tag()
        return Node("set", token.line, (tuple(names), value))

    def _switch(self, token: Token) -> Node:
        self._tokens.drop()
        value = self._expressions.expression()
        self._end_tag("switch")
        self._until("case", "default", "endswitch")
        cases: list[tuple[Node, tuple[Node, ...]]] = []
        while True:
            self._tokens.skip_word("case")
            condition = self._expressions.expression()
            self._end_tag("case")
            cases.append((condition, self._until("case", "default", "endswitch")))
            after = self._tokens.peek()
            if after is None:
                raise self._tokens.lexer.fail("`switch` is not closed with `endswitch`")
            if after.value != "case":
                break
        default: tuple[Node, ...] = ()
        self._end_tag()
        if after.value == "default":
            default = self._until("endswitch")
            self._end_tag()
        return Node("switch", token.line, (value, tuple(cases), default))

    def _macro(self, token: Token) -> Node:
        self._tokens.drop()
        name = self._tokens.need("a macro's name")
        if name.kind != "word":
            raise self._tokens.fail("a macro needs a name")
        names, defaults = self._parameters()
        self._end_tag("macro")
        body = self._until("endmacro")
        self._end_tag()
        return Node("macro", token.line, (name.value, names, defaults, body))

    def _parameters(self) -> tuple[tuple[str, ...], tuple[tuple[str, Node], ...]]:
        positional, named = self._expressions.arguments()
        for node in positional:
            if node.kind != "name":
                raise self._tokens.fail("a macro's parameter must be a name")
        return tuple(node.parts[0] for node in positional), named

    def _call(self, token: Token) -> Node:
        self._tokens.drop()
        after = self._tokens.peek()
        names, defaults = self._parameters() if after and after.kind == "(" else ((), ())
        called = self._expressions.primary()
        if called.kind != "call":
            raise self._tokens.fail("`call` needs a macro with its arguments")
        self._end_tag("call")
        body = self._until("endcall")
        self._end_tag()
        caller = Node("caller", token.line, (names, defaults, body))
        target, positional, named = called.parts
        whole = Node("call", called.line, (target, positional, (*named, ("caller", caller))))
        return Node("print", token.line, (whole,))

    def _filter(self, token: Token) -> Node:
        self._tokens.drop()
        name = self._expressions.filter_name()
        positional, named = self._expressions.filter_arguments()
        self._end_tag("filter")
        body = Node("capture", token.line, (self._until("endfilter"),))
        self._end_tag()
        return Node(
            "print", token.line, (Node("filter", token.line, (name, (body, *positional), named)),)
        )

    def _block(self, token: Token) -> Node:
        self._tokens.drop()
        name = self._expressions.name("a block's name")
        self._end_tag("block")
        body = self._until("endblock")
        self._tokens.skip_word("endblock")
        self._tokens.skip_word(name)
        self._end_tag("endblock")
        return Node("block", token.line, (body,))

    def _elsewhere(self, token: Token) -> Node:
        raise TemplateError(
            f"line {token.line}: `{token.value}` needs other templates, and there are none here"
        )


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
