"""Proposals in the words of whoever confirms them, in Spanish and English."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date, format_time
from babel.numbers import format_currency

from notifier.capture.proposals import Proposal

TOPICS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "monthly_price": "mensualidad",
        "price": "precio",
        "price_hold": "precio sin cambios",
        "installation_fee": "costo de instalación",
        "discount": "descuento",
        "discount_end": "fin del descuento",
        "refund": "devolución",
        "speed": "velocidad",
        "term": "permanencia",
        "delivery_date": "entrega",
        "installation_date": "instalación",
        "appointment": "cita",
        "opening_hours": "horario",
        "waiting_time": "espera",
        "callback": "llamada de vuelta",
        "cancelled": "cancelación",
    },
    "en": {
        "monthly_price": "monthly price",
        "price": "price",
        "price_hold": "price without change",
        "installation_fee": "installation fee",
        "discount": "discount",
        "discount_end": "end of the discount",
        "refund": "refund",
        "speed": "speed",
        "term": "term",
        "delivery_date": "delivery",
        "installation_date": "installation",
        "appointment": "appointment",
        "opening_hours": "opening hours",
        "waiting_time": "wait",
        "callback": "call back",
        "cancelled": "cancellation",
    },
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "said": "dijo",
        "assumed": "se supuso",
        "doubt": "otra lectura",
        "asked": "Hay otra lectura de {}: se registra solo en una terminal, donde una persona responde.",
        "sure": "seguridad",
        "record": "¿Registrar esta promesa?",
        "nothing": "No se encontró ninguna promesa.",
        "kept": "Nada se registró: una persona confirma cada promesa. Ábralo en una terminal, o repita con --yes.",
        "open": "sin fecha de fin",
        "yes": "sí",
        "until": "hasta",
        "months": "{} meses",
        "days": "{} días",
    },
    "en": {
        "said": "said",
        "assumed": "assumed",
        "doubt": "another reading",
        "asked": "There is another reading of {}: it is recorded in a terminal only, where a person answers.",
        "sure": "confidence",
        "record": "Record this promise?",
        "nothing": "No promise was found.",
        "kept": "Nothing was recorded: a person must confirm each promise. Run it in a terminal, or again with --yes.",
        "open": "no end is said",
        "yes": "yes",
        "until": "until",
        "months": "{} months",
        "days": "{} days",
    },
}


def topic_text(proposal: Proposal, language: str) -> str:
    """What the topic is called."""
    return TOPICS[language].get(proposal.topic, proposal.topic)


def value_text(proposal: Proposal, language: str, locale: str) -> str:
    """The value as a person reads it."""
    if isinstance(proposal.value, bool):
        return WORDS[language]["yes"]
    named = locale.replace("-", "_")
    parts = [_part(each, proposal.currency, language, named) for each in proposal.value.split("/")]
    if proposal.topic == "opening_hours":
        return proposal.value
    if len(parts) == 2 and _same_day(proposal.value):
        parts[1] = parts[1].rpartition(", ")[2]
    return " – ".join(parts)


def _part(value: str, currency: str | None, language: str, locale: str) -> str:
    words = WORDS[language]
    if currency is not None and not value.endswith("%"):
        amount = Decimal(value)
        return format_currency(
            amount, currency, format=None if amount % 1 else "¤#,##0", locale=locale, currency_digits=bool(amount % 1)
        )
    if value == "open":
        return words["open"]
    if value.startswith("PT"):
        return value.removeprefix("PT").replace("H", " h ").replace("M", " min").strip()
    if value.startswith("P") and value[1:-1].isdecimal():
        return words["months" if value.endswith("M") else "days"].format(value[1:-1])
    if "T" in value and value[:4].isdecimal():
        at = datetime.fromisoformat(value)
        clock = format_time(at, "short", tzinfo=at.tzinfo, locale=locale)
        return f"{format_date(at.date(), 'full', locale=locale)}, {clock}"
    if value[:4].isdecimal() and value.count("-") == 2:
        return format_date(date.fromisoformat(value), "full", locale=locale)
    return value


def _same_day(value: str) -> bool:
    first, _, last = value.partition("/")
    return "T" in first and first[:10] == last[:10]
