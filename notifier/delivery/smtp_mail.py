"""An outgoing message -> its SMTP form: the envelope, and the stored bytes ready for the wire."""

import re
from dataclasses import dataclass

from notifier.delivery.accounts import SmtpServer
from notifier.model.outgoing import Outgoing

_SAYABLE = re.compile(r'[^\s<>()\\,;:@"\x00-\x1f\x7f]+@[^\s<>()\\,;:@"\x00-\x1f\x7f]+')
"""One address without quoting or comments: nothing in it could end the command or be ambiguous."""
_MESSAGE_ID = re.compile(rb"^Message-ID:[ \t]*<([!-;=?-~]+)>[ \t]*\r$", re.IGNORECASE | re.MULTILINE)


class UnsayableError(ValueError):
    """The message cannot be sent by SMTP; the text says why, without repeating any of it."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail to one recipient."""

    sender: str
    """The envelope sender; empty for an answer, which must not come back."""
    envelope_id: str | None = None
    """What mail servers are to call it when they report of it (ENVID, RFC 3461)."""
    recipient: str
    message_id: str
    """Without its angle brackets."""
    content: bytes
    """As the recipient gets it: the stored bytes, with a final line end added where it is missing."""

    @property
    def is_international(self) -> bool:
        """Whether one of its addresses is not ASCII."""
        return not (self.sender + self.recipient).isascii()

    @property
    def transferred(self) -> bytes:
        """The content on the wire: leading dots doubled, and a line with one dot at the end."""
        return (b"\r\n" + self.content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def mail_of(message: Outgoing, server: SmtpServer) -> Mail:
    """Raises UnsayableError. What comes back goes to the server's address for bounces, where it has one.

    Line ends other than CRLF are refused, not repaired: servers disagree about them, and what one of them takes for the
    end of the mail could be followed by a smuggled second mail.
    """
    if not _SAYABLE.fullmatch(message.address):
        raise UnsayableError("the address is not one plain e-mail address")
    if not message.payload.count(b"\r\n") == message.payload.count(b"\r") == message.payload.count(b"\n"):
        raise UnsayableError("the stored mail has line ends that SMTP does not know")
    head = message.payload.partition(b"\r\n\r\n")[0] + b"\r\n"
    found = _MESSAGE_ID.search(head)
    if found is None:
        raise UnsayableError("the stored mail has no Message-ID")
    end = b"" if message.payload.endswith(b"\r\n") else b"\r\n"
    bounces = None if message.is_answer else server.bounces
    sender = "" if message.is_answer else server.sender
    return Mail(
        sender=bounces.sender(message.reference) if bounces is not None else sender,
        envelope_id=bounces.name_of(message.reference) if bounces is not None else None,
        recipient=message.address,
        message_id=found[1].decode("ascii"),
        content=message.payload + end,
    )
