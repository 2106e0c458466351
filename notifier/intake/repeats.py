"""Lines of one file with the same id: one row where they agree, a problem of each of them where they do not.

An id may come again a million lines later, so a file is read twice where an id comes twice. The first reading finds
those ids by their digests, at eight bytes a row. The second puts their lines aside until the last line of an id is
there. Two ids with the same digest only put their lines aside: what the lines say is compared under the id itself.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from notifier.intake.columns import is_empty
from notifier.intake.sources import CellBatch, Line

PARTS = 64
"""Digests are compared in this many parts, so that little memory is used at a time."""


class Counting(StrEnum):
    """Which line counts where lines with the same id have different values."""

    AGREE = "agree"
    """None does: all of them are bad rows."""
    FIRST = "first"
    """The first that fills the cell."""
    LAST = "last"
    """The last that fills the cell."""
    SUM = "sum"
    """None does, but numbers are added: each line is a part of the row."""


Summed = Mapping[str, Callable[[Any], Decimal]]
"""The columns whose numbers are added, and how a number is read; it raises ValueError for what is none."""


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A filled cell that differs from the same cell of another line; the lines are places among those compared."""

    line: int
    other: int
    column: str


class IdDigests:
    """Notes every id of a file, and tells which come more than once."""

    def __init__(self) -> None:
        self._parts = [array("q") for _ in range(PARTS)]
        self.repeats = False
        """Whether an id is already known to come twice."""

    def note(self, ids: Sequence[str | None]) -> None:
        """Adds the ids of one batch; rows without one are not counted."""
        known = [one for one in ids if one is not None] if None in ids else ids
        self.repeats = self.repeats or len(set(known)) < len(known)
        parts, last = self._parts, PARTS - 1
        for digest in map(hash, known):
            parts[digest & last].append(digest)

    def repeated(self) -> dict[int, int]:
        """How many rows have each digest that comes more than once."""
        found: dict[int, int] = {}
        for part in self._parts:
            if len(set(part)) < len(part):
                found |= {digest: count for digest, count in Counter(part).items() if count > 1}
        return found


@dataclass(frozen=True, kw_only=True)
class Quarrel:
    """The lines of one id that do not agree, with what is wrong with each."""

    row_id: str
    lines: Sequence[Line]
    problems: Sequence[Sequence[tuple[str, str]]]
    """For each line, (column, what is wrong)."""


class Repeats:
    """Puts the lines with repeated ids aside, and gives them back as whole rows."""

    def __init__(
        self,
        repeated: Mapping[int, int],
        counting: Counting,
        ignored: Container[str],
        entity: str,
        summed: Summed | None = None,
        digested: Container[str] = frozenset(),
    ) -> None:
        self._summed = summed or {}
        self._digested = digested
        """Columns of which only a digest is kept, so that their capitals do not matter."""
        self._repeated = repeated
        self._counting = counting
        self._ignored = ignored
        """Columns whose cells may differ, because nobody reads them."""
        self._entity = entity
        self._waiting: dict[int, list[tuple[str, Line]]] = {}
        """The lines of each digest that came so far."""

    def put_aside(self, batch: CellBatch, ids: Sequence[str | None]) -> tuple[CellBatch, list[tuple[str, list[Line]]]]:
        """The batch without the lines of repeated ids, and those lines, by id, of which the last has now come."""
        stays: list[int] = []
        whole: list[tuple[str, list[Line]]] = []
        names, columns = tuple(batch.columns), tuple(batch.columns.values())
        for index, row_id in enumerate(ids):
            digest = hash(row_id)
            if row_id is None or digest not in self._repeated:
                stays.append(index)
                continue
            waiting = self._waiting.setdefault(digest, [])
            waiting.append((row_id, Line(batch.lines[index], names, tuple(cells[index] for cells in columns))))
            if len(waiting) == self._repeated[digest]:
                whole += _by_id(self._waiting.pop(digest))
        if len(stays) == len(ids):
            return batch, whole
        left = {name: [cells[index] for index in stays] for name, cells in batch.columns.items()}
        return CellBatch(columns=left, lines=[batch.lines[index] for index in stays]), whole

    def join(self, groups: Sequence[tuple[str, list[Line]]]) -> tuple[list[CellBatch], list[Quarrel]]:
        """One row of each group of lines that agree, in batches with the same columns; and the groups that do not."""
        alike: dict[tuple[str, ...], list[tuple[list[Line], dict[str, Any]]]] = {}
        quarrels: list[Quarrel] = []
        for row_id, lines in groups:
            row, disagreements = joined(
                [line.cells for line in lines], self._counting, self._ignored, self._summed, self._digested
            )
            if disagreements:
                quarrels.append(self._quarrel(row_id, lines, disagreements))
            else:
                alike.setdefault(tuple(row), []).append((lines, row))
        batches = [
            CellBatch(
                columns={name: [row[name] for _, row in rows] for name in names},
                lines=[lines[0].number for lines, _ in rows],
                repeats={index: lines[1:] for index, (lines, _) in enumerate(rows)},
            )
            for names, rows in alike.items()
        ]
        return batches, quarrels

    def _quarrel(self, row_id: str, lines: list[Line], disagreements: Sequence[Disagreement]) -> Quarrel:
        problems: list[list[tuple[str, str]]] = [[] for _ in lines]
        remedy = "mend one of them, or let a map say which counts (rows: { of_one_id: first }, or last)"
        if self._counting is Counting.SUM:
            remedy = "mend one of them: with 'of_one_id: sum' all but numbers must agree"
        for one in disagreements:
            ours, theirs = lines[one.line].cells[one.column], lines[one.other].cells[one.column]
            what = (
                f"'{ours}', but line {lines[one.other].number} says '{theirs}' of the same {self._entity} '{row_id}'; "
                f"{remedy}"
            )
            problems[one.line].append((one.column, what))
        for index, of_line in enumerate(problems):
            if not of_line:
                other = next(number for number, found in enumerate(problems) if found)
                what = f"the same {self._entity} '{row_id}' as line {lines[other].number}, where lines disagree"
                problems[index] = [("", what)]
        return Quarrel(row_id=row_id, lines=lines, problems=problems)


def joined(
    lines: Sequence[Mapping[str, Any]],
    counting: Counting,
    ignored: Container[str] = frozenset(),
    summed: Summed | None = None,
    digested: Container[str] = frozenset(),
) -> tuple[dict[str, Any], list[Disagreement]]:
    """One row of lines about the same one, and where they differ; an empty cell does not differ from a filled one."""
    row: dict[str, Any] = {}
    disagreements: list[Disagreement] = []
    for name in dict.fromkeys(name for line in lines for name in line):
        cells = [line.get(name) for line in lines]
        filled = [cell for cell in cells if not is_empty(cell)]
        if not filled:
            row[name] = next(line[name] for line in lines if name in line)
            continue
        if summed and name in summed:
            row[name] = _sum(filled, summed[name])
            continue
        row[name] = filled[-1 if counting is Counting.LAST else 0]
        if counting in (Counting.AGREE, Counting.SUM) and filled.count(filled[0]) < len(filled) and name not in ignored:
            plain = _folded if name in digested else _plain
            said = [(place, plain(cell)) for place, cell in enumerate(cells) if not is_empty(cell)]
            disagreements += _differing(name, said)
    return row, disagreements


def _sum(cells: Sequence[Any], read: Callable[[Any], Decimal]) -> Any:
    """The sum; the first cell that is no number where there is one, so that it is refused with its reason."""
    total = Decimal(0)
    for cell in cells:
        try:
            total += read(cell)
        except ValueError:
            return cell
    return total


def _differing(column: str, filled: Sequence[tuple[int, Any]]) -> Iterator[Disagreement]:
    """Each filled cell that has a neighbour which says something else, with the first such neighbour."""
    first_place, first = filled[0]
    others = [(place, cell) for place, cell in filled[1:] if cell != first]
    if not others:
        return
    for place, cell in filled:
        other = others[0][0] if cell == first else first_place
        yield Disagreement(line=place, other=other, column=column)


def _plain(cell: Any) -> Any:
    return cell.strip() if isinstance(cell, str) else cell


def _folded(cell: Any) -> Any:
    return cell.strip().casefold() if isinstance(cell, str) else cell


def _by_id(lines: Sequence[tuple[str, Line]]) -> list[tuple[str, list[Line]]]:
    """The lines of one digest, by id: almost always a single id."""
    found: dict[str, list[Line]] = {}
    for row_id, line in lines:
        found.setdefault(row_id, []).append(line)
    return list(found.items())
