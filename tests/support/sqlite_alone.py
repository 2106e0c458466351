"""One database instead of two, for files whose tests are about what is decided, and not about SQL.

A test file imports `migrated_url` from here and says which tests run the same statements on PostgreSQL. Those of its
own that do are marked `on_both`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

on_both = pytest.mark.parametrize("migrated_url", ["sqlite", "postgresql"], indirect=True)
"""For a test of such a file that runs twice all the same: once on each database."""


@pytest.fixture
def migrated_url(request: pytest.FixtureRequest, migrated_file: Path, tmp_path: Path) -> Iterator[str]:
    """A SQLite file with the tables; for a test that asks for it, a PostgreSQL database."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{shutil.copyfile(migrated_file, tmp_path / 'notifier.db')}"
        return
    with request.getfixturevalue("lent_databases").lend() as database:
        yield database.render_as_string(hide_password=False)
