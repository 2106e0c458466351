"""A rig on a SQLite file, in which, whatever a test played, a full pass at the end finds nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rig import Rig, ana, contract, open_rig


@pytest.fixture
def rig(tmp_path: Path, migrated_file: Path) -> Iterator[Rig]:
    """Ana and her contract; nothing was decided yet."""
    shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        rig.set(customer=[ana()], contract=[contract()])
        yield rig
        rig.tick()
        again = rig.tick(full=True)
        assert (again.verdicts, again.contradictions, again.failures) == ({}, 0, ())
