"""Which rows of `each` are decided together, because their readers share an address, now or when they were told.

The same words go there once (`planning.sharing`). So what is said about one contract of an incident may hang on what
is said about those others whose readers share a phone or a mail address with its reader, directly or by way of others;
on no more of a hundred thousand.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from notifier.evaluation.row_query import named
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.reading import StateReader
from notifier.model.row_address_reading import Heard, Rows
from notifier.planning.pieces import in_pieces
from notifier.planning.standing import Pair

AT_ONCE = 2_000
"""Rows, or readers, of which it is asked at once."""

Fact = tuple[Pair, str, str | None]
"""Who hears, or heard, of a row; and where, for each message that there is."""


class AddressGroups:
    """The groups of one rule's rows of `each` on one snapshot."""

    def __init__(self, query: RuleQuery, reader: StateReader) -> None:
        assert query.of_rows is not None
        self._query = query
        self._of_rows = query.of_rows
        self._rule = query.rule.name
        self._reader = reader

    def grown(self, rows: Rows) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """These rows with all others of their subjects that are to be decided together with them; and those of all
        these that are not decided by themselves.

        "" among the rows of a subject: a notice about it names no row, so all of them are.
        """
        found = {(subject, row) for subject, of_subject in rows.items() for row in of_subject}
        connected = set[Pair]()
        new = sorted(found)
        while new:
            there = {pair for some in in_pieces(new, AT_ONCE) for pair in self._brought_by(_by_subject(some))}
            there = {pair for pair in there if pair[0] in rows}
            connected |= there
            new = sorted(there - found)
            found |= there
        return _by_subject(found), _by_subject(connected)

    def readdressed(self, rows: Rows) -> set[str]:
        """The subjects of those of these rows of which a reader changed.

        Where somebody could be written to before the change is not recorded. With whom they shared an address is known
        from the messages that were written there, and so not where neither of two notices has any yet.
        """
        if not rows or "customer" not in self._reader.changed_entities():
            return set()
        changed = self._reader.ids(self._of_rows.changed_customers, {})
        return {subject for (subject, _), reader, _ in self._facts(rows) if reader in changed}

    def of_subjects(self, subjects: Collection[str]) -> Mapping[Pair, str]:
        """The group of each row of these subjects, except where it is decided by itself."""
        return self._groups(lambda: self._facts_of(subjects))

    def of_rows(self, rows: Rows) -> Mapping[Pair, str]:
        """The group of each of these rows, except where it is decided by itself."""
        return self._groups(lambda: self._facts(rows))

    def _brought_by(self, rows: Rows) -> set[Pair]:
        """The rows that hang on these directly, and those of these that do."""
        readers, addresses = set[str](), set[str]()
        for _, reader, address in self._facts(rows):
            readers.add(reader)
            addresses |= {address} if address is not None else set()
        addresses |= {address for _, address in self._reader.addresses_of(readers)}
        return self._told_at(addresses) | self._reader.rows_spoken_for(self._rule, rows)

    def _told_at(self, addresses: Collection[str]) -> set[Pair]:
        """The rows of which somebody hears or heard at those of these addresses that several share."""
        now = set(self._reader.customers_at(addresses))
        words = list(self._reader.words_at(self._rule, addresses))
        users: dict[str, set[str]] = defaultdict(set)
        for reader, address in (*now, *((word.recipient_id, word.address) for word in words)):
            users[address or ""].add(reader or "")
        shared = {address for address, who in users.items() if len(who) > 1}
        readers = sorted({reader for reader, address in now if address in shared})
        if not shared:
            return set()
        found = {(word.subject_id, word.each_id) for word in words if word.address in shared}
        found |= self._reader.pairs(self._of_rows.rows_of_customers, {"customers": readers})
        return found | self._reader.rows_to(self._rule, readers)

    def _groups(self, facts: Callable[[], Iterator[Fact]]) -> Mapping[Pair, str]:
        groups = Groups()
        first: dict[str, str] = {}
        """Who was found first at each address."""
        readers = set[str]()
        for _, reader, address in facts():
            readers.add(reader)
            if address is not None:
                groups.join(reader, first.setdefault(address, reader))
        for some in in_pieces(sorted(readers), AT_ONCE):
            for reader, address in self._reader.addresses_of(some):
                groups.join(reader, first.setdefault(address, reader))
        del first, readers
        of_row: dict[Pair, str] = {}
        for pair, reader, _ in facts() if groups else ():
            if reader in groups:  # those who hear of one row are in one group
                groups.join(reader, of_row.setdefault(pair, reader))
        return {pair: groups.of(reader) for pair, reader in of_row.items()}

    def _facts_of(self, subjects: Collection[str]) -> Iterator[Fact]:
        """Who hears or heard of all rows of these subjects."""
        for row in self._reader.rows(self._query.holders(), {"subjects": sorted(subjects)}):
            if row.recipient_id is not None:
                yield (row.subject_id, row.each_id), row.recipient_id, None
        yield from _said(self._reader.words_of_subjects(self._rule, subjects))

    def _facts(self, rows: Rows) -> Iterator[Fact]:
        """Who hears or heard of these rows."""
        if not rows:
            return
        for row in self._reader.rows(self._of_rows.holders(), named(rows)):
            if row.recipient_id is not None:
                yield (row.subject_id, row.each_id), row.recipient_id, None
        yield from _said(self._reader.words_of_rows(self._rule, rows))


class Groups:
    """Readers in groups; each has the name of its first reader."""

    def __init__(self) -> None:
        self._before: dict[str, str] = {}

    def __contains__(self, reader: str) -> bool:
        return reader in self._before

    def __bool__(self) -> bool:
        return bool(self._before)

    def join(self, one: str, other: str) -> None:
        """Both are in one group."""
        if one == other:
            return
        first, second = sorted((self.of(one), self.of(other)))
        self._before[first] = self._before[second] = first

    def of(self, reader: str) -> str:
        """The group of the reader."""
        while (before := self._before.setdefault(reader, reader)) != reader:
            self._before[reader] = reader = self._before[before]
        return reader


def _said(words: Iterable[Heard]) -> Iterator[Fact]:
    for word in words:
        if word.recipient_id is not None:
            yield (word.subject_id, word.each_id), word.recipient_id, word.address or None


def _by_subject(pairs: Iterable[Pair]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for subject, row in pairs:
        found[subject].add(row)
    return found
