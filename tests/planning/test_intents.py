"""What is to be done about an occurrence: tell, correct, follow up, expire, cancel, or nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from notifier.model.digests import claims_digest
from notifier.model.notices import NoticeKind, NoticeState, ReasonCode
from notifier.planning.intents import intents_of
from notifier.planning.making_good import changed_claims
from notifier.planning.occurrences import correction_of, follow_up_of, occurrence_of
from notifier.planning.situation import Action, Intent, Intents, Situation
from notifier.rules.checked_rules import FollowUp, Rule
from tests.planning.builders import NOW, RULE, WITHOUT_AT, known, match, starts

FOLLOWED = replace(RULE, follow_up=(FollowUp(when=(), template="cancelled"),))


def decide(rule: Rule = RULE, **situation: Any) -> Intents:
    return intents_of(rule, Situation(now=NOW, live=False, **{"matches": (), **situation}))


def only(intents: Intents) -> Intent:
    assert len(intents.intents) == 1
    return intents.intents[0]


def test_a_match_is_told() -> None:
    intent = only(decide(matches=[match()]))
    assert (intent.action, intent.kind) == (Action.PLAN, NoticeKind.NOTICE)


def test_a_spent_occurrence_is_never_told_again() -> None:
    for state in (NoticeState.TOLD, NoticeState.EXPIRED, NoticeState.CANCELLED):
        intents = decide(matches=[match()], known=[known(match(), state=state, spent=True)], holding=[match()])
        assert only(intents).action is Action.KEEP


def test_an_unsent_occurrence_is_planned_again_whenever_it_is_true_again() -> None:
    cancelled = known(match(), state=NoticeState.CANCELLED)
    assert only(decide(matches=[match()], known=[cancelled])).action is Action.PLAN


def test_what_is_told_in_the_sandbox_does_not_count_as_told_in_life() -> None:
    assert occurrence_of(match(), live=True) != occurrence_of(match(), live=False)


def test_the_anchor_counts_to_the_minute() -> None:
    later = match(anchor=NOW + timedelta(hours=24, seconds=59))
    assert occurrence_of(match(), live=False) == occurrence_of(later, live=False)
    assert occurrence_of(match(anchor=NOW + timedelta(hours=24, minutes=1)), live=False) != occurrence_of(
        later, live=False
    )


def test_an_unsent_notice_is_cancelled_when_it_is_no_longer_true() -> None:
    intent = only(decide(known=[known(match(), state=NoticeState.HELD)]))
    assert intent.action is Action.CANCEL
    assert intent.reason is not None
    assert intent.reason.code is ReasonCode.NO_LONGER_TRUE


def test_an_unsent_notice_expires_when_its_time_is_over() -> None:
    late = match(until=NOW)
    intent = only(decide(known=[known(late, state=NoticeState.DEFERRED)], holding=[late]))
    assert intent.action is Action.EXPIRE


def test_what_was_suppressed_is_not_reported_again_when_its_time_is_over() -> None:
    late = match(until=NOW)
    assert decide(known=[known(late, state=NoticeState.SUPPRESSED)], holding=[late], missed=[late]).intents == ()


def test_a_window_that_nobody_looked_into_expires_visibly() -> None:
    late = match(until=NOW - timedelta(minutes=5))
    intent = only(decide(missed=[late]))
    assert intent.action is Action.EXPIRE
    assert intent.reason is not None
    assert intent.reason.code is ReasonCode.MISSED


def test_a_moment_that_moved_cancels_the_unsent_reminder() -> None:
    moved = match(anchor=NOW + timedelta(hours=90))
    intent = only(decide(known=[known(match(), state=NoticeState.DEFERRED)], holding=[moved]))
    assert intent.action is Action.CANCEL
    assert intent.reason is not None
    assert "moved" in intent.reason.text


# -- corrections ---

MOVED = match(anchor=NOW + timedelta(hours=90))


def test_a_changed_claim_is_corrected_once() -> None:
    told = known(match())
    intent = only(decide(known=[told], holding=[MOVED]))
    assert intent.kind is NoticeKind.CORRECTION
    assert intent.told == told
    sent = known(
        MOVED,
        occurrence=correction_of(told.occurrence, claims_digest(MOVED.claims)),
        kind=NoticeKind.CORRECTION,
        told_at=NOW,
    )
    assert decide(known=[told, sent], holding=[MOVED]).intents == ()


def test_a_correction_helps_until_the_earlier_of_the_old_and_the_new_moment() -> None:
    told, sooner = known(match()), match(anchor=NOW + timedelta(hours=2))
    assert only(decide(known=[told], holding=[MOVED])).until == told.anchor
    assert only(decide(known=[told], holding=[sooner])).until == sooner.anchor


def test_a_moment_that_had_passed_before_does_not_bound_a_correction() -> None:
    past = known(match(anchor=NOW - timedelta(hours=3)))
    assert only(decide(known=[past], holding=[MOVED])).until == MOVED.anchor
    assert only(decide(known=[past], holding=[match(anchor=NOW - timedelta(hours=2))])).action is Action.EXPIRE


def test_what_moved_into_the_past_expires_while_the_customer_expects_the_old_moment() -> None:
    gone = match(anchor=NOW - timedelta(hours=2))
    intent = only(decide(known=[known(match())], holding=[gone]))
    assert (intent.action, intent.kind) == (Action.EXPIRE, NoticeKind.CORRECTION)
    assert intent.reason is not None
    assert intent.reason.text == "it moved to 2026-03-03 13:00 UTC, which had passed already"


def test_a_correction_that_waited_past_its_use_does_not_go_until_the_new_moment_instead() -> None:
    old = known(match(anchor=NOW - timedelta(minutes=1)))
    occurrence = correction_of(old.occurrence, claims_digest(MOVED.claims))
    waiting = known(
        MOVED, occurrence=occurrence, kind=NoticeKind.CORRECTION, state=NoticeState.DEFERRED, until=old.anchor
    )
    assert only(decide(known=[old, waiting], holding=[MOVED])).action is Action.EXPIRE
    suppressed = replace(waiting, state=NoticeState.SUPPRESSED)
    assert decide(known=[old, suppressed], holding=[MOVED]).intents == ()


def test_a_claim_that_changes_after_the_moment_is_corrected_no_more() -> None:
    past = match(anchor=NOW - timedelta(hours=3))
    elsewhere = match(anchor=past.anchor, claims=starts(NOW))
    assert decide(known=[known(past)], holding=[elsewhere]).intents == ()


def test_the_correction_spends_what_falls_due_in_the_same_tick() -> None:
    soon = match(anchor=NOW + timedelta(hours=30))
    intents = decide(known=[known(match())], holding=[soon], matches=[soon])
    actions = {intent.kind: intent.action for intent in intents.intents}
    assert actions == {NoticeKind.CORRECTION: Action.PLAN, NoticeKind.NOTICE: Action.CANCEL}
    noted = known(soon, state=NoticeState.CANCELLED, reason_code=ReasonCode.REPLACED)
    again = decide(known=[known(match()), noted], holding=[soon], matches=[soon])
    assert {intent.kind: intent.action for intent in again.intents}[NoticeKind.NOTICE] is Action.KEEP
    told = known(soon, occurrence="correction", kind=NoticeKind.CORRECTION, told_at=NOW)
    assert only(decide(known=[known(match()), told], holding=[soon], matches=[soon])).action is Action.SPEND


def test_a_correction_that_is_cancelled_unsent_gives_the_reminder_back() -> None:
    """Deferred overnight, changed back by the morning: nobody would have heard either."""
    later = match(ordinal=1)
    waiting = known(MOVED, occurrence="correction", kind=NoticeKind.CORRECTION, state=NoticeState.DEFERRED)
    intents = decide(known=[known(match()), waiting], holding=[match(), later], matches=[later])
    actions = {intent.kind: intent.action for intent in intents.intents}
    assert actions == {NoticeKind.CORRECTION: Action.CANCEL, NoticeKind.NOTICE: Action.PLAN}


def test_a_change_back_cancels_the_unsent_correction() -> None:
    told = known(match())
    waiting = known(
        MOVED,
        occurrence=correction_of(told.occurrence, claims_digest(MOVED.claims)),
        kind=NoticeKind.CORRECTION,
        state=NoticeState.DEFERRED,
    )
    intents = decide(known=[told, waiting], holding=[match()], matches=[match()])
    cancelled = next(intent for intent in intents.intents if intent.occurrence == waiting.occurrence)
    assert cancelled.action is Action.CANCEL
    assert cancelled.reason is not None
    assert cancelled.reason.code is ReasonCode.CHANGED_BACK


def test_a_row_that_lost_its_anchor_is_not_corrected() -> None:
    """A null anchor is not true, so there is nothing the notice could say instead: its owner hears."""
    assert only(decide(known=[known(match())], holding=[match(anchor=None)])).action is Action.ALERT


def test_an_edited_rule_never_corrects() -> None:
    edited = match(claims=starts(NOW + timedelta(days=9), source="appointment.ends_at"))
    assert changed_claims(known(match()).claims, edited.claims) == ()
    assert decide(known=[known(match())], holding=[edited]).intents == ()


def test_a_rule_may_ignore_changes() -> None:
    assert decide(replace(RULE, on_change="ignore"), known=[known(match())], holding=[MOVED]).intents == ()


def test_unsent_messages_are_replaced_never_corrected() -> None:
    changed = match(claims=starts(NOW + timedelta(hours=25)))
    intent = only(decide(known=[known(match(), state=NoticeState.DEFERRED)], matches=[changed], holding=[changed]))
    assert (intent.action, intent.kind) == (Action.PLAN, NoticeKind.NOTICE)


# -- follow-ups ---


def test_a_follow_up_goes_once_to_those_who_were_told() -> None:
    told = known(match())
    row = match(recipient_id=None)
    intent = only(decide(FOLLOWED, known=[told], following={0: [row]}))
    assert (intent.kind, intent.match.recipient_id) == (NoticeKind.FOLLOW_UP, "C-1")
    sent = known(match(), occurrence=follow_up_of(told.occurrence, "cancelled"), kind=NoticeKind.FOLLOW_UP, told_at=NOW)
    assert decide(FOLLOWED, known=[told, sent], following={0: [row]}).intents == ()


def test_a_follow_up_has_the_claims_last_told_beside_those_of_now() -> None:
    first = known(match(), told_at=NOW - timedelta(hours=3))
    corrected = known(
        match(claims=starts(NOW + timedelta(hours=30))),
        occurrence="corrected",
        kind=NoticeKind.CORRECTION,
        told_at=NOW - timedelta(hours=2),
    )
    row = match(recipient_id=None, claims=starts(NOW + timedelta(hours=50)))
    intent = only(decide(FOLLOWED, known=[first, corrected], following={0: [row]}))
    assert intent.match.claims == corrected.claims
    assert intent.current == row.claims
    assert intent.last_told is corrected


def test_nobody_is_followed_up_who_was_not_told() -> None:
    held = known(match(), state=NoticeState.HELD)
    intents = decide(FOLLOWED, known=[held], following={0: [match(recipient_id=None)]})
    assert only(intents).action is Action.CANCEL


def test_a_follow_up_that_a_rule_gained_does_not_speak_about_the_past() -> None:
    intents = decide(FOLLOWED, known=[known(match())], following={0: [match(recipient_id=None)]}, new_follow_ups=[0])
    assert only(intents).action is Action.SPEND


# -- rules without a moment ---

STANDING = match(anchor=None)


def test_what_is_true_before_the_first_pass_is_recorded_and_not_told() -> None:
    intents = decide(WITHOUT_AT, matches=[STANDING], first_pass=True)
    assert only(intents).action is Action.KEEP
    assert intents.backlog_added == {("A-1", "", "C-1"): ReasonCode.BACKLOG}


def test_a_rule_may_tell_its_backlog() -> None:
    intents = decide(replace(WITHOUT_AT, tell_backlog=True), matches=[STANDING], first_pass=True)
    assert only(intents).action is Action.PLAN


def test_what_turns_true_again_leaves_the_backlog() -> None:
    assert decide(WITHOUT_AT, backlog=[("A-1", "", "C-1")]).backlog_removed == {("A-1", "", "C-1")}
    assert only(decide(WITHOUT_AT, matches=[STANDING])).action is Action.PLAN


def test_a_rule_with_a_moment_tells_what_lies_in_its_window_on_its_first_pass() -> None:
    assert only(decide(matches=[match()], first_pass=True)).action is Action.PLAN


LOADED = {"A-1": NOW}


def test_a_baseline_tells_nothing_of_what_was_past_when_it_was_loaded() -> None:
    assert only(decide(matches=[match()], baseline=LOADED)).action is Action.SPEND
    assert only(decide(missed=[match()], baseline=LOADED)).action is Action.SPEND
    intents = decide(WITHOUT_AT, matches=[STANDING], baseline=LOADED, true_when_loaded={("A-1", "", "C-1")})
    assert intents.backlog_added == {("A-1", "", "C-1"): ReasonCode.BASELINE}
    assert only(decide(known=[known(match())], holding=[MOVED], baseline=LOADED)).action is Action.SPEND


def test_what_lay_ahead_of_a_baseline_is_told_or_missed_as_everything_else() -> None:
    ahead = {"A-1": match().at - timedelta(minutes=1)}  # type: ignore[operator] # it has a moment
    assert only(decide(matches=[match()], baseline=ahead)).action is Action.PLAN
    assert only(decide(missed=[match()], baseline=ahead)).action is Action.EXPIRE
    assert only(decide(WITHOUT_AT, matches=[STANDING], baseline=LOADED)).action is Action.PLAN


def test_each_moment_of_a_baseline_counts_by_itself() -> None:
    two = replace(RULE, at=(*RULE.at, *RULE.at))
    past, ahead = match(), match(ordinal=1, at=NOW + timedelta(hours=1))
    intents = decide(two, matches=[past, ahead], baseline=LOADED).intents
    assert [intent.action for intent in intents] == [Action.SPEND, Action.PLAN]


def test_what_a_person_dropped_stays_in_the_backlog_when_it_turns_false() -> None:
    key = ("A-1", "", "C-1")
    assert decide(WITHOUT_AT, backlog=[key], dropped=[key]).backlog_removed == set()


REPEATING = replace(WITHOUT_AT, repeat=timedelta(hours=24))


def test_a_repeating_rule_speaks_again_no_sooner_than_it_may() -> None:
    told = known(STANDING, told_at=NOW - timedelta(hours=23))
    assert only(decide(REPEATING, matches=[STANDING], holding=[STANDING], known=[told])).action is Action.KEEP
    told = known(STANDING, told_at=NOW - timedelta(hours=24))
    again = only(decide(REPEATING, matches=[STANDING], holding=[STANDING], known=[told]))
    assert again.action is Action.PLAN
    assert again.occurrence != told.occurrence
