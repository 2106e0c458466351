"""The sets of files that were put in force, and what each folder last offered."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the two tables. No set is in force: the next look takes that of the folder."""
    op.create_table(
        "published_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("has_errors", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "rules_folder",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
    )
