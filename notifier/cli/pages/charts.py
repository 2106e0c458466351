"""Bars as an image in a page: SVG without scripts and without links, the same bytes for the same figures."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from typing import Any

ROW, HEAT_ROW, EDGE = 30, 44, 110
"""Pixels of a bar, of a row of a heat map, and of the axis with its margins."""
HEIGHT = 320
"""Pixels of a chart with columns or a line."""
WIDTH = 860
FONT = "system-ui, sans-serif"
COLOUR = "#14774a"
MOST_STEPS, MOST_DAYS_NAMED = 5, 8
"""Steps of an axis of figures, and days that an axis names."""
LONGEST_LABEL = 34
"""Characters of a label beyond which it is cut: the bars need the room. The table has it whole."""


def bars(rows: Sequence[tuple[str, float]], *, highest: float) -> str:
    """Horizontal bars from 0 to `highest`, the first one on top."""
    chart = _chart()
    chart.add_x_scale(0, highest)
    chart.add_x_axis(ticks=whole_steps(highest), tick_formatter=_figure)
    chart.add_bars([(value, _cut(label)) for label, value in rows], fill_color=COLOUR)
    return _svg(chart, ROW * len(rows) + EDGE)


def columns(rows: Sequence[tuple[str, float]], *, highest: float) -> str:
    """Columns from 0 to `highest`, the first one on the left; their labels are short."""
    chart = _chart()
    chart.add_y_scale(0, highest)
    chart.add_y_axis(ticks=whole_steps(highest), tick_formatter=_figure)
    chart.add_columns([(label, value) for label, value in rows], fill_color=COLOUR)
    return _svg(chart, HEIGHT)


def course(rows: Sequence[tuple[date, float]], *, highest: float, named: Callable[[date], str]) -> str:
    """A line over days from 0 to `highest`; the days are in order, and some of them are named."""
    chart = _chart()
    chart.add_y_scale(0, highest)
    chart.add_y_axis(ticks=whole_steps(highest), tick_formatter=_figure)
    # leather fails on dates where they are few days: it counts their hours. It counts those of midnights.
    midnights = [(datetime.combine(day, time()), value) for day, value in rows]
    each = -(-len(rows) // MOST_DAYS_NAMED)
    ticks = [midnight for midnight, _ in midnights[::each]]
    chart.add_x_axis(ticks=ticks, tick_formatter=lambda midnight, *_: named(midnight.date()))
    chart.add_line(midnights, stroke_color=COLOUR)
    return _svg(chart, HEIGHT)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a heat map."""

    row: str
    column: str
    heat: float
    """0 is white; what is as hot as the hottest cell is red."""
    text: str


def heat_map(cells: Sequence[Cell], rows: Sequence[str], columns: Sequence[str], *, below: str) -> str:
    """Cells in rows, the first one on top, and columns, the first one on the left; `below` says what columns are.

    Labels differ from each other also when they are cut. leather has scales, axes and the frame, and asks a shape of
    ours for the cells.
    """
    from leather.scales import Ordinal
    from leather.series import Series

    from notifier.cli.pages.heat import Cells

    labels = {row: _cut(row) for row in rows}
    chart = _chart()
    chart.set_x_scale(Ordinal(list(columns)))
    chart.set_y_scale(Ordinal([labels[row] for row in reversed(rows)]))
    chart.add_x_axis(name=below)
    chart.add_series(Series([(cell.column, labels[cell.row], cell) for cell in cells]), Cells())
    return _svg(chart, HEAT_ROW * len(rows) + EDGE)


def whole_steps(highest: float) -> list[int]:
    """Where an axis from 0 to `highest` has figures: whole ones, for nobody gets a quarter of a notice."""
    steps = (round_one * 10**zeros for zeros in count() for round_one in (1, 2, 5))
    step = next(each for each in steps if highest <= each * MOST_STEPS)
    return list(range(0, int(highest) + 1, step))


def _figure(value: int, *_: int) -> str:
    return f"{value:,}"


def _chart() -> Any:
    import leather

    for name in ("title", "axis_title", "tick", "legend"):
        setattr(leather.theme, f"{name}_font_family", FONT)
    leather.theme.background_color = "#ffffff"
    leather.theme.label_color = "#1c2430"
    return leather.Chart()


def _svg(chart: Any, height: int) -> str:
    svg = chart.to_svg(width=WIDTH, height=height)
    assert isinstance(svg, str)
    svg = re.sub(r"^<\?xml[^>]*>\s*", "", svg)
    # With a box of its own, what is drawn grows and shrinks with the image.
    return svg.replace("<svg ", f'<svg viewBox="0 0 {WIDTH} {height}" ', 1)


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
