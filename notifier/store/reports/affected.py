"""From one incident to all contracts that it touched: what each customer heard of it, and what they got for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.notices import NoticeKind
from notifier.model.schema import entities
from notifier.model.shares import Share
from notifier.store.interventions import RefusedError
from notifier.store.tables import NOTICE, PROMISE

REMEDIES = ("refund", "discount")
"""Topics of promises by which a customer is made good."""
ADMITTED = ("made_good", "service_restored")
"""Topics of what is told first that are about an incident: one about a price makes nobody good for it."""


class WordKind(StrEnum):
    """How a customer heard of it."""

    NOTICE = "notice"
    CONTACT = "contact"
    """A call or message of ours that was answered."""


class RemedyKind(StrEnum):
    """What a customer got."""

    CREDIT = "credit"
    """A discount, or an amount below zero, on a bill since it began."""
    ADMISSION = "admission"
    """What a person decided to tell them first about the service, with its remedy."""
    PROMISE = "promise"
    """A refund or a discount that they were promised since it began."""


@dataclass(frozen=True, kw_only=True)
class AffectedRow:
    """One contract, with the first word and the first remedy since the incident began; None: there was none."""

    contract: str
    customer: str
    name: str | None
    word: WordKind | None
    word_at: datetime | None
    remedy: RemedyKind | None
    remedy_at: datetime | None

    @property
    def left_over(self) -> bool:
        """Whether the word or the remedy is missing."""
        return self.word is None or self.remedy is None


@dataclass(frozen=True, kw_only=True)
class Affected:
    """All that one incident touched until `now`."""

    incident: str
    kind: str
    status: str
    zone: str | None
    site: str | None
    started_at: datetime
    ended_at: datetime | None
    now: datetime
    customers: int
    word: Share
    """Contracts of which the customer heard of it."""
    remedy: Share
    rows: Sequence[AffectedRow]
    """Those that are left over first, by contract."""

    @property
    def left_over(self) -> Sequence[AffectedRow]:
        """The contracts without a word, or without a remedy."""
        return [row for row in self.rows if row.left_over]


def affected(connection: sa.Connection, incident: str, now: datetime, *, live: bool) -> Affected:
    """Whom the incident of this id touches: every contract of its zone, or of its site where it names no zone, that ran
    while it lasted. Raises RefusedError where there is no such incident."""
    table = entities()["incident"].table
    found = connection.execute(sa.select(table).where(table.c.id == incident)).first()
    if found is None:
        raise RefusedError(f"there is no incident {incident}; an incident is a row of the state, by its id")
    rows = sorted(
        (_row(row) for row in connection.execute(_statement(found, now, live=live))),
        key=lambda row: (not row.left_over, row.contract),
    )
    whole = len(rows)
    return Affected(
        incident=found.id,
        kind=found.kind,
        status=found.status,
        zone=found.zone,
        site=found.site_id,
        started_at=found.started_at,
        ended_at=found.ended_at,
        now=now,
        customers=len({row.customer for row in rows}),
        word=Share(part=sum(row.word is not None for row in rows), whole=whole),
        remedy=Share(part=sum(row.remedy is not None for row in rows), whole=whole),
        rows=rows,
    )


def _statement(incident: sa.Row[Any], now: datetime, *, live: bool) -> sa.Select[Any]:
    contract, customer = entities()["contract"].table, entities()["customer"].table
    began, ended = incident.started_at, incident.ended_at or now
    place = contract.c.zone == incident.zone if incident.zone is not None else contract.c.site_id == incident.site_id
    over = sa.func.coalesce(contract.c.cancelled_at, contract.c.ends_at)
    ran = [
        contract.c.status != "pending",
        sa.or_(contract.c.started_at.is_(None), contract.c.started_at <= ended),
        sa.or_(over.is_(None), over >= began),
    ]
    firsts = {
        "told_at": _told(contract, incident.id, began, live=live),
        "called_at": _called(contract, incident.id, began),
        "credited_at": _credited(contract, began),
        "admitted_at": _admitted(contract, began),
        "promised_at": _promised(contract, incident.id, began),
    }
    columns = [sa.type_coerce(value, UtcTime()).label(name) for name, value in firsts.items()]
    joined = contract.outerjoin(customer, customer.c.id == contract.c.customer_id)
    chosen = sa.select(contract.c.id, contract.c.customer_id, customer.c.name, *columns).select_from(joined)
    return chosen.where(place, *ran)


def _row(row: sa.Row[Any]) -> AffectedRow:
    words = [(WordKind.NOTICE, row.told_at), (WordKind.CONTACT, row.called_at)]
    remedies = [
        (RemedyKind.CREDIT, row.credited_at),
        (RemedyKind.ADMISSION, row.admitted_at),
        (RemedyKind.PROMISE, row.promised_at),
    ]
    word = min(((at, kind) for kind, at in words if at is not None), default=(None, None))
    remedy = min(((at, kind) for kind, at in remedies if at is not None), default=(None, None))
    return AffectedRow(
        contract=row.id,
        customer=row.customer_id,
        name=row.name,
        word_at=word[0],
        word=word[1],
        remedy_at=remedy[0],
        remedy=remedy[1],
    )


def _told(contract: sa.Table, incident: str, began: datetime, *, live: bool) -> sa.ScalarSelect[Any]:
    """A notice about the incident, to this customer: about this contract, or about no one in particular."""
    told = sa.select(sa.func.min(NOTICE.c.told_at)).where(
        NOTICE.c.subject_type == "incident",
        NOTICE.c.subject_id == incident,
        NOTICE.c.kind != NoticeKind.ALERT,
        NOTICE.c.live.is_(live),
        NOTICE.c.told_at >= began,
        sa.or_(
            NOTICE.c.each_id == contract.c.id,
            sa.and_(sa.func.coalesce(NOTICE.c.each_id, "") == "", NOTICE.c.recipient_id == contract.c.customer_id),
        ),
    )
    return told.correlate(contract).scalar_subquery()


def _called(contract: sa.Table, incident: str, began: datetime) -> sa.ScalarSelect[Any]:
    contact = entities()["contact"].table
    subjects = sa.or_(
        contact.c.subject == f"incident:{incident}",
        contact.c.subject == sa.literal("contract:", sa.String) + contract.c.id,
    )
    called = sa.select(sa.func.min(contact.c.at)).where(
        contact.c.customer_id == contract.c.customer_id,
        contact.c.direction == "outbound",
        contact.c.outcome.in_(("answered", "solved")),
        contact.c.at >= began,
        subjects,
    )
    return called.correlate(contract).scalar_subquery()


def _credited(contract: sa.Table, began: datetime) -> sa.ScalarSelect[Any]:
    charge = entities()["charge"].table
    at = sa.func.coalesce(charge.c.bill_at, charge.c.period_end)
    credited = sa.select(sa.func.min(at)).where(
        charge.c.contract_id == contract.c.id, at >= began, sa.or_(charge.c.kind == "discount", charge.c.amount < 0)
    )
    return credited.correlate(contract).scalar_subquery()


def _admitted(contract: sa.Table, began: datetime) -> sa.ScalarSelect[Any]:
    admission = entities()["admission"].table
    admitted = sa.select(sa.func.min(admission.c.decided_at)).where(
        admission.c.contract_id == contract.c.id,
        admission.c.topic.in_(ADMITTED),
        admission.c.status == "decided",
        admission.c.decided_at >= began,
    )
    return admitted.correlate(contract).scalar_subquery()


def _promised(contract: sa.Table, incident: str, began: datetime) -> sa.ScalarSelect[Any]:
    about = sa.or_(
        sa.and_(PROMISE.c.subject_type == "contract", PROMISE.c.subject_id == contract.c.id),
        sa.and_(
            PROMISE.c.subject_type == "incident",
            PROMISE.c.subject_id == incident,
            PROMISE.c.customer_id == contract.c.customer_id,
        ),
    )
    promised = sa.select(sa.func.min(PROMISE.c.made_at)).where(
        about,
        PROMISE.c.topic.in_(REMEDIES),
        PROMISE.c.state.in_(("open", "kept")),
        PROMISE.c.source != "notice",
        PROMISE.c.made_at >= began,
    )
    return promised.correlate(contract).scalar_subquery()
