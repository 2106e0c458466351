"""The shape of a file -> a JSON Schema (2020-12), as the YAML language server honours it: completion, hover, marks.

It says what the loader says of keys and of how values are written, by the same tables. What the loader finds beyond
that (names that exist, conditions, moments) stays with `notifier rules check`: an editor only offers the names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notifier.model.schema import Entity, Field, Schema
from notifier.model.types import ValueType
from notifier.rules.meanings import meanings_of
from notifier.rules.scenarios import ATTRIBUTES, written_columns
from notifier.rules.shapes import ByEntity, Form, Key, Named, Shape

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Part = dict[str, Any]
"""A JSON Schema, or a part of one."""

_SCALAR = ("string", "number", "boolean")
_TYPES: Mapping[Form, Part] = {
    Form.TEXT: {"type": "string", "minLength": 1},
    Form.TEXTS: {"type": ["string", "array"], "minLength": 1, "items": {"type": "string"}, "minItems": 1},
    Form.EXPRESSION: {"type": [*_SCALAR], "minLength": 1},
    Form.EXPRESSIONS: {"type": [*_SCALAR, "array"], "minLength": 1, "items": {"type": [*_SCALAR]}, "minItems": 1},
    Form.SCALAR: {"type": [*_SCALAR], "minLength": 1},
    Form.WHOLE: {"type": "integer"},
    Form.TRUTH: {"type": "boolean"},
    Form.LIST: {"type": "array"},
    Form.ENTRIES: {"type": ["array", "object"]},
    Form.MAPPING: {"type": "object"},
    Form.NAMED: {"type": "object"},
    Form.CHOICE: {"type": ["string", "object"], "minLength": 1, "additionalProperties": {"type": [*_SCALAR]}},
    Form.TEXT_OR_MAPPING: {"type": ["string", "object"], "minLength": 1},
    Form.SHOWN: {"type": ["object", "string", "array"], "minLength": 1, "items": {"type": "string"}, "minItems": 1},
}
_LISTS = (Form.TEXTS, Form.EXPRESSIONS)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a project has that texts may name."""

    schema: Schema
    names: Mapping[Named, Sequence[str]] = field(default_factory=dict)


def json_schema(shape: Shape, title: str, known: Known) -> Part:
    """The schema of a file of this shape. Editors show `title` as its name."""
    writer = _Writer(known)
    root = writer.mapping(shape)
    return {"$schema": DIALECT, "title": title, **root, "$defs": dict(sorted(writer.parts.items()))}


class _Writer:
    """Writes each shape once, below `$defs`."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.parts: dict[str, Part] = {}

    def mapping(self, shape: Shape) -> Part:
        """A mapping with the shape's keys, and no others."""
        part: Part = {
            "type": "object",
            "properties": {key.name: self._key(shape, key) for key in shape.keys},
            "additionalProperties": False,
        }
        if required := [key.name for key in shape.keys if key.required]:
            part["required"] = required
        return part

    def _reference(self, shape: Shape) -> Part:
        name = shape.what.replace("/", ".").replace(" ", "_")
        if name not in self.parts:
            self.parts[name] = {}
            self.parts[name] = self.mapping(shape)
        return {"$ref": f"#/$defs/{name}"}

    def _key(self, shape: Shape, key: Key) -> Part:
        return {"description": _described(key), **self._value(shape, key)}

    def _value(self, shape: Shape, key: Key) -> Part:
        if key.values:
            return _choices(key.form, _choice_parts(shape, key))
        if key.names is Named.ENTITY:
            return _choices(key.form, [{"const": name} for name in self._known.schema.entities])
        part = dict(_TYPES[key.form])
        if key.names is not None and (names := self._known.names.get(key.names)):
            part["examples"] = list(names)
            if key.form in _LISTS:
                part["items"] = part["items"] | {"examples": list(names)}
        match key.form:
            case Form.NAMED if key.by_entity is not None:
                part |= self._by_entity(key, key.by_entity)
            case Form.NAMED | Form.SHOWN:
                part["additionalProperties"] = self._named(key)
            case _ if key.shape is None:
                pass
            case Form.LIST:
                part["items"] = self._reference(key.shape)
            case Form.ENTRIES:
                one = self._reference(key.shape)
                part |= {"items": one, "if": {"type": "object"}, "then": one}
            case Form.MAPPING:
                part = self._reference(key.shape)
            case Form.TEXT_OR_MAPPING:
                part |= {"if": {"type": "object"}, "then": self._reference(key.shape)}
        return part

    def _named(self, key: Key) -> Part | bool:
        """What stands under each name."""
        if key.shape is None:
            return True if key.short is None else _short(key.short)
        mapping = self._reference(key.shape)
        shorts = [] if key.short is None else _short(key.short)["type"]
        types = ["object", *(["null"] if key.may_be_empty else []), *shorts]
        return mapping if types == ["object"] else {"type": types, "if": {"type": "object"}, "then": mapping}

    def _by_entity(self, key: Key, has: ByEntity) -> Part:
        schema = self._known.schema
        match has:
            case ByEntity.FIELDS:
                fields = {"type": "object", "additionalProperties": self._named(key)}
                return {"properties": dict.fromkeys(schema.entities, fields), "additionalProperties": False}
            case ByEntity.IDS:
                ids = {"type": "array", "items": {"type": [*_SCALAR]}}
                names = [name for name in schema.entities if written_columns(schema, name)]
                return {"properties": dict.fromkeys(names, ids), "additionalProperties": False}
            case ByEntity.ROWS:
                rows = {
                    name: {"type": "array", "items": self._row(entity)}
                    for name, entity in schema.entities.items()
                    if written_columns(schema, name)
                }
                return {"properties": rows, "additionalProperties": False}

    def _row(self, entity: Entity) -> Part:
        """A row of a scenario: the columns of an import, and the business's own fields."""
        name = f"row_of_{entity.name}"
        if name not in self.parts:
            columns = written_columns(self._known.schema, entity.name)
            own = [column.removeprefix(f"{ATTRIBUTES}.") for column in columns if column.startswith(f"{ATTRIBUTES}.")]
            parts = {column: _column(entity.fields.get(column)) for column in columns}
            if own:
                parts[ATTRIBUTES] = {
                    "description": "Fields of your own, from rules/attributes.yaml",
                    "type": "object",
                    "properties": {column: {"type": [*_SCALAR, "null"]} for column in own},
                    "additionalProperties": False,
                }
            self.parts[name] = {"type": "object", "properties": parts, "additionalProperties": False}
        return {"$ref": f"#/$defs/{name}"}


def _described(key: Key) -> str:
    about = key.about[:1].upper() + key.about[1:]
    needed = "needed" if key.required else "may be left out"
    return f"{about}\n\n({key.form}; {needed})"


def _choice_parts(shape: Shape, key: Key) -> list[Part]:
    meanings = meanings_of(shape, key)
    return [{"const": value, "description": meanings.get(value, key.about)} for value in key.values]


def _choices(form: Form, choices: list[Part]) -> Part:
    """One of the choices, or a list of them. Not `anyOf`: in doubt the language server speaks of the wrong branch."""
    one: Part = {"oneOf": choices}
    if form in _LISTS:
        one |= {"type": "string"}
        return {"type": ["string", "array"], "items": one, "minItems": 1, "if": {"type": "string"}, "then": one}
    return one


def _short(form: Form) -> Part:
    """The types of a value under a name. It may be empty where its reader takes that."""
    types = _TYPES[form]["type"]
    return {"type": [types] if isinstance(types, str) else list(types)}


def _column(column: Field | None) -> Part:
    part: Part = {"type": [*_SCALAR, "null"]}
    if column is not None and column.values:
        part |= {"enum": [*column.values, None]}
    if column is not None and column.type is not ValueType.STRING:
        part |= {"description": column.type.value}
    return part
