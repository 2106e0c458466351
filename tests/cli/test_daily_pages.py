"""The pages that a daemon writes each day are those of `notifier report`, to the byte."""

from datetime import datetime
from pathlib import Path

from notifier.cli.daily_pages import NAMES, daily_pages
from notifier.wiring import open_house
from tests.cli.conftest import TICK, Run


def test_they_are_those_of_the_command(ticked: Path, run: Run) -> None:
    house = open_house(ticked)
    pages = daily_pages(house, house.ruleset, datetime.fromisoformat(TICK))
    house.close()
    assert tuple(pages) == NAMES
    for name, page in pages.items():
        asked = ticked.parent / name
        assert run("report", name.removesuffix(".html"), "--at", TICK, "--html", asked).code == 0
        assert asked.read_text(encoding="utf-8") == page
