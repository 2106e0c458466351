"""Sentences -> what they propose, with the words, the assumptions and the currency."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.capture.reading import DOUBT_COSTS, LANGUAGES, UnreadableTextError, read
from notifier.capture.second_opinion import dateparser_opinion
from notifier.capture.surroundings import Surroundings
from notifier.capture.texts import LONGEST_TEXT, folded, sentences
from tests.capture.examples import BOGOTA, NEW_YORK, PLACES, examples, only, said

SENTENCES = [
    pytest.param(language, text, wanted, id=f"{language}: {text[:60]}")
    for language in PLACES
    for text, wanted in examples(language)
]
WORDS = " ".join(text for language in PLACES for text, _ in examples(language)).split()


@pytest.mark.parametrize(("language", "text", "wanted"), SENTENCES)
def test_a_sentence_proposes_what_it_promises(language: str, text: str, wanted: set[tuple[str, str]]) -> None:
    assert {(each.topic, str(each.value)) for each in read(text, PLACES[language])} == wanted


def test_the_words_are_the_evidence() -> None:
    text = "Asesor: Sí señor, le queda en 79.900 al mes."
    proposal = only(text)
    assert (proposal.said, text[proposal.start : proposal.end]) == ("79.900 al mes", "79.900 al mes")


def test_what_is_assumed_is_told_and_costs_confidence() -> None:
    sure, assumed = only("lo llamo mañana a las 3 de la tarde"), only("lo llamo mañana a las 3")
    assert (sure.value, sure.assumed) == (assumed.value, ())
    assert assumed.assumed == ("15:00: no se dijo si de la mañana o de la tarde",)
    assert assumed.confidence < sure.confidence
    assert only("I'll call you tomorrow at 3", NEW_YORK).assumed == ("15:00: half of the day not said",)


def test_a_sign_names_no_currency() -> None:
    assert only("le queda en $79.900 al mes").currency == "COP"
    assert (
        only("le queda en $799 al mes", replace(BOGOTA, country="MX", locale="es-MX", currency="MXN")).currency == "MXN"
    )
    assert read("le queda en $79.900 al mes", replace(BOGOTA, currency=None)) == []
    assert only("le queda en 29,90 euros al mes", replace(BOGOTA, country="ES", currency="EUR")).currency == "EUR"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("le queda en 79 mil al mes", "79000"),
        ("le queda en 79mil pesos al mes", "79000"),
        ("le queda en 80k al mes", "80000"),
        ("le queda en 79 mil 900 al mes", "79900"),
        ("le queda en 79,900 al mes", "79900"),
        ("le queda en 1'234.567 al mes", "1234567"),
        ("le queda en 1.2 millones al mes", "1200000"),
        ("le queda en medio millón al mes", "500000"),
        ("le queda en 35 lucas al mes", "35000"),
        ("le queda en setenta y nueve mil novecientos al mes", "79900"),
        ("le queda en veintidós mil al mes", "22000"),
        ("le queda de 80 a 100 mil al mes", "80000/100000"),
    ],
)
def test_amounts_as_people_say_them(text: str, value: str) -> None:
    assert said(text) == {"monthly_price": value}


@pytest.mark.parametrize(
    "text",
    [
        "le queda en 79 al mes",  # 79 for 79,000
        "le queda en 60 mil y pico al mes",
        "le queda como en 60 mil al mes",
        "le queda en un millón doscientos al mes",  # 1,200,000 is said so, and 1,000,200 written so
    ],
)
def test_an_amount_that_may_be_another_is_not_proposed(text: str) -> None:
    assert read(text, BOGOTA) == []


def test_taxes_are_read_where_they_are_said() -> None:
    assert only("son 79.900 pesos mensuales, IVA incluido").tax_included is True
    assert only("son 79.900 pesos mensuales más IVA").tax_included is False
    assert only("son 79.900 pesos mensuales").tax_included is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("le entregamos el martes que viene", "2026-03-17"),
        ("le entregamos el próximo martes", "2026-03-17"),
        ("le entregamos este viernes", "2026-03-13"),
        ("le entregamos el 3 de abril", "2026-04-03"),
        ("le entregamos el tres de abril", "2026-04-03"),
        ("le entregamos el 3/4", "2026-04-03"),
        ("le entregamos el día 5", "2026-04-05"),
        ("le entregamos de hoy en ocho", "2026-03-19"),
        ("le entregamos en quince días", "2026-03-27"),
        ("le entregamos en 15 días hábiles", "2026-04-07"),  # without St Joseph, Holy Thursday and Good Friday
        ("le entregamos a fin de mes", "2026-03-31"),
        ("le entregamos la semana que viene", "2026-03-16/2026-03-22"),
        ("le entregamos en la próxima quincena", "2026-03-16/2026-03-31"),
        ("le entregamos pasado mañana", "2026-03-14"),
        ("le entregamos mañana por la mañana", "2026-03-13T07:00:00-05:00/2026-03-13T12:00:00-05:00"),
        ("le entregamos antes del viernes 20", "2026-03-19"),
    ],
)
def test_days_as_people_say_them(text: str, value: str) -> None:
    assert said(text) == {"delivery_date": value}


@pytest.mark.parametrize(
    "text",
    [
        "le entregamos a mediados de abril",
        "le entregamos a principios de abril",
        "le entregamos el próximo viernes",  # said on a Thursday: tomorrow, or in eight days
        "le entregamos el lunes 17 de marzo",  # a Tuesday
        "le entregamos el 5 de marzo",  # past
        "le entregamos ahorita",
        "le entregamos lo antes posible",
        "le entregamos hoy a las 9 am",  # past
    ],
)
def test_a_day_that_may_be_another_is_not_proposed(text: str) -> None:
    assert read(text, BOGOTA) == []


def test_day_and_month_stand_in_the_order_of_the_country_and_not_of_the_language() -> None:
    text = "your order arrives on 4/3"
    assert said(text, NEW_YORK) == {"delivery_date": "2026-04-03"}
    assert said("your order arrives on 3/4", replace(NEW_YORK, country="GB", locale="en-GB")) == {
        "delivery_date": "2026-04-03"
    }


def test_an_offer_that_was_refused_is_none() -> None:
    offer = "Asesor: Le dejo 300 megas en 75 mil al mes.\n"
    assert said(f"{offer}Cliente: Acepto.") == {"speed": "300", "monthly_price": "75000"}
    assert said(f"{offer}Cliente: No, gracias.") == {}


def test_what_was_a_slip_is_replaced() -> None:
    assert said("Asesor: Le queda en 69.900 al mes, perdón, son 89.900 al mes.") == {"monthly_price": "89900"}


def test_a_cancellation_counts_when_the_customer_orders_it() -> None:
    assert said("Cliente: Cancele el servicio, por favor.") == {"cancelled": "True"}
    both = "Cliente: Cancele el servicio.\nAsesor: Listo, queda cancelado."
    assert only(both).said == "queda cancelado"


def test_what_cannot_be_read_is_refused_with_a_sentence() -> None:
    with pytest.raises(UnreadableTextError, match="50,001 characters"):
        read("a" * (LONGEST_TEXT + 1), BOGOTA)
    with pytest.raises(UnreadableTextError, match="one of en, es"):
        read("bonjour", replace(BOGOTA, locale="fr-FR"))


def test_another_reading_of_a_day_is_a_doubt_and_never_a_value() -> None:
    heard: list[str] = []

    def other(words: str, _: Surroundings) -> date | None:
        heard.append(words)
        return date(2026, 3, 24)

    text = "Asesor: Le queda en 79.900 al mes, y le entregamos el martes que viene."
    alone, doubted = read(text, BOGOTA), read(text, BOGOTA, other)
    assert heard == ["el martes que viene"]  # the words of the day alone
    assert [(each.topic, each.value) for each in alone] == [(each.topic, each.value) for each in doubted]
    assert [each.doubt for each in doubted] == [None, "dateparser: 2026-03-24"]
    assert [one.confidence - two.confidence for one, two in zip(alone, doubted, strict=True)] == [0, DOUBT_COSTS]
    agrees = read(text, BOGOTA, lambda *_: date(2026, 3, 17))
    assert [each.doubt for each in agrees] == [None, None]
    assert read(text, BOGOTA, lambda *_: None) == alone


def test_the_second_opinion_is_that_of_dateparser() -> None:
    opinion = dateparser_opinion()
    assert opinion is not None, "the extra `second-opinion` is not installed"
    assert opinion("tomorrow", NEW_YORK) == date(2026, 3, 13)
    assert opinion("4/3", NEW_YORK) == date(2026, 4, 3)
    assert opinion("4/3", BOGOTA) == date(2027, 3, 4)
    assert opinion("de hoy en ocho", BOGOTA) is None
    (proposal,) = read("le entregamos el 3 de abril", BOGOTA, opinion)
    assert proposal.doubt is None


@settings(max_examples=150, deadline=None, database=None)
@given(
    text=st.one_of(
        st.text(max_size=200),
        st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
        st.lists(
            st.sampled_from(["\n", "Cliente:", "$", "79.900", "al mes", "<when:0>", "12/", "a las", "%", "á"]),
            max_size=20,
        ).map(" ".join),
    ),
    language=st.sampled_from(LANGUAGES),
)
def test_no_text_raises_and_all_words_lie_in_it(text: str, language: str) -> None:
    for each in read(text, PLACES[language]):
        assert 0 <= each.start < each.end <= len(text)
        assert text[each.start : each.end] == each.said
        assert 10 <= each.confidence <= 100


@given(text=st.text(max_size=300))
@settings(max_examples=100, deadline=None, database=None)
def test_folding_keeps_every_position_and_sentences_lie_in_their_line(text: str) -> None:
    plain = folded(text)
    assert len(plain) == len(text)
    line = plain.replace("\n", " ")
    assert all(0 <= each.start < each.end <= len(line) for each in sentences(line, 0, len(line)))


def test_a_long_transcript_is_read_in_one_pass() -> None:
    """A call of an hour: as many words as there are, and no more work for each than in a short one."""
    line = "Asesor: Le queda en 79.900 al mes, el técnico va el martes de 2 a 5 y lo llamo hoy antes de las cinco.\n"
    found = read(line * 400, BOGOTA)
    assert {each.topic for each in found} == {"monthly_price", "appointment", "callback"}
