"""What figures are counted by: month, topic, source, seller, campaign, channel, site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifier.model.schema import Schema

PROMISE_DIMENSIONS = ("month", "topic", "source", "seller", "campaign", "channel", "site")
SERVICE_DIMENSIONS = ("month", "rule", "class", "touchpoint", "owner", "campaign", "seller", "site")
NONE = ""
"""The value of rows that have none."""
_MONTHS = 1_200


@dataclass(frozen=True, kw_only=True)
class Period:
    """Which rows count: those whose instant lies in [since, until); months are those of a zone (IANA)."""

    since: datetime | None
    until: datetime | None
    timezone: str

    def covers(self, instant: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
        """The conditions on the instant of a row."""
        conditions = []
        if self.since is not None:
            conditions.append(instant >= self.since)
        if self.until is not None:
            conditions.append(instant < self.until)
        return conditions

    def month(self, instant: sa.ColumnElement[Any], bounds: tuple[datetime, datetime] | None) -> sa.ColumnElement[Any]:
        """`2026-03` of the instant in the zone; `bounds` are the first and the last instant that there are.

        Months are told apart by their first instants, which are computed here: no database is asked for its zone data.
        """
        if bounds is None:
            return sa.literal(NONE, sa.String)
        zone = ZoneInfo(self.timezone)
        first = bounds[0].astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        whens: list[tuple[Any, Any]] = []
        while first <= bounds[1] and len(whens) < _MONTHS:
            following = (first + timedelta(days=32)).replace(day=1)
            whens.append((instant < following, f"{first:%Y-%m}"))
            first = following
        return sa.case(*whens, else_=NONE)


@dataclass(frozen=True, kw_only=True)
class Joined:
    """A table with what was joined to it, and the columns that rows are grouped by, by name."""

    table: sa.FromClause
    columns: dict[str, sa.ColumnElement[Any]]


def of_promises(
    promised: sa.FromClause, by: Sequence[str], schema: Schema, period: Period, bounds: tuple[datetime, datetime] | None
) -> Joined:
    """The wanted dimensions of promises (or of contradictions with the columns of their promises)."""
    tables = {name: schema.entities[name].table for name in ("order", "contract", "appointment", "customer")}
    wanted = set(by)
    table: sa.FromClause = promised
    if wanted & {"seller", "campaign", "site"}:
        for name in ("order", "contract", "appointment"):
            row = tables[name]
            of_row = sa.and_(promised.c.subject_type == name, row.c.id == promised.c.subject_id)
            table = table.outerjoin(row, of_row)
    if "site" in wanted:
        table = table.outerjoin(tables["customer"], tables["customer"].c.id == promised.c.customer_id)
    order, contract, appointment = (tables[name] for name in ("order", "contract", "appointment"))
    site_itself = sa.case((promised.c.subject_type == "site", promised.c.subject_id))
    sites = [site_itself, order.c.site_id, contract.c.site_id, appointment.c.site_id, tables["customer"].c.site_id]
    campaigns = [row.c.campaign for row in (contract, order) if "campaign" in row.c]
    known: dict[str, sa.ColumnElement[Any]] = {
        "topic": promised.c.topic,
        "source": promised.c.source,
        "seller": sa.func.coalesce(promised.c.made_by, order.c.seller),
        "campaign": sa.func.coalesce(*campaigns, sa.null(), sa.null()),
        "channel": promised.c.channel,
        "site": sa.func.coalesce(*sites),
    }
    columns = {name: period.month(promised.c.made_at, bounds) if name == "month" else _text(known[name]) for name in by}
    return Joined(table=table, columns=columns)


def _text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(column, sa.literal(NONE, sa.String), type_=sa.String())


def labelled(joined: Joined) -> list[sa.ColumnElement[Any]]:
    """The columns to select, named `by_0`, `by_1`, …: a dimension may be called like a column."""
    return [column.label(f"by_{index}") for index, column in enumerate(joined.columns.values())]
