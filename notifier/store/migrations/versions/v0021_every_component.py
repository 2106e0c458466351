"""Promises of windows, of more sources, and in the place of others; what disagrees names who said it."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_SOURCES = (
    *("sales", "quote", "contract", "order", "campaign", "web", "social", "agent", "robot"),
    *("customer", "notice"),
)
_REPLACES = sa.text("replaces IS NOT NULL")
_KNOWN_SOURCE = f"source IN ({', '.join(repr(source) for source in _SOURCES)})"


def upgrade() -> None:
    """Add the columns, empty; every promise that is there keeps its source."""
    with op.batch_alter_table("promise") as promise:  # SQLite changes a constraint only in a new table
        promise.add_column(sa.Column("value_until", UtcTime(), nullable=True))
        promise.add_column(sa.Column("replaces", sa.String(), nullable=True))
        promise.drop_constraint("known_source", type_="check")
        promise.create_check_constraint("known_source", _KNOWN_SOURCE)
    op.create_index("ix_promise_replaces", "promise", ["replaces"], sqlite_where=_REPLACES, postgresql_where=_REPLACES)
    op.add_column("contradiction", sa.Column("source", sa.String(), nullable=True))
    op.add_column("contradiction", sa.Column("avoided", sa.String(), nullable=True))
    op.add_column("contradiction_member", sa.Column("said", sa.JSON(none_as_null=True), nullable=True))
