"""Who else hears what concerns a customer: parents, carers, assistants, each a customer of their own."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0035"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, empty."""
    op.create_table(
        "representative",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("born_at", UtcTime(), nullable=True),
        sa.Column("set_at", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("source_line", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("valid_from", UtcTime(), nullable=True),
        sa.Column("valid_until", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "role IN ('parent', 'guardian', 'carer', 'partner', 'assistant', 'seller', 'other')", name="known_role"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_representative_customer_id", "representative", ["customer_id"])
    op.create_index("ix_representative_person_id", "representative", ["person_id"])
