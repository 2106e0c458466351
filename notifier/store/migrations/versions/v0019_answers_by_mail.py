"""Answers to mails that wait to be sent, refusals by code, the last pass of each process, our own faults by index."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_OURS = sa.text("permanence = 'ours'")


def upgrade() -> None:
    """Create the tables, empty."""
    op.create_table(
        "reply_answer",
        sa.Column("reply_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("in_reply_to", sa.String(), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=False),
        sa.Column("next_at", UtcTime(), nullable=False),
        sa.Column("claimed_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.PrimaryKeyConstraint("reply_id"),
    )
    op.create_index("ix_reply_answer_next_at", "reply_answer", ["next_at"])
    op.create_table(
        "refusal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_refusal_at", "refusal", ["at"])
    op.create_table(
        "last_pass",
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("process", "host", "live"),
    )
    op.create_index("ix_receipt_ours", "receipt", ["arrived_at"], sqlite_where=_OURS, postgresql_where=_OURS)
