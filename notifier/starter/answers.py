"""What a new project is asked for -> checked answers, or every problem at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.numbers import is_currency

from notifier.model.formats import country_code, email_address, locale_name, zone_name
from notifier.model.phones import phone_number
from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean, one_of
from notifier.model.texts import problem_of
from notifier.rules.catalogue_files import check_hours
from notifier.starter import places
from notifier.starter.needs import needs_of
from notifier.starter.packs import files_of, packs

WAYS = ("phone", "whatsapp", "email", "web")
"""The channels of a way out that a new project is asked for."""
DEFAULT_HOURS = "Mo-Fr 09:00-18:00"
DEFAULT_COMPANY = {"es": "Mi empresa", "en": "My company"}
DEFAULT_MAIL = "example.com"


Check = Callable[[str, str | None, Callable[[str], str]], str | None]
"""(option, what was said, how it is checked) -> the checked text; what is wrong is noted."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The way out that a new project begins with: where a person answers."""

    channel: str
    address: str
    hours: str


@dataclass(frozen=True, kw_only=True)
class Answers:
    """All that is known of a new project, checked."""

    packs: tuple[str, ...]
    country: str
    language: str
    locale: str
    timezone: str
    currency: str
    company: str
    owners: Mapping[str, str]
    """The mail address of each owner that the packs name."""
    contact: Contact

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the project's clocks are read."""
        return ZoneInfo(self.timezone)


@dataclass(kw_only=True)
class Given:
    """What was said so far, as written; None where nothing was."""

    packs: Sequence[str] = ()
    country: str | None = None
    language: str | None = None
    timezone: str | None = None
    locale: str | None = None
    currency: str | None = None
    company: str | None = None
    owner_mail: str | None = None
    """Where alerts go of owners who have no address of their own in `owners`."""
    owners: Mapping[str, str] = field(default_factory=dict)
    contact: str | None = None
    contact_channel: str | None = None
    contact_hours: str | None = None


def answers_of(given: Given, now: datetime) -> Answers:
    """The checked answers; what was not said is what is usual in the country.

    Raises ProblemsError with every problem, each with the option that says it.
    """
    problems: list[Problem] = []

    def check(option: str, text: str | None, by: Callable[[str], str]) -> str | None:
        try:
            return None if text is None else by(text.strip())
        except ValueError as error:
            problems.append(_problem(option, str(error)))
            return None

    if not given.packs:
        problems.append(_problem("--pack", f"name one, or several: {one_of(list(packs()))}"))
    chosen = tuple(dict.fromkeys(name for each in given.packs if (name := check("--pack", each, checked_pack))))
    if given.country is None:
        problems.append(_problem("--country", "say where your customers live, as CL or US"))
    country = check("--country", _upper(given.country), country_code)
    language = check("--language", given.language, _language) or (country and places.language_of_country(country))
    zone = check("--zone", given.timezone, zone_name)
    if country is not None and given.timezone is None:
        zone = places.zone_of(country, now)
        if zone is None:
            there = one_of(places.zones_of(country)) or "write it like America/Bogota"
            problems.append(_problem("--zone", f"{country} has several zones, name yours: {there}"))
    usual = places.locale_of(language, country) if language and country else None
    locale = check("--locale", given.locale or usual, locale_name)
    currency = check("--currency", given.currency, checked_currency) or (country and places.currency_of(country))
    if country is not None and currency is None and given.currency is None:
        problems.append(_problem("--currency", f"no currency of {country} is known; write it like USD"))
    company = check("--company", given.company, _company) or DEFAULT_COMPANY.get(language or "", "")
    mail = check("--owner-mail", given.owner_mail, email_address)
    owners = _owners(given, chosen, mail, problems)
    contact = _contact(given, country or "US", check)
    if problems:
        raise ProblemsError(problems)
    assert country is not None
    assert language is not None
    assert zone is not None
    assert locale is not None
    assert currency is not None
    assert contact is not None
    return Answers(
        packs=chosen,
        country=country,
        language=language,
        locale=locale,
        timezone=zone,
        currency=currency,
        company=company,
        owners=owners,
        contact=contact,
    )


def owners_needed(names: Sequence[str]) -> Sequence[str]:
    """The owners that the packs name, by name."""
    needs = needs_of(file.content for file in files_of(names) if file.is_rules)
    return sorted(needs.owners)


def _owners(given: Given, chosen: Sequence[str], mail: str | None, problems: list[Problem]) -> Mapping[str, str]:
    needed = owners_needed(chosen)
    owners = {}
    for name, address in given.owners.items():
        if name not in needed:
            if chosen:
                there = did_you_mean(name, needed) or f"; there are {one_of(needed)}"
                problems.append(_problem("--owner", f"the packs know no owner '{name}'{there}"))
            continue
        try:
            owners[name] = email_address(address)
        except ValueError as error:
            problems.append(_problem("--owner", f"{name}: {error}"))
    return {name: owners.get(name) or mail or f"{name}@{DEFAULT_MAIL}" for name in needed}


def _contact(given: Given, country: str, check: Check) -> Contact | None:
    written = (given.contact or places.example_landline(country)).strip()
    usual = _way_of(written)
    channel = check("--contact-channel", given.contact_channel or usual, _way)
    hours = check("--contact-hours", given.contact_hours or DEFAULT_HOURS, check_hours)
    address = check("--contact", written, lambda text: address_of(text, country, channel or usual))
    if channel is None or hours is None or address is None:
        return None
    return Contact(channel=channel, address=address, hours=hours)


def address_of(text: str, country: str, channel: str | None = None) -> str:
    """The address of a way out, checked by its channel, or by what it looks like. Raises ValueError."""
    way = channel or _way_of(text)
    if way == "email":
        return email_address(text)
    return text if way == "web" else phone_number(text, country)


def checked_pack(text: str) -> str:
    """The name of a pack. Raises ValueError for another."""
    name = text.strip()
    if name not in packs():
        close = did_you_mean(name, packs()) or f"; there are {one_of(list(packs()))}"
        raise ValueError(f"there is no pack '{name}'{close}")
    return name


def _way_of(address: str) -> str:
    return "email" if "@" in address else "web" if "://" in address else "phone"


def _way(text: str) -> str:
    if text not in WAYS:
        close = did_you_mean(text, WAYS) or f"; it is one of {one_of(WAYS)}"
        raise ValueError(f"'{text}' is no way to reach a person{close}")
    return text


def _language(text: str) -> str:
    if text not in places.LANGUAGES:
        raise ValueError(f"there are no texts in '{text}'; packs are written in {one_of(places.LANGUAGES)}")
    return text


def checked_currency(text: str) -> str:
    """An ISO 4217 code. Raises ValueError for anything else."""
    if not is_currency(text.upper()):
        raise ValueError(f"'{text}' is no currency; write its ISO 4217 code, like USD")
    return text.upper()


def _company(text: str) -> str:
    if not text or (wrong := problem_of(text)) is not None:
        raise ValueError(f"it {wrong if text else 'is empty'}; write the name that your customers know")
    return text


def _upper(text: str | None) -> str | None:
    return None if text is None else text.strip().upper()


def _problem(option: str, what: str) -> Problem:
    return Problem(Place(option), what)
