"""Who was forgotten is known by keyed digests alone, and how far old texts and addresses were blanked."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tombstones with their key, and the marks of retention."""
    op.create_table(
        "tombstone",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "tombstone_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_key"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "retention",
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("what"),
    )
