"""JSON Schema as Ajv 8 takes it in strict mode: draft-07, and nothing in it that would be passed over in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft7Validator, FormatChecker, SchemaError, ValidationError
from jsonschema.exceptions import best_match
from jsonschema.validators import extend
from referencing.exceptions import Unresolvable

from playground.experiments import js, regex
from playground.experiments.checks import formats

_DRAFT_7: Final = (
    "http://json-schema.org/draft-07/schema",
    "http://json-schema.org/draft-07/schema#",
)

_ONE: Final = (
    "additionalItems",
    "additionalProperties",
    "contains",
    "else",
    "if",
    "not",
    "propertyNames",
    "then",
)
"""Keywords that hold one schema."""
_LIST: Final = ("allOf", "anyOf", "oneOf")
_NAMED: Final = ("patternProperties", "properties")
_SHELVES: Final = ("$defs", "definitions")
"""What lies in them counts only where a `$ref` leads to it."""
_OTHER: Final = [
    "$comment",
    "$id",
    "$ref",
    "$schema",
    "$vocabulary",
    "const",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "dependencies",
    "deprecated",
    "description",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "formatExclusiveMaximum",
    "formatExclusiveMinimum",
    "formatMaximum",
    "formatMinimum",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "nullable",
    "pattern",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
]
_KNOWN: Final = frozenset((*_ONE, *_LIST, *_NAMED, *_SHELVES, *_OTHER))


class StrictSchemaError(ValueError):
    """A schema that strict mode refuses: what in it, and why."""


def _refuse(schema: Any, where: str = "schema") -> None:
    """Raises StrictSchemaError for what would be passed over."""
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping):
        raise StrictSchemaError(f"{where} must be a mapping, true or false")
    for key, value in schema.items():
        if key not in _KNOWN:
            raise StrictSchemaError(
                f"unknown keyword `{key}` in {where}: draft-07 has none of this name"
            )
        if key == "$schema" and value not in _DRAFT_7:
            raise StrictSchemaError(f"`$schema` must be draft-07's: {_DRAFT_7[0]}#")
        if key == "format" and value not in formats.NAMES:
            raise StrictSchemaError(f"unknown format `{value}` in {where}")
    _refuse_alone(schema, where)
    _refuse_values(schema, where)
    for place, inner in _inner(schema):
        _refuse(inner, f"{where}.{place}")


def _refuse_alone(schema: Mapping[str, Any], where: str) -> None:
    """Keywords that do nothing without another one."""
    if "if" in schema and "then" not in schema and "else" not in schema:
        raise StrictSchemaError(f"`if` without `then` or `else` in {where}")
    for key in ("then", "else"):
        if key in schema and "if" not in schema:
            raise StrictSchemaError(f"`{key}` without `if` in {where}")
    if "additionalItems" in schema and not isinstance(schema.get("items"), list):
        raise StrictSchemaError(f"`additionalItems` without a list as `items` in {where}")
    if "nullable" in schema and "type" not in schema:
        raise StrictSchemaError(f"`nullable` without `type` in {where}")


def _refuse_values(schema: Mapping[str, Any], where: str) -> None:
    """Patterns that are none, and an `enum` that is empty or says something twice."""
    named = schema.get("patternProperties")
    patterns = list(named) if isinstance(named, Mapping) else []
    own = schema.get("pattern")
    for pattern in [*patterns, *([own] if isinstance(own, str) else [])]:
        try:
            regex.compiled(pattern, "u")
        except regex.RegexError as mistake:
            raise StrictSchemaError(
                f"the pattern `{pattern}` in {where} is none: {mistake}"
            ) from None
    values = schema.get("enum", (None,))
    if not values or any(
        js.deeply_equal(one, two) for at, one in enumerate(values) for two in values[:at]
    ):
        raise StrictSchemaError(f"`enum` in {where} must have values, and each once")


def _inner(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The schemas right inside, with their places."""
    for key in _ONE:
        if key in schema:
            yield key, schema[key]
    for key in _LIST:
        if isinstance(schema.get(key), list):
            yield from ((f"{key}.{at}", inner) for at, inner in enumerate(schema[key]))
    for key in _NAMED:
        if isinstance(schema.get(key), Mapping):
            yield from ((f"{key}.{name}", inner) for name, inner in schema[key].items())
    items = schema.get("items")
    if isinstance(items, list):
        yield from ((f"items.{at}", inner) for at, inner in enumerate(items))
    elif items is not None:
        yield "items", items
    dependencies = schema.get("dependencies")
    if isinstance(dependencies, Mapping):
        yield from (
            (f"dependencies.{name}", inner)
            for name, inner in dependencies.items()
            if not isinstance(inner, list)
        )


Errors = Iterator[ValidationError]


def _matches(validator: Any, pattern: str, value: Any, schema: Any) -> Errors:
    if isinstance(value, str) and not regex.search(pattern, value, "u"):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Any, value: Any, schema: Any) -> Errors:
    if isinstance(value, Mapping):
        for pattern, inner in patterns.items():
            for key, item in value.items():
                if regex.search(pattern, key, "u"):
                    yield from validator.descend(item, inner, path=key, schema_path=pattern)


def _additional(validator: Any, allowed: Any, value: Any, schema: Any) -> Errors:
    if not isinstance(value, Mapping):
        return
    patterns = schema.get("patternProperties", {})
    for key, item in value.items():
        if key in schema.get("properties", {}) or any(
            regex.search(one, key, "u") for one in patterns
        ):
            continue
        if allowed is False:
            yield ValidationError(f"{key!r} is not allowed")
        else:
            yield from validator.descend(item, allowed, path=key)


def _type(validator: Any, types: Any, value: Any, schema: Any) -> Errors:
    wanted = [types] if isinstance(types, str) else types
    if value is None and schema.get("nullable") is True:
        return
    is_endless = js.is_number(value) and abs(value) == float("inf")
    if is_endless or not any(validator.is_type(value, one) for one in wanted):
        yield ValidationError(f"{value!r} is not of type {', '.join(wanted)}")


def _multiple(validator: Any, step: float, value: Any, schema: Any) -> Errors:
    if js.is_number(value) and abs(value) != float("inf"):
        times = js.divide(js.double(value), js.double(step))
        if not abs(times) < 1e21 or times != int(times):
            yield ValidationError(f"{value!r} is not a multiple of {step!r}")


def _compare(beyond: Callable[[Any, Any], bool]) -> Callable[..., Errors]:
    def check(validator: Any, bound: Any, value: Any, schema: Any) -> Errors:
        if isinstance(value, str) and isinstance(bound, str) and beyond(value, bound):
            yield ValidationError(f"{value!r} is beyond {bound!r}")

    return check


_FORMATS = FormatChecker(formats=())
for _name in formats.NAMES:
    _FORMATS.checks(_name)(lambda value, _name=_name: formats.conforms(value, _name))

_Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft7Validator,
    {
        "pattern": _matches,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional,
        "type": _type,
        "multipleOf": _multiple,
        "formatMaximum": _compare(lambda value, bound: value > bound),
        "formatMinimum": _compare(lambda value, bound: value < bound),
        "formatExclusiveMaximum": _compare(lambda value, bound: value >= bound),
        "formatExclusiveMinimum": _compare(lambda value, bound: value <= bound),
    },
)


def validator(schema: Any) -> Callable[[Any], str | None]:
    """What says why a value does not conform; None where it does. Raises StrictSchemaError."""
    return _made(js.to_json(schema))


@lru_cache(maxsize=64)
def _made(written: str) -> Callable[[Any], str | None]:
    schema = js.from_json(written)
    if isinstance(schema, (Mapping, bool)):
        try:
            Draft7Validator.check_schema(schema, format_checker=FormatChecker(formats=()))
        except SchemaError as mistake:
            raise StrictSchemaError(f"the schema is none: {mistake.message}") from None
    _refuse(schema)
    made = _Validator(schema, format_checker=_FORMATS)
    _refuse_references(made, schema)

    def why_not(value: Any) -> str | None:
        found = best_match(made.iter_errors(value))
        if found is None:
            return None
        return f"{found.message} (at {found.json_path})"

    return why_not


def _refuse_references(made: Any, schema: Any) -> None:
    """Raises StrictSchemaError for a `$ref` that leads nowhere, or to what is refused; nothing is ever fetched."""
    todo, seen = [schema], set()
    while todo:
        inner = todo.pop()
        if not isinstance(inner, Mapping):
            continue
        reference = inner.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            try:
                target = made._resolver.lookup(reference).contents
            except Unresolvable:
                raise StrictSchemaError(f"`$ref: {reference}` leads nowhere") from None
            _refuse(target, reference)
            todo.append(target)
        todo += [found for _, found in _inner(inner)]
