"""What was told on one channel and is about to go on another one: is it still to be said, and by which match?

A notice that was told is spent: planning has nothing more to do about it. So the recheck names what it is about to
send (`Situation.resend`), and gets an intent for each, which goes through the gates like every other one.
"""

from collections.abc import Iterator, Set
from dataclasses import replace

from notifier.model.digests import claims_digest
from notifier.model.notices import Match, NoticeKind, Reason, ReasonCode, ThreadEvent
from notifier.model.reading import KnownNotice
from notifier.planning.intents import ended
from notifier.planning.making_good import match_of
from notifier.planning.occurrences import Thread, occurrence_of, without_repetition
from notifier.planning.situation import Action, Intent, Intents, Situation
from notifier.planning.threads import Standing, Threads, by_thread, thread_of_notice
from notifier.rules.checked_rules import Rule

CHANGED = Reason(code=ReasonCode.REPLACED, text="what it says changed since it was told on another channel")
NO_LONGER_TRUE = Reason(code=ReasonCode.NO_LONGER_TRUE, text="what it says is no longer true")


def with_resends(rule: Rule, situation: Situation, intents: Intents) -> Intents:
    """The intents, and one for each told notice that the situation asks about."""
    if not situation.resend:
        return intents
    corrected = {
        intent.told.occurrence
        for intent in intents.intents
        if intent.kind is NoticeKind.CORRECTION and intent.told is not None
    }
    resends = {intent.occurrence: intent for intent in _Resends(rule, situation).intents(corrected)}
    others = [intent for intent in intents.intents if intent.occurrence not in resends]
    return replace(intents, intents=(*others, *resends.values()))


class _Resends:
    def __init__(self, rule: Rule, situation: Situation) -> None:
        self.rule = rule
        self.situation = situation
        self.truth = Truth(rule, situation)

    def intents(self, corrected: Set[str]) -> Iterator[Intent]:
        for known in self.situation.known:
            channel = self.situation.resend.get(known.occurrence)
            if channel is None:
                continue
            if known.occurrence in corrected:
                yield ended(self.rule, known, Action.RESEND, CHANGED)
            elif (match := self.truth.of(known)) is None:
                yield ended(self.rule, known, Action.RESEND, NO_LONGER_TRUE)
            else:
                yield Intent(
                    action=Action.RESEND,
                    kind=known.kind,
                    occurrence=known.occurrence,
                    match=replace(match, recipient_id=known.recipient_id, claims=known.claims),
                    template=known.template,
                    until=known.until,
                    known=known,
                    event=known.event,
                    resend_on=channel,
                )


class Truth:
    """What is so now of what was told, as it was told."""

    def __init__(self, rule: Rule, situation: Situation) -> None:
        self.rule = rule
        self.situation = situation
        self.threads = Threads(rule, situation)
        self.matching = by_thread((*situation.matches, *situation.coming))  # what was told early is true all the same
        self.holding = by_thread(situation.holding)

    def of(self, known: KnownNotice) -> Match | None:
        """What is so now of the thing that the notice speaks of; None where that is not what it says."""
        thread = thread_of_notice(known)
        match known.kind:
            case NoticeKind.FOLLOW_UP if known.event is not ThreadEvent.REINSTATED:
                return match_of(self.rule, known) if self._is_so(known, thread) else None
            case NoticeKind.CORRECTION | NoticeKind.FOLLOW_UP:
                # True while the condition holds, whatever became of the moment's window.
                candidates = self.holding.get(thread, [])
            case _:  # a rule with `repeat` speaks of the same match under its next key from now on
                key, live = without_repetition(known.occurrence), self.situation.live
                shadow = self.rule.shadow
                candidates = [
                    each
                    for each in self.matching.get(thread, ())
                    if occurrence_of(each, live=live, shadow=shadow) == key
                ]
        return next((each for each in candidates if claims_digest(each.claims) == known.claims_digest), None)

    def _is_so(self, known: KnownNotice, thread: Thread) -> bool:
        """Whether it is still as a follow-up says, to whoever it was told."""
        standing = self.threads.standing(thread)
        match known.event:
            case ThreadEvent.DELETED | ThreadEvent.REASSIGNED:
                return thread not in self.threads.holding
            case _:
                return standing is Standing.HELD and not self.threads.is_untrue(known, thread)
