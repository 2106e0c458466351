"""What is owed to those who were told: whatever was told last is true, or is made good by a word, or its owner hears.

Each thread with a told word comes to one of four ends: its row is gone, it belongs to somebody else, the rule is true
for it, or the rule is not. What is said then depends only on the last word and the facts, so a full pass says the same.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from notifier.model.digests import match_digest
from notifier.model.instants import minute_text
from notifier.model.notices import (
    BUILT_IN,
    Claims,
    ClaimValue,
    Match,
    NoticeKind,
    NoticeState,
    Reason,
    ReasonCode,
    ThreadEvent,
)
from notifier.model.reading import KnownNotice
from notifier.planning.occurrences import Thread, correction_of, event_of, follow_up_of, note_of
from notifier.planning.situation import Action, Intent, Situation
from notifier.planning.threads import NO_LONGER_THEIRS, Standing, Threads, is_ending, still_matters
from notifier.planning.usefulness import correction_until, follow_up_until, reinstated_until
from notifier.rules.checked_rules import FollowUp, Rule

BACKLOG = Reason(code=ReasonCode.BACKLOG, text="it was true before the rule's first pass (backlog: tell would tell it)")
BASELINE = Reason(code=ReasonCode.BASELINE, text="it came with a baseline, which tells only what lies ahead")
EDITED = Reason(code=ReasonCode.BACKLOG, text="the rule was edited, which tells nobody that something changed")
NO_FOLLOW_UP = Reason(
    code=ReasonCode.NO_FOLLOW_UP, text="what the customer was told is no longer true, and no follow-up says so"
)
GONE = Reason(
    code=ReasonCode.NO_FOLLOW_UP, text="what the customer was told about is deleted, and no follow-up says so"
)
OWNER_KNOWS = (NoticeState.SUPPRESSED, NoticeState.FAILED)
"""States whose owner was told already that the customer is not: when their time is over, nothing is new."""
OLD_NEWS = (ReasonCode.BACKLOG, ReasonCode.BASELINE)
"""Reasons for which neither customer nor owner hears that something ended."""


class Owed:
    """The words that a situation asks for in each of its threads, besides notices."""

    def __init__(self, rule: Rule, situation: Situation, threads: Threads) -> None:
        self._rule = rule
        self._situation = situation
        self._threads = threads
        self._by_occurrence = {notice.occurrence: notice for notice in situation.known}

    def intents(self) -> Iterator[Intent]:
        """One for each word that is to be said, and for each of which only its owner is to hear."""
        for thread, told in self._threads.told.items():
            if thread not in self._situation.continues:
                yield from self._of(thread, told[-1])

    def _of(self, thread: Thread, last: KnownNotice) -> Iterator[Intent]:
        match self._threads.standing(thread):
            case Standing.GONE:
                yield from self._gone(thread, last)
            case Standing.LOST:
                yield from self._lost(thread, last)
            case _ if self._threads.is_reinstated(thread):
                yield from self._reinstated(thread, last)
            case _ if thread in self._threads.holding:
                if self._rule.on_change == "correct":  # a follow-up repeats what was told, and tells nothing new
                    yield from self._corrected(thread, self._threads.opening(thread))
                yield from self._followed_up(thread, last)
            case _ if last.event not in NO_LONGER_THEIRS:
                yield from self._ended(thread, last)

    # -- the rule is true for the row ---------------------------------------------------------------------------------

    def _corrected(self, thread: Thread, told: KnownNotice) -> Iterator[Intent]:
        match = self._current(thread)
        if not changed_claims(told.claims, match.claims):
            return
        occurrence = correction_of(told.occurrence, match_digest(match))
        known = self._by_occurrence.get(occurrence)
        until = correction_until(told, match, known, self._situation.now)
        intent = Intent(
            action=Action.PLAN,
            kind=NoticeKind.CORRECTION,
            occurrence=occurrence,
            match=match,
            template=match.template or self._rule.template,
            until=until,
            told=told,
        )
        if until is None or until > self._situation.now:
            yield from self._to_be_told(intent)
        elif known is None and told.anchor != match.anchor:
            yield from self._to_be_told(_moved_into_the_past(intent))

    def _reinstated(self, thread: Thread, last: KnownNotice) -> Iterator[Intent]:
        """They were told that it is over, or not theirs. A rule without `at` tells it as a new notice instead."""
        own = self._on(ThreadEvent.REINSTATED)
        if own is None and not self._rule.at:
            return
        match = self._current(thread)
        occurrence = event_of(last.occurrence, ThreadEvent.REINSTATED, match_digest(match))
        until = reinstated_until(match, self._by_occurrence.get(occurrence), self._situation.now)
        if until is not None and until <= self._situation.now:
            return
        intent = Intent(
            action=Action.PLAN,
            kind=NoticeKind.CORRECTION if own is None else NoticeKind.FOLLOW_UP,
            occurrence=occurrence,
            match=match,
            template=match.template or self._rule.template,
            until=until,
            told=self._threads.opening(thread),
            event=ThreadEvent.REINSTATED,
        )
        yield from self._in_its_words(replace(intent, last_told=last), own)

    def _current(self, thread: Thread) -> Match:
        return max(self._threads.holding[thread], key=lambda m: (m.anchor or self._situation.now, m.ordinal))

    # -- the rule is not true for the row -----------------------------------------------------------------------------

    def _ended(self, thread: Thread, last: KnownNotice) -> Iterator[Intent]:
        """The follow-ups that fit; else the one for every other end; else, once, an alert to the owner."""
        yield from self._followed_up(thread, last)
        true = [self._rule.follow_up[index] for index in self._threads.true_follow_ups.get(thread[:2], ())]
        if self._is_said(thread, last) or not all(follow_up.tell_owner for follow_up in true):
            return
        own = self._on(ThreadEvent.ENDED)
        if true or own is None or own.tell_owner:
            yield from self._unsaid(thread, last, ThreadEvent.ENDED, NO_FOLLOW_UP)
        elif own.template is not None:
            occurrence = follow_up_of(self._told_about(thread, last).occurrence, own.template)
            yield from self._in_its_words(self._as_told(thread, ThreadEvent.ENDED, occurrence), own)

    def _is_said(self, thread: Thread, last: KnownNotice) -> bool:
        """Whether the last word is that it ended, and still is so."""
        return is_ending(last) and not self._threads.is_untrue(last, thread)

    def _followed_up(self, thread: Thread, last: KnownNotice) -> Iterator[Intent]:
        ended = thread not in self._threads.holding
        about = self._told_about(thread, last)
        for index, match in self._threads.true_follow_ups.get(thread[:2], {}).items():
            follow_up = self._rule.follow_up[index]
            template = follow_up.template
            if template is None:
                continue
            told = self._threads.opening(thread)
            intent = Intent(
                action=Action.PLAN,
                kind=NoticeKind.FOLLOW_UP,
                occurrence=follow_up_of(about.occurrence, template),
                match=replace(match, recipient_id=thread[2], claims=claims_as_told(told.claims, match.claims)),
                template=template,
                until=None,
                told=told,
                current=match.claims,
                event=ThreadEvent.ENDED if ended else None,
            )
            if not follow_up.tell_late:
                intent = self._in_time(intent)
            yield from self._to_be_told(intent, old_news=BACKLOG if index in self._situation.new_follow_ups else None)

    def _told_about(self, thread: Thread, last: KnownNotice) -> KnownNotice:
        """The word on which a follow-up hangs.

        Several follow-ups that are true together hang on what they speak of, so each is told once. After one that is
        no longer true they hang on that one, so each change is told again.
        """
        return last if self._threads.is_untrue(last, thread) else self._threads.opening(thread)

    # -- the row is another's, or gone --------------------------------------------------------------------------------

    def _lost(self, thread: Thread, last: KnownNotice) -> Iterator[Intent]:
        """Only that it is no longer theirs, and with nothing but what was told to them."""
        if self._is_over(last):
            return
        occurrence = event_of(last.occurrence, ThreadEvent.REASSIGNED)
        intent = self._as_told(thread, ThreadEvent.REASSIGNED, occurrence)
        intent = replace(intent, holders=self._situation.lost[thread], template=BUILT_IN, last_told=last)
        yield from self._in_its_words(intent, self._on(ThreadEvent.REASSIGNED))

    def _gone(self, thread: Thread, last: KnownNotice) -> Iterator[Intent]:
        if self._is_over(last):
            return
        own = self._on(ThreadEvent.DELETED)
        if own is None or own.tell_owner:
            yield from self._unsaid(thread, last, ThreadEvent.DELETED, GONE)
            return
        occurrence = event_of(last.occurrence, ThreadEvent.DELETED)
        yield from self._in_its_words(self._as_told(thread, ThreadEvent.DELETED, occurrence), own)

    def _is_over(self, last: KnownNotice) -> bool:
        """Whether the customer expects nothing of the row any more, by our word or because its moment has passed."""
        return (is_ending(last) and last.event is not None) or not still_matters(self._rule, last, self._situation.now)

    # -- what they share ----------------------------------------------------------------------------------------------

    def _on(self, event: ThreadEvent) -> FollowUp | None:
        return next((each for each in self._rule.follow_up if each.on is event), None)

    def _in_its_words(self, intent: Intent, own: FollowUp | None) -> Iterator[Intent]:
        """In the words of the rule's follow-up for this event, where it has one: built in, or by nobody."""
        old_news = EDITED if self._situation.edited else None
        if intent.event is not ThreadEvent.REINSTATED and (own is None or not own.tell_late):
            intent = self._in_time(intent)
        if own is None:
            yield from self._to_be_told(intent, old_news)
        elif own.tell_owner:
            assert intent.event is not None
            assert intent.last_told is not None
            yield from self._unsaid(intent.thread, intent.last_told, intent.event, NO_FOLLOW_UP)
        elif own.template is not None:
            is_new = self._rule.follow_up.index(own) in self._situation.new_follow_ups
            yield from self._to_be_told(replace(intent, template=own.template), BACKLOG if is_new else old_news)

    def _in_time(self, intent: Intent) -> Intent:
        """The follow-up until the moment that was told; its owner hears where that has passed meanwhile."""
        assert intent.told is not None
        known = self._by_occurrence.get(intent.occurrence)
        intent = replace(intent, known=known, until=follow_up_until(intent.told, known, self._situation.now))
        return intent if intent.until is None or intent.until > self._situation.now else _too_late(intent)

    def _as_told(self, thread: Thread, event: ThreadEvent, occurrence: str) -> Intent:
        """A follow-up that says what was told, not what the row says now."""
        told = self._threads.opening(thread)
        subject_id, each_id, recipient_id = thread
        # A claim that the rule did not have when it was told has no value.
        claims = {
            claim.name: told.claims.get(claim.name, ClaimValue(type=claim.type, value=None, seen=claim.seen))
            for claim in self._rule.claims
        }
        match = replace(
            match_of(self._rule, told),
            subject_id=subject_id,
            each_id=each_id or None,
            recipient_id=recipient_id,
            claims=claims,
        )
        return Intent(
            action=Action.PLAN,
            kind=NoticeKind.FOLLOW_UP,
            occurrence=occurrence,
            match=match,
            template=self._rule.template,
            until=None,
            told=told,
            event=event,
        )

    def _unsaid(self, thread: Thread, last: KnownNotice, event: ThreadEvent, reason: Reason) -> Iterator[Intent]:
        """Nobody is told; the outbox notes it, and the owner is alerted once, until it is true again."""
        if not still_matters(self._rule, last, self._situation.now):
            return
        intent = self._as_told(thread, event, note_of(last.occurrence))
        ends = [end for end in (last.anchor, last.until) if end is not None] if self._rule.at else []
        known = self._by_occurrence.get(intent.occurrence)
        noted = known is not None and known.state is NoticeState.SUPPRESSED
        if known is not None and known.spent:
            return
        if known is not None and noted and known.reason_code in OLD_NEWS:
            reason = BASELINE if known.reason_code is ReasonCode.BASELINE else EDITED
        elif not noted and self._situation.edited:
            reason = EDITED
        elif not noted and last.subject_id in self._situation.baseline:
            reason = BASELINE
        yield replace(intent, action=Action.ALERT, reason=reason, known=known, until=max(ends, default=None))

    def _to_be_told(self, intent: Intent, old_news: Reason | None = None) -> Iterator[Intent]:
        """The intent, unless it is spent; never to be told where only an edit or a baseline led to it."""
        known = self._by_occurrence.get(intent.occurrence)
        if known is None and old_news is None and intent.match.subject_id in self._situation.baseline:
            old_news = BASELINE
        if known is not None and known.spent:
            return
        intent = replace(intent, known=known)
        if known is None and old_news is not None:
            intent = replace(intent, action=Action.SPEND, reason=old_news)
        yield intent


def claims_as_told(told: Claims, current: Claims) -> Claims:
    """The claims of a rule with the values last told; a claim that the rule had not yet has the value of now."""
    return {name: told.get(name, value) for name, value in current.items()}


def match_of(rule: Rule, known: KnownNotice) -> Match:
    """What a notice said, as it was when it was decided: for a row that says something else by now, or nothing."""
    return Match(
        rule=known.rule,
        subject_type=rule.about,
        subject_id=known.subject_id,
        each_id=known.each_id,
        recipient_id=known.recipient_id,
        ordinal=known.ordinal,
        anchor=known.anchor,
        until=known.until,
        claims=known.claims,
        locale=known.row_locale,
        evidence={},
    )


def changed_claims(told: Claims, current: Claims) -> tuple[str, ...]:
    """The names of the claims whose value is no longer the one told.

    Only claims read by the same expression are compared: an edit of the rule is no change of the facts.
    """
    return tuple(
        name
        for name, value in current.items()
        if name in told and told[name].source == value.source and told[name] != value and not value.seen
    )


def _too_late(intent: Intent) -> Intent:
    """What waited until it no longer helps; its owner is told, unless the owner knows already that nobody was told.

    What may be arriving right now is not too late yet.
    """
    kept = intent.known is not None and (intent.known.in_flight or intent.known.state in OWNER_KNOWS)
    return replace(intent, action=Action.KEEP if kept else Action.EXPIRE, reason=missed_reason(intent.until))


def _moved_into_the_past(correction: Intent) -> Intent:
    """No message helps any more; a person may still say it before the moment that the customer expects."""
    moment = correction.match.anchor or correction.until
    where = "" if moment is None else f"it moved to {minute_text(moment)}, which had passed already"
    until = correction.told.anchor if correction.told is not None else None
    reason = Reason(code=ReasonCode.MISSED, text=where)
    return replace(correction, action=Action.EXPIRE, until=until, reason=reason)


def missed_reason(until: datetime | None) -> Reason:
    """Why something is not told any more."""
    end = "" if until is None else f" at {minute_text(until)}"
    return Reason(code=ReasonCode.MISSED, text=f"not sent before its time was over{end}")
