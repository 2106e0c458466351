"""What mails of one kind have in common is stored once."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; mails that are stored already stay whole."""
    op.create_table(
        "pattern",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("payload", sa.Column("pattern_id", sa.String(), nullable=True))
