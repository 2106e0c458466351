"""Bars as an image in a page: SVG without scripts and without links, the same bytes for the same figures."""

import re
from collections.abc import Sequence

ROW, EDGE = 30, 110
"""Pixels of a bar, and of the axis with its margins."""
WIDTH = 860
FONT = "system-ui, sans-serif"
COLOUR = "#14774a"
LONGEST_LABEL = 34
"""Characters of a label beyond which it is cut: the bars need the room. The table has it whole."""


def bars(rows: Sequence[tuple[str, float]], *, highest: float) -> str:
    """Horizontal bars from 0 to `highest`, the first one on top."""
    import leather

    for name in ("title", "axis_title", "tick", "legend"):
        setattr(leather.theme, f"{name}_font_family", FONT)
    leather.theme.background_color = "#ffffff"
    leather.theme.label_color = "#1c2430"
    chart = leather.Chart()
    chart.add_x_scale(0, highest)
    chart.add_bars([(value, _cut(label)) for label, value in rows], fill_color=COLOUR)
    svg = chart.to_svg(width=WIDTH, height=ROW * len(rows) + EDGE)
    assert isinstance(svg, str)
    return re.sub(r"^<\?xml[^>]*>\s*", "", svg)


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
