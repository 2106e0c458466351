"""What threads need: why a word was said to those who were told before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("notice", sa.Column("event", sa.String(), nullable=True))
