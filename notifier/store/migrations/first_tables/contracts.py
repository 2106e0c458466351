"""Contracts, orders, appointments and charges of customers."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import Amount, UtcTime


def create() -> None:
    """Create the tables with their indexes."""
    op.create_table(
        "contract",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=True),
        sa.Column("plan", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_since", UtcTime(), nullable=True),
        sa.Column("started_at", UtcTime(), nullable=True),
        sa.Column("ends_at", UtcTime(), nullable=True),
        sa.Column("cancelled_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'suspended', 'cancelled', 'terminated')", name="known_status"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contract_customer_id", "contract", ["customer_id"], unique=False)
    op.create_index("ix_contract_site_id", "contract", ["site_id"], unique=False)
    op.create_index("ix_contract_zone", "contract", ["zone"], unique=False)
    op.create_table(
        "order",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contract_id", sa.String(), nullable=True),
        sa.Column("site_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_since", UtcTime(), nullable=True),
        sa.Column("placed_at", UtcTime(), nullable=False),
        sa.Column("promised_at", UtcTime(), nullable=True),
        sa.Column("handover_due_at", UtcTime(), nullable=True),
        sa.Column("handed_over_at", UtcTime(), nullable=True),
        sa.Column("completed_at", UtcTime(), nullable=True),
        sa.Column("cancelled_at", UtcTime(), nullable=True),
        sa.Column("total", Amount(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("seller", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status IN ('acknowledged', 'in_progress', 'held', 'shipped', 'completed', 'cancelled', 'failed')",
            name="known_status",
        ),
        sa.CheckConstraint("total IS NULL OR currency IS NOT NULL", name="total_has_currency"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_order_contract_id", "order", ["contract_id"], unique=False)
    op.create_index("ix_order_customer_id", "order", ["customer_id"], unique=False)
    op.create_index("ix_order_site_id", "order", ["site_id"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contract_id", sa.String(), nullable=True),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("site_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_since", UtcTime(), nullable=True),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=True),
        sa.Column("party_size", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('installation', 'repair', 'delivery', 'reservation', 'visit')", name="known_kind"),
        sa.CheckConstraint(
            "status IN ('initialized', 'confirmed', 'completed', 'cancelled', 'failed')", name="known_status"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_appointment_contract_id", "appointment", ["contract_id"], unique=False)
    op.create_index("ix_appointment_customer_id", "appointment", ["customer_id"], unique=False)
    op.create_index("ix_appointment_order_id", "appointment", ["order_id"], unique=False)
    op.create_index("ix_appointment_site_id", "appointment", ["site_id"], unique=False)
    op.create_table(
        "charge",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contract_id", sa.String(), nullable=True),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("proration", sa.Boolean(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=True),
        sa.Column("period_start", UtcTime(), nullable=True),
        sa.Column("period_end", UtcTime(), nullable=True),
        sa.Column("bill_at", UtcTime(), nullable=True),
        sa.Column("billed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('recurring', 'one_off', 'installation', 'tax', 'fee', 'discount')", name="known_kind"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_charge_contract_id", "charge", ["contract_id"], unique=False)
    op.create_index("ix_charge_customer_id", "charge", ["customer_id"], unique=False)
    op.create_index("ix_charge_order_id", "charge", ["order_id"], unique=False)
