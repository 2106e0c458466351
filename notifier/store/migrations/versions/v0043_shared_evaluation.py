"""Several processes share a pass: which one leads it, and the portions that others decide."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "evaluation_lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tick", sa.String(), nullable=True),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("wanted_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "evaluation_portion",
        sa.Column("tick", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("now", UtcTime(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("taken_at", UtcTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'given_back', 'done')", name="known_state"),
        sa.PrimaryKeyConstraint("tick", "number"),
    )
