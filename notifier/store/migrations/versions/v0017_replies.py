"""What people write to us: what it was taken for, and whether its owner has still to hear of it."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_WAITS = sa.text("waits_since IS NOT NULL")


def upgrade() -> None:
    """Create the table, empty: of what was written before, the rows of `contact` are left as they are."""
    op.create_table(
        "reply",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=True),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("waits_since", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "meaning IN ('stop', 'probable_stop', 'stop_or_cancel', 'start', 'help', 'confirm', 'cancel', 'other')",
            name="known_meaning",
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_reply_address", "reply", ["channel", "address", "at"])
    op.create_index("ix_reply_at", "reply", ["at"])
    op.create_index("ix_reply_waits_since", "reply", ["waits_since"], sqlite_where=_WAITS, postgresql_where=_WAITS)
