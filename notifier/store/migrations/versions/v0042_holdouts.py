"""Who was drawn to be told, and who was not, is kept with the occurrence."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "holdout_case",
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("holdout", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("assigned_at", UtcTime(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.CheckConstraint("arm IN ('told', 'held_out')", name="known_arm"),
        sa.PrimaryKeyConstraint("occurrence"),
    )
    op.create_index("ix_holdout_case_recipient", "holdout_case", ["recipient_id", "holdout"])
    op.create_index("ix_holdout_case_rule", "holdout_case", ["rule", "live", "assigned_at"])
