"""What is in force stands in the database, whoever writes it at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from notifier.rules.file_set import read_file_set
from notifier.store.database import open_engine
from notifier.store.published_rules import How, PublishedRules
from tests.support.people import NOW
from tests.support.rig import write_project


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_two_daemons_of_one_folder_may_begin_together(migrated_url: str, tmp_path: Path) -> None:
    engine = open_engine(migrated_url)
    files = read_file_set(write_project(tmp_path / "project"))
    together = threading.Barrier(2, timeout=60)

    def clock() -> datetime:
        together.wait()  # each has written as much as the other
        return NOW

    def publish(_: int) -> None:
        PublishedRules(engine, "here", clock).publish(files, How.FIRST, has_errors=False)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(publish, range(2)))
    assert PublishedRules(engine, "here", clock).offered() == files.digest
    engine.dispose()
