"""How many people got in touch, as a pass asks for it: a few days by an index, never all contacts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.reasons import UNCLEAR
from notifier.model.schema import entities
from notifier.model.unusual_days import KnownIncident
from notifier.store.contacts import CONTACT
from notifier.store.reader.snapshot import SINCE, Snapshot
from notifier.store.reasons import reason_now
from notifier.store.sql import bucket

_UNTIL = sa.bindparam("until", type_=CONTACT.c.at.type)
_OVER = ("resolved", "closed")
_STAYS = timedelta(minutes=15)
"""How long what was counted of days that are over is not counted again. It is the contacts of sixteen weeks, which each
tick counted anew, also where nothing had changed; and whoever is to hear of a day hears of it within the hour."""

_Counts = Sequence[Mapping[str, int]]
_COUNTED_LATELY: WeakKeyDictionary[sa.Pool, dict[tuple[datetime, ...], tuple[datetime, _Counts]]] = WeakKeyDictionary()
"""By database and edges: when it was, and what was counted. An engine that goes on with another database (a fresh one
for each scenario) has been disposed of before, and has another pool."""


def _heard() -> sa.Subquery:
    """Contacts of customers, and feedback, with `at` in [since, until): entity, id, at and reason."""
    feedback = entities()["feedback"].table
    parts = []
    for name, table in (("contact", CONTACT), ("feedback", feedback)):
        now = reason_now(name)
        reason = sa.func.coalesce(now.c.reason, sa.literal(UNCLEAR, sa.String), type_=sa.String())
        columns = (sa.literal(name, sa.String).label("entity"), table.c.id, table.c.at, reason.label("reason"))
        rows = sa.select(*columns).outerjoin_from(table, now, now.c.row_id == table.c.id)
        chosen = rows.where(table.c.at >= SINCE, table.c.at < _UNTIL)
        parts.append(chosen.where(CONTACT.c.direction == "inbound") if table is CONTACT else chosen)
    return sa.union_all(*parts).subquery()


_HEARD = _heard()
_SAMPLED = (
    sa.select(_HEARD.c.entity, _HEARD.c.id)
    .order_by(_HEARD.c.at.desc(), _HEARD.c.entity, _HEARD.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer()))
)


@lru_cache(maxsize=8)
def _by_span(edges: int) -> sa.Select[Any]:
    """Contacts by the span between so many edges and by reason: written once, for to write it took most of the time."""
    bounds = [sa.bindparam(_edge(index), type_=UtcTime()) for index in range(edges)]
    rows = sa.select(bucket(_HEARD.c.at, bounds).label("span"), _HEARD.c.reason).subquery("spans")
    return sa.select(rows.c.span, rows.c.reason, sa.func.count()).group_by(rows.c.span, rows.c.reason)


def _edge(index: int) -> str:
    return f"edge_{index}"


class ListeningReader(Snapshot):
    """Questions about contacts."""

    def contacts_by_span(self, edges: Sequence[datetime]) -> _Counts:
        """Contacts of customers, and feedback, by reason, for each span between two neighbours of these edges.

        A span begins at its first edge and ends before the other; what has no reason is `unclear`.
        """
        bounds = {_edge(index): edge for index, edge in enumerate(edges)} | {"since": edges[0], "until": edges[-1]}
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for span, reason, count in self.connection.execute(_by_span(len(edges)), bounds):
            found[span][reason] = count
        return [found[span] for span in range(len(edges) - 1)]

    def contacts_of_days(self, edges: Sequence[datetime], now: datetime) -> Sequence[Mapping[str, int]]:
        """The same, as it was a quarter of an hour ago at most."""
        lately = _COUNTED_LATELY.setdefault(self.connection.engine.pool, {})
        for known, (at, _) in [*lately.items()]:
            if not at <= now < at + _STAYS:
                del lately[known]
        key = tuple(edges)
        if key not in lately:
            lately[key] = (now, self.contacts_by_span(edges))
        return lately[key][1]

    def contacts_sampled(self, reason: str | None, since: datetime, until: datetime, limit: int) -> Sequence[str]:
        """Some of them, the latest first, as `contact:K-1`; None: of all reasons."""
        statement = _SAMPLED if reason is None else _SAMPLED.where(_HEARD.c.reason == reason)
        rows = self.connection.execute(statement, {"since": since, "until": until, "most": limit})
        return [f"{entity}:{name}" for entity, name in rows]

    def incidents_known(self, since: datetime, until: datetime) -> Sequence[KnownIncident]:
        """The incidents that went on at any time of [since, until), those that were called off left out."""
        incident = entities()["incident"].table
        over = sa.func.coalesce(incident.c.ended_at, incident.c.status_since, incident.c.started_at)
        ended: sa.ColumnElement[Any] = sa.case((incident.c.status.in_(_OVER), over), else_=incident.c.ended_at)
        statement = (
            sa.select(incident.c.id, incident.c.kind, incident.c.started_at, sa.type_coerce(ended, CONTACT.c.at.type))
            .where(incident.c.status != "cancelled", incident.c.started_at < until)
            .where(sa.or_(ended.is_(None), ended >= since))
            .order_by(incident.c.started_at, incident.c.id)
        )
        return [
            KnownIncident(id=name, kind=kind, started_at=started, ended_at=ended_at)
            for name, kind, started, ended_at in self.connection.execute(statement)
        ]
