"""Instants and spans on a sheet, in its language: `Thu 2026-03-05 10:00`, `jue 2026-03-05 10:00`."""

from datetime import datetime

from notifier.answers.speech import Speech
from notifier.cli.pages.page_words import page_words


def moment(speech: Speech, value: datetime) -> str:
    """An instant in the zone of the sheet."""
    return page_words(speech.language).instant(value, speech.timezone)


def left(speech: Speech, deadline: datetime | None, now: datetime) -> str:
    """How long until a deadline, or how long ago it was."""
    return page_words(speech.language).time_left(deadline, now)
