"""One of our columns, made of the columns of a foreign file as its map says."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from notifier.intake.cells import Cell
from notifier.intake.columns import CellProblem, is_empty, read_one
from notifier.intake.spreadsheets import may_hold_traces, traces
from notifier.model.problems import Place, did_you_mean

PLACEHOLDER = re.compile(r"\{([^{}]+?)(?::\.(\d{1,4}))?\}")
"""`{Start Date}` or `{order_id:.8}`: a column of theirs, or its first characters."""
REMEMBERED = 8192
"""Cached distinct cells per column: dates of a file repeat."""


@dataclass(frozen=True, kw_only=True)
class MappedColumn:
    """How one of our columns is made. Exactly one of `sources_in_turn`, `fixed` and `template` is given."""

    name: str
    place: Place
    sources_in_turn: tuple[str, ...] = ()
    """Columns of theirs: the first that is filled in a row counts."""
    fixed: Any = None
    template: str | None = None
    json: tuple[str, ...] | None = None
    """The steps into the JSON of the cell."""
    values: Mapping[str, str] | None = None
    default: Any = None
    readers: tuple[Callable[[Cell], Any], ...] = ()
    """What is made of each filled cell at the end, one after the other: dates, numbers, pseudonyms. Each raises
    ValueError with a sentence."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the foreign file that it is made of."""
        if self.template is not None:
            return tuple(match[1] for match in PLACEHOLDER.finditer(self.template))
        return self.sources_in_turn

    def may_be_without(self, theirs: Collection[str]) -> Collection[str]:
        """Which of its columns a JSON object with these names may lack."""
        several = len(self.sources_in_turn) > 1 and any(name in theirs for name in self.sources_in_turn)
        return self.sources_in_turn if several or self.default is not None else ()

    @property
    def their_name(self) -> str:
        """What the file calls it, for problems."""
        return " or ".join(self.sources_in_turn) or self.name


def made(
    column: MappedColumn, theirs: Mapping[str, Sequence[Any]], rows: int, problems: list[CellProblem]
) -> Sequence[Any]:
    """The cells of one of our columns; adds a problem for each that cannot be made."""
    cells = _found(column, theirs, rows, problems)
    for reader in column.readers:
        cells = _read(column.name, cells, reader, problems)
    return cells


def _found(
    column: MappedColumn, theirs: Mapping[str, Sequence[Any]], rows: int, problems: list[CellProblem]
) -> Sequence[Any]:
    if column.template is not None:
        problems += _unusable(column, theirs)
        return _filled(column, theirs, rows)
    if not column.sources_in_turn:
        return [column.fixed] * rows
    in_turns = [theirs[name] if name in theirs else [""] * rows for name in column.sources_in_turn]
    cells: Sequence[Any] = in_turns[0]
    if len(in_turns) > 1:
        in_turn = zip(*in_turns, strict=True)
        cells = [next((cell for cell in row if not is_empty(cell)), "") for row in in_turn]
    if column.json is not None:
        from notifier.intake.foreign_cells import pointed_at

        steps = column.json
        cells = _read(column.name, cells, lambda cell: pointed_at(cell, steps), problems, repeats=False)
    if column.values is not None:
        cells = [_translated(column, index, cell, problems) for index, cell in enumerate(cells)]
    if column.default is not None:
        cells = [column.default if cell is None or cell == "" else cell for cell in cells]
    return cells


def _read(
    name: str,
    cells: Sequence[Any],
    reader: Callable[[Cell], Any],
    problems: list[CellProblem],
    *,
    repeats: bool = True,
) -> list[Any]:
    """What the reader makes of each filled cell; null, with a problem, where it refuses one."""
    cached = lru_cache(REMEMBERED, typed=True)(reader) if repeats else reader
    values = []
    for index, cell in enumerate(cells):
        if is_empty(cell):
            values.append(cell)
            continue
        if isinstance(cell, list | dict) and not repeats:
            value, what = _unguarded(cell, reader)
        else:
            value, what = read_one(cell, cached)
        values.append(value)
        if what is not None:
            problems.append(CellProblem(index=index, column=name, what=what))
    return values


def _unguarded(cell: Cell, reader: Callable[[Cell], Any]) -> tuple[Any, str | None]:
    """A list or a mapping of JSON, which only a path into it can read."""
    try:
        return reader(cell), None
    except ValueError as error:
        return None, str(error)


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
