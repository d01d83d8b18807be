"""A Python expression over an answer, read by hand: the few things below, no names of Python's own, nothing that can run long."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from playground.experiments import js
from playground.experiments.checks.asked import Asked, CheckError, Found

_MAX_LENGTH: Final = 10_000
_MAX_STEPS: Final = 100_000
_MAX_SIZE: Final = 10_000_000
"""Characters of texts and items of lists that an expression may make, in all."""

_OPERATORS: Final[dict[type[ast.AST], Callable[..., Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}

_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": abs,
    "all": all,
    "any": any,
    "bool": bool,
    "float": float,
    "int": lambda value: (
        int(value) if not isinstance(value, str) or len(value) < 1000 else int(value[:1000])
    ),
    "json": lambda text: js.from_json(text),
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "round": round,
    "set": set,
    "sorted": sorted,
    "str": str,
    "sum": sum,
}

_METHODS: Final[Mapping[type, frozenset[str]]] = {
    str: frozenset(
        [
            "casefold",
            "count",
            "endswith",
            "find",
            "index",
            "isalnum",
            "isalpha",
            "isascii",
            "isdecimal",
            "isdigit",
            "islower",
            "isnumeric",
            "isspace",
            "istitle",
            "isupper",
            "lower",
            "lstrip",
            "removeprefix",
            "removesuffix",
            "rfind",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "title",
            "upper",
        ]
    ),
    list: frozenset(("count", "index")),
    dict: frozenset(("get", "items", "keys", "values")),
}


class _Reader:
    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = dict(names)
        self.steps = 0
        self.size = 0

    def value(self, node: ast.AST) -> Any:
        """The node's value. Raises CheckError for what an expression may not hold."""
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise CheckError("the expression takes too many steps")
        read = _NODES.get(type(node))
        if read is None:
            raise CheckError(f"`{ast.unparse(node)[:60]}` is not allowed in an expression")
        return read(self, node)

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id not in self.names:
            known = ", ".join(sorted(self.names))
            raise CheckError(f"`{node.id}` is not known in an expression; there are {known}")
        return self.names[node.id]

    def _both(self, node: ast.BoolOp) -> Any:
        value: Any = None
        for part in node.values:
            value = self.value(part)
            if bool(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _binary(self, node: ast.BinOp) -> Any:
        apply = self._operator(node.op, node)
        one, two = self.value(node.left), self.value(node.right)
        self._bounded(node.op, one, two)
        return self._sized(apply(one, two))

    def _bounded(self, sign: ast.operator, one: Any, two: Any) -> None:
        """Raises CheckError before a product, or `%` on a text, makes something huge."""
        if isinstance(sign, ast.Mod) and isinstance(one, str):
            raise CheckError("`%` on a text is not allowed in an expression")
        if isinstance(sign, ast.Mult):
            for many, times in ((one, two), (two, one)):
                if (
                    isinstance(many, (str, list))
                    and isinstance(times, int)
                    and len(many) * times > _MAX_SIZE
                ):
                    raise CheckError("the expression makes something too large")
            if (
                isinstance(one, int)
                and isinstance(two, int)
                and one.bit_length() + two.bit_length() > 10_000
            ):
                raise CheckError("the expression makes a number that is too large")

    def _sized(self, value: Any) -> Any:
        """Counts what was made. Raises CheckError once it is too much in all."""
        if isinstance(value, (str, list, set)):
            self.size += len(value)
        if self.size > _MAX_SIZE:
            raise CheckError("the expression makes something too large")
        return value

    def _operator(self, sign: ast.AST, node: ast.AST) -> Callable[..., Any]:
        if type(sign) not in _OPERATORS:
            raise CheckError(
                f"the operator in `{ast.unparse(node)[:60]}` is not allowed in an expression"
            )
        return _OPERATORS[type(sign)]

    def _unary(self, node: ast.UnaryOp) -> Any:
        apply: Any = self._operator(node.op, node)
        return apply(self.value(node.operand))

    def _compare(self, node: ast.Compare) -> Any:
        left = self.value(node.left)
        for sign, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.value(right_node)
            if not self._operator(sign, node)(left, right):
                return False
            left = right
        return True

    def _choose(self, node: ast.IfExp) -> Any:
        return self.value(node.body if self.value(node.test) else node.orelse)

    def _subscript(self, node: ast.Subscript) -> Any:
        found = self.value(node.value)[self.value(node.slice)]
        return self._sized(found) if isinstance(node.slice, ast.Slice) else found

    def _slice(self, node: ast.Slice) -> slice:
        bounds = (node.lower, node.upper, node.step)
        return slice(*(None if bound is None else self.value(bound) for bound in bounds))

    def _items(self, node: ast.List | ast.Tuple | ast.Set) -> Any:
        return [self.value(item) for item in node.elts]

    def _mapping(self, node: ast.Dict) -> Any:
        if None in node.keys:
            raise CheckError("`**` is not allowed in an expression")
        return {
            self.value(key): self.value(value)
            for key, value in zip(node.keys, node.values, strict=True)
            if key
        }

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> list[Any]:
        if len(node.generators) != 1 or not isinstance(node.generators[0].target, ast.Name):
            raise CheckError("a comprehension has one `for` with one name in an expression")
        loop = node.generators[0]
        name = node.generators[0].target.id
        before = self.names.copy()
        found: list[Any] = []
        for item in self.value(loop.iter):
            self.names[name] = item
            if all(self.value(condition) for condition in loop.ifs):
                found.append(self.value(node.elt))
        self.names = before
        return found

    def _call(self, node: ast.Call) -> Any:
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise CheckError("an expression calls with plain arguments only")
        if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            args = [self.value(argument) for argument in node.args]
            return self._sized(_FUNCTIONS[node.func.id](*args))
        if isinstance(node.func, ast.Attribute):
            target = self.value(node.func.value)
            allowed = next(
                (names for kind, names in _METHODS.items() if type(target) is kind), frozenset()
            )
            if node.func.attr in allowed:
                args = [self.value(argument) for argument in node.args]
                return self._sized(getattr(target, node.func.attr)(*args))
        raise CheckError(f"`{ast.unparse(node.func)[:60]}` can't be called in an expression")


_NODES: Final[dict[type[ast.AST], Callable[[_Reader, Any], Any]]] = {
    ast.Constant: _Reader._constant,
    ast.Name: _Reader._name,
    ast.BoolOp: _Reader._both,
    ast.BinOp: _Reader._binary,
    ast.UnaryOp: _Reader._unary,
    ast.Compare: _Reader._compare,
    ast.IfExp: _Reader._choose,
    ast.Subscript: _Reader._subscript,
    ast.Slice: _Reader._slice,
    ast.List: _Reader._items,
    ast.Tuple: _Reader._items,
    ast.Set: _Reader._items,
    ast.Dict: _Reader._mapping,
    ast.ListComp: _Reader._comprehension,
    ast.GeneratorExp: _Reader._comprehension,
    ast.SetComp: _Reader._comprehension,
    ast.Call: _Reader._call,
}


def expression(asked: Asked) -> Found:
    """Whether the expression is true; a number from 0 to 1 is a score."""
    if not asked.expressions:
        raise CheckError(
            f"`{asked.check.type}` is off here, because this app is hosted for visitors"
        )
    source = asked.needed_text(empty=False)
    names = {
        "output": asked.answer.output,
        "text": asked.text,
        "vars": dict(asked.vars),
        "cost": asked.answer.cost,
    }
    try:
        value = _evaluated(source, names)
    except CheckError as mistake:
        raise CheckError(f"`{asked.check.type}`: {mistake}") from None
    except RecursionError:
        raise CheckError(f"`{asked.check.type}`: the expression is nested too deeply") from None
    except Exception as mistake:  # what the expression itself does wrong, whatever it is
        raise CheckError(f"`{asked.check.type}`: {type(mistake).__name__}: {mistake}") from None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise CheckError(f"`{asked.check.type}`: the score is no finite number")
        return asked.at_least(float(value), 1.0 if asked.check.threshold is None else 0.0, "score")
    return asked.yes(bool(value), f"the expression is {'true' if value else 'false'}")


def _evaluated(source: str, names: Mapping[str, Any]) -> Any:
    if len(source) > _MAX_LENGTH:
        raise CheckError(f"the expression is longer than {_MAX_LENGTH} characters")
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError) as mistake:
        raise CheckError(f"it is no Python expression: {mistake}") from None
    return _Reader(names).value(tree.body)
