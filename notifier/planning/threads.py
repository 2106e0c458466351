"""What was told about some subjects, thread by thread: the last word of each, and whether it is still true.

A thread is a notice with its corrections and follow-ups to one recipient about one row. Its last word is what was told
last in it: that is what the customer believes, and what is compared with the facts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from notifier.model.notices import Match, NoticeKind, ThreadEvent
from notifier.model.reading import KnownNotice
from notifier.planning.occurrences import Thread, thread_of
from notifier.planning.situation import Situation
from notifier.rules.checked_rules import Rule

NO_LONGER_THEIRS = (ThreadEvent.REASSIGNED, ThreadEvent.DELETED)
"""After a word with one of these, the customer believes that the row is none of theirs."""


class Standing(StrEnum):
    """Whose the row of a thread is now."""

    HELD = "held"
    """The recipient's, as when it was told."""
    LOST = "lost"
    """Somebody else's, or nobody's."""
    GONE = "gone"
    """It does not exist any more."""


class Threads:
    """The threads of one situation."""

    def __init__(self, rule: Rule, situation: Situation) -> None:
        self._rule = rule
        self._situation = situation
        self._known: dict[Thread, list[KnownNotice]] = defaultdict(list)
        self.told: dict[Thread, list[KnownNotice]] = defaultdict(list)
        """What was told in each thread, in order; with what was told in threads that go on in it."""
        for notice in situation.known:
            thread = thread_of_notice(notice)
            self._known[thread].append(notice)
            if notice.told_at is not None:
                self.told[situation.continues.get(thread, thread)].append(notice)
        for words in self.told.values():
            words.sort(key=lambda word: (word.told_at or situation.now, word.id))
        self.holding: Mapping[Thread, list[Match]] = by_thread(
            match for match in situation.holding if match.anchor is not None or not rule.at
        )
        """Where the condition holds. Without its anchor a rule with `at` is not true."""
        self.true_follow_ups: dict[tuple[str, str], dict[int, Match]] = defaultdict(dict)
        """By row: the follow-ups whose conditions are true, with what is true of the row."""
        for index, matches in situation.following.items():
            for match in matches:
                self.true_follow_ups[match.subject_id, match.each_id or ""].setdefault(index, match)

    def known(self, thread: Thread) -> Sequence[KnownNotice]:
        """Everything that the outbox has of the thread, told or not, with what was told in threads that go on in it."""
        own = self._known.get(thread, [])
        return [*(word for word in self.told.get(thread, ()) if thread_of_notice(word) != thread), *own]

    def standing(self, thread: Thread) -> Standing:
        """Whose the row of a thread is now, in which something was told."""
        if thread in self._situation.gone:
            return Standing.GONE
        return Standing.LOST if thread in self._situation.lost else Standing.HELD

    def opening(self, thread: Thread) -> KnownNotice:
        """The word that the follow-ups told since then speak of: the last one that said what is so."""
        told = self.told[thread]
        return next((word for word in reversed(told) if not is_ending(word)), told[0])

    def is_untrue(self, word: KnownNotice, thread: Thread) -> bool:
        """Whether a follow-up, told last to somebody who has the row, is no longer true."""
        if not is_ending(word):
            return False
        if word.event in NO_LONGER_THEIRS:
            return True
        of_template = {
            index
            for index, follow_up in enumerate(self._rule.follow_up)
            if follow_up.when and follow_up.template == word.template
        }
        if of_template:
            return not of_template & self.true_follow_ups.get(thread[:2], {}).keys()
        return word.event is ThreadEvent.ENDED and thread in self.holding

    def is_reinstated(self, thread: Thread) -> bool:
        """Whether the customer was told that it is over, or not theirs, and the rule is true for them again."""
        told = self.told.get(thread, ())
        return (
            len(told) > 0
            and thread in self.holding
            and self.standing(thread) is Standing.HELD
            and self.is_untrue(told[-1], thread)
        )


def thread_of_match(match: Match) -> Thread:
    """The thread that a match belongs to."""
    return thread_of(match.subject_id, match.each_id, match.recipient_id)


def thread_of_notice(notice: KnownNotice) -> Thread:
    """The thread in which a notice stands in the outbox."""
    return thread_of(notice.subject_id, notice.each_id, notice.recipient_id)


def by_thread(matches: Iterable[Match]) -> dict[Thread, list[Match]]:
    """The matches of each thread."""
    threads: dict[Thread, list[Match]] = defaultdict(list)
    for match in matches:
        threads[thread_of_match(match)].append(match)
    return threads


def is_ending(word: KnownNotice) -> bool:
    """Whether it speaks of what was told before, instead of saying what is so."""
    return word.kind is NoticeKind.FOLLOW_UP and word.event is not ThreadEvent.REINSTATED


def still_matters(rule: Rule, word: KnownNotice, now: datetime) -> bool:
    """Whether the customer may still act on what was told: until its moment has passed; without `at`, always."""
    if not rule.at:
        return True
    ends = [end for end in (word.anchor, word.until) if end is not None]
    return not ends or max(ends) > now
