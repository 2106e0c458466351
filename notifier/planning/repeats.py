"""What a rule with `repeat` told long ago, and decides without: a pass costs what was told lately, not a year of it.

What is to be done about a thread hangs on its last word, and on the last one that said what is so. Both are among the
words since its last repeat, so what came before the last but one is read no more. It stays in the outbox like all that
was told, and a rule that loses its `repeat` reads it again.
"""

from collections.abc import Collection, Iterator, Sequence

from notifier.model.notices import NoticeKind
from notifier.model.reading import KnownNotice
from notifier.planning.occurrences import Thread, is_fallback, repetition_of
from notifier.planning.situation import Situation
from notifier.planning.threads import Threads
from notifier.rules.checked_rules import Rule

KEPT = 2
"""Repeats of a thread that are read, with all that was said since the first of them. The last one alone says what
customers believe; what was decided about the one before it may still be on its way."""


def decides_without_early_words(rule: Rule) -> bool:
    """Whether the rule may speak again and again about what stays true."""
    return rule.repeat is not None and not rule.at


def is_repeat(word: KnownNotice) -> bool:
    """Whether it says by itself what is so, and is neither a correction nor said elsewhere for another word."""
    return word.kind is NoticeKind.NOTICE and not is_fallback(word.occurrence)


def repetition_after(spent: Collection[KnownNotice]) -> int:
    """The number of the next repeat after these of one thread: how many it had, also where early ones are not read."""
    return max(len(spent), *(1 + repetition_of(word.occurrence) for word in spent), 0)


def said_again(rule: Rule, situation: Situation, threads: Threads) -> Sequence[KnownNotice]:
    """The known words on which nothing hangs any more, as long as the rule has its `repeat`.

    None of threads that go on in others, nor of these.
    """
    if not decides_without_early_words(rule) or situation.subjects is not None or len(situation.known) <= KEPT:
        return ()
    mixed = {*situation.continues.keys(), *situation.continues.values()}
    return [word for thread in threads.told if thread not in mixed for word in _early(thread, threads)]


def _early(thread: Thread, threads: Threads) -> Iterator[KnownNotice]:
    """Spent words of a thread from before its last repeats, of which nothing is on its way.

    Kept is also what told something at an address at which no later word did, since others there may have read it, and
    what a later word corrects or follows.
    """
    told = threads.told[thread]
    repeats = [index for index, word in enumerate(told) if is_repeat(word)]
    if len(repeats) <= KEPT:
        return
    late = told[repeats[-KEPT] :]
    first, first_told = min(word.id for word in late), late[0].told_at
    reached = frozenset(address for word in late for address in word.spoken_at)
    meant = {name for word in late for name in (word.corrects, word.follows)}
    for word in threads.known(thread):
        since = word.told_at or word.changed_at
        before = first_told is not None and since < first_told and word.id < first
        hangs_on = word.going_to or word.occurrence in meant or not word.spoken_at <= reached
        if before and word.spent and not hangs_on:
            yield word
