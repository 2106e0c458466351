"""Who takes a contradiction and by when, floods, waivers that end, and what customers are told of first."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import Amount, LocalDate, UtcTime
from notifier.model.state import JSON_DOCUMENT

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_ALERT_WAITS = sa.text("alert_waits")
_WAIVED_UNTIL = sa.text("waived_until IS NOT NULL")
_UNCOUNTED = sa.text("NOT counted")
_UNTOLD = sa.text("admission_id IS NOT NULL AND told_at IS NULL")


def upgrade() -> None:
    """Steps of what is open already count from when it opened, and none of them was said."""
    for column in (
        sa.Column("acknowledged_at", UtcTime(), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("steps_from", UtcTime(), nullable=True),
        sa.Column("steps_said", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("waived_until", UtcTime(), nullable=True),
        sa.Column("alerted", sa.String(), nullable=True),
        sa.Column("alert_waits", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("group_id", sa.String(), nullable=True),
    ):
        op.add_column("contradiction", column)
    op.execute("UPDATE contradiction SET steps_from = opened_at")
    op.create_index("ix_contradiction_steps", "contradiction", ["owner", "state", "steps_said", "steps_from"])
    op.create_index("ix_contradiction_group", "contradiction", ["group_id", "state"])
    op.create_index(
        "ix_contradiction_alert_waits",
        "contradiction",
        ["check"],
        sqlite_where=_ALERT_WAITS,
        postgresql_where=_ALERT_WAITS,
    )
    op.create_index(
        "ix_contradiction_waived_until",
        "contradiction",
        ["waived_until"],
        sqlite_where=_WAIVED_UNTIL,
        postgresql_where=_WAIVED_UNTIL,
    )
    _create_groups_and_settlings()
    _create_admissions()


def _create_groups_and_settlings() -> None:
    op.create_table(
        "contradiction_group",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("causes", JSON_DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contradiction_group_opened_at", "contradiction_group", ["opened_at"])
    op.create_table(
        "settling",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("contradiction_id", sa.String(), nullable=True),
        sa.Column("group_id", sa.String(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("due_at", UtcTime(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("remedy", sa.String(), nullable=True),
        sa.Column("next_step", sa.String(), nullable=True),
        sa.Column("credit", Amount(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("override", sa.String(), nullable=True),
        sa.Column("waits_for", sa.String(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", UtcTime(), nullable=True),
        sa.Column("admission_id", sa.String(), nullable=True),
        sa.Column("told_at", UtcTime(), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("way IN ('honour', 'tell', 'withdraw', 'agree', 'waive')", name="known_way"),
        sa.CheckConstraint("(contradiction_id IS NULL) <> (group_id IS NULL)", name="one_or_group"),
        sa.CheckConstraint("credit IS NULL OR currency IS NOT NULL", name="credit_has_currency"),
        sa.ForeignKeyConstraint(["contradiction_id"], ["contradiction.id"]),
        sa.ForeignKeyConstraint(["group_id"], ["contradiction_group.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_settling_cause", "settling", ["cause", "at"])
    op.create_index("ix_settling_contradiction_id", "settling", ["contradiction_id"])
    op.create_index("ix_settling_group_id", "settling", ["group_id"])
    op.create_index("ix_settling_admission_id", "settling", ["admission_id"])
    op.create_index("ix_settling_uncounted", "settling", ["at"], sqlite_where=_UNCOUNTED, postgresql_where=_UNCOUNTED)
    op.create_index("ix_settling_untold", "settling", ["at"], sqlite_where=_UNTOLD, postgresql_where=_UNTOLD)


def _create_admissions() -> None:
    op.create_table(
        "admission",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("attributes", JSON_DOCUMENT, nullable=True),
        sa.Column("written_at", UtcTime(), nullable=True),
        sa.Column("born_at", UtcTime(), nullable=True),
        sa.Column("set_at", JSON_DOCUMENT, nullable=True),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("source_line", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contract_id", sa.String(), nullable=True),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("contradiction_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("promised_amount", Amount(), nullable=True),
        sa.Column("actual_amount", Amount(), nullable=True),
        sa.Column("promised_at", UtcTime(), nullable=True),
        sa.Column("actual_at", UtcTime(), nullable=True),
        sa.Column("promised_date", LocalDate(), nullable=True),
        sa.Column("actual_date", LocalDate(), nullable=True),
        sa.Column("promised_text", sa.String(), nullable=True),
        sa.Column("actual_text", sa.String(), nullable=True),
        sa.Column("credit", Amount(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("remedy", sa.String(), nullable=False),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("next_at", UtcTime(), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_since", UtcTime(), nullable=True),
        sa.CheckConstraint("status IN ('decided', 'withdrawn')", name="known_status"),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("customer_id", "contract_id", "order_id", "contradiction_id"):
        op.create_index(f"ix_admission_{column}", "admission", [column])
