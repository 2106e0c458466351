"""Built-in words per language: labels of the layout, opening hours, the sentence of a correction.

The business writes templates in any language; these few words exist in Spanish and English. For another language
`words_for` returns None, and the caller raises an error instead of mixing languages.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, eq=False)
class Words:
    """The built-in words in one language."""

    language: str
    exit: str
    """Heading of the box with the way out."""
    hours: str
    reference: str
    channels: Mapping[str, str]
    """The call to action for each channel of a contact point; its address follows."""
    unsubscribe: str
    days: Mapping[str, str]
    """OSM's names of days, public holidays and `off`, in words."""
    every_day: str
    all_day: str
    days_and_hours: str
    from_to: str
    """A range of days or dates."""
    hours_from_to: str
    from_on: str
    """Hours whose end nobody knows."""
    or_later: str
    unknown_hours: str
    otherwise: str
    """Before hours that hold where no others do."""
    month_day: str
    of_year: str
    conjunction: str
    correction: str
    """The first word of a correction and of its subject."""
    was_and_is: str
    """One changed claim by its label: `{before}` was told, `{now}` is true."""
    was: str
    """A claim that no longer has a value."""
    is_now: str
    """A claim that had no value when it was told."""
    reinstated: str
    """The first sentence where something is so again after the customer was told that it is not."""
    replaced: str
    """In place of the changed claims, where only the words of the text can say what changed."""
    truths: Mapping[bool, str]
    """A boolean value: for owners, and in a correction; templates for customers branch on it instead."""
    media: Mapping[str, str]
    """The name of a channel, for owners."""
    common: Mapping[str, str]
    """What rows have in common, by column; `{entity}` is the row."""


SPANISH = Words(
    language="es",
    exit="¿Necesita ayuda?",
    hours="Horario",
    reference="Referencia",
    channels={
        "phone": "Llámenos",
        "sms": "Envíe un SMS",
        "whatsapp": "Escríbanos por WhatsApp",
        "email": "Escríbanos",
        "chat": "Chatee con nosotros",
        "web": "Visite",
        "shop": "Visítenos",
    },
    unsubscribe="No recibir más estos avisos",
    days={
        "Mo": "lunes",
        "Tu": "martes",
        "We": "miércoles",
        "Th": "jueves",
        "Fr": "viernes",
        "Sa": "sábado",
        "Su": "domingo",
        "PH": "festivos",
        "off": "cerrado",
        "closed": "cerrado",
        "open": "abierto",
    },
    every_day="todos los días",
    all_day="24 horas",
    days_and_hours="{days} {hours}",
    from_to="{first} a {last}",
    hours_from_to="de {opens} a {closes}",
    from_on="desde las {opens}",
    or_later="o más tarde",
    unknown_hours="horario por confirmar",
    otherwise="en otro horario",
    month_day="{day} de {month}",
    of_year="{date} de {year}",
    conjunction="y",
    correction="Cambio",
    was_and_is="{label}: antes {before}, ahora {now}",
    was="{label}: antes {before}, y eso ya no vale",
    is_now="{label}: ahora {now}",
    reinstated="Nuestro aviso anterior ya no vale; vale esto.",
    replaced="lo que sigue reemplaza lo que le dijimos",
    truths={True: "sí", False: "no"},
    media={"sms": "SMS", "email": "correo", "whatsapp": "WhatsApp", "chat": "chat"},
    common={
        "written_at": "escritos a la vez ({entity})",
        "plan": "plan",
        "seller": "vendedor",
        "zone": "zona",
        "site_id": "sede",
        "product": "producto",
        "made_by": "prometido por",
        "source": "origen de la promesa",
    },
)
ENGLISH = Words(
    language="en",
    exit="Need help?",
    hours="Hours",
    reference="Reference",
    channels={
        "phone": "Call us",
        "sms": "Text us",
        "whatsapp": "Write to us on WhatsApp",
        "email": "Write to us",
        "chat": "Chat with us",
        "web": "Visit",
        "shop": "Visit us",
    },
    unsubscribe="Stop receiving these notices",
    days={
        "Mo": "Monday",
        "Tu": "Tuesday",
        "We": "Wednesday",
        "Th": "Thursday",
        "Fr": "Friday",
        "Sa": "Saturday",
        "Su": "Sunday",
        "PH": "public holidays",
        "off": "closed",
        "closed": "closed",
        "open": "open",
    },
    every_day="every day",
    all_day="24 hours",
    days_and_hours="{days}, {hours}",
    from_to="{first} to {last}",
    hours_from_to="{opens} to {closes}",
    from_on="from {opens}",
    or_later="or later",
    unknown_hours="hours to be confirmed",
    otherwise="at other times",
    month_day="{month} {day}",
    of_year="{date}, {year}",
    conjunction="and",
    correction="Correction",
    was_and_is="{label}: was {before}, now {now}",
    was="{label}: was {before}, which is no longer so",
    is_now="{label}: now {now}",
    reinstated="Our last message no longer holds; this does.",
    replaced="what follows replaces what we told you",
    truths={True: "yes", False: "no"},
    media={"sms": "SMS", "email": "mail", "whatsapp": "WhatsApp", "chat": "chat"},
    common={
        "written_at": "written at once ({entity})",
        "plan": "plan",
        "seller": "seller",
        "zone": "zone",
        "site_id": "site",
        "product": "product",
        "made_by": "promised by",
        "source": "source of the promise",
    },
)
LANGUAGES: Mapping[str, Words] = {"es": SPANISH, "en": ENGLISH}


def words_for(locale: str) -> Words | None:
    """The built-in words for a locale such as `es-CO`; None for another language."""
    return LANGUAGES.get(language_of(locale))


def language_of(locale: str) -> str:
    """`es` for `es-CO`."""
    return re.split(r"[-_]", locale, maxsplit=1)[0].lower()
