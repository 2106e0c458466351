"""Orders and appointments say their language, and appointments when they were booked."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty: rows that are there already are in the language of their customer."""
    op.add_column("order", sa.Column("locale", sa.String(), nullable=True))
    op.add_column("appointment", sa.Column("locale", sa.String(), nullable=True))
    op.add_column("appointment", sa.Column("booked_at", UtcTime(), nullable=True))
    op.add_column("notice", sa.Column("row_locale", sa.String(), nullable=True))
    op.add_column("shadow_notice", sa.Column("row_locale", sa.String(), nullable=True))
