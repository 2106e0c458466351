"""Migrated databases, made once and copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.rules.checked import Check
from notifier.store.database import migrate, open_engine
from tests.promises.examples import DAY, NOW
from tests.promises.world import World, written_check
from tests.support.postgres import fresh_database

Worlds = Callable[..., World]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables."""
    path = tmp_path_factory.mktemp("migrated") / "notifier.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: sa.URL) -> Iterator[sa.URL]:
    """A PostgreSQL database with all tables."""
    with fresh_database(postgres) as database:
        _migrate(database.render_as_string(hide_password=False))
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The test runs twice: on a SQLite file and on a PostgreSQL database, both with all tables and no rows."""
    if request.param == "sqlite":
        copy = shutil.copyfile(request.getfixturevalue("migrated_file"), tmp_path / "notifier.db")
        yield f"sqlite:///{copy}"
        return
    template = request.getfixturevalue("migrated_postgres")
    with fresh_database(request.getfixturevalue("postgres"), template.database) as database:
        yield database.render_as_string(hide_password=False)


@pytest.fixture
def worlds(migrated_url: str) -> Iterator[Worlds]:
    """Makes the world of some checks, with customer C-1, contract K-1 and a first pass behind it."""
    made: list[World] = []

    def make(*checks: Check, started: datetime | None = NOW - DAY) -> World:
        world = World(migrated_url, *(checks or (written_check(),)))
        made.append(world)
        world.customer()
        world.contract()
        if started is not None:
            world.tick(started)
        return world

    yield make
    for world in made:
        world.engine.dispose()


def _migrate(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
