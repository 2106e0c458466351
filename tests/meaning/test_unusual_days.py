"""A day with more contacts than chance explains: its owner hears of it while it goes on, and once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.reasons import DecidedBy, Label
from notifier.model.schema import entities
from notifier.store.reasons import add_labels
from tests.support.drafts import NOW
from tests.support.rig import FILES, Rig

TODAY = NOW.replace(hour=9, minute=0, second=0, microsecond=0)  # days are those of UTC where nobody chose a zone
DAY = timedelta(days=1)
REASONS = """\
unusual_days: { owner: field }
reasons:
  bill-higher: { object: bill, step: on receipt, failure: dearer than promised, owner: billing }
  order-late: { object: order, step: after its date, failure: parcel never came, owner: field }
"""
OWNERS = FILES["rules/owners.yaml"].replace(
    "owners: {", "owners: { billing: { name: Billing, email: bills@example.com },"
)
FILES_OF_LINE = {"rules/reasons.yaml": REASONS, "rules/owners.yaml": OWNERS}


class Line:
    """People who call."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self._numbers = count()

    def calls(self, at: datetime, many: int, reason: str | None = "bill-higher", *, entity: str = "contact") -> None:
        """So many about one reason from then on, a second after each other."""
        self._write([(at, many)], reason, entity)

    def usual(self, *counts: int, weeks: int = 9, reason: str | None = "bill-higher") -> None:
        """So many a day for weeks before today."""
        days = range(1, weeks * 7)
        self._write([(TODAY - back * DAY, counts[back % len(counts)]) for back in days], reason, "contact")

    def bills(self, many: int, months: int) -> None:
        """So many on this day of each month before, and two on every other day."""
        days = [TODAY - back * DAY for back in range(1, 30 * months + 40)]
        self._write([(day, many if day.day == TODAY.day else 2) for day in days], "bill-higher", "contact")

    def _write(self, counted: list[tuple[datetime, int]], reason: str | None, entity: str) -> None:
        at = [start + timedelta(seconds=second) for start, many in counted for second in range(many)]
        names = [f"T-{next(self._numbers)}" for _ in at]
        rows = [{"id": name, "customer_id": "C-1", "at": each} for name, each in zip(names, at, strict=True)]
        own = {"source": "complaint"} if entity == "feedback" else {"channel": "phone", "direction": "inbound"}
        said: dict[str, Any] = {"entity": entity, "decided_by": DecidedBy.WORDS, "decided_at": NOW}
        with self.rig.database.begin() as connection:
            connection.execute(sa.insert(entities()[entity].table), [row | own for row in rows])
            if reason is not None:
                add_labels(connection, [Label(row_id=name, reason=reason, **said) for name in names])

    def heard(self) -> list[tuple[str, str]]:
        """The alerts of one tick: the owner's address, and the subject of the mail."""
        before = {row.id for row in self.rig.messages()}
        self.rig.tick()
        return [(row.address, row.subject) for row in self.rig.messages() if row.id not in before]


@pytest.fixture
def line(rig: Rig) -> Line:
    rig.reload(FILES_OF_LINE)
    rig.clock.at = TODAY + timedelta(hours=1)
    return Line(rig)


def test_the_owner_of_the_reason_hears_within_the_hour_and_once(line: Line) -> None:
    line.usual(3, 4, 5)
    line.calls(TODAY, 9)
    assert line.heard() == []
    line.calls(TODAY + timedelta(minutes=10), 80)
    [(address, subject)] = line.heard()
    assert (address, subject) == (
        "bills@example.com",
        f"89 contacts on {TODAY:%B} {TODAY.day}, {TODAY.year}: bill, on receipt: dearer than promised",
    )
    line.calls(TODAY + timedelta(minutes=20), 100)
    line.rig.clock.forward(hours=3)
    assert line.heard() == []
    line.rig.clock.forward(hours=24)
    assert line.heard() == []


def test_a_busy_day_that_chance_explains_a_reason_without_history_and_a_few_calls_wake_nobody(line: Line) -> None:
    line.usual(20, 24, 28)
    line.calls(TODAY, 26)
    line.calls(TODAY, 9, "order-late")  # nine are fewer than ten, whatever is usual
    assert line.heard() == []


def test_a_morning_is_compared_with_mornings_and_says_so(line: Line) -> None:
    line.usual(20)  # at nine o'clock, every day
    line.rig.clock.at = TODAY - timedelta(minutes=55)
    line.calls(TODAY - timedelta(hours=2), 9)
    assert line.heard() == []  # nine are fewer than ten, whatever is usual
    line.calls(TODAY - timedelta(minutes=59), 16)
    assert line.heard() == []  # 25 are no unusual day, and those after eight are looked at from nine on
    line.calls(TODAY - timedelta(hours=2), 4)
    [(_, subject)] = line.heard()
    assert subject[:11] == "13 contacts"
    [text] = [row.text for row in line.rig.messages() if row.subject == subject]
    assert "until 08:00: 13" in text
    assert "Usual by then: 0" in text


def test_what_follows_bills_is_compared_with_the_same_day_of_the_months(line: Line) -> None:
    monthly = REASONS.replace("{ owner: field }", "{ owner: field, monthly: bill-higher }")
    line.bills(90, months=8)
    line.calls(TODAY, 90)
    line.rig.reload(FILES_OF_LINE | {"rules/reasons.yaml": monthly})
    assert line.heard() == []
    line.rig.reload(FILES_OF_LINE)
    assert [address for address, _ in line.heard()] == ["bills@example.com"]  # on such weekdays few call


def test_the_first_weeks_have_no_usual_day(line: Line) -> None:
    line.usual(4, weeks=3)
    line.calls(TODAY, 89)
    assert line.heard() == []


def test_complaints_count_as_contacts_do_and_what_came_in_a_file_at_night_is_said_the_next_day(line: Line) -> None:
    line.usual(4, reason="order-late")
    line.calls(TODAY - DAY + timedelta(hours=2), 60, "order-late", entity="feedback")
    [(address, subject)] = line.heard()
    assert (address, subject[:11]) == ("field@example.com", "64 contacts")


def test_all_contacts_together_are_said_where_no_single_reason_explains_it(line: Line) -> None:
    line.usual(4, reason=None)
    line.calls(TODAY, 89, None)
    [(address, subject)] = line.heard()
    assert (address, subject.endswith(f"{TODAY.year}")) == ("field@example.com", True)
    line.calls(TODAY, 89)
    assert [address for address, _ in line.heard()] == ["bills@example.com"]  # now one of them does


def test_holidays_incidents_and_days_that_were_said_are_no_usual_days(line: Line) -> None:
    line.usual(4, weeks=10)  # one of the nine Mondays is a holiday in the USA
    incidents = []
    for weeks in range(1, 5):  # half of the days like today: a known outage, and people called
        then = TODAY - weeks * 7 * DAY
        line.calls(then, 85)
        if weeks % 2:
            incidents.append(
                {
                    "id": f"I-{weeks}",
                    "kind": "outage",
                    "status": "closed",
                    "started_at": then,
                    "ended_at": then + DAY / 8,
                }
            )
    dates = ", ".join(f"'{(TODAY - weeks * 7 * DAY):%Y-%m-%d}'" for weeks in (2, 4))
    line.rig.set(incident=incidents)
    line.calls(TODAY, 60)
    assert line.heard() == []  # two days with many calls are usual days, too
    off = f"hours: [{{ country: US, dates: [{dates}], hours: 'off' }}]\n"
    line.rig.reload(FILES_OF_LINE | {"rules/hours.yaml": off})
    assert [address for address, _ in line.heard()] == ["bills@example.com"]


def test_what_stays_is_the_new_normal_after_four_weeks(line: Line) -> None:
    line.usual(4, weeks=9)
    heard = []
    for weeks in range(12):
        line.calls(TODAY + 7 * weeks * DAY, 30)
        line.rig.clock.at = TODAY + 7 * weeks * DAY + timedelta(hours=1)
        heard.append(len(line.heard()))
    assert heard[:4] == [1] * 4
    assert heard[8:] == [0] * 4


def test_only_the_reasons_that_are_named_are_watched_by_themselves(line: Line) -> None:
    only = REASONS.replace("{ owner: field }", "{ owner: field, only: [order-late] }")
    line.rig.reload(FILES_OF_LINE | {"rules/reasons.yaml": only})
    line.usual(4)
    line.usual(3, reason="order-late")
    line.calls(TODAY, 89)
    assert [address for address, _ in line.heard()] == ["field@example.com"]  # of all contacts together
    line.calls(TODAY, 60, "order-late")
    [(address, subject)] = line.heard()
    assert (address, "parcel never came" in subject) == ("field@example.com", True)


def counts_of(line: Line, wanted: Callable[[int], bool]) -> list[str]:
    """The statements that count contacts, as they are executed, by how many edges their spans have."""
    counted: list[str] = []

    def executed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM contact" in statement and "spans" in statement and wanted(statement.count("CASE") + 2):
            counted.append(statement)

    sa.event.listen(line.rig.database, "before_cursor_execute", executed)
    return counted


def test_days_that_are_over_are_counted_once_in_a_quarter_of_an_hour_and_then_with_what_came_late(line: Line) -> None:
    counted = counts_of(line, lambda edges: edges > 100)
    line.usual(20, 24, 28)
    line.calls(TODAY, 40)
    line.heard()
    once = len(counted)
    line.heard()
    assert len(counted) == once > 0
    line.calls(TODAY - 7 * DAY, 200)
    line.rig.clock.forward(minutes=15)
    line.heard()
    assert len(counted) == 2 * once


def test_yesterday_and_today_are_counted_by_one_statement(line: Line) -> None:
    counted = counts_of(line, lambda edges: edges < 10)
    line.usual(20, 24, 28)
    line.calls(TODAY, 40)
    line.heard()
    assert len(counted) == 1
