"""Daemons on one PostgreSQL share their jobs: each run is one's, and nothing waits for one that died."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from notifier.drivers import shared_jobs
from notifier.drivers.shared_jobs import Passes, SharedTicker, cron
from notifier.drivers.ticker import Job
from notifier.store import job_tables
from notifier.store.database import open_engine
from notifier.store.job_tables import SCHEMA, make_job_tables
from tests.support.postgres import fresh_database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PATIENCE = 20.0


@pytest.mark.parametrize(
    ("seconds", "timetable"),
    [
        (0.2, "* * * * * */1"),
        (5, "* * * * * */5"),
        (45, "* * * * * */30"),
        (60, "*/1 * * * *"),
        (15 * 60, "*/15 * * * *"),
        (50 * 60, "*/30 * * * *"),
        (3600, "0 */1 * * *"),
        (6 * 3600, "0 */6 * * *"),
        (48 * 3600, "0 0 * * *"),
    ],
)
def test_a_job_runs_as_often_as_asked_or_a_little_more(seconds: float, timetable: str) -> None:
    assert cron(seconds) == timetable


@pytest.fixture
def database(postgres: sa.URL) -> Iterator[sa.Engine]:
    with fresh_database(postgres) as url:
        engine = open_engine(url.render_as_string(hide_password=False))
        make_job_tables(engine)
        yield engine
        engine.dispose()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"HEARTBEAT": 0.1, "STALLED": 0.5, "SWEEP": 0.1, "POLLING": 0.2, "AGAIN": 0.1}.items():
        monkeypatch.setattr(shared_jobs, name, seconds)


class Several:
    """Daemons of one database, each with the same jobs."""

    def __init__(self, database: sa.Engine, seconds: float, passes: Callable[[], Passes] = dict) -> None:
        self.database = database
        self.seconds = seconds
        self.passes = passes
        self.stop = threading.Event()
        self.ran: list[int] = []
        self.tickers: list[SharedTicker] = []

    def begin(self) -> None:
        number = len(self.tickers)

        def work() -> bool:
            self.ran.append(number)
            return False

        job = Job("evaluate", work, self.seconds)
        self.tickers.append(SharedTicker([job], self.stop, url=self.database.url, passes=self.passes))
        self.tickers[-1].start()

    def end(self) -> None:
        self.stop.set()
        for ticker in self.tickers:
            ticker.join()


@pytest.fixture
def several(database: sa.Engine) -> Iterator[Several]:
    daemons = Several(database, 1)
    yield daemons
    daemons.end()


def until(met: Callable[[], object]) -> None:
    given_up = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < given_up, "waited in vain"
        time.sleep(0.02)


def jobs(database: sa.Engine) -> list[sa.Row[tuple[str, str]]]:
    with database.begin() as connection:
        return list(connection.execute(sa.text(f"SELECT task_name, status FROM {SCHEMA}.procrastinate_jobs")))


@pytest.mark.pg
@pytest.mark.db
@pytest.mark.process
class TestSharing:
    def test_each_run_is_one_daemons(self, several: Several) -> None:
        several.begin()
        several.begin()
        began = time.monotonic()
        until(lambda: len(several.ran) >= 3)
        passed = time.monotonic() - began
        # One at each start (a second one where the first had been taken), and one for each second.
        assert len(several.ran) <= passed + 4

    def test_what_a_dead_process_had_in_hand_is_dropped_and_done_by_the_next(self, several: Several) -> None:
        dead = sa.text(
            f"WITH dead AS (INSERT INTO {SCHEMA}.procrastinate_workers (last_heartbeat) VALUES (now() - interval '1h') "
            f"RETURNING id) INSERT INTO {SCHEMA}.procrastinate_jobs (queue_name, task_name, status, args, worker_id) "
            "SELECT 'notifier', 'evaluate', 'doing', '{}', id FROM dead"
        )
        with several.database.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}")
            connection.execute(dead)
        several.begin()
        until(lambda: several.ran and not jobs(several.database))

    def test_a_database_that_comes_back_is_taken_up_again(self, several: Several) -> None:
        several.begin()
        until(lambda: several.ran)
        with several.database.begin() as connection:
            connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        ran = len(several.ran)
        until(lambda: len(several.ran) > ran)

    def test_a_job_that_nobody_finished_for_long_runs_out_of_turn(
        self, database: sa.Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shared_jobs, "LATE_AT_LEAST", 0.3)
        monkeypatch.setattr(shared_jobs, "LATE", 0)
        daemons = Several(database, 48 * 3600, passes=lambda: {"evaluate": {"a": NOON}})
        daemons.begin()
        until(lambda: len(daemons.ran) > 2)
        daemons.end()


@pytest.mark.pg
@pytest.mark.db
class TestTables:
    def test_they_are_made_once(self, database: sa.Engine) -> None:
        make_job_tables(database)
        assert jobs(database) == []

    def test_a_change_that_old_processes_would_not_survive_waits_for_their_end(
        self, database: sa.Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []
        monkeypatch.setattr(job_tables, "_execute", lambda _connection, script: done.append(script))
        with database.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM {SCHEMA}.applied WHERE file >= '03.04'")
            connection.exec_driver_sql(f"INSERT INTO {SCHEMA}.procrastinate_workers (last_heartbeat) VALUES (now())")
        make_job_tables(database)
        assert len(done) == 1
        with database.begin() as connection:
            connection.exec_driver_sql(
                f"UPDATE {SCHEMA}.procrastinate_workers SET last_heartbeat = now() - interval '1 h'"
            )
        make_job_tables(database)
        assert len(done) == 2
        make_job_tables(database)
        assert len(done) == 2
