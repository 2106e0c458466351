"""Ways to have `one_by_one` do its tasks: in a loop of this process, or by a Celery worker in another process."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from bench.one_by_one import CHANNELS, Tasks
from bench.project import REPOSITORY

PATIENCE = 120.0
"""Seconds after which a worker is given up."""
GLANCE = 0.02
"""Seconds between two looks at how far it is."""
WARM = 4
"""Tasks that a worker does before it is measured."""


def celery_is_there() -> bool:
    """Whether Celery is installed: `make bench` installs it, `make test` does not."""
    return find_spec("celery") is not None


def in_a_loop(tasks: Tasks, appointments: Sequence[str]) -> None:
    """Each task as soon as the one before is done, without any queue."""
    for appointment in appointments:
        for channel in CHANNELS:
            tasks.tell(appointment, channel)


class Worker:
    """A Celery worker that runs, and the queue to it."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes]", tasks: Tasks) -> None:
        from bench.celery_app import make_app

        self.process = process
        self._tasks = tasks
        self._log = folder / "log"
        self._app = make_app(str(folder))

    def tell(self, appointments: Sequence[str]) -> None:
        """Queue a task for each message, and wait until all are done."""
        wanted = self._tasks.queued() + len(appointments) * len(CHANNELS)
        for appointment in appointments:
            for channel in CHANNELS:
                self._app.send_task("bench.celery_app.tell", (appointment, channel))
        self._wait(wanted)

    def _wait(self, wanted: int) -> None:
        until = time.monotonic() + PATIENCE
        while self._tasks.queued() < wanted:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the Celery worker does not go on: {self._log.read_text()[-2000:]}")
            time.sleep(GLANCE)


@contextmanager
def celery_worker(url: str, tasks: Tasks, warming: Sequence[str]) -> Iterator[Worker]:
    """A worker on this database, which did some tasks already."""
    from bench.celery_app import DATABASE, FOLDER

    folder = Path(tempfile.mkdtemp(prefix="notifier-celery-"))
    for name in ("queue", "control"):
        (folder / name).mkdir()
    command = [sys.executable, "-m", "celery", "--app", "bench.celery_app", "worker", "--pool", "solo"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]
    environment = {**os.environ, FOLDER: str(folder), DATABASE: url}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log)
    try:
        worker = Worker(folder, process, tasks)
        worker.tell(warming[:WARM])
        yield worker
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)
