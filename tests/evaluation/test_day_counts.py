"""Calendar days, working days and opening days, compared with a plain computation: zones, clock changes, holidays."""

import random
from collections.abc import Callable, Container
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
import sqlalchemy as sa

from notifier.evaluation.day_counts import DayCounts, Locality
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.problems import Place
from notifier.rules.checked import HoursException
from notifier.rules.checked_rules import DayKind
from tests.evaluation.state import SCHEMA, add, due, rule, write

DAY = timedelta(days=1)
BOGOTA = Locality(country="CO")
SHOP = Locality(country="CO", site_id="S-1", opening_hours="Mo-Sa 08:00-20:00; PH off")
ROWS = 40

PLACES = (
    ("America/Bogota", "CO", None),
    ("Europe/Madrid", "ES", "MD"),
    ("America/New_York", "US", "NY"),
    ("Australia/Lord_Howe", "AU", "NSW"),  # clocks move by half an hour
    ("Africa/Casablanca", "MA", None),  # clocks change twice around Ramadan
    ("Pacific/Apia", "WS", None),  # Samoa: UTC+13
)
WEEKS = (  # (opening hours, the weekdays on which it opens)
    ("Mo-Sa 08:00-20:00; PH off", range(6)),
    ("Fr-Su 18:00-02:00; PH off", range(4, 7)),
    ("Tu 10:00-12:00; PH off", range(1, 2)),
)
NEAR = [datetime.fromisoformat(f"{day}T00:00:00Z") for day in ("2026-03-08", "2026-03-29", "2026-11-01", "2027-01-01")]
"""Changes of the clocks, Holy Week, the end of a year."""
DECREED, OPENED = date(2026, 3, 27), date(2026, 3, 29)
CHANGES = (
    HoursException(sites=(), dates=(DECREED,), hours="off", reason="Día cívico", place=Place("hours.yaml")),
    HoursException(sites=("S-0",), dates=(OPENED,), hours="10:00-12:00", reason=None, place=Place("h")),
)


def change(hours: str, *dates: date, sites: tuple[str, ...] = (), country: str | None = None) -> HoursException:
    return HoursException(
        sites=sites, dates=dates, hours=hours, reason=None, place=Place("rules/hours.yaml"), country=country
    )


@pytest.mark.parametrize(
    ("start", "days", "reached"),
    [
        (date(2026, 3, 11), -2, date(2026, 3, 9)),
        (date(2026, 3, 9), -1, date(2026, 3, 6)),  # Monday: over the weekend
        (date(2026, 3, 8), -1, date(2026, 3, 6)),  # Sunday itself is not counted
        (date(2026, 3, 7), 1, date(2026, 3, 9)),
        (date(2026, 3, 24), -1, date(2026, 3, 20)),  # 23 March is a holiday (San José, moved to a Monday)
        (date(2026, 4, 6), -2, date(2026, 3, 31)),  # Holy Week: Thursday and Friday
        (date(2027, 1, 4), -2, date(2026, 12, 30)),  # over the year's end: 1 January is a Friday
        (date(2026, 12, 24), 2, date(2026, 12, 29)),  # Christmas Day is a Friday
        (date(2026, 3, 11), -250, date(2025, 3, 4)),
    ],
)
def test_working_days_are_monday_to_friday_without_public_holidays(start: date, days: int, reached: date) -> None:
    assert DayCounts().reached(BOGOTA, DayKind.WORKING, start, days) == reached


def test_a_holiday_on_a_weekend_counts_where_the_law_observes_it() -> None:
    # Independence Day and the Assumption are Saturdays in 2026: the United States observe theirs on Friday.
    in_us, in_spain = Locality(country="US"), Locality(country="ES")
    assert DayCounts().reached(in_us, DayKind.WORKING, date(2026, 7, 6), -1) == date(2026, 7, 2)
    assert DayCounts().reached(in_spain, DayKind.WORKING, date(2026, 8, 17), -1) == date(2026, 8, 14)


def test_holidays_of_a_subdivision_count_only_there() -> None:
    madrid, spain = Locality(country="ES", subdivision="MD"), Locality(country="ES")
    assert DayCounts().reached(madrid, DayKind.WORKING, date(2025, 5, 5), -1) == date(2025, 4, 30)  # 2 May: Madrid
    assert DayCounts().reached(spain, DayKind.WORKING, date(2025, 5, 5), -1) == date(2025, 5, 2)


def test_a_day_that_rules_hours_yaml_closes_is_no_working_day_where_it_is_closed() -> None:
    monday, friday, thursday = date(2026, 3, 16), date(2026, 3, 13), date(2026, 3, 12)
    everywhere = DayCounts([change("off", friday)])
    there = DayCounts([change("off", friday, country="CO")])
    one_site = DayCounts([change("off", friday, sites=("S-1",))])
    shorter = DayCounts([change("09:00-12:00", friday)])

    def before(counts: DayCounts, locality: Locality) -> date | None:
        return counts.reached(locality, DayKind.WORKING, monday, -1)

    assert before(everywhere, BOGOTA) == before(everywhere, SHOP) == thursday
    assert before(there, BOGOTA) == before(there, SHOP) == thursday
    assert before(there, Locality(country="MX")) == friday
    assert before(one_site, SHOP) == thursday
    assert before(one_site, BOGOTA) == before(shorter, BOGOTA) == friday


@pytest.mark.parametrize(
    ("hours", "start", "days", "reached"),
    [
        ("Mo-Sa 08:00-20:00; PH off", date(2026, 3, 9), -1, date(2026, 3, 7)),  # Saturday
        ("Mo-Sa 08:00-20:00; PH off", date(2026, 3, 24), -1, date(2026, 3, 21)),  # a holiday between
        ("Mo-Sa 08:00-20:00", date(2026, 3, 24), -1, date(2026, 3, 23)),  # open on holidays
        ("Tu 10:00-12:00", date(2026, 3, 3), 2, date(2026, 3, 17)),
        ("24/7", date(2026, 3, 3), -2, date(2026, 3, 1)),
        ('Mo-Fr 08:00-20:00; Sa "previa cita"', date(2026, 3, 9), -1, date(2026, 3, 6)),  # who knows: not counted
        ("Mo-Fr 08:00+", date(2026, 3, 9), -1, date(2026, 3, 6)),  # it opens; nobody knows until when
        ("Dec-Mar Mo-Su 09:00-16:00", date(2026, 5, 20), -1, date(2026, 3, 31)),
        ("Dec-Mar Mo-Su 09:00-16:00", date(2026, 8, 20), -1, None),  # closed for more than two months
        ("off", date(2026, 3, 9), -1, None),
    ],
)
def test_opening_days_are_days_on_which_the_site_opens(
    hours: str, start: date, days: int, reached: date | None
) -> None:
    site = Locality(country="CO", site_id="S-1", opening_hours=hours)
    assert DayCounts().reached(site, DayKind.OPENING, start, days) == reached


def test_changed_hours_make_and_unmake_opening_days() -> None:
    sunday, monday = date(2026, 3, 8), date(2026, 3, 9)
    opened = DayCounts([change("10:00-14:00", sunday)])
    closed = DayCounts([change("off", date(2026, 3, 7), sites=("S-1",))])
    assert opened.reached(SHOP, DayKind.OPENING, monday, -1) == sunday
    assert closed.reached(SHOP, DayKind.OPENING, monday, -1) == date(2026, 3, 6)


def test_why_a_day_is_unknown_is_said() -> None:
    counts = DayCounts()
    assert counts.reached(BOGOTA, DayKind.OPENING, date(2026, 3, 9), -2) is None
    assert counts.why_unknown(BOGOTA, DayKind.OPENING, -2) == "the row has no site, so its opening days are unknown"
    shut = SHOP._replace(opening_hours="off")
    assert counts.why_unknown(shut, DayKind.OPENING, -2) == "there are no 2 opening days of site S-1 within 74 days"


# Moments against a plain computation, on both databases


def plainly(anchor: datetime, zone: str, clock: time, days: int, counts: Callable[[date], bool]) -> datetime:
    """The moment, counted day by day on the local calendar."""
    day, step = anchor.astimezone(ZoneInfo(zone)).date(), DAY if days > 0 else -DAY
    left = abs(days)
    while left:
        day += step
        left -= counts(day)
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("kind", DayKind)
@pytest.mark.parametrize("seed", range(3))
def test_moments_are_as_a_plain_computation_says(db: sa.Connection, kind: DayKind, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")
    clock, days = time(chance.choice([0, 2, 10, 23]), chance.choice([0, 30, 7])), chance.choice([1, 2, 3, 14])
    direction = chance.choice(["before", "before", "after"])
    distance = f"{days}d" if kind is DayKind.CALENDAR else f"{days} {kind} days"
    tested = rule("order", at=[f"{distance} {direction} order.promised_at at {clock:%H:%M}"])
    query = RuleQuery(tested, SCHEMA, day_counts=DayCounts(CHANGES))
    expected = {}
    for index in range(ROWS):
        zone, country, subdivision = chance.choice(PLACES)
        hours, weekdays = chance.choice(WEEKS)
        anchor = chance.choice(NEAR) + timedelta(minutes=chance.randrange(-9 * 1440, 9 * 1440))
        has_site = kind is DayKind.OPENING or chance.random() < 0.5
        site = {"timezone": zone, "country": country, "subdivision": subdivision, "opening_hours": hours}
        add(db, "site", {"id": f"S-{index}"} | site)
        here = {"timezone": "Asia/Tokyo", "country": "JP"} if has_site else {"timezone": zone, "country": country}
        add(db, "customer", {"id": f"C-{index}"} | here)
        order = {"id": f"O-{index}", "customer_id": f"C-{index}", "site_id": f"S-{index}" if has_site else None}
        add(db, "order", order | {"promised_at": anchor})
        known = holidays.country_holidays(country, subdiv=subdivision if has_site else None, years=[2025, 2026, 2027])
        counted = {DayKind.CALENDAR: range(7), DayKind.WORKING: range(5), DayKind.OPENING: weekdays}[kind]

        def counts(day: date, known: Container[date] = known, counted: range = counted, index: int = index) -> bool:
            if kind is DayKind.OPENING and index == 0 and day == OPENED:
                return True
            return kind is DayKind.CALENDAR or (day.weekday() in counted and day not in known and day != DECREED)

        signed = -days if direction == "before" else days
        expected[f"O-{index}"] = plainly(anchor, zone, clock, signed, counts)

    rows = db.execute(query.facts(), {"now": None, "subjects": list(expected)})
    assert {row[0]: query.explain(row).windows[0].at for row in rows} == expected
    for order_id, at in expected.items():
        assert order_id in due(db, query, at - timedelta(minutes=1), at)
        assert order_id not in due(db, query, at + timedelta(seconds=1), at + timedelta(minutes=90))
    everything = due(db, query, min(expected.values()), max(expected.values()))
    assert everything == set(expected)


def test_a_full_pass_finds_what_is_open_and_what_ended(db: sa.Connection) -> None:
    monday = datetime(2026, 3, 9, 15, tzinfo=UTC)
    add(db, "customer", {"id": "C-1", "timezone": "America/Bogota", "country": "CO"})
    add(db, "order", {"id": "O-1", "promised_at": monday})
    at, until = "2 working days before order.promised_at at 10:00", "1 working day before order.promised_at at 12:00"
    query = RuleQuery(rule("order", at=[at], until=until), SCHEMA)
    thursday, friday = datetime(2026, 3, 5, 15, tzinfo=UTC), datetime(2026, 3, 6, 17, tzinfo=UTC)

    def matching(now: datetime) -> set[str]:
        ids = list(db.scalars(query.matching_ids(), {"now": now}))
        rows = db.execute(query.matching(), {"now": now, "subjects": ids})
        return {match.subject_id for row in rows for match in query.read(row, now)}

    assert matching(thursday - timedelta(seconds=1)) == set()
    assert matching(thursday) == matching(friday - timedelta(seconds=1)) == {"O-1"}
    assert matching(friday) == set()
    missed = query.missed_ids()
    assert missed is not None
    assert set(db.scalars(missed, {"since": thursday, "now": friday})) == {"O-1"}
    assert "O-1" in due(db, query, friday - timedelta(minutes=1), friday)


def test_another_country_of_the_customer_or_the_site_is_a_change_of_the_rule(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1", "timezone": "America/Bogota", "country": "CO"})
    add(db, "site", {"id": "S-1"})
    add(db, "order", {"id": "O-1", "promised_at": datetime(2026, 3, 9, 15, tzinfo=UTC)})
    add(db, "order", {"id": "O-2", "site_id": "S-1"})
    at = datetime(2026, 3, 1, tzinfo=UTC)
    query = RuleQuery(rule("order", at=["2 working days before order.promised_at at 10:00"]), SCHEMA)
    write(db, "site", at, {"id": "S-1", "opening_hours": "Mo-Su 00:00-24:00"})
    assert "O-2" in set(db.scalars(query.baseline_ids()[1]))
    write(db, "customer", at, {"id": "C-1", "country": "ES"})
    assert {"O-1", "O-2"} <= set(db.scalars(query.baseline_ids()[1]))
