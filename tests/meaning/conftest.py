"""A house on a SQLite file, in which, whatever a test played, a full pass at the end finds nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House, ana, contract, open_house


@pytest.fixture
def house(tmp_path: Path, migrated_file: Path) -> Iterator[House]:
    """Ana and her contract; nothing was decided yet."""
    shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    with open_house(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as house:
        house.set(customer=[ana()], contract=[contract()])
        yield house
        house.tick()
        again = house.tick(full=True)
        assert (again.verdicts, again.contradictions, again.failures) == ({}, 0, ())
