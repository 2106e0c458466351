"""A forecast in a condition or claim: learned from completed rows, counted from a point, null if it cannot be said."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from notifier.evaluation.rule_query import RuleQuery
from notifier.model.learning import LEARNED_QUANTILE, LEARNING
from notifier.model.notices import Match
from notifier.model.problems import ProblemsError
from notifier.rules.checked_rules import Rule
from notifier.rules.forecasting import forecasts_of
from notifier.store.learning import TooEarlyError, learn, learnings, taught
from tests.evaluation.state import SCHEMA, add, rule
from tests.promises.world import written_check

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LATE = "forecast(order, 'completed_at', 0.8)"


def completed(
    db: sa.Connection, count: int, *, seller: str | None = None, per_row: timedelta = DAY, first: int = 0
) -> None:
    """Orders promised a day after they were placed, and completed 1, 2, 3, … times `per_row` after that."""
    rows = [
        {
            "id": f"{seller}-{first + i}",
            "seller": seller,
            "status": "completed",
            "placed_at": START,
            "promised_at": START + DAY,
            "completed_at": START + DAY + (i + 1) * per_row,
        }
        for i in range(count)
    ]
    add(db, "order", *rows)


def taught_by(db: sa.Connection, tested: Rule, at: datetime) -> None:
    for forecast, probabilities in taught(SCHEMA, forecasts_of(tested)):
        learn(db, SCHEMA, forecast, probabilities, at=at, computed_at=at)


def told(db: sa.Connection, tested: Rule, now: datetime) -> dict[str, Match]:
    query = RuleQuery(tested, SCHEMA)
    rows = db.execute(query.matching(), {"now": now, "subjects": list(db.scalars(sa.text('SELECT id FROM "order"')))})
    return {m.subject_id: m for row in rows for m in query.read(row, now)}


def a_rule(
    claim: str = LATE, *, when: str = "order.status == 'in_progress'", at: str | None = "order.promised_at"
) -> Rule:
    return rule(
        "order",
        when=[when],
        at=[at] if at else (),
        until="30d after order.promised_at" if at else None,
        claims={"new_date": claim},
    )


def test_it_says_by_when_eight_of_ten_that_waited_as_long_had_come(db: sa.Connection) -> None:
    completed(db, 20)
    tested = a_rule()
    taught_by(db, tested, START + 40 * DAY)
    now = START + 50 * DAY
    add(db, "order", {"id": "O-1", "status": "in_progress", "placed_at": now - 2 * DAY, "promised_at": now})
    (match,) = told(db, tested, now).values()
    assert (
        match.claims["new_date"].value == now + 16.8 * DAY
    )  # for 0.8 of the next one: (20 + 1) * 0.8 = 16.8, between the 16th and the 17th
    assert match.evidence[f"{LATE} (cases)"] == 20
    assert match.evidence[f"{LATE} (group)"] == "stage=placed_at, region=, seller="


def test_under_twenty_cases_it_is_null_and_no_condition_on_it_is_true(db: sa.Connection) -> None:
    completed(db, 19)
    now = START + 50 * DAY
    add(db, "order", {"id": "O-1", "status": "in_progress", "placed_at": now - 2 * DAY, "promised_at": now})
    tested = a_rule(when=f"order.status == 'in_progress' and {LATE} > order.promised_at")
    taught_by(db, tested, START + 40 * DAY)
    assert told(db, tested, now) == {}
    unsaid = a_rule(when=f"order.status == 'in_progress' and {LATE} == null")
    (match,) = told(db, unsaid, now).values()
    assert match.claims["new_date"].value is None


def test_where_nothing_was_learned_no_groups_are_written(sqlite_db: sa.Connection) -> None:
    """A month of the point is one of them: nothing else in this statement asks the calendar, our function on SQLite."""
    calls = []

    def clock(*asked: object) -> int:
        calls.append(asked)
        return 1

    sqlite_db.connection.create_function("notifier_clock", 3, clock)
    tested = a_rule(when=f"order.status == 'in_progress' and {LATE} == null")
    now = START + 50 * DAY
    add(sqlite_db, "order", {"id": "O-1", "status": "in_progress", "placed_at": now - 2 * DAY, "promised_at": now})
    assert [*told(sqlite_db, tested, now)] == ["O-1"]
    assert not calls
    completed(sqlite_db, 20)
    taught_by(sqlite_db, tested, START + 40 * DAY)
    told(sqlite_db, tested, now)
    assert calls


def test_the_finest_group_with_enough_cases_answers(db: sa.Connection) -> None:
    completed(db, 20, seller="slow", per_row=2 * DAY)
    completed(db, 20, seller="quick", per_row=timedelta(hours=1))
    completed(db, 19, seller="new", per_row=DAY)
    tested = a_rule()
    now = START + 60 * DAY
    taught_by(db, tested, now)
    waiting = {"status": "in_progress", "placed_at": now - DAY, "promised_at": now}
    add(db, "order", *({"id": name, "seller": name, **waiting} for name in ("slow", "quick", "new")))
    matches = told(db, tested, now)
    assert matches["slow"].claims["new_date"].value == now + 33.6 * DAY
    assert matches["quick"].claims["new_date"].value == now + timedelta(hours=16.8)
    assert matches["new"].evidence[f"{LATE} (cases)"] == 59
    assert "seller" not in str(matches["new"].evidence[f"{LATE} (group)"])


def test_what_was_on_its_way_at_the_point_is_held_against_what_was(db: sa.Connection) -> None:
    sent = [
        {
            "id": f"S-{i}",
            "status": "completed",
            "placed_at": START,
            "handed_over_at": START + DAY / 2,
            "promised_at": START + DAY,
            "completed_at": START + DAY + timedelta(hours=i + 1),
        }
        for i in range(20)
    ]
    add(db, "order", *sent)
    completed(db, 20)
    tested = a_rule()
    now = START + 60 * DAY
    taught_by(db, tested, now)
    waiting = {"status": "in_progress", "placed_at": now - DAY, "promised_at": now}
    add(db, "order", {"id": "sent", "handed_over_at": now - DAY / 2, **waiting}, {"id": "here", **waiting})
    matches = told(db, tested, now)
    assert matches["sent"].claims["new_date"].value == now + timedelta(hours=16.8)
    assert matches["here"].claims["new_date"].value == now + 16.8 * DAY


def test_what_is_still_open_counts_as_long_as_it_was_watched(db: sa.Connection) -> None:
    completed(db, 20)
    open_ones = [
        {"id": f"open-{i}", "status": "in_progress", "placed_at": START, "promised_at": START + DAY} for i in range(5)
    ]
    add(db, "order", *open_ones)
    tested = a_rule()
    taught_by(db, tested, START + DAY + 18 * DAY)  # two of twenty are not completed yet, nor are the five
    row = db.execute(sa.select(LEARNING).where(LEARNING.c.forecast.contains("promised_at"))).one()
    assert (row.cases, row.still_open) == (18, 7)  # too few are over to say that one is lost


def test_a_later_learning_changes_nothing_for_points_before_it(db: sa.Connection) -> None:
    completed(db, 20)
    tested = a_rule()
    taught_by(db, tested, START + 40 * DAY)
    now = START + 50 * DAY
    waiting = {"status": "in_progress", "placed_at": now - 2 * DAY}
    add(
        db,
        "order",
        {"id": "O-1", "promised_at": now, **waiting},
        {"id": "O-2", "promised_at": now + 3 * DAY, **waiting},
    )
    completed(db, 60, first=20, per_row=timedelta(minutes=10))
    taught_by(db, tested, now + DAY)
    matches = told(db, tested, now + 4 * DAY)
    assert matches["O-1"].claims["new_date"].value == now + 16.8 * DAY
    told_later = matches["O-2"].claims["new_date"].value
    assert isinstance(told_later, datetime)
    assert told_later < now + 10 * DAY


def test_learning_at_the_same_instant_says_the_same_and_an_earlier_one_is_refused(db: sa.Connection) -> None:
    completed(db, 20)
    tested = a_rule()
    taught_by(db, tested, START + 40 * DAY)
    before = db.execute(sa.select(LEARNED_QUANTILE)).all()
    taught_by(db, tested, START + 40 * DAY)
    assert db.execute(sa.select(LEARNED_QUANTILE)).all() == before
    assert all(not each.is_new for each in learnings(db))
    with pytest.raises(TooEarlyError, match="learn at a later instant"):
        taught_by(db, tested, START + 39 * DAY)


def test_without_a_moment_it_is_counted_from_the_step_that_the_row_is_in(db: sa.Connection) -> None:
    sent = [
        {
            "id": f"S-{i}",
            "status": "completed",
            "placed_at": START,
            "handed_over_at": START + 5 * DAY,
            "completed_at": START + 5 * DAY + timedelta(hours=i + 1),
        }
        for i in range(20)
    ]
    add(db, "order", *sent)
    tested = a_rule(at=None)
    now = START + 60 * DAY
    taught_by(db, tested, now)
    waiting = {"status": "in_progress", "placed_at": now}
    add(db, "order", {"id": "sent", "handed_over_at": now + DAY, **waiting}, {"id": "here", **waiting})
    matches = told(db, tested, now + 2 * DAY)
    assert matches["sent"].claims["new_date"].value == now + DAY + timedelta(hours=16.8)
    assert matches["here"].claims["new_date"].value == now + 5 * DAY + timedelta(hours=16.8)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("forecast(order, 'completed_at')", r"expected forecast\(order, 'completed_at', 0.8\)"),
        ("forecast(order, 'completed_on', 0.8)", "did you mean 'completed_at'"),
        ("forecast(order.customer, 'name', 0.8)", "nothing of a row of customer can be forecast"),
        ("forecast(order, 'completed_at', 80)", "a probability between 0 and 1"),
        ("forecast(order, 'completed_at', 1.0)", "a probability between 0 and 1"),
        ("forecast(order, order.completed_at, 0.8)", "a field in quotes"),
        ("forecast(order, 'completed_at', 0.8, order.customer.id)", "an instant of its own row"),
        ("forecasts(order, 'completed_at', 0.8)", "did you mean 'forecast'"),
    ],
)
def test_a_forecast_that_cannot_be_made_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ProblemsError, match=problem):
        a_rule(text)


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (["order.promised_at", "2d after order.promised_at"], "speaks at several moments"),
        (["1d after order.promised_at at 10:00"], "at a time of day"),
    ],
)
def test_where_the_moment_is_not_one_instant_the_point_must_be_said(at: list[str], why: str) -> None:
    with pytest.raises(ProblemsError, match=why):
        rule("order", when=["order.status == 'in_progress'"], at=at, claims={"new_date": LATE})
    said = "forecast(order, 'completed_at', 0.8, order.promised_at + 1d)"
    tested = rule("order", when=["order.status == 'in_progress'"], at=at, claims={"new_date": said})
    assert [each.key for each in forecasts_of(tested)] == ["order.completed_at from promised_at +1d"]


def test_cancelled_orders_teach_nothing_and_a_point_before_the_first_step_says_nothing(db: sa.Connection) -> None:
    completed(db, 20)
    gone = {"status": "cancelled", "placed_at": START, "promised_at": START + DAY}
    add(db, "order", *({"id": f"gone-{i}", **gone} for i in range(30)))
    tested = a_rule()
    now = START + 60 * DAY
    taught_by(db, tested, now)
    row = db.execute(sa.select(LEARNING).where(LEARNING.c.forecast.contains("promised_at"))).one()
    assert (row.cases, row.still_open) == (20, 0)
    add(db, "order", {"id": "young", "status": "in_progress", "placed_at": now + DAY, "promised_at": now})
    (match,) = told(db, tested, now + 2 * DAY).values()
    assert match.claims["new_date"].value is None


def test_by_when_an_incident_ends_is_learned_by_kind_and_zone(db: sa.Connection) -> None:
    for zone, minutes in (("Z-1", 6), ("Z-2", 60)):
        over = {"kind": "outage", "zone": zone, "status": "resolved", "started_at": START}
        for i in range(20):
            ended = START + (i + 1) * timedelta(minutes=minutes)
            add(db, "incident", {"id": f"{zone}-{i}", "ended_at": ended, **over})
    now = START + 10 * DAY
    tested = rule(
        "incident",
        when=["incident.status == 'acknowledged'"],
        to="incident.contracts.customer",
        claims={"by": "forecast(incident, 'ended_at', 0.8)", "cases": "forecast_cases(incident, 'ended_at', 0.8)"},
    )
    taught_by(db, tested, now)
    add(db, "customer", {"id": "C-1"})
    add(db, "contract", {"id": "K-1", "zone": "Z-2"})
    add(db, "incident", {"id": "I-1", "zone": "Z-2", "started_at": now})
    query = RuleQuery(tested, SCHEMA)
    rows = db.execute(query.matching(), {"now": now, "subjects": ["I-1"]})
    (match,) = [match for row in rows for match in query.read(row, now)]
    assert match.claims["by"].value == now + timedelta(hours=16.8)
    assert match.claims["cases"].value == 20


def test_a_month_and_a_weekday_are_those_of_the_point_in_utc(db: sa.Connection) -> None:
    completed(db, 20)  # their point is a Tuesday in January
    tested = a_rule()
    taught_by(db, tested, START + 60 * DAY)
    groups = set(db.scalars(sa.select(LEARNED_QUANTILE.c.group_key)))
    assert "stage=placed_at, site=, month=0" in groups
    assert "stage=placed_at, site=, weekday=2" in groups
    assert "all" in groups


def test_a_check_counts_from_the_step_that_the_row_is_in() -> None:
    check = written_check(
        against="order",
        on=("order.contract",),
        when=(f"{LATE} > order.promised_at",),
        actual="order.total",
        surfaces_at=None,
    )
    assert [each.key for each in forecasts_of(check)] == ["order.completed_at from its step"]
