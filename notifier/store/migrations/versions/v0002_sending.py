"""What sending for real needs to remember: suppressed addresses, halted channels, how far a rate is used up."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "suppressed_address",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", "live"),
    )
    op.create_table(
        "channel_halt",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("halted_at", UtcTime(), nullable=False),
        sa.Column("tries_again_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "live"),
    )
    op.create_table(
        "pace",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("free_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "live"),
    )
    # Each channel has its queue: a long one of mails must not be read through for the next SMS.
    op.drop_index("ix_message_queue", "message")
    op.create_index(
        "ix_message_queue", "message", ["state", "live", "channel", "urgency", "until_at", "created_at", "id"]
    )
    op.add_column("message", sa.Column("called_at", UtcTime(), nullable=True))
    # What is being handed over during the change may have been called: it is asked for.
    op.execute("UPDATE message SET called_at = started_at WHERE state = 'sending'")
