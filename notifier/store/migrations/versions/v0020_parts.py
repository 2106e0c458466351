"""Which notices are parts of the message of another one to the same person."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark what is told through another notice as the same words, which all of it was until now."""
    op.add_column("told_through", sa.Column("is_part", sa.Boolean(), nullable=False, server_default=sa.false()))
