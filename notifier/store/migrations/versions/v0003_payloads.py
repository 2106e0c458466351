"""A mail's bytes get a table of their own, and its HTML, which they hold, is no longer stored twice."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the bytes of mails; those of an SMS are its text."""
    op.create_table(
        "payload",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.execute(
        "INSERT INTO payload (message_id, content) SELECT id, payload FROM message WHERE channel = 'email' ORDER BY id"
    )
    op.drop_column("message", "payload")
    op.drop_column("message", "html")
