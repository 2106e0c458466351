"""Customers may prefer WhatsApp, and say yes or no to it."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_CHANNELS = "IN ('sms', 'email', 'whatsapp')"


def upgrade() -> None:
    """Widen both constraints."""
    with op.batch_alter_table("customer") as customer:  # SQLite changes a constraint only in a new table
        customer.drop_constraint("known_preferred_channel", type_="check")
        customer.create_check_constraint("known_preferred_channel", f"preferred_channel {_CHANNELS}")
    with op.batch_alter_table("consent") as consent:
        consent.drop_constraint("known_channel", type_="check")
        consent.create_check_constraint("known_channel", f"channel {_CHANNELS}")
