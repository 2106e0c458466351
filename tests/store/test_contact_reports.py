"""What contacts cost, whom, and why, on both databases: each figure with what it is of."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.contact_figures import ContactReport, Per
from notifier.model.figures import Amount
from notifier.model.rates import Course, Rate
from notifier.model.reasons import UNCLEAR, DecidedBy, Label, Reason, Worth
from notifier.model.schema import entities
from notifier.model.shares import Share
from notifier.store.outbox.notice_rows import notice_row
from notifier.store.reasons import add_labels
from notifier.store.reports.dimensions import Period
from notifier.store.reports.listening.report import Asked, contact_report, week_edges
from notifier.store.tables import NOTICE, REPLY
from tests.support.drafts import draft

NOW = datetime(2026, 3, 30, 15, tzinfo=UTC)  # a Monday morning in Bogotá
MONDAY = datetime(2026, 3, 2, 5, tzinfo=UTC)  # 00:00 there
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
PERIOD = Period(since=MONDAY, until=None, timezone="America/Bogota")
REASONS = {
    "late": Reason(
        key="late", object="order", step="after the date", failure="not there", owner="logistics", minutes=6,
        cost=Decimal(9000), currency="COP", customer=Worth.IRRITATING, company=Worth.IRRITATING,
    ),
    "bill": Reason(key="bill", object="bill", step="on receipt", failure="higher", owner="billing", minutes=30),
}  # fmt: skip


class World:
    """Rows of a business, written straight into its tables."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.labels: list[Label] = []
        self.rows: dict[str, list[dict[str, Any]]] = {"contact": [], "order": [], "feedback": []}
        self._numbers = count()

    def contact(self, customer: str, at: datetime, why: str | None = "late", **more: Any) -> None:
        name = f"T-{next(self._numbers)}"
        row = {"id": name, "customer_id": customer, "at": at, "channel": "phone", "direction": "inbound"}
        self.rows["contact"].append({**row, "subject": None, "outcome": None, "reason": None, **more})
        if why is not None:
            self._label("contact", name, why)

    def _label(self, entity: str, name: str, reason: str) -> None:
        said = DecidedBy.WORDS
        self.labels.append(Label(entity=entity, row_id=name, reason=reason, decided_by=said, decided_at=NOW))

    def feedback(self, at: datetime, reason: str) -> None:
        name = f"F-{next(self._numbers)}"
        self.rows["feedback"].append({"id": name, "source": "review", "at": at})
        self._label("feedback", name, reason)

    def orders(self, at: datetime, many: int) -> None:
        for _ in range(many):
            name = f"O-{next(self._numbers)}"
            self.rows["order"].append({"id": name, "customer_id": "C-1", "status": "completed", "placed_at": at})

    def notice(self, customer: str, told_at: datetime, *, replied: bool = False, **more: Any) -> str:
        name = f"N-{next(self._numbers)}"
        row = notice_row(draft(name), live=False, now=told_at, index=0)
        values = row | {"id": name, "recipient_id": customer, "told_at": told_at, "spent": True, "state": "told"} | more
        with self.engine.begin() as connection:
            connection.execute(sa.insert(NOTICE).values(**values))
            if replied:
                reply = {"id": f"R-{name}", "channel": "sms", "address": "+57", "at": told_at + HOUR, "notice_id": name}
                connection.execute(
                    sa.insert(REPLY).values(**reply, live=False, meaning="other", confirmed=False, answered=False)
                )
        return str(values["reference"])

    def report(self, period: Period = PERIOD, **asked: Any) -> ContactReport:
        with self.engine.begin() as connection:
            for entity, rows in self.rows.items():
                if rows:
                    connection.execute(sa.insert(entities()[entity].table), rows)
            add_labels(connection, self.labels)
            self.rows, self.labels = {entity: [] for entity in self.rows}, []
            return contact_report(connection, REASONS, now=NOW, period=period, asked=Asked(**asked), live=False)


@pytest.fixture
def world(engine: sa.Engine) -> World:
    return World(engine)


def test_contacts_are_counted_by_reason_and_week_per_hundred_orders_with_their_trend_cost_and_owner(
    world: World,
) -> None:
    for week, people in enumerate((5, 6, 20, 21)):
        at = MONDAY + week * WEEK + HOUR
        world.orders(at, 50)
        for person in range(people):
            world.contact(f"C-{person}", at + person * HOUR)
        world.contact("C-1", at + DAY, "bill")
    world.contact("C-1", MONDAY - HOUR)  # the week before
    world.contact("C-2", MONDAY + DAY)  # the same person twice in a week
    world.contact("C-3", MONDAY + DAY, direction="outbound")
    world.contact("C-9", MONDAY + DAY, None)
    world.contact("C-9", MONDAY + DAY, "gone")
    world.feedback(MONDAY + DAY, "bill")
    world.feedback(MONDAY + DAY, UNCLEAR)
    report = world.report()
    assert report.feedback == Share(part=1, whole=2)
    assert report.total.feedback == 1
    late, bill, gone = report.by_reason
    assert [(each.reason, each.contacts, each.customers, each.feedback) for each in report.by_reason] == [
        ("late", 53, 21, 0),
        ("bill", 4, 1, 1),
        ("gone", 1, 1, 0),
    ]
    assert [week.count for week in late.weeks] == [6, 6, 20, 21, 0]
    assert [(week.whole, week.base) for week in report.weeks] == [(True, 50)] * 4 + [(False, 0)]
    assert late.rate == Rate(count=53, base=200)
    assert late.rate.per_hundred == 26.5
    assert late.trend is not None
    assert bill.trend is not None
    assert (late.trend.course, late.trend.earlier, late.trend.later) == (
        Course.RISES,
        Rate(count=11, base=100),
        Rate(count=41, base=100),
    )
    assert bill.trend.course is Course.UNKNOWN
    assert (report.total.contacts, report.total.customers, report.unclear) == (59, 21, Share(part=1, whole=59))
    logistics, billing = report.owners
    assert (logistics.owner, logistics.minutes, logistics.amounts) == (
        "logistics",
        318,
        [Amount(amount=Decimal(477_000), currency="COP")],
    )
    assert (billing.minutes, billing.timed, billing.priced, billing.amounts) == (120, 4, 0, [])
    assert report.title("gone") == "gone"
    assert gone.rate.base == 200


def test_what_follows_what_is_a_snowball_a_hole_or_a_circle_and_asks_for_effort(world: World) -> None:
    start = MONDAY + 9 * HOUR
    for person in range(20):  # they want it in the chat, and have to call
        world.contact(f"C-{person}", start, subject=f"order:O-{person}", channel="chat", outcome="answered")
        world.contact(f"C-{person}", start + HOUR, subject=f"order:O-{person}", outcome="solved")
    world.contact("C-0", start + 2 * HOUR, subject="order:O-0", direction="outbound", reason="asked: id card")
    world.contact("C-0", start + 30 * HOUR, subject="order:O-0", channel="chat")
    world.contact("C-0", start + 10 * DAY, subject="order:O-0", channel="chat")  # another week, the same episode
    world.contact("C-1", start + 25 * DAY, subject="order:O-1", channel="chat")  # another episode, not over yet
    world.contact("C-2", start + DAY, "bill", subject="order:O-1")  # another matter
    report = world.report()
    late = report.by_reason[0]
    assert late.again == Share(part=21, whole=42)  # the last one of C-1 came too lately to know
    chat = next(each for each in report.channels if each.channel == "chat")
    assert (chat.solved, chat.moved, chat.to, chat.is_hole) == (
        Share(part=0, whole=22),
        Share(part=20, whole=22),
        {"phone": 20},
        True,
    )
    assert report.holes == [chat]
    assert [(each.path, each.matters, each.customers, each.of) for each in report.circles] == [
        (("chat", "phone", "chat"), 1, 1, 20)
    ]
    first = report.snowballs[0]
    assert (first.customer, first.about, first.contacts, first.channels) == ("C-0", "order:O-0", 4, 2)
    assert first.last_at - first.first_at == 10 * DAY
    effort = next(each for each in report.effort if each.reason == "late")
    assert (effort.episodes, effort.going) == (21, 1)
    assert (effort.steps, effort.questions, effort.transfers) == (43 / 21, 1 / 21, 21 / 21)
    assert (effort.lasted.count, effort.lasted.median, effort.lasted.ninetieth) == (21, HOUR, HOUR)
    assert (effort.median_points, effort.ninetieth_points) == (3, 3)


def test_a_way_over_two_channels_back_is_a_circle_and_one_without_a_matter_is_none(world: World) -> None:
    for hours, channel in enumerate(("phone", "chat", "social", "phone")):
        at = MONDAY + DAY + hours * HOUR
        world.contact("C-1", at, None, subject="order:O-1", channel=channel)
        world.contact("C-2", at, None, channel=channel)
        world.contact("C-3", at + hours * 10 * DAY, None, subject="order:O-3", channel=channel)
    report = world.report()
    assert [(each.path, each.matters) for each in report.circles] == [(("phone", "chat", "social", "phone"), 1)]
    assert report.channels == []  # nobody knows the reason
    assert report.by_reason == []
    assert report.is_too_unclear is False  # of fewer than twenty it cannot be said


def test_after_a_notice_replies_and_contacts_are_counted_once_and_say_what_it_left_open(world: World) -> None:
    told = MONDAY + DAY
    world.notice("C-1", told, subject_id="O-1", subject_type="order", rule="shipped", replied=True)
    reference = world.notice("C-1", told + HOUR, subject_id="O-1", subject_type="order", rule="shipped")
    world.notice("C-2", told, subject_id="O-2", subject_type="order", rule="shipped")
    world.notice("C-3", told, subject_id="O-3", subject_type="order", rule="welcome")
    world.notice("C-1", NOW - HOUR, subject_id="O-9", subject_type="order", rule="shipped")  # its hours are not over
    world.notice("C-2", told, subject_id="O-2", subject_type="order", rule="alarm", kind="alert")
    world.contact("C-1", told + 2 * HOUR, subject="order:O-1")
    world.contact("C-1", told + 3 * HOUR, "bill", subject=f"notice:{reference}")
    world.contact("C-2", told + 2 * HOUR, subject="order:O-7")  # about something else
    world.contact("C-2", told + 3 * DAY)  # too late
    world.contact("C-3", told + HOUR, None)  # about nothing in particular
    report = world.report()
    assert [(each.rule, each.replied, each.asked) for each in report.after_notices] == [
        ("welcome", Share(part=0, whole=1), Share(part=1, whole=1)),
        ("shipped", Share(part=1, whole=3), Share(part=2, whole=3)),
    ]
    assert [(each.rule, each.reason, each.contacts, each.of) for each in report.questions] == [
        ("shipped", "bill", 1, 2),
        ("shipped", "late", 1, 2),
        ("welcome", "unclear", 1, 1),
    ]


def test_contacts_are_counted_by_contracts_in_force_or_appointments_where_there_are_no_orders(world: World) -> None:
    contracts: list[dict[str, Any]] = [
        {"id": "K-1", "status": "active", "started_at": None},
        {"id": "K-2", "status": "cancelled", "started_at": MONDAY - DAY, "cancelled_at": MONDAY + 8 * DAY},
        {"id": "K-3", "status": "active", "started_at": MONDAY + 8 * DAY},
        {"id": "K-4", "status": "pending", "started_at": MONDAY},
    ]
    with world.engine.begin() as connection:
        table = entities()["contract"].table
        for row in contracts:
            connection.execute(sa.insert(table).values(customer_id="C-1", **row))
        visit = {"kind": "visit", "status": "confirmed", "customer_id": "C-1", "starts_at": MONDAY + DAY}
        connection.execute(sa.insert(entities()["appointment"].table).values(id="A-1", **visit))
    world.contact("C-1", MONDAY + HOUR)
    two = Period(since=MONDAY, until=MONDAY + 2 * WEEK, timezone="America/Bogota")
    assert [week.base for week in world.report(two, per=Per.CONTRACT).weeks] == [2, 3]
    assert [week.base for week in world.report(two, per=Per.APPOINTMENT).weeks] == [1, 0]
    empty = world.report(two)
    assert (empty.total.rate.per_hundred, empty.total.trend) == (None, None)


def test_weeks_begin_on_monday_in_the_zone_whatever_its_clocks_do() -> None:
    begin, end = datetime(2026, 3, 6, 12, tzinfo=UTC), datetime(2026, 3, 17, 12, tzinfo=UTC)
    edges = week_edges(begin, end, "America/New_York")
    assert [each.astimezone(UTC).isoformat()[:13] for each in edges] == [
        "2026-03-06T12",
        "2026-03-09T04",  # an hour after the clocks went forward
        "2026-03-16T04",
        "2026-03-17T12",
    ]
    with pytest.raises(ValueError, match="more than 530 weeks"):
        week_edges(begin - 11 * 366 * DAY, end, "America/New_York")
