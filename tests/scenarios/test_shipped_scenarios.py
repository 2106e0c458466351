"""What is shipped says what its scenarios say, and every shipped rule and check has scenarios worth the name."""

import pytest

from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.types import ChannelName
from notifier.rendering.segments import count_segments
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule
from notifier.rules.scenarios import Scenario
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.databases import Databases
from notifier.simulation.scenarios import Player
from tests.scenarios import shipped

RULES = shipped.project().rules.values()
CHECKS = shipped.project().checks.values()


def test_the_shipped_project_has_no_problem() -> None:
    assert [str(problem) for problem in shipped.project().problems] == []


COMPONENTS = (
    *("monthly-price", "price", "price-hold", "installation-fee", "fees", "taxes", "discount", "discount-end"),
    *("term", "speed", "quantity", "delivery-date", "installation-date"),
)
"""What quote, contract and order of a sale are held against each other for."""


def test_these_rules_and_checks_are_shipped() -> None:
    assert {*shipped.project().rules, *shipped.project().checks} == {
        *(f"sale-disagrees-on-{component}" for component in COMPONENTS),
        "price-hold-vs-billing",
        "installation-fee-vs-billing",
        "fees-vs-billing",
        "taxes-vs-billing",
        "discount-vs-billing",
        "discount-ends-early",
        "term-vs-contract",
        "speed-vs-line",
        "refund-made",
        "installation-date-vs-calendar",
        "installation-window-vs-calendar",
        "visit-window-vs-calendar",
        "delivery-window-vs-calendar",
        "reading-window-vs-calendar",
        "visit-time-vs-diary",
        "cancelled-but-to-be-delivered",
        "cancelled-but-a-reading",
        "order-price-vs-total",
        "quantity-vs-order",
        "delivery-date-vs-order",
        "cancelled-but-in-the-works",
        "cancelled-order-but-billed",
        "table-time-vs-book",
        "waiting-time-kept",
        "cancelled-but-reserved",
        "first-answer-kept",
        "solution-kept",
        "published-hours-vs-site",
        "installation-reminder",
        "visits-of-a-day",
        "promised-price-vs-billing",
        "period-billed-twice",
        "bill-for-a-cancelled-contract",
        "cancelled-but-billed",
        "cancelled-but-scheduled",
        "callback-kept",
        "bill-is-ready",
        "bill-above-usual",
        "visit-carer-reminder",
        "late-order",
        "new-date",
        "sale-day-overload",
        "special-hours-at-your-site",
        "outage-in-your-zone",
        "celebration-day-reservation",
        "promise-not-kept",
        "case-first-word",
        "case-without-news",
        "next-word-kept",
        "contacted-again",
        "case-handled-badly",
        "asked-again",
        "late-in-silence",
        "outage-made-good",
        "works-announced",
        "meter-reading",
        "visit-reminder",
        "cancelled-but-in-the-diary",
        "order-in-parts",
        "lost-parcel",
        "price-change-ahead",
        "refund-on-its-way",
        "wrong-charge",
        "technician-late",
        "queue-at-the-door",
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_shipped_rule_says_what_is_done_and_what_is_offered_when_it_goes_wrong(rule: Rule) -> None:
    """In both languages, for both read it to a customer. Where nothing can go wrong it says why."""
    assert rule.rescue is not None
    assert rule.rescue.missing == ()
    if rule.rescue.is_offered:
        assert {*rule.rescue.admission} == {*rule.rescue.remedy} == {"es", "en"}
        assert rule.plan


@pytest.fixture(scope="module")
def player(databases: Databases) -> Player:
    """Templates are read once for all scenarios, statements made once for each of the rule files."""
    return Player(shipped.project(), databases)


@pytest.mark.parametrize(
    "scenario", shipped.scenarios(), ids=lambda scenario: f"{scenario.place.file}: {scenario.name}"
)
def test_a_shipped_scenario_goes_as_it_says(
    scenario: Scenario, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = KeepingChannel()
    monkeypatch.setattr("notifier.simulation.scenarios.KeepingChannel", lambda: sent)
    result = player.play(scenario)
    assert result.problems == ()
    assert result.differences == ()
    for message in sent.messages.values():
        if message.channel is ChannelName.SMS and message.kind is not NoticeKind.ALERT:
            counted = count_segments(message.text)
            assert (counted.encoding, counted.outside_gsm) == ("GSM-7", ())
            assert counted.segments <= 2


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_shipped_rule_has_a_scenario_that_speaks_and_one_that_stays_silent(rule: Rule) -> None:
    scenarios = shipped.scenarios_of(rule.place.file)
    expected = [_notices(scenario, rule.name) for scenario in scenarios]
    assert any(shipped.spoken(rule) in states for states in expected)
    assert any(not states and _asserts_silence(scenario) for states, scenario in zip(expected, scenarios, strict=True))
    assert len(scenarios) >= 3


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_shipped_check_has_a_scenario_that_opens_and_one_that_stays_silent(check: Check) -> None:
    scenarios = shipped.scenarios_of(check.place.file)
    opened = [
        any(
            item.check == check.name
            for entry in scenario.timeline
            if entry.expect
            for item in entry.expect.contradictions or ()
        )
        for scenario in scenarios
    ]
    assert any(opened)
    assert not all(opened)
    assert len(scenarios) >= 3


def _notices(scenario: Scenario, rule: str) -> set[NoticeState | None]:
    return {
        notice.state
        for entry in scenario.timeline
        if entry.expect is not None
        for notice in entry.expect.notices or ()
        if notice.rule == rule
    }


def _asserts_silence(scenario: Scenario) -> bool:
    last = scenario.timeline[-1].expect
    return last is not None and last.notices == ()
