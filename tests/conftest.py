"""Fixtures that every room's tests share: a SQLite file and a real PostgreSQL, both empty."""

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.store.database import migrate, open_engine
from tests.support.kept import Run
from tests.support.postgres import NoPostgresError, fresh_database, given_server, set_up

DEAR = ("tests/properties/", "tests/docs/", "tests/promises/test_incremental.py")
"""Where single tests take many seconds."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """The controller of a run lets everybody see that it lives: servers end with it, not with who started them."""
    if not hasattr(session.config, "workerinput"):
        folder = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # so does xdist
        alive = ExitStack()
        alive.enter_context(Run(folder).alive())
        session.config.add_cleanup(alive.close)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The dear ones first: at the end, test processes can share what is left only where it is many short tests."""
    items.sort(key=lambda item: not item.nodeid.startswith(DEAR))


def pytest_collection_finish() -> None:
    """What was imported stays. Looking through it for garbage again and again took a fifth of the time of the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def whole_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What this process shares with the others of its test run."""
    folder = tmp_path_factory.getbasetemp()
    return Run(folder.parent if hasattr(request.config, "workerinput") else folder)


@pytest.fixture(scope="session")
def postgres(whole_run: Run) -> sa.URL:
    """One server for all processes of the run. Skips without one, except in CI, where that fails."""
    if given := given_server():
        return given
    with whole_run.once("postgresql") as made:
        if made.exists():
            return sa.make_url(made.read_text())
        try:
            cluster = set_up()
            cluster.start(whole_run.keep)
        except NoPostgresError as error:
            if os.environ.get("CI") == "true":
                raise
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


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Like `database_url`, with the tables made already."""
    if request.param == "sqlite":
        path = tmp_path / "notifier.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server, template = (request.getfixturevalue(name) for name in ("postgres", "migrated_template"))
    with fresh_database(server, template) as database:
        yield database.render_as_string(hide_password=False)


def _migrate(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
