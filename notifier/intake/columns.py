"""One column of cells -> one list of values, and a problem for each wrong cell."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from notifier.intake.cells import Cell
from notifier.intake.spreadsheets import trace


@dataclass(frozen=True, kw_only=True)
class CellProblem:
    """What is wrong with one cell; `index` is the row's in the batch, `column` is the entity's."""

    index: int
    column: str
    what: str


@dataclass(frozen=True, kw_only=True)
class CellDoubt:
    """A cell that is taken, although something else may be meant; `what` fits after a number of cells."""

    index: int
    column: str
    what: str
    value: str


class CellProblems:
    """The problems of a batch, in the order found, and the doubts."""

    def __init__(self) -> None:
        self._problems: list[CellProblem] = []
        self.doubts: list[CellDoubt] = []

    def __iter__(self) -> Iterator[CellProblem]:
        return iter(self._problems)

    def add(self, index: int, column: str, what: str | None) -> None:
        """Adds a problem; does nothing for None."""
        if what is not None:
            self._problems.append(CellProblem(index=index, column=column, what=what))

    def doubt(self, index: int, column: str, what: str, value: str) -> None:
        """Adds a doubt: the row is written all the same."""
        self.doubts.append(CellDoubt(index=index, column=column, what=what, value=value))

    def rows(self, column: str) -> set[int]:
        """The rows with a problem in this column."""
        return {problem.index for problem in self._problems if problem.column == column}


def read_column(
    name: str,
    cells: Sequence[Cell],
    reader: Callable[[Cell], Any],
    problems: CellProblems,
    whole_column: Callable[[Sequence[Cell]], list[Any]] | None = None,
) -> list[Any]:
    """The value of each cell; null for an empty cell and for one that the reader refuses.

    `whole_column` reads a column without unusual cells as the reader would, but faster; it raises for any other.
    """
    if whole_column is not None:
        try:
            return whole_column(cells)
        except (ValueError, TypeError, AttributeError, OverflowError):
            pass  # read it cell by cell: the reader knows which cell is wrong, and why
    try:
        values = [None if cell is None or cell == "" else reader(cell) for cell in cells]
    except (ValueError, TypeError):  # TypeError: a list or a mapping, which no cache can look up
        values = []
        for index, cell in enumerate(cells):
            value, problem = read_one(cell, reader)
            values.append(value)
            problems.add(index, name, problem)
    return [value if value != "" else None for value in values] if "" in values else values


def require(
    name: str, values: Sequence[Any], problems: CellProblems, *, reported_elsewhere: Collection[int] = ()
) -> None:
    """Adds a problem for each null, unless its row has one already: in this column, or reported for another one."""
    if None not in values:
        return
    wrong = problems.rows(name)
    for index, value in enumerate(values):
        if value is None and index not in wrong and index not in reported_elsewhere:
            problems.add(index, name, "must not be empty")


def read_one(cell: Cell, reader: Callable[..., Any], *more: Any) -> tuple[Any, str | None]:
    """(value, None), or (None, what is wrong with the cell)."""
    if is_empty(cell):
        return None, None
    if isinstance(cell, list | dict):
        return None, f"{'a list' if isinstance(cell, list) else 'a mapping'} is not one value"
    try:
        return reader(cell, *more), None
    except ValueError as error:
        return None, trace(cell) or str(error)


def is_empty(cell: Cell) -> bool:
    """Null, an empty cell, or one with nothing but spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
