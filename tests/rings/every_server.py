"""A test that starts one of every server, says so and waits for its end: `test_endings.py` runs it and kills it."""

import json
import os
import signal
from contextlib import nullcontext
from pathlib import Path

import sqlalchemy as sa

from notifier.model.types import NoticeClass
from tests.crash.conftest import postgres_world
from tests.crash.world import CrashWorld
from tests.delivery.conftest import prism_url, twilio_process
from tests.support.exim import BINARY, exim
from tests.support.forked import FORKSERVER
from tests.support.kept import Run

FORKSERVER.set_forkserver_preload(["tests.support.ends_with_tests", "tests.crash.worker"])  # two forks need no more
__all__ = ["postgres_world", "prism_url", "twilio_process"]

READY = "READY_FILE"
"""The variable with the file to write once everything runs: it gets the folders that must go."""


def test_waits_for_its_end(postgres: sa.URL, postgres_world: CrashWorld, prism_url: str) -> None:
    """PostgreSQL, Prism, Exim, both fakes, a daemon at work and one that stands still."""
    with exim() if BINARY else nullcontext() as mail:
        postgres_world.book(1, {NoticeClass.SERVICE: 1})
        asleep = postgres_world.begin()
        postgres_world.watch(asleep)
        postgres_world.stop(asleep)
        postgres_world.begin()
        folders = [postgres.query.get("host"), Run.joined().folder, mail.folder if mail else None]
        ready = Path(os.environ[READY])
        fresh = ready.with_suffix(".new")
        fresh.write_text(json.dumps([str(folder) for folder in folders if folder]))
        fresh.rename(ready)
        signal.pause()
