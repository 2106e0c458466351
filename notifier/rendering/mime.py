"""Subject, text and HTML of a mail -> the bytes that are handed over: one RFC 5322 message, deterministic.

Python's EmailMessage takes 1.3-3 ms for such a message: it parses every header into a syntax tree, folds it again, and
tries encodings for each body. Nearly all of that repeats from mail to mail. So the constant headers are written once
per sender, and a message adds only the few that vary, in the few forms that occur here. Tests check that the standard
library and a strict SMTP server read the result correctly.
"""

import binascii
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from notifier.model.formats import is_sendable
from notifier.model.tokens import UNSUBSCRIBE, token
from notifier.rendering.errors import RenderingError
from notifier.rendering.settings import RenderSettings

_ENCODED_BYTES = 45
"""UTF-8 bytes per encoded word: 60 characters of base64, so that a line stays under 76 (RFC 2047)."""
_PLAIN_LINE = 60
_HEADERS_KEPT = 1_024
"""Cached header values: dates and subjects repeat from mail to mail."""
_LINES_KEPT = 2_048
"""Cached lines of texts."""
_MARKED = re.compile(r"[\x00-\x1f\x7f]|=\?")
_TOKEN = re.compile(r"[A-Za-z0-9-]{1,64}")


class Envelope:
    """Builds a sender's mails from the headers that they have in common."""

    def __init__(self, settings: RenderSettings) -> None:
        self._domain = settings.from_address.partition("@")[2]
        self._unsubscribe_url = settings.unsubscribe_url
        self._unsubscribe_mail = settings.unsubscribe_mail
        self._token_key = settings.token_key
        lines = [f"From: {_phrase(settings.from_name or settings.company)} <{settings.from_address}>"]
        if settings.reply_to is not None:
            lines.append(f"Reply-To: {settings.reply_to}")
        self._from = "\r\n".join(lines)
        self._fixed = "\r\n".join([*lines, "Auto-Submitted: auto-generated", "MIME-Version: 1.0"])

    def unsubscribe_token(self, reference: str, to: str) -> str:
        """What proves that a link was sent to this address; empty where links hold no token."""
        if self._token_key is None or self._unsubscribe_url is None or "{token}" not in self._unsubscribe_url:
            return ""
        return token(self._token_key, UNSUBSCRIBE, reference, to)

    def unsubscribe_link(self, reference: str, token: str) -> str | None:
        """Where one click stops these notices to an address; None when no such URL is configured."""
        if self._unsubscribe_url is None:
            return None
        return self._unsubscribe_url.replace("{reference}", reference).replace("{token}", token)

    def message(
        self, *, to: str, subject: str, text: bytes, html: bytes, reference: str, now: datetime, unsubscribable: bool
    ) -> bytes:
        """A multipart/alternative message with CRLF line ends, all in 7 bits.

        An address outside ASCII stands in `To` as UTF-8 (RFC 6532): only a relay with SMTPUTF8 takes such a mail.

        `text` and `html` come in quoted-printable already, because most of both repeats from mail to mail.
        `now` (aware) becomes its Date; Message-ID and boundary are derived from the reference, so the same input gives
        the same bytes. Raises RenderingError when `to` is not exactly one address or the subject is not one line.
        """
        if not is_sendable(to):
            raise RenderingError("the e-mail address is not exactly one plain address")
        if not _TOKEN.fullmatch(reference):
            raise RenderingError(f"the reference '{reference}' cannot stand in a Message-ID")
        boundary = f"=_{reference}"  # quoted-printable never has "=_", so no body can hold it
        headers = [
            self._fixed,
            f"To: {to}",
            f"Subject: {header_text(subject)}",
            f"Date: {_date(now)}",
            f"Message-ID: <{reference.lower()}@{self._domain}>",
        ]
        if unsubscribable:
            headers += self._unsubscribe(reference, to)
        headers.append(f'Content-Type: multipart/alternative; boundary="{boundary}"')
        return b"".join(
            [
                "\r\n".join(headers).encode(),
                f"\r\n\r\n--{boundary}\r\n{_part_head('plain')}\r\n\r\n".encode("ascii"),
                text,
                f"\r\n--{boundary}\r\n{_part_head('html')}\r\n\r\n".encode("ascii"),
                html,
                f"\r\n--{boundary}--\r\n".encode("ascii"),
            ]
        )

    def answer(self, *, to: str, subject: str, text: str, name: str, in_reply_to: str | None, now: datetime) -> bytes:
        """An automatic answer to a mail (RFC 3834): a plain text in the thread of what it answers.

        `name` becomes its Message-ID. `subject` is that of the mail that is answered, or what stands for it. Raises
        RenderingError when `to` is not exactly one address or the subject is not one line.
        """
        if not is_sendable(to):
            raise RenderingError("the e-mail address is not exactly one plain address")
        thread = [] if in_reply_to is None else [f"In-Reply-To: <{in_reply_to}>", f"References: <{in_reply_to}>"]
        headers = [
            self._from,
            f"To: {to}",
            f"Subject: {header_text(subject)}",
            f"Date: {_date(now)}",
            f"Message-ID: <{name}@{self._domain}>",
            *thread,
            "Auto-Submitted: auto-replied",
            "X-Auto-Response-Suppress: All",  # Exchange knows no other way to be told
            "MIME-Version: 1.0",
            _part_head("plain"),
        ]
        return "\r\n".join(headers).encode() + b"\r\n\r\n" + quoted_printable(f"{text}\n")

    def _unsubscribe(self, reference: str, to: str) -> list[str]:
        """List-Unsubscribe on one line however long: a folded or encoded URL breaks one-click (RFC 8058)."""
        link = self.unsubscribe_link(reference, self.unsubscribe_token(reference, to))
        ways = [f"<{link}>"] if link else []
        ways += [f"<mailto:{self._unsubscribe_mail}?subject={reference}>"] if self._unsubscribe_mail else []
        lines = [f"List-Unsubscribe: {', '.join(ways)}"] if ways else []
        return [*lines, "List-Unsubscribe-Post: List-Unsubscribe=One-Click"] if link else lines


@lru_cache(maxsize=_HEADERS_KEPT)
def _date(now: datetime) -> str:
    return format_datetime(now.astimezone(UTC).replace(microsecond=0))


@lru_cache(maxsize=_HEADERS_KEPT)
def header_text(text: str) -> str:
    """A one-line text as the value of an unstructured header, folded and encoded where necessary.

    Raises RenderingError for line breaks and other control characters: they could start another header.
    """
    if any(character in text for character in "\r\n"):
        raise RenderingError("the subject has a line break")
    if text.isascii() and len(text) <= _PLAIN_LINE and not _MARKED.search(text):
        return text
    if re.search(r"[\x00-\x1f\x7f-\x9f]", text):
        raise RenderingError("the subject has control characters")
    return "\r\n ".join(_encoded_words(text))


def _encoded_words(text: str) -> list[str]:
    data, words = text.encode(), []
    while data:
        end = min(_ENCODED_BYTES, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # never split a character
            end -= 1
        words.append(f"=?utf-8?b?{binascii.b2a_base64(data[:end], newline=False).decode('ascii')}?=")
        data = data[end:]
    return words


def _phrase(name: str) -> str:
    """A display name: unchanged, quoted, or encoded (RFC 5322, RFC 2047)."""
    if re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+", name) and "=?" not in name:
        return name
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return "\r\n ".join(_encoded_words(name))


def _part_head(subtype: str) -> str:
    return f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"


AS_IT_IS = re.compile(r"[A-Za-z0-9#,/:+*()-][A-Za-z0-9 .#,/:+*()-]{0,70}(?<! )")
"""A text on less than a line, without any character that HTML or quoted-printable writes in another way."""
SOFT_BREAK = b"=\r\n"
"""Ends a line of quoted-printable but not of the text, so that encoded pieces can be concatenated."""


def quoted_printable(text: str) -> bytes:
    """The text in quoted-printable: lines of at most 76 characters, and readable in an .eml file."""
    if AS_IT_IS.fullmatch(text):
        return text.encode("ascii")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return binascii.b2a_qp(lines.encode(), istext=True).replace(b"\n", b"\r\n")


quoted_printable_once = lru_cache(maxsize=_LINES_KEPT)(quoted_printable)
"""The same, for lines that repeat. It encodes line by line, so that lines can be joined by CRLF."""
