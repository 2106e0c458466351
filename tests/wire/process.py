"""The process that `projects.work` starts: `notifier preview`, or the daemon, on each of the folders it is given.

The daemon's clock stands still at the folder's moment while it evaluates, because alerts to owners say how much time
is left, and goes on from there when it has: a paced queue waits for its time.
"""

import contextlib
import json
import os
import signal
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from notifier.cli.main import app
from notifier.logs import configure_logs
from notifier.model.notices import MessageState
from notifier.store.database import read_only
from notifier.store.sql import table_of
from notifier.store.tables import MessageRow
from notifier.wiring import House, open_house
from tests.support.engines import share_compiled_statements
from tests.support.parsing import share_what_is_parsed
from tests.support.rulesets import share_rulesets
from tests.support.world_clock import WorldClock
from tests.wire.projects import Moment

MESSAGE = table_of(MessageRow)


def preview(moment: Moment) -> None:
    """What a person would type, its output kept."""
    words = ["--project", str(moment.folder), "preview", "--at", moment.at.isoformat(), "--json", "--alerts"]
    with moment.previewed.open("w", encoding="utf-8") as printed, contextlib.redirect_stdout(printed):
        app(words, prog_name="notifier", standalone_mode=False)


def run(moment: Moment) -> None:
    """The daemon until it has looked once and nothing is left to send; then it is asked to end."""
    clock = WorldClock(moment.folder / "clock")
    clock.set(moment.at, factor=0)
    with moment.log.open("w", buffering=1, encoding="utf-8") as log:
        configure_logs(level="debug", json=True, stream=log)
        house = open_house(moment.folder, clock=clock)
        over = threading.Event()
        watcher = threading.Thread(target=_end_when_idle, args=(house, moment, clock, over))
        watcher.start()
        house.run()
        over.set()
        watcher.join()
        house.close()


def _end_when_idle(house: House, moment: Moment, clock: WorldClock, over: threading.Event) -> None:
    left = MESSAGE.c.state.in_((MessageState.QUEUED, MessageState.SENDING))
    while not over.wait(0.02):
        if '"tick.done"' in moment.log.read_text(encoding="utf-8"):
            clock.forward(timedelta(seconds=1))
            with read_only(house.database) as connection:
                if connection.execute(sa.select(sa.func.count()).where(left)).scalar_one() == 0:
                    os.kill(os.getpid(), signal.SIGTERM)
                    return


if __name__ == "__main__":
    # The folders have the same rules, templates and settings: what is made of them is made once.
    share_compiled_statements()
    share_what_is_parsed()
    share_rulesets()
    command = {"preview": preview, "run": run}[sys.argv[1]]
    for folder, at in json.loads(sys.argv[2]):
        command(Moment(folder=Path(folder), at=datetime.fromisoformat(at)))
