"""Why a word was said to those who were told before, and which row is in the place of another one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("notice", sa.Column("event", sa.String(), nullable=True))
    for table in ("appointment", "order"):
        op.add_column(table, sa.Column("replaces", sa.String(), nullable=True))
        op.create_index(f"ix_{table}_replaces", table, ["replaces"])
