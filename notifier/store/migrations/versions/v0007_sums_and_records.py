"""A contradiction names the rows that a sum is made of, and every record of its promise."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is missing; the contradictions there are have the one promise that they were found for."""
    op.add_column("contradiction_member", sa.Column("summands", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "contradiction_promise",
        sa.Column("contradiction_id", sa.String(), nullable=False),
        sa.Column("promise_id", sa.String(), nullable=False),
        sa.Column("promised_by", sa.String(), nullable=False),
        sa.Column("promised_at", UtcTime(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["contradiction_id"], ["contradiction.id"]),
        sa.PrimaryKeyConstraint("contradiction_id", "promise_id"),
    )
    op.create_index("ix_contradiction_promise_promise_id", "contradiction_promise", ["promise_id"])
    op.execute(
        "INSERT INTO contradiction_promise (contradiction_id, promise_id, promised_by, promised_at, evidence) "
        "SELECT id, promise_id, promised_by, promised_at, evidence FROM contradiction"
    )
    op.create_index("ix_promise_subject_topic", "promise", ["subject_id", "topic"])
    op.drop_index("ix_promise_subject_id", "promise")
