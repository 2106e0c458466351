"""A migrated database of each kind, and the context of imports."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.intake.parsing import ImportContext
from notifier.model.schema import Schema, entities
from notifier.model.types import TopicType, ValueType
from notifier.rules.checked_checks import Topic
from notifier.store.database import open_engine
from tests.promises import examples
from tests.promises.world import PromiseWorld, written_check
from tests.support.drafts import NOW

TOPICS = {
    "monthly_price": Topic(name="monthly_price", type=TopicType.MONEY, worse="higher"),
    "callback": Topic(name="callback", type=TopicType.TIMESTAMP),
    "cancelled": Topic(name="cancelled", type=TopicType.BOOL),
    "delivery_time": Topic(name="delivery_time", type=TopicType.DURATION),
}
ATTRIBUTES = {
    "appointment": {
        "technician": ValueType.STRING,
        "visits": ValueType.INT,
        "deposit": ValueType.DECIMAL,
        "called_at": ValueType.TIMESTAMP,
    }
}


@pytest.fixture
def engine(migrated_url: str) -> Iterator[sa.Engine]:
    engine = open_engine(migrated_url)
    yield engine
    engine.dispose()


@pytest.fixture
def world(migrated_url: str) -> Iterator[PromiseWorld]:
    """A price promised and a charge that contradicts it, found."""
    world = PromiseWorld(migrated_url, written_check())
    world.customer()
    world.contract()
    world.tick(examples.NOW - examples.DAY)
    world.promise()
    world.charge()
    world.tick(examples.NOW)
    yield world
    world.engine.dispose()


@pytest.fixture
def context() -> ImportContext:
    return ImportContext(schema=Schema(entities=entities(), attributes=ATTRIBUTES), topics=TOPICS, default_country="CO")


@pytest.fixture
def order() -> dict[str, Any]:
    """A complete order, typed."""
    return {
        "id": "O-1",
        "customer_id": "C-1",
        "status": "in_progress",
        "placed_at": NOW,
        "total": Decimal("79900.50"),
        "currency": "COP",
    }


@pytest.fixture
def sqlite_engine(migrated_file: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database file, for tests of a full disk (by a pragma of its only connection)."""
    path = shutil.copyfile(migrated_file, tmp_path / "only.db")
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()
