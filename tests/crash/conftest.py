"""A world for each test: on a SQLite file, and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.crash.world import CrashWorld, open_world
from tests.support.postgres import fresh_database


@pytest.fixture
def world(tmp_path: Path, migrated_url: str) -> Iterator[CrashWorld]:
    with open_world(tmp_path, migrated_url) as world:
        yield world


@pytest.fixture
def postgres_world(tmp_path: Path, migrated_template: str, postgres: sa.URL) -> Iterator[CrashWorld]:
    """For what takes several processes at once."""
    with fresh_database(postgres, migrated_template) as database:
        url = database.render_as_string(hide_password=False)
        with open_world(tmp_path, url) as world:
            yield world


@pytest.fixture(scope="module")
def module_sqlite(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> str:
    """A SQLite file with its tables that the tests of a module share."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path_factory.mktemp('shared') / 'notifier.db')}"


@pytest.fixture(scope="module")
def module_postgresql(postgres: sa.URL, migrated_template: str) -> Iterator[str]:
    """A PostgreSQL database with its tables that the tests of a module share."""
    with fresh_database(postgres, migrated_template) as database:
        yield database.render_as_string(hide_password=False)
