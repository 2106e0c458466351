"""Mails that came back, and how far mailboxes with such mails were read."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "bounce",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=True),
        sa.Column("notice_id", sa.String(), nullable=True),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("lost_at", UtcTime(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_bounce_notice_id", "bounce", ["notice_id"])
    op.create_index("ix_bounce_received_at", "bounce", ["received_at"])
    op.create_index(
        "ix_bounce_lost",
        "bounce",
        ["lost_at"],
        sqlite_where=sa.text("lost_at IS NOT NULL"),
        postgresql_where=sa.text("lost_at IS NOT NULL"),
    )
    op.create_table(
        "mailbox",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("read_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
