"""Changes, how far each rule has come, what was true before its first pass, and what people did."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime


def create() -> None:
    """Create the tables with their indexes."""
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
