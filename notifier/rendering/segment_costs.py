"""An SMS that a few characters make longer -> which they are, what they cost, and what could stand there instead."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from notifier.model.problems import Place, Problem
from notifier.rendering.segments import SMART, count_segments
from notifier.rendering.settings import RenderSettings

SMS_SEGMENTS = "sms_segments"
THOUSAND = 1_000


def dear_characters(
    text: str, settings: RenderSettings, place_of: Callable[[Sequence[str]], Place]
) -> Iterator[Problem]:
    """One warning, where without these characters the text would take fewer segments.

    `place_of` finds the first of the characters in the template.
    """
    counted = count_segments(text, toll_free=settings.sms_toll_free, smart_encoding=settings.sms_smart_encoding)
    instead = {character: instead_of(character) for character in counted.outside_gsm}
    plain = text
    for character, other in instead.items():
        plain = plain.replace(character, "n" if other is None else other)
    without = count_segments(plain, toll_free=settings.sms_toll_free).segments
    if without == counted.segments:
        return
    forced = " ".join(f"'{character}'" for character in counted.outside_gsm)
    more = (counted.segments - without) * THOUSAND
    cost = f"{more:,} segments"
    if settings.sms_price is not None:
        cost = f"{(more * settings.sms_price).normalize():,f} {settings.sms_currency}"
    spared = ", ".join(_said(character, other) for character, other in instead.items())
    what = (
        f"{forced} in an SMS: it takes {counted.segments} segments instead of {without}, {cost} more for each "
        f"{THOUSAND:,} messages; write {spared}"
    )
    yield Problem(place_of(counted.outside_gsm), what, "warning", code=SMS_SEGMENTS)


def instead_of(character: str) -> str | None:
    """What GSM-7 has for it: without its accent, or plain for typographic; None where there is nothing like it."""
    plain = character.translate(SMART)
    base = "".join(one for one in unicodedata.normalize("NFKD", plain) if unicodedata.category(one) != "Mn")
    return base if base and base != character and not count_segments(base).outside_gsm else None


def _said(character: str, other: str | None) -> str:
    return f"'{other}' for '{character}'" if other is not None else f"another word for '{character}'"
