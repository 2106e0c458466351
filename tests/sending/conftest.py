"""A small notifier on each database, with Ana and her appointment in two days."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House, ana, contract, open_house, visit


@pytest.fixture
def house(tmp_path: Path, migrated_url: str) -> Iterator[House]:
    with open_house(tmp_path, migrated_url) as house:
        house.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        yield house
