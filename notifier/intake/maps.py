"""The content of a map file, and how it turns the columns of a foreign file into columns of an entity."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from notifier.intake.columns import CellProblem, is_empty
from notifier.intake.parsing import Reading
from notifier.intake.repeats import Counting
from notifier.intake.spreadsheets import may_hold_traces, traces
from notifier.model.problems import Place, did_you_mean

PLACEHOLDER = re.compile(r"\{(\w+)(?::\.(\d{1,4}))?\}")
"""`{order_id}` or `{order_id:.8}`: a column of theirs, or its first characters."""


@dataclass(frozen=True, kw_only=True)
class MappedColumn:
    """How one of our columns is made. Exactly one of `source`, `fixed` and `template` is given."""

    name: str
    place: Place
    source: str | None = None
    fixed: Any = None
    template: str | None = None
    values: Mapping[str, str] | None = None
    default: Any = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the foreign file that it is made of."""
        if self.template is not None:
            return tuple(match[1] for match in PLACEHOLDER.finditer(self.template))
        return (self.source,) if self.source is not None else ()


@dataclass(frozen=True, kw_only=True)
class MapStep:
    """An event of a row: from the instant in column `at` on, its status is `status`."""

    at: str
    status: str


@dataclass(frozen=True, kw_only=True)
class AsOf:
    """How a file with the final state of its rows is read as of an earlier instant."""

    starts: str
    before: str | None = None
    steps: tuple[MapStep, ...] = ()

    def wind_back(self, columns: dict[str, list[Any]], at: datetime) -> list[bool]:
        """Undo, in these typed columns, what happened after `at`; returns which rows had started by then.

        A status that no step sets is kept: when it was set is unknown.
        """
        started = [begin is not None and begin <= at for begin in columns[self.starts]]
        for number, step in reversed([*enumerate(self.steps)]):
            earlier = self.steps[number - 1].status if number else self.before
            instants, statuses = columns[step.at], columns["status"]
            for index, instant in enumerate(instants):
                if instant is not None and instant > at:
                    instants[index] = None
                    if statuses[index] == step.status:
                        statuses[index] = earlier
        return started


@dataclass(frozen=True, kw_only=True)
class MapFile:
    """The content of a map file."""

    entity: str
    columns: Mapping[str, MappedColumn]
    ignored: frozenset[str] = frozenset()
    delimiter: str = ","
    empty: frozenset[str] = frozenset()
    """Their words for an empty cell."""
    repeated: Counting = Counting.AGREE
    reading: Reading = field(default_factory=Reading)
    as_of: AsOf | None = None

    def unknown_columns(self, theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
        """What does not fit: columns that the map does not mention, and mapped columns missing in the file."""
        spoken = {source for column in self.columns.values() for source in column.sources}
        problems = [
            f"the column '{name}' is neither mapped nor one of {self.entity}; map it, or name it under 'ignore'"
            for name in theirs
            if name not in spoken and name not in self.ignored and name not in ours
        ]
        lacking = sorted(name for name in spoken if name not in theirs)
        return problems + [
            f"the map reads a column '{name}' that is not there{did_you_mean(name, theirs)}" for name in lacking
        ]

    def emptied(self, theirs: Mapping[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
        """Their columns, with nothing in the cells that hold a word for it."""
        if not self.empty:
            return theirs
        return {name: ["" if self._is_empty(cell) else cell for cell in cells] for name, cells in theirs.items()}

    def _is_empty(self, cell: Any) -> bool:
        return isinstance(cell, str) and cell.strip() in self.empty

    def apply(self, theirs: Mapping[str, Sequence[Any]]) -> tuple[dict[str, Sequence[Any]], list[CellProblem]]:
        """Our columns, and a problem for each value missing in a value table."""
        ours: dict[str, Sequence[Any]] = {
            name: theirs[name] for name in self.our_columns(tuple(theirs)) if name not in self.columns
        }
        problems: list[CellProblem] = []
        rows = len(next(iter(theirs.values()), ()))
        for name, column in self.columns.items():
            ours[name] = _made(column, theirs, rows, problems)
        return ours, problems

    def our_columns(self, theirs: Sequence[str]) -> list[str]:
        """The columns that `apply` returns for a file with these columns."""
        spoken = {source for column in self.columns.values() for source in column.sources}
        same = [name for name in theirs if name not in spoken and name not in self.ignored and name not in self.columns]
        return [*same, *self.columns]

    def their_name(self, ours: str) -> str:
        """What the file calls one of our columns, for problems."""
        column = self.columns.get(ours)
        return column.source if column is not None and column.source is not None else ours


def _made(
    column: MappedColumn, theirs: Mapping[str, Sequence[Any]], rows: int, problems: list[CellProblem]
) -> Sequence[Any]:
    if column.template is not None:
        problems += _unusable(column, theirs)
        return _filled(column, theirs, rows)
    if column.source is None:
        return [column.fixed] * rows
    cells: Sequence[Any] = theirs[column.source]
    if column.values is not None:
        cells = [_translated(column, index, cell, problems) for index, cell in enumerate(cells)]
    if column.default is not None:
        cells = [column.default if cell is None or cell == "" else cell for cell in cells]
    return cells


def _translated(column: MappedColumn, index: int, cell: Any, problems: list[CellProblem]) -> Any:
    assert column.values is not None
    if cell is None or cell == "":
        return column.values.get("", cell)
    written = str(cell).strip()
    if written in column.values:
        return column.values[written]
    what = f"'{written[:40]}' is not in the value table{did_you_mean(written, column.values) or '; add it to the map'}"
    problems.append(CellProblem(index=index, column=column.name, what=what))
    return None


def _unusable(column: MappedColumn, theirs: Mapping[str, Sequence[Any]]) -> Iterator[CellProblem]:
    """The cells that hold no value, and so must not become a part of one."""
    for source in dict.fromkeys(column.sources):
        if not may_hold_traces(theirs[source], ids=False):
            continue
        texts = [cell if isinstance(cell, str) else None for cell in theirs[source]]
        for index, what in traces(texts, ids=False):
            yield CellProblem(index=index, column=column.name, what=f"{source}: {what}")


def _filled(column: MappedColumn, theirs: Mapping[str, Sequence[Any]], rows: int) -> list[str]:
    """The template filled row by row; empty where all of its columns are."""
    assert column.template is not None
    parts = PLACEHOLDER.split(column.template)  # text, column, length, text, column, length, …, text
    texts, names, lengths = parts[::3], parts[1::3], parts[2::3]

    def fill(index: int) -> str:
        if names and all(is_empty(theirs[name][index]) for name in names):
            return ""
        filled = [texts[0]]
        for name, length, following in zip(names, lengths, texts[1:], strict=True):
            cell = theirs[name][index]
            written = "" if cell is None else str(cell)
            filled += [written[: int(length)] if length else written, following]
        return "".join(filled)

    return [fill(index) for index in range(rows)]
