"""Drafts and contradictions as the pipeline yields them, for tests of what is printed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from notifier.model.contradictions import Contradiction, ContradictionState, Member
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
from tests.support.people import ANA as PERSON
from tests.support.people import NOW as NOW

ANA = replace(PERSON, id="C-01")
SMS_TEXT = (
    "Andina: instalamos su servicio el 5 de marzo de 2026 a las 10:00 a. m. en Calle 12 # 4-56 y alguien debe "
    "abrirnos. ¿No puede, o ya no lo quiere? Llame al +576017945501, ref. 7K3QM-X9T2A"
)
MAIL_TEXT = """Hola, Ana:

Nuestro equipo técnico va a instalar su servicio. Esto es lo acordado:

- Fecha: jueves, 5 de marzo de 2026
- Hora: 10:00 a. m.
- Lugar: Calle 12 # 4-56

¿No puede ese día? Llame al +576017945501 y diga la referencia 7K3QM-X9T2A.

Andina
"""
MAIL_HTML = "<!doctype html><html><body><h1>Lo visitamos</h1><p>Hola, <b>Ana</b>: nuestro equipo.</p></body></html>"


def sms(text: str = SMS_TEXT) -> RenderedMessage:
    return RenderedMessage(
        channel=ChannelName.SMS,
        to="+573001234567",
        text=text,
        content=text.encode(),
        encoding="GSM-7",
        segments=2,
        cost=Decimal("50.0"),
        cost_currency="COP",
    )


def mail() -> RenderedMessage:
    return RenderedMessage(
        channel=ChannelName.EMAIL,
        to="ana@example.com",
        subject="Lo visitamos el jueves, 5 de marzo para instalar su servicio",
        text=MAIL_TEXT,
        content=f"From: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{MAIL_HTML}".encode(),
    )


def ready(**changes: object) -> Draft:
    values: dict[str, object] = {
        "occurrence": "sandbox|installation-reminder|appointment:A-1||C-01|2026-03-05T15:00Z",
        "reference": "7K3QM-X9T2A",
        "kind": NoticeKind.NOTICE,
        "rule": "installation-reminder",
        "subject_type": "appointment",
        "subject_id": "A-1",
        "recipient": ANA,
        "recipient_id": "C-01",
        "notice_class": NoticeClass.SERVICE,
        "owner": "field-operations",
        "template": "installation_reminder",
        "until": NOW + timedelta(hours=45),
        "claims": {
            "starts_at": ClaimValue(type=TopicType.TIMESTAMP, value=NOW + timedelta(hours=48)),
            "place": ClaimValue(type=TopicType.TEXT, value="Calle 12 # 4-56"),
            "price": ClaimValue(type=TopicType.MONEY, value=Decimal("79900.00"), currency="COP"),
        },
        "verdict": Verdict(
            state=NoticeState.READY,
            reason=Reason(code=ReasonCode.DUE, text="48h before appointment.starts_at (2026-03-03 15:00 UTC)"),
            channels=(ChannelName.SMS, ChannelName.EMAIL),
            send_at=NOW,
        ),
        "messages": (sms(), mail()),
    }
    return Draft(**(values | changes))  # type: ignore[arg-type]  # a sample is built from named parts


def held(**changes: object) -> Draft:
    verdict = Verdict(
        state=NoticeState.HELD,
        reason=Reason(
            code=ReasonCode.OPEN_CONTRADICTION,
            text="an open contradiction of cancelled-but-scheduled: promised true, actual false",
        ),
        contradictions=("0195-contradiction",),
    )
    return ready(**({"verdict": verdict, "messages": ()} | changes))


def price_contradiction(**changes: object) -> Contradiction:
    values: dict[str, object] = {
        "id": "0195-contradiction",
        "check": "promised-price-vs-billing",
        "promise_id": "P-1",
        "subject_type": "contract",
        "subject_id": "K-1",
        "customer_id": "C-01",
        "topic": "monthly_price",
        "topic_type": TopicType.MONEY,
        "promised": "79900",
        "currency": "COP",
        "actual": "111860",
        "actual_currency": "COP",
        "promised_by": "ventas, asesor 4471",
        "promised_at": NOW - timedelta(hours=22),
        "evidence": "llamada 8841-2, minuto 03:10",
        "surfaces_at": NOW + timedelta(days=5, hours=14),
        "owner": "billing",
        "severity": "high",
        "state": ContradictionState.OPEN,
        "opened_at": NOW,
        "changed_at": NOW,
    } | changes
    if values["actual"] is not None:
        member = Member(
            fact_type="charge",
            fact_id="X-1",
            actual=str(values["actual"]),
            surfaces_at=values["surfaces_at"],  # type: ignore[arg-type]  # as the contradiction's own
            currency="COP",
        )
        values.setdefault("members", (member,))
    return Contradiction(**values)  # type: ignore[arg-type]  # a sample is built from named parts
