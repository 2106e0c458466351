"""The cells of a heat map, as a shape that leather draws: the hotter, the redder, each with its figures in words.

Colour is never all that tells: who does not see red reads the text of the cell.
"""

import xml.etree.ElementTree as ET
from typing import Any

from leather import theme
from leather.data_types import Text
from leather.shapes import Shape
from leather.utils import X, Y

COLDEST, HOTTEST = (255, 255, 255), (235, 115, 100)
"""RGB of no heat at all, and of the most; dark text can be read on both (contrast 4.5 and more)."""
EDGE = "#c9d1db"


class Cells(Shape):  # type: ignore[misc]  # leather has no types
    """Cells of texts on both axes; the third value of each datum is a `charts.Cell`."""

    def validate_series(self, series: Any) -> None:
        """Both axes are texts. Raises ValueError for anything else."""
        if series.data_type(X) is not Text or series.data_type(Y) is not Text:
            raise ValueError("a heat map has texts on both axes")

    def to_svg(self, width: float, height: float, x_scale: Any, y_scale: Any, series: Any, palette: Any) -> ET.Element:  # noqa: ARG002 - leather gives all shapes the same
        """A group of rectangles with texts, in the order of the data."""
        data = list(series.data())
        highest = max((datum.row[2].heat for datum in data), default=0)
        group = ET.Element("g", {"class": "series cells"})
        for datum in data:
            cell = datum.row[2]
            left, right = x_scale.project_interval(datum.x, 0, width)
            bottom, top = y_scale.project_interval(datum.y, height, 0)
            box = {"x": left, "y": top, "width": right - left, "height": bottom - top}
            fill = colour_of(cell.heat / highest if highest else 0)
            group.append(
                ET.Element(
                    "rect",
                    {**{name: f"{value:.2f}" for name, value in box.items()}, "fill": fill, "stroke": EDGE, "rx": "3"},
                )
            )
            middle = {"x": f"{(left + right) / 2:.2f}", "y": f"{(top + bottom) / 2:.2f}", "dy": "0.35em"}
            look = {
                "text-anchor": "middle",
                "fill": theme.label_color,
                "font-family": theme.tick_font_family,
                "font-size": "13",
            }
            text = ET.Element("text", {**middle, **look})
            text.text = cell.text
            group.append(text)
        return group


def colour_of(share: float) -> str:
    """The colour of a cell that has this share (0 to 1) of the most heat."""
    parts = (round(cold + (hot - cold) * share) for cold, hot in zip(COLDEST, HOTTEST, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)
