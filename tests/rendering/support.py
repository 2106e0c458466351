"""A small project whose templates are given in the test, and claims to print with them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from notifier.model.notices import Claims, ClaimValue, NoticeKind, Recipient, RenderedMessage
from notifier.model.problems import Place
from notifier.model.schema import Schema, entities
from notifier.model.types import ChannelName, NoticeClass, TopicType, ValueType
from notifier.rendering.errors import RenderingError
from notifier.rendering.labels import Labels
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rendering.sheets import Said
from notifier.rules.checked import Policy, Project
from notifier.rules.checked_owners import ContactPoint, Owner
from notifier.rules.checked_rules import Claim, FollowUp, Rule
from notifier.rules.expressions import Expression
from tests.support.people import ANA as ANA
from tests.support.people import NOW as NOW

T = TypeVar("T")

BOTH = (ChannelName.SMS, ChannelName.EMAIL)
SETTINGS = RenderSettings(
    company="Claro Hogar",
    from_address="avisos@claro.example",
    default_locale="es",
    unsubscribe_url="https://claro.example/stop?r={reference}",
    sms_price=Decimal("0.05"),
    sms_prices={"CO": Decimal("0.01")},
)
EXIT = ContactPoint(id="desk", channel="phone", address="+576017945501", hours="Mo-Sa 08:00-20:00", human=True)

BILL = {
    "bill/sms.es.txt.j2": "Factura de {{ amount | money }} para el {{ at | date }}. {{ exit.address }} {{ reference }}",
    "bill/email.es.subject.j2": "Su factura: {{ amount | money }}\n",
    "bill/email.es.txt.j2": (
        "Hola, {{ customer.first_name }}:\n\nSu factura está lista.\n\n- Valor: {{ amount | money }}\n"
        "- Se cobra: {{ at | date('full') }}\n\nLlame al {{ exit.address }} y diga {{ reference }}.\n"
    ),
    "bill/sms.en.txt.j2": "Bill of {{ amount | money }} for {{ at | date }}. {{ exit.address }} {{ reference }}",
    "bill/email.en.subject.j2": "Your bill: {{ amount | money }}\n",
    "bill/email.en.txt.j2": (
        "Hello {{ customer.first_name }},\n\nyour bill is ready.\n\n- Amount: {{ amount | money }}\n"
        "- Charged: {{ at | date('full') }}\n\nCall {{ exit.address }} and give {{ reference }}.\n"
    ),
}
"""A notice with an amount and a date, in Spanish and English."""


def money(value: str, currency: str = "COP") -> ClaimValue:
    return ClaimValue(type=TopicType.MONEY, value=Decimal(value), currency=currency)


def instant(text: str, timezone: str | None = None) -> ClaimValue:
    return ClaimValue(type=TopicType.TIMESTAMP, value=datetime.fromisoformat(text).astimezone(UTC), timezone=timezone)


def text(value: str | None) -> ClaimValue:
    return ClaimValue(type=TopicType.TEXT, value=value)


def number(value: str) -> ClaimValue:
    return ClaimValue(type=TopicType.NUMBER, value=Decimal(value))


def boolean(value: bool) -> ClaimValue:
    return ClaimValue(type=TopicType.BOOL, value=value)


CLAIMS: Claims = {"amount": money("79900"), "at": instant("2026-03-05T10:00:00-05:00")}


LABELS: Labels = {name: {"es": name, "en": name} for name in ("at", "late", "kind", "product", "owner")} | {
    "at": {"es": "fecha", "en": "date"}
}
"""What corrections call the claims of these tests that have no built-in label."""


def project(templates: Mapping[str, str], rules: Sequence[Rule] = ()) -> Project:
    return Project(
        folder=Path(),
        schema=Schema(entities=entities()),
        rules={rule.name: rule for rule in rules},
        checks={},
        topics={},
        owners={"billing": Owner(id="billing", name="Facturación")},
        contact_points={EXIT.id: EXIT},
        policy=Policy(),
        hours=(),
        templates=templates,
    )


def rule(
    template: str = "bill",
    claims: Claims = CLAIMS,
    channels: Sequence[ChannelName] = BOTH,
    on_change: str = "correct",
    follow_ups: Sequence[str] = (),
    expressions: Mapping[str, Expression] | None = None,
    labels: Labels | None = None,
) -> Rule:
    """A rule about charges with these claims; of their values, only the types matter."""
    place = Place("rules/bill.yaml", 3, 5)
    anything = Expression(type=ValueType.STRING)
    return Rule(
        name="bill-is-ready",
        place=place,
        about="charge",
        to=Expression(type=ValueType.ENTITY, entity="customer"),
        touchpoint=None,
        owner="billing",
        notice_class=NoticeClass.BILLING,
        when=(),
        claims=tuple(
            Claim(
                name=name,
                place=place,
                expression=(expressions or {}).get(name, anything),
                topic=name,
                type=claim.type,
                labels=(LABELS if labels is None else labels).get(name, {}),
            )
            for name, claim in claims.items()
        ),
        template=template,
        channels=tuple(channels),
        exit=EXIT.id,
        on_change=on_change,
        follow_up=tuple(FollowUp(when=(), template=name) for name in follow_ups),
    )


def render(
    renderer: Renderer,
    *,
    template: str = "bill",
    claims: Claims = CLAIMS,
    recipient: Recipient = ANA,
    channels: Sequence[ChannelName] = BOTH,
    reference: str = "K7QXMZ",
    previous: Claims | None = None,
    current: Claims | None = None,
    labels: Labels | None = None,
    notice_class: NoticeClass = NoticeClass.BILLING,
    exit_id: str = EXIT.id,
) -> tuple[RenderedMessage, ...]:
    """The messages of a notice; of a correction where `previous` is given, of a follow-up where `current` is.

    However they are made: by a mould they must be the same, byte for byte, and fail with the same words.
    """
    kind = NoticeKind.NOTICE if previous is None else NoticeKind.CORRECTION
    said = Said(
        kind=kind if current is None else NoticeKind.FOLLOW_UP,
        claims=claims,
        previous=previous or {},
        current=current or {},
        labels=LABELS if labels is None else labels,
    )

    def made(by: Callable[..., T]) -> T:
        return by(
            template=template,
            said=said,
            recipient=recipient,
            channels=channels,
            reference=reference,
            exit_id=exit_id,
            owner_id="billing",
            notice_class=notice_class,
            now=NOW,
        )

    try:
        messages = tuple(each.message for each in made(renderer.compose))
    except RenderingError as error:
        with pytest.raises(RenderingError, match=f"^{re.escape(str(error))}$"):
            made(renderer.messages)
        raise
    assert made(renderer.messages) == messages
    assert made(renderer.messages) == messages
    return messages


def renderer(templates: Mapping[str, str] = BILL, settings: RenderSettings = SETTINGS) -> Renderer:
    return Renderer(project(templates), settings)
