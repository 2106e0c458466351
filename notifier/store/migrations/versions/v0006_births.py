"""Rows of the state remember when they came to be, and when a later write changed one of their instants."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
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
    """Add both columns; rows that are there already came to be before anything that counts."""
    for table in TABLES:
        op.add_column(table, sa.Column("born_at", UtcTime(), nullable=True))
        op.add_column(table, sa.Column("set_at", sa.JSON(none_as_null=True), nullable=True))
