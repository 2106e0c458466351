"""The shipped project, and databases for its scenarios."""

from collections.abc import Iterator

import pytest

from notifier.simulation.databases import Databases, temporary_databases


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    with temporary_databases() as made:
        yield made
