"""The text of a JSON value -> the value, with exact numbers."""

import json
from decimal import Decimal
from typing import Any


def exact_json(text: str | bytes) -> Any:
    """A JSON value with exact numbers. Raises ValueError (or RecursionError) also where a key is given twice."""
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key '{twice}' is given twice")
    return found
