"""What is true and what was told -> what is to be done: tell, correct, follow up, expire, cancel, or nothing.

Pure: the same facts give the same intents, whether the subjects were found by a change or by a full pass.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from notifier.model.instants import minute_text
from notifier.model.notices import Match, NoticeKind, NoticeState, Reason, ReasonCode, ThreadEvent
from notifier.model.reading import BacklogKey, KnownNotice
from notifier.model.types import ChannelName
from notifier.planning.making_good import BACKLOG, BASELINE, EDITED, OWNER_KNOWS, Owed, match_of, missed_reason
from notifier.planning.occurrences import Thread, is_in_shadow, is_note, occurrence_of
from notifier.planning.repeats import is_repeat, repetition_after, said_again
from notifier.planning.situation import Action, Intent, Intents, Situation
from notifier.planning.threads import Threads, thread_of_match, thread_of_notice
from notifier.rules.checked_rules import Rule


def intents_of(rule: Rule, situation: Situation) -> Intents:
    """What is to be done about the subjects of this situation."""
    return _Decision(rule, situation).decide()


class _Decision:
    def __init__(self, rule: Rule, situation: Situation) -> None:
        self.rule = rule
        self.situation = situation
        self.threads = Threads(rule, situation)
        self.by_occurrence = {notice.occurrence: notice for notice in situation.known}
        self.planned: dict[str, Intent] = {}
        self.planned_by_thread: dict[Thread, list[Intent]] = defaultdict(list)
        self.backlog_added: dict[BacklogKey, ReasonCode] = {}

    def decide(self) -> Intents:
        for match in self.situation.matches:
            self._put(self._notice(match))
        for match in self.situation.coming:
            self._put(self._notice(match))
        for intent in list(self._owed()):
            self._put(intent)
        for match in self.situation.missed:
            self._put(self._missed(match))
        for known in self.situation.known:
            if known.is_open and known.occurrence not in self.planned:
                self._put(self._outdated(known))
        true_threads = set(self.threads.holding) | {thread_of_match(match) for match in self.situation.matches}
        removed = set(self.situation.backlog) - true_threads - set(self.situation.dropped)
        self._keep_languages()
        return Intents(
            intents=tuple(intent for intent in self.planned.values() if self._is_asked(intent.match.subject_id)),
            backlog_added={key: why for key, why in self.backlog_added.items() if self._is_asked(key[0])},
            backlog_removed={key for key in removed if self._is_asked(key[0])},
            told=[notice for notice in self.situation.known if notice.told_at is not None],
            said_again=said_again(self.rule, self.situation, self.threads),
        )

    def _is_asked(self, subject_id: str) -> bool:
        return self.situation.subjects is None or subject_id in self.situation.subjects

    def _put(self, intent: Intent | None) -> None:
        if intent is not None:
            self.planned[intent.occurrence] = intent
            self.planned_by_thread[intent.thread].append(intent)

    def _keep_languages(self) -> None:
        """Every intent of a thread in which something was told knows what was told last."""
        for intent in list(self.planned.values()):
            if told := self.threads.told.get(intent.thread):
                self.planned[intent.occurrence] = replace(intent, last_told=told[-1])

    # -- notices -----------------------------------------------------------------------------------------------------

    def _notice(self, match: Match) -> Intent | None:
        occurrence, too_early = self._repetition(match)
        known = self.by_occurrence.get(occurrence)
        intent = Intent(
            action=Action.PLAN,
            kind=NoticeKind.NOTICE,
            occurrence=occurrence,
            match=match,
            template=match.template or self.rule.template,
            until=match.until,
            known=known,
        )
        if too_early is not None:
            return replace(intent, action=Action.KEEP, reason=too_early)
        if self._speaks_again(match):
            intent = replace(intent, event=ThreadEvent.REINSTATED)
        if known is not None and known.spent:
            return replace(intent, action=Action.KEEP, reason=_already(known))
        if self._corrected_since(match):
            return replace(intent, action=Action.SPEND, reason=SAID_BY_CORRECTION)
        if self._told_of_replaced(match):
            return replace(intent, action=Action.SPEND, reason=SAID_OF_REPLACED)
        if known is None:
            return self._first_seen(match, intent)
        return intent

    def _first_seen(self, match: Match, intent: Intent) -> Intent | None:
        key: BacklogKey = thread_of_match(match)
        starts_silent = not self.rule.at and not self.rule.tell_backlog
        if key in self.situation.backlog:
            return replace(intent, action=Action.KEEP, reason=BACKLOG)
        if self.situation.first_pass and starts_silent:
            self.backlog_added[key] = ReasonCode.BACKLOG
            return replace(intent, action=Action.KEEP, reason=BACKLOG)
        if self.situation.edited and intent.event is ThreadEvent.REINSTATED:
            self.backlog_added[key] = ReasonCode.BACKLOG
            return replace(intent, action=Action.KEEP, reason=EDITED)
        if self._was_past(match):
            if self.rule.at:
                return replace(intent, action=Action.SPEND, reason=BASELINE)
            self.backlog_added[key] = ReasonCode.BASELINE
            return replace(intent, action=Action.KEEP, reason=BASELINE)
        if _is_skipped(self.rule, match):
            return replace(intent, action=Action.SPEND, reason=_born_late(match))
        return intent

    def _repetition(self, match: Match) -> tuple[str, Reason | None]:
        """The occurrence of a match, and for a rule without `at` why it may be too early to speak again.

        It speaks again at once where the customer was told that it is over, and it is not.
        """
        again = self._speaks_again(match)
        if self.rule.at or (self.rule.repeat is None and not again):
            return occurrence_of(match, live=self.situation.live, shadow=self.rule.shadow), None
        thread = thread_of_match(match)
        words = self.threads.known(thread)
        spent = [notice for notice in words if notice.spent and is_repeat(notice)]
        number = repetition_after([notice for notice in spent if thread_of_notice(notice) == thread])
        occurrence = occurrence_of(match, live=self.situation.live, shadow=self.rule.shadow, repetition=number)
        if again:
            ending = self.threads.told[thread][-1]
            if any(n.told_at is None and n.id > ending.id for n in spent):  # a person cancelled it, or it expired
                return occurrence, DEALT_WITH
            said = any(follow_up.on is ThreadEvent.REINSTATED for follow_up in self.rule.follow_up)
            return occurrence, SAID_BY_FOLLOW_UP if said else None
        last = max((n.told_at or n.changed_at for n in words if n.spent), default=None)
        assert self.rule.repeat is not None
        if not spent or last is None or last + self.rule.repeat <= self.situation.now:
            return occurrence, None
        text = f"told at {minute_text(last)}; it may speak again from {minute_text(last + self.rule.repeat)}"
        return occurrence, Reason(code=ReasonCode.DUE, text=text)

    def _speaks_again(self, match: Match) -> bool:
        """Whether the customer was told that it is over, or not theirs, and a notice is to say that it is so again."""
        return not self.rule.at and self.threads.is_reinstated(thread_of_match(match))

    # -- what follows from what was told -----------------------------------------------------------------------------

    def _owed(self) -> Iterator[Intent]:
        for intent in Owed(self.rule, self.situation, self.threads).intents():
            yield intent
            if _says_what_is_so(intent):
                yield from self._spent_by(intent)

    def _spent_by(self, correction: Intent) -> Iterator[Intent]:
        """A waiting correction says what is due now. Only a told one spends it, since it may still be cancelled."""
        for intent in self.planned_by_thread.get(correction.thread, ()):
            if intent.kind is NoticeKind.NOTICE and intent.action is Action.PLAN:
                known = intent.known
                noted = known is not None and (known.state, known.reason_code) == (
                    NoticeState.CANCELLED,
                    ReasonCode.REPLACED,
                )
                yield replace(intent, action=Action.KEEP if noted else Action.CANCEL, reason=SAID_BY_CORRECTION)

    def _corrected_since(self, match: Match) -> bool:
        """Whether a correction told at or after the moment began has said what the match would say."""
        return match.at is not None and any(
            (notice.kind is NoticeKind.CORRECTION or notice.event is ThreadEvent.REINSTATED)
            and notice.told_at is not None
            and notice.told_at >= match.at
            for notice in self.threads.told.get(thread_of_match(match), ())
        )

    def _told_of_replaced(self, match: Match) -> bool:
        """Whether the customer knows of it by a word about the row that this one replaces: a change is corrected."""
        if self._speaks_again(match) or (match.at is None and self.rule.repeat is not None):
            return False
        return any(
            notice.subject_id != match.subject_id
            and notice.told_at is not None
            and (match.at is None or notice.told_at >= match.at)
            for notice in self.threads.told.get(thread_of_match(match), ())
        )

    def _was_past(self, match: Match) -> bool:
        """Whether only a baseline led to it, and it was true, or its moment was past, when that was loaded."""
        loaded = self.situation.baseline.get(match.subject_id)
        if loaded is None:
            return False
        if match.at is not None:
            return match.at <= loaded
        return thread_of_match(match) in self.situation.true_when_loaded

    # -- what is over ------------------------------------------------------------------------------------------------

    def _missed(self, match: Match) -> Intent | None:
        occurrence = occurrence_of(match, live=self.situation.live, shadow=self.rule.shadow)
        known = self.by_occurrence.get(occurrence)
        over = known is not None and (known.spent or known.in_flight or known.state in OWNER_KNOWS)
        thread = thread_of_match(match)
        if over or occurrence in self.planned or thread in self.situation.backlog or self.situation.first_pass:
            return None
        if known is None and _is_skipped(self.rule, match):
            return None
        if self._corrected_since(match) or self._told_of_replaced(match) or self._correction_waits(thread):
            return None
        return Intent(
            action=Action.SPEND if self._was_past(match) else Action.EXPIRE,
            kind=NoticeKind.NOTICE,
            occurrence=occurrence,
            match=match,
            template=match.template or self.rule.template,
            until=match.until,
            known=known,
            reason=BASELINE if self._was_past(match) else missed_reason(match.until),
        )

    def _correction_waits(self, thread: Thread) -> bool:
        waiting = (Action.PLAN, Action.EXPIRE)
        return any(
            intent.action in waiting
            and (intent.kind is NoticeKind.CORRECTION or intent.event is ThreadEvent.REINSTATED)
            for intent in self.planned_by_thread.get(thread, ())
        )

    def _outdated(self, known: KnownNotice) -> Intent | None:
        """An unsent notice that is not planned again: its time is over, or it is no longer true."""
        thread = thread_of_notice(known)
        holding = self.threads.holding.get(thread, [])
        still_true = known.kind is not NoticeKind.NOTICE or any(
            self._repetition(match)[0] == known.occurrence for match in holding
        )
        over = known.until is not None and known.until <= self.situation.now
        if over and is_for_owner(known):
            return None
        if over and holding and still_true:
            if known.in_flight or known.state in OWNER_KNOWS:
                return None
            return ended(self.rule, known, Action.EXPIRE, missed_reason(known.until))
        return ended(self.rule, known, Action.CANCEL, self._why_outdated(known, thread, holding=bool(holding)))

    def _why_outdated(self, known: KnownNotice, thread: Thread, *, holding: bool) -> Reason:
        if is_for_owner(known):
            return Reason(code=ReasonCode.CHANGED_BACK, text="what the customer was told is true again, or made good")
        if known.kind is NoticeKind.CORRECTION and holding:
            if self._correction_waits(thread):
                return Reason(code=ReasonCode.REPLACED, text="the facts changed again; a newer correction says it")
            return Reason(code=ReasonCode.CHANGED_BACK, text="the facts are again as the customer was told")
        if known.kind is NoticeKind.NOTICE and holding:
            return Reason(code=ReasonCode.NO_LONGER_TRUE, text="the moment it hangs on moved")
        return Reason(code=ReasonCode.NO_LONGER_TRUE, text="what it says is no longer true")


SAID_BY_CORRECTION = Reason(code=ReasonCode.REPLACED, text="a correction of what was told says it")
SAID_OF_REPLACED = Reason(code=ReasonCode.REPLACED, text="it was told of the row that this one replaces")
DEALT_WITH = Reason(code=ReasonCode.PERSON, text="that it is so again was cancelled or came too late, and is not said")
SAID_BY_FOLLOW_UP = Reason(code=ReasonCode.REPLACED, text="a follow-up says that it is so again")


def ended(rule: Rule, known: KnownNotice, action: Action, reason: Reason) -> Intent:
    """Nothing of a known notice is to be told, or told further."""
    return Intent(
        action=action,
        kind=known.kind,
        occurrence=known.occurrence,
        match=match_of(rule, known),
        template=known.template,
        until=known.until,
        known=known,
        event=known.event,
        reason=reason,
    )


def is_for_owner(known: KnownNotice) -> bool:
    """Whether it is no word at all, but the note that an owner was alerted of what nobody says."""
    return is_note(known.occurrence)


def _says_what_is_so(intent: Intent) -> bool:
    """Whether it is a correction, or as good as one: a reminder that falls due now is said by it."""
    told = intent.action is Action.PLAN
    return told and (intent.kind is NoticeKind.CORRECTION or intent.event is ThreadEvent.REINSTATED)


def _is_skipped(rule: Rule, match: Match) -> bool:
    """Whether its moment had passed before its row, or its anchor, came to be, and the rule does not tell it then."""
    if match.born is None or match.at is None or match.born <= match.at:
        return False
    return rule.skips_born_late(rule.at[match.ordinal])


def _born_late(match: Match) -> Reason:
    assert match.at is not None
    text = f"its moment, {minute_text(match.at)}, had passed before it came to be (born_late: tell would tell it)"
    return Reason(code=ReasonCode.BORN_LATE, text=text)


def _already(known: KnownNotice) -> Reason:
    if known.told_at is not None:
        voices = " and ".join(dict.fromkeys(f"{v.reference} to {v.recipient_id}" for v in known.through.values()))
        through = f", through {voices}" if known.reason_code is ReasonCode.TOLD_THROUGH else ""
        if is_in_shadow(known.occurrence):
            what = f"recorded in shadow at {minute_text(known.told_at)}, and told to nobody"
        else:
            what = f"told already at {minute_text(known.told_at)}{through}{_arrival(known)}"
        return Reason(code=known.reason_code, text=what)
    return Reason(code=known.reason_code, text=f"{known.state} at {minute_text(known.changed_at)}, never told again")


def _arrival(known: KnownNotice) -> str:
    """What receipts say of it, where they say anything."""
    if known.unheard and not known.told_channels:
        return ", and did not arrive"
    delivered = [channel for channel in ChannelName if channel in {place[0] for place in known.delivered}]
    return f", delivered by {' and '.join(delivered)}" if delivered else ""
