"""The tasks of `one_by_one` for a real Celery worker: one message each, through a queue in a folder.

Chosen for Celery: no service to run, and per task it takes as much processor time as Redis does (1.2 and 1.1 ms were
measured); one process (`--pool solo`), which saves the way through a pipe; no results, no gossip, no heartbeat.
"""

import os
from functools import cache

from celery import Celery

from bench.one_by_one import Tasks

FOLDER, DATABASE = "BENCH_QUEUE", "BENCH_DATABASE"
"""Variables of a worker's environment: where its queue is, and the URL of the database."""


def make_app(folder: str) -> Celery:
    """The application whose queue is in a folder, which must have the folders `queue` and `control`."""
    made = Celery("bench.celery_app", broker="filesystem://")
    made.conf.update(
        task_ignore_result=True,
        broker_transport_options={
            "data_folder_in": f"{folder}/queue",
            "data_folder_out": f"{folder}/queue",
            "control_folder": f"{folder}/control",
        },
    )
    return made


app = make_app(os.environ.get(FOLDER, ""))


@cache
def _tasks() -> Tasks:
    return Tasks(os.environ[DATABASE])


@app.task  # type: ignore[untyped-decorator] # published without types
def tell(appointment: str, channel: str) -> None:
    """One message about one visit."""
    _tasks().tell(appointment, channel)
