"""One column of cells becomes one list of values, with a problem for each cell that is wrong."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from notifier.intake.cells import Cell


@dataclass(frozen=True, kw_only=True)
class CellProblem:
    """What is wrong with one row; `index` counts the rows of the batch, `column` is the entity's."""

    index: int
    column: str
    what: str


class CellProblems:
    """The problems of a batch, in the order found."""

    def __init__(self) -> None:
        self._problems: list[CellProblem] = []

    def __iter__(self) -> Iterator[CellProblem]:
        return iter(self._problems)

    def add(self, index: int, column: str, what: str | None) -> None:
        """One more problem; None is none."""
        if what is not None:
            self._problems.append(CellProblem(index=index, column=column, what=what))

    def rows(self, column: str) -> set[int]:
        """The rows whose cell of this column is wrong already."""
        return {problem.index for problem in self._problems if problem.column == column}


def read_column(
    name: str,
    cells: Sequence[Cell],
    reader: Callable[[Cell], Any],
    problems: CellProblems,
    at_once: Callable[[Sequence[Cell]], list[Any]] | None = None,
) -> list[Any]:
    """What the reader makes of each cell; null for an empty one and for one that it refuses.

    `at_once` reads a column without anything unusual as the reader would, and faster; else it raises.
    """
    if at_once is not None:
        try:
            return at_once(cells)
        except (ValueError, TypeError, AttributeError, OverflowError):
            pass  # cell by cell, then: the reader knows what is wrong with which
    try:
        values = [None if cell is None or cell == "" else reader(cell) for cell in cells]
    except (ValueError, TypeError):  # TypeError: a list or a mapping, which no cache can look up
        values = []
        for index, cell in enumerate(cells):
            value, problem = read_one(cell, reader)
            values.append(value)
            problems.add(index, name, problem)
    return [value if value != "" else None for value in values] if "" in values else values


def require(name: str, values: Sequence[Any], problems: CellProblems, *, told_elsewhere: Collection[int] = ()) -> None:
    """A null becomes a problem, unless the cell is wrong already or what is wrong is told of another column."""
    if None not in values:
        return
    wrong = problems.rows(name)
    for index, value in enumerate(values):
        if value is None and index not in wrong and index not in told_elsewhere:
            problems.add(index, name, "must not be empty")


def read_one(cell: Cell, reader: Callable[..., Any], *more: Any) -> tuple[Any, str | None]:
    """The value of one cell and no problem, or none and what is wrong with it."""
    if is_empty(cell):
        return None, None
    if isinstance(cell, list | dict):
        return None, f"{'a list' if isinstance(cell, list) else 'a mapping'} is not one value"
    try:
        return reader(cell, *more), None
    except ValueError as error:
        return None, str(error)


def is_empty(cell: Cell) -> bool:
    """Null, an empty cell, or one with nothing but spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
