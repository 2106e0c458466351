"""Learning where it is time: what a daemon does of `notifier learn` by itself.

The rows are read on a snapshot and nothing waits for that, however many they are; only what came of it is written in
a transaction. Several processes may try at once: one learns, and what another had computed meanwhile is dropped.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.learning import LEARNING
from notifier.model.schema import Schema
from notifier.rules.expressions import Forecast
from notifier.store.database import read_only
from notifier.store.learning import Learning, computed, write_learning

LEARNING_LOCK = 0x6E6F746A
"""The PostgreSQL advisory lock under which one process writes what it learned."""


def learn_due(
    engine: sa.Engine,
    schema: Schema,
    taught: Iterable[tuple[Forecast, Sequence[int]]],
    *,
    now: datetime,
    every: timedelta,
) -> list[Learning]:
    """Learn anew of each forecast with its probabilities whose newest learning is as old as `every`, or that has none.

    Returns what was learned. A learning that is later than `now` (a clock was ahead) stays the newest.
    """
    found = []
    for forecast, probabilities in taught:
        with read_only(engine) as connection:
            newest = _newest_at(connection, forecast.key)
            if newest is not None and newest > now - every:
                continue
            learning = computed(
                connection, schema, forecast, probabilities, at=now, computed_at=now, first=newest is None
            )
        with engine.begin() as connection:
            _alone(connection)
            if _newest_at(connection, forecast.key) == newest:
                write_learning(connection, learning)
                found.append(learning)
    return found


def _newest_at(connection: sa.Connection, forecast: str) -> datetime | None:
    newest = sa.select(sa.func.max(LEARNING.c.at)).where(LEARNING.c.forecast == forecast)
    found: datetime | None = connection.execute(newest).scalar_one()
    return found


def _alone(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LEARNING_LOCK)))
