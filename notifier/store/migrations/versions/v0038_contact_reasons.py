"""Contacts and feedback have a reason: what decided it, when, from what, and what it was before; and learned models."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime
from notifier.model.state import JSON_DOCUMENT

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_CURRENT = sa.text("replaced_at IS NULL")
_BY_PERSON = sa.text("decided_by = 'person'")


def upgrade() -> None:
    """Add the tables, empty: what came before is classified when somebody asks for it."""
    op.create_table(
        "contact_reason",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("others", JSON_DOCUMENT, nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_from", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=False),
        sa.Column("replaced_at", UtcTime(), nullable=True),
        sa.Column("was", sa.String(), nullable=True),
        sa.Column("was_by", sa.String(), nullable=True),
        sa.Column("draw", sa.String(), nullable=True),
        sa.CheckConstraint("entity IN ('contact', 'feedback')", name="known_entity"),
        sa.CheckConstraint("decided_by IN ('imported', 'words', 'model', 'person')", name="known_decided_by"),
        sa.CheckConstraint("confidence IS NULL OR (confidence >= 0 AND confidence <= 1)", name="confidence_is_share"),
        sa.PrimaryKeyConstraint("id"),
    )
    for name, columns, unique, where in (
        ("current", ["entity", "row_id"], True, _CURRENT),
        ("reason", ["reason", "entity"], False, _CURRENT),
        ("by_person", ["decided_at"], False, _BY_PERSON),
    ):
        op.create_index(
            f"ix_contact_reason_{name}",
            "contact_reason",
            columns,
            unique=unique,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "reason_model",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("taken_at", UtcTime(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("newest_at", UtcTime(), nullable=False),
        sa.Column("stored", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_reason_model_taken_at", "reason_model", ["taken_at"])
