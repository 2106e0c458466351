"""What was learned from completed rows: how long it takes from a point of a row until its instant comes.

Learnings are only ever added. A row's forecast comes from the learning that was in force at the row's own point, so a
later learning changes nothing of what was told.
"""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from notifier.model.columns import UtcTime
from notifier.model.state import Table

MINIMUM_CASES = 20
"""Completed rows that a group needs before anything is said of it."""


class LearningRow(Table, table=True):
    """One computation of one forecast, from the rows that were completed until `at`."""

    __tablename__ = "learning"
    __table_args__: ClassVar[Any] = (
        sa.UniqueConstraint("forecast", "at", name="learned_once"),
        # A tick asks what was learned last.
        sa.Index("ix_learning_computed_at", "computed_at", "id"),
    )
    id: str = Field(primary_key=True)
    forecast: str
    """`order.completed_at from promised_at -2d`."""
    at: datetime = Field(sa_type=UtcTime)
    computed_at: datetime = Field(sa_type=UtcTime)
    valid_from: datetime = Field(sa_type=UtcTime)
    """From which points on it answers: `at`, and for the first one all points before."""
    valid_until: datetime | None = Field(default=None, sa_type=UtcTime)
    """The next learning answers from there."""
    cases: int
    """Completed rows that it was computed from."""
    still_open: int
    """Rows that were not completed, and counted as long as they are no older than `lost_after`."""
    lost_after: int | None = Field(default=None, sa_type=sa.BigInteger)
    """Microseconds from the point after which an open row counts as lost; null where nothing was learned."""


class LearnedQuantileRow(Table, table=True):
    """How long it takes, in one group of rows, until a share of them has the instant."""

    __tablename__ = "learned_quantile"
    __table_args__: ClassVar[Any] = (
        sa.Index("ix_learned_quantile_asked", "forecast", "probability", "group_key", "valid_from"),
    )
    learning_id: str = Field(primary_key=True, foreign_key="learning.id")
    group_key: str = Field(primary_key=True)
    """`stage=handed_over_at, region=SP`; `all` for the coarsest."""
    probability: int = Field(primary_key=True)
    """In thousandths."""
    forecast: str
    level: int
    """0 is the finest; the first level that has the row's group answers."""
    cases: int
    time_left: int = Field(sa_type=sa.BigInteger)
    """Microseconds."""
    valid_from: datetime = Field(sa_type=UtcTime)
    valid_until: datetime | None = Field(default=None, sa_type=UtcTime)


def _table(model: type[Table]) -> sa.Table:
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it
    assert isinstance(table, sa.Table)
    return table


LEARNING = _table(LearningRow)
LEARNED_QUANTILE = _table(LearnedQuantileRow)
