"""Whose the told rows are now: still the recipient's, somebody else's, or gone.

Asked only where it may matter: for threads with a told word whose rule is not true for their recipient any more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from notifier.evaluation.row_query import named
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.notices import Match
from notifier.model.reading import KnownNotice, StateReader
from notifier.model.row_address_reading import Rows
from notifier.planning.addressing import is_reached_at
from notifier.planning.occurrences import Thread
from notifier.planning.threads import NO_LONGER_THEIRS, still_matters, thread_of_match, thread_of_notice
from notifier.rules.checked_rules import Rule

Pair = tuple[str, str]
"""(subject id, id of the row of `each` or "")"""


@dataclass(frozen=True, kw_only=True)
class Standings:
    """The threads whose row is not their recipient's any more."""

    lost: Mapping[Thread, tuple[str, ...]] = field(default_factory=dict)
    """With the recipients to whom the row belongs now."""
    gone: Set[Thread] = frozenset()
    continues: Mapping[Thread, Thread] = field(default_factory=dict)
    """Threads that were read at the same addresses as another one, in which they go on."""


def standings_of(
    rule: Rule,
    query: RuleQuery,
    reader: StateReader,
    known: Sequence[KnownNotice],
    *,
    rows: Rows | None,
    holding: Iterable[Match],
    following: Mapping[int, Sequence[Match]],
    now: datetime,
) -> Standings:
    """Where the threads with a told word stand, as far as it decides what is said. `rows`: as `holders_of`."""
    followed = {(match.subject_id, match.each_id or "") for matches in following.values() for match in matches}
    true = {thread_of_match(match) for match in holding}
    doubtful = {
        thread: last
        for thread, last in _last_words(known).items()
        if thread not in true
        and last.event not in NO_LONGER_THEIRS
        and (still_matters(rule, last, now) or thread[:2] in followed)
    }
    if not doubtful:
        return Standings()
    holders = holders_of(query, reader, {subject for subject, _, _ in doubtful}, rows)
    apart = {thread: last for thread, last in doubtful.items() if thread[2] not in holders.get(thread[:2], ())}
    missing = {thread for thread in apart if thread[:2] not in holders}
    gone = _gone(rule, query, reader, missing)
    lost = {thread: tuple(sorted(holders.get(thread[:2], ()))) for thread in apart if thread not in gone}
    continues = _continuing({thread: apart[thread] for thread in lost}, lost, reader)
    return Standings(
        lost={thread: to for thread, to in lost.items() if thread not in continues}, gone=gone, continues=continues
    )


def _last_words(known: Sequence[KnownNotice]) -> Mapping[Thread, KnownNotice]:
    last: dict[Thread, KnownNotice] = {}
    for notice in known:
        thread = thread_of_notice(notice)
        if notice.told_at is not None and (thread not in last or _order(last[thread]) < _order(notice)):
            last[thread] = notice
    return last


def _order(word: KnownNotice) -> tuple[datetime, str]:
    assert word.told_at is not None
    return word.told_at, word.id


def holders_of(
    query: RuleQuery, reader: StateReader, subjects: Collection[str], rows: Rows | None = None
) -> Mapping[Pair, set[str]]:
    """The recipients of each row that there is, and of each row of `each`; an empty set where it has none.

    `rows`: only these rows of `each`, by subject.
    """
    asked = query if rows is None or query.of_rows is None else query.of_rows
    found: dict[Pair, set[str]] = defaultdict(set)
    if rows is None:
        which = {"subjects": sorted(subjects)}
    else:
        which = named({subject: rows[subject] for subject in subjects if subject in rows})
    for row in reader.rows(asked.holders(), which):
        recipients = found[row.subject_id, row.each_id or ""]
        if row.recipient_id is not None:
            recipients.add(row.recipient_id)
    return found


def _gone(rule: Rule, query: RuleQuery, reader: StateReader, threads: Collection[Thread]) -> set[Thread]:
    """Those whose row is deleted, or whose row of `each` is."""
    if not threads:
        return set()
    gone = _missing(query, reader, rule.about, {subject for subject, _, _ in threads})
    if rule.each is None:
        return {thread for thread in threads if thread[0] in gone}
    gone_each = _missing(query, reader, rule.each.entity or "", {each for _, each, _ in threads})
    return {thread for thread in threads if thread[0] in gone or thread[1] in gone_each}


def _missing(query: RuleQuery, reader: StateReader, entity: str, ids: Collection[str]) -> set[str]:
    return set(ids) - reader.ids(query.existing(entity), {"subjects": sorted(ids)})


def _continuing(
    last: Mapping[Thread, KnownNotice], lost: Mapping[Thread, tuple[str, ...]], reader: StateReader
) -> Mapping[Thread, Thread]:
    """The lost threads whose words are read at the addresses of a present holder, or in a later thread that is lost."""
    new = {holder for holders in lost.values() for holder in holders}
    customers = reader.customers(new) if new else {}
    by_pair: dict[Pair, list[Thread]] = defaultdict(list)
    for thread in lost:
        by_pair[thread[:2]].append(thread)
    continues: dict[Thread, Thread] = {}
    for thread, word in last.items():
        heirs = [
            holder
            for holder in lost[thread]
            if holder in customers and is_reached_at(customers[holder], word.told_addresses)
        ]
        later = [
            other
            for other in by_pair[thread[:2]]
            if word.told_addresses
            and word.told_addresses <= last[other].told_addresses
            and _order(word) < _order(last[other])
        ]
        if heirs:
            continues[thread] = (*thread[:2], heirs[0])
        elif later:
            continues[thread] = max(later, key=lambda other: _order(last[other]))
    return continues
