"""What was told and did not arrive is said elsewhere, once, while it helps; else its owner hears."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifier.model.notices import NoticeKind, NoticeState, ReasonCode
from notifier.model.reading import KnownNotice
from notifier.model.types import Address, ChannelName
from notifier.planning.fallbacks import lost_of, with_fallbacks
from notifier.planning.intents import intents_of
from notifier.planning.occurrences import fallback_of, occurrence_of
from notifier.planning.situation import Action, Intent, Situation
from notifier.rules.checked_rules import Rule
from tests.planning.builders import NOW, RULE, known, match, starts

PATIENT = replace(RULE, fallback_after=timedelta(minutes=30))
PHONE: Address = (ChannelName.SMS, "+573001234567")
MAIL: Address = (ChannelName.EMAIL, "ana@example.com")
OCCURRENCE = occurrence_of(match(), live=False)


def told(**changes: Any) -> KnownNotice:
    """Told by SMS an hour ago, which did not arrive."""
    values: dict[str, Any] = {"told_channels": (), "unheard": {PHONE: "the handset is off"}}
    return known(match(), **(values | changes))


def silent(**changes: Any) -> KnownNotice:
    """Told by SMS an hour ago, of which nobody said anything."""
    return told(unheard={}, told_channels=(ChannelName.SMS,), told_addresses={PHONE}, unconfirmed={PHONE}, **changes)


def decide(*words: KnownNotice, rule: Rule = RULE, **situation: Any) -> list[Intent]:
    values = {"matches": (match(),), "holding": (match(),), "known": words, **situation}
    now = Situation(now=values.pop("now", NOW), live=False, **values)
    intents = with_fallbacks(rule, now, intents_of(rule, now)).intents
    return [intent for intent in intents if intent.action is not Action.KEEP]


def test_what_did_not_arrive_is_said_again_as_a_word_of_its_own() -> None:
    (intent,) = decide(told())
    assert (intent.action, intent.kind, intent.occurrence) == (Action.PLAN, NoticeKind.NOTICE, fallback_of(OCCURRENCE))
    assert intent.instead_of is not None
    assert lost_of(intent.instead_of) == {PHONE: "the handset is off"}
    assert intent.until == match().until


@pytest.mark.parametrize(
    "heard",
    [
        told(told_channels=(ChannelName.EMAIL,), told_addresses={MAIL}),
        told(going_to={MAIL}),
        silent(),
    ],
    ids=["it arrived elsewhere", "it is still to go elsewhere", "nobody said anything, and no rule minds"],
)
def test_what_was_or_may_be_heard_is_left_alone(heard: KnownNotice) -> None:
    assert decide(heard) == []


def test_silence_counts_once_the_rule_has_waited_long_enough() -> None:
    assert decide(silent(told_at=NOW - timedelta(minutes=29)), rule=PATIENT) == []
    (intent,) = decide(silent(told_at=NOW - timedelta(minutes=30)), rule=PATIENT)
    assert intent.instead_of is not None
    assert lost_of(intent.instead_of) == {PHONE: "no receipt came"}


def test_old_silence_is_nothing_new_unless_a_fallback_waits_already() -> None:
    long_ago = NOW - timedelta(days=1, minutes=30)
    waiting = known(match(), occurrence=fallback_of(OCCURRENCE), state=NoticeState.DEFERRED)
    assert decide(silent(told_at=long_ago), rule=PATIENT) == []
    assert [intent.action for intent in decide(silent(told_at=long_ago), waiting, rule=PATIENT)] == [Action.PLAN]


def test_it_is_said_once_elsewhere_and_then_nowhere_where_it_was_said_before() -> None:
    elsewhere = told(occurrence=fallback_of(OCCURRENCE), told_at=NOW, unheard={MAIL: "no such mailbox"})
    (intent,) = decide(told(), elsewhere)
    assert intent.instead_of is not None
    assert lost_of(intent.instead_of) == {PHONE: "the handset is off", MAIL: "no such mailbox"}


def test_once_it_was_said_elsewhere_nothing_is_left_to_do() -> None:
    elsewhere = known(
        match(),
        occurrence=fallback_of(OCCURRENCE),
        told_at=NOW,
        told_channels=(ChannelName.EMAIL,),
        told_addresses={MAIL},
    )
    assert decide(told(), elsewhere) == []


@pytest.mark.parametrize(
    ("word", "says"),
    [
        (told(), "told already at 2026-03-03 14:00 UTC, and did not arrive"),
        (known(match(), delivered={PHONE}), "told already at 2026-03-03 14:00 UTC, delivered by sms"),
        (known(match()), "told already at 2026-03-03 14:00 UTC"),
    ],
)
def test_what_was_told_says_whether_it_arrived(word: KnownNotice, says: str) -> None:
    intents = intents_of(RULE, Situation(now=NOW, live=False, matches=(match(),), holding=(match(),), known=(word,)))
    assert [intent.reason.text for intent in intents.intents if intent.reason is not None] == [says]


def test_a_changed_fact_is_corrected_instead() -> None:
    moved = match(claims=starts(NOW + timedelta(hours=25)))
    (intent,) = decide(told(), matches=(moved,), holding=(moved,))
    assert intent.kind is NoticeKind.CORRECTION


def test_what_is_no_longer_true_is_not_said_elsewhere() -> None:
    assert all(intent.instead_of is None for intent in decide(told(), matches=(), holding=()))


def test_a_planned_fallback_is_cancelled_when_it_arrived_after_all() -> None:
    planned = known(match(), occurrence=fallback_of(OCCURRENCE), state=NoticeState.DEFERRED)
    (intent,) = decide(known(match()), planned)
    assert intent.action is Action.CANCEL
    assert intent.reason is not None
    assert "arrived after all" in intent.reason.text


def test_where_it_comes_out_too_late_its_owner_hears_once() -> None:
    over = NOW - timedelta(minutes=5)
    late = told(until=over, changed_at=NOW)
    (intent,) = decide(late, matches=())
    assert (intent.action, intent.occurrence) == (Action.EXPIRE, fallback_of(OCCURRENCE))
    assert intent.reason is not None
    assert intent.reason.code is ReasonCode.MISSED

    noted = known(match(), occurrence=fallback_of(OCCURRENCE), state=NoticeState.EXPIRED, spent=True)
    assert decide(late, noted, matches=()) == []
    assert decide(told(until=over), matches=()) == []  # it was known in time, and nothing was left to do then


def test_a_fallback_that_waits_expires_with_what_it_stands_for() -> None:
    over = NOW - timedelta(minutes=5)
    planned = known(match(), occurrence=fallback_of(OCCURRENCE), state=NoticeState.DEFERRED, until=over)
    (intent,) = decide(told(until=over), planned, matches=())
    assert (intent.action, intent.known) == (Action.EXPIRE, planned)


def test_one_that_failed_stays_so_when_its_time_is_over() -> None:
    over = NOW - timedelta(minutes=5)
    failed = known(match(), occurrence=fallback_of(OCCURRENCE), state=NoticeState.FAILED, until=over)
    assert decide(told(until=over), failed, matches=()) == []
