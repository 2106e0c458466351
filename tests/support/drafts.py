"""Small true drafts and batches for tests of the outbox and the runtime; each test says only what matters to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from notifier.model.batches import Batch
from notifier.model.digests import claims_digest, reference
from notifier.model.notices import (
    ClaimValue,
    Draft,
    NoticeKind,
    NoticeState,
    Reason,
    ReasonCode,
    RenderedMessage,
    Verdict,
)
from notifier.model.types import ChannelName, NoticeClass, TopicType
from notifier.store.outbox.payloads import with_payload
from notifier.store.sql import table_of
from notifier.store.tables import MessageRow, NoticeRow
from tests.support.people import ANA as ANA
from tests.support.people import MONDAY

NOW = MONDAY


def claims(hour: int = 15) -> dict[str, ClaimValue]:
    """The technician comes on 5 March at this hour (UTC), and it costs 79,900 COP."""
    return {
        "starts_at": ClaimValue(
            type=TopicType.TIMESTAMP,
            value=datetime(2026, 3, 5, hour, tzinfo=UTC),
            timezone="America/Bogota",
            source="appointment.starts_at",
        ),
        "price": ClaimValue(type=TopicType.MONEY, value=Decimal("79900.00"), currency="COP"),
    }


def sms(text: str = "Su técnico llega el 5 de marzo", to: str = "+573001234567") -> RenderedMessage:
    return RenderedMessage(
        channel=ChannelName.SMS,
        to=to,
        text=text,
        content=text.encode(),
        encoding="GSM-7",
        segments=1,
        cost=Decimal("0.05"),
        cost_currency="USD",
    )


def mail(text: str = "Su técnico llega el 5 de marzo", to: str = "ana@example.com") -> RenderedMessage:
    payload = f"To: {to}\r\nSubject: Visita\r\n\r\n{text}\r\n".encode()
    return RenderedMessage(channel=ChannelName.EMAIL, to=to, subject="Visita", text=text, content=payload)


def verdict(state: NoticeState = NoticeState.READY, *, at: datetime = NOW, **changes: Any) -> Verdict:
    """A verdict with a reason that suits its state."""
    codes = {
        NoticeState.READY: ReasonCode.DUE,
        NoticeState.HELD: ReasonCode.OPEN_CONTRADICTION,
        NoticeState.DEFERRED: ReasonCode.QUIET_HOURS,
        NoticeState.SUPPRESSED: ReasonCode.NO_ADDRESS,
        NoticeState.FAILED: ReasonCode.UNDELIVERABLE,
        NoticeState.EXPIRED: ReasonCode.MISSED,
        NoticeState.CANCELLED: ReasonCode.NO_LONGER_TRUE,
    }
    values: dict[str, Any] = {
        "state": state,
        "reason": Reason(code=codes[state], text=f"it is {state} because the test says so"),
        "channels": (ChannelName.SMS, ChannelName.EMAIL),
        "send_at": at + timedelta(hours=9) if state is NoticeState.DEFERRED else at,
        "contradictions": ("X-1",) if state is NoticeState.HELD else (),
        "passed_limits": state is NoticeState.READY,
    }
    return Verdict(**(values | changes))


def draft(subject: str = "A-1", state: NoticeState = NoticeState.READY, **changes: Any) -> Draft:
    """The reminder of an appointment to Ana, ready on both channels unless the test says otherwise."""
    occurrence = changes.get("occurrence", f"sandbox|reminder|appointment:{subject}||C-1|2026-03-05T15:00Z")
    said = changes.get("claims", claims())
    values: dict[str, Any] = {
        "occurrence": occurrence,
        "reference": reference(occurrence),
        "kind": NoticeKind.NOTICE,
        "rule": "reminder",
        "subject_type": "appointment",
        "subject_id": subject,
        "recipient": ANA,
        "recipient_id": ANA.id,
        "notice_class": NoticeClass.SERVICE,
        "owner": "field-operations",
        "touchpoint": "installation",
        "template": "reminder",
        "anchor": datetime(2026, 3, 5, 15, tzinfo=UTC),
        "at": datetime(2026, 3, 3, 15, tzinfo=UTC),
        "until": datetime(2026, 3, 5, 12, tzinfo=UTC),
        "claims": said,
        "evidence": {"appointment.kind == 'installation'": True, "appointment.starts_at": NOW},
        "rule_digest": "rule-1",
        "template_digest": "template-1",
        "claims_digest": claims_digest(said),
        "content_digest": f"content of {claims_digest(said)}",
        "verdict": verdict(state),
        "messages": (sms(), mail()) if state is NoticeState.READY else (),
    }
    return Draft(**(values | changes))


def again(of: Draft, state: NoticeState, version: int = 0, **changes: Any) -> Draft:
    """A new verdict for a draft that was committed before and has this version now."""
    messages = of.messages if state is NoticeState.READY else ()
    values: dict[str, Any] = {"verdict": verdict(state), "messages": messages, "known_version": version}
    return replace(of, **(values | changes))


def batch(*drafts: Draft, **changes: Any) -> Batch:
    """These drafts as one batch of the reminder."""
    return Batch(**({"kind": "rule", "name": "reminder", "drafts": drafts} | changes))


def notices(connection: sa.Connection) -> list[sa.Row[Any]]:
    """All notices, in the order of their subjects."""
    table = table_of(NoticeRow)
    return list(connection.execute(sa.select(table).order_by(table.c.subject_id, table.c.id)))


def messages(connection: sa.Connection) -> list[sa.Row[Any]]:
    """All messages with the `content` of their payloads, in the order in which they were made."""
    table = table_of(MessageRow)
    statement = with_payload(sa.select(table), table.c.id)
    return list(connection.execute(statement.order_by(table.c.created_at, table.c.notice_id, table.c.channel)))
