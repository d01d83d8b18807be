"""Checks of the functions that a model calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from playground.experiments import js
from playground.experiments.checks.asked import Asked, CheckError, Found, shortened
from playground.experiments.checks.schema import StrictSchemaError, validator


def _as_openai(asked: Asked) -> Any:
    """The answer; the calls that the engine read from it where it is a text beside them."""
    calls = asked.answer.tool_calls
    if not calls:
        return asked.answer.output
    return [
        {
            "type": "function",
            "function": {"name": call.name, "arguments": _written(call.arguments)},
        }
        for call in calls
    ]


def _written(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else js.to_json(arguments)


class _WrongCall(ValueError):
    """A call that is not as its function wants it."""


def _conforms(call: Any, functions: Sequence[Any]) -> None:
    """Raises _WrongCall."""
    if not isinstance(call, Mapping) or not all(
        isinstance(call.get(key), str) for key in ("name", "arguments")
    ):
        raise _WrongCall(f"{shortened(js.to_json(call))} is no function call")
    try:
        arguments = js.from_json(call["arguments"])
    except js.JsError as mistake:
        raise _WrongCall(f"the arguments of {call['name']} are no JSON: {mistake}") from None
    named = [
        one for one in functions if isinstance(one, Mapping) and one.get("name") == call["name"]
    ]
    schema = named[0].get("parameters") if named else None
    if not schema:
        raise _WrongCall(
            f"{call['name']} was called, and no such function with parameters was offered"
        )
    try:
        why_not = validator(schema)(arguments)
    except StrictSchemaError as wrong:
        raise _WrongCall(f"the parameters of {call['name']} are no schema: {wrong}") from None
    if why_not:
        raise _WrongCall(f"the arguments of {call['name']} don't conform: {why_not}")


def _fixed(passed: bool, reason: str) -> Found:
    """A finding that `not-` does not turn round."""
    return Found(passed, 1.0 if passed else 0.0, reason)


def valid_tools_call(asked: Asked) -> Found:
    output = _as_openai(asked)
    if "MCP Tool Error" in asked.text or "MCP Tool Result" in asked.text:
        return _fixed("MCP Tool Error" not in asked.text, "what an MCP server said of its call")
    if output is None:
        raise CheckError(f"`{asked.check.type}` needs an answer")
    if isinstance(output, Mapping) and "tool_calls" in output:
        output = output["tool_calls"]
    calls = (
        [call.get("function") if isinstance(call, Mapping) else None for call in output]
        if isinstance(output, list)
        else []
    )
    if not calls or not all(
        isinstance(call, Mapping)
        and isinstance(call.get("name"), str)
        and isinstance(call.get("arguments"), str)
        for call in calls
    ):
        return _fixed(False, "the answer has no tool calls as OpenAI gives them")
    if asked.answer.tools is None:
        return _fixed(False, "no tools were offered")
    functions = [
        tool["function"]
        for tool in asked.answer.tools
        if tool.get("type") == "function" and "function" in tool
    ]
    return _all_conform(calls, functions)


def _all_conform(calls: Sequence[Any], functions: Sequence[Any]) -> Found:
    try:
        for call in calls:
            _conforms(call, functions)
    except _WrongCall as mistake:
        return _fixed(False, str(mistake))
    return _fixed(True, "each call conforms to its function")


def valid_function_call(asked: Asked) -> Found:
    output = _as_openai(asked)
    if isinstance(output, list) and asked.answer.tool_calls:
        calls = [call["function"] for call in output]
    else:
        calls = [
            output["function_call"]
            if isinstance(output, Mapping) and "function_call" in output
            else output
        ]
    functions = [tool.get("function", tool) for tool in asked.answer.tools or ()]
    return _all_conform(calls, functions)


def called(asked: Asked) -> Found:
    """A function of this name was called; `config.arguments` are those that it must have had, at least."""
    wanted = asked.needed_text(empty=False)
    arguments = asked.check.config.get("arguments", {})
    if not isinstance(arguments, Mapping):
        raise CheckError(f"`{asked.check.type}` needs a mapping as `config.arguments`")
    calls = list(_calls(_as_openai(asked)))
    if not any(name == wanted for name, _ in calls):
        names = ", ".join(sorted({name for name, _ in calls})) or "nothing"
        return asked.yes(False, f"{names} was called")
    fits = any(
        name == wanted
        and all(
            key in given and js.deeply_equal(value, given[key]) for key, value in arguments.items()
        )
        for name, given in calls
    )
    return asked.yes(fits, f"{wanted} was called{'' if fits else ' with other arguments'}")


def _calls(output: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each call's name and arguments, in the shapes that the three providers have."""
    if isinstance(output, Mapping):
        output = output.get("tool_calls", [output])
    for item in output if isinstance(output, list) else ():
        if not isinstance(item, Mapping):
            continue
        call = next(
            (
                item[key]
                for key in ("function", "functionCall")
                if isinstance(item.get(key), Mapping)
            ),
            item,
        )
        given: Any = next((call[key] for key in ("arguments", "input", "args") if key in call), {})
        if isinstance(given, str):
            try:
                given = js.from_json(given)
            except js.JsError:
                given = {}
        if isinstance(call.get("name"), str):
            yield call["name"], given if isinstance(given, Mapping) else {}


def tool_call_f1(asked: Asked) -> Found:
    value = asked.value
    if isinstance(value, list):
        names = [js.trim(js.text(name)) for name in value]
    elif isinstance(value, str):
        names = [js.trim(name) for name in value.split(",")]
    else:
        raise asked.wrong("the functions' names as its value: a list, or a text with commas")
    wanted = {name for name in names if name}
    if not wanted:
        raise asked.wrong("at least one function's name as its value")
    got = names_in(_as_openai(asked))
    common = len(wanted & got)
    precision, recall = common / len(got) if got else 0.0, common / len(wanted)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    bound = asked.check.threshold if asked.check.threshold is not None else 1.0
    return Found(
        (f1 >= bound) is not asked.inverse,
        f1,
        f"F1 {f1:.3f}: called {', '.join(sorted(got)) or 'nothing'}",
    )


_MAX_BLOCKS: Final = 10_000


def names_in(output: Any) -> set[str]:
    """The names of the functions that the answer calls, whichever provider's shape it has."""
    if isinstance(output, str):
        try:
            return names_in(json.loads(output))
        except (ValueError, RecursionError):
            return set().union(*(names_in(block) for block in _blocks(output)), set())
    if isinstance(output, list):
        return {
            name for item in output if isinstance(item, Mapping) and (name := _name_of_item(item))
        }
    return set(_names_of_mapping(output)) if isinstance(output, Mapping) else set()


def _names_of_mapping(output: Mapping[str, Any]) -> Iterator[str]:
    calls = output.get("tool_calls")
    if isinstance(calls, list):
        for call in calls:
            if isinstance(call, Mapping):
                yield from _named(call.get("function"))
                yield from _named(call)
    elif output.get("type") in ("tool_use", "function_call") and isinstance(
        output.get("name"), str
    ):
        yield output["name"]
    elif isinstance(output.get("functionCall"), Mapping):
        yield from _named(output["functionCall"])
    elif isinstance(output.get("toolCall"), Mapping):
        for call in output["toolCall"].get("functionCalls") or ():
            yield from _named(call)


def _named(call: Any) -> Iterator[str]:
    if isinstance(call, Mapping) and isinstance(call.get("name"), str):
        yield call["name"]


def _name_of_item(item: Mapping[str, Any]) -> str | None:
    if item.get("type") == "tool_use" and isinstance(item.get("name"), str):
        return str(item["name"])
    for key in ("functionCall", "function"):
        if isinstance(item.get(key), Mapping):
            return next(_named(item[key]), None)
    return next(_named(item), None)


_FENCED = re.compile(
    r"^[ ]{0,3}(?:[-+*][ \t]+|\d+[.)][ \t]+)?(`{3,}(?=[^`\n]*$)|~{3,}).*?(?:^[ ]{0,3}\1[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)


def _blocks(text: str) -> Iterator[Any]:
    """JSON objects and lists that start a line and end one; code in fences is not looked at."""
    text = _FENCED.sub("\n", text)
    decoder, at, tried = json.JSONDecoder(), 0, 0
    while at < len(text) and tried < _MAX_BLOCKS:
        start = min((place for mark in "{[" if (place := text.find(mark, at)) >= 0), default=-1)
        if start < 0:
            return
        tried += 1
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            at = start + 1
            continue
        at = end
        line_start = text.rfind("\n", 0, start) + 1
        if not text[line_start:start].strip() and not text[end:].split("\n", 1)[0].strip():
            yield value
