"""Promises, and the contradictions between them and facts."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import Amount, UtcTime


def create() -> None:
    """Create the tables with their indexes."""
    op.create_table(
        "promise",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("value_number", Amount(), nullable=True),
        sa.Column("value_at", UtcTime(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("tax_included", sa.Boolean(), nullable=True),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("valid_from", UtcTime(), nullable=True),
        sa.Column("valid_until", UtcTime(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "source IN ('sales', 'quote', 'contract', 'web', 'social', 'agent', 'robot', 'notice')", name="known_source"
        ),
        sa.CheckConstraint("state IN ('open', 'kept', 'broken', 'superseded', 'withdrawn')", name="known_state"),
        sa.CheckConstraint(
            "subject_type IN ('contract', 'order', 'appointment', 'site', 'customer', 'charge', 'incident')",
            name="known_subject_type",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_promise_customer_id", "promise", ["customer_id"], unique=False)
    op.create_index("ix_promise_subject_id", "promise", ["subject_id"], unique=False)
    op.create_index("ix_promise_topic", "promise", ["topic"], unique=False)
    op.create_table(
        "contradiction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("promise_id", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("topic_type", sa.String(), nullable=False),
        sa.Column("promised", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("tax_included", sa.Boolean(), nullable=True),
        sa.Column("actual", sa.String(), nullable=True),
        sa.Column("actual_currency", sa.String(), nullable=True),
        sa.Column("actual_tax_included", sa.Boolean(), nullable=True),
        sa.Column("promised_by", sa.String(), nullable=False),
        sa.Column("promised_at", UtcTime(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("surfaces_at", UtcTime(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("waived_pair", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.CheckConstraint("state <> 'waived' OR waived_pair IS NOT NULL", name="waived_has_pair"),
        sa.CheckConstraint("state IN ('open', 'acknowledged', 'settled', 'waived', 'lapsed')", name="known_state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("check", "promise_id", name="one_per_check_and_promise"),
    )
    op.create_index("ix_contradiction_changed_at", "contradiction", ["changed_at"], unique=False)
    op.create_index("ix_contradiction_customer_id", "contradiction", ["customer_id"], unique=False)
    op.create_index("ix_contradiction_state_surfaces", "contradiction", ["state", "surfaces_at"], unique=False)
    op.create_index("ix_contradiction_subject", "contradiction", ["subject_type", "subject_id"], unique=False)
    op.create_table(
        "contradiction_member",
        sa.Column("contradiction_id", sa.String(), nullable=False),
        sa.Column("fact_type", sa.String(), nullable=False),
        sa.Column("fact_id", sa.String(), nullable=False),
        sa.Column("actual", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("tax_included", sa.Boolean(), nullable=True),
        sa.Column("surfaces_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contradiction_id"],
            ["contradiction.id"],
        ),
        sa.PrimaryKeyConstraint("contradiction_id", "fact_type", "fact_id"),
    )
    op.create_index("ix_member_fact", "contradiction_member", ["fact_type", "fact_id"], unique=False)
