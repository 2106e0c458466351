"""Change sets are applied whole or not at all, each at its own instant."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.intake.events import ChangeSet, apply_change_set, import_events
from notifier.intake.parsing import ImportContext
from notifier.intake.report import ImportReport
from notifier.intake.sources import open_source
from notifier.model.problems import Place, ProblemsError
from notifier.store.state.changes import DeleteCounts
from notifier.store.state.merging import WriteCounts
from tests.support.drafts import NOW
from tests.support.importing import shown
from tests.support.state import changes, stored

VISIT = {
    "id": "A-1",
    "customer_id": "C-1",
    "kind": "visit",
    "status": "confirmed",
    "starts_at": "2026-03-05T10:00:00-05:00",
}
CHARGE = {"id": "X-9", "customer_id": "C-1", "kind": "recurring", "amount": 5, "currency": "COP"}
FIRST = {"at": "2026-03-02T09:00:00-05:00", "set": {"appointment": [VISIT], "charge": [CHARGE]}}
SECOND = {
    "at": "2026-03-02T10:00:00-05:00",
    "set": {"appointment": [{"id": "A-1", "status": "cancelled"}]},
    "delete": {"charge": ["X-9"]},
}


def play(
    engine: sa.Engine, context: ImportContext, *events: object, baseline: bool = False, errors: Path | None = None
) -> ImportReport:
    lines = "".join((event if isinstance(event, str) else json.dumps(event)) + "\n" for event in events)
    with open_source(None, io.BytesIO(lines.encode())) as source, engine.begin() as connection:
        return import_events(connection, source, context, baseline=baseline, errors=errors)


def test_events_are_applied_in_the_order_of_the_lines(engine: sa.Engine, context: ImportContext) -> None:
    report = play(engine, context, FIRST, SECOND)
    assert (report.read, report.counts, report.deleted) == (2, WriteCounts(inserted=2, updated=1), 1)
    row = stored(engine, "appointment")["A-1"]
    assert (row["status"], row["status_since"]) == ("cancelled", NOW + timedelta(hours=1))
    assert stored(engine, "charge") == {}
    assert [change["at"] for change in changes(engine)] == [
        NOW,
        NOW,
        NOW + timedelta(hours=1),
        NOW + timedelta(hours=1),
    ]


def test_a_change_set_with_a_bad_row_is_left_out_whole(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    bad = {
        "at": SECOND["at"],
        "set": {"appointment": [{"id": "A-1", "status": "cancelled"}, {"id": "A-2", "status": "x"}]},
    }
    report = play(engine, context, FIRST, bad, errors=tmp_path / "errors.jsonl")
    assert (report.read, report.bad) == (2, 1)
    assert shown(report.problems) == [
        "stdin:2: appointment A-2: status: 'x' is not one of initialized, confirmed, completed, cancelled, failed"
    ]
    assert stored(engine, "appointment")["A-1"]["status"] == "confirmed"
    (written,) = (tmp_path / "errors.jsonl").read_text().splitlines()
    assert json.loads(written)["set"] == bad["set"]


def test_a_change_set_that_the_tables_cannot_take_is_undone(engine: sa.Engine, context: ImportContext) -> None:
    half = {"at": SECOND["at"], "set": {"charge": [{"id": "X-9", "product": "fibre"}], "appointment": [{"id": "A-7"}]}}
    report = play(engine, context, FIRST, half)
    assert shown(report.problems) == [
        "stdin:2: appointment A-7 is not there yet, and a new one needs customer_id, kind, status, starts_at"
    ]
    assert "product" not in stored(engine, "charge")["X-9"]
    assert len(changes(engine)) == 2


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ({"set": {}}, "a change set needs 'at': the instant of the change"),
        ({"at": "2026-03-02T09:00:00"}, "at: '2026-03-02T09:00:00' has no time zone"),
        ({"at": FIRST["at"], "sets": {}}, "unknown key 'sets' in a change set; did you mean 'set'?"),
        ({"at": FIRST["at"], "set": {"order": {"id": "O-1"}}}, "'set' holds lists of rows by entity"),
        ({"at": FIRST["at"], "delete": {"order": [1]}}, "'delete' holds lists of ids by entity"),
        ({"at": FIRST["at"], "set": {"ordre": []}}, "unknown entity 'ordre'; did you mean 'order'?"),
        (
            {"at": FIRST["at"], "delete": {"site_day": ["S-1/2026-01-01"]}},
            "unknown entity 'site_day'; did you mean 'site'",
        ),
        ({"at": FIRST["at"], "set": {"order": [{"status": "held"}]}}, "order, row 1: the column 'id' is missing"),
        (
            {"at": FIRST["at"], "set": {"order": [{"id": "O-1", "stat": "held"}]}},
            "order O-1: order has no column 'stat'",
        ),
        ('{"at": ', "not JSON"),
        ("[]", "a line is one JSON object"),
    ],
)
def test_a_bad_change_set_says_what_is_wrong(
    engine: sa.Engine, context: ImportContext, event: object, problem: str
) -> None:
    report = play(engine, context, FIRST, event)
    assert report.bad == 1
    assert problem in shown(report.problems)[0]
    assert shown(report.problems)[0].startswith("stdin:2: ")
    assert len(stored(engine, "appointment")) == 1


def test_references_that_come_later_in_the_file_are_not_listed(engine: sa.Engine, context: ImportContext) -> None:
    customer = {"at": SECOND["at"], "set": {"customer": [{"id": "C-1", "name": "Ana"}]}}
    order = {"id": "O-1", "customer_id": "C-9", "status": "held", "placed_at": FIRST["at"]}
    report = play(engine, context, FIRST, customer, {"at": SECOND["at"], "set": {"order": [order]}})
    assert shown(report.dangling) == ["order.customer: 1 not there yet: C-9"]


def test_events_may_be_a_baseline(engine: sa.Engine, context: ImportContext) -> None:
    play(engine, context, FIRST, baseline=True)
    assert {change["baseline"] for change in changes(engine)} == {True}


def test_events_are_json(engine: sa.Engine, context: ImportContext) -> None:
    with (
        open_source(None, io.BytesIO(b"id,status\n")) as source,
        engine.begin() as connection,
        pytest.raises(ProblemsError, match="events are JSON, one change set a line"),
    ):
        import_events(connection, source, context)


def test_a_change_set_from_yaml_has_typed_values(engine: sa.Engine, context: ImportContext) -> None:
    visit: dict[str, Any] = {**VISIT, "starts_at": NOW, "party_size": 4, "attributes": {"visits": 2}}
    with engine.begin() as connection:
        applied = apply_change_set(
            connection, ChangeSet(at=NOW, set={"appointment": [visit]}, delete={"order": ["O-1"]}), context
        )
    assert (applied.counts, applied.deleted) == (WriteCounts(inserted=1), DeleteCounts(missing=1))
    assert stored(engine, "appointment")["A-1"]["starts_at"] == NOW


def test_problems_of_a_change_set_carry_the_place_given(engine: sa.Engine, context: ImportContext) -> None:
    place = Place("rules/a.test.yaml", 12, 7)
    with engine.begin() as connection, pytest.raises(ProblemsError) as caught:
        apply_change_set(connection, ChangeSet(at=NOW, set={"order": [{"id": "O-1"}, {"id": 2}]}), context, place=place)
    assert [problem.place for problem in caught.value.problems] == [place, place]


def test_a_deleted_site_loses_its_days(engine: sa.Engine, context: ImportContext) -> None:
    site = {"id": "S-1", "name": "A", "timezone": "America/Bogota", "country": "CO", "opening_hours": "24/7"}
    play(engine, context, {"at": FIRST["at"], "set": {"site": [site]}})
    assert len(stored(engine, "site_day")) == 60
    play(engine, context, {"at": SECOND["at"], "delete": {"site": ["S-1"]}})
    assert stored(engine, "site_day") == {}


def test_doubtful_phones_of_events_are_counted_where_the_change_set_is_written(
    engine: sa.Engine, context: ImportContext
) -> None:
    row = {"id": "C-1", "name": "Ana", "phone": "601 745 5905"}
    at = "2026-03-02T12:00:00-05:00"
    lines = [{"at": at, "set": {"customer": [row]}}, {"at": at, "set": {"customer": [{**row, "locale": "?"}]}}]
    report = play(engine, context, *lines)
    assert [str(doubts) for doubts in report.doubts] == [
        "phone (1): to a landline, which takes no SMS: line 1 +576017455905"
    ]


def test_rows_of_one_id_in_a_change_set_are_one_row_where_they_agree(engine: sa.Engine, context: ImportContext) -> None:
    more = {"id": "A-1", "party_size": 4, "place": None}
    report = play(engine, context, {"at": FIRST["at"], "set": {"appointment": [VISIT, more]}})
    assert (report.ok, report.counts) == (True, WriteCounts(inserted=1))
    assert stored(engine, "appointment")["A-1"]["party_size"] == 4


def test_a_change_set_that_says_two_things_of_one_row_is_left_out(engine: sa.Engine, context: ImportContext) -> None:
    other = {**VISIT, "status": "cancelled"}
    report = play(engine, context, {"at": FIRST["at"], "set": {"appointment": [VISIT, other, VISIT]}})
    assert shown(report.problems) == [
        "stdin:1: appointment A-1: status: 'confirmed' and 'cancelled' in one change set; leave one of them, or write "
        "two change sets"
    ]
    assert stored(engine, "appointment") == {}


def test_a_change_set_that_writes_and_deletes_one_row_is_left_out(engine: sa.Engine, context: ImportContext) -> None:
    both = {"at": FIRST["at"], "set": {"appointment": [VISIT]}, "delete": {"appointment": ["A-1", "A-2"]}}
    report = play(engine, context, both)
    assert shown(report.problems) == [
        "stdin:1: appointment A-1 is in 'set' and in 'delete'; leave one of them, or write two change sets"
    ]
    assert stored(engine, "appointment") == {}


def test_one_problem_of_many_change_sets_is_told_once(engine: sa.Engine, context: ImportContext) -> None:
    sets = [
        {"at": FIRST["at"], "set": {"appointment": [{**VISIT, "id": f"A-{name}", "status": "x"}]}} for name in "abcd"
    ]
    report = play(engine, context, *sets)
    assert [(problem.line, problem.count) for problem in report.problems] == [(1, 4)]
    assert report.bad == 4
