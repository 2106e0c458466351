"""What is true and what was told -> what is to be done: tell, correct, follow up, expire, cancel, or nothing.

Pure: the same facts give the same intents, whether the subjects were found by a change or by a full pass.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from notifier.model.digests import claims_digest
from notifier.model.instants import minute_text
from notifier.model.notices import UNSENT, Claims, Match, NoticeKind, NoticeState, Reason, ReasonCode
from notifier.model.reading import BacklogKey, KnownNotice
from notifier.model.types import ChannelName
from notifier.planning.occurrences import Thread, correction_of, follow_up_of, occurrence_of, thread_of
from notifier.rules.checked import Rule


class Action(StrEnum):
    """What is to be done about one occurrence."""

    PLAN = "plan"
    EXPIRE = "expire"
    CANCEL = "cancel"
    SPEND = "spend"
    """Record it as never to be told."""
    KEEP = "keep"
    """It was told, or is not to be told: nothing is to be done. Shown by preview."""
    RESEND = "resend"
    """Say on one more channel what was told on another one: asked for before a message of it is sent."""


@dataclass(frozen=True, kw_only=True)
class Intent:
    """One occurrence and what is to be done about it."""

    action: Action
    kind: NoticeKind
    occurrence: str
    match: Match
    template: str
    until: datetime | None
    known: KnownNotice | None = None
    told: KnownNotice | None = None
    """The told notice that this corrects or follows up."""
    reason: Reason | None = None
    """Why nothing is to be told; None where the gates are asked."""
    resend_on: ChannelName | None = None
    """For RESEND: the one channel in question."""

    @property
    def thread(self) -> Thread:
        """All that the rule tells this recipient about this subject."""
        return thread_of(self.match.subject_id, self.match.each_id, self.match.recipient_id)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What is true and what is known about some subjects of one rule at `now`."""

    now: datetime
    live: bool
    matches: Sequence[Match]
    """True now, inside the window of a moment."""
    missed: Sequence[Match] = ()
    """The condition holds, and the window of a moment ended since the last pass."""
    holding: Sequence[Match] = ()
    """The condition holds, whatever the windows say: one a moment."""
    following: Mapping[int, Sequence[Match]] = field(default_factory=dict)
    """For each follow-up, the rows for which its condition is true (without recipient)."""
    known: Sequence[KnownNotice] = ()
    backlog: Collection[BacklogKey] = ()
    dropped: Collection[BacklogKey] = ()
    """Those in the backlog that a person dropped: they stay there, whatever becomes true of them."""
    baseline: Mapping[str, datetime] = field(default_factory=dict)
    """Subjects that only a baseline import touched, with its date: what was past by then is told to nobody."""
    true_when_loaded: Collection[Thread] = ()
    """Of a rule without `at`: the threads of these subjects for which it was true already on that date."""
    first_pass: bool = False
    new_follow_ups: Collection[int] = ()
    """Follow-ups that the rule did not have when it was last evaluated: what they would say is old news."""
    resend: Mapping[str, ChannelName] = field(default_factory=dict)
    """Told occurrences of which a message is about to go on one more channel: the recheck asks what becomes of it."""


@dataclass(frozen=True, kw_only=True)
class Intents:
    """What is to be done, and how the backlog changes."""

    intents: Sequence[Intent]
    backlog_added: Mapping[BacklogKey, ReasonCode]
    backlog_removed: Collection[BacklogKey]


def intents_of(rule: Rule, situation: Situation) -> Intents:
    """What is to be done about the subjects of this situation."""
    return _Decision(rule, situation).decide()


class _Decision:
    def __init__(self, rule: Rule, situation: Situation) -> None:
        self.rule = rule
        self.situation = situation
        self.threads: dict[Thread, list[KnownNotice]] = defaultdict(list)
        for notice in situation.known:
            self.threads[thread_of(notice.subject_id, notice.each_id, notice.recipient_id)].append(notice)
        self.by_occurrence = {notice.occurrence: notice for notice in situation.known}
        self.holding: dict[Thread, list[Match]] = defaultdict(list)
        for match in situation.holding:
            if match.anchor is not None or not rule.at:  # without its anchor a rule with `at` is not true
                self.holding[_thread(match)].append(match)
        self.planned: dict[str, Intent] = {}
        self.backlog_added: dict[BacklogKey, ReasonCode] = {}

    def decide(self) -> Intents:
        for match in self.situation.matches:
            self._put(self._notice(match))
        if self.rule.on_change == "correct":
            for intent in list(self._corrections()):
                self._put(intent)
        for intent in list(self._follow_ups()):
            self._put(intent)
        for match in self.situation.missed:
            self._put(self._missed(match))
        for known in self.situation.known:
            if known.state in UNSENT and not known.spent and known.occurrence not in self.planned:
                self._put(self._outdated(known))
        true_threads = set(self.holding) | {_thread(match) for match in self.situation.matches}
        removed = set(self.situation.backlog) - true_threads - set(self.situation.dropped)
        return Intents(intents=tuple(self.planned.values()), backlog_added=self.backlog_added, backlog_removed=removed)

    def _put(self, intent: Intent | None) -> None:
        if intent is not None:
            self.planned[intent.occurrence] = intent

    # -- notices -----------------------------------------------------------------------------------------------------

    def _notice(self, match: Match) -> Intent | None:
        occurrence, too_early = self._repetition(match)
        known = self.by_occurrence.get(occurrence)
        intent = Intent(
            action=Action.PLAN,
            kind=NoticeKind.NOTICE,
            occurrence=occurrence,
            match=match,
            template=self.rule.template,
            until=match.until,
            known=known,
        )
        if too_early is not None:
            return replace(intent, action=Action.KEEP, reason=too_early)
        if known is not None and known.spent:
            return replace(intent, action=Action.KEEP, reason=_already(known))
        if self._corrected_since(match):
            return replace(intent, action=Action.SPEND, reason=SAID_BY_CORRECTION)
        if known is None:
            return self._first_seen(match, intent)
        return intent

    def _first_seen(self, match: Match, intent: Intent) -> Intent | None:
        key: BacklogKey = _thread(match)
        starts_silent = not self.rule.at and not self.rule.tell_backlog
        if key in self.situation.backlog:
            return replace(intent, action=Action.KEEP, reason=BACKLOG)
        if self.situation.first_pass and starts_silent:
            self.backlog_added[key] = ReasonCode.BACKLOG
            return replace(intent, action=Action.KEEP, reason=BACKLOG)
        if self._was_past(match):
            if self.rule.at:
                return replace(intent, action=Action.SPEND, reason=BASELINE)
            self.backlog_added[key] = ReasonCode.BASELINE
            return replace(intent, action=Action.KEEP, reason=BASELINE)
        return intent

    def _repetition(self, match: Match) -> tuple[str, Reason | None]:
        """The occurrence of a match, and for a rule with `repeat` why it may be too early to speak again."""
        if self.rule.repeat is None or self.rule.at:
            return occurrence_of(match, live=self.situation.live), None
        thread = self.threads.get(_thread(match), ())
        spent = [notice for notice in thread if notice.spent and notice.kind is NoticeKind.NOTICE]
        occurrence = occurrence_of(match, live=self.situation.live, repetition=len(spent))
        last = max((n.told_at or n.changed_at for n in thread if n.spent), default=None)
        if not spent or last is None or last + self.rule.repeat <= self.situation.now:
            return occurrence, None
        text = f"told at {minute_text(last)}; it may speak again from {minute_text(last + self.rule.repeat)}"
        return occurrence, Reason(code=ReasonCode.DUE, text=text)

    # -- corrections and follow-ups ----------------------------------------------------------------------------------

    def _corrections(self) -> Iterator[Intent]:
        for thread, told in self._told_threads():
            current = self.holding.get(thread)
            if not current:
                continue
            match = max(current, key=lambda m: (m.anchor or self.situation.now, m.ordinal))
            if not changed_claims(told.claims, match.claims):
                continue
            ends = [end for end in (told.anchor, told.until, match.anchor, match.until) if end is not None]
            until = max(ends, default=None)
            if until is not None and until <= self.situation.now:
                continue
            occurrence = correction_of(told.occurrence, claims_digest(match.claims))
            known = self.by_occurrence.get(occurrence)
            if known is not None and known.spent:
                continue
            yield self._unless_baseline(
                Intent(
                    action=Action.PLAN,
                    kind=NoticeKind.CORRECTION,
                    occurrence=occurrence,
                    match=match,
                    template=self.rule.template,
                    until=until,
                    known=known,
                    told=told,
                )
            )
            yield from self._spent_by_correction(thread)

    def _spent_by_correction(self, thread: Thread) -> Iterator[Intent]:
        """A waiting correction says what is due now. Only a told one spends it, since it may still be cancelled."""
        for intent in self.planned.values():
            if intent.thread == thread and intent.kind is NoticeKind.NOTICE and intent.action is Action.PLAN:
                known = intent.known
                noted = known is not None and (known.state, known.reason_code) == (
                    NoticeState.CANCELLED,
                    ReasonCode.REPLACED,
                )
                yield replace(intent, action=Action.KEEP if noted else Action.CANCEL, reason=SAID_BY_CORRECTION)

    def _corrected_since(self, match: Match) -> bool:
        """Whether a correction told at or after the moment began has said what the match would say."""
        return match.at is not None and any(
            notice.kind is NoticeKind.CORRECTION and notice.told_at is not None and notice.told_at >= match.at
            for notice in self.threads.get(_thread(match), ())
        )

    def _follow_ups(self) -> Iterator[Intent]:
        told_by_row: dict[tuple[str, str], list[KnownNotice]] = defaultdict(list)
        for thread, told in self._told_threads(kinds=(NoticeKind.NOTICE, NoticeKind.CORRECTION)):
            told_by_row[thread[:2]].append(told)
        for index, matches in self.situation.following.items():
            template = self.rule.follow_up[index].template
            for match in matches:
                for told in told_by_row.get((match.subject_id, match.each_id or ""), ()):
                    occurrence = follow_up_of(told.occurrence, template)
                    known = self.by_occurrence.get(occurrence)
                    if known is not None and known.spent:
                        continue
                    intent = Intent(
                        action=Action.PLAN,
                        kind=NoticeKind.FOLLOW_UP,
                        occurrence=occurrence,
                        match=replace(match, recipient_id=told.recipient_id),
                        template=template,
                        until=None,
                        known=known,
                        told=told,
                    )
                    if known is None and index in self.situation.new_follow_ups:
                        intent = replace(intent, action=Action.SPEND, reason=BACKLOG)
                    yield self._unless_baseline(intent)

    def _was_past(self, match: Match) -> bool:
        """Whether only a baseline led to it, and it was true, or its moment was past, when that was loaded."""
        loaded = self.situation.baseline.get(match.subject_id)
        if loaded is None:
            return False
        return match.at <= loaded if match.at is not None else _thread(match) in self.situation.true_when_loaded

    def _unless_baseline(self, intent: Intent) -> Intent:
        """The intent, or where only a baseline led to it, that it is never to be told."""
        if intent.known is None and intent.match.subject_id in self.situation.baseline:
            return replace(intent, action=Action.SPEND, reason=BASELINE)
        return intent

    def _told_threads(
        self, kinds: Collection[NoticeKind] = (NoticeKind.NOTICE, NoticeKind.CORRECTION, NoticeKind.FOLLOW_UP)
    ) -> Iterable[tuple[Thread, KnownNotice]]:
        """Each thread with the notice of these kinds that was told last."""
        for thread, notices in self.threads.items():
            told = [n for n in notices if n.told_at is not None and n.kind in kinds]
            if told:
                yield thread, max(told, key=lambda n: (n.told_at or self.situation.now, n.id))

    # -- what is over ------------------------------------------------------------------------------------------------

    def _missed(self, match: Match) -> Intent | None:
        occurrence = occurrence_of(match, live=self.situation.live)
        known = self.by_occurrence.get(occurrence)
        over = known is not None and (known.spent or known.state in OWNER_KNOWS)
        if over or occurrence in self.planned or _thread(match) in self.situation.backlog or self.situation.first_pass:
            return None
        if self._corrected_since(match) or self._correction_waits(_thread(match)):
            return None
        return Intent(
            action=Action.SPEND if self._was_past(match) else Action.EXPIRE,
            kind=NoticeKind.NOTICE,
            occurrence=occurrence,
            match=match,
            template=self.rule.template,
            until=match.until,
            known=known,
            reason=BASELINE if self._was_past(match) else _missed_reason(match.until),
        )

    def _correction_waits(self, thread: Thread) -> bool:
        return any(intent.kind is NoticeKind.CORRECTION and intent.thread == thread for intent in self.planned.values())

    def _outdated(self, known: KnownNotice) -> Intent | None:
        """An unsent notice that is not planned again: its time is over, or it is no longer true."""
        thread = thread_of(known.subject_id, known.each_id, known.recipient_id)
        holding = self.holding.get(thread, [])
        still_true = known.kind is not NoticeKind.NOTICE or any(
            self._repetition(match)[0] == known.occurrence for match in holding
        )
        over = known.until is not None and known.until <= self.situation.now
        if over and holding and still_true:
            if known.state in OWNER_KNOWS:
                return None
            return ended(self.rule, known, Action.EXPIRE, _missed_reason(known.until))
        return ended(self.rule, known, Action.CANCEL, self._why_outdated(known, thread, holding=bool(holding)))

    def _why_outdated(self, known: KnownNotice, thread: Thread, *, holding: bool) -> Reason:
        if known.kind is NoticeKind.CORRECTION and holding:
            if self._correction_waits(thread):
                return Reason(code=ReasonCode.REPLACED, text="the facts changed again; a newer correction says it")
            return Reason(code=ReasonCode.CHANGED_BACK, text="the facts are again as the customer was told")
        if holding:
            return Reason(code=ReasonCode.NO_LONGER_TRUE, text="the moment it hangs on moved")
        return Reason(code=ReasonCode.NO_LONGER_TRUE, text="what it says is no longer true")


OWNER_KNOWS = (NoticeState.SUPPRESSED, NoticeState.FAILED)
"""States whose owner was told already that the customer is not: when their time is over, nothing is new."""
BACKLOG = Reason(code=ReasonCode.BACKLOG, text="it was true before the rule's first pass (backlog: tell would tell it)")
SAID_BY_CORRECTION = Reason(code=ReasonCode.REPLACED, text="a correction of what was told says it")
BASELINE = Reason(code=ReasonCode.BASELINE, text="it came with a baseline, which tells only what lies ahead")


def ended(rule: Rule, known: KnownNotice, action: Action, reason: Reason) -> Intent:
    """Nothing of a known notice is to be told, or told further."""
    match = Match(
        rule=known.rule,
        subject_type=rule.about,
        subject_id=known.subject_id,
        each_id=known.each_id,
        recipient_id=known.recipient_id,
        ordinal=known.ordinal,
        anchor=known.anchor,
        until=known.until,
        claims=known.claims,
        evidence={},
    )
    return Intent(
        action=action,
        kind=known.kind,
        occurrence=known.occurrence,
        match=match,
        template=known.template,
        until=known.until,
        known=known,
        reason=reason,
    )


def changed_claims(told: Claims, current: Claims) -> tuple[str, ...]:
    """The names of the claims whose value is no longer the one told.

    Only claims read by the same expression are compared: an edit of the rule is no change of the facts.
    """
    return tuple(
        name
        for name, value in current.items()
        if name in told and told[name].source == value.source and told[name] != value
    )


def _thread(match: Match) -> Thread:
    return thread_of(match.subject_id, match.each_id, match.recipient_id)


def _already(known: KnownNotice) -> Reason:
    if known.told_at is not None:
        return Reason(code=known.reason_code, text=f"told already at {minute_text(known.told_at)}")
    return Reason(code=known.reason_code, text=f"{known.state} at {minute_text(known.changed_at)}, never told again")


def _missed_reason(until: datetime | None) -> Reason:
    end = "" if until is None else f" at {minute_text(until)}"
    return Reason(code=ReasonCode.MISSED, text=f"not sent before its time was over{end}")
