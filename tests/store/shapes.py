"""The shape of a database: what it says itself of its tables."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

CASTS = re.compile(r"::(text|character varying)(\[\])?|[() ]")
"""PostgreSQL casts the values of a check, and casts a restored check's otherwise: what is compared goes without."""


def schema_of(engine: sa.Engine) -> dict[str, Any]:
    """What the database itself says of its tables, columns, keys, constraints and indexes, whatever their order."""
    inspector = sa.inspect(engine)
    return {
        table: {
            "columns": {column["name"]: str(column) for column in inspector.get_columns(table)},
            "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": sorted(str(key) for key in inspector.get_foreign_keys(table)),
            "unique": sorted(str(key) for key in inspector.get_unique_constraints(table)),
            "checks": sorted(CASTS.sub("", str(check)) for check in inspector.get_check_constraints(table)),
            "indexes": sorted(_index(index) for index in inspector.get_indexes(table)),
        }
        for table in inspector.get_table_names()
    }


def _index(index: Mapping[str, Any]) -> str:
    """With the conditions of a partial index as texts."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str({**index, "dialect_options": options})
