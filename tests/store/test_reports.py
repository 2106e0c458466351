"""Reports on both databases: what a promise became, what was caught, who spoke first, and what each rate is of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.contradictions import ContradictionState
from notifier.model.figures import PromiseReport
from notifier.model.problems import Place
from notifier.model.shares import Share
from notifier.model.types import TopicType
from notifier.rules.checked_rules import Condition
from notifier.rules.conditions import Scope, parse_condition
from notifier.store.outbox.notice_rows import notice_row
from notifier.store.reports.dimensions import Period
from notifier.store.reports.promises import promise_report, spread_of
from notifier.store.reports.service import service_report
from notifier.store.tables import CONTRADICTION, NOTICE
from tests.evaluation.state import rule
from tests.promises.examples import BILL, DAY, HOUR, NOW
from tests.promises.world import CALLED_BACK, SCHEMA, PromiseWorld, written_callback, written_check
from tests.support.drafts import draft

ALWAYS = Period(since=None, until=None, timezone="America/Bogota")
LATER = BILL + 10 * DAY


@pytest.fixture
def world(migrated_url: str) -> Iterator[PromiseWorld]:
    world = PromiseWorld(migrated_url, written_check(), written_callback(CALLED_BACK))
    world.customer()
    world.contract()
    world.tick(NOW - DAY)
    yield world
    world.engine.dispose()


def reported(world: PromiseWorld, now: datetime = LATER, *by: str, **options: Any) -> PromiseReport:
    with world.engine.connect() as connection:
        return promise_report(
            connection, world.queries, SCHEMA, now=now, period=options.pop("period", ALWAYS), by=by, **options
        )


def outcomes(world: PromiseWorld, now: datetime = LATER) -> dict[str, int]:
    return dict(reported(world, now).total.outcomes)


def test_a_price_that_was_billed_as_promised_is_kept_also_after_the_bill_left_the_check(world: PromiseWorld) -> None:
    world.promise()
    world.charge(amount="79900")
    world.tick(NOW)
    assert outcomes(world, NOW) == {"open": 1}  # the bill lies ahead
    world.charge(amount="79900", billed=True, at=BILL + HOUR)
    world.tick(BILL + HOUR)
    assert outcomes(world) == {"kept": 1}


def test_a_price_that_the_customer_saw_broken_is_broken_and_one_settled_before_is_kept(world: PromiseWorld) -> None:
    world.promise("P-1")
    world.charge("X-1")
    world.contract("K-2")
    world.promise("P-2", subject_id="K-2")
    world.charge("X-2", contract_id="K-2")
    world.tick(NOW)
    assert outcomes(world, NOW) == {"open": 2}
    world.charge("X-2", amount="79900", contract_id="K-2")
    world.tick(NOW + HOUR)
    world.tick(BILL + HOUR)
    assert outcomes(world) == {"broken": 1, "kept": 1}


def test_a_callback_that_nobody_made_is_broken_when_its_time_is_over(world: PromiseWorld) -> None:
    due = NOW + 5 * HOUR
    common: dict[str, Any] = {
        "topic": "callback",
        "topic_type": TopicType.TIMESTAMP,
        "subject_type": "customer",
        "subject_id": "C-1",
    }
    world.promise("P-1", value=due.isoformat(), due_at=due, made_at=NOW - HOUR, **common)
    world.tick(NOW)
    assert outcomes(world, NOW) == {"open": 1}
    world.tick(due + HOUR)
    assert outcomes(world, due + HOUR) == {"broken": 1}


def test_what_nobody_watches_was_withdrawn_or_waived_is_in_no_rate_and_what_a_system_says_counts(
    world: PromiseWorld,
) -> None:
    world.promise("P-1", topic="opening_hours", due_at=NOW)
    world.promise("P-2", state="withdrawn")
    world.promise("P-3", state="kept")
    world.promise("P-4", state="broken")
    world.promise("P-5", source="notice")
    world.contract("K-2")
    world.promise("P-6", subject_id="K-2")
    world.charge("X-2", contract_id="K-2")
    world.tick(NOW)
    with world.engine.begin() as connection:
        waived = {"state": ContradictionState.WAIVED, "waived_pair": "79900|111860"}
        connection.execute(sa.update(CONTRADICTION).values(waived))
    total = reported(world).total
    assert total.outcomes == {"unwatched": 1, "withdrawn": 1, "kept": 1, "broken": 1, "waived": 1}
    assert total.kept == Share(part=1, whole=2)
    assert total.kept.value is None  # two cases say nothing


def test_promises_are_counted_by_what_is_asked_and_months_are_those_of_the_zone(world: PromiseWorld) -> None:
    at_night = datetime(2026, 3, 1, 3, tzinfo=UTC)  # the last evening of February in Bogotá
    world.promise("P-1", channel="phone", made_by="rep-1", made_at=at_night)
    world.promise("P-2", channel="web", source="web", made_at=at_night + 3 * HOUR)
    report = reported(world, LATER, "month", "channel", "source")
    assert [each.group for each in report.groups] == [("2026-02", "phone", "sales"), ("2026-03", "web", "web")]
    assert [each.group for each in reported(world, LATER, "seller").groups] == [("",), ("rep-1",)]
    assert [each.group for each in reported(world, LATER, "campaign", "site").groups] == [("", "")]
    march = Period(since=at_night + HOUR, until=None, timezone="UTC")
    assert reported(world, period=march).total.outcomes == {"open": 1}


def test_lead_own_word_and_who_spoke_first_come_from_what_was_told_and_heard(world: PromiseWorld) -> None:
    world.promise()
    world.charge()
    world.tick(NOW)
    total = reported(world).total
    assert (total.caught_before, total.caught_after, total.no_word) == (1, 0, 1)
    assert (total.lead.count, total.lead.median) == (1, BILL - NOW)
    world.write("contact", NOW, **contact("CT-1", NOW + 2 * HOUR, "outbound", outcome="answered"))
    world.write("contact", NOW, **contact("CT-2", NOW + 3 * HOUR, "inbound"))
    total = reported(world).total
    assert total.company_first == Share(part=1, whole=1)
    assert (total.own_word.count, total.own_word.median, total.no_word) == (1, 2 * HOUR, 0)
    world.write("contact", NOW, **contact("CT-3", NOW + HOUR, "inbound"))
    assert reported(world).total.company_first == Share(part=0, whole=1)


def test_what_a_customer_was_told_first_of_a_promise_is_our_own_word(world: PromiseWorld) -> None:
    world.promise()
    world.charge()
    world.tick(NOW)
    with world.engine.connect() as connection:
        found = connection.execute(sa.select(CONTRADICTION.c.id)).scalar_one()
    admission = {"contradiction_id": found, "topic": "monthly_price", "remedy": "a credit", "next_step": "a bill"}
    admission |= {"id": "A-1", "customer_id": "C-1", "contract_id": "K-1", "decided_at": NOW, "status": "decided"}
    world.write("admission", NOW, **admission)
    admitted = draft("A-1", rule="promise-not-kept", subject_type="admission", subject_id="A-1")
    row = notice_row(admitted, now=NOW, live=False, index=1)
    with world.engine.begin() as connection:
        told = {"state": "told", "told_at": NOW + HOUR, "spent": True, "recipient_id": "C-1"}
        connection.execute(sa.insert(NOTICE), {**row, **told})
    total = reported(world).total
    assert (total.no_word, total.company_first) == (0, Share(part=1, whole=1))
    assert total.own_word.median == HOUR


def contact(row: str, at: datetime, direction: str, outcome: str | None = None) -> dict[str, Any]:
    said = {"channel": "phone", "subject": "contract:K-1", "outcome": outcome}
    return {"id": row, "customer_id": "C-1", "at": at, "direction": direction, **said}


def test_a_broken_promise_about_which_nobody_spoke_is_a_silent_sufferer(world: PromiseWorld) -> None:
    world.promise()
    world.charge()
    world.tick(NOW)
    assert reported(world).total.silent == 0
    world.tick(BILL + HOUR)
    report = reported(world)
    assert report.total.silent == 1
    ((customer, _, subject),) = report.silent
    assert (customer, subject) == ("C-1", "contract:K-1")
    world.write("contact", NOW, **contact("CT-1", BILL + 2 * HOUR, "inbound"))
    assert reported(world).silent == []


def test_value_at_risk_takes_the_last_recurring_charge_of_each_contract_and_says_what_it_supposes(
    world: PromiseWorld,
) -> None:
    world.promise()
    world.charge("X-0", amount="79900", bill_at=BILL - 30 * DAY)
    world.charge("X-1")
    world.tick(NOW)
    value = reported(world).value_at_risk
    assert (value.customers, value.contracts, value.months) == (1, 1, 12)
    assert [(str(each.amount), each.currency) for each in value.monthly] == [("111860.0000", "COP")]
    assert [each.amount for each in value.expected_loss] == [111860 * 12 / 5]


def test_a_spread_alarms_only_where_both_rates_can_be_said_and_their_intervals_do_not_touch() -> None:
    sure, near, few = Share(part=95, whole=100), Share(part=85, whole=100), Share(part=1, whole=19)
    assert spread_of({"web": sure, "phone": few}) is None
    touching = spread_of({"web": sure, "phone": near})
    assert touching is not None
    assert round(touching.points) == 10
    assert not touching.alarm
    apart = spread_of({"web": sure, "phone": Share(part=60, whole=100), "": few})
    assert apart is not None
    assert (apart.lowest[0], apart.highest[0], apart.alarm) == ("phone", "web", True)


@pytest.mark.parametrize(
    ("part", "whole", "interval"), [(81, 263, (0.255, 0.366)), (0, 20, (0.0, 0.161)), (20, 20, (0.839, 1.0))]
)
def test_intervals_are_wilsons(part: int, whole: int, interval: tuple[float, float]) -> None:
    # 81 of 263: Newcombe (Stat. Med. 17, 1998, p. 857), table I, method 3
    assert Share(part=part, whole=whole).interval == pytest.approx(interval, abs=0.0005)


def test_no_promise_and_no_notice_give_an_empty_report(world: PromiseWorld) -> None:
    report = reported(world, LATER, "month", "topic")
    assert (report.groups, report.total.outcomes, report.spread, report.value_at_risk.monthly) == ([], {}, None, [])
    with world.engine.connect() as connection:
        service = service_report(connection, [], SCHEMA, now=NOW, period=ALWAYS, by=("rule", "month"), live=False)
    assert service.groups == []


def test_rules_are_counted_by_what_was_told_how_early_before_they_asked_and_whether_it_came_true(
    world: PromiseWorld,
) -> None:
    late = rule("order", when=["order.status == 'shipped'"])
    late = replace(late, name="late-order", came_true=(came_true("order.completed_at > order.promised_at"),))
    promised = NOW + 2 * DAY
    for number, completed in enumerate((promised + DAY, promised - DAY, None), start=1):
        order = {"status": "shipped", "placed_at": NOW, "promised_at": promised, "completed_at": completed}
        order |= {"campaign": "SPRING" if number == 1 else None, "seller": f"shop-{number % 2}"}
        world.write("order", NOW, id=f"O-{number}", customer_id="C-1", **order)
    world.write("contact", NOW, **contact("CT-1", NOW - DAY, "inbound") | {"subject": "order:O-2"})
    with world.engine.begin() as connection:
        for number in (1, 2, 3):
            told = draft(f"O-{number}", rule="late-order", subject_type="order", subject_id=f"O-{number}")
            row = notice_row(replace(told, anchor=promised), now=NOW, live=False, index=number)
            connection.execute(sa.insert(NOTICE), {**row, "state": "told", "told_at": NOW, "spent": True})
        both = [
            service_report(connection, [late], SCHEMA, now=NOW, period=ALWAYS, by=by, live=False).groups
            for by in (("rule",), ("month", "class", "site"), ("campaign", "seller"))
        ]
    ((figures,), (of_month,), of_sale) = both
    assert (figures.group, figures.notices, figures.told, figures.customers) == (("late-order",), 3, 3, 1)
    assert figures.per_customer == 3
    assert (figures.lead.count, figures.lead.median) == (3, 2 * DAY)
    assert figures.company_first == Share(part=2, whole=3)
    assert figures.came_true == Share(part=1, whole=2)  # the third has not come: nobody knows
    assert (of_month.group, of_month.notices) == (("2026-03", "service", ""), 3)
    assert [(each.group, each.told) for each in of_sale] == [
        (("", "shop-0"), 1),
        (("", "shop-1"), 1),
        (("SPRING", "shop-1"), 1),
    ]
    assert [each.came_true for each in of_sale] == [
        Share(part=0, whole=1),
        Share(part=0, whole=0),
        Share(part=1, whole=1),
    ]


def came_true(text: str) -> Condition:
    return parse_condition(text, Scope(SCHEMA, {"order": "order"}), Place("rules/test.yaml"))
