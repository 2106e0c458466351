"""Which notices are told through another one, at an address that several customers share."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and the indexes that lead from an address to the customers who share it."""
    op.create_table(
        "told_through",
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("through", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("occurrence", "channel"),
    )
    op.create_index("ix_told_through_through", "told_through", ["through"])
    op.create_index("ix_customer_phone", "customer", ["phone"])
    op.create_index("ix_customer_email", "customer", ["email"])
