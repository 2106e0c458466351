"""The consent ledger: what was said about a class of notices at an address; and in which state a customer lives."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import UtcTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_PROBABLE = sa.text("word = 'probable'")


def upgrade() -> None:
    """Create the table, empty: what customers refused before stays in `consent`."""
    op.add_column("customer", sa.Column("subdivision", sa.String(), nullable=True))
    op.create_table(
        "consent_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("class", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("register_name", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.CheckConstraint("word IN ('in', 'out', 'probable', 'lifted')", name="known_word"),
        sa.CheckConstraint(
            "source IN ('reply', 'provider', 'complaint', 'unsubscribe', 'register', 'person')", name="known_source"
        ),
        sa.CheckConstraint("(source = 'register') = (register_name IS NOT NULL)", name="register_is_named"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_consent_entry_address", "consent_entry", ["channel", "address", "id"])
    op.create_index(
        "ix_consent_entry_word", "consent_entry", ["word"], sqlite_where=_PROBABLE, postgresql_where=_PROBABLE
    )
