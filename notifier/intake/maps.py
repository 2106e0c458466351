"""The content of a map file, and how it turns the columns of a foreign file into columns of an entity."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from notifier.intake.columns import CellProblem
from notifier.intake.mapped_columns import MappedColumn, made
from notifier.intake.parsing import Reading
from notifier.intake.repeats import Counting
from notifier.intake.sources import CellBatch
from notifier.model.problems import did_you_mean


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
class WantedRows:
    """Which lines of a file are read, by the texts in their columns; an empty text is an empty cell."""

    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    without: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.only or self.without)

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of theirs that it looks at."""
        return (*self.only, *self.without)

    def of(self, batch: CellBatch) -> CellBatch:
        """The lines of the batch that are wanted."""
        wanted = [True] * len(batch.lines)
        for texts, keeps in ((self.only, True), (self.without, False)):
            for name, chosen in texts.items():
                for index, cell in enumerate(batch.columns[name]):
                    if (_written(cell) in chosen) is not keeps:
                        wanted[index] = False
        if all(wanted):
            return batch
        places = [index for index, kept in enumerate(wanted) if kept]
        return CellBatch(
            columns={name: [cells[index] for index in places] for name, cells in batch.columns.items()},
            lines=[batch.lines[index] for index in places],
        )


def _written(cell: Any) -> str:
    """A cell as a map names it; JSON has other values than texts."""
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell).strip()


class AllBut(Container[str]):
    """Every name but these."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def __contains__(self, name: object) -> bool:
        return name not in self._names


@dataclass(frozen=True, kw_only=True)
class MapFile:
    """The content of a map file, or of one entry of its `entities`."""

    entity: str
    columns: Mapping[str, MappedColumn]
    ignored: frozenset[str] = frozenset()
    others_ignored: bool = False
    """Only columns of theirs that the map names are read."""
    delimiter: str = ","
    empty: frozenset[str] = frozenset()
    """Their words for an empty cell."""
    repeated: Counting = Counting.AGREE
    summed: Mapping[str, Callable[[Any], Decimal]] = field(default_factory=dict)
    """The columns of theirs whose numbers are added where lines have one id, and how a number is read."""
    digested: frozenset[str] = frozenset()
    """The columns of theirs of which nothing but a pseudonym is read."""
    rows: WantedRows = field(default_factory=WantedRows)
    reading: Reading = field(default_factory=Reading)
    as_of: AsOf | None = None
    history: Mapping[str, str] = field(default_factory=dict)
    """Our column -> the column of ours with the instant at which it became known: for a replay."""

    @property
    def spoken(self) -> frozenset[str]:
        """The columns of theirs that the map names for ours."""
        return frozenset(source for column in self.columns.values() for source in column.sources)

    @property
    def unread(self) -> Container[str]:
        """The columns of theirs that say nothing, and so may differ between lines of one id."""
        return AllBut(self.spoken) if self.others_ignored else self.ignored - self.spoken

    def unknown_columns(self, theirs: Sequence[str], ours: Sequence[str], *, of_a_row: bool = False) -> list[str]:
        """What does not fit: columns that the map does not mention, and mapped columns missing in the file.

        `of_a_row`: these are the names of one JSON object. It may lack what has a default, and all but one of several
        columns in turn: they count as empty.
        """
        spoken = {*self.spoken, *self.rows.sources}
        problems = [
            f"the column '{name}' is neither mapped nor one of {self.entity}; map it, or name it under 'ignore'"
            for name in theirs
            if name not in spoken and name not in self.ignored and name not in ours and not self.others_ignored
        ]
        may_lack = {
            name for column in self.columns.values() if of_a_row for name in column.may_be_without(theirs)
        } - set(self.rows.sources)
        lacking = sorted(name for name in spoken if name not in theirs and name not in may_lack)
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
        """Our columns, and a problem for each cell that cannot be read as the map says."""
        ours: dict[str, Sequence[Any]] = {
            name: theirs[name] for name in self.our_columns(tuple(theirs)) if name not in self.columns
        }
        problems: list[CellProblem] = []
        rows = len(next(iter(theirs.values()), ()))
        for name, column in self.columns.items():
            ours[name] = made(column, theirs, rows, problems)
        return ours, problems

    def our_columns(self, theirs: Sequence[str]) -> list[str]:
        """The columns that `apply` returns for a file with these columns."""
        if self.others_ignored:
            return [*self.columns]
        left = {*self.spoken, *self.ignored, *self.columns}
        return [*(name for name in theirs if name not in left), *self.columns]

    def their_name(self, ours: str) -> str:
        """What the file calls one of our columns, for problems."""
        column = self.columns.get(ours)
        return column.their_name if column is not None else ours
