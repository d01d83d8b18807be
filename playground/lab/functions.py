"""Functions that a model may call here: a calculator, a clock and a small CRM table, and any of one's own with a fixed result.

What is offered is a Tool; what runs is a plain function from its arguments to text. A result that begins with `error`
is told to the model as one.
"""

from __future__ import annotations

import ast
import json
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from playground.domain import Tool, ToolCall, ToolResult
from playground.domain.nouns import digits

Run = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Function:
    """One function: what the model is told of it, and what runs."""

    tool: Tool
    run: Run
    where: str = "built in"
    """`built in`, `mock`, or the MCP server that has it."""


class ToolError(Exception):
    """The function could not do it; the model is told why."""


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [*properties],
        "additionalProperties": False,
    }


_OPERATORS: dict[type[ast.AST], Callable[..., Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
LONGEST_SUM = 200
"""Characters of an expression; there is no power among the operators, so nothing grows without end."""
WRITTEN, ROUNDED = Context(prec=30), Context(prec=15)
"""Digits of a value that is written out, and of one that has no end."""


def calculate(arguments: Mapping[str, Any]) -> str:
    """The value of a sum with + - * / % and brackets; nothing of it is executed as code."""
    text = str(arguments.get("expression", ""))[:LONGEST_SUM]
    try:
        value = _value(ast.parse(text.replace("×", "*").replace("÷", "/"), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError) as error:
        raise ToolError(f"{text!r} can't be worked out ({type(error).__name__})") from None
    top, bottom = Decimal(value.numerator), Decimal(value.denominator)
    found = WRITTEN.divide(top, bottom)
    found = found if Fraction(found) == value else ROUNDED.divide(top, bottom)
    return digits(found) if abs(found.adjusted()) < WRITTEN.prec else f"{found.normalize():E}"


def _value(node: ast.AST) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Fraction(repr(node.value))  # a float's shortest digits are those that were written
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.operand))
    raise ToolError("only numbers, + - * / % and brackets are understood")


def clock(arguments: Mapping[str, Any]) -> str:
    """Date and time in a time zone (`Europe/Lisbon`), ISO 8601."""
    name = str(arguments.get("timezone") or "UTC")
    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ToolError(f"{name!r} is no time zone; write it like Europe/Lisbon") from None
    return datetime.now(zone).isoformat(timespec="minutes")


CUSTOMERS: tuple[Mapping[str, Any], ...] = (
    {
        "customer_id": "C-1042",
        "name": "Ana Sousa",
        "email": "ana.sousa@example.com",
        "plan": "Team",
        "seats": 12,
        "monthly_usd": 240.0,
        "open_tickets": 2,
        "since": "2024-03-01",
    },
    {
        "customer_id": "C-1077",
        "name": "Jonas Weber",
        "email": "jonas.weber@example.org",
        "plan": "Starter",
        "seats": 1,
        "monthly_usd": 19.0,
        "open_tickets": 0,
        "since": "2026-01-15",
    },
    {
        "customer_id": "C-1103",
        "name": "Priya Nair",
        "email": "priya@example.net",
        "plan": "Enterprise",
        "seats": 310,
        "monthly_usd": 8990.0,
        "open_tickets": 5,
        "since": "2022-11-20",
    },
)
"""The sample CRM: invented people, so that nothing real is looked up."""


def customer(arguments: Mapping[str, Any]) -> str:
    """The row of the CRM table with this id, or this e-mail address, as JSON."""
    wanted = str(arguments.get("customer_id", "")).strip().lower()
    for row in CUSTOMERS:
        if wanted in (row["customer_id"].lower(), row["email"]):
            return json.dumps(row)
    raise ToolError(f"no customer {wanted!r}; there are {', '.join(_ids())}")


def _ids() -> list[str]:
    return [str(row["customer_id"]) for row in CUSTOMERS]


BUILT_IN: tuple[Function, ...] = (
    Function(
        Tool(
            name="calculate",
            description="Work out an arithmetic expression exactly.",
            parameters=_object(
                {"expression": {"type": "string", "description": "Like (1249.5 + 80) * 0.19"}}
            ),
        ),
        calculate,
    ),
    Function(
        Tool(
            name="current_time",
            description="The date and time now in a time zone.",
            parameters=_object({"timezone": {"type": "string", "description": "Like Europe/Rome"}}),
        ),
        clock,
    ),
    Function(
        Tool(
            name="find_customer",
            description="Look a customer up in the CRM by id or e-mail address: plan, seats, monthly price, open tickets.",
            parameters=_object({"customer_id": {"type": "string", "description": "Like C-1042"}}),
        ),
        customer,
    ),
)


def mock(tool: Tool, result: str) -> Function:
    """A function of one's own that always gives this result."""
    return Function(tool, lambda arguments: result, "mock")


class Server(Protocol):
    """What is needed of a connected MCP server."""

    where: str
    tools: tuple[Tool, ...]

    def call(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Call a tool: an answer with `text` and `is_error`."""


def of_server(server: Server) -> tuple[Function, ...]:
    """The tools of an MCP server as functions."""
    return tuple(Function(tool, _asking(server, tool.name), server.where) for tool in server.tools)


def _asking(server: Server, name: str) -> Run:
    def run(arguments: Mapping[str, Any]) -> str:
        answer = server.call(name, arguments)
        if answer.is_error:
            raise ToolError(answer.text)
        return str(answer.text)

    return run


def distinct(functions: Iterable[Function]) -> tuple[Function, ...]:
    """Each name once, the first one: a provider refuses two functions of one name."""
    return tuple({function.tool.name: function for function in reversed([*functions])}.values())[
        ::-1
    ]


def perform(functions: Sequence[Function], call: ToolCall) -> ToolResult:
    """Run what the model asked for; whatever goes wrong becomes a result that says so."""
    found = next((f for f in functions if f.tool.name == call.name), None)
    try:
        if found is None:
            raise ToolError(f"there is no function {call.name!r}")
        if not isinstance(call.arguments, Mapping):
            raise ToolError("the arguments are not a JSON object")
        content, failed = found.run(call.arguments), False
    except ToolError as error:
        content, failed = f"error: {str(error).removeprefix('error: ')}", True
    except Exception as error:  # a tool's own fault must not end the loop
        content, failed = f"error: {type(error).__name__}", True
    return ToolResult(id=call.id, name=call.name, content=content, is_error=failed)
