"""A table that knows how everything ended becomes a history: nothing is read before it was known."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from notifier.intake.histories import History
from notifier.intake.history_files import Table, given_table, read_history
from notifier.intake.map_files import read_map
from notifier.intake.parsing import ImportContext
from notifier.model.problems import ProblemsError
from notifier.model.schema import Schema, entities

CONTEXT = ImportContext(schema=Schema(entities=entities()))
MAP = """\
entity: order
columns:
  id: id
  customer_id: customer
  status: { from: state, values: { done: completed, away: shipped, off: cancelled } }
  placed_at: placed
  handed_over_at: away
  completed_at: came
  promised_at: promised
  seller: seller
as_of:
  starts: placed_at
  before: in_progress
  steps:
    - { at: handed_over_at, status: shipped }
    - { at: completed_at, status: completed }
history:
  customer_id: placed_at
  promised_at: placed_at
  handed_over_at: handed_over_at
  completed_at: completed_at
"""
ORDERS = """\
id,customer,state,placed,away,came,promised,seller
O-1,C-1,done,2026-03-01T10:00:00Z,2026-03-02T10:00:00Z,2026-03-05T10:00:00Z,2026-03-04T00:00:00Z,Norte
O-2,C-1,off,2026-03-01T11:00:00Z,,,2026-03-04T00:00:00Z,
"""


def history_of(folder: Path, table: str = ORDERS, text: str = MAP) -> History:
    (folder / "orders.csv").write_text(table, encoding="utf-8")
    (folder / "orders.yaml").write_text(text, encoding="utf-8")
    return read_history([], [Table(file=folder / "orders.csv", map=folder / "orders.yaml")], CONTEXT)


def known(history: History, name: str) -> list[tuple[str, dict[str, Any]]]:
    """What became known of a row: when, and what."""
    return [
        (f"{each.at:%d %H}", {column: value for column, value in row.items() if column != "id"})
        for each in history.happenings
        for row in each.set["order"]
        if row["id"] == name
    ]


def test_each_column_is_known_from_the_instant_that_the_map_names(tmp_path: Path) -> None:
    history = history_of(tmp_path)
    first, second, last = known(history, "O-1")
    placed, promised = datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)
    begun = {"customer_id": "C-1", "status": "in_progress", "placed_at": placed, "promised_at": promised}
    assert first == ("01 10", begun)
    assert second == ("02 10", {"status": "shipped", "handed_over_at": datetime(2026, 3, 2, 10, tzinfo=UTC)})
    came = datetime(2026, 3, 5, 10, tzinfo=UTC)
    assert last == ("05 10", {"status": "completed", "completed_at": came, "seller": "Norte"})
    assert history.problems == []


def test_a_column_of_which_nothing_says_when_is_not_read_before_the_last_change_and_is_counted(tmp_path: Path) -> None:
    history = history_of(tmp_path)
    assert {(one.column, one.rows) for one in history.withheld if one.rows} == {("seller", 1)}


def test_a_status_that_no_step_sets_comes_with_the_last_change(tmp_path: Path) -> None:
    only = known(history_of(tmp_path), "O-2")
    assert [(at, row["status"]) for at, row in only] == [("01 11", "cancelled")]
    shipped = ORDERS.replace(
        "O-2,C-1,off,2026-03-01T11:00:00Z,,", "O-2,C-1,off,2026-03-01T11:00:00Z,2026-03-03T00:00Z,"
    )
    history = history_of(tmp_path, shipped)
    assert [row.get("status") for _, row in known(history, "O-2")] == ["in_progress", "cancelled"]
    assert ("status", 1) in {(one.column, one.rows) for one in history.withheld}


def test_a_needed_column_of_which_nothing_says_when_puts_the_row_off(tmp_path: Path) -> None:
    history = history_of(tmp_path, text=MAP.replace("  customer_id: placed_at\n", ""))
    assert [at for at, _ in known(history, "O-1")] == ["05 10"]
    assert ("customer_id", 1) in {(one.column, one.rows) for one in history.withheld}


def test_lines_of_one_id_that_disagree_are_a_problem_unless_the_map_says_which_counts(tmp_path: Path) -> None:
    twice = f"{ORDERS}O-1,C-2,done,2026-03-01T10:00:00Z,,,,\n"
    (problem,) = history_of(tmp_path, twice).problems
    assert "orders.csv:4" in str(problem)
    assert "something else of order O-1 than line 2" in str(problem)
    last = history_of(tmp_path, twice, f"{MAP}repeated: last\n")
    assert (last.problems, known(last, "O-1")[0][1]["customer_id"]) == ([], "C-2")


def test_rows_of_the_past_need_a_history_and_people_and_places_are_as_they_are_today(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="nothing says when the columns of this order file became known"):
        history_of(tmp_path, text=MAP.partition("history:")[0])
    (tmp_path / "people.csv").write_text("id,name\nC-1,Ana\n", encoding="utf-8")
    history = read_history([], [given_table(f"customer={tmp_path}/people.csv")], CONTEXT)
    assert history.happenings == []
    assert [row["name"] for row in history.present["customer"]] == ["Ana"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("  custmer_id: placed_at", "order has no column 'custmer_id'; did you mean 'customer_id'?"),
        ("  seller: plaiced_at", "unknown column of instants 'plaiced_at'; did you mean 'placed_at'?"),
        ("  seller: [placed_at]", "the column with the instant is a text, not a list"),
    ],
)
def test_what_is_wrong_in_a_history_is_said_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "orders.yaml"
    path.write_text(f"{MAP}{line}\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match=re.escape(says)) as caught:
        read_map(path, CONTEXT)
    assert [problem.place.line for problem in caught.value.problems] == [22]


@pytest.mark.parametrize("text", ["orders.csv", "=orders.csv", "orders.yaml="])
def test_a_table_names_its_map_and_its_file(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it like maps/orders\.yaml=orders\.csv"):
        given_table(text)
