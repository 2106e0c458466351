"""What providers say of the messages that they took."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; nothing was said of the messages that were sent so far, and they are not asked about."""
    op.create_table(
        "receipt",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("meaning", sa.String(), nullable=True),
        sa.Column("permanence", sa.String(), nullable=True),
        sa.Column("arrived_at", UtcTime(), nullable=False),
        sa.Column("raw", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("state IN ('sent', 'delayed', 'delivered', 'undelivered', 'complaint')", name="known_state"),
        sa.CheckConstraint("permanence IN ('passing', 'message', 'address', 'ours')", name="known_permanence"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_receipt_message", "receipt", ["message_id", "arrived_at"])
    op.create_index("ix_receipt_arrived_at", "receipt", ["arrived_at"])
    unmatched = sa.text("message_id IS NULL")
    op.create_index(
        "ix_receipt_unmatched", "receipt", ["arrived_at"], sqlite_where=unmatched, postgresql_where=unmatched
    )
    op.add_column("message", sa.Column("ask_at", UtcTime(), nullable=True))
    unconfirmed = sa.text("ask_at IS NOT NULL")
    op.create_index(
        "ix_message_unconfirmed",
        "message",
        ["ask_at"],
        sqlite_where=unconfirmed,
        postgresql_where=unconfirmed,
    )
