"""A JSON Schema out of what a person has: JSON, rows of a form, or the text of Pydantic classes, which is never executed."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from typing import Any

from playground.domain import typed

LONGEST = 120_000
"""Characters of a schema that are read; no provider takes more."""
DEEPEST = 100
"""Levels of nesting of JSON; people write ten."""


class Unread(ValueError):
    """No schema can be made of it; the message says why, and where."""


PLAIN: Mapping[str, dict[str, Any]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "None": {"type": "null"},
    "Decimal": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "timedelta": {"type": "string", "format": "duration"},
    "UUID": {"type": "string", "format": "uuid"},
    "EmailStr": {"type": "string", "format": "email"},
    "AnyUrl": {"type": "string", "format": "uri"},
    "HttpUrl": {"type": "string", "format": "uri"},
    "dict": {"type": "object"},
    "list": {"type": "array", "items": {}},
    "Any": {},
}
"""Name of a type → its schema, as Pydantic writes it."""
ARGUMENTS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
    "title": "title",
    "description": "description",
    "examples": "examples",
}
"""Argument of `Field` → keyword."""
OF_LISTS = {"minLength": "minItems", "maxLength": "maxItems"}
FORM_TYPES = ("text", "number", "whole number", "yes or no", "date", "list of texts", "one of")
_FORM: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "whole number": {"type": "integer"},
    "yes or no": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "list of texts": {"type": "array", "items": {"type": "string"}},
}


def read(text: str) -> dict[str, Any]:
    """The schema in the text: a JSON object, or Pydantic classes, whichever it looks like."""
    if not text.strip():
        raise Unread("There is no schema yet.")
    if len(text) > LONGEST:
        raise Unread(f"This has {len(text):,} characters: a schema has at most {LONGEST:,} here.")
    return from_json(text) if text.lstrip().startswith(("{", "[")) else from_pydantic(text)


def from_json(text: str) -> dict[str, Any]:
    """A schema as JSON."""
    try:
        found = typed.read_schema(text)
    except typed.Unreadable as error:
        raise Unread(f"This {error}") from None
    if _deeper(found, DEEPEST):
        raise Unread(f"This is nested deeper than {DEEPEST} levels.")
    return found


def _deeper(value: Any, levels: int) -> bool:
    """Whether a JSON value is nested deeper than so many levels."""
    level = [value]
    for _ in range(levels):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return bool(level)


def from_form(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A schema of rows with `name`, `type`, `description`, `needed`, and for `one of` its `values` with commas."""
    properties: dict[str, Any] = {}
    needed = []
    for row in rows:
        name = str(row.get("name") or "").strip()
        if not name:
            continue
        if name in properties:
            raise Unread(f"Two fields are named {name}.")
        kind = row.get("type") or "text"
        values = [v.strip() for v in str(row.get("values") or "").split(",") if v.strip()]
        if kind == "one of" and not values:
            raise Unread(f"{name}: write what it may be, with commas.")
        made = {"type": "string", "enum": values} if kind == "one of" else dict(_FORM[kind])
        if row.get("description"):
            made["description"] = str(row["description"])
        properties[name] = made
        if row.get("needed", True):
            needed.append(name)
    if not properties:
        raise Unread("There is no field yet.")
    return {
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def from_pydantic(text: str) -> dict[str, Any]:
    """The schema of the last model among the classes; parsed as text, nothing of it runs."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise Unread(f"That is no Python{f', line {line}' if line else ''}.") from None
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    models = [name for name, node in classes.items() if not _is_enum(node)]
    if not models:
        raise Unread("There is no class in it: paste `class Name(BaseModel): …`.")
    reader = _Reader(classes)
    root = models[-1]
    try:
        made = reader.model(classes[root])
    except RecursionError:
        raise Unread("The classes are nested too deeply, or inherit from each other.") from None
    if root in reader.used:
        reader.definitions[root] = made
        made = {"$ref": f"#/$defs/{root}"}
    return {**made, **({"$defs": reader.definitions} if reader.definitions else {})}


def _is_enum(node: ast.ClassDef) -> bool:
    return any(_name(base).endswith("Enum") for base in node.bases)


def _name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


class _Reader:
    def __init__(self, classes: Mapping[str, ast.ClassDef]) -> None:
        self.classes = classes
        self.definitions: dict[str, Any] = {}
        self.used: set[str] = set()

    def model(self, node: ast.ClassDef) -> dict[str, Any]:
        """A class as an object."""
        properties: dict[str, Any] = {}
        needed: list[str] = []
        for base in node.bases:
            if (parent := self.classes.get(_name(base))) is not None and parent is not node:
                inherited = self.model(parent)
                properties |= inherited["properties"]
                needed += inherited.get("required", [])
        for line in node.body:
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                name, schema, required = self._field(line)
                properties[name] = schema
                needed += [name] if required and name not in needed else []
        made: dict[str, Any] = {"type": "object", "title": node.name, "properties": properties}
        if told := ast.get_docstring(node):
            made["description"] = told
        if needed:
            made["required"] = needed
        return made

    def _field(self, line: ast.AnnAssign) -> tuple[str, dict[str, Any], bool]:
        assert isinstance(line.target, ast.Name)  # noqa: S101 - the caller looked
        schema, required = self.type_of(line.annotation), line.value is None
        if isinstance(line.value, ast.Call) and _name(line.value.func) == "Field":
            schema, given = self._with(schema, line.value)
            required = not given
        elif line.value is not None:
            found = _literal(line.value)
            schema = schema if found is None else {**schema, "default": found}
        return line.target.id, schema, required

    def _with(self, schema: dict[str, Any], call: ast.Call) -> tuple[dict[str, Any], bool]:
        """The schema with what `Field` says, and whether a default is among it."""
        more: dict[str, Any] = {}
        for argument in call.keywords:
            if argument.arg in ARGUMENTS and (found := _literal(argument.value)) is not None:
                word = ARGUMENTS[argument.arg]
                word = OF_LISTS.get(word, word) if schema.get("type") == "array" else word
                more[word] = found
        named = [k.value for k in call.keywords if k.arg in ("default", "default_factory")]
        given = [a for a in (*call.args[:1], *named) if not _is_ellipsis(a)]
        if given and (default := _literal(given[0])) is not None:
            more["default"] = default
        return {**schema, **more}, bool(given)

    def type_of(self, node: ast.AST) -> dict[str, Any]:
        """An annotation as a schema; Unread names what is not understood."""
        if isinstance(node, ast.Constant):
            if node.value is None:
                return {"type": "null"}
            if isinstance(node.value, str):  # a name written as text, for what comes later
                return self.type_of(_written(node.value, node))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return _union([self.type_of(node.left), self.type_of(node.right)])
        if isinstance(node, ast.Subscript):
            return self._generic(node)
        name = _name(node)
        if name in self.classes:
            return self._reference(name)
        if name in PLAIN:
            return dict(PLAIN[name])
        raise _not_understood(node)

    def _reference(self, name: str) -> dict[str, Any]:
        if name not in self.used:
            self.used.add(name)
            node = self.classes[name]
            self.definitions[name] = _enum(node) if _is_enum(node) else self.model(node)
        return {"$ref": f"#/$defs/{name}"}

    def _generic(self, node: ast.Subscript) -> dict[str, Any]:
        name = _name(node.value).lower()
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not inner:  # tuple[()]
            raise _not_understood(node)
        if name == "optional":
            return _union([self.type_of(inner[0]), {"type": "null"}])
        if name == "union":
            return _union([self.type_of(each) for each in inner])
        if name == "literal":
            values = [_literal(each) for each in inner]
            return {"enum": values, **_typed(values)}
        if name in ("list", "sequence", "set", "frozenset"):
            unique = {"uniqueItems": True} if name.endswith("set") else {}
            return {"type": "array", "items": self.type_of(inner[0]), **unique}
        if name == "tuple":
            return self._tuple(inner)
        if name in ("dict", "mapping"):
            return {"type": "object", "additionalProperties": self.type_of(inner[-1])}
        if name == "annotated":
            return self._annotated(inner)
        raise _not_understood(node)

    def _tuple(self, inner: Sequence[ast.expr]) -> dict[str, Any]:
        if _is_ellipsis(inner[-1]):
            return {"type": "array", "items": self.type_of(inner[0])}
        made = [self.type_of(each) for each in inner]
        size = len(made)
        return {"type": "array", "prefixItems": made, "minItems": size, "maxItems": size}

    def _annotated(self, inner: Sequence[ast.expr]) -> dict[str, Any]:
        schema = self.type_of(inner[0])
        for more in inner[1:]:
            if isinstance(more, ast.Call) and _name(more.func) == "Field":
                schema, _ = self._with(schema, more)
            elif isinstance(more, ast.Constant) and isinstance(more.value, str):
                schema = {**schema, "description": more.value}
        return schema


def _written(text: str, node: ast.Constant) -> ast.AST:
    """A type that is written as text."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError):
        raise _not_understood(node) from None


def _not_understood(node: ast.AST) -> Unread:
    where = getattr(node, "lineno", "?")
    return Unread(f"The type `{ast.unparse(node)}` is not understood (line {where}).")


def _enum(node: ast.ClassDef) -> dict[str, Any]:
    values = [_literal(line.value) for line in node.body if isinstance(line, ast.Assign)]
    return {"title": node.name, "enum": values, **_typed(values)}


def _typed(values: Sequence[Any]) -> dict[str, Any]:
    kinds = {type(value) for value in values}
    names = {str: "string", int: "integer", float: "number", bool: "boolean"}
    return {"type": names[kinds.pop()]} if len(kinds) == 1 and kinds <= names.keys() else {}


def _union(options: Sequence[dict[str, Any]]) -> dict[str, Any]:
    flat = [
        each
        for option in options
        for each in (option["anyOf"] if [*option] == ["anyOf"] else [option])
    ]
    return {"anyOf": flat}


def _is_ellipsis(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _literal(node: ast.AST) -> Any:
    """The plain value that is written there; None for anything that would have to run."""
    try:
        found = ast.literal_eval(node)
        json.dumps(found)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    return found
