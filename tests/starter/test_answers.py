"""What a new project is asked for: usual where a country has one answer, asked where it has several, all at once."""

from datetime import UTC, datetime

import pytest

from notifier.model.problems import ProblemsError
from notifier.starter.answers import Given, answers_of

NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "zone", "locale", "currency"),
    [
        ("CL", "America/Santiago", "es-CL", "CLP"),
        ("CO", "America/Bogota", "es-CO", "COP"),
        ("AR", "America/Argentina/Buenos_Aires", "es-AR", "ARS"),
        ("ES", "Europe/Madrid", "es-ES", "EUR"),
        ("GB", "Europe/London", "en-GB", "GBP"),
    ],
)
def test_a_country_says_zone_locale_and_currency(country: str, zone: str, locale: str, currency: str) -> None:
    answers = answers_of(Given(packs=["clinic"], country=country.lower()), NOW)
    assert (answers.timezone, answers.locale, answers.currency) == (zone, locale, currency)
    assert answers.contact.channel == "phone"
    assert answers.contact.address.startswith("+")


@pytest.mark.parametrize("country", ["US", "MX", "BR"])
def test_a_country_with_several_zones_is_asked_for_its_zone(country: str) -> None:
    with pytest.raises(ProblemsError, match=f"{country} has several zones, name yours: "):
        answers_of(Given(packs=["clinic"], country=country), NOW)


def test_every_problem_is_said_at_once_with_its_option() -> None:
    given = Given(
        packs=["clinik", "telco"],
        country="XX",
        language="pt",
        timezone="America/Santiag",
        currency="PESO",
        company="Clínica\nNorte",
        owner_mail="nobody",
        owners={"cars": "a@example.com", "care": "b@"},
        contact="12",
        contact_hours="nine to five",
    )
    with pytest.raises(ProblemsError) as caught:
        answers_of(given, NOW)

    said = {(one.place.file, one.what.partition(";")[0]) for one in caught.value.problems}
    assert {option for option, _ in said} == {
        *("--pack", "--country", "--language", "--zone", "--currency", "--company", "--owner-mail", "--owner"),
        *("--contact", "--contact-hours"),
    }
    texts = [str(one) for one in caught.value.problems]
    assert any("did you mean 'clinic'?" in text for text in texts)
    assert any("did you mean 'America/Santiago'?" in text for text in texts)
    assert any("did you mean 'care'?" in text for text in texts)


def test_an_owner_has_their_own_address_else_the_one_for_all_else_an_example() -> None:
    given = Given(packs=["retail"], country="CL", owners={"care": "ana@tienda.cl"}, owner_mail="todos@tienda.cl")
    owners = answers_of(given, NOW).owners
    assert (owners["care"], owners["logistics"]) == ("ana@tienda.cl", "todos@tienda.cl")
    assert answers_of(Given(packs=["clinic"], country="CL"), NOW).owners == {"care": "care@example.com"}


@pytest.mark.parametrize(
    ("contact", "channel", "address"),
    [
        ("2 2345 6789", "phone", "+56223456789"),
        ("ayuda@clinica.cl", "email", "ayuda@clinica.cl"),
        ("https://clinica.cl/ayuda", "web", "https://clinica.cl/ayuda"),
    ],
)
def test_a_way_out_is_what_it_looks_like(contact: str, channel: str, address: str) -> None:
    found = answers_of(Given(packs=["clinic"], country="CL", contact=contact), NOW).contact
    assert (found.channel, found.address) == (channel, address)
