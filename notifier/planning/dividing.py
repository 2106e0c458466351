"""A selection in parts that are evaluated one after the other, so that memory holds one of them at a time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from notifier.evaluation.rule_query import RuleQuery
from notifier.model.reading import Figures, Rows, StateReader
from notifier.planning.narrowing import figures_of
from notifier.planning.selection import Part, Selection
from notifier.planning.standing import holders_of

T = TypeVar("T")


def parts_of(selection: Selection, query: RuleQuery, reader: StateReader, most: int, now: datetime) -> list[Part]:
    """The parts of the selection, with `most` subjects at most, and as many rows of `each`, where they are apart."""
    whole = in_pieces(sorted(selection.subjects - selection.rows.keys()), most)
    parts = [part for subjects in whole for part in _divided(selection, subjects, query, reader, most, now)]
    return [*parts, *_of_rows(selection.rows, most)]


def in_pieces(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """The items in sequences of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _divided(
    selection: Selection, subjects: Sequence[str], query: RuleQuery, reader: StateReader, most: int, now: datetime
) -> Sequence[Part]:
    """An incident may touch a hundred thousand contracts: as many notices at once would fill gigabytes."""
    if query.of_rows is None or selection.has_replacements:
        return [Part(subjects=subjects, most_rows=len(subjects) if query.rule.each is None else None)]
    pairs = reader.pairs(query.of_rows.rows_of_subjects, {"subjects": list(subjects), "now": now})
    pairs |= reader.rows_known(query.rule.name, subjects)
    if len(pairs) <= most or any(not row for _, row in pairs):
        return [Part(subjects=subjects, most_rows=len(pairs))]
    rows: dict[str, set[str]] = {subject: set() for subject in subjects}
    for subject, row in pairs:
        rows[subject].add(row)
    return _of_rows(rows, most)


def _of_rows(rows: Rows, most: int) -> list[Part]:
    pairs = [(subject, row) for subject in sorted(rows) for row in sorted(rows[subject])]
    parts: list[Part] = []
    for some in in_pieces(pairs, most):
        part: dict[str, set[str]] = {}
        for subject, row in some:
            part.setdefault(subject, set()).add(row)
        parts.append(Part(subjects=sorted(part), rows=part, most_rows=len(some)))
    return parts


def by_recipient(parts: Sequence[Part], query: RuleQuery, reader: StateReader, size: int) -> list[Part]:
    """The same subjects and rows, in parts of about `size` that are committed together and divide nobody's.

    What is said at once to one person goes in one message, so it has to be decided together.
    """
    if len(parts) == 1 and _units(parts[0]) <= size:
        return list(parts)
    found: dict[bool, list[tuple[str, str, str]]] = {True: [], False: []}
    for part in parts:
        rows = None if part.rows is None else sorted(set[str]().union(*part.rows.values()))
        holders = holders_of(query, reader, part.subjects, rows)
        units = [(subject, "") for subject in part.subjects]
        if part.rows is not None:
            units = [(subject, row) for subject, of_subject in part.rows.items() for row in of_subject]
            who = {unit: min(holders.get(unit, ()), default="") for unit in units}
        else:
            who = {(subject, ""): "" for subject in part.subjects}
            for (subject, _), recipients in holders.items():
                who[subject, ""] = min([*recipients, *filter(None, [who[subject, ""]])], default="")
        found[part.rows is not None] += [(who[unit], *unit) for unit in units]
    return [
        _part_of(some, has_rows=has_rows, rule_has_each=query.rule.each is not None)
        for has_rows, units_found in found.items()
        for some in _undivided(sorted(units_found), size)
    ]


def _units(part: Part) -> int:
    return len(part.subjects) if part.rows is None else sum(len(rows) for rows in part.rows.values())


def _undivided(units: Sequence[tuple[str, str, str]], size: int) -> Iterator[Sequence[tuple[str, str, str]]]:
    """The units in sequences of about `size`; those of one recipient, the first of each, are in one."""
    some: list[tuple[str, str, str]] = []
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
