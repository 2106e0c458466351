"""Contacts and feedback are found by their day: a pass looks at today's alone, however many there are."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_contact_at", "contact", ["at"])
    op.create_index("ix_feedback_at", "feedback", ["at"])
