"""Fixtures that every room's tests share: a SQLite file and a real PostgreSQL, both empty."""

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from xdist.scheduler import LoadScopeScheduling

from notifier.model.zones import prefer_package
from notifier.store.database import open_engine
from notifier.store.migrating import migrate
from tests.support.durability import let_disks_rest
from tests.support.engines import share_compiled_statements
from tests.support.environment import let_files_need_no_rest
from tests.support.kept import Run
from tests.support.lent_databases import LentDatabases
from tests.support.logs import draw_no_tracebacks
from tests.support.parsing import share_what_is_parsed
from tests.support.postgres import NoPostgresError, fresh_database, given_server, set_up
from tests.support.rings import guard, held_to_its_marks, marks_of, may_be_lacking, place_of, queue_of
from tests.support.scratch import write_in_memory

write_in_memory()
prefer_package()
let_files_need_no_rest()
share_compiled_statements()
share_what_is_parsed()
let_disks_rest()
draw_no_tracebacks()

guard()


def pytest_sessionstart(session: pytest.Session) -> None:
    """The controller of a run lets everybody see that it lives: servers end with it, not with who started them."""
    if not hasattr(session.config, "workerinput"):
        run = ExitStack()
        run.enter_context(Run.begun())
        session.config.add_cleanup(run.close)


# Hypothesis fails an example that takes longer than 200 ms, which on a busy machine any example may.
hypothesis.settings.register_profile("without deadlines", deadline=None)
hypothesis.settings.load_profile("without deadlines")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs a database or another process, and puts what takes long first; else the order is that of
    pytest-randomly."""
    for item in items:
        for mark in marks_of(item):
            item.add_marker(mark)
    items.sort(key=lambda item: place_of(item.nodeid))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """No test does what its marks do not say."""
    with held_to_its_marks(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a developer's machine may lack, CI's may not: there a test that is skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not may_be_lacking(str(report.longrepr)):
        report.outcome = "failed"
        report.longrepr = f"skipped, which is a failure in CI: {report.longrepr}"
    return report


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """With xdist, the tests of a file share its fixtures in one process."""
    config.option.loadscopereorder = False
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = queue_of
    return scheduler


def pytest_collection_finish() -> None:
    """What was imported stays. Looking through it for garbage again and again took a fifth of the time of the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def postgres() -> sa.URL:
    """One server for all processes of the run. Skips without one."""
    if given := given_server():
        return given
    run = Run.joined()
    with run.once("postgresql") as made:
        if made.exists():
            return sa.make_url(made.read_text())
        try:
            cluster = set_up()
            cluster.start(run.keep)
        except NoPostgresError as error:
            pytest.skip(str(error))
        made.write_text(cluster.url.render_as_string(hide_password=False))
        return cluster.url


@pytest.fixture
def postgres_url(postgres: sa.URL) -> Iterator[str]:
    """An empty database of its own for each test."""
    with fresh_database(postgres) as database:
        yield database.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The test runs twice: on an empty SQLite file, and on an empty PostgreSQL database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'notifier.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables: copied rather than migrated again for each test."""
    path = tmp_path_factory.mktemp("migrated") / "notifier.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres: sa.URL) -> Iterator[str]:
    """The name of a PostgreSQL database with the tables, which tests copy."""
    with fresh_database(postgres) as database:
        _migrate(database.render_as_string(hide_password=False))
        assert database.database is not None
        yield database.database


@pytest.fixture(scope="session")
def lent_databases(postgres: sa.URL, migrated_template: str) -> Iterator[LentDatabases]:
    """PostgreSQL databases with the tables, for one test after the other."""
    databases = LentDatabases(postgres, migrated_template)
    yield databases
    databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Like `database_url`, with the tables made already."""
    if request.param == "sqlite":
        path = tmp_path / "notifier.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    with request.getfixturevalue("lent_databases").lend() as database:
        yield database.render_as_string(hide_password=False)


def _migrate(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
