"""What nobody sees is taken out of what is imported, or its row is refused; names keep what they are spelt with."""

from typing import Any

import pytest

from notifier.intake.parsing import ImportContext, RowParser
from notifier.model.schema import Schema, entities

CONTEXT = ImportContext(schema=Schema(entities=entities()), default_country="CO")


def parsed(entity: str, row: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    rows = RowParser(CONTEXT.schema.entities[entity], CONTEXT).parse({name: [cell] for name, cell in row.items()})
    return {name: values[0] for name, values in rows.columns.items()}, [p.what for p in rows.problems]


@pytest.mark.parametrize(
    ("entity", "column"),
    [("customer", "id"), ("customer", "name"), ("appointment", "place"), ("contract", "plan"), ("contact", "reason"),
     ("feedback", "text"), ("charge", "product"), ("site", "address"), ("incident", "cause")],
)  # fmt: skip
def test_marks_of_direction_are_taken_out_of_every_text(entity: str, column: str) -> None:
    row, problems = parsed(entity, {"id": "X-1", column: "\u202aAna\u202e 59,90\u200f\ufeff"})
    assert row[column] == "Ana 59,90"
    assert all("must not be empty" in problem for problem in problems)


@pytest.mark.parametrize("name", ["محمد الأحمد", "שרה", "می\u200cخواهم", "क्\u200dष", "👩\u200d👧", "Zoë"])
def test_names_keep_what_they_are_spelt_with(name: str) -> None:
    row, problems = parsed("customer", {"id": "C-1", "name": name})
    assert (row["name"], problems) == (name, [])


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Ana\x1b[31m", "the text holds the control character U+001B; remove it"),
        ("Ana\u2028Eva", "the text holds the character U+2028 (line separator); remove it"),
        ("Ana\ue002", "the text holds the character U+E002; remove it"),
        ("Ana\nEva", "'Ana…' holds a line break; write it on one line"),
        ("Ana\tEva", "the text holds the control character U+0009; remove it"),
    ],
)
def test_what_no_name_may_hold_is_refused_with_its_number(cell: str, said: str) -> None:
    assert parsed("customer", {"id": "C-1", "name": cell})[1] == [said]
