"""What several tables write the same way."""

from typing import Any

import sqlalchemy as sa


def one_of(column: str, values: type[Any]) -> sa.CheckConstraint:
    """The column holds one of these values."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({allowed})", name=f"known_{column}")


ONLY_WHERE = "only where"


def only_where(condition: str) -> dict[str, str]:
    """As `info` of an index: it holds only the rows for which this SQL is true.

    It is said to the dialect when the table is made. Said to the index, SQLAlchemy would import the dialects of both
    databases, a twentieth of a start.
    """
    return {ONLY_WHERE: condition}


@sa.event.listens_for(sa.Table, "before_create")
def _tell_dialect(table: sa.Table, connection: sa.Connection, **_: object) -> None:
    for index in table.indexes:
        if ONLY_WHERE in index.info:
            index.dialect_options[connection.dialect.name]["where"] = sa.text(index.info[ONLY_WHERE])
