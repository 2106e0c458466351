"""Built-in words per language: labels of the layout, opening hours, the sentence of a correction.

The business writes templates in any language; these few words exist in Spanish and English. For another language
`words_for` returns None, and the caller raises an error instead of mixing languages.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Words:
    """The built-in words in one language."""

    exit: str
    """Heading of the box with the way out."""
    hours: str
    reference: str
    channels: Mapping[str, str]
    """The call to action for each channel of a contact point; its address follows."""
    unsubscribe: str
    days: Mapping[str, str]
    """OSM's names of days, public holidays and `off`, as people abbreviate them without leaving GSM-7."""
    correction: str
    """The first word of a correction and of its subject."""
    was_and_is: str
    """One changed claim: `{before}` was told, `{now}` is true."""
    was: str
    """A claim that no longer has a value."""
    is_now: str
    """A claim that had no value when it was told."""
    reinstated: str
    """The first sentence where something is so again after the customer was told that it is not."""
    truths: Mapping[bool, str]
    """A boolean value, for owners; templates for customers branch on it instead."""
    media: Mapping[str, str]
    """The name of a channel, for owners."""


SPANISH = Words(
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
        "Mo": "L",
        "Tu": "Ma",
        "We": "Mi",
        "Th": "J",
        "Fr": "V",
        "Sa": "S",
        "Su": "D",
        "PH": "festivos",
        "off": "cerrado",
        "closed": "cerrado",
        "open": "abierto",
    },
    correction="Cambio",
    was_and_is="antes le dijimos {before}, ahora es {now}",
    was="antes le dijimos {before}, eso ya no vale",
    is_now="ahora sabemos también: {now}",
    reinstated="Nuestro aviso anterior ya no vale; vale esto.",
    truths={True: "sí", False: "no"},
    media={"sms": "SMS", "email": "correo"},
)
ENGLISH = Words(
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
        "Mo": "Mon",
        "Tu": "Tue",
        "We": "Wed",
        "Th": "Thu",
        "Fr": "Fri",
        "Sa": "Sat",
        "Su": "Sun",
        "PH": "holidays",
        "off": "closed",
        "closed": "closed",
        "open": "open",
    },
    correction="Correction",
    was_and_is="we told you {before}, it is now {now}",
    was="we told you {before}, which is no longer so",
    is_now="we now also know: {now}",
    reinstated="Our last message no longer holds; this does.",
    truths={True: "yes", False: "no"},
    media={"sms": "SMS", "email": "mail"},
)
LANGUAGES: Mapping[str, Words] = {"es": SPANISH, "en": ENGLISH}

_DAY = re.compile(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|off|closed|open)\b")


def words_for(locale: str) -> Words | None:
    """The built-in words for a locale such as `es-CO`; None for another language."""
    return LANGUAGES.get(language_of(locale))


def language_of(locale: str) -> str:
    """`es` for `es-CO`."""
    return re.split(r"[-_]", locale, maxsplit=1)[0].lower()


def hours_text(hours: str, words: Words) -> str:
    """Opening hours in OSM syntax as people read them: `Mo-Sa 08:00-20:00` becomes `L-S 08:00-20:00`."""
    return _DAY.sub(lambda day: words.days[day.group()], hours)


def correction_sentence(changes: Sequence[tuple[str | None, str | None]], words: Words) -> str:
    """The first sentence of a correction: what each changed claim was told as, and what it is now (None: nothing)."""
    parts = []
    for before, now in changes:
        if before is not None and now is not None:
            parts.append(words.was_and_is.format(before=before, now=now))
        elif before is not None:
            parts.append(words.was.format(before=before))
        elif now is not None:
            parts.append(words.is_now.format(now=now))
    sentence = f"{words.correction}: {'; '.join(parts)}"
    return sentence if sentence.endswith(".") or not parts else f"{sentence}."
