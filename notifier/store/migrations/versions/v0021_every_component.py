"""Promises of windows, of more sources, and in the place of others; what disagrees names who said it."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

_SOURCES = (
    *("sales", "quote", "contract", "order", "campaign", "web", "social", "agent", "robot"),
    *("customer", "notice"),
)


_KNOWN_SOURCE = f"source IN ({', '.join(repr(source) for source in _SOURCES)})"
_CHECKS = (
    sa.CheckConstraint(_KNOWN_SOURCE, name="known_source"),
    sa.CheckConstraint("state IN ('open', 'kept', 'broken', 'superseded', 'withdrawn')", name="known_state"),
    sa.CheckConstraint(
        "subject_type IN ('contract', 'order', 'appointment', 'site', 'customer', 'charge', 'incident')",
        name="known_subject_type",
    ),
)


def upgrade() -> None:
    """Add the columns, empty; every promise that is there keeps its source."""
    columns: tuple[sa.Column[object], ...] = (
        sa.Column("value_until", UtcTime(), nullable=True),
        sa.Column("replaces", sa.String(), nullable=True),
    )
    if op.get_bind().dialect.name == "sqlite":  # which changes no constraint but in a new table; it forgets the others
        with op.batch_alter_table("promise", recreate="always", table_args=_CHECKS) as promise:
            for column in columns:
                promise.add_column(column)
    else:
        for column in columns:
            op.add_column("promise", column)
        op.drop_constraint("known_source", "promise", type_="check")
        op.create_check_constraint("known_source", "promise", _KNOWN_SOURCE)
    op.create_index("ix_promise_replaces", "promise", ["replaces"])
    op.add_column("contradiction", sa.Column("source", sa.String(), nullable=True))
    op.add_column("contradiction", sa.Column("avoided", sa.String(), nullable=True))
    op.add_column("contradiction_member", sa.Column("said", sa.JSON(none_as_null=True), nullable=True))
