"""Each type of a topic is said as its reader says it."""

import pytest

from notifier.answers.speech import speech_for
from notifier.answers.timeline_entries import Value
from notifier.answers.timeline_words import is_so_text
from notifier.model.types import TopicType
from notifier.rules.loader import load_project
from notifier.rules.shipped import shipped


@pytest.mark.parametrize(
    ("topic_type", "text", "spanish", "english"),
    [
        (TopicType.MONEY, "79900", "$79.900", "COP 79,900"),
        (TopicType.PERCENT, "20%", "20 %", "20%"),
        (TopicType.QUANTITY, "200 Mbit/s", "200 Mbit/s", "200 Mbit/s"),
        (TopicType.BOOL, "true", "sí", "yes"),
        (TopicType.DATE, "2026-03-05", "jueves, 5 de marzo", "Thursday, March 5"),
        (TopicType.TIMESTAMP, "2026-03-05T15:00:00Z", "jueves, 5 de marzo, 10:00 a. m.", "Thursday, March 5, 10:00 AM"),
        (TopicType.DURATION, "7200s", "2 horas", "2 hours"),
        (TopicType.MONEY, None, "todavía nada", "nothing yet"),
    ],
)
def test_a_value_is_said_in_the_readers_words(
    topic_type: TopicType, text: str | None, spanish: str, english: str
) -> None:
    zone = "America/Bogota"
    assert speech_for("es-CO", zone).value(topic_type, text, "COP") == spanish
    assert speech_for("en-US", zone).value(topic_type, text, "COP") == english


def test_a_window_is_said_with_its_day_and_hours() -> None:
    said = speech_for("es-CO", "America/Bogota").value(TopicType.WINDOW, "2026-03-05T13:00:00Z/2026-03-05T17:00:00Z")
    assert "5 de marzo" in said
    assert "8:00 a. m." in said
    assert "12:00 p. m." in said


def test_other_languages_read_english_and_unknown_locales_do_no_harm() -> None:
    assert speech_for("de-DE", None).topic("monthly_price") == "monthly price"
    assert speech_for("xx", None).timezone == "UTC"
    assert speech_for("es", None).row("contract:K-1") == "contrato K-1"


@pytest.mark.parametrize(
    ("promised_by", "english", "spanish"),
    [
        (None, "the fact is COP 111,860", "el hecho es $111.860"),
        ("quote", "the quote says COP 111,860", "la cotización dice $111.860"),
        ("contract", "the contract says COP 111,860", "el contrato dice $111.860"),
        ("robot", "the robot says COP 111,860", "el robot dice $111.860"),
    ],
)
def test_the_other_side_is_a_fact_or_what_another_promise_says(
    promised_by: str | None, english: str, spanish: str
) -> None:
    value = Value(topic="monthly_price", type=TopicType.MONEY, text="111860", currency="COP", promised_by=promised_by)
    assert is_so_text(speech_for("en-US", None), value) == english
    assert is_so_text(speech_for("es-CO", None), value) == spanish


def test_a_topic_is_called_what_the_project_calls_it_before_what_the_product_does() -> None:
    labels = {"monthly_price": {"es": "cuota", "es-CO": "mensualidad"}, "bonus": {"es": "bono"}}
    assert speech_for("es-CO", None, labels).topic("monthly_price") == "mensualidad"
    assert speech_for("es-MX", None, labels).topic("monthly_price") == "cuota"
    assert speech_for("en-US", None, labels).topic("monthly_price") == "monthly price"
    assert (speech_for("es", None, labels).topic("bonus"), speech_for("en", None, labels).topic("bonus")) == (
        "bono",
        "bonus",
    )


def test_every_shipped_topic_has_words_in_spanish() -> None:
    topics = load_project(shipped()).topics
    speech = speech_for("es-CO", None)
    assert [name for name in topics if speech.topic(name) == name.replace("_", " ")] == []
