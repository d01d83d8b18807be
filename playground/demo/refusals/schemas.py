"""What each provider's structured output refuses of a JSON Schema; the sentences are the providers'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
Steps = tuple[str, ...]
Node = tuple[Steps, Schema]

INSIDE_MAPS = ("properties", "$defs", "definitions", "patternProperties")
INSIDE_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
INSIDE_ONE = ("items", "not", "if", "then", "else", "additionalProperties", "contains")


def nodes(schema: Any, steps: Steps = ()) -> Iterator[Node]:
    """Every subschema with the way to it, the root first; definitions are looked at where they stand."""
    if not isinstance(schema, Mapping):
        return
    yield steps, schema
    for name in INSIDE_MAPS:
        inside = schema.get(name)
        for key, value in inside.items() if isinstance(inside, Mapping) else ():
            yield from nodes(value, (*steps, name, str(key)))
    for name in INSIDE_LISTS:
        inside = schema.get(name)
        for number, value in enumerate(inside if isinstance(inside, list) else ()):
            yield from nodes(value, (*steps, name, f"{number}"))
    for name in INSIDE_ONE:
        yield from nodes(schema.get(name), (*steps, name))


def types(schema: Schema) -> tuple[str, ...]:
    """The types that a schema names."""
    given = schema.get("type")
    found = given if isinstance(given, list) else [given] if given else []
    return tuple(str(name).lower() for name in found)


def is_object(schema: Schema) -> bool:
    """True for a schema of objects."""
    return "object" in types(schema) or "properties" in schema


OPENAI_REFUSES = [
    "allOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "patternProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "contains",
    "minContains",
    "maxContains",
    "uniqueItems",
    "oneOf",
    "prefixItems",
    "default",
]
OPENAI_FORMATS = (
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
)
OPENAI_LEVELS = 10
OPENAI_VALUES = 1_000
OPENAI_PROPERTIES = 5000


def openai_any(schema: Schema) -> str:
    """What is wrong with the parameters of any function at OpenAI, strict or not; empty = nothing."""
    if schema and types(schema) != ("object",):
        got = (types(schema) or ("None",))[0]
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{got}\"'."
    for steps, node in nodes(schema):
        if "array" in types(node) and not {"items", "prefixItems"} & node.keys():
            return f"In context={context(steps)}, array schema missing items."
    return ""


def openai_strict(schema: Schema) -> str:
    """What is wrong with a strict schema at OpenAI; empty = nothing."""
    if types(schema) != ("object",):
        return (
            openai_any(schema)
            or "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."
        )
    for rule in (_openai_nodes, _openai_size):
        if found := rule(schema):
            return found
    return ""


def _openai_nodes(schema: Schema) -> str:
    for steps, node in nodes(schema):
        place = f"In context={context(steps)}"
        if refused := next((word for word in OPENAI_REFUSES if word in node), None):
            return f"{place}, '{refused}' is not permitted."
        if not steps and "anyOf" in node:
            return f"{place}, 'anyOf' is not permitted at the root."
        if "$ref" in node and len(node) > 1:
            return f"{place}, $ref cannot have keywords {{{', '.join(repr(k) for k in node if k != '$ref')}}}."
        if not {"type", "$ref", "anyOf", "enum", "const"} & node.keys():
            return f"{place}, schema must have a 'type' key."
        if "array" in types(node) and "items" not in node:
            return f"{place}, array schema missing items."
        if node.get("format") and node["format"] not in OPENAI_FORMATS:
            return f"{place}, '{node['format']}' is not a valid format."
        if is_object(node) and node.get("additionalProperties") is not False:
            return f"{place}, 'additionalProperties' is required to be supplied and to be false."
        if is_object(node) and (missing := _not_required(node)):
            return f"{place}, 'required' is required to be supplied and to be an array including every key in properties. Missing '{missing}'."
    return ""


def _not_required(node: Schema) -> str | None:
    needed = node.get("required") or ()
    return next((key for key in node.get("properties") or () if key not in needed), None)


def _openai_size(schema: Schema) -> str:
    levels = max(
        (sum(s in ("properties", "items") for s in steps) for steps, _ in nodes(schema)), default=0
    )
    if levels > OPENAI_LEVELS:
        return f"{levels} levels of nesting exceeds limit of {OPENAI_LEVELS}."
    count = sum(len(node.get("properties") or ()) for _, node in nodes(schema))
    if count > OPENAI_PROPERTIES:
        return f"{count} properties exceeds limit of {OPENAI_PROPERTIES}."
    values = sum(len(node.get("enum") or ()) for _, node in nodes(schema))
    if values > OPENAI_VALUES:
        return f"{values} enum values exceeds limit of {OPENAI_VALUES}."
    return ""


def context(steps: Steps) -> str:
    """The way to a subschema, as OpenAI writes it: a Python tuple."""
    return repr(steps)


BOUNDS = {
    "integer": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
    "number": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
    "string": ("maxLength", "minLength"),
    "array": ("maxItems", "uniqueItems", "contains"),
    "object": ("maxProperties", "minProperties", "patternProperties", "propertyNames"),
}
ANTHROPIC_REFUSES = [
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
]
LOOKAROUND = ("(?=", "(?!", "(?<", "\\b", "\\1")
JSON_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
ANTHROPIC_FORMATS = (*OPENAI_FORMATS, "uri")
MOST_OPTIONAL, MOST_UNIONS, MOST_STRICT = 24, 16, 20


def anthropic_strict(schema: Schema) -> str:
    """What is wrong with a schema that Anthropic compiles; empty = nothing."""
    for _steps, node in nodes(schema):
        for name in types(node):
            if bad := [word for word in BOUNDS.get(name, ()) if word in node]:
                return f"For '{name}' type, {'properties' if len(bad) > 1 else 'property'} {', '.join(bad)} {'are' if len(bad) > 1 else 'is'} not supported"
            if name == "array" and int(node.get("minItems") or 0) > 1:
                return "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
        if is_object(node) and node.get("additionalProperties") is not False:
            return "For 'object' type, 'additionalProperties' must be explicitly set to false"
        if bad_word := next((word for word in ANTHROPIC_REFUSES if word in node), None):
            return f"'{bad_word}' is not supported"
        if ref := node.get("$ref"):
            if not str(ref).startswith("#"):
                return f"External $ref '{ref}' is not supported"
            if _recursive(schema, str(ref)):
                return f"Circular reference detected in schema definitions: {str(ref).rpartition('/')[2]}"
        if any(mark in str(node.get("pattern", "")) for mark in LOOKAROUND):
            return f"Invalid regex in pattern field: {node['pattern']!r} uses a construct that is not supported"
        if node.get("format") and node["format"] not in ANTHROPIC_FORMATS:
            return f"String format '{node['format']}' is not supported"
        if any(isinstance(value, dict | list) for value in node.get("enum") or ()):
            return "Enum values must be strings, numbers, booleans or null"
    return ""


def _recursive(root: Schema, ref: str) -> bool:
    """True when following this reference comes back to itself."""
    seen, waiting = set(), [ref]
    while waiting:
        for _, node in nodes(_resolved(root, waiting.pop())):
            found = str(node.get("$ref", ""))
            if found == ref:
                return True
            if found.startswith("#") and found not in seen:
                seen.add(found)
                waiting.append(found)
    return False


def _resolved(root: Schema, ref: str) -> Any:
    found: Any = root
    for key in ref.removeprefix("#").strip("/").split("/"):
        found = found.get(key, {}) if key and isinstance(found, Mapping) else found
    return {} if found is root else found


def anthropic_many(schemas: list[Schema]) -> str:
    """What is too much in all strict schemas of a request together; empty = nothing."""
    every = [node for schema in schemas for _, node in nodes(schema)]
    optional = sum(
        key not in (node.get("required") or ())
        for node in every
        for key in node.get("properties") or ()
    )
    unions = sum("anyOf" in node or isinstance(node.get("type"), list) for node in every)
    if optional > MOST_OPTIONAL:
        return f"Schemas contains too many optional parameters ({optional}), which would make grammar compilation inefficient. Reduce the number of optional parameters in your tool schemas (limit: {MOST_OPTIONAL})."
    if unions > MOST_UNIONS:
        return f"Schemas contains too many parameters with union types ({unions} parameters with type arrays or anyOf). This causes exponential compilation cost. Reduce the number of nullable or union-typed parameters (limit: {MOST_UNIONS} parameters with unions)."
    return ""


GEMINI_KEYWORDS = [
    "additionalProperties",
    "anyOf",
    "default",
    "defs",
    "$defs",
    "description",
    "enum",
    "example",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "nullable",
    "pattern",
    "properties",
    "propertyOrdering",
    "ref",
    "$ref",
    "required",
    "title",
    "type",
]
GEMINI_TYPES = (*JSON_TYPES, "type_unspecified")


def gemini_openapi(schema: Schema, place: str) -> tuple[str, str]:
    """What is wrong with Gemini's OpenAPI-like schema: the sentence and the place; empty = nothing."""
    for steps, node in nodes(schema):
        where = place + "".join(
            f"[{step}]" if step.isdecimal() else f".{_snake(step)}" for step in steps
        )
        for word in node:
            if word not in GEMINI_KEYWORDS and _camel(word) not in GEMINI_KEYWORDS:
                return (
                    f"Invalid JSON payload received. Unknown name \"{word}\" at '{where}': Cannot find field.",
                    where,
                )
        bad = next((name for name in types(node) if name not in GEMINI_TYPES), None)
        if bad is not None:
            sort = "type.googleapis.com/google.ai.generativelanguage.v1beta.Type"
            return f"Invalid value at '{where}.type' ({sort}), \"{node['type']}\"", f"{where}.type"
        if "array" in types(node) and not {"items", "prefixItems"} & node.keys():
            return f"* GenerateContentRequest.{where}.items: missing field.\n", ""
        if node.get("enum") and types(node) and "string" not in types(node):
            return f"* GenerateContentRequest.{where}.enum: only allowed for STRING type\n", ""
        missing = [k for k in node.get("required") or () if k not in (node.get("properties") or ())]
        if missing:
            return (
                f"* GenerateContentRequest.{where}.required[0]: property is not defined\n",
                "",
            )
    return "", ""


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
