"""What was learned last is found by an index: each tick asks for it."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_learning_computed_at", "learning", ["computed_at", "id"])
