"""Rows say what wrote them, and what a check read before it was replaced is kept: how a contradiction came about."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0025"
down_revision = "0021"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ENTITIES = (
    "customer",
    "site",
    "site_day",
    "contract",
    "order",
    "appointment",
    "charge",
    "incident",
    "promise",
    "contact",
    "feedback",
    "consent",
)


def upgrade() -> None:
    """Create the ledger of writes and of former values; rows that are there already have no writer."""
    op.create_table(
        "write_source",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.CheckConstraint("way IN ('import', 'events', 'decision', 'reply', 'call')", name="known_way"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "former_value",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("source_line", sa.Integer(), nullable=True),
        sa.Column("replaced_at", UtcTime(), nullable=False),
        sa.Column("replaced_by", sa.BigInteger(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("written", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_former_value_row", "former_value", ["entity", "row_id", "id"])
    op.create_index("ix_former_value_replaced_at", "former_value", ["replaced_at"])
    for entity in _ENTITIES:
        op.add_column(entity, sa.Column("source_id", sa.BigInteger(), nullable=True))
        op.add_column(entity, sa.Column("source_line", sa.Integer(), nullable=True))
