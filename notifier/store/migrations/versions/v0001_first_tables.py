"""The first tables: business state, changes, outbox, contradictions, interventions, watermarks."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import Amount, LocalDate, UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
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
        "backlog",
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("each_id", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "subject_id", "each_id", "recipient_id"),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("old_keys", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("new_keys", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("consumed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_change_consumed_by", "change", ["consumed_by"], unique=False)
    op.create_index("ix_change_entity_row", "change", ["entity", "row_id"], unique=False)
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
    op.create_table(
        "incident",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("site_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_since", UtcTime(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("expected_end_at", UtcTime(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.CheckConstraint("kind IN ('outage', 'maintenance', 'delay', 'other')", name="known_kind"),
        sa.CheckConstraint(
            "status IN ('planned', 'acknowledged', 'in_progress', 'resolved', 'closed', 'cancelled')",
            name="known_status",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_incident_site_id", "incident", ["site_id"], unique=False)
    op.create_index("ix_incident_zone", "incident", ["zone"], unique=False)
    op.create_table(
        "intervention",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_intervention_at", "intervention", ["at"], unique=False)
    op.create_index("ix_intervention_object_id", "intervention", ["object_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("each_id", sa.String(), nullable=True),
        sa.Column("recipient_id", sa.String(), nullable=True),
        sa.Column("notice_class", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("touchpoint", sa.String(), nullable=True),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("anchor_at", UtcTime(), nullable=True),
        sa.Column("at", UtcTime(), nullable=True),
        sa.Column("until_at", UtcTime(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("channels", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("contradictions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("deferred_until", UtcTime(), nullable=True),
        sa.Column("passed_limits_at", UtcTime(), nullable=True),
        sa.Column("approved_digest", sa.String(), nullable=True),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("claims", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("previous", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("claims_digest", sa.String(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rule_digest", sa.String(), nullable=False),
        sa.Column("template_digest", sa.String(), nullable=False),
        sa.Column("corrects", sa.String(), nullable=True),
        sa.Column("follows", sa.String(), nullable=True),
        sa.Column("spent", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decided_at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("told_at", UtcTime(), nullable=True),
        sa.CheckConstraint("kind IN ('notice', 'correction', 'follow_up', 'alert')", name="known_kind"),
        sa.CheckConstraint("state <> 'deferred' OR deferred_until IS NOT NULL", name="deferred_has_end"),
        sa.CheckConstraint("state <> 'told' OR told_at IS NOT NULL", name="told_has_time"),
        sa.CheckConstraint(
            "state IN ('ready', 'held', 'deferred', 'suppressed', 'expired', 'cancelled', 'told', 'failed')",
            name="known_state",
        ),
        sa.CheckConstraint("state NOT IN ('told', 'expired') OR spent", name="told_is_spent"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("occurrence"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_notice_changed_at", "notice", ["changed_at"], unique=False)
    op.create_index("ix_notice_recipient_id", "notice", ["recipient_id"], unique=False)
    op.create_index("ix_notice_rule_subject", "notice", ["rule", "subject_id"], unique=False)
    op.create_index("ix_notice_state_deferred", "notice", ["state", "deferred_until"], unique=False)
    op.create_index("ix_notice_state_until", "notice", ["state", "until_at"], unique=False)
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
        "rule_state",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("first_pass_at", UtcTime(), nullable=False),
        sa.Column("evaluated_at", UtcTime(), nullable=False),
        sa.Column("failed", sa.String(), nullable=True),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("definition", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name"),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("subdivision", sa.String(), nullable=True),
        sa.Column("opening_hours", sa.String(), nullable=False),
        sa.Column("daily_capacity", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "site_calendar",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site_id"),
    )
    op.create_table(
        "site_day",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("date", LocalDate(), nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("opens_at", UtcTime(), nullable=True),
        sa.Column("closes_at", UtcTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('normal', 'reduced', 'closed', 'extended')", name="known_kind"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_site_day_site_id", "site_day", ["site_id"], unique=False)
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
    op.create_table(
        "past_verdict",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("contradictions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("evidence", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["notice.id"],
        ),
        sa.PrimaryKeyConstraint("notice_id", "version"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("until_at", UtcTime(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=True),
        sa.Column("cost", Amount(), nullable=True),
        sa.Column("cost_currency", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("next_attempt_at", UtcTime(), nullable=True),
        sa.Column("started_at", UtcTime(), nullable=True),
        sa.Column("accepted_at", UtcTime(), nullable=True),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.CheckConstraint("state <> 'sending' OR started_at IS NOT NULL", name="sending_has_start"),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'accepted', 'delivered', 'undelivered', 'failed', 'unknown', 'cancelled')",
            name="known_state",
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'delivered') OR provider IS NOT NULL", name="accepted_has_provider"
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["notice.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "provider_id", name="provider_id_once"),
    )
    op.create_index(
        "ix_message_lane",
        "message",
        ["address", "channel", "live", "state", "urgency", "until_at", "created_at", "id"],
        unique=False,
    )
    op.create_index("ix_message_notice_id", "message", ["notice_id"], unique=False)
    op.create_index(
        "ix_message_queue", "message", ["state", "live", "urgency", "until_at", "created_at", "id"], unique=False
    )
