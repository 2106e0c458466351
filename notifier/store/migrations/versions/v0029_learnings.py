"""What was learned from completed rows: how long it takes until their instant comes, group by group."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the learnings, and their quantiles."""
    op.create_table(
        "learning",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("forecast", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("computed_at", UtcTime(), nullable=False),
        sa.Column("valid_from", UtcTime(), nullable=False),
        sa.Column("valid_until", UtcTime(), nullable=True),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("still_open", sa.Integer(), nullable=False),
        sa.Column("lost_after", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("forecast", "at", name="learned_once"),
    )
    op.create_table(
        "learned_quantile",
        sa.Column("learning_id", sa.String(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("forecast", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("time_left", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", UtcTime(), nullable=False),
        sa.Column("valid_until", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["learning_id"], ["learning.id"]),
        sa.PrimaryKeyConstraint("learning_id", "group_key", "probability"),
    )
    op.create_index(
        "ix_learned_quantile_asked", "learned_quantile", ["forecast", "probability", "group_key", "valid_from"]
    )
