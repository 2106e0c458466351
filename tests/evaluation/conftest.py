"""Databases with all tables: made once per session, copied for every test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.evaluation.state import state
from tests.support.postgres import fresh_database


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables."""
    path = tmp_path_factory.mktemp("template") / "state.db"
    with state(f"sqlite:///{path}") as connection:
        connection.commit()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: sa.URL) -> Iterator[str]:
    """The name of a PostgreSQL database with all tables."""
    with fresh_database(postgres) as url:
        with state(url.render_as_string(hide_password=False)) as connection:
            connection.commit()
        yield str(url.database)


@pytest.fixture
def sqlite_db(sqlite_template: Path, tmp_path: Path) -> Iterator[sa.Connection]:
    """A connection to an empty SQLite file with all tables."""
    with state(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'state.db')}") as connection:
        yield connection


@pytest.fixture
def postgres_db(postgres: sa.URL, postgres_template: str) -> Iterator[sa.Connection]:
    """A connection to an empty PostgreSQL database with all tables."""
    with fresh_database(postgres, postgres_template) as url, state(url.render_as_string(hide_password=False)) as db:
        yield db


@pytest.fixture(params=["sqlite_db", "postgres_db"])
def db(request: pytest.FixtureRequest) -> sa.Connection:
    """The test runs twice: on SQLite and on PostgreSQL."""
    connection = request.getfixturevalue(request.param)
    assert isinstance(connection, sa.Connection)
    return connection
