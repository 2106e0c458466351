"""One database instead of two, for files whose tests are about what is decided, and not about SQL.

A test file imports `migrated_url` from here and says which tests run the same statements on PostgreSQL.
"""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def migrated_url(migrated_file: Path, tmp_path: Path) -> str:
    """A SQLite file with the tables."""
    return f"sqlite:///{shutil.copyfile(migrated_file, tmp_path / 'notifier.db')}"
