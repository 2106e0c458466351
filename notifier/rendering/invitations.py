"""The entry for the reader's calendar (iCalendar, RFC 5545 and 5546) that a mail carries, made of claims.

An entry keeps its UID as long as it is about the same row for the same person, whatever rule tells of it, and its
SEQUENCE rises with each mail: so calendars change the entry that they have, or take it out. It is read back and held
against the claims before the mail goes, as its texts are.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notifier.model.mail_forms import quoted_printable
from notifier.model.notices import Claims, RenderedMessage
from notifier.model.types import ChannelName
from notifier.model.windows import Window
from notifier.rendering.errors import RenderingError
from notifier.rendering.settings import RenderSettings
from notifier.rules.checked_rules import Invitation

if TYPE_CHECKING:
    from icalendar import Calendar

COUNTED_FROM = datetime(2020, 1, 1, tzinfo=UTC)
"""SEQUENCE is the seconds since then: it rises from mail to mail without being kept anywhere, below 2^31 until 2088."""
PRODUCT = "-//Notifier//Notices//EN"


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """What an entry says. `about` are the words that name the row and its reader: equal ones are one entry."""

    about: Sequence[str]
    reference: str
    starts_at: datetime
    ends_at: datetime | None
    place: str | None
    cancelled: bool


def calendar_entry_of(
    invitation: Invitation, claims: Claims, *, about: Sequence[str], reference: str, cancelled: bool
) -> CalendarEntry | None:
    """The entry that these claims make; None where it is not known when it begins."""
    starts = claims.get(invitation.starts)
    if starts is None or starts.value is None:
        return None
    ends = claims.get(invitation.ends or "")
    place = claims.get(invitation.place or "")
    span = starts.value if isinstance(starts.value, Window) else None
    starts_at = starts.value if span is None else span.starts_at
    ends_at = (None if ends is None else ends.value) if span is None else span.ends_at
    assert isinstance(starts_at, datetime), "the rule was checked: an entry begins at an instant"
    assert isinstance(ends_at, datetime | None), "and ends at one"
    return CalendarEntry(
        about=about,
        reference=reference,
        starts_at=starts_at,
        ends_at=ends_at,
        place=None if place is None or place.value is None else str(place.value),
        cancelled=cancelled,
    )


def with_calendar_entry(
    messages: Sequence[RenderedMessage], entry: CalendarEntry, settings: RenderSettings, now: datetime
) -> tuple[RenderedMessage, ...]:
    """The messages, of which mails carry the entry. Raises RenderingError where it would not say the same."""
    return tuple(
        _carrying(message, entry, settings, now) if message.channel is ChannelName.EMAIL else message
        for message in messages
    )


def _carrying(
    message: RenderedMessage, entry: CalendarEntry, settings: RenderSettings, now: datetime
) -> RenderedMessage:
    calendar = _calendar(message, entry, settings, now)
    content = calendar.to_ical()
    _check(content, entry)
    method = "CANCEL" if entry.cancelled else "REQUEST"
    boundary = f"--=_{entry.reference}".encode()
    head = (
        f"Content-Type: text/calendar; charset=utf-8; method={method}\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    body, end, _ = message.payload.rpartition(boundary + b"--")
    if not end:
        raise RenderingError("the mail has no place for an entry of a calendar")
    part = boundary + b"\r\n" + head.encode() + quoted_printable(content.decode()).rstrip(b"\r\n")
    return replace(message, content=body + part + b"\r\n" + boundary + b"--\r\n")


def _calendar(message: RenderedMessage, entry: CalendarEntry, settings: RenderSettings, now: datetime) -> "Calendar":
    from icalendar import Calendar, Event, vCalAddress  # a tenth of a second: only where there is an entry

    domain = settings.from_address.partition("@")[2]
    name = hashlib.sha256("\0".join(entry.about).encode()).hexdigest()[:32]
    event = Event()
    event.add("uid", f"{name}@{domain}")
    event.add("sequence", int((now - COUNTED_FROM).total_seconds()))
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    if entry.ends_at is not None:
        event.add("dtend", entry.ends_at.astimezone(UTC))
    if entry.place is not None:
        event.add("location", entry.place)
    event.add("summary", message.subject or settings.company)
    event.add("description", message.text)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    organizer, attendee = vCalAddress(f"mailto:{settings.from_address}"), vCalAddress(f"mailto:{message.to}")
    organizer.params["CN"] = settings.from_name or settings.company
    attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"})
    event.add("organizer", organizer)
    event.add("attendee", attendee)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.cancelled else "REQUEST")
    calendar.add_component(event)
    return calendar


def _check(content: bytes, entry: CalendarEntry) -> None:
    """Raises RenderingError where what a calendar reads is not what the claims say."""
    from icalendar import Calendar

    (event,) = Calendar.from_ical(content).walk("VEVENT")
    read = {
        "begins": event.decoded("dtstart"),
        "ends": event.decoded("dtend") if "dtend" in event else None,
        "is": str(event["location"]) if "location" in event else None,
    }
    said = {"begins": entry.starts_at, "ends": entry.ends_at, "is": entry.place}
    for what, value in said.items():
        if read[what] != value:
            raise RenderingError(f"the entry for the calendar {what} {read[what]}, but the claims say {value}")
