"""The tables say which older programs may work on them, so that daemons can be replaced one after the other."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table. `upgrade` writes its row when all revisions are done."""
    op.create_table(
        "oldest_program", sa.Column("revision", sa.String(), nullable=False), sa.PrimaryKeyConstraint("revision")
    )
