"""A selection in parts that are evaluated one after the other, so that memory holds one of them at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from notifier.evaluation.rule_query import RuleQuery
from notifier.model.reading import Figures, StateReader
from notifier.model.row_address_reading import Rows
from notifier.planning.address_groups import AddressGroups, Groups
from notifier.planning.narrowing import figures_of
from notifier.planning.pieces import in_pieces
from notifier.planning.selection import Part, Selection
from notifier.planning.situation import Intent, Intents
from notifier.planning.standing import Pair, holders_of

Of = TypeVar("Of", str, Pair)


def parts_of(selection: Selection, query: RuleQuery, reader: StateReader, most: int, now: datetime) -> list[Part]:
    """The parts of the selection, with `most` subjects at most, and as many rows of `each`, where they are apart.

    Where rows may be told in the same words, those whose readers share an address come along, and are in one part.
    """
    rows = selection.rows
    groups, connected = _groups_of(query, reader), dict[str, set[str]]()
    if groups is not None and rows:
        grown, connected = groups.grown(rows)
        rows = {subject: of_subject for subject, of_subject in grown.items() if "" not in of_subject}
    others = sorted(selection.subjects - rows.keys())
    if rows and 0 < len(others) <= most:  # one message may have rows of both, so both are in the same parts
        of_others = _rows_of(others, query, reader, now)
        rows = {} if of_others is None else {**rows, **of_others}
        connected |= of_others or {}
    whole = in_pieces(sorted(selection.subjects - rows.keys()), most)
    parts = [part for subjects in whole for part in _divided(selection, subjects, query, reader, most, now)]
    together = groups.of_rows(connected) if groups is not None and _count(rows) > most else {}
    return [*parts, *_of_rows(rows, most, together)]


def _groups_of(query: RuleQuery, reader: StateReader) -> AddressGroups | None:
    """The rows of a rule that are decided together; None where each is decided by itself."""
    return AddressGroups(query, reader) if query.of_rows is not None and query.of_rows.shares_words else None


def _divided(
    selection: Selection, subjects: Sequence[str], query: RuleQuery, reader: StateReader, most: int, now: datetime
) -> Sequence[Part]:
    """An incident may touch a hundred thousand contracts: as many notices at once would fill gigabytes."""
    if query.of_rows is None or selection.has_replacements:
        return [Part(subjects=subjects, most_rows=len(subjects) if query.rule.each is None else None)]
    rows = _rows_of(subjects, query, reader, now)
    if rows is None or _count(rows) <= most:
        return [Part(subjects=subjects, most_rows=None if rows is None else _count(rows))]
    groups = _groups_of(query, reader)
    return _of_rows(rows, most, {} if groups is None else groups.of_subjects(subjects))


def _rows_of(
    subjects: Sequence[str], query: RuleQuery, reader: StateReader, now: datetime
) -> dict[str, set[str]] | None:
    """All rows of `each` of these subjects; None where a notice about one of them names no such row."""
    assert query.of_rows is not None
    pairs = reader.pairs(query.of_rows.rows_of_subjects, {"subjects": list(subjects), "now": now})
    pairs |= reader.rows_known(query.rule.name, subjects)
    rows: dict[str, set[str]] = {subject: set() for subject in subjects}
    for subject, row in pairs:
        rows[subject].add(row)
    return None if any("" in of_subject for of_subject in rows.values()) else rows


def _count(rows: Rows) -> int:
    return sum(len(of_subject) for of_subject in rows.values())


def _of_rows(rows: Rows, most: int, together: Mapping[Pair, str]) -> list[Part]:
    """The rows in parts of about `most`; `together`: the group of each row that is not decided by itself."""
    pairs = [(subject, row) for subject in sorted(rows) for row in sorted(rows[subject])]
    first: dict[str, Pair] = {}
    units = sorted((first.setdefault(together[pair], pair) if pair in together else pair, *pair) for pair in pairs)
    parts: list[Part] = []
    for some in _undivided(units, most):
        part: dict[str, set[str]] = {}
        for _, subject, row in some:
            part.setdefault(subject, set()).add(row)
        parts.append(Part(subjects=sorted(part), rows=part, most_rows=len(some)))
    return parts


def by_recipient(parts: Sequence[Part], query: RuleQuery, reader: StateReader, size: int) -> list[Part]:
    """The same subjects and rows, in parts of about `size` that are committed together and divide nobody's.

    What is said at once to one person goes in one message, so it has to be decided together; so do rows whose readers
    share an address.
    """
    if len(parts) == 1 and _units(parts[0]) <= size:
        return list(parts)
    groups = _groups_of(query, reader)
    together = {} if groups is None else groups.of_rows(_united(parts))
    joined = Groups()
    found: dict[bool, list[tuple[str, str, str]]] = {True: [], False: []}
    for part in parts:
        holders = holders_of(query, reader, part.subjects, part.rows)
        units = [(subject, "") for subject in part.subjects]
        if part.rows is not None:
            units = [(subject, row) for subject, of_subject in part.rows.items() for row in of_subject]
            who = {unit: min(holders.get(unit, ()), default="") for unit in units}
            for unit in who.keys() & together.keys():  # one of several readers' rows may be with those of other people
                joined.join(who[unit] or together[unit], together[unit])
                who[unit] = together[unit]
        else:
            who = {(subject, ""): "" for subject in part.subjects}
            for (subject, _), recipients in holders.items():
                who[subject, ""] = min([*recipients, *filter(None, [who[subject, ""]])], default="")
        found[part.rows is not None] += [(who[unit], *unit) for unit in units]
    found = {
        has_rows: sorted((joined.of(of) if of in joined else of, subject, row) for of, subject, row in of_readers)
        for has_rows, of_readers in found.items()
    }
    return [
        _part_of(some, has_rows=has_rows, rule_has_each=query.rule.each is not None)
        for has_rows, of_readers in found.items()
        for some in _undivided(of_readers, size)
    ]


def _united(parts: Sequence[Part]) -> Rows:
    rows: dict[str, set[str]] = {}
    for part in parts:
        for subject, of_subject in (part.rows or {}).items():
            rows.setdefault(subject, set()).update(of_subject)
    return rows


def _units(part: Part) -> int:
    return len(part.subjects) if part.rows is None else _count(part.rows)


def _undivided(units: Sequence[tuple[Of, str, str]], size: int) -> Iterator[Sequence[tuple[Of, str, str]]]:
    """The units in sequences of about `size`; those with the same first value are in one."""
    some: list[tuple[Of, str, str]] = []
    for _, of_one in groupby(units, key=itemgetter(0)):
        members = list(of_one)
        if some and len(some) + len(members) > size:
            yield some
            some = []
        some += members
    if some:
        yield some


def _part_of(units: Sequence[tuple[str, str, str]], *, has_rows: bool, rule_has_each: bool) -> Part:
    subjects = sorted({subject for _, subject, _ in units})
    if not has_rows:
        most = None if rule_has_each else len(subjects)
        return Part(subjects=subjects, most_rows=most, is_batch=True)
    rows: dict[str, set[str]] = {}
    for _, subject, row in units:
        rows.setdefault(subject, set()).add(row)
    return Part(subjects=subjects, rows=rows, most_rows=len(units), is_batch=True)


class FiguresOf:
    """The figures that a pass leaves behind, with the part in which the last rows of their subject are decided."""

    def __init__(
        self, selection: Selection, query: RuleQuery, reader: StateReader, parts: Sequence[Part], now: datetime
    ) -> None:
        assert query.of_rows is not None
        whole = sorted(selection.subjects - selection.rows.keys())
        self._figures: Mapping[str, Figures] = {
            **selection.figures,
            **figures_of(query.of_rows, reader, whole, now),
        }
        self._last = {subject: index for index, part in enumerate(parts) for subject in part.subjects}

    def of(self, index: int, subjects: Sequence[str]) -> tuple[tuple[str, Figures | None], ...]:
        """What is known of these subjects once this part of the pass is committed."""
        return tuple(self._known(index, subjects))

    def _known(self, index: int, subjects: Sequence[str]) -> Iterator[tuple[str, Figures | None]]:
        for subject in subjects:
            if subject in self._figures:
                yield subject, self._figures[subject] if self._last[subject] == index else None


def divided(intents: Intents, parts: Sequence[Sequence[str]]) -> Iterator[Intents]:
    """The intents of each part's subjects: what belongs to one subject is committed together."""
    if len(parts) == 1:
        yield intents
        return
    of_subject: dict[str, list[Intent]] = defaultdict(list)
    for intent in intents.intents:
        of_subject[intent.match.subject_id].append(intent)
    for part in parts:
        subjects = set(part)
        yield Intents(
            intents=[intent for subject in part for intent in of_subject[subject]],
            backlog_added={key: why for key, why in intents.backlog_added.items() if key[0] in subjects},
            backlog_removed=[key for key in intents.backlog_removed if key[0] in subjects],
            told=[notice for notice in intents.told if notice.subject_id in subjects],
            said_again=[notice for notice in intents.said_again if notice.subject_id in subjects],
        )
