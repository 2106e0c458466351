"""Notices, the verdicts that they had before, and their messages."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import Amount, UtcTime


def create() -> None:
    """Create the tables with their indexes."""
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
