"""What an owner reads: the two values, the time left, what is held, and the command to type."""

import dataclasses
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from syrupy.assertion import SnapshotAssertion

from notifier.model.alerts import (
    Alert,
    AlertKind,
    ChannelAlert,
    ContradictionAlert,
    NoticesAlert,
    OurFaultAlert,
    PlanStep,
    PublishedAlert,
    PublishedDifference,
    RepliesAlert,
    SaidFact,
    SetAsideAlert,
    StoppedNotice,
    UnclearAlert,
)
from notifier.model.case_briefs import CaseBrief, CaseNotice, CaseWord
from notifier.model.contradictions import Contradiction, ContradictionState, Member, Summand
from notifier.model.holdouts import Holdout
from notifier.model.listening_alerts import HoldoutStoppedAlert, UnusualDayAlert
from notifier.model.notices import ClaimValue, Recipient, RenderedMessage
from notifier.model.replies import WaitingReply
from notifier.model.setting_aside import Part, SetAside
from notifier.model.shares import Share
from notifier.model.types import ChannelName, TopicType
from notifier.model.unusual_days import KnownIncident, Usual
from tests.rendering.support import BOTH, NOW, renderer

OWNER = Recipient(
    id="billing",
    name="Facturación",
    locale="es-CO",
    timezone="America/Bogota",
    country="CO",
    phone="+573005550102",
    email="facturacion@example.com",
    owner=True,
)
CONTRADICTION = Contradiction(
    id="X7Q2",
    check="promised-price-vs-billing",
    promise_id="P-1",
    subject_type="contract",
    subject_id="K-1",
    customer_id="C-1",
    topic="monthly_price",
    topic_type=TopicType.MONEY,
    promised="79900",
    currency="COP",
    actual="111860",
    actual_currency="COP",
    promised_by="ventas/jperez",
    promised_at=NOW - timedelta(days=3),
    evidence="call:8841",
    surfaces_at=NOW + timedelta(days=3, hours=5, minutes=3),
    owner="billing",
    severity="high",
    state=ContradictionState.OPEN,
    opened_at=NOW,
    changed_at=NOW,
)
PRICE = ContradictionAlert(contradiction=CONTRADICTION, holds_rules=("bill-is-ready",), holds_topics=("monthly_price",))
STOPPED = NoticesAlert(
    kind=AlertKind.APPROVAL,
    rule="outage-in-your-zone",
    count=812,
    reason="812 recipients in a day, and the rule may reach 500",
    samples=tuple(
        StoppedNotice(
            reference=f"K7QX{letter}", subject=f"incident:I-{letter}", customer_id=f"C-{letter}", reason="limit"
        )
        for letter in "ABC"
    ),
    plan=(PlanStep(do="call those without SMS", owner="network", within=timedelta(hours=4)),),
)

HALTED = ChannelAlert(
    channel=ChannelName.SMS,
    reason="20003: the account or its token is not accepted",
    halted_at=NOW - timedelta(minutes=5),
    waiting=1204,
)
UNCLEAR = UnclearAlert(
    rule="installation-reminder",
    notice="7K3QM-X9T2A",
    subject="appointment:A-1",
    customer_id="C-1",
    channel=ChannelName.EMAIL,
    started_at=NOW - timedelta(minutes=5),
    reason="the connection broke after the message was handed over",
)
OUR_FAULT = OurFaultAlert(
    channel=ChannelName.EMAIL,
    reason="a policy is against this mail (554 5.7.1)",
    count=14,
    since=NOW - timedelta(hours=3),
    notice="7K3QM-X9T2A",
)
OUR_FAULT_BY_SMS = OurFaultAlert(
    channel=ChannelName.SMS,
    reason="Twilio 30034: the sender is not registered for carriers of the USA (A2P 10DLC)",
    count=3,
    since=NOW - timedelta(hours=3),
    notice="7K3QM-X9T2A",
)
ABOUT_OTHERS = (
    AlertKind.CONTRADICTION,
    AlertKind.CHANNEL_HALTED,
    AlertKind.UNCLEAR,
    AlertKind.OUR_FAULT,
    AlertKind.COPY,
    AlertKind.REPLIES,
    AlertKind.SET_ASIDE,
    AlertKind.FLOOD,
    AlertKind.STEP,
    AlertKind.CAME_BACK,
    AlertKind.WAIVERS_END,
    AlertKind.CAUSE_AGAIN,
    AlertKind.WEEKLY,
    AlertKind.ACTION_BACK,
    AlertKind.PUBLISHED,
    AlertKind.UNUSUAL_DAY,
    AlertKind.HOLDOUT_STOPPED,
)
ON_A_PAGE = PublishedAlert(
    differences=(
        PublishedDifference(place="pages/shop.html:15", name="Fibra 300", said="79900 COP", actual="84900 COP"),
        PublishedDifference(
            place="prices.csv:2", name="Fibra <600>", said="119900 COP", actual="99900 COP", better=True
        ),
    )
)
ABOUT_NOTICES = [kind for kind in AlertKind if kind not in ABOUT_OTHERS]


def alerted(alert: Alert, locale: str = "es-CO") -> tuple[RenderedMessage, ...]:
    reader = dataclasses.replace(OWNER, locale=locale)
    return renderer().render_alert(alert=alert, recipient=reader, channels=BOTH, reference="ALRT77", now=NOW)


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_a_contradiction_reaches_its_owner(locale: str, snapshot: SnapshotAssertion) -> None:
    sms, mail = alerted(PRICE, locale)
    assert (sms.text, mail.subject, mail.text) == snapshot
    assert (sms.encoding, sms.segments) == ("GSM-7", 2)


@pytest.mark.parametrize(
    ("locale", "short", "long"),
    [
        ("es-CO", "sistema $159.800 en 2 filas (+100 %)", "Formado por 2 filas: X-1: 79900 COP, X-2: 79900 COP"),
        ("en-US", "actual COP 159,800 in 2 rows (+100%)", "Made of 2 rows: X-1: 79900 COP, X-2: 79900 COP"),
    ],
)
def test_a_sum_names_the_rows_that_it_is_made_of(locale: str, short: str, long: str) -> None:
    rows = tuple(Summand(id=name, amount="79900", currency="COP") for name in ("X-1", "X-2"))
    surfaces_at = CONTRADICTION.surfaces_at
    member = Member(
        fact_type="charge", fact_id="X-1", actual="159800", currency="COP", surfaces_at=surfaces_at, summands=rows
    )
    found = dataclasses.replace(CONTRADICTION, actual="159800", members=(member,))
    sms, mail = alerted(dataclasses.replace(PRICE, contradiction=found), locale)
    assert short in sms.text.replace("\xa0", " ")
    assert long in mail.text


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
@pytest.mark.parametrize("kind", ABOUT_NOTICES)
def test_notices_that_did_not_go_out_reach_the_owner(kind: AlertKind, locale: str, snapshot: SnapshotAssertion) -> None:
    sms, mail = alerted(dataclasses.replace(STOPPED, kind=kind), locale)
    assert (sms.text, mail.subject, mail.text) == snapshot
    assert sms.encoding == "GSM-7"


SINGULAR = {
    "es-CO": r"1 (avisos|aviso [a-z ]*(pueden|esperan|salieron|rechazados))",
    "en-US": r"1 (notices|notice wait )",
}


@pytest.mark.parametrize("kind", ABOUT_NOTICES)
@pytest.mark.parametrize("locale", SINGULAR)
def test_one_notice_is_told_in_the_singular(kind: AlertKind, locale: str) -> None:
    sms, mail = alerted(dataclasses.replace(STOPPED, kind=kind, count=1), locale)
    assert re.search(r"\b1 (aviso|con|notice|told)", sms.text) is not None
    assert re.search(SINGULAR[locale], f"{sms.text} {mail.subject}") is None


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_what_is_set_aside_reaches_operations(locale: str, snapshot: SnapshotAssertion) -> None:
    place, why = "rules/telco/billing.yaml:30:13", "charge has no field 'amont'; did you mean 'amount'?"
    item = SetAside(kind=Part.CHECK, name="promised-price-vs-billing", place=place, why=why, since=NOW)
    sms, mail = alerted(SetAsideAlert(items=(item,)), locale)
    assert (sms.text, mail.subject, mail.text) == snapshot


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_what_a_person_must_say_reaches_the_owner_with_whom_what_and_by_when(
    locale: str, snapshot: SnapshotAssertion
) -> None:
    early, noon = (
        ClaimValue(type=TopicType.TIMESTAMP, value=NOW + timedelta(hours=hours), timezone="America/Bogota")
        for hours in (10, 14)
    )
    moved = StoppedNotice(
        reference="K7QXA",
        subject="appointment:A-1",
        customer_id="C-1",
        reason="corrects BA6AK",
        by=early.value if isinstance(early.value, datetime) else None,
        facts=(SaidFact(name="starts_at", told=early, now=noon),),
    )
    cancelled = dataclasses.replace(
        moved, reference="K7QXB", follow_up="visit_off", facts=(SaidFact(name="starts_at", told=early),)
    )
    late = dataclasses.replace(STOPPED, kind=AlertKind.LATE, count=2, samples=(moved, cancelled))
    sms, mail = alerted(late, locale)
    assert (sms.text, mail.subject, mail.text) == snapshot
    assert sms.encoding == "GSM-7"


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_a_channel_that_stands_still_reaches_its_owner(locale: str, snapshot: SnapshotAssertion) -> None:
    sms, mail = alerted(HALTED, locale)
    assert (sms.text, mail.subject, mail.text) == snapshot
    assert (sms.encoding, sms.segments) == ("GSM-7", 2)


def test_what_was_not_counted_is_not_said() -> None:
    sms, mail = alerted(dataclasses.replace(HALTED, waiting=None), "en-US")
    assert "waiting" not in sms.text
    assert "Messages that wait" not in mail.text


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_a_notice_that_may_have_arrived_reaches_its_owner(locale: str, snapshot: SnapshotAssertion) -> None:
    sms, mail = alerted(UNCLEAR, locale)
    assert (sms.text, mail.subject, mail.text) == snapshot
    assert sms.encoding == "GSM-7"


def test_a_promise_kept_by_nothing_names_what_was_promised(snapshot: SnapshotAssertion) -> None:
    nothing = dataclasses.replace(
        CONTRADICTION,
        check="callback-kept",
        topic="callback",
        topic_type=TopicType.TIMESTAMP,
        promised="2026-03-03T20:00:00Z",
        currency=None,
        actual=None,
        actual_currency=None,
        evidence=None,
        customer_id=None,
        surfaces_at=NOW + timedelta(hours=4),
    )
    sms, mail = alerted(ContradictionAlert(contradiction=nothing))
    assert (sms.text, mail.subject, mail.text) == snapshot


def test_what_surfaced_already_says_so() -> None:
    late = dataclasses.replace(CONTRADICTION, surfaces_at=NOW - timedelta(hours=1))
    sms, mail = alerted(ContradictionAlert(contradiction=late))
    assert "El cliente ya pudo enterarse." in sms.text
    assert "El cliente ya pudo descubrirlo." in mail.text
    assert "Tiempo para resolverlo" not in mail.text


def test_a_case_is_told_with_how_to_reach_them_and_what_was_said() -> None:
    brief = CaseBrief(
        customer_id="C-1",
        name="Ana Ruiz",
        phone="+573001234567",
        email=None,
        locale="es-CO",
        words=(
            CaseWord(at=NOW, channel=None, inbound=True, score=1, text="pésimo\x07 servicio\ue000"),
            CaseWord(at=NOW, channel="phone", inbound=True, outcome="solved", text="no llegó " * 99),
            CaseWord(at=NOW, channel="email", inbound=False),
        ),
        told=(CaseNotice(rule="late-order", subject="order:O-1", told_at=NOW),),
    )
    alert = dataclasses.replace(PRICE, brief=brief, row="contact:K-2")
    spanish, english = alerted(alert)[1].text, alerted(alert, "en-US")[1].text
    assert "\nAntes de hablar con Ana Ruiz (+573001234567, es-CO):\n" in spanish
    assert 'dijo: "pésimo servicio" [nota 1]\n' in spanish
    assert 'dijo (teléfono): "no llegó no llegó' in spanish
    assert 'llegó..." [resuelto]\n' in spanish
    assert "dijimos (correo)\n" in spanish
    assert "se le avisó: late-order, sobre order:O-1\n" in spanish
    assert ", contact:K-2\n" in english
    assert "they were told: late-order, about order:O-1\n" in english


def test_amounts_that_differ_only_by_tax_say_so() -> None:
    taxed = dataclasses.replace(CONTRADICTION, actual="79900", tax_included=True, actual_tax_included=False)
    alert = ContradictionAlert(contradiction=taxed)
    assert "- Impuestos: incluidos en lo prometido, no en lo real\n" in alerted(alert)[1].text
    assert "- Taxes: included in what was promised, not in the fact\n" in alerted(alert, "en-US")[1].text
    assert "Impuestos" not in alerted(PRICE)[1].text


@pytest.mark.parametrize(
    ("promised", "actual", "currency", "difference"),
    [
        ("79900", "111860", "COP", Decimal("40.0")),
        ("100", "50", "COP", Decimal("-50.0")),
        ("3", "4", "COP", Decimal("33.3")),
        ("0", "4", "COP", None),
        ("79900", "79900", "USD", None),
    ],
)
def test_the_difference_is_a_share_of_what_was_promised(
    promised: str, actual: str, currency: str, difference: Decimal | None
) -> None:
    found = dataclasses.replace(CONTRADICTION, promised=promised, actual=actual, actual_currency=currency)
    assert ContradictionAlert(contradiction=found).difference == difference


def test_a_yes_or_no_topic_is_told_in_words() -> None:
    cancelled = dataclasses.replace(
        CONTRADICTION,
        check="cancelled-but-scheduled",
        topic="cancelled",
        topic_type=TopicType.BOOL,
        promised="true",
        actual="false",
        currency=None,
        actual_currency=None,
    )
    alert = ContradictionAlert(contradiction=cancelled)
    assert alert.difference is None
    assert "- Prometido: sí\n- Real: no\n" in alerted(alert)[1].text
    assert "promised yes, actual no." in alerted(alert, "en-US")[0].text


def test_an_alert_keeps_its_facts_as_claims() -> None:
    assert [*PRICE.facts] == ["check", "contradiction", "subject", "topic", "promised", "actual", "surfaces_at"]
    assert PRICE.facts["actual"].currency == "COP"
    assert STOPPED.facts["count"].value == Decimal(812)
    assert [*HALTED.facts] == ["channel", "reason", "halted_at", "waiting"]
    assert [*UNCLEAR.facts] == ["rule", "notice", "subject", "channel", "started_at", "reason"]


def test_the_same_alert_is_the_same_bytes_and_cannot_be_unsubscribed_from() -> None:
    assert alerted(PRICE) == alerted(PRICE)
    assert b"Unsubscribe" not in alerted(PRICE)[1].payload


ANSWERED = RepliesAlert(
    rule="outage-in-your-zone",
    replies=(
        WaitingReply(
            id="sms:SM1",
            at=NOW,
            rule="outage-in-your-zone",
            owner="network",
            reference="K7QXA",
            subject="incident:I-A",
            customer_id="C-A",
            address="+573001234567",
            text="ya <b>volvió</b>\n\n- 3 veces {{ se }} fue, {% y %} nadie responde",
            note="it may mean the appointment, or the messages",
        ),
        WaitingReply(
            id="sms:SM2",
            at=NOW,
            rule=None,
            owner=None,
            reference=None,
            subject=None,
            customer_id=None,
            address="+573009999999",
            text="¿y yo?",
            note=None,
        ),
    ),
)


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
def test_what_customers_wrote_reaches_the_owner_as_they_wrote_it(locale: str, snapshot: SnapshotAssertion) -> None:
    sms, mail = alerted(ANSWERED, locale)
    assert (sms.text, mail.subject, mail.text) == snapshot
    assert b"ya &lt;b&gt;volv" in mail.payload


@pytest.mark.parametrize(
    ("alert", "locale", "short", "long"),
    [
        (
            OUR_FAULT,
            "es-CO",
            "14 correos volvieron por culpa nuestra (una política rechaza este correo (554 5.7.1)).",
            "SPF",
        ),
        (OUR_FAULT, "en-US", "14 mails came back by our own fault (a policy is against this mail (554 5.7.1)).", "SPF"),
        (OUR_FAULT_BY_SMS, "es-CO", "3 SMS no llegaron por culpa nuestra (Twilio 30034: ", "registro"),
        (OUR_FAULT_BY_SMS, "en-US", "3 SMS did not arrive by our own fault (Twilio 30034: ", "registration"),
    ],
)
def test_what_did_not_arrive_by_our_fault_is_said_with_what_to_do(
    alert: OurFaultAlert, locale: str, short: str, long: str
) -> None:
    sms, mail = alerted(alert, locale)
    assert sms.text.startswith(short)
    assert long in mail.text
    assert "7K3QM-X9T2A" in mail.text


@pytest.mark.parametrize(
    ("locale", "subject", "line"),
    [
        (
            "es-CO",
            "2 datos publicados no coinciden con la realidad",
            "- pages/shop.html:15 Fibra 300: publicado 79900 COP, en realidad 84900 COP\n",
        ),
        (
            "en-US",
            "2 published values differ from what is so",
            "- prices.csv:2 Fibra <600>: published 119900 COP, but it is 99900 COP (better for the customer)\n",
        ),
    ],
)
def test_what_a_page_says_and_is_not_so_reaches_its_owner(locale: str, subject: str, line: str) -> None:
    sms, mail = alerted(ON_A_PAGE, locale)
    assert "Fibra 300: 79900 COP / 84900 COP" in sms.text
    assert mail.subject == subject
    assert line in mail.text


@pytest.mark.parametrize(
    ("locale", "reason", "said", "lacks"),
    [
        ("es-CO", "bill-higher", ["89 contactos", "factura, al recibirla: más alta", "corte I-1"], "ningún motivo"),
        ("en-US", "bill-higher", ["89 contacts", "factura, al recibirla: más alta", "outage I-1"], "no single reason"),
        ("es-CO", None, ["89 contactos", "ningún motivo"], "todos por un motivo"),
        ("en-US", None, ["89 contacts", "no single reason"], "for one reason"),
    ],
)
def test_an_unusual_day_reaches_its_owner_with_what_is_usual(
    locale: str, reason: str | None, said: list[str], lacks: str
) -> None:
    unusual = UnusualDayAlert(
        reason=reason,
        title="factura, al recibirla: más alta" if reason else "",
        day=date(2026, 3, 2),
        count=89,
        usual=Usual(days=8, median=4.5, mean=4.25, spread=1.0),
        limit=13,
        samples=("contact:T-9", "feedback:F-2"),
        incidents=(KnownIncident(id="I-1", kind="outage", started_at=NOW, ended_at=None),),
    )
    sms, mail = alerted(unusual, locale)
    assert said[0] in sms.text
    assert all(text in mail.text or text in (mail.subject or "") for text in [*said[1:], "13", "contact:T-9"])
    assert ("4,5" if locale == "es-CO" else "4.5") in mail.text
    assert lacks not in mail.text


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("es-CO", ["Sin aviso: se comunicaron 15 de 20 hogares", "0 de 60"]),
        ("en-US", ["15 of 20 households", "0 of 60"]),
    ],
)
def test_the_end_of_a_holdout_names_both_sides_with_what_they_are_of(locale: str, said: list[str]) -> None:
    holdout = Holdout(
        name="visit-reminder",
        share=Decimal("0.05"),
        until=date(2026, 6, 30),
        decided_by="Marta Ruiz",
        contacts=("late",),
    )
    sides = {"told": Share(part=0, whole=60), "held_out": Share(part=15, whole=20)}
    sms, mail = alerted(HoldoutStoppedAlert(rule="visit-reminder", holdout=holdout, **sides), locale)
    assert all(
        text in mail.text for text in [*said, "Marta Ruiz", "2026-06-30", "notifier report holdout visit-reminder"]
    )
    assert "15" in sms.text
    assert "60" in sms.text


def test_source_topic_row_and_severity_are_said_in_the_owners_language() -> None:
    web = dataclasses.replace(CONTRADICTION, promised_by="asesor 7", source="web", severity="medium")
    price = dataclasses.replace(PRICE, contradiction=web)
    _, mail = alerted(price)
    assert mail.subject == "contrato K-1, precio mensual: prometido $79.900, real $111.860"
    assert "Prometido por asesor 7 (página web)" in mail.text
    assert "(tema precio mensual, gravedad media)" in mail.text
    assert "\n- precio mensual\n" in mail.text
    assert not {"(web)", "monthly_price", "medium", "contract:"} & set(mail.text.split())
    _, mail = alerted(price, "en-US")
    assert "Promised by asesor 7 (web)" in mail.text
    assert "(topic monthly price, severity medium)" in mail.text


def test_a_promise_of_a_source_that_names_nobody_is_of_the_source() -> None:
    state = dataclasses.replace(CONTRADICTION, promised_by="contract", source="contract")
    _, mail = alerted(ContradictionAlert(contradiction=state))
    assert "Prometido por contrato (" in mail.text


@pytest.mark.parametrize(
    ("locale", "before", "after"),
    [
        ("es-CO", "está por vencer", "venció y nadie la cumplió"),
        ("en-US", "is about to fall due", "fell due, and nobody"),
    ],
)
def test_a_promise_that_fell_due_is_not_about_to(locale: str, before: str, after: str) -> None:
    nothing = dataclasses.replace(CONTRADICTION, actual=None, actual_currency=None)
    _, mail = alerted(ContradictionAlert(contradiction=nothing), locale)
    assert before in mail.text
    assert after not in mail.text
    late = dataclasses.replace(nothing, surfaces_at=NOW - timedelta(hours=1))
    _, mail = alerted(ContradictionAlert(contradiction=late), locale)
    assert after in mail.text
    assert before not in mail.text
