"""The axes of what is counted: there is no quarter of a notice."""

import re

import pytest

from notifier.cli.pages.charts import bars
from notifier.cli.pages.report_page import highest_of


@pytest.mark.parametrize("most", [*range(1, 40), 60, 99, 100, 301])
def test_an_axis_of_what_is_counted_has_whole_numbers_and_holds_the_longest_bar(most: int) -> None:
    highest = highest_of([1.0, float(most)])
    assert highest > most
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", bars([("bill-is-ready", float(most))], highest=highest))
    ticks = [each for each in drawn if each != "bill-is-ready"]
    assert len(ticks) > 2
    assert [tick for tick in ticks if not tick.replace(",", "").isdigit()] == []
