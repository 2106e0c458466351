"""What a condition, a claim or an import may name: every entity with its fields, their types, and its relations.

Derived from the tables of `state.py`, so rules can use a column as soon as it is added there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from sqlmodel import SQLModel

from notifier.model import state
from notifier.model.columns import Amount, LocalDate, UtcTime
from notifier.model.types import ValueType
from notifier.model.vocabulary import VALUES


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column of an entity."""

    name: str
    type: ValueType
    nullable: bool
    values: tuple[str, ...] = ()
    """The allowed texts; empty when any text is."""
    currency: str | None = None
    """For money: the column of the same row that holds the ISO 4217 code."""
    imported: bool = True
    """False for a column that no file may have: it is computed, or `decided`."""
    decided: bool = False
    """Whether what a person decides writes it; the scenario of a rule says it as if somebody had."""


class Side(StrEnum):
    """One of the two rows that a relation joins."""

    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True, kw_only=True)
class Relation:
    """How rows of `source` are related to rows of `target`.

    Rows are related if a pair of `keys` (source column, target column) is equal. With `decided_by`, the first pair
    decides wherever the row of that side has a value in it, and the others count only where it has none. A
    discriminated relation also requires a column to have a value: `source_where` on the source row (promise.contract),
    `target_where` on the target (contract.promises).
    """

    name: str
    source: str
    target: str
    many: bool
    keys: tuple[tuple[str, str], ...]
    decided_by: Side | None = None
    source_where: tuple[str, str] | None = None
    target_where: tuple[str, str] | None = None

    @property
    def finds_by_id(self) -> bool:
        """Whether one column of the source names the one row of the target."""
        return not self.many and self.source_where is None and [to for _, to in self.keys] == ["id"]

    @property
    def belongs_by_id(self) -> bool:
        """Whether rows of the target name the row of the source."""
        return self.source_where is None and [source for source, _ in self.keys] == ["id"]

    @property
    def joins(self) -> str:
        """How its rows are found, in words: `by zone, or by site_id where the incident names no zone`."""
        (ours, theirs), *others = self.keys
        if self.decided_by is None:
            return f"by their {theirs}" if self.many else f"by its {ours}"
        decisive = self.source if self.decided_by is Side.SOURCE else self.target
        otherwise = " or ".join(column for _, column in others)
        return f"by {theirs}, or by {otherwise} where the {decisive} names no {theirs}"


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One kind of business row."""

    name: str
    table: sa.Table
    fields: Mapping[str, Field]
    relations: Mapping[str, Relation]
    key_columns: tuple[str, ...]
    """The columns that refer to other rows: every change records their old and new values."""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """All entities, by name, and the business's own fields (`rules/attributes.yaml`): entity -> attribute -> type."""

    entities: Mapping[str, Entity]
    attributes: Mapping[str, Mapping[str, ValueType]] = field(default_factory=dict)
    attribute_currencies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of attributes that are money: the ISO 4217 code; empty where the currency is that of the row."""


COMPUTED = {"status_since", "written_at", "value_number", "value_at", "value_until"}
HISTORY = ("attributes", "written_at", "born_at", "set_at", "source_id", "source_line")
"""Columns that are no fields of the row: its own fields as a document, and when it was written."""
CURRENCY_COLUMN = "currency"

TO_ONE: Mapping[str, tuple[str, ...]] = {
    "customer": ("site",),
    "representative": ("customer",),
    "site_day": ("site",),
    "contract": ("customer", "site"),
    "order": ("customer", "contract", "site"),
    "appointment": ("customer", "contract", "order", "site"),
    "charge": ("customer", "contract", "order"),
    "incident": ("site",),
    "promise": ("customer",),
    "contact": ("customer",),
    "feedback": ("customer", "order", "site"),
    "consent": ("customer",),
    "admission": ("customer", "contract", "order"),
}
REPRESENTATIVES = "representatives"
"""The relation from a customer to the few who hear what concerns them."""
PLURALS: Mapping[str, str] = {
    "customer": "customers",
    "representative": REPRESENTATIVES,
    "site_day": "days",
    "contract": "contracts",
    "order": "orders",
    "appointment": "appointments",
    "charge": "charges",
    "incident": "incidents",
    "promise": "promises",
    "contact": "contacts",
    "feedback": "feedback",
    "consent": "consents",
    "admission": "admissions",
}
DECIDED = ("admission",)
"""What nobody imports, because what a person decides writes it."""
UNIMPORTED = ("site_day", *DECIDED)
"""What nobody imports: it is computed, or written by what a person decides."""
REPLACES = "replaces"
REPLACEABLE = ("order", "appointment")
"""What another row can be in the place of, which names it in this column. A promise can be as well, but where it is
superseded, nobody is told of it as a move."""
PROMISE_SUBJECTS = ("contract", "order", "appointment", "site", "charge", "incident")
"""What a promise can be about by `subject`, besides its customer."""


def _type(column: sa.Column[object]) -> ValueType:
    kinds: tuple[tuple[type[object], ValueType], ...] = (
        (UtcTime, ValueType.TIMESTAMP),
        (LocalDate, ValueType.DATE),
        (Amount, ValueType.DECIMAL),
        (sa.Boolean, ValueType.BOOL),
        (sa.Integer, ValueType.INT),
    )
    return next((value_type for kind, value_type in kinds if isinstance(column.type, kind)), ValueType.STRING)


def _fields(name: str, table: sa.Table) -> dict[str, Field]:
    fields = {}
    for column in table.columns:
        if column.name in HISTORY:
            continue
        value_type = _type(column)
        money = value_type is ValueType.DECIMAL and CURRENCY_COLUMN in table.columns and name != "promise"
        fields[column.name] = Field(
            name=str(column.name),
            type=ValueType.MONEY if money else value_type,
            nullable=bool(column.nullable),
            values=VALUES.get(name, {}).get(column.name, ()),
            currency=CURRENCY_COLUMN if money else None,
            imported=name not in UNIMPORTED
            and column.name not in COMPUTED
            and not (name == "consent" and column.name == "id"),
            decided=name in DECIDED and column.name not in COMPUTED,
        )
    return fields


def _relations() -> dict[str, dict[str, Relation]]:
    relations: dict[str, dict[str, Relation]] = {name: {} for name in [*TO_ONE, "site"]}

    def add(relation: Relation) -> None:
        relations[relation.source][relation.name] = relation

    for source, targets in TO_ONE.items():
        for target in targets:
            add(Relation(name=target, source=source, target=target, many=False, keys=((f"{target}_id", "id"),)))
            add(Relation(name=PLURALS[source], source=target, target=source, many=True, keys=(("id", f"{target}_id"),)))
    acting = ("person_id", "id")
    add(Relation(name="person", source="representative", target="customer", many=False, keys=(acting,)))
    add(Relation(name="represents", source="customer", target="representative", many=True, keys=(acting[::-1],)))
    for subject in PROMISE_SUBJECTS:
        add(
            Relation(
                name=subject,
                source="promise",
                target=subject,
                many=False,
                keys=(("subject_id", "id"),),
                source_where=("subject_type", subject),
            )
        )
        add(
            Relation(
                name="promises",
                source=subject,
                target="promise",
                many=True,
                keys=(("id", "subject_id"),),
                target_where=("subject_type", subject),
            )
        )
    for source in (*REPLACEABLE, "promise"):
        keys = ((REPLACES, "id"),)
        add(Relation(name="predecessor", source=source, target=source, many=False, keys=keys))
        add(Relation(name="successors", source=source, target=source, many=True, keys=(("id", REPLACES),)))
    # Where an incident names a zone, the zone decides: its site is where it happened, not whom it touches.
    meeting = (("zone", "zone"), ("site_id", "site_id"))
    for name, source, target, incident in (
        ("contracts", "incident", "contract", Side.SOURCE),
        ("incidents", "contract", "incident", Side.TARGET),
    ):
        add(Relation(name=name, source=source, target=target, many=True, keys=meeting, decided_by=incident))
    return relations


def _key_columns(relations: Mapping[str, Mapping[str, Relation]], name: str) -> tuple[str, ...]:
    columns: set[str] = set()
    for relation in relations[name].values():
        columns |= {source for source, _ in relation.keys}
        columns |= {relation.source_where[0]} if relation.source_where else set()
    return tuple(sorted(columns - {"id"}))


@cache
def entities() -> Mapping[str, Entity]:
    """Every entity by name."""
    relations = _relations()
    tables = {
        str(model.__tablename__): SQLModel.metadata.tables[str(model.__tablename__)]
        for model in vars(state).values()
        if isinstance(model, type) and issubclass(model, state.Row) and model is not state.Row
    }
    return {
        name: Entity(
            name=name,
            table=table,
            fields=_fields(name, table),
            relations=relations[name],
            key_columns=_key_columns(relations, name),
        )
        for name, table in tables.items()
    }
