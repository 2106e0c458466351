"""A small notifier on each database, with Ana and her appointment in two days."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rig import Rig, ana, contract, open_rig, visit


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    with open_rig(tmp_path, migrated_url) as rig:
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        yield rig
