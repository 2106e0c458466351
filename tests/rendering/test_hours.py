"""Opening hours as people say them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rendering.hours import hours_in_words
from notifier.rendering.words import ENGLISH, SPANISH

SAID = [
    ("24/7", "24 horas, todos los días", "24 hours, every day"),
    ("Mo-Su,PH 00:00-24:00", "24 horas, todos los días", "24 hours, every day"),
    ("Mo-Sa 08:00-20:00", "lunes a sábado de 08:00 a 20:00", "Monday to Saturday, 08:00 to 20:00"),
    ("Mo-Su 08:00-20:00", "todos los días de 08:00 a 20:00", "every day, 08:00 to 20:00"),
    ("08:00-20:00", "todos los días de 08:00 a 20:00", "every day, 08:00 to 20:00"),
    (
        "Mo-Sa 08:00-20:00; PH off",
        "lunes a sábado de 08:00 a 20:00; festivos: cerrado",
        "Monday to Saturday, 08:00 to 20:00; public holidays: closed",
    ),
    (
        "Mo-Fr,PH 08:00-12:00,14:00-18:00; Sa 09:00-14:00",
        "lunes a viernes y festivos de 08:00 a 12:00 y de 14:00 a 18:00; sábado de 09:00 a 14:00",
        "Monday to Friday and public holidays, 08:00 to 12:00 and 14:00 to 18:00; Saturday, 09:00 to 14:00",
    ),
    (
        "Mo-Th, Su 11:00-21:00",
        "lunes a jueves y domingo de 11:00 a 21:00",
        "Monday to Thursday and Sunday, 11:00 to 21:00",
    ),
    ("Mo,We 08:00+", "lunes y miércoles desde las 08:00", "Monday and Wednesday, from 08:00"),
    ("Fr 20:00-02:00", "viernes de 20:00 a 02:00", "Friday, 20:00 to 02:00"),
    ("Dec 25 off", "25 de diciembre: cerrado", "December 25: closed"),
    (
        "2026 Dec 24 10:00-14:00",
        "24 de diciembre de 2026 de 10:00 a 14:00",
        "December 24, 2026, 10:00 to 14:00",
    ),
    ("off", "cerrado", "closed"),
    ("Mo-Fr unknown", "lunes a viernes: horario por confirmar", "Monday to Friday: hours to be confirmed"),
    ('Sa "previa cita"', "sábado (previa cita)", "Saturday (previa cita)"),
    (
        'Mo-Fr 08:00-18:00 || "previa cita"',
        "lunes a viernes de 08:00 a 18:00; en otro horario: previa cita",
        "Monday to Friday, 08:00 to 18:00; at other times: previa cita",
    ),
]


@pytest.mark.parametrize(("hours", "spanish", "english"), SAID)
def test_hours_are_said_in_words(hours: str, spanish: str, english: str) -> None:
    assert hours_in_words(hours, SPANISH) == spanish
    assert hours_in_words(hours, ENGLISH) == english


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("Su[1] 10:00-12:00", "domingo[1] 10:00-12:00"),
        ("PH Mo-Fr 10:00-12:00", "festivos lunes-viernes 10:00-12:00"),
        ("Mo sunrise-sunset", "lunes sunrise-sunset"),
        ("llame antes", "llame antes"),
    ],
)
def test_what_has_no_words_stays_in_the_syntax(hours: str, said: str) -> None:
    assert hours_in_words(hours, SPANISH) == said


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Mo", "Tu-Fr", "Sa,Su", "PH", "Mo-Su", "Dec 24"]),
            st.sampled_from(["08:00-12:00", "08:00-12:00,13:30-19:45", "22:15-03:00", "off", "17:00+"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_hour_is_lost_or_invented(rules: list[tuple[str, str]]) -> None:
    text = "; ".join(f"{days} {times}" for days, times in rules)
    said = hours_in_words(text, SPANISH)
    assert re.findall(r"\d\d:\d\d", said) == re.findall(r"\d\d:\d\d", text)
    assert said.count("cerrado") == text.count("off")
