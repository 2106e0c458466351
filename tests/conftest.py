"""Fixtures that every room's tests share: a SQLite file and a real PostgreSQL, both empty."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.postgres import NoPostgresError, fresh_database, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[sa.URL]:
    """One server for the session (with xdist: for the worker). Skips without one, except in CI, where that fails."""
    try:
        with postgres_server() as server:
            yield server
    except NoPostgresError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


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
