"""What is true now of one customer: their rows, the latest of each kind, and the incidents that touch them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from notifier.answers.theirs import OWNED, Theirs
from notifier.model.digests import canonical_number
from notifier.model.instants import utc_text
from notifier.model.schema import Schema, entities
from notifier.model.types import TopicType

LATEST = 5
"""How many rows of one kind are shown."""
SHOWN: Mapping[str, tuple[str, ...]] = {
    "contract": ("plan", "status", "status_since", "started_at", "ends_at", "cancelled_at", "zone"),
    "order": (
        "status",
        "placed_at",
        "promised_at",
        "handed_over_at",
        "completed_at",
        "cancelled_at",
        "total",
        "seller",
    ),
    "appointment": ("kind", "status", "starts_at", "ends_at", "party_size", "place"),
    "charge": ("kind", "product", "amount", "bill_at", "billed", "period_start", "period_end"),
    "incident": ("kind", "status", "cause", "started_at", "expected_end_at", "ended_at"),
}
"""The columns that somebody on the phone asks for, in this order."""
_BY = {"contract": "started_at", "order": "placed_at", "appointment": "starts_at", "charge": "bill_at"}
LIVE_INCIDENTS = ("planned", "acknowledged", "in_progress")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One column of a row with its value as canonical text of a type."""

    name: str
    type: TopicType
    text: str
    currency: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One row as it is now, without what is null."""

    entity: str
    id: str
    cells: Sequence[Cell]

    @property
    def about(self) -> str:
        """`contract:K-1`"""
        return f"{self.entity}:{self.id}"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The latest rows of each kind, and how many there are."""

    rows: Sequence[Fact]
    counts: Mapping[str, int]


def facts_of(connection: sa.Connection, theirs: Theirs, schema: Schema) -> Facts:
    """The facts about one customer. Rows without an instant come last."""
    rows: list[Fact] = []
    counts: dict[str, int] = {}
    for name in OWNED:
        table = entities()[name].table
        of_them = table.c.customer_id == theirs.customer
        counts[name] = connection.execute(sa.select(sa.func.count()).select_from(table).where(of_them)).scalar_one()
        order = table.c[_BY[name]]
        latest = sa.select(table).where(of_them).order_by(order.is_(None), order.desc(), table.c.id).limit(LATEST)
        rows += [_fact(name, row, schema) for row in connection.execute(latest)]
    touching = _incidents(connection, theirs, schema)
    counts["incident"] = len(touching)
    return Facts(rows=[*rows, *touching], counts={name: count for name, count in counts.items() if count})


def _incidents(connection: sa.Connection, theirs: Theirs, schema: Schema) -> Sequence[Fact]:
    """By zone, or by site where the incident names no zone, as everywhere. Only the latest that go on."""
    incident, contract = entities()["incident"].table, entities()["contract"].table
    of_them = contract.c.customer_id == theirs.customer
    zones = sa.select(contract.c.zone).where(of_them, contract.c.zone.is_not(None))
    sites = sa.select(contract.c.site_id).where(of_them, contract.c.site_id.is_not(None))
    touches = sa.or_(incident.c.zone.in_(zones), sa.and_(incident.c.zone.is_(None), incident.c.site_id.in_(sites)))
    statement = sa.select(incident).where(touches, incident.c.status.in_(LIVE_INCIDENTS))
    latest = statement.order_by(incident.c.started_at.desc(), incident.c.id).limit(LATEST)
    return [_fact("incident", row, schema) for row in connection.execute(latest)]


def _fact(entity: str, row: sa.Row[Any], schema: Schema) -> Fact:
    values = row._mapping
    cells = [cell for name in SHOWN[entity] if (cell := _cell(name, values[name], values.get("currency"))) is not None]
    given = values["attributes"] or {}
    declared = schema.attributes.get(entity, {})
    cells += [cell for name in declared if (cell := _cell(name, given.get(name), None)) is not None]
    return Fact(entity=entity, id=values["id"], cells=cells)


def _cell(name: str, value: Any, currency: str | None) -> Cell | None:
    match value:
        case None:
            return None
        case bool():
            return Cell(name=name, type=TopicType.BOOL, text="true" if value else "false")
        case datetime():
            return Cell(name=name, type=TopicType.TIMESTAMP, text=utc_text(value))
        case Decimal():
            return Cell(name=name, type=TopicType.MONEY, text=canonical_number(value), currency=currency)
        case int() | float():
            return Cell(name=name, type=TopicType.NUMBER, text=str(value))
    return Cell(name=name, type=TopicType.TEXT, text=str(value))
