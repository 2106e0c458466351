"""How customers are greeted, whatever stands in the column of their name."""

import dataclasses

import pytest

from notifier.model.types import ChannelName
from notifier.rendering.greetings import NoName, first_name, without_nobody
from tests.rendering.support import ANA, render, renderer


@pytest.mark.parametrize(
    ("recorded", "greeted"),
    [
        ("Ana Ruiz", "Ana"),
        ("Ruiz, Ana", "Ana"),
        ("RUIZ PAZ, ANA", "Ana"),
        ("SRA. ANA", "Ana"),
        ("SRA. ANA RUIZ", "Ana"),
        ("ANA RUIZ", "Ana"),
        ("ana ruiz", "Ana"),
        ("Dr. Luis Paz", "Luis"),
        ("Paz, Dr. Luis", "Luis"),
        ("Dra Eva Mora", "Eva"),
        ("Don Luis", "Luis"),
        ("D. Luis Paz", "Luis"),
        ("Lic. EVA", "Eva"),
        ("MARÍA-JOSÉ PAZ", "María-José"),
        ("O'BRIEN, SEAN", "Sean"),
        ("O'BRIEN", "O'Brien"),
        ("McDonald", "McDonald"),
        ('"Ana" Ruiz', "Ana"),
        ("Ana y Luis Paz", "Ana"),
        ("Maria Sa", "Maria"),
        ("李", "李"),
    ],
)
def test_a_name_is_greeted_without_titles_and_capitals(recorded: str, greeted: str) -> None:
    assert first_name(recorded, "es") == greeted


@pytest.mark.parametrize(
    "recorded",
    [
        *("-", ".", "??", "300123", "ana@example.com"),
        *("Dr.", "J. Paz", "J.M. Paz", "Sr. y Sra. Paz"),
        *("N/A", "null", "Sin nombre", "CLIENTE"),
        *("Clínica Norte S.A.S.", "Tienda Sur Ltda."),
    ],
)
def test_whoever_has_no_usable_name_is_greeted_without_one(recorded: str) -> None:
    name = first_name(recorded, "es")
    assert isinstance(name, NoName)
    assert not name
    assert without_nobody(f"Hola, {name}:\n\nSu pedido") == "Hola,\n\nSu pedido"
    assert without_nobody(f"Hello {name},\n\nyour order") == "Hello,\n\nyour order"


def test_don_is_a_title_in_spanish_and_a_name_in_english() -> None:
    assert first_name("Don Paz", "es") == "Paz"
    assert first_name("Don Paz", "en") == "Don"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}, su pedido va tarde", "Su pedido va tarde"),
        ("Claro: {}, su pedido va tarde", "Claro: su pedido va tarde"),
        ("Recordatorio {}: 5 de marzo", "Recordatorio: 5 de marzo"),
        ("¡Hola, {}! Su pedido", "¡Hola! Su pedido"),
        ("Gracias, {}.", "Gracias."),
        ("La mesa de {} está lista", "La mesa de está lista"),
    ],
)
def test_the_place_of_a_missing_name_leaves_no_stray_sign(text: str, expected: str) -> None:
    assert without_nobody(text.format(first_name("-", "es"))) == expected


def test_a_mail_without_a_name_greets_and_its_template_may_ask() -> None:
    nobody = dataclasses.replace(ANA, name="-")
    (mail,) = render(renderer(), recipient=nobody, channels=[ChannelName.EMAIL])
    assert mail.text.startswith("Hola,\n\nSu factura está lista.")
    assert "\ue003" not in (mail.html or "")
    asking = "{% if customer.first_name %}Hola {{ customer.first_name }}{% else %}Buenos días{% endif %}, "
    files = {"n/sms.es.txt.j2": asking + "{{ amount }} {{ at | date }} {{ exit.address }} {{ reference }}"}
    (sms,) = render(renderer(files), template="n", recipient=nobody, channels=[ChannelName.SMS])
    assert sms.text.startswith("Buenos días, $79.900")
