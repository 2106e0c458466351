"""Expected lists compared with what was seen: unordered, one to one, and every difference is readable."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.model.contradictions import ContradictionState
from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.problems import Place
from notifier.model.scenario_results import Difference
from notifier.model.types import ChannelName, TopicType
from notifier.rules.scenarios import Expectation, ExpectedAlert, ExpectedContradiction, ExpectedNotice
from notifier.simulation.expectations import assigned, differences
from notifier.store.outbox.news import Seen, SeenAlert, SeenContradiction, SeenNotice

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLACE = Place("rules/x.test.yaml")


def notice(**given: Any) -> SeenNotice:
    values: dict[str, Any] = {
        "at": NOON,
        "kind": NoticeKind.NOTICE,
        "rule": "reminder",
        "subject": "appointment:A-1",
        "customer": "C-1",
        "state": NoticeState.TOLD,
        "reason_code": "due",
        "reason": "it is due",
        "channels": (ChannelName.SMS, ChannelName.EMAIL),
        "texts": {ChannelName.SMS: "We come at 10:00 AM", ChannelName.EMAIL: "Your visit\nWe come at 10:00\u202fAM"},
    }
    return SeenNotice(**values | given)


def contradiction(**given: Any) -> SeenContradiction:
    values: dict[str, Any] = {
        "at": NOON,
        "check": "price",
        "subject": "contract:K-1",
        "topic": "monthly_price",
        "topic_type": TopicType.MONEY,
        "promised": "79900",
        "actual": "111860",
        "currency": "COP",
        "actual_currency": "COP",
        "owner": "billing",
        "state": ContradictionState.OPEN,
        "reason": "111860 COP instead of 79900 COP",
    }
    return SeenContradiction(**values | given)


def expected(**given: Any) -> ExpectedNotice:
    values: dict[str, Any] = {"place": PLACE, "rule": "reminder", "customer": "C-1"}
    return ExpectedNotice(**values | given)


def compare(seen: Seen, **lists: Any) -> list[Difference]:
    return differences(
        Expectation(place=PLACE, **lists), [seen], NOON, lambda wanted: [f"nothing for {wanted.customer}"]
    )


def test_what_is_as_expected_makes_no_difference() -> None:
    seen = Seen(notices=(notice(),), contradictions=(contradiction(),))
    wanted = expected(
        state=NoticeState.TOLD,
        channels=(ChannelName.EMAIL, ChannelName.SMS),
        sms_contains=("10:00 AM",),
        email_contains=("Your visit", "10:00 AM"),
        reason="due",
    )
    price = ExpectedContradiction(
        place=PLACE, check="price", subject="contract:K-1", promised=79900, actual="111860.00"
    )
    assert compare(seen, notices=(wanted,), contradictions=(price,), corrections=(), follow_ups=(), alerts=()) == []


def test_an_absent_list_asserts_nothing_and_an_empty_one_means_none() -> None:
    seen = Seen(notices=(notice(),))
    assert compare(seen) == []
    (difference,) = compare(seen, notices=())
    assert difference.expected is None
    assert difference.got == ("reminder for C-1 about appointment:A-1: told on sms, email at 2026-03-02 12:00 UTC")


def test_two_expectations_do_not_share_one_notice() -> None:
    differences_found = compare(Seen(notices=(notice(),)), notices=(expected(), expected()))
    assert [(one.expected is None, one.got) for one in differences_found] == [(False, None)]


def test_the_narrow_expectation_gets_the_notice_that_only_it_can_have() -> None:
    seen = Seen(notices=(notice(state=NoticeState.TOLD), notice(state=NoticeState.HELD)))
    assert compare(seen, notices=(expected(), expected(state=NoticeState.TOLD))) == []
    assert compare(seen, notices=(expected(state=NoticeState.HELD), expected())) == []


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"state": NoticeState.HELD}, "it is told, not held: it is due"),
        ({"channels": (ChannelName.SMS,)}, "its channels are sms, email, not sms"),
        ({"sms_contains": ("11:00",)}, "its SMS does not contain '11:00'; it reads: We come at 10:00 AM"),
        (
            {"email_contains": ("11:00",)},
            "its e-mail does not contain '11:00'; it reads: Your visit We come at 10:00 AM",
        ),
        ({"calendar_contains": ("REQUEST",)}, "its e-mail carries no entry for a calendar"),
        ({"reason": "quiet_hours"}, "its reason is due (it is due), not 'quiet_hours'"),
    ],
)
def test_a_notice_that_is_otherwise_says_how(wanted: dict[str, Any], why: str) -> None:
    (difference,) = compare(Seen(notices=(notice(),)), notices=(expected(**wanted),))
    assert difference.got is not None
    assert difference.expected is not None
    assert difference.why == (why,)


def test_an_entry_for_a_calendar_that_says_something_else_is_quoted() -> None:
    seen = Seen(notices=(notice(calendar="REQUEST 20260305T150000Z, Calle 10"),))
    assert compare(seen, notices=(expected(calendar_contains=("REQUEST", "Calle 10")),)) == []
    (difference,) = compare(seen, notices=(expected(calendar_contains=("CANCEL", "Calle 10")),))
    assert difference.why == (
        "its calendar entry does not contain 'CANCEL'; it reads: REQUEST 20260305T150000Z, Calle 10",
    )


def test_a_notice_without_bytes_cannot_contain_a_text() -> None:
    held = notice(state=NoticeState.HELD, texts={}, reason="a promise is contradicted")
    (difference,) = compare(Seen(notices=(held,)), notices=(expected(sms_contains=("10:00",)),))
    assert difference.why == ("it has no SMS yet: it is held (a promise is contradicted)",)


def test_a_missing_notice_asks_why_nobody_was_told() -> None:
    (difference,) = compare(Seen(), notices=(expected(),))
    assert (difference.expected, difference.got) == ("reminder for C-1", None)
    assert difference.why == ("nothing for C-1",)


def test_corrections_and_follow_ups_are_listed_only_there() -> None:
    seen = Seen(notices=(notice(kind=NoticeKind.CORRECTION), notice(kind=NoticeKind.FOLLOW_UP)))
    assert compare(seen, notices=(), corrections=(expected(),), follow_ups=(expected(),)) == []


def test_a_contradiction_that_is_otherwise_says_how() -> None:
    wanted = ExpectedContradiction(
        place=PLACE, check="price", subject="contract:K-1", actual=99900, state=ContradictionState.SETTLED, owner="care"
    )
    (difference,) = compare(Seen(contradictions=(contradiction(),)), contradictions=(wanted,))
    assert difference.why == (
        "its actual value is 111860, not 99900",
        "its owner is billing, not care",
        "its state is open, not settled",
    )


def test_the_weekly_letter_counts_where_its_reason_is_given() -> None:
    letter = SeenAlert(
        at=NOON,
        owner="care",
        source="weekly",
        state=NoticeState.TOLD,
        reason_code="due",
        reason="the week of care until 2026-03-02",
        text="Your week",
        is_digest=True,
    )
    asked = ExpectedAlert(place=PLACE, owner="care", reason="the week of care")
    assert compare(Seen(alerts=(letter,)), alerts=()) == []
    assert compare(Seen(alerts=(letter,)), alerts=(asked,)) == []
    assert len(compare(Seen(alerts=()), alerts=(asked,))) == 1
    assert len(compare(Seen(alerts=(letter,)), alerts=(ExpectedAlert(place=PLACE, owner="care"),))) == 1


def test_an_alert_is_known_by_owner_source_and_words() -> None:
    alert = SeenAlert(
        at=NOON,
        owner="billing",
        source="price",
        state=NoticeState.TOLD,
        reason_code="due",
        reason="111860 COP instead of 79900 COP",
        text="ALERT price",
    )
    good = ExpectedAlert(place=PLACE, owner="billing", check="price", reason="instead of 79900")
    assert compare(Seen(alerts=(alert,)), alerts=(good,)) == []
    (difference,) = compare(
        Seen(alerts=(alert,)), alerts=(ExpectedAlert(place=PLACE, owner="billing", rule="reminder"),)
    )
    assert difference.why == ("it is about price, not reminder",)
    (missing, unexpected) = compare(Seen(alerts=(alert,)), alerts=(ExpectedAlert(place=PLACE, owner="care"),))
    assert (missing.got, unexpected.expected) == (None, None)


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), max_size=4))
def test_no_assignment_pairs_more_than_the_one_found(fits: list[list[bool]]) -> None:
    found = assigned(fits)
    assert all(fits[row][column] for row, column in found.items())
    assert len(set(found.values())) == len(found)
    columns = [*range(4), *[None] * len(fits)]
    best = max(
        sum(column is not None and fits[row][column] for row, column in enumerate(choice))
        for choice in permutations(columns, len(fits))
    )
    assert len(found) == best
