"""Every `--json` has a JSON Schema, written from the code; what commands print is held to it in `tests/cli`."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.test_help import COMMANDS
from tests.docs.schemas import DOCUMENTS, schema_text
from tests.support.schemas import SCHEMAS, file_of


def test_every_command_with_json_has_a_schema_and_there_is_no_other() -> None:
    with_json = {
        name for name, command in COMMANDS.items() if any("--json" in parameter.opts for parameter in command.params)
    }
    assert with_json == set(DOCUMENTS)
    assert {file_of(name) for name in with_json} == set(SCHEMAS.iterdir())


@pytest.mark.parametrize("command", sorted(DOCUMENTS))
def test_a_schema_is_valid_and_as_the_code_says(command: str) -> None:
    text = file_of(command).read_text(encoding="utf-8")
    assert text == schema_text(command), "run: .venv/bin/python -m tests.docs.schemas"
    Draft202012Validator.check_schema(json.loads(text))


@pytest.mark.parametrize("command", sorted(DOCUMENTS))
def test_keys_are_identifiers_objects_are_closed_and_instants_end_in_z(command: str) -> None:
    document = json.loads(file_of(command).read_text(encoding="utf-8"))
    parts = list(parts_of(document))
    closed = [part for part in parts if "properties" in part]
    keys = {key for part in closed for key in part["properties"]}

    assert all(part["additionalProperties"] is False for part in closed)
    assert all("additionalProperties" in part for part in parts if part.get("type") == "object")
    assert [key for key in keys if not re.fullmatch(r"[a-z][a-z0-9_]*", key)] == []
    assert all(part["pattern"].endswith("Z$") for part in parts if part.get("format") == "date-time")


def parts_of(schema: object) -> Iterator[dict[str, Any]]:
    """The schema and every schema in it."""
    if isinstance(schema, dict):
        yield schema
    if isinstance(schema, dict | list):
        for part in schema.values() if isinstance(schema, dict) else schema:
            yield from parts_of(part)
