"""Tables as classes: a line for each column, with its type and what it means.

A class becomes an `sa.Table` and nothing else. Rows are read and written by statements, never as instances, so there is
no mapper and no validator to build: with SQLModel they took a seventh of the time in which a command starts.
"""

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Union, get_args, get_origin

import sqlalchemy as sa

METADATA = sa.MetaData()
"""All tables of the program."""
_TYPES: dict[object, type[sa.types.TypeEngine[Any]]] = {
    str: sa.String,
    int: sa.Integer,
    bool: sa.Boolean,
    bytes: sa.LargeBinary,
}
"""What becomes of a type without an `sa_type`."""
_OWN = (datetime, Decimal, dict, list)
"""Types of which each database has another idea: each column says its own."""
_UNSAID: Any = object()
ONLY_WHERE = "only where"


@dataclass(frozen=True, kw_only=True)
class Column:
    """What a class says of one column."""

    default: Any = _UNSAID
    sa_type: Any = None
    nullable: bool | None = None
    foreign_key: str | None = None
    sa_column: "sa.Column[Any] | None" = None
    how: dict[str, Any] = field(default_factory=dict)
    """What SQLAlchemy's column takes besides."""


def Field(  # noqa: N802 - it stands where a value does, and is written as in other libraries of models
    *,
    default: Any = _UNSAID,
    default_factory: Callable[[], Any] | None = None,
    primary_key: bool = False,
    index: bool = False,
    unique: bool = False,
    foreign_key: str | None = None,
    nullable: bool | None = None,
    sa_type: Any = None,
    sa_column: "sa.Column[Any] | None" = None,
    sa_column_kwargs: dict[str, Any] | None = None,
) -> Any:
    """A column that says more than its type. An `X | None` may be null."""
    return Column(
        default=default if default_factory is None else default_factory,
        sa_type=sa_type,
        nullable=nullable,
        foreign_key=foreign_key,
        sa_column=sa_column,
        how={"primary_key": primary_key, "index": index, "unique": unique, **(sa_column_kwargs or {})},
    )


class Table:
    """A class with `table=True` is a table, with the columns of its bases before its own."""

    __tablename__: ClassVar[str]
    __table_args__: ClassVar[Any] = ()
    table: ClassVar[sa.Table]

    def __init_subclass__(cls, *, table: bool = False) -> None:
        if table:
            cls.table = sa.Table(cls.__tablename__, METADATA, *_columns(cls), *cls.__table_args__)
            sa.event.listen(cls.table, "before_create", _tell_dialect)


def _columns(of: type[Table]) -> "Iterator[sa.Column[Any]]":
    for each in reversed(of.__mro__):
        if each is Table or not issubclass(each, Table):
            continue
        for name, annotation in each.__annotations__.items():
            of_class: object = get_origin(annotation)
            if of_class is not ClassVar:
                said = vars(each).get(name, _UNSAID)
                yield _column(name, annotation, said if isinstance(said, Column) else Column(default=said))


def _column(name: str, annotation: object, said: Column) -> "sa.Column[Any]":
    if said.sa_column is not None:
        said.sa_column.key = said.sa_column.name = said.sa_column.name or name
        return said.sa_column
    kinds = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    nullable = type(None) in kinds and not said.how.get("primary_key")
    [kind] = [each for each in kinds if each is not type(None)]
    kind = get_origin(kind) or kind
    assert said.sa_type is not None or kind not in _OWN, f"{name} says no sa_type"
    keys = [] if said.foreign_key is None else [sa.ForeignKey(said.foreign_key)]
    how = said.how if said.default is _UNSAID else {"default": said.default, **said.how}
    return sa.Column(
        name,
        said.sa_type or _TYPES[kind],
        *keys,
        nullable=nullable if said.nullable is None else said.nullable,
        **how,
    )


def only_where(condition: str) -> dict[str, Any]:
    """As `info` of an index: it holds only the rows for which this SQL is true.

    It is said to the databases' dialects when the table is made. Said to the index, SQLAlchemy would import both of
    them, a twentieth of a start.
    """
    return {ONLY_WHERE: condition}


def _tell_dialect(table: sa.Table, connection: sa.Connection, **_: object) -> None:
    for index in table.indexes:
        if ONLY_WHERE in index.info:
            index.dialect_options[connection.dialect.name]["where"] = sa.text(index.info[ONLY_WHERE])
