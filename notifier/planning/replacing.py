"""Rows that are in the place of others: a booking that moved under a new id is the same booking to its customer.

What was told about the old row goes on in the thread of the new one, which hears the move. The old row is told no more,
whether it is cancelled, deleted or left as it is, before the new one came or after.
"""

from collections.abc import Collection, Iterable, Mapping

from notifier.evaluation.rule_query import RuleQuery
from notifier.model.notices import Match
from notifier.model.reading import KnownNotice, StateReader
from notifier.planning.occurrences import Thread
from notifier.planning.threads import thread_of_notice


def replaced_rows(query: RuleQuery, reader: StateReader, subjects: Collection[str]) -> Mapping[str, str]:
    """Each row that another one replaces, with that one: all links of the chains that the subjects are in."""
    if not query.may_be_replaced:
        return {}
    links: dict[str, str] = {}
    asked: set[str] = set()
    frontier = set(subjects)
    while frontier:
        found = list(reader.rows(query.replacements(), {"subjects": sorted(frontier)}))
        for row in sorted(found, key=lambda row: row.id):  # where two replace one, the last id counts
            if row.id != row.replaces:
                links[row.replaces] = row.id
        asked |= frontier
        frontier = {name for row in found for name in (row.id, row.replaces)} - asked
    return links


def last_of(subject: str, links: Mapping[str, str]) -> str:
    """The row at the end of the chain; the subject itself where the chain is a circle."""
    seen = {subject}
    last = subject
    while last in links:
        last = links[last]
        if last in seen:
            return subject
        seen.add(last)
    return last


def moved_threads(
    known: Iterable[KnownNotice], links: Mapping[str, str], holders: Mapping[tuple[str, str], Collection[str]]
) -> Mapping[Thread, Thread]:
    """The threads of replaced rows, with those in which they go on.

    That is where the new row is the same customer's, or was, and the customer was told of it.
    """
    threads = {thread_of_notice(notice): notice.told_at is not None for notice in known}
    told = {thread_of_notice(notice) for notice in known if notice.told_at is not None}
    moved: dict[Thread, Thread] = {}
    for thread in threads:
        subject, each, recipient = thread
        new = (last_of(subject, links), each, recipient)
        if new != thread and (recipient in holders.get(new[:2], ()) or new in told):
            moved[thread] = new
    return moved


def without_replaced(
    matches: Iterable[Match], links: Mapping[str, str], holders: Mapping[tuple[str, str], Collection[str]]
) -> tuple[Match, ...]:
    """The matches of rows in whose place no other one of the same customer is."""
    return tuple(
        match
        for match in matches
        if match.subject_id not in links
        or match.recipient_id not in holders.get((last_of(match.subject_id, links), match.each_id or ""), ())
        or last_of(match.subject_id, links) == match.subject_id
    )
