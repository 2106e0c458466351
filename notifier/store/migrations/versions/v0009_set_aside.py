"""What is set aside, the changes kept for it, and which rows of the backlog a person dropped."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the two tables; nothing in the backlog was dropped so far."""
    op.create_table(
        "kept_change",
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("old_keys", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("new_keys", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("entity", "row_id", "baseline"),
    )
    op.create_table(
        "set_aside",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "live"),
    )
    op.add_column("backlog", sa.Column("dropped_at", UtcTime(), nullable=True))
