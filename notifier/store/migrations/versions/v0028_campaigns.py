"""Contracts and orders know the campaign that they were sold in, and campaigns promise."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty, and the table of what was derived."""
    for table in ("contract", "order"):
        op.add_column(table, sa.Column("campaign", sa.String(), nullable=True))
        op.create_index(f"ix_{table}_campaign", table, ["campaign"])
    op.create_table(
        "derivation",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
