"""Notices that planning decides without, because what they told was told again, are passed over in the index."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. What was told again before, the first pass of its rule says."""
    for table in ("notice", "shadow_notice"):
        op.add_column(table, sa.Column("said_again", sa.Boolean(), server_default=sa.false(), nullable=False))
        index = f"ix_{table}_rule_subject"
        op.drop_index(index, table)
        op.create_index(index, table, ["rule", "subject_id", "each_id", "said_again"])
