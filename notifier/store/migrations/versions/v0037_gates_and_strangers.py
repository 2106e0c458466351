"""Notices say which gate gave their verdict, and replies what was written where no customer has the address."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty: of what was decided or written before, nobody knows it.

    `row_locale` of what is recorded in shadow was forgotten in 0036: only databases made since then have it.
    """
    op.add_column("notice", sa.Column("gate", sa.String(), nullable=True))
    op.add_column("shadow_notice", sa.Column("gate", sa.String(), nullable=True))
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("shadow_notice")}
    if "row_locale" not in there:
        op.add_column("shadow_notice", sa.Column("row_locale", sa.String(), nullable=True))
    op.add_column("reply", sa.Column("text", sa.String(), nullable=True))
