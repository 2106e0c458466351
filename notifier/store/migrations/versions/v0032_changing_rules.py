"""Rules in shadow record apart, a version's canary is known, and two people may have to approve."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import Amount, UtcTime

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None

_FIRST = sa.text("first_of IS NOT NULL")
_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Add columns and tables. Who approved before is one person."""
    op.add_column("notice", sa.Column("approvals", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("notice", sa.Column("first_of", sa.String(), nullable=True))
    op.execute("UPDATE notice SET approvals = 1 WHERE approved_digest IS NOT NULL")
    op.create_index("ix_notice_first_of", "notice", ["first_of"], sqlite_where=_FIRST, postgresql_where=_FIRST)
    _shadow_notice()
    op.create_table(
        "shadow_message",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=True),
        sa.Column("cost", Amount(), nullable=True),
        sa.Column("cost_currency", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["shadow_notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shadow_message_notice_id", "shadow_message", ["notice_id"])
    op.create_index("ix_shadow_message_at", "shadow_message", ["at"])
    op.create_table(
        "approval",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("notice_id", "digest", "person", name="each_once"),
    )
    op.create_index("ix_approval_notice_id", "approval", ["notice_id"])


def _shadow_notice() -> None:
    texts = [
        *("id", "occurrence", "reference", "kind", "rule", "subject_type", "subject_id", "notice_class", "owner"),
        *("template", "state", "reason_code", "reason", "claims_digest", "content_digest", "rule_digest"),
        "template_digest",
    ]
    maybe = [
        *("each_id", "recipient_id", "touchpoint", "approved_digest", "first_of", "corrects", "follows", "event"),
        *("locale", "own_locale"),
    ]
    documents = ("channels", "contradictions", "claims", "previous", "evidence")
    op.create_table(
        "shadow_notice",
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        *(sa.Column(name, sa.String(), nullable=True) for name in maybe),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("live", "released", "spent")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("ordinal", "version")),
        sa.Column("approvals", sa.Integer(), nullable=False, server_default="0"),
        *(sa.Column(name, _JSON, nullable=False) for name in documents),
        *(sa.Column(name, UtcTime(), nullable=False) for name in ("decided_at", "changed_at")),
        *(sa.Column(name, UtcTime(), nullable=True) for name in ("anchor_at", "at", "until_at", "told_at")),
        *(sa.Column(name, UtcTime(), nullable=True) for name in ("deferred_until", "passed_limits_at")),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("occurrence"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_shadow_notice_changed_at", "shadow_notice", ["changed_at"])
    op.create_index("ix_shadow_notice_recipient_id", "shadow_notice", ["recipient_id"])
    op.create_index("ix_shadow_notice_rule_subject", "shadow_notice", ["rule", "subject_id", "each_id"])
    op.create_index("ix_shadow_notice_state_deferred", "shadow_notice", ["state", "deferred_until"])
    op.create_index("ix_shadow_notice_state_until", "shadow_notice", ["state", "until_at"])
