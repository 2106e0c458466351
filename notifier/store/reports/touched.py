"""Whom a foreseen day touches: rows of the state, found by the conditions of a drill."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.emitter import Emitter
from notifier.model.schema import Schema
from notifier.rules.drill_files import Touched


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchedRow:
    """One row that the day touches."""

    subject: str
    """`appointment:R-1`"""
    customer: str | None
    at: datetime | None
    people: int | None
    groups: Mapping[str, int] = field(default_factory=dict)
    """How many of them are of a group, by its name; nobody where nobody knows."""


def touched_rows(
    connection: sa.Connection, schema: Schema, touched: Touched, site: str | None, now: datetime
) -> list[TouchedRow]:
    """The rows for which the conditions are true at `now` (aware UTC), of that site where one is given."""
    name = touched.entity
    emitter = Emitter(schema, {name: name})
    row = emitter.root(name)
    chosen = [emitter.holds(condition) for condition in touched.when]
    if site is not None and name == "site":
        chosen.append(row.c.id == site)
    elif site is not None and "site_id" in row.c:
        chosen.append(row.c.site_id == site)
    nothing: sa.ColumnElement[Any] = sa.null()
    customer = row.c.id if name == "customer" else row.c.customer_id if "customer_id" in row.c else nothing
    at = nothing if touched.at is None else emitter.value(touched.at)
    people = nothing if touched.people is None else emitter.value(touched.people)
    numbered = list(enumerate(touched.groups.items()))
    groups = [emitter.value(number).label(f"group_{index}") for index, (_, number) in numbered]
    columns = (row.c.id, customer.label("customer"), at.label("touched_at"), people.label("people"), *groups)
    statement = sa.select(*columns).select_from(emitter.from_clause()).where(*chosen).order_by(row.c.id)
    return [
        TouchedRow(
            subject=f"{name}:{found.id}",
            customer=found.customer,
            at=found.touched_at,
            people=found.people,
            groups={group: getattr(found, f"group_{index}") or 0 for index, (group, _) in numbered},
        )
        for found in connection.execute(statement, {"now": now})
    ]
