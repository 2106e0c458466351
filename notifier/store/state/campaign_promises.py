"""What campaigns promise becomes promises: for each contract and order with a code, those of `rules/campaigns.yaml`.

They depend on rows and files alone, so what changed is derived again, and everything once after an edit of the file. A
derived promise whose code or campaign is gone is superseded; where it comes back, so does the promise. What a person
decided about a derived promise (withdrawn, kept, broken) stays.
"""

import calendar
import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifier.model.values import StoredValue
from notifier.rules.checked import CalendarSpan, Campaign, CampaignPromise
from notifier.store.sql import upsert
from notifier.store.state.changes import write_rows
from notifier.store.state.merging import WriteCounts
from notifier.store.tables import CHANGE, CONTRACT, CUSTOMER, DERIVATION, ORDER, PROMISE, SITE

SOURCE = "campaign"
NAME = "campaigns"
CHUNK = 2_000
"""Rows derived together, which bounds memory."""
OVER = "superseded"
"""The state that a derivation gives to what is no longer promised; `withdrawn` is a person's word."""
_DIGEST = sa.select(DERIVATION.c.digest).where(DERIVATION.c.name == NAME)
_SUBJECTS = (("contract", CONTRACT, CONTRACT.c.started_at), ("order", ORDER, ORDER.c.placed_at))
_BESIDE = ("customer", "site")
"""Whose zone decides where the calendar days of a promise end."""
DERIVED_FROM = (*(entity for entity, _, _ in _SUBJECTS), *_BESIDE)
"""The entities of which a change may lead to another promise."""
_COMPARED = (
    *StoredValue.__annotations__,
    *("customer_id", "currency", "tax_included"),
    *("made_at", "made_by", "evidence", "valid_from", "valid_until"),
)


@dataclass(frozen=True, kw_only=True)
class Sold:
    """A contract or order with a code."""

    id: str
    campaign: str
    customer_id: str
    begins: datetime | None
    zone: str | None


def refresh_campaign_promises(
    connection: sa.Connection,
    campaigns: Mapping[str, Campaign],
    now: datetime,
    *,
    default_zone: str | None = None,
    full: bool = False,
) -> WriteCounts:
    """Bring derived promises up to date at `now`, in the caller's transaction: of changed rows, or of all.

    `default_zone` is whose calendar counts where neither site nor customer has a zone; UTC without it. It must run
    before the changes are deleted that say what to derive anew. An unchanged promise leaves no change record.
    """
    counts = WriteCounts()
    digest = _digest(campaigns, default_zone)
    whole = full or digest != _known_digest(connection)
    for rows in _pending(connection, campaigns, now, default_zone, whole=whole):
        counts += write_rows(connection, "promise", rows, now)
    if digest != _known_digest(connection):
        names = {"name": NAME, "digest": digest}
        connection.execute(upsert(DERIVATION, connection, names=names), names)
    return counts


def campaign_promises_are_current(
    connection: sa.Connection,
    campaigns: Mapping[str, Campaign],
    now: datetime,
    *,
    default_zone: str | None = None,
    changed: Set[str] | None = None,
) -> bool:
    """Whether `refresh_campaign_promises` would have nothing to do.

    `changed`: the entities of which rows changed, at least those of `DERIVED_FROM`; None: nobody knows.
    """
    known = _known_digest(connection)
    if known is None and not campaigns:
        return True
    if known != _digest(campaigns, default_zone):
        return False
    return next(_pending(connection, campaigns, now, default_zone, whole=False, changed=changed), None) is None


def promise_id(campaign: str, entity: str, row_id: str, topic: str) -> str:
    """The id of a derived promise."""
    return f"campaign:{campaign}:{entity}:{row_id}:{topic}"


def valid_until(begins: datetime, span: CalendarSpan, zone: ZoneInfo) -> datetime:
    """The end of a validity: the same wall clock so many calendar units later, or on the last day of that month."""
    local = begins.astimezone(zone).replace(tzinfo=None)
    if span.unit in ("day", "week"):
        end = local + timedelta(days=span.number * (7 if span.unit == "week" else 1))
    else:
        months = span.number * (12 if span.unit == "year" else 1)
        year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        end = local.replace(year=year, month=month + 1, day=min(local.day, last))
    return end.replace(tzinfo=zone).astimezone(UTC)


def _pending(
    connection: sa.Connection,
    campaigns: Mapping[str, Campaign],
    now: datetime,
    default_zone: str | None,
    *,
    whole: bool,
    changed: Set[str] | None = None,
) -> Iterator[list[dict[str, Any]]]:
    """The rows of promises that must be written, some at a time."""
    if not campaigns and (not whole or _known_digest(connection) is None):
        return  # where there were some before, they were all ended when the last was taken out
    zone = ZoneInfo(default_zone or "UTC")
    for entity, table, begins in _SUBJECTS:
        if changed is not None and not changed & {entity, *_BESIDE}:
            continue
        for ids in _subjects(connection, entity, table, whole=whole):
            known = _known(connection, entity, ids)
            wanted: dict[str, dict[str, Any]] = {}
            for sold in _sold(connection, table, begins, ids):
                campaign = campaigns.get(sold.campaign)
                for promise in () if campaign is None else campaign.promises:
                    row = _row(entity, sold, promise, known, now, zone)
                    wanted[row["id"]] = row
            rows = [row for row in wanted.values() if _differs(row, known.get(row["id"]))]
            gone = [each for name, each in known.items() if name not in wanted and each["state"] == "open"]
            rows += [{"id": each["id"], "state": OVER} for each in gone]
            if rows:
                yield rows


def _row(
    entity: str,
    sold: Sold,
    promise: CampaignPromise,
    known: Mapping[str, Mapping[str, Any]],
    now: datetime,
    default_zone: ZoneInfo,
) -> dict[str, Any]:
    """The derived promise as it should be. It was made when it was first derived, or when its row began, if that was
    earlier."""
    name = promise_id(sold.campaign, entity, sold.id, promise.topic)
    before = known.get(name)
    first_seen = now if before is None else before["made_at"]
    until = None
    if promise.valid is not None and sold.begins is not None:
        until = valid_until(sold.begins, promise.valid, default_zone if sold.zone is None else ZoneInfo(sold.zone))
    return {
        "id": name,
        "customer_id": sold.customer_id,
        "subject_type": entity,
        "subject_id": sold.id,
        "topic": promise.topic,
        **promise.value,
        "currency": promise.currency,
        "tax_included": promise.tax_included,
        "made_at": first_seen if sold.begins is None else min(first_seen, sold.begins),
        "made_by": f"campaign {sold.campaign}",
        "source": SOURCE,
        "evidence": f"{promise.place.file}:{promise.place.line}",
        "valid_from": sold.begins,
        "valid_until": until,
        "state": "open" if before is None or before["state"] == OVER else before["state"],
    }


def _differs(row: Mapping[str, Any], known: Mapping[str, Any] | None) -> bool:
    if known is None or row["state"] != known["state"]:
        return True
    return row["state"] == "open" and any(row[name] != known[name] for name in _COMPARED)


def _subjects(connection: sa.Connection, entity: str, table: sa.Table, *, whole: bool) -> Iterator[Sequence[str]]:
    """The ids of the rows to derive for, in order: all with a code or a derived promise, or those that changed."""
    statement = _all_ids(entity, table) if whole else _changed_ids(entity, table)
    last = ""
    while True:
        chunk = list(connection.scalars(statement, {"last": last}))
        if not chunk:
            return
        yield chunk
        if len(chunk) < CHUNK:
            return
        last = chunk[-1]


@cache
def _all_ids(entity: str, table: sa.Table) -> sa.Select[Any]:
    with_code = sa.select(table.c.id.label("id")).where(table.c.campaign.is_not(None))
    return _page(with_code, _derived(entity))


@cache
def _changed_ids(entity: str, table: sa.Table) -> sa.Select[Any]:
    """Most rows have neither a code nor a promise that was derived of one, and most ticks change no other rows."""
    with_code = sa.select(table.c.id.label("id")).where(table.c.campaign.is_not(None))
    changed = sa.select(CHANGE.c.row_id).where(CHANGE.c.entity == entity)
    around = [
        with_code.join(CHANGE, sa.and_(CHANGE.c.entity == other, CHANGE.c.row_id == column))
        for other, column in zip(_BESIDE, (table.c.customer_id, table.c.site_id), strict=True)
    ]
    have_code = with_code.where(table.c.id.in_(changed))
    had_code = _derived(entity).where(PROMISE.c.subject_id.in_(changed))
    return _page(have_code, had_code, *around)


def _derived(entity: str) -> sa.Select[Any]:
    return sa.select(PROMISE.c.subject_id.label("id")).where(
        PROMISE.c.source == SOURCE, PROMISE.c.subject_type == entity
    )


def _page(*found: sa.Select[Any]) -> sa.Select[Any]:
    """The ids behind the last one of the page before."""
    ids = sa.union(*found).subquery()
    return sa.select(ids.c.id).where(ids.c.id > sa.bindparam("last", type_=sa.String())).order_by(ids.c.id).limit(CHUNK)


def _sold(connection: sa.Connection, table: sa.Table, begins: sa.Column[Any], ids: Sequence[str]) -> Iterator[Sold]:
    zone = sa.func.coalesce(SITE.c.timezone, CUSTOMER.c.timezone)
    chosen = sa.select(table.c.id, table.c.campaign, table.c.customer_id, begins.label("begins"), zone.label("zone"))
    joined = chosen.outerjoin(SITE, SITE.c.id == table.c.site_id).outerjoin(
        CUSTOMER, CUSTOMER.c.id == table.c.customer_id
    )
    for row in connection.execute(joined.where(table.c.id.in_(ids), table.c.campaign.is_not(None))):
        yield Sold(**row._mapping)


def _known(connection: sa.Connection, entity: str, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    columns = [PROMISE.c[name] for name in ("id", "state", *_COMPARED)]
    chosen = sa.select(*columns).where(
        PROMISE.c.subject_type == entity, PROMISE.c.subject_id.in_(ids), PROMISE.c.source == SOURCE
    )
    return {row.id: dict(row._mapping) for row in connection.execute(chosen)}


def _known_digest(connection: sa.Connection) -> str | None:
    return connection.scalar(_DIGEST)


def _digest(campaigns: Mapping[str, Campaign], default_zone: str | None) -> str:
    text = repr((default_zone, sorted((code, campaign.promises) for code, campaign in campaigns.items())))
    return hashlib.sha256(text.encode()).hexdigest()
