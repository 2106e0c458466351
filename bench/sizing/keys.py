"""Which keys would hold if the tables were spread by customer over several databases, or cut by time.

Citus and partitioning ask the same of a table: each of its unique keys, the primary one included, has to contain the
column by which it is spread or cut, and a foreign key has to stay within one part.
"""

from collections.abc import Iterator

import sqlalchemy as sa
import sqlmodel

import notifier.model.learning
import notifier.model.state
import notifier.store.tables  # noqa: F401 - imported so that the metadata has every table

CUSTOMER = ("customer_id", "recipient_id")
OF_EVERYBODY = frozenset({"incident", "site", "site_calendar", "site_day"})
"""Rows of the state that many customers share: a copy on each database."""
BY_ROW = frozenset({"change", "contact_reason", "figures", "former_value", "kept_change"})
"""Rows that name a row of any table by its id, and no customer."""
BY_ADDRESS = frozenset({"consent_entry", "suppressed_address", "told_through"})
"""Rows that speak of an address, which customers may share."""
TIMES = ("decided_at", "created_at", "made_at", "opened_at", "at")


def keys_table() -> str:
    """A row for each table."""
    lines = [
        "| table | belongs to | keys with the customer | keys without | foreign keys | cut by |",
        "|---|---|---|---|---|---|",
    ]
    for table in sorted(sqlmodel.SQLModel.metadata.tables.values(), key=lambda each: each.name):
        customer = customer_column(table)
        keys = list(unique_keys(table))
        within = [key for key in keys if customer in key]
        cells = [
            f"`{table.name}`",
            belongs_to(table),
            _listed(within),
            _listed([key for key in keys if key not in within]),
            ", ".join(f"`{key.parent.name}`" for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)),
            next((f"`{name}`" for name in TIMES if name in table.columns), ""),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def unique_keys(table: sa.Table) -> Iterator[tuple[str, ...]]:
    """The columns of the primary key, then those of each other unique key."""
    yield tuple(column.name for column in table.primary_key.columns)
    constraints = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    others = [each.columns for each in constraints] + [each.columns for each in table.indexes if each.unique]
    yield from sorted(tuple(column.name for column in columns) for columns in others)


def customer_column(table: sa.Table) -> str | None:
    """The column that says whose row it is."""
    if table.name == "customer":
        return "id"
    return next((name for name in CUSTOMER if name in table.columns), None)


def belongs_to(table: sa.Table) -> str:
    """A customer, by a column or through another row; a row of any table; an address; everybody; the installation."""
    if table.name in OF_EVERYBODY:
        return "everybody: a copy each"
    if table.name in BY_ADDRESS:
        return "an address"
    if table.name in BY_ROW:
        return "a row, by its id"
    if customer_column(table) is not None:
        return "a customer"
    owners = {key.column.table.name for key in table.foreign_keys if belongs_to(key.column.table) != "the installation"}
    return f"a customer, through `{min(owners)}`" if owners else "the installation"


def _listed(keys: list[tuple[str, ...]]) -> str:
    return "; ".join(", ".join(f"`{name}`" for name in key) for key in keys)
