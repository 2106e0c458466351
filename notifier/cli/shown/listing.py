"""Rows become a table where it fits the terminal; else one block a row, so that nothing breaks inside a word.

A reference, a rule's name or a path that is cut in two can be neither copied nor searched for.
"""

from collections.abc import Iterable, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

PADDING = 3
"""Columns between two cells of a table."""


class Listing:
    """Rows under the names of their columns; the first column names the row."""

    def __init__(self, *columns: str) -> None:
        self._columns = columns
        self._rows: list[Sequence[Text]] = []

    def add(self, *cells: str | Text) -> None:
        """One row: a cell for each column, of one or several lines."""
        self._rows.append([cell if isinstance(cell, Text) else Text(cell) for cell in cells])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        widths = self._widths(options.max_width)
        if widths is not None:
            yield self._table(widths)
        else:
            for row in self._rows:
                yield from self._block(row)

    def _widths(self, available: int) -> Sequence[int] | None:
        """As wide as the lines, else narrower, the widest first; None where the longest words do not fit."""
        cells = [[Text(name), *(row[index] for row in self._rows)] for index, name in enumerate(self._columns)]
        words = [max(_longest(text.plain.split()) for text in column) for column in cells]
        widths = [max(_longest(text.plain.split("\n")) for text in column) for column in cells]
        room = available - PADDING * (len(widths) - 1) - 2
        if sum(words) > room:
            return None
        while sum(widths) > room:
            over = max(range(len(widths)), key=lambda index: widths[index] - words[index])
            widths[over] -= 1
        return widths

    def _table(self, widths: Sequence[int]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
        for name, width in zip(self._columns, widths, strict=True):
            table.add_column(name, width=width)
        for row in self._rows:
            table.add_row(*row)
        return table

    def _block(self, row: Sequence[Text]) -> Iterable[Text | Padding]:
        """The first cell on a line of its own, the others below it, each after the name of its column."""
        heading = Text("  ").join(row[0].split("\n"))
        heading.stylize("bold", 0, cell_len(row[0].plain.split("\n")[0]))
        yield heading
        cells = Table.grid(padding=(0, 1))
        cells.add_column(style="dim")
        cells.add_column(overflow="fold", ratio=1)
        for name, cell in zip(self._columns[1:], row[1:], strict=True):
            if cell.plain.strip():
                shown = cell.copy()
                shown.rstrip()
                cells.add_row(name, shown)
        yield Padding(cells, (0, 0, 1, 2))


def _longest(parts: Sequence[str]) -> int:
    return max((cell_len(part) for part in parts), default=0)
