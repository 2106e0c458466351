"""One sheet of claims becomes an SMS and a mail that say the same, in the reader's language, or nothing at all."""

import dataclasses
from decimal import Decimal
from email import message_from_bytes
from email.policy import SMTP

import pytest
from syrupy.assertion import SnapshotAssertion

from notifier.model.notices import Claims, Recipient
from notifier.model.types import ChannelName, NoticeClass
from notifier.rendering.errors import RenderingError
from notifier.rendering.settings import RenderSettings
from tests.rendering.support import (
    ANA,
    BILL,
    BOTH,
    CLAIMS,
    SETTINGS,
    boolean,
    instant,
    money,
    number,
    render,
    renderer,
    text,
)

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL

VISIT = {
    "visit/sms.es.txt.j2": (
        "{{ company }}: {% if correction %}cambio: ya no el {{ previous.at | date }} a las {{ previous.at | time }}. "
        "{% endif %}Instalamos el {{ at | date }} a las {{ at | time }}{% if place %} en {{ place }}{% endif %}. "
        "¿No puede? {{ exit.address }}, ref. {{ reference }}\n"
    ),
    "visit/email.es.subject.j2": "Lo visitamos el {{ at | date('weekday') }}",
    "visit/email.es.txt.j2": (
        "Hola, {{ customer.first_name }}:\n\n"
        "{% if correction %}\nAntes le dijimos el {{ previous.at | datetime }}. Esto es lo que vale ahora:\n"
        "{% else %}\nNuestro equipo instala su servicio:\n{% endif %}\n\n"
        "- Día: {{ at | date('full') }}\n- Hora: {{ at | time }}\n"
        "{% if place %}\n- Lugar: {{ place }}\n{% endif %}\n\n"
        "Tenga a mano:\n- su documento\n- acceso al techo\n\n"
        "¿No puede? Llame al {{ exit.address }} ({{ exit.hours }}), referencia {{ reference }}.\n\n{{ owner.name }}\n"
    ),
}
VISIT_CLAIMS: Claims = {"at": instant("2026-03-05T10:00:00-05:00"), "place": text("Calle 10 # 5-21 & <Casa>")}


def refusal(templates: dict[str, str], claims: Claims = CLAIMS, previous: Claims | None = None) -> str:
    with pytest.raises(RenderingError) as caught:
        render(renderer({**BILL, **templates}), claims=claims, previous=previous)
    return str(caught.value)


def test_a_bill_reads_the_same_on_every_channel(snapshot: SnapshotAssertion) -> None:
    sms, mail = render(renderer())
    assert sms.text == snapshot(name="sms")
    assert mail.subject == snapshot(name="subject")
    assert mail.text == snapshot(name="text")
    assert mail.html == snapshot(name="html")
    assert mail.payload.decode() == snapshot(name="bytes")


def test_a_visit_reads_the_same_on_every_channel(snapshot: SnapshotAssertion) -> None:
    sms, mail = render(renderer(VISIT), template="visit", claims=VISIT_CLAIMS)
    assert (sms.text, mail.subject, mail.text) == snapshot(name="text")
    assert mail.html == snapshot(name="html")


def test_a_correction_in_the_words_of_its_template(snapshot: SnapshotAssertion) -> None:
    previous = {**VISIT_CLAIMS, "at": instant("2026-03-04T10:00:00-05:00")}
    sms, mail = render(renderer(VISIT), template="visit", claims=VISIT_CLAIMS, previous=previous)
    assert (sms.text, mail.subject, mail.text) == snapshot


def test_a_correction_whose_template_says_nothing_gets_a_first_sentence(snapshot: SnapshotAssertion) -> None:
    previous = {"amount": money("111860"), "at": CLAIMS["at"]}
    for locale in ("es-CO", "en-US"):
        sms, mail = render(renderer(), recipient=dataclasses.replace(ANA, locale=locale), previous=previous)
        assert (sms.text, mail.subject, mail.text) == snapshot(name=locale)


def test_the_first_sentence_shows_an_instant_as_the_text_does() -> None:
    previous = {"amount": CLAIMS["amount"], "at": instant("2026-03-04T10:00:00-05:00")}
    sms, _ = render(renderer(), previous=previous)
    assert sms.text.startswith("Cambio: fecha: antes 4 de marzo de 2026, ahora 5 de marzo de 2026. Factura de")


def test_the_first_sentence_says_what_is_no_longer_known_and_what_is_new() -> None:
    source = "{{ at | date }}{% if place %} en {{ place }}{% endif %} {{ exit.address }} {{ reference }}"
    files = {"visit/sms.es.txt.j2": source}
    at = VISIT_CLAIMS["at"]
    (lost,) = render(
        renderer(files),
        template="visit",
        claims={"at": at, "place": text(None)},
        previous={"at": at, "place": text("la casa")},
        channels=[SMS],
    )
    assert lost.text.startswith("Cambio: lugar: antes la casa, y eso ya no vale. 5 de marzo")
    (found,) = render(
        renderer(files),
        template="visit",
        claims={"at": at, "place": text("la casa")},
        previous={"at": at},
        channels=[SMS],
    )
    assert found.text.startswith("Cambio: lugar: ahora la casa. 5 de marzo")


def test_a_language_without_built_in_words_is_corrected_in_those_of_the_default_locale() -> None:
    files = {"bill/sms.pt.txt.j2": BILL["bill/sms.es.txt.j2"]}
    brazilian = dataclasses.replace(ANA, locale="pt-BR")
    assert render(renderer(files), recipient=brazilian, channels=[SMS])[0].text.startswith("Factura de COP 79.900")
    (corrected,) = render(
        renderer(files), recipient=brazilian, channels=[SMS], previous={**CLAIMS, "amount": money("1")}
    )
    assert corrected.text.startswith("Cambio: valor: antes COP 1, ahora COP 79.900. Factura de")


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("es-CO", "Factura de $79.900 para el 5 de marzo de 2026"),
        ("es-MX", "Factura de COP 79,900 para el 5 de marzo de 2026"),
        ("es", "Factura de 79.900 COP para el 5 de marzo de 2026"),
        ("en-GB", "Bill of COP 79,900 for 5 March 2026"),
        ("fr-FR", "Factura de 79.900 COP para el 5 de marzo de 2026"),
    ],
)
def test_words_follow_the_language_and_formats_the_region(locale: str, expected: str) -> None:
    (sms,) = render(renderer(), recipient=dataclasses.replace(ANA, locale=locale), channels=[SMS])
    assert sms.text.startswith(expected)


@pytest.mark.parametrize("default", ["es", "en"])
def test_whoever_has_a_language_without_texts_gets_those_of_the_default_one(default: str) -> None:
    german = dataclasses.replace(ANA, locale="de-DE")
    settings = dataclasses.replace(SETTINGS, default_locale=default)
    sms, mail = render(renderer(settings=settings), recipient=german)
    words = {"es": ("Factura de", "Su factura"), "en": ("Bill of", "Your bill")}[default]
    assert (sms.text.startswith(words[0]), str(mail.subject).startswith(words[1])) == (True, True)


def test_every_name_that_templates_have_prints_what_the_page_says() -> None:
    names = "{{ company }}|{{ owner.name }}|{{ customer.name }}|{{ exit.channel }}|{{ exit.address }}|{{ exit.hours }}"
    files = {"n/sms.es.txt.j2": names + "|{{ reference }}|{% if correction %}again{% endif %}"}
    (sms,) = render(renderer(files), template="n", claims={}, channels=[SMS])
    expected = "Claro Hogar|Facturación|Ana Ruiz|phone|+57 601 7945501|lunes a sábado de 08:00 a 20:00|K7QXMZ|"
    assert sms.text == expected


def test_a_regional_template_goes_before_the_language() -> None:
    files = {
        **BILL,
        "bill/sms.es-CO.txt.j2": "Parce, {{ amount }} el {{ at | date }}. {{ exit.address }} {{ reference }}",
    }
    assert render(renderer(files), channels=[SMS])[0].text.startswith("Parce, $79.900")
    mexican = dataclasses.replace(ANA, locale="es-MX")
    assert render(renderer(files), recipient=mexican, channels=[SMS])[0].text.startswith("Factura")


def test_an_instant_is_shown_in_the_zone_of_the_site_else_of_the_reader() -> None:
    claims = {"at": instant("2026-03-05T10:00:00-05:00", timezone="America/New_York"), "place": text("aquí")}
    sms, _ = render(renderer(VISIT), template="visit", claims=claims)
    assert "10:00 a. m." in sms.text
    madrid = dataclasses.replace(ANA, timezone="Europe/Madrid")
    sms, _ = render(renderer(VISIT), template="visit", claims=VISIT_CLAIMS, recipient=madrid)
    assert "4:00 p. m." in sms.text


def test_the_price_of_an_sms_is_that_of_its_segments_and_country() -> None:
    (sms,) = render(renderer(), channels=[SMS])
    assert (sms.encoding, sms.segments, sms.cost, sms.cost_currency) == ("GSM-7", 1, Decimal("0.01"), "USD")
    (abroad,) = render(renderer(), channels=[SMS], recipient=dataclasses.replace(ANA, country="ES"))
    assert abroad.cost == Decimal("0.05")
    (unpriced,) = render(renderer(settings=RenderSettings(default_locale="es")), channels=[SMS])
    assert (unpriced.cost, unpriced.cost_currency) == (None, None)
    assert sms.payload == sms.text.encode()


def test_the_mail_can_be_read_by_any_program_and_holds_both_texts() -> None:
    (mail,) = render(renderer(), channels=[EMAIL])
    found = message_from_bytes(mail.payload, policy=SMTP.clone(raise_on_defect=True))
    plain, html = (part.get_content().replace("\r\n", "\n") for part in found.iter_parts())
    assert (plain, html, str(found["Subject"])) == (mail.text, mail.html, mail.subject)
    assert [mail.to, str(found["To"])] == ["ana@example.com"] * 2


def test_the_same_notice_is_the_same_bytes() -> None:
    assert render(renderer()) == render(renderer())


def test_a_safety_notice_offers_no_unsubscribing() -> None:
    (mail,) = render(renderer(), channels=[EMAIL], notice_class=NoticeClass.SAFETY)
    assert b"List-Unsubscribe" not in mail.payload
    assert "claro.example/stop" not in (mail.html or "")


def test_a_folder_may_have_its_own_html() -> None:
    own = (
        "<html><head><style>.big { color: red }</style></head><body><p>{{ customer.name }}</p>"
        '<p class="big">{{ amount | money }}</p><p>{{ at | date }}</p>{{ exit.address }} {{ reference }}</body></html>'
    )
    people = dataclasses.replace(ANA, name="Ana & <Ruiz>")
    (mail,) = render(renderer({**BILL, "bill/email.es.html.j2": own}), channels=[EMAIL], recipient=people)
    assert '<p class="big" style="color: red;">$79.900</p>' in (mail.html or "")
    assert "<p>Ana &amp; &lt;Ruiz&gt;</p>" in (mail.html or "")
    (corrected,) = render(
        renderer({**BILL, "bill/email.es.html.j2": own}), channels=[EMAIL], previous={**CLAIMS, "amount": money("1")}
    )
    assert "<body><p>Cambio: valor: antes $1, ahora $79.900.</p>" in (corrected.html or "")


def test_the_halves_of_the_day_stay_with_their_hour_on_a_narrow_screen() -> None:
    (mail,) = render(renderer(VISIT), template="visit", claims=VISIT_CLAIMS, channels=[EMAIL])
    assert "10:00\u00a0a.\u00a0m." in (mail.html or "")
    assert "10:00 a. m." in mail.text


def test_hostile_texts_stay_texts_in_html() -> None:
    claims = {**VISIT_CLAIMS, "place": text('<script>alert("x")</script>')}
    (mail,) = render(renderer(VISIT), template="visit", claims=claims, channels=[EMAIL])
    assert "<script>" not in (mail.html or "")
    assert "&lt;script&gt;" in (mail.html or "")


def test_a_claim_is_one_line_whatever_the_state_holds() -> None:
    claims = {**VISIT_CLAIMS, "place": text("Calle 10\n\n- Total:\t0\u202fCOP")}
    sms, mail = render(renderer(VISIT), template="visit", claims=claims)
    assert "en Calle 10 - Total: 0 COP." in sms.text
    assert "- Lugar: Calle 10 - Total: 0 COP\n" in mail.text


@pytest.mark.parametrize("value", ["Hola\r\nBcc: otra@example.com", "Hola\nX"])
def test_a_line_break_cannot_reach_a_subject(value: str) -> None:
    files = {
        "n/email.es.subject.j2": "{{ note }}",
        "n/email.es.txt.j2": "{{ note }} {{ exit.address }} {{ reference }}",
    }
    with pytest.raises(RenderingError, match=r"subject\.j2:1: 'note' has a line break, which a subject must not have"):
        render(renderer(files), template="n", claims={"note": text(value)}, channels=[EMAIL])


def test_a_subject_of_two_lines_is_refused() -> None:
    message = refusal({"bill/email.es.subject.j2": "Su factura\n{{ amount }}"})
    assert message == "templates/bill/email.es.subject.j2:1: the subject has a line break"


@pytest.mark.parametrize(
    ("file", "source", "message"),
    [
        ("sms.es.txt", "{{ amount }} {{ exit.address }} {{ reference }}", "1: it does not print the claim 'at'"),
        (
            "email.es.txt",
            "{{ at | date }} {{ exit.address }} {{ reference }}",
            "1: it does not print the claim 'amount'",
        ),
        ("sms.es.txt", "{{ amount }} {{ at | date }} {{ reference }}", "1: it does not print {{ exit.address }}"),
        ("sms.es.txt", "{{ amount }} {{ at | date }} {{ exit.address }}", "1: it does not print {{ reference }}"),
        (
            "sms.es.txt",
            "{{ amount }} {{ at | date }} en 24 horas {{ exit.address }} {{ reference }}",
            "1: it prints a figure that is no claim: 'en 24 horas'",
        ),
        ("email.es.subject", "Su factura 2026", "1: it prints a figure that is no claim: 'Su factura 2026'"),
        (
            "sms.es.txt",
            "{{ amount }} {{ at }} {{ exit.address }} {{ reference }}",
            "1: it does not print the time of 'at', which templates/bill/sms.es.txt.j2 does",
        ),
        (
            "email.es.html",
            "<p>{{ amount }} {{ exit.address }} {{ reference }}</p>",
            "1: it does not print the claim 'at'",
        ),
        (
            "email.es.html",
            "<h1>24 h</h1>{{ amount }} {{ at | date }} {{ exit.address }} {{ reference }}",
            "1: it prints a figure that is no claim: '24 h",
        ),
    ],
)
def test_channels_that_would_not_say_the_same_say_nothing(file: str, source: str, message: str) -> None:
    assert message in refusal({f"bill/{file}.j2": source})


def test_a_claim_that_is_formatted_but_not_printed_does_not_count() -> None:
    source = "{% set shown = amount | money %}{{ at | date }} {{ exit.address }} {{ reference }}"
    assert "does not print the claim 'amount'" in refusal({"bill/sms.es.txt.j2": source})


def test_a_figure_that_is_also_part_of_a_fixed_name_is_no_figure_of_its_own() -> None:
    files = {"n/sms.es.txt.j2": "Mesa para {{ guests }}. {{ exit.address }} {{ reference }}"}
    (sms,) = render(renderer(files), template="n", claims={"guests": number("6")}, channels=[SMS], reference="A6B66")
    assert sms.text == "Mesa para 6. +57 601 7945501 A6B66"


def test_a_sentence_that_ends_with_a_time_has_one_full_stop() -> None:
    out = " {{ exit.address }} {{ reference }}"
    said = "Vamos el {{ at | date }} a las {{ at | time }}." + out
    files = {
        "n/sms.es.txt.j2": said,
        "n/email.es.txt.j2": "Hola,\n\nVamos a las {{ at | time }}. Es el {{ at | date }}.\n\nA las {{ at | time }}..."
        + out,
        "n/email.es.subject.j2": "A las {{ at | time }}.",
        "n/email.es.html.j2": "<html><head></head><body><p>A las <b>{{ at | time }}</b>.</p>{{ at | date }}."
        + out
        + "</body></html>",
    }
    sms, mail = render(renderer(files), template="n", claims={"at": VISIT_CLAIMS["at"]})
    assert sms.text == "Vamos el 5 de marzo de 2026 a las 10:00 a. m. +57 601 7945501 K7QXMZ"
    assert mail.text.startswith("Hola,\n\nVamos a las 10:00 a. m. Es el 5 de marzo de 2026.\n\nA las 10:00 a. m....")
    assert mail.subject == "A las 10:00 a. m."
    assert "<p>A las <b>10:00 a. m.</b></p>5 de marzo de 2026." in (mail.html or "")


def test_the_way_out_is_told_as_people_write_it() -> None:
    (mail,) = render(renderer(VISIT), template="visit", claims=VISIT_CLAIMS, channels=[EMAIL])
    assert "Llame al +57 601 7945501 (lunes a sábado de 08:00 a 20:00)" in mail.text
    assert 'href="tel:+576017945501"' in (mail.html or "")
    american = dataclasses.replace(ANA, locale="en-US")
    (abroad,) = render(renderer(), recipient=american, channels=[EMAIL])
    assert "Monday to Saturday, 08:00 to 20:00" in (abroad.html or "")


def test_a_bool_and_an_enumerated_text_are_told_by_a_branch() -> None:
    source = "{% if kind == 'closed' %}cerrado{% else %}abierto{% endif %}{% if late %} tarde{% endif %}"
    files = {"n/sms.es.txt.j2": source + " {{ exit.address }} {{ reference }}"}
    claims = {"kind": text("closed"), "late": boolean(True)}
    (sms,) = render(renderer(files), template="n", claims=claims, channels=[SMS])
    assert sms.text.startswith("cerrado tarde ")
    with pytest.raises(RenderingError, match="does not print the claim 'other'"):
        render(renderer(files), template="n", claims={**claims, "other": boolean(False)}, channels=[SMS])


@pytest.mark.parametrize(
    ("recipient", "channel", "message"),
    [
        (dataclasses.replace(ANA, phone=None), SMS, "no phone number"),
        (dataclasses.replace(ANA, phone="3001234567"), SMS, "no phone number in the form"),
        (dataclasses.replace(ANA, email=None), EMAIL, "no e-mail address"),
        (dataclasses.replace(ANA, email="a@x.co, b@y.co"), EMAIL, "not exactly one plain address"),
        (dataclasses.replace(ANA, timezone="America/Macondo"), SMS, "zone is unknown"),
        (dataclasses.replace(ANA, name="Ana\0"), SMS, "control characters"),
    ],
)
def test_a_reader_who_cannot_be_reached_is_an_error_without_personal_data(
    recipient: Recipient, channel: ChannelName, message: str
) -> None:
    with pytest.raises(RenderingError, match=message) as caught:
        render(renderer(), recipient=recipient, channels=[channel])
    assert "Ana" not in str(caught.value)
    assert "x.co" not in str(caught.value)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(RenderingError, match="the template 'nothing' has no sms for es-CO or es"):
        render(renderer(), template="nothing")
    with pytest.raises(RenderingError, match="no contact point 'nowhere', and every notice has a way out"):
        render(renderer(), exit_id="nowhere")


def test_an_sms_longer_than_a_provider_takes_is_refused() -> None:
    assert "the SMS has 1,6" in refusal({"bill/sms.es.txt.j2": "x" * 1600 + BILL["bill/sms.es.txt.j2"]})


def test_a_layout_that_leaves_a_text_out_is_refused() -> None:
    message = refusal({"layout.html.j2": "<html><body>{{ company }} {{ exit.address }}</body></html>"})
    assert message == "templates/layout.html.j2:1: it does not print every block of the text"
    hidden = "<html><body>{% for block in blocks %}{{ block.text }}{% for f in block.facts %}{% endfor %}{% endfor %}"
    assert "templates/layout.html.j2:1: 'block' has no" in refusal({"layout.html.j2": hidden})


def test_every_channel_of_both_languages_is_tried_with_the_shipped_layout() -> None:
    for locale in ("es-CO", "en-US"):
        messages = render(renderer(), recipient=dataclasses.replace(ANA, locale=locale), channels=BOTH)
        assert [message.channel for message in messages] == [SMS, EMAIL]
        assert SETTINGS.company in (messages[1].html or "")
