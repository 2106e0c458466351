"""What several tables write the same way."""

from typing import Any

import sqlalchemy as sa

from notifier.model.columns import ONLY_WHERE


def one_of(column: str, values: type[Any]) -> sa.CheckConstraint:
    """The column holds one of these values."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({allowed})", name=f"known_{column}")


@sa.event.listens_for(sa.Table, "before_create")
def _tell_dialect(table: sa.Table, connection: sa.Connection, **_: object) -> None:
    """What `only_where` said of an index, in the words of the database in which its table is made."""
    for index in table.indexes:
        if ONLY_WHERE in index.info:
            index.dialect_options[connection.dialect.name]["where"] = sa.text(index.info[ONLY_WHERE])
