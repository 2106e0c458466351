"""Imported by the server process alone: it has done once what its forks will do again and again.

A fork inherits what is parsed and compiled: the grammar of conditions, the shipped rule files and templates, the
statements of a tick. To make that anew took most of what a short command costs.
"""

import tempfile
import threading
from datetime import timedelta
from pathlib import Path

from structlog.testing import capture_logs

from notifier.intake.events import apply_change_set
from notifier.simulation.demo.folder import make_folder
from notifier.simulation.demo.week import read_week
from notifier.wiring import open_house
from tests.support.engines import share_compiled_statements
from tests.support.environment import let_files_need_no_rest
from tests.support.parsing import share_what_is_parsed

WHILE = timedelta(days=1)
"""Of the demo's week: enough for a notice on both channels."""


def warm() -> None:
    """The first day of the demo in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name, capture_logs():
        folder = Path(name) / "demo"
        make_folder(folder)
        week = read_week(folder / "data")
        house = open_house(folder)
        house.tick(week.starts)
        for change in week.changes:
            if change.at <= week.starts + WHILE:
                with house.writing() as connection:
                    apply_change_set(connection, change, house.imports)
                house.tick(change.at)
        house.close()
    assert threading.active_count() == 1, "a fork has the thread that forks, and no other"


let_files_need_no_rest()  # by hand (tests/crash/long.py) nobody has said so before
share_what_is_parsed()
share_compiled_statements()
warm()
