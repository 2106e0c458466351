"""What an editor is told of keys and forms is what the loader reads: the same shapes, held to each other both ways.

No second list of keys is kept anywhere. A new key needs its line in `rules/shapes/`, and nothing here.
"""

import pkgutil
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import notifier.intake
import notifier.rules
from notifier.answers.editor import DRILL_FILES, EDITOR_KINDS, MAP_FILES, editor_schema, kind_in, modeline
from notifier.intake.map_files import read_map
from notifier.intake.parsing import ImportContext
from notifier.model.problems import Place, ProblemsError
from notifier.model.schema import Schema, entities
from notifier.rules.drill_files import read_drill
from notifier.rules.fields import Fields
from notifier.rules.file_set import FileSet
from notifier.rules.findings import Findings
from notifier.rules.json_schemas import Known
from notifier.rules.kinds import KINDS, FileKind
from notifier.rules.loader import load_project
from notifier.rules.meanings import MEANINGS, meanings_of
from notifier.rules.scenarios import load_scenarios
from notifier.rules.shapes import Form, Key, Shape
from notifier.rules.yaml_nodes import Entry, ListNode, MappingNode, Node, ScalarNode
from notifier.rules.yaml_reader import read_yaml

KNOWN = Known(schema=Schema(entities=entities()))
READ_EARLY: Mapping[str, Any] = {
    "about": "customer",
    "against": "charge",
    "each": {"o": "customer.orders"},
    "to": "customer",
    "at": "2026-03-05T10:00:00Z",
    "on": "charge.customer",
    "entity": "order",
    "type": "duration",
}
"""Values without which a reader stops before it reads all keys."""
NAMES = {"columns": "id", "history": "id"}
"""The same for names."""
TOPICS = b"topics: { x: { type: money } }"
EXCLUSIVE = ("kept_when",)
"""Keys beside which a reader does not look at others: it is given the file without them, too."""


@cache
def _schema(kind: FileKind) -> dict[str, Any]:
    return editor_schema(kind, KNOWN)


def _shapes_in(shape: Shape, found: dict[str, Shape]) -> dict[str, Shape]:
    """The shape and all shapes below it, by what they are."""
    if shape.what not in found:
        found[shape.what] = shape
        for key in shape.keys:
            if key.shape is not None:
                _shapes_in(key.shape, found)
    return found


def _keys() -> list[tuple[Shape, Key]]:
    shapes: dict[str, Shape] = {}
    for kind in EDITOR_KINDS:
        _shapes_in(kind.shape, shapes)
    return [(shape, key) for shape in shapes.values() for key in shape.keys]


def test_every_shape_of_the_program_is_in_a_schema() -> None:
    """So what the loader reads by a shape, an editor knows."""
    modules = [
        import_module(name)
        for room in (notifier.rules, notifier.intake)
        for _, name, _ in pkgutil.iter_modules(room.__path__, f"{room.__name__}.")
    ]
    shapes = {value.what for module in modules for value in vars(module).values() if isinstance(value, Shape)}
    assert shapes == {shape.what for shape, _ in _keys()}


def test_no_two_shapes_are_called_the_same() -> None:
    """Else one of them would have the other's keys in the schema."""
    for kind in EDITOR_KINDS:
        names = [shape.what for shape in _walk(kind.shape)]
        assert len(names) == len(set(names)), kind.name


def _walk(shape: Shape) -> list[Shape]:
    found: list[Shape] = []
    todo = [shape]
    while todo:
        one = todo.pop()
        if not any(one is each for each in found):
            found.append(one)
            todo += [key.shape for key in one.keys if key.shape is not None]
    return found


@pytest.mark.parametrize("kind", EDITOR_KINDS, ids=lambda kind: kind.name)
def test_a_schema_is_one_and_has_a_sentence_for_every_key(kind: FileKind) -> None:
    schema = _schema(kind)
    Draft202012Validator.check_schema(schema)
    mappings = [schema, *(part for name, part in schema["$defs"].items() if not name.startswith("row_of_"))]
    keys = {name: part for mapping in mappings for name, part in mapping["properties"].items()}
    assert all(mapping["additionalProperties"] is False for mapping in mappings)
    assert [name for name, part in keys.items() if not part.get("description", "").strip()] == []


@pytest.mark.parametrize("kind", EDITOR_KINDS, ids=lambda kind: kind.name)
def test_the_loader_reads_every_key_that_a_schema_has_and_both_refuse_any_other(kind: FileKind, tmp_path: Path) -> None:
    """The file has every key there is, each mapping one that does not exist, and the real reader reads it."""
    whole = _instance(_schema(kind), _schema(kind))
    contents = [_with_a_wrong_key(whole), *(_without(_with_a_wrong_key(whole), key) for key in EXCLUSIVE)]
    said = [problem for content in contents for problem in _problems_of(kind, content, tmp_path)]
    unknown = [match[1] for one in said if (match := re.search(r"unknown key '(\w+)' in ", one))]
    refused = {match[1] for one in said if (match := re.search(r"unknown key 'zzz' in (.+?)(?:; |$)", one))}

    assert set(unknown) == {"zzz"}
    assert refused == {shape.what for shape in _walk(kind.shape)}
    assert [
        one for one in said if re.search(r"is a mapping, not|has no column|unknown entity", one) and "zzz" not in one
    ] == []
    assert not list(Draft202012Validator(_schema(kind)).iter_errors(whole))
    wrong = [error.message for error in Draft202012Validator(_schema(kind)).iter_errors(_with_a_wrong_key(whole))]
    assert any("'zzz' was unexpected" in message for message in wrong)


def _problems_of(kind: FileKind, content: Any, folder: Path) -> list[str]:
    """What the reader of such files says of the content."""
    text = _written(content).encode()
    if kind is MAP_FILES:
        (folder / "map.yaml").write_bytes(text)
        try:
            read_map(folder / "map.yaml", ImportContext(schema=KNOWN.schema))
        except ProblemsError as error:
            return [str(problem) for problem in error.problems]
        return []
    if kind is DRILL_FILES:
        (folder / "day.yaml").write_bytes(text)
        with pytest.raises(ProblemsError) as found:
            read_drill(folder / "day.yaml", load_project(folder, FileSet(files={})))
        return [str(problem) for problem in found.value.problems]
    path = kind.path.replace("**/*", "mine")
    project = load_project(folder, FileSet(files={"rules/topics.yaml": TOPICS, path: text}))
    if kind.name != "scenarios":
        return [str(problem) for problem in (*project.problems, *project.map_problems)]
    (folder / "mine.test.yaml").write_bytes(text)
    with pytest.raises(ProblemsError) as raised:
        load_scenarios(folder / "mine.test.yaml", project)
    return [str(problem) for problem in raised.value.problems]


def _instance(part: Any, root: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that the schema takes, with every key it has."""
    if name in READ_EARLY and (
        "oneOf" not in part or READ_EARLY[name] in [choice["const"] for choice in part["oneOf"]]
    ):
        return READ_EARLY[name]
    if part is True:
        return "x"
    if "$ref" in part:
        return _instance(root["$defs"][part["$ref"].rsplit("/", 1)[1]], root, name, depth)
    if "oneOf" in part:
        return part["oneOf"][0]["const"]
    if "enum" in part:
        return part["enum"][0]
    if isinstance(part.get("then"), dict) and "array" not in part["type"]:
        return _instance(part["then"], root, name, depth)
    kinds = part["type"] if isinstance(part["type"], list) else [part["type"]]
    if "array" in kinds and "items" in part and kinds[0] != "object":
        return [_instance(part["items"], root, "", depth + 1)]
    if kinds[0] == "object":
        keys = {key: _instance(value, root, key, depth + 1) for key, value in part.get("properties", {}).items()}
        more = part.get("additionalProperties", False)
        return keys or ({NAMES.get(name, "x"): _instance(more, root, "", depth + 1)} if more else {})
    return {"string": "x", "integer": 1, "boolean": True}[kinds[0]]


def _without(value: Any, name: str) -> Any:
    """The same without a key, wherever it stands."""
    if isinstance(value, list):
        return [_without(item, name) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _without(item, name) for key, item in value.items() if key != name}


def _with_a_wrong_key(value: Any) -> Any:
    """The same with `zzz` in every mapping whose keys are known; in a mapping from names it would be one more name."""
    if isinstance(value, list):
        return [_with_a_wrong_key(item) for item in value]
    if not isinstance(value, dict):
        return value
    more = {} if {*value} & {"x", "o", "id"} and len(value) == 1 else {"zzz": "x"}
    return {key: _with_a_wrong_key(item) for key, item in value.items()} | more


def _written(value: Any) -> str:
    """YAML in flow style: JSON is YAML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}": {_written(item)}' for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


FORMS = {
    (key.form, bool(key.values), key.shape is not None): (shape, key) for shape, key in _keys() if key.by_entity is None
}
NODES = ("[]", "[x]", "[5]", "[[x]]", "[{ x: y }]", "[x, null]", "{ x: y }")
SCALARS = ("x", "''", "5", "1.5", "true", "")


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_form_is_refused_by_the_editor_where_the_loader_refuses_it(form: tuple[Form, bool, bool]) -> None:
    """What has keys of its own, in a mapping or a list, is held to the loader above."""
    shape, key = FORMS[form]
    schema = next(_schema(kind) for kind in EDITOR_KINDS if any(one is shape for one in _walk(kind.shape)))
    mappings = [schema, *schema["$defs"].values()]
    part = next(each["properties"][key.name] for each in mappings if [*each.get("properties", {})] == [*shape.names])
    validator = Draft202012Validator({**part, "$defs": schema["$defs"]})
    plain = key.shape is None
    for written in (*SCALARS, *(NODES if plain else NODES[:1])):
        value = _value_of(written)
        refused = bool(_refused_by_the_loader(shape, key, value))
        assert (not validator.is_valid(_data(value))) == refused, (key.name, written)


def _value_of(written: str) -> Node:
    node = read_yaml(f"k: {written}".encode(), "a.yaml")
    assert isinstance(node, MappingNode)
    return node.entries[0].value


def _refused_by_the_loader(shape: Shape, key: Key, value: Node) -> list[str]:
    findings, place = Findings(), Place("a.yaml")
    entry = Entry(key=ScalarNode(place=place, value=key.name, text=key.name, raw=key.name), value=value)
    Fields(MappingNode(place=place, entries=(entry,)), shape, findings)
    return [one.what for one in findings.problems if not one.what.startswith(f"{shape.what} needs ")]


def _data(node: Node) -> Any:
    """The plain value of a node, as a YAML 1.2 parser that knows nothing of us has it."""
    match node:
        case ScalarNode():
            return float(node.value) if isinstance(node.value, Decimal) else node.value
        case ListNode():
            return [_data(item) for item in node.items]
        case MappingNode():
            return {entry.key.text: _data(entry.value) for entry in node.entries}


def test_every_mapping_from_names_says_what_stands_under_a_name() -> None:
    lacking = [
        f"{shape.what}: {key.name}"
        for shape, key in _keys()
        if key.form is Form.NAMED and key.shape is None and key.short is None and key.by_entity is None
    ]
    assert lacking == [], "say it in rules/shapes/: shape=, short= or by_entity="


def test_every_choice_has_its_meaning_and_no_other_has() -> None:
    """notifier/rules/meanings.py has the sentences."""
    lacking = [
        f"{shape.what}: {key.name}: {value}"
        for shape, key in _keys()
        if len(key.values) > 1
        for value in key.values
        if value not in meanings_of(shape, key)
    ]
    keys = {(shape.what, key.name) for shape, key in _keys() if len(key.values) > 1}
    assert lacking == []
    assert set(MEANINGS) == keys


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("rules/topics.yaml", "../.schemas/topics.schema.json"),
        ("rules/mine.yaml", "../.schemas/rules.schema.json"),
        ("rules/telco/fibre/bills.yaml", "../../../.schemas/rules.schema.json"),
        ("rules/telco/topics.yaml", "../../.schemas/rules.schema.json"),
        ("rules/telco/bills.test.yaml", "../../.schemas/scenarios.schema.json"),
        ("maps/orders.yaml", "../.schemas/map.schema.json"),
        ("orders.yaml", ".schemas/map.schema.json"),
    ],
)
def test_the_modeline_leads_from_a_file_to_its_schema(file: str, line: str, tmp_path: Path) -> None:
    kind = kind_in(tmp_path, tmp_path / file)
    assert modeline(tmp_path / file, tmp_path / ".schemas", kind) == f"# yaml-language-server: $schema={line}"


@pytest.mark.parametrize(
    ("above", "line"),
    [("", None), ("\ufeff# words\n\n---\n", None), ("topics: {}\n", 2), ("# words\ntopics:\n  # more\n", 4)],
)
def test_a_modeline_below_the_first_content_is_warned_of(above: str, line: int | None, tmp_path: Path) -> None:
    content = f"{above}# yaml-language-server: $schema=../.schemas/topics.schema.json\n".encode()
    found = [
        one
        for one in load_project(tmp_path, FileSet(files={"rules/topics.yaml": content})).problems
        if not one.is_error
    ]
    assert [(one.place.line, "move it to the first line" in one.what) for one in found] == (
        [(line, True)] if line else []
    )


def test_there_is_one_kind_for_each_file_that_the_loader_names() -> None:
    paths = [kind.path for kind in KINDS]
    assert len(paths) == len(set(paths))
    assert {kind.shape.what for kind in KINDS if kind.is_one_file} == {kind.path for kind in KINDS if kind.is_one_file}
