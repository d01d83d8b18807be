"""What each provider makes of a JSON Schema before it is sent, from one table, and a schema that all of them take.

`refused` is an error of the provider's (400), `ignored` says nothing and is not kept, `moved` is what the provider's SDK
helper turns into words of the description; `may be refused` has been seen both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

Schema = Mapping[str, Any]
Action = Literal["refused", "may be refused", "ignored", "moved"]
PROVIDERS = ("openai", "anthropic", "gemini")

DOCS_O = "https://developers.openai.com/api/docs/guides/structured-outputs"
DOCS_A = "https://platform.claude.com/docs/en/build-with-claude/structured-outputs"
DOCS_G = "https://ai.google.dev/gemini-api/docs/structured-output"


class Finding(NamedTuple):
    """One thing that a provider does not take as it is."""

    provider: str
    action: Action
    place: str
    """The way to it: `properties.price`; empty for the root."""
    what: str
    """The keyword, or what is too much."""
    why: str
    source: str


class Node(NamedTuple):
    """One subschema and the way to it."""

    place: str
    schema: Schema


Look = Callable[[Schema, Node], str]
"""What stands in the way in this node, empty for nothing."""


class Rule(NamedTuple):
    """One row of the table."""

    provider: str
    action: Action
    what: str
    look: Look
    why: str
    source: str


def nodes(schema: Any, place: str = "") -> Iterator[Node]:
    """Every subschema with the way to it, the root first; definitions where they stand."""
    if not isinstance(schema, Mapping):
        return
    yield Node(place, schema)
    for name in ("properties", "$defs", "definitions", "patternProperties"):
        inside = schema.get(name)
        for key, value in inside.items() if isinstance(inside, Mapping) else ():
            yield from nodes(value, _way(place, name, str(key)))
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        inside = schema.get(name)
        for number, value in enumerate(inside if isinstance(inside, list) else ()):
            yield from nodes(value, _way(place, name, f"{number}"))
    for name in ("items", "not", "if", "then", "else", "additionalProperties", "contains"):
        yield from nodes(schema.get(name), _way(place, name))


def _way(*steps: str) -> str:
    return ".".join(step for step in steps if step)


def types(schema: Schema) -> tuple[str, ...]:
    """The types that a schema names."""
    given = schema.get("type")
    found = given if isinstance(given, list) else [given] if given else []
    return tuple(str(name).lower() for name in found)


def is_object(schema: Schema) -> bool:
    """True for a schema of objects."""
    return "object" in types(schema) or "properties" in schema


def optional(schema: Schema) -> list[str]:
    """Properties of one object that need not be there."""
    return [
        key for key in schema.get("properties") or () if key not in (schema.get("required") or ())
    ]


def _root(check: Callable[[Schema], str]) -> Look:
    return lambda root, node: check(root) if node.place == "" else ""


def _word(*words: str) -> Look:
    """Any of these keywords; a property of that name is none, for it stands among `properties`."""
    return lambda root, node: next((word for word in words if word in node.schema), "")


def _open(root: Schema, node: Node) -> str:
    closed = node.schema.get("additionalProperties") is False
    return "additionalProperties" if is_object(node.schema) and not closed else ""


def _not_all(root: Schema, node: Node) -> str:
    missing = optional(node.schema)
    return f"required (without {', '.join(missing[:3])})" if missing else ""


def _format(known: tuple[str, ...]) -> Look:
    return lambda root, node: (
        f"format: {node.schema['format']}"
        if isinstance(node.schema.get("format"), str) and node.schema["format"] not in known
        else ""
    )


FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
LOOKAROUND = ("(?=", "(?!", "(?<", "\\b", "\\B", "\\1", "\\2")


def _pattern(root: Schema, node: Node) -> str:
    return "pattern" if any(m in str(node.schema.get("pattern", "")) for m in LOOKAROUND) else ""


def _many_items(root: Schema, node: Node) -> str:
    least = node.schema.get("minItems")
    return "minItems above 1" if isinstance(least, int) and least > 1 else ""


def _object_enum(root: Schema, node: Node) -> str:
    values = node.schema.get("enum")
    values = values if isinstance(values, list) else []
    return "enum of objects" if any(isinstance(v, dict | list) for v in values) else ""


def _external(root: Schema, node: Node) -> str:
    ref = str(node.schema.get("$ref", ""))
    return f"$ref {ref}" if ref and not ref.startswith("#") else ""


def _recursive(root: Schema, node: Node) -> str:
    ref = str(node.schema.get("$ref", ""))
    return f"recursion in {ref}" if ref.startswith("#") and comes_back(root, ref) else ""


def _siblings(root: Schema, node: Node) -> str:
    if "$ref" not in node.schema:
        return ""
    return next((f"{k} beside $ref" for k in node.schema if not k.startswith("$")), "")


def comes_back(root: Schema, ref: str) -> bool:
    """True when following this reference leads to itself."""
    seen: set[str] = set()
    waiting = [ref]
    while waiting:
        for node in nodes(resolved(root, waiting.pop())):
            found = str(node.schema.get("$ref", ""))
            if found == ref:
                return True
            if found.startswith("#") and found not in seen:
                seen.add(found)
                waiting.append(found)
    return False


def resolved(root: Schema, ref: str) -> Any:
    """What a local reference names; an empty schema where there is nothing."""
    found: Any = root
    for key in ref.removeprefix("#").strip("/").split("/"):
        if key:
            found = found.get(key, {}) if isinstance(found, Mapping) else {}
    return {k: v for k, v in root.items() if k != "$defs"} if found is root else found


def _no_object(root: Schema) -> str:
    return "" if types(root) == ("object",) else "a root that is no object"


def _any_of_root(root: Schema) -> str:
    return "anyOf at the root" if "anyOf" in root else ""


def _levels(root: Schema) -> str:
    deepest = max(
        sum(step in ("properties", "items") for step in node.place.split("."))
        for node in nodes(root)
    )
    return f"{deepest} levels" if deepest > 10 else ""


def _sum(count: Callable[[Schema], int], over: int, what: str) -> Callable[[Schema], str]:
    def check(root: Schema) -> str:
        found = sum(count(node.schema) for node in nodes(root))
        return f"{found} {what}" if found > over else ""

    return check


def _properties(schema: Schema) -> int:
    return len(schema.get("properties") or ())


def _values(schema: Schema) -> int:
    return len(schema.get("enum") or ())


def _unions(schema: Schema) -> int:
    return int("anyOf" in schema or isinstance(schema.get("type"), list))


def _untyped(root: Schema, node: Node) -> str:
    known = {"type", "$ref", "anyOf", "enum", "const"} & node.schema.keys()
    return "" if known else "no type"


CONDITIONS = ("not", "if", "then", "else", "dependentRequired", "dependentSchemas")
NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
RECORDED = "recorded exchange (2026)"
SDK_A = "anthropic SDK, lib/_parse/_transform.py"
SDK_G = "google-genai SDK, response_json_schema"

RULES: tuple[Rule, ...] = (
    Rule("openai", "refused", "a root that is no object", _root(_no_object), "The root must be an object.", DOCS_O),
    Rule("openai", "refused", "anyOf at the root", _root(_any_of_root), "The root must not be a choice.", DOCS_O),
    Rule("openai", "refused", "additionalProperties", _open, "Every object needs additionalProperties: false.", RECORDED),
    Rule("openai", "refused", "required", _not_all, "Every property must be required; an optional one is a union with null.", DOCS_O),
    Rule("openai", "refused", "composition", _word("allOf", "oneOf", *CONDITIONS), "Only anyOf is taken.", DOCS_O),
    Rule("openai", "refused", "open names", _word("patternProperties", "propertyNames", "minProperties", "maxProperties", "unevaluatedProperties", "unevaluatedItems"), "Objects have a fixed list of names.", DOCS_O),
    Rule("openai", "refused", "list checks", _word("uniqueItems", "contains", "minContains", "maxContains", "prefixItems"), "Of lists only items, minItems and maxItems are taken.", DOCS_O),
    Rule("openai", "refused", "default", _word("default"), "Defaults are not listed as taken; the SDK drops null ones.", DOCS_O),
    Rule("openai", "refused", "format", _format(FORMATS), "Only some formats are taken.", DOCS_O),
    Rule("openai", "refused", "no type", _untyped, "Every part needs a type.", DOCS_O),
    Rule("openai", "refused", "beside $ref", _siblings, "Nothing may stand beside $ref; the SDK copies the definition there.", DOCS_O),
    Rule("openai", "refused", "levels", _root(_levels), "At most 10 levels.", DOCS_O),
    Rule("openai", "refused", "properties", _root(_sum(_properties, 5_000, "properties")), "At most 5,000 properties.", DOCS_O),
    Rule("openai", "refused", "enum values", _root(_sum(_values, 1_000, "enum values")), "At most 1,000 enum values.", DOCS_O),
    Rule("anthropic", "refused", "additionalProperties", _open, "Every object needs additionalProperties: false.", DOCS_A),
    Rule("anthropic", "refused", "numbers", _word(*NUMBERS), "Bounds of numbers are not compiled; the SDK's helper moves them into the description.", SDK_A),
    Rule("anthropic", "refused", "lengths", _word("minLength", "maxLength"), "Lengths are not compiled; the SDK's helper moves them into the description.", SDK_A),
    Rule("anthropic", "refused", "list checks", _word("maxItems", "uniqueItems", "contains", "prefixItems"), "Of lists only items and minItems 0 or 1 are taken.", DOCS_A),
    Rule("anthropic", "refused", "minItems", _many_items, "minItems may be 0 or 1.", DOCS_A),
    Rule("anthropic", "refused", "conditions", _word(*CONDITIONS, "unevaluatedProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties"), "Conditions and open names are not compiled.", DOCS_A),
    Rule("anthropic", "moved", "oneOf", _word("oneOf"), "The SDK's helper sends it as anyOf.", SDK_A),
    Rule("anthropic", "refused", "recursion", _recursive, "A definition must not lead back to itself.", DOCS_A),
    Rule("anthropic", "refused", "external $ref", _external, "Only definitions of the schema itself are read.", RECORDED),
    Rule("anthropic", "refused", "pattern", _pattern, "No lookaround, back reference or word boundary in a pattern.", DOCS_A),
    Rule("anthropic", "refused", "format", _format((*FORMATS, "uri")), "Only some formats are taken.", DOCS_A),
    Rule("anthropic", "refused", "enum of objects", _object_enum, "An enum holds plain values only.", DOCS_A),
    Rule("anthropic", "refused", "optional", _root(_sum(lambda s: len(optional(s)), 24, "optional properties")), "At most 24 optional properties in all schemas of a request.", RECORDED),
    Rule("anthropic", "may be refused", "optional", _root(_sum(lambda s: len(optional(s)), 23, "optional properties")), "24 in one schema were refused as too complex to compile.", RECORDED),
    Rule("anthropic", "refused", "unions", _root(_sum(_unions, 16, "unions")), "At most 16 unions in all schemas of a request.", RECORDED),
    Rule("gemini", "ignored", "composition", _word("allOf", *CONDITIONS), "Unknown keywords are left out without a word.", DOCS_G),
    Rule("gemini", "ignored", "pattern", _word("pattern", "minLength", "maxLength", "multipleOf", "exclusiveMinimum", "exclusiveMaximum", "uniqueItems", "contains", "patternProperties", "const", "default"), "Not among the keywords of its JSON Schema.", SDK_G),
    Rule("gemini", "ignored", "beside $ref", _siblings, "Only $… keywords may stand beside $ref.", SDK_G),
    Rule("gemini", "may be refused", "recursion", _recursive, "A cyclic $ref is unrolled inside optional properties only.", SDK_G),
    Rule("gemini", "may be refused", "external $ref", _external, "Only definitions of the schema itself are read.", SDK_G),
)  # fmt: skip
"""Every rule, with where it is from; what has no row is taken."""


def lint(schema: Any, providers: tuple[str, ...] = PROVIDERS) -> list[Finding]:
    """What these providers do not take of the schema as it is, in the order of the table; empty = all of it is taken."""
    if not isinstance(schema, Mapping):
        why = "A schema must be a JSON object."
        return [Finding(p, "refused", "", "no object", why, RECORDED) for p in providers]
    found: list[Finding] = []
    every = list(nodes(schema))
    for rule in RULES:
        if rule.provider in providers:
            found += [
                Finding(rule.provider, rule.action, node.place, what, rule.why, rule.source)
                for node in every
                if (what := rule.look(schema, node))
            ]
    return found
