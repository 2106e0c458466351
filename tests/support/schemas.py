"""What a command printed with `--json` is held to the schema that the documents promise for it."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def file_of(command: str) -> Path:
    """The schema of a command: `notices list` -> `notices-list.schema.json`."""
    return SCHEMAS / f"{command.replace(' ', '-')}.schema.json"


@cache
def validator_of(command: str) -> Draft202012Validator:
    """What says whether a document is one of this command's."""
    return Draft202012Validator(json.loads(file_of(command).read_text(encoding="utf-8")))


def problems_of(command: str, document: Any) -> list[str]:
    """Every way in which the document breaks the command's schema, with its place."""
    errors = validator_of(command).iter_errors(document)
    return [f"{error.json_path}: {error.message[:300]}" for error in errors]


def command_of(arguments: Sequence[object]) -> str:
    """The command that these arguments call: its one or two first words."""
    first, *rest = (str(argument) for argument in arguments)
    both = f"{first} {rest[0]}" if rest else first
    return both if file_of(both).exists() else first
