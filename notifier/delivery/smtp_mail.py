"""A message on its way out -> what is said for it in SMTP: its envelope, and its stored bytes ready for the wire."""

import re
from dataclasses import dataclass

from notifier.model.outgoing import Outgoing

_SAYABLE = re.compile(r'[^\s<>()\\,;:@"\x00-\x1f\x7f]+@[^\s<>()\\,;:@"\x00-\x1f\x7f]+')
"""One address without quoting or comments: nothing in it could end the command, or be read in two ways."""
_MESSAGE_ID = re.compile(rb"^Message-ID:[ \t]*<([!-;=?-~]+)>[ \t]*\r$", re.IGNORECASE | re.MULTILINE)


class UnsayableError(ValueError):
    """The message cannot be said in SMTP; the text says why, without repeating any of it."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail to one recipient."""

    sender: str
    """Of the envelope."""
    recipient: str
    message_id: str
    """Without its angle brackets."""
    content: bytes
    """As the recipient gets it: the stored bytes, and a line end at the end where they have none."""

    @property
    def is_international(self) -> bool:
        """One of its addresses is not ASCII."""
        return not (self.sender + self.recipient).isascii()

    @property
    def transferred(self) -> bytes:
        """The content as it stands on the wire: leading dots doubled, and a line of one dot to end it."""
        return (b"\r\n" + self.content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def mail_of(message: Outgoing, sender: str) -> Mail:
    """Raises UnsayableError.

    Other line ends than CRLF are refused, not mended: servers disagree about them, and what one of them reads as the
    end of the mail could be followed by a second mail that nobody wrote.
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
    return Mail(
        sender=sender, recipient=message.address, message_id=found[1].decode("ascii"), content=message.payload + end
    )
