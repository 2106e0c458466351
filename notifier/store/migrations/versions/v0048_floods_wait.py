"""A flood waits for its alert as one row: to unmark each of its contradictions wrote a hundred thousand again."""

import sqlalchemy as sa
from alembic import op

from notifier.model.digests import reference

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the mark from the contradictions to their group; those that wait now get one."""
    op.add_column(
        "contradiction_group", sa.Column("alert_waits", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_contradiction_group_alert_waits",
        "contradiction_group",
        ["check"],
        sqlite_where=sa.text("alert_waits"),
        postgresql_where=sa.text("alert_waits"),
    )
    connection = op.get_bind()
    waiting = connection.execute(
        sa.text(
            'SELECT "check", min(owner) AS owner, max(changed_at) AS at, count(*) AS number FROM contradiction '
            'WHERE alert_waits GROUP BY "check"'
        )
    ).all()
    for row in waiting:
        group = f"G-{reference(f'group:{row.check}:{row.at}')}"
        connection.execute(
            sa.text(
                'INSERT INTO contradiction_group (id, "check", owner, opened_at, count, causes, alert_waits) '
                "VALUES (:id, :check, :owner, :at, :number, '[]', :waits)"
            ),
            {"id": group, "check": row.check, "owner": row.owner, "at": row.at, "number": row.number, "waits": True},
        )
        connection.execute(
            sa.text('UPDATE contradiction SET group_id = :id WHERE "check" = :check AND alert_waits'),
            {"id": group, "check": row.check},
        )
    op.drop_index("ix_change_consumed_by", "change")  # a tick takes all: to find them by it saves nothing
    op.drop_index("ix_contradiction_alert_waits", "contradiction")
    op.drop_column("contradiction", "alert_waits")
