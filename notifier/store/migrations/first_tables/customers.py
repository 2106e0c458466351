"""Customers, what they allow, whom they talked to, and what they said afterwards."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime


def create() -> None:
    """Create the tables with their indexes."""
    op.create_table(
        "customer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("preferred_channel", sa.String(), nullable=True),
        sa.Column("site_id", sa.String(), nullable=True),
        sa.CheckConstraint("preferred_channel IN ('sms', 'email')", name="known_preferred_channel"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_customer_site_id", "customer", ["site_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("class", sa.String(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.CheckConstraint("channel IN ('sms', 'email')", name="known_channel"),
        sa.CheckConstraint("class IN ('safety', 'service', 'billing', 'collections', 'marketing')", name="known_class"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_consent_customer_id", "consent", ["customer_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('phone', 'chat', 'email', 'sms', 'whatsapp', 'social', 'shop')", name="known_channel"
        ),
        sa.CheckConstraint("direction IN ('inbound', 'outbound')", name="known_direction"),
        sa.CheckConstraint("outcome IN ('answered', 'unanswered', 'solved', 'open', 'cancel')", name="known_outcome"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contact_customer_id", "contact", ["customer_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("site_id", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_feedback_customer_id", "feedback", ["customer_id"], unique=False)
    op.create_index("ix_feedback_order_id", "feedback", ["order_id"], unique=False)
    op.create_index("ix_feedback_site_id", "feedback", ["site_id"], unique=False)
