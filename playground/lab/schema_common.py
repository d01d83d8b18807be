"""A schema that all three providers take, made of any: what one of them refuses is put differently, or into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from playground.lab.schema_lint import (
    CONDITIONS,
    FORMATS,
    NUMBERS,
    Schema,
    is_object,
    optional,
    resolved,
    types,
)

UNROLLED = 2
"""How often a definition that leads back to itself is written out; below that its place holds JSON as text."""
MOST_UNIONS = 16
MOST_PARTS, DEEPEST = 5_000, 60
"""Of the schema that is made: OpenAI takes 5,000 properties, nobody such depth. Definitions that lead to each other would be
written out without end."""
IN_WORDS = (
    *NUMBERS,
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "pattern",
    "default",
)
"""Keywords that at least one provider refuses or ignores, and that the description can say."""
DROPPED = (
    *CONDITIONS,
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "minContains",
    "maxContains",
)
"""Keywords that no description replaces."""


class Common(NamedTuple):
    """The schema, and what was changed."""

    schema: dict[str, Any]
    changes: tuple[str, ...]


def common(schema: Schema) -> Common:
    """A schema that every provider's rules let pass, and each change in a sentence."""
    making = _Making(schema)
    made = making.node(schema, "", ())
    if not is_object(made):
        made = {"type": "object", "properties": {"answer": made}, "required": ["answer"]}
        made["additionalProperties"] = False
        making.say("The root became an object with the property `answer`.")
    if making.unions > MOST_UNIONS:
        making.say(
            f"{making.unions} unions are more than Claude's {MOST_UNIONS}: make some properties required, or split the schema."
        )
    return Common(made, tuple(dict.fromkeys(making.changes)))


class _Making:
    def __init__(self, root: Schema) -> None:
        self.root = root
        self.changes: list[str] = []
        self.unions = 0
        self.parts = 0
        self.depth = 0

    def say(self, sentence: str) -> None:
        self.changes.append(sentence)

    def node(self, schema: Any, place: str, within: tuple[str, ...]) -> dict[str, Any]:
        """The schema of one place; `within` are the definitions that it is written out in."""
        self.parts += 1
        if self.parts > MOST_PARTS or self.depth > DEEPEST:
            self.say("It is too large to be written out whole: what is beyond is JSON as text.")
            return {"type": "string", "description": "JSON"}
        self.depth += 1
        try:
            return self._node(schema, place, within)
        finally:
            self.depth -= 1

    def _node(self, schema: Any, place: str, within: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(schema, Mapping):
            self.say(f"{place or 'The root'} takes anything: it became text.")
            return {"type": "string"}
        where = place or "the root"
        if "$ref" in schema:
            return self._reference(schema, where, within)
        schema = self._plain(schema, where)
        kept = {k: v for k, v in schema.items() if k in ("type", "title", "description", "enum")}
        self._describe(schema, kept, where)
        if "const" in schema:
            kept["enum"] = [schema["const"]]
            self.say(f"`const` of {where} became an `enum` of one value.")
        if isinstance(schema.get("format"), str) and schema["format"] in FORMATS:
            kept["format"] = schema["format"]
        if options := schema.get("anyOf") or schema.get("oneOf"):
            self.unions += 1
            kept["anyOf"] = [self.node(o, where, within) for o in options]
            kept.pop("type", None)
        elif is_object(schema):
            self._object(schema, kept, place, within)
        elif "array" in types(schema):
            items = schema.get("items", {"type": "string"})
            kept["items"] = self.node(items, f"{place}.items".strip("."), within)
        elif isinstance(kept.get("type"), list):
            self.unions += 1
        elif "type" not in kept:
            kept["type"] = _type_of(kept.get("enum"))
        return kept

    def _reference(self, schema: Schema, where: str, within: tuple[str, ...]) -> dict[str, Any]:
        """The definition written out: Gemini and OpenAI let little or nothing stand beside `$ref`."""
        ref = str(schema["$ref"])
        found = resolved(self.root, ref) if ref.startswith("#") else {}
        if found and not isinstance(found, Mapping):  # true: anything
            return self.node(found, where, (*within, ref))
        if not found or within.count(ref) >= UNROLLED:
            why = "leads back to itself" if found else "can't be followed"
            self.say(f"`$ref` of {where} {why}: below that, its value is JSON as text.")
            return {"type": "string", "description": f"JSON of {ref.rpartition('/')[2]}"}
        rest = {k: v for k, v in schema.items() if k != "$ref"}
        return self.node({**found, **rest}, where, (*within, ref))

    def _plain(self, schema: Schema, where: str) -> dict[str, Any]:
        """Without what no description replaces; `allOf` as one schema."""
        plain = dict(schema)
        for found in self._all_of(plain):
            properties = {**plain.get("properties", {}), **found.get("properties", {})}
            needed = [*plain.get("required", ()), *found.get("required", ())]
            plain = {**found, **plain}
            if properties:
                plain |= {"properties": properties, "required": list(dict.fromkeys(needed))}
            self.say(f"`allOf` of {where} became one schema.")
        for word in DROPPED:
            if word in plain:
                del plain[word]
                self.say(f"`{word}` of {where} is left out: check it in your own code.")
        if "prefixItems" in plain:
            plain["items"] = {"anyOf": plain.pop("prefixItems")}
            self.say(f"`prefixItems` of {where} became a choice for every item.")
        return plain

    def _all_of(self, plain: dict[str, Any]) -> Iterator[Schema]:
        """What stands in `allOf`, which is taken out, and in that of each part; a definition once."""
        seen: set[str] = set()
        waiting = list(plain.pop("allOf", ()))
        while waiting:
            part = waiting.pop(0)
            ref = str(part.get("$ref", "")) if isinstance(part, Mapping) else ""
            found = resolved(self.root, ref) if ref and ref not in seen else part
            seen.add(ref)
            if isinstance(found, Mapping):  # true says nothing
                waiting += found.get("allOf", ())
                yield {word: said for word, said in found.items() if word not in ("$ref", "allOf")}

    def _describe(self, schema: Schema, kept: dict[str, Any], where: str) -> None:
        moved = [word for word in IN_WORDS if word in schema and schema[word] is not None]
        told = [f"{word}: {schema[word]}" for word in moved]
        form = schema.get("format")
        if isinstance(form, str) and form not in FORMATS:
            told.append(f"format: {form}")
            moved.append("format")
        if told:
            words = "; ".join(told)
            kept["description"] = f"{kept.get('description', '')} ({words})".strip()
            self.say(f"{', '.join(f'`{m}`' for m in moved)} of {where} moved into the description.")

    def _object(
        self, schema: Schema, kept: dict[str, Any], place: str, within: tuple[str, ...]
    ) -> None:
        loose, where = optional(schema), place or "the root"
        kept["type"] = "object"
        kept["properties"] = {}
        for key, value in (schema.get("properties") or {}).items():
            made = self.node(value, f"{place}.{key}".strip("."), within)
            if key in loose and not _nullable(made):
                made = {"anyOf": [made, {"type": "null"}]}
                self.unions += 1
            kept["properties"][key] = made
        kept["required"] = [*kept["properties"]]
        kept["additionalProperties"] = False
        if loose:
            self.say(f"{', '.join(f'`{k}`' for k in loose)} of {where}: required, and may be null.")
        if schema.get("additionalProperties") is not False:
            self.say(
                f"{where.capitalize() if not place else where} got additionalProperties: false."
            )


def _nullable(schema: Schema) -> bool:
    return "null" in types(schema) or any(
        "null" in types(option) for option in schema.get("anyOf") or ()
    )


def _type_of(values: Any) -> str:
    first = values[0] if isinstance(values, list) and values else ""
    kinds = {bool: "boolean", int: "integer", float: "number"}
    return kinds.get(type(first), "string")
