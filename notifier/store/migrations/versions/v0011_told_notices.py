"""What was told at an instant is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    told = sa.text("told_at IS NOT NULL")
    op.create_index("ix_notice_told", "notice", ["told_at"], sqlite_where=told, postgresql_where=told)
