"""What several tables write the same way."""

from typing import Any

import sqlalchemy as sa


def one_of(column: str, values: type[Any]) -> sa.CheckConstraint:
    """The column holds one of these values."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({allowed})", name=f"known_{column}")
