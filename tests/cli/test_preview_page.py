"""The page that `preview --html` writes: one file, readable anywhere, that loads and runs nothing of what it shows."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace

from notifier.answers.preview import Preview
from notifier.cli.pages.preview_page import preview_page
from notifier.model.notices import Draft, Reason, ReasonCode
from tests.cli.samples import ANA, MAIL_HTML, NOW, SMS_TEXT, held, mail, price_contradiction, ready, sms


def page(
    timezone: str = "UTC", locale: str = "en", labels: Mapping[str, Mapping[str, str]] | None = None, **changes: object
) -> str:
    values: dict[str, object] = {
        "now": NOW,
        "told": (ready(),),
        "not_told": (held(),),
        "alerts": (),
        "contradictions": (price_contradiction(),),
        "failures": (),
    }
    preview = Preview(**(values | changes))  # type: ignore[arg-type]  # named parts of a sample
    return preview_page(preview, company="Andina", timezone=timezone, locale=locale, labels=labels)


def test_the_page_shows_the_bubble_beside_the_mail_the_exclusions_and_the_cost() -> None:
    html = page()

    assert "2 segments · GSM-7 · COP 50" in html
    assert '<div class="bubble">Andina: instalamos su servicio' in html
    assert "Lo visitamos el jueves, 5 de marzo para instalar su servicio" in html
    assert "an open contradiction of cancelled-but-scheduled" in html
    assert "COP 111,860 (+40 %)" in html
    assert "5 days 14 h left" in html
    assert "<dd>COP 50</dd>" in html


def test_a_mail_sits_in_a_frame_that_may_run_no_script() -> None:
    html = page()

    frame = re.search(r"<iframe[^>]*>", html)
    assert frame is not None
    assert 'sandbox="allow-same-origin"' in frame.group()
    assert MAIL_HTML not in html  # only escaped, as the frame's document
    assert "&lt;h1&gt;Lo visitamos&lt;/h1&gt;" in html


def test_what_customers_are_called_cannot_become_markup() -> None:
    hostile = ready(
        recipient=replace(ANA, name="<script>alert(1)</script>"),
        messages=(sms("<img src=x onerror=alert(1)>"), replace(mail(), subject="<b>x</b>")),
    )

    html = page(told=(hostile,))

    assert "<script>alert(1)</script>" not in html
    assert "<img src=x" not in html
    assert "<b>x</b>" not in html


def test_the_page_loads_nothing_and_runs_only_its_own_script() -> None:
    html = page()

    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    assert policy is not None
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script.group(1).encode()).digest()).decode()
    assert "default-src 'none'" in policy.group(1)
    assert f"'sha256-{digest}'" in policy.group(1)
    outside = re.sub(r'srcdoc="[^"]*"', "", html)
    assert not re.search(r'(src|href)="?https?:', outside)


def test_a_crowd_left_out_for_one_reason_is_folded_together() -> None:
    crowd = tuple(held(recipient_id=f"C-{n}", recipient=replace(ANA, id=f"C-{n}", name=f"P{n}")) for n in range(9))

    html = page(not_told=crowd)

    assert "<summary>9 customers</summary>" in html
    assert html.count("an open contradiction of cancelled-but-scheduled") == 1


def test_an_empty_preview_says_that_nobody_is_told() -> None:
    html = page(told=(), not_told=(), contradictions=())

    assert "Nobody." in html
    assert "Nobody is left out." in html


def test_the_same_preview_gives_the_same_page() -> None:
    assert page() == page()


def test_equal_texts_are_one_with_the_names_of_all_who_get_them() -> None:
    """Each has a name and a reference of its own; who hears another hour is told apart."""
    crowd = [personal(number) for number in range(20)]
    other = personal(20, text=SMS_TEXT.replace("10:00", "11:00"))

    html = page(told=(*crowd, other))

    assert html.count('<div class="bubble">') == 2
    assert "The same text goes to 20 customers, each with their own name and reference. It is shown as Ana0" in html
    assert html.count("<small>7K3QM") == 20
    assert "<li>Ana19 Ruiz (C-19) <small>7K3QM-X9T19</small></li>" in html
    assert '<h2>Would be told <span class="n">21</span></h2>' in html


def personal(number: int, text: str = SMS_TEXT) -> Draft:
    """What one of many is told."""
    name, reference = f"Ana{number} Ruiz", f"7K3QM-X9T{number:02}"
    message = sms(text.replace("7K3QM-X9T2A", reference) + f" {name}")
    recipient = replace(ANA, id=f"C-{number}", name=name)
    return ready(recipient=recipient, recipient_id=recipient.id, reference=reference, messages=(message,))


def test_the_page_shows_the_zone_of_the_project() -> None:
    assert "Andina · Tue 2026-03-03 10:00 (America/Bogota) · Nothing was sent" in page(timezone="America/Bogota")
    assert "Times without a zone are those of America/Bogota." in page(timezone="America/Bogota")
    assert "Andina · Tue 2026-03-03 15:00 UTC · Nothing was sent" in page()


def test_the_page_speaks_the_language_of_the_reader() -> None:
    html = page(locale="es-CO", timezone="America/Bogota")

    assert '<html lang="es">' in html
    for words in (
        "Qué se avisaría ahora",
        "No se avisaría, y por qué",
        "2 segmentos",
        "quedan ",
        "retenido",
        "Correo a",
    ):
        assert words in html, words
    outside = re.sub(r'srcdoc="[^"]*"', "", html)
    for words in ("Would be told", "Recipients", "Mail to", "Verdict", "segments", "left</b>", "owner "):
        assert words not in outside, words
    assert '<html lang="en">' in page(locale="pt-BR")


def test_a_topic_is_named_as_the_project_names_it() -> None:
    assert "· monthly price ·" in page()
    assert "· precio mensual ·" in page(locale="es-CO")
    assert "· mensualidad ·" in page(locale="es-CO", labels={"monthly_price": {"es": "mensualidad"}})


def test_a_flood_is_shown_by_its_first_ones_and_the_rest_is_counted() -> None:
    many = tuple(replace(price_contradiction(), id=f"X-{number:05}") for number in range(120))
    reasons = [Reason(code=ReasonCode.OPEN_CONTRADICTION, text=f"held by price-check: X-{n}") for n in range(8)]
    left_out = tuple(
        replace(held(), verdict=replace(held().verdict, reason=reason), subject_id=f"A-{n}")
        for n, reason in enumerate(reasons)
    )
    html = page(contradictions=many, not_told=left_out)
    assert html.count('class="card contradiction"') == 100
    assert "… and 20 more: notifier contradictions list" in html
    assert "and 7 more like it, each with a contradiction of its own" in html
    assert "y 7 más como este" in page(locale="es-CO", not_told=left_out)


def test_a_few_that_are_held_are_shown_each_with_its_own_reason() -> None:
    reasons = [Reason(code=ReasonCode.OPEN_CONTRADICTION, text=f"held by price-check: X-{n}") for n in range(2)]
    left_out = tuple(replace(held(), verdict=replace(held().verdict, reason=reason)) for reason in reasons)
    html = page(not_told=left_out)
    assert all(reason.text in html for reason in reasons)
