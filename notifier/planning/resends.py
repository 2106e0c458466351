"""What was told on one channel and is about to go on another one: is it still to be said, and by which match?

A notice that was told is spent: planning has nothing more to do about it. So the recheck names what it is about to
send (`Situation.resend`), and gets an intent for each, which goes through the gates like every other one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

from notifier.model.digests import claims_digest
from notifier.model.notices import Match, NoticeKind, Reason, ReasonCode
from notifier.model.reading import KnownNotice
from notifier.planning.intents import Action, Intent, Intents, Situation, ended
from notifier.planning.occurrences import Thread, occurrence_of, thread_of, without_repetition
from notifier.rules.checked import Rule

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
        self.matching = _by_thread(situation.matches)
        self.holding = _by_thread(situation.holding)
        self.following: dict[tuple[str, str, str], list[Match]] = defaultdict(list)
        for index, matches in situation.following.items():
            for match in matches:
                row = (match.subject_id, match.each_id or "")
                self.following[rule.follow_up[index].template, *row].append(match)

    def intents(self, corrected: Set[str]) -> Iterator[Intent]:
        for known in self.situation.known:
            channel = self.situation.resend.get(known.occurrence)
            if channel is None:
                continue
            same = (each for each in self._about(known) if _says_the_same(known, each))
            if known.occurrence in corrected:
                yield ended(self.rule, known, Action.RESEND, CHANGED)
            elif (match := next(same, None)) is None:
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
                    resend_on=channel,
                )

    def _about(self, known: KnownNotice) -> Iterable[Match]:
        """What is true now of the thing that the notice speaks of."""
        thread = thread_of(known.subject_id, known.each_id, known.recipient_id)
        match known.kind:
            case NoticeKind.CORRECTION:  # true while the condition holds, whatever became of the moment's window
                return self.holding.get(thread, ())
            case NoticeKind.FOLLOW_UP:  # goes to whoever was told, whoever is the recipient now
                return self.following.get((known.template, *thread[:2]), ())
            case _:  # a rule with `repeat` speaks of the same match under its next key from now on
                key, live = without_repetition(known.occurrence), self.situation.live
                return [each for each in self.matching.get(thread, ()) if occurrence_of(each, live=live) == key]


def _says_the_same(known: KnownNotice, match: Match) -> bool:
    """Whether a told notice is still right. A follow-up says what was told before it, whatever is true now."""
    return known.kind is NoticeKind.FOLLOW_UP or claims_digest(match.claims) == known.claims_digest


def _by_thread(matches: Iterable[Match]) -> Mapping[Thread, list[Match]]:
    threads: dict[Thread, list[Match]] = defaultdict(list)
    for match in matches:
        threads[thread_of(match.subject_id, match.each_id, match.recipient_id)].append(match)
    return threads
