"""What a template prints of a customer may have digits; no wrong figure hides behind them."""

import dataclasses

import pytest

from notifier.model.notices import RenderedMessage
from notifier.model.types import USUAL_CHANNELS
from notifier.rendering.errors import RenderingError
from tests.rendering.support import ANA, BILL, CLAIMS, money, render, renderer, text

NAMES = (
    "3M Colombia", "3m colombia", "Bar 24/7", "Hotel 1900", "7-Eleven", "Grupo 2000 S.A.", "59,90", "5", "$79.900",
    "5 de marzo de 2026", "+57 601 7945501", "O'Brien 3 & Hijos", "Tienda <b>7</b>", "Café 21 ñ", "Ana Ruiz",
)  # fmt: skip
EVERY_WAY = (
    "{{ customer.name }}, {{ customer.name | upper }}, {{ customer.name | lower }}, {{ customer.name | capitalize }}, "
    "{% set who = customer.name %}{{ who }}, {{ who }}; {% for letter in customer.name %}{{ letter }}{% endfor %} "
    "{{ customer.first_name }}: {{ amount | money }} {{ at | date }}. {{ exit.address }} {{ reference }} {{ company }}"
)
PRINTED = {
    f"bill/{part}.{language}.{kind}.j2": EVERY_WAY
    for part, kind in (("sms", "txt"), ("email", "txt"), ("email", "html"), ("email", "subject"))
    for language in ("es", "en")
}


def told(name: str, locale: str, templates: dict[str, str]) -> tuple[RenderedMessage, ...]:
    return render(renderer(templates), recipient=dataclasses.replace(ANA, name=name, locale=locale))


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
@pytest.mark.parametrize("name", NAMES)
def test_a_customer_is_told_whatever_digits_the_name_has(name: str, locale: str) -> None:
    for templates in (BILL, PRINTED):
        sms, mail = told(name, locale, dict(templates))
        assert ("79.900" if locale == "es-CO" else "79,900") in sms.text
        assert mail.subject
    assert sms.text.startswith(f"{name}, {name.upper()}, {name.lower()}")


@pytest.mark.parametrize("name", ["5", "59,90", "Ana 59,90", "9"])
@pytest.mark.parametrize("part", ["sms.es.txt", "email.es.txt", "email.es.html", "email.es.subject"])
def test_no_wrong_figure_hides_behind_a_name(name: str, part: str) -> None:
    file = f"bill/{part}.j2"
    templates = {**PRINTED, file: f"59,90 {PRINTED[file]} 59,90"}
    with pytest.raises(RenderingError) as refused:
        told(name, "es-CO", templates)
    assert str(refused.value).startswith(f"templates/{file}:1: it prints a figure that is no claim: '")


def test_a_name_that_is_not_printed_allows_no_figure() -> None:
    file = "bill/sms.es.txt.j2"
    templates = {**BILL, file: f"{BILL[file]} 1900"}
    with pytest.raises(RenderingError, match=r"it prints a figure that is no claim: '.* 1900'"):
        told("Hotel 1900", "es-CO", templates)


@pytest.mark.parametrize("value", ["Fibra 600", "iPhone 15", "Calle 5 de Mayo 12", "O-2026-03/7", "24/7", "A & B's 3"])
def test_a_text_with_digits_is_a_claim_like_any_other(value: str) -> None:
    templates = {
        name: source.replace("{{ amount", "{{ plan }}, {{ plan | upper }} {{ amount")
        for name, source in PRINTED.items()
    }
    for channel in USUAL_CHANNELS:
        (message,) = render(renderer(templates), claims={**CLAIMS, "plan": text(value)}, channels=[channel])
        assert f"{value}, {value.upper()} " in message.text


def test_a_name_that_changed_between_two_words_is_printed_as_it_is_now() -> None:
    before = {**CLAIMS, "amount": money("159800")}
    now = dataclasses.replace(ANA, name="4Life 2.0")
    sms, mail = render(renderer(PRINTED), recipient=now, previous=before)
    for message in (sms, mail):
        assert "4Life 2.0" in message.text
        assert "antes $159.800, ahora $79.900" in message.text


@pytest.mark.parametrize("name", ["Ana \u202eziuR", "\u200fAna", "Ana\u2069"])
def test_no_mark_of_direction_of_a_row_imported_before_gets_into_a_message(name: str) -> None:
    for message in told(name, "es-CO", dict(PRINTED)):
        assert message.text.startswith("Ana")
        assert not any(mark in message.text + (message.html or "") for mark in "\u202e\u200f\u2069")


def test_a_text_with_a_mark_that_rendering_itself_uses_is_not_printed() -> None:
    with pytest.raises(RenderingError, match="a text holds control characters, or such as no other program knows"):
        told("Ana \ue002", "es-CO", dict(PRINTED))


def test_a_name_that_needs_its_joiner_is_printed_with_it() -> None:
    sms, mail = told("می\u200cخواهم رضا", "es-CO", dict(PRINTED))
    assert sms.text.startswith("می\u200cخواهم رضا,")
    assert "می\u200cخواهم رضا" in mail.text


@pytest.mark.parametrize("part", ["sms.es.txt", "email.es.txt", "email.es.html", "email.es.subject"])
@pytest.mark.parametrize("written", ["{{ '\\ud800' }}", "\x1b[31m", "\ue001"])
def test_a_template_prints_nothing_that_a_message_cannot_hold(part: str, written: str) -> None:
    file = f"bill/{part}.j2"
    with pytest.raises(
        RenderingError, match=r"it prints the (control )?character U\+(D800|001B|E001)[^;]*; remove it"
    ) as refused:
        told("Ana", "es-CO", {**PRINTED, file: f"{written} {PRINTED[file]}"})
    assert refused.value.place is not None
    assert refused.value.place.file == f"templates/{file}"
