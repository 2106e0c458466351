"""Extracts what a person reads of a mail from the bytes that are handed over, so that it is not stored twice."""

from email import message_from_bytes


def html_of(payload: bytes) -> str | None:
    """The HTML of an RFC 5322 message; None where it has none."""
    for part in message_from_bytes(payload).walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)  # the part is not multipart
            return content.decode().replace("\r\n", "\n")
    return None


def calendar_of(payload: bytes) -> str | None:
    """The iCalendar text of an RFC 5322 message; None where it carries none."""
    if b"text/calendar" not in payload:
        return None
    for part in message_from_bytes(payload).walk():
        if part.get_content_type() == "text/calendar":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)  # the part is not multipart
            return content.decode().replace("\r\n", "\n")
    return None


def entry_in_short(calendar: str) -> str:
    """What an entry for a calendar says, on one line: `REQUEST 20260305T150000Z – 20260305T170000Z, Calle 10`."""
    lines = calendar.replace("\n ", "").splitlines()  # a line that begins with a blank goes on with the one before
    said = {name.partition(";")[0]: value for name, _, value in (line.partition(":") for line in lines)}
    place = said.get("LOCATION", "").replace("\\,", ",").replace("\\;", ";").replace("\\n", " ")
    span = " – ".join(said[name] for name in ("DTSTART", "DTEND") if name in said)
    return ", ".join(part for part in (f"{said.get('METHOD', '')} {span}".strip(), place) if part)
