"""Which rules look at a row that changed: those that may be true of it, and those that said something about it."""

from typing import Any

import pytest

from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.state.changes import delete_rows
from tests.support.rig import Rig, visit


def counted(rig: Rig) -> set[str]:
    """The changed visits that count for the reminder."""
    query = rig.ruleset.rule_queries["visit-reminder"]
    assert query.in_question_ids is not None
    with read_only(rig.database) as connection:
        reader = Reader(connection, live=False)
        return reader.subjects_that_count("visit-reminder", query.baseline_ids()[1], query.in_question_ids)


def test_a_row_counts_while_the_rule_may_be_true_of_it_or_has_said_something(rig: Rig) -> None:
    rig.tick()
    assert counted(rig) == set()  # the tick took all changes
    rig.set(appointment=[visit(status="cancelled"), visit(id="A-2", status="cancelled"), visit(id="A-3")])
    assert counted(rig) == {"A-1", "A-3"}
    rig.tick()
    assert [(row.subject_id, row.state) for row in rig.notices()] == [("A-1", "cancelled"), ("A-3", "ready")]
    rig.set(appointment=[visit(id="A-2")])  # put back
    assert counted(rig) == {"A-2"}


@pytest.mark.parametrize("change", ["cancelled", "deleted", "moved", "another's"])
def test_what_was_decided_is_looked_at_again_whatever_becomes_of_its_row(rig: Rig, change: str) -> None:
    rig.tick()
    rig.set(
        customer=[{"id": "C-2", "name": "Luz Paz", "locale": "en-US", "timezone": "America/Bogota", "country": "CO"}]
    )
    rig.tick()
    if change == "deleted":
        with rig.database.begin() as connection:
            delete_rows(connection, "appointment", ["A-1"], rig.clock())
    else:
        becomes: dict[str, dict[str, Any]] = {
            "cancelled": {"status": "cancelled"},
            "moved": {"starts_at": rig.clock.at},
            "another's": {"customer_id": "C-2"},
        }
        rig.set(appointment=[visit(**becomes[change])])
    assert counted(rig) == {"A-1"}
