"""Sites, what their days were computed from, their days, and incidents."""

import sqlalchemy as sa
from alembic import op

from notifier.model.columns import LocalDate, UtcTime


def create() -> None:
    """Create the tables with their indexes."""
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
