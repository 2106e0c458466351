"""What owners do so that something does not happen again has a table."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0041"
down_revision = "0039"
branch_labels = None
depends_on = None

_WATCHED = sa.text("status = 'done'")


def upgrade() -> None:
    """Create it. What settlings said before of what is done is not opened: nobody knows whether it was done."""
    op.create_table(
        "action",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("contacts", sa.String(), nullable=True),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("again_within", sa.BigInteger(), nullable=False),
        sa.Column("again_at", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("found_cause", sa.String(), nullable=True),
        sa.Column("effect", sa.String(), nullable=True),
        sa.Column("watched_until", UtcTime(), nullable=True),
        sa.Column("settling_id", sa.String(), nullable=True),
        sa.Column("came_back_at", UtcTime(), nullable=True),
        sa.Column("came_back_count", sa.Integer(), nullable=False),
        sa.Column("times_back", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'done', 'dropped')", name="known_status"),
        sa.CheckConstraint("(cause IS NULL) <> (contacts IS NULL)", name="cause_or_contacts"),
        sa.CheckConstraint(
            "status <> 'done' OR (found_cause IS NOT NULL AND effect IS NOT NULL AND watched_until IS NOT NULL)",
            name="done_has_cause_and_effect",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_action_settling_id", "action", ["settling_id"])
    op.create_index("ix_action_owner", "action", ["owner", "status", "due_at"])
    op.create_index("ix_action_watched", "action", ["watched_until"], sqlite_where=_WATCHED, postgresql_where=_WATCHED)
