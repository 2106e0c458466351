"""${message}"""

import sqlalchemy as sa
from alembic import op

import notifier.model.columns

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; there is no way back: restore a backup instead."""
    ${upgrades if upgrades else "pass"}
