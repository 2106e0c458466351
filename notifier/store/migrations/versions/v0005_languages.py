"""A notice remembers in which locale it was written, so that what follows it keeps the language."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns; what was told before them is followed in the language of the day."""
    op.add_column("notice", sa.Column("locale", sa.String(), nullable=True))
    op.add_column("notice", sa.Column("own_locale", sa.String(), nullable=True))
