"""A template's tree as nested functions of a frame: values are JavaScript's, nothing of Python can be reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from playground.experiments import js
from playground.experiments.js import UNDEFINED, RegExp
from playground.experiments.templates.budget import Budget, Function
from playground.experiments.templates.filters import FILTERS
from playground.experiments.templates.frames import Frame
from playground.experiments.templates.lexing import TemplateError
from playground.experiments.templates.members import member
from playground.experiments.templates.operators import ARITHMETIC, COMPARISONS, is_in, joined
from playground.experiments.templates.tests import TESTS
from playground.experiments.templates.tokens import Node

Run = Callable[[Frame], Any]
Write = Callable[[Frame, list[str]], None]


def body(nodes: Sequence[Node]) -> Write:
    """What writes these nodes, one after the other."""
    writers = [_WRITERS[node.kind](node) for node in nodes]

    def write(frame: Frame, out: list[str]) -> None:
        for writer in writers:
            writer(frame, out)

    return write


def captured(nodes: Sequence[Node]) -> Run:
    """What gives these nodes' text."""
    write = body(nodes)

    def run(frame: Frame) -> str:
        out: list[str] = []
        write(frame, out)
        return "".join(out)

    return run


def _data(node: Node) -> Write:
    text: str = node.parts[0]

    def write(frame: Frame, out: list[str]) -> None:
        frame.budget.write(len(text))
        out.append(text)

    return write


def _print(node: Node) -> Write:
    run = expression(node.parts[0])

    def write(frame: Frame, out: list[str]) -> None:
        value = run(frame)
        if value is None or value is UNDEFINED:
            return
        text = value if isinstance(value, str) else js.text(value)
        frame.budget.write(len(text))
        out.append(text)

    return write


def _if(node: Node) -> Write:
    condition, then, other = node.parts
    run, write_then, write_other = expression(condition), body(then), body(other)

    def write(frame: Frame, out: list[str]) -> None:
        (write_then if js.truthy(run(frame)) else write_other)(frame, out)

    return write


def _for(node: Node) -> Write:
    names, items, inner, other = node.parts
    run, write_inner, write_other = expression(items), body(inner), body(other)

    def write(frame: Frame, out: list[str]) -> None:
        value = run(frame.push())
        rounds = _rounds(value, len(names)) if js.truthy(value) else []
        scope = frame.push()
        for at, found in enumerate(rounds):
            frame.budget.step()
            for name, item in zip(names, found, strict=False):
                scope.variables[name] = item
            scope.variables["loop"] = _loop(at, len(rounds))
            write_inner(scope, out)
        if not rounds:
            write_other(scope, out)

    return write


def _rounds(value: Any, names: int) -> list[Sequence[Any]]:
    """What each round's names stand for."""
    if names == 1:
        if isinstance(value, (list, tuple)):
            return [(item,) for item in value]
        return [(item,) for item in js.units(value)] if isinstance(value, str) else []
    if isinstance(value, (list, tuple)):
        return [[member(item, at) for at in range(names)] for item in value]
    if isinstance(value, Mapping):
        return [(key, item) for key, item in js.ordered(value)]
    if isinstance(value, str):
        return [(str(at), item) for at, item in enumerate(js.units(value))]
    return []


def _loop(at: int, count: int) -> dict[str, Any]:
    return {
        "index": at + 1,
        "index0": at,
        "revindex": count - at,
        "revindex0": count - at - 1,
        "first": at == 0,
        "last": at == count - 1,
        "length": count,
    }


def _set(node: Node) -> Write:
    names, value = node.parts
    run = expression(value)

    def write(frame: Frame, out: list[str]) -> None:
        found = run(frame)
        for name in names:
            frame.set(name, found)

    return write


def _switch(node: Node) -> Write:
    value, cases, default = node.parts
    run = expression(value)
    arms = [(expression(condition), body(nodes), bool(nodes)) for condition, nodes in cases]
    write_default = body(default)

    def write(frame: Frame, out: list[str]) -> None:
        found, falling = run(frame), False
        for condition, write_arm, ends in arms:
            if falling or js.strictly_equal(condition(frame), found):
                write_arm(frame, out)
                falling = not ends
                if ends:
                    return
        write_default(frame, out)

    return write


def _macro(node: Node) -> Write:
    name, names, defaults, nodes = node.parts
    make = _callable(names, defaults, nodes)

    def write(frame: Frame, out: list[str]) -> None:
        macro = make(Frame(frame.root, frame.env, frame.budget))
        if frame.parent is not None:
            frame.variables[name] = macro
        else:
            frame.root[name] = macro

    return write


def _callable(
    names: Sequence[str], defaults: Sequence[tuple[str, Node]], nodes: Sequence[Node]
) -> Callable[[Frame], Function]:
    """A macro, or what stands in a `call`: its arguments by place or by name, its text as the value."""
    run = captured(nodes)
    given = [(name, expression(node)) for name, node in defaults]

    def make(scope: Frame) -> Function:
        def call(budget: Budget, args: list[Any], named: dict[str, Any]) -> str:
            budget.enter()
            frame = scope.push(isolated=True)
            named = dict(named)
            for at, name in enumerate(names):
                frame.variables[name] = args[at] if at < len(args) else named.pop(name, UNDEFINED)
            for (name, _), value in zip(given, args[len(names) :], strict=False):
                named[name] = value
            if "caller" in named:
                frame.variables["caller"] = named["caller"]
            for name, default in given:
                frame.variables[name] = named[name] if name in named else default(frame)
            text: str = run(frame)
            budget.leave()
            return text

        return Function(call)

    return make


def _block(node: Node) -> Write:
    write_inner = body(node.parts[0])

    def write(frame: Frame, out: list[str]) -> None:
        write_inner(frame.push(isolated=True), out)

    return write


_WRITERS: Final[dict[str, Callable[[Node], Write]]] = {
    "data": _data,
    "print": _print,
    "if": _if,
    "for": _for,
    "set": _set,
    "switch": _switch,
    "macro": _macro,
    "block": _block,
}


def expression(node: Node) -> Run:
    """What gives the expression's value."""
    return _EXPRESSIONS[node.kind](node)


def _constant(node: Node) -> Run:
    value = node.parts[0]
    return lambda frame: value


def _regex(node: Node) -> Run:
    flags, source = node.parts[0].split("/", 1)
    return lambda frame: RegExp(source, flags)


def _name(node: Node) -> Run:
    name: str = node.parts[0]
    return lambda frame: frame.look_up(name)


def _member(node: Node) -> Run:
    target, key = expression(node.parts[0]), expression(node.parts[1])
    return lambda frame: member(target(frame), key(frame))


def _group(node: Node) -> Run:
    items = [expression(item) for item in node.parts[0]]
    if not items:
        raise TemplateError(f"line {node.line}: there is nothing in `( )`")

    def run(frame: Frame) -> Any:
        return [item(frame) for item in items][-1]

    return run


def _list(node: Node) -> Run:
    items = [expression(item) for item in node.parts[0]]
    return lambda frame: [item(frame) for item in items]


def _mapping(node: Node) -> Run:
    items = [(key, expression(item)) for key, item in node.parts[0]]
    return lambda frame: {key: item(frame) for key, item in items}


def _choose(node: Node) -> Run:
    condition, then, other = map(expression, node.parts)
    return lambda frame: then(frame) if js.truthy(condition(frame)) else other(frame)


def _or(node: Node) -> Run:
    one, two = map(expression, node.parts)

    def run(frame: Frame) -> Any:
        value = one(frame)
        return value if js.truthy(value) else two(frame)

    return run


def _and(node: Node) -> Run:
    one, two = map(expression, node.parts)

    def run(frame: Frame) -> Any:
        value = one(frame)
        return two(frame) if js.truthy(value) else value

    return run


def _not(node: Node) -> Run:
    run = expression(node.parts[0])
    return lambda frame: not js.truthy(run(frame))


def _in(node: Node) -> Run:
    one, two = map(expression, node.parts)
    return lambda frame: is_in(one(frame), two(frame))


def _is(node: Node) -> Run:
    value, name, args = node.parts
    test = TESTS.get(name)
    run, given = expression(value), [expression(arg) for arg in args]

    def call(frame: Frame) -> bool:
        if test is None:
            raise TemplateError(f"line {node.line}: unknown test `{name}`")
        return test(run(frame), *(item(frame) for item in given[:1])) is True

    return call


def _compare(node: Node) -> Run:
    sign, one, two = node.parts
    compare, left, right = COMPARISONS[sign], expression(one), expression(two)
    return lambda frame: compare(left(frame), right(frame))


def _binary(node: Node) -> Run:
    sign, one, two = node.parts
    left, right = expression(one), expression(two)
    if sign in "+~":
        return lambda frame: joined(frame.budget, left(frame), right(frame), sign == "~")
    count = ARITHMETIC[sign]
    return lambda frame: js.tidy(
        count(js.double(js.number(left(frame))), js.double(js.number(right(frame))))
    )


def _sign(node: Node) -> Run:
    sign, value = node.parts
    run = expression(value)
    if sign == "+":
        return lambda frame: js.tidy(js.double(js.number(run(frame))))
    return lambda frame: js.tidy(-js.double(js.number(run(frame))))


def _call(node: Node) -> Run:
    target, args, named = node.parts
    run, positional = expression(target), [expression(arg) for arg in args]
    keywords = [(name, expression(value)) for name, value in named]
    name = _spoken(target)

    def call(frame: Frame) -> Any:
        function = run(frame)
        if not isinstance(function, Function):
            what = "is no function" if js.truthy(function) else "is not there"
            raise TemplateError(f"line {node.line}: `{name}` can't be called: it {what}")
        frame.budget.step()
        given = {key: value(frame) for key, value in keywords}
        return function(frame.budget, [item(frame) for item in positional], given)

    return call


def _spoken(node: Node) -> str:
    if node.kind == "name":
        return str(node.parts[0])
    if node.kind == "constant":
        return js.text(node.parts[0])
    return f"{_spoken(node.parts[0])}.{_spoken(node.parts[1])}" if node.kind == "member" else "this"


def _filter(node: Node) -> Run:
    name, args, named = node.parts
    used = FILTERS.get(name)
    positional = [expression(arg) for arg in args]
    keywords = [(key, expression(value)) for key, value in named]

    def call(frame: Frame) -> Any:
        if used is None:
            raise TemplateError(f"line {node.line}: unknown filter `{name}`")
        frame.budget.step()
        given = {key: value(frame) for key, value in keywords}
        return used(frame.budget, [item(frame) for item in positional], given)

    return call


def _caller(node: Node) -> Run:
    return _callable(*node.parts)


_EXPRESSIONS: Final[dict[str, Callable[[Node], Run]]] = {
    "constant": _constant,
    "regex": _regex,
    "name": _name,
    "member": _member,
    "group": _group,
    "list": _list,
    "mapping": _mapping,
    "choose": _choose,
    "or": _or,
    "and": _and,
    "not": _not,
    "in": _in,
    "is": _is,
    "compare": _compare,
    "binary": _binary,
    "sign": _sign,
    "call": _call,
    "filter": _filter,
    "capture": lambda node: captured(node.parts[0]),
    "caller": _caller,
}
