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
