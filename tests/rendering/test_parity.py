"""Guarantee 2 as properties: whatever the values, every text prints them, and a changed claim changes every text."""

import dataclasses
import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.model.notices import Claims, ClaimValue, NoticeKind, RenderedMessage
from notifier.model.types import ChannelName, NoticeClass, TopicType
from notifier.rendering import formats
from notifier.rendering.layout import visible
from notifier.rendering.sheets import Said
from tests.rendering.support import ANA, BILL, EXIT, NOW, render, renderer

FULL = {
    "all/sms.es.txt.j2": (
        "{{ amount | money }}; {{ at | date }} {{ at | time }}; {{ day | date }}; {{ wait | duration }}; {{ guests }}; "
        "{% if place %}{{ place }}{% endif %} {{ exit.address }} {{ reference }}"
    ),
    "all/email.es.subject.j2": "{{ customer.first_name }}, {{ day | date }}",
    "all/email.es.txt.j2": (
        "Hola, {{ customer.first_name }}:\n\n- Valor: {{ amount }}\n- Cuándo: {{ at | datetime('full') }}\n"
        "- Fecha: {{ day | date('full') }}\n- Espera: {{ wait }}\n- Personas: {{ guests | number }}\n"
        "{% if place %}\n- Lugar: {{ place }}\n{% endif %}\n\n{{ exit.address }} {{ reference }}"
    ),
    "all/email.en.html.j2": "unused",
}
FULL |= {name.replace(".es.", ".en."): source for name, source in FULL.items() if ".es." in name}
del FULL["all/email.en.html.j2"]
FULL |= {name.replace("/sms.", "/whatsapp."): source for name, source in FULL.items() if "/sms." in name}

instants = st.integers(1_577_836_800, 2_051_222_400).map(
    lambda seconds: datetime.fromtimestamp(seconds - seconds % 60, UTC)
)
amounts = st.decimals(min_value=0, max_value=10**8, places=2, allow_nan=False, allow_infinity=False)
claims_of: st.SearchStrategy[Claims] = st.fixed_dictionaries(
    {
        "amount": st.builds(
            lambda value, currency: ClaimValue(type=TopicType.MONEY, value=value, currency=currency),
            amounts,
            st.sampled_from(["COP", "USD", "EUR"]),
        ),
        "at": st.builds(
            lambda value, zone: ClaimValue(type=TopicType.TIMESTAMP, value=value, timezone=zone),
            instants,
            st.sampled_from([None, "America/Bogota", "Europe/Madrid", "America/New_York"]),
        ),
        "day": instants.map(lambda value: ClaimValue(type=TopicType.DATE, value=value.date().isoformat())),
        "wait": st.integers(60, 10**6).map(lambda value: ClaimValue(type=TopicType.DURATION, value=Decimal(value))),
        "guests": st.integers(0, 5000).map(lambda value: ClaimValue(type=TopicType.NUMBER, value=Decimal(value))),
        "place": st.one_of(st.none(), st.text("Calle 1059#-&<>'\"ñÁ🏠\u00a0\n", min_size=1).filter(str.strip)).map(
            lambda value: ClaimValue(type=TopicType.TEXT, value=value)
        ),
    }
)
locales = st.sampled_from(["es-CO", "es", "es-MX", "en-US", "en-GB"])
RENDERER = renderer({**BILL, **FULL})


def variants(messages: tuple[RenderedMessage, ...]) -> list[str]:
    """What a reader of the SMS, of the mail's text and of its HTML sees."""
    sms, mail = messages
    return [sms.text, mail.text, unescape(visible(mail.html or "")).replace("\u00a0", " ")]


@given(claims_of, locales)
def test_amounts_dates_and_times_are_equal_in_all_variants(claims: Claims, locale: str) -> None:
    texts = variants(render(RENDERER, template="all", claims=claims, recipient=dataclasses.replace(ANA, locale=locale)))
    spoken = formats.locale_of(locale)
    assert spoken is not None
    at, amount = claims["at"], claims["amount"]
    assert isinstance(at.value, datetime)
    assert isinstance(amount.value, Decimal)
    zone = at.timezone or ANA.timezone
    expected = [
        formats.format_money(amount.value, amount.currency or "", spoken),
        formats.format_date(formats.local_date(at.value, zone), spoken),
        formats.format_time(at.value, zone, spoken),
    ]
    for shown in texts:
        assert all(form in shown for form in expected)


@given(claims_of, claims_of, locales)
def test_a_changed_fact_changes_every_variant(claims: Claims, others: Claims, locale: str) -> None:
    reader = dataclasses.replace(ANA, locale=locale)
    before = variants(render(RENDERER, template="all", claims=claims, recipient=reader))
    for name, other in others.items():
        printed_alike = (
            re.sub(r"\s+", " ", str(other.value)).strip() == re.sub(r"\s+", " ", str(claims[name].value)).strip()
        )
        if other == claims[name] or (name == "place" and printed_alike):
            continue
        after = variants(render(RENDERER, template="all", claims={**claims, name: other}, recipient=reader))
        assert all(one != another for one, another in zip(before, after, strict=True)), name


@given(claims_of, claims_of, locales)
def test_a_correction_names_old_and_new_on_every_channel(claims: Claims, told: Claims, locale: str) -> None:
    reader = dataclasses.replace(ANA, locale=locale)
    spoken = formats.locale_of(locale)
    assert spoken is not None
    texts = variants(render(RENDERER, template="all", claims=claims, previous=told, recipient=reader))
    for sheet in (claims, told):
        amount = sheet["amount"]
        assert isinstance(amount.value, Decimal)
        if claims["amount"] != told["amount"]:
            assert all(formats.format_money(amount.value, amount.currency or "", spoken) in shown for shown in texts)


@settings(max_examples=40)
@given(claims_of, locales)
def test_an_approved_text_with_its_values_is_the_text_of_the_sms(claims: Claims, locale: str) -> None:
    sms, whatsapp = RENDERER.compose(
        template="all",
        said=Said(kind=NoticeKind.NOTICE, claims=claims),
        recipient=dataclasses.replace(ANA, locale=locale),
        channels=(ChannelName.SMS, ChannelName.WHATSAPP),
        reference="K7QXMZ",
        exit_id=EXIT.id,
        owner_id="billing",
        notice_class=NoticeClass.BILLING,
        now=NOW,
    )
    assert whatsapp.message.text == sms.message.text
    if (numbered := whatsapp.numbered) is None:  # a place on two lines, or that begins with a dash
        assert whatsapp.refusal is not None
        return
    filled = re.sub(r"\{\{(\d+)\}\}", lambda hole: numbered.variables[hole[1]], numbered.body)
    assert filled == sms.message.text
    assert not re.search(r"\d", re.sub(r"\{\{\d+\}\}", "", numbered.body).replace("+57 601 7945501", ""))
