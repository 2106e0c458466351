"""Mails that moulds wrote are stored as what fills their form, which is a pattern of a new kind.

No table changes, and rows from before are read as they were. A program that does not know forms must not lease such a
mail, so it refuses the database.
"""

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is to be moved."""
