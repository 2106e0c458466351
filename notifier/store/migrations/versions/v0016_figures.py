"""One row of `each` is decided without the others of its subject, unless the subject's figures moved."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of figures, and let the index of a subject's notices lead to those about one row."""
    op.create_table(
        "figures",
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("truth", sa.String(), nullable=False),
        sa.Column("claims", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "subject_id"),
    )
    op.drop_index("ix_notice_rule_subject", "notice")
    op.create_index("ix_notice_rule_subject", "notice", ["rule", "subject_id", "each_id"])
