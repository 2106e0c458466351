"""Subject, text and HTML of a mail -> the bytes that are handed over: one RFC 5322 message, deterministic.

Python's EmailMessage takes 1.3-3 ms for such a message: it parses every header into a syntax tree, folds it again, and
tries encodings for each body. Nearly all of that repeats from mail to mail. So the constant headers are written once
per sender, and a message adds only the few that vary, in the few forms that occur here. Tests check that the standard
library and a strict SMTP server read the result correctly.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from notifier.model.formats import is_sendable
from notifier.model.mail_forms import encoded_words, header_value, quoted_printable
from notifier.model.tokens import UNSUBSCRIBE, token
from notifier.rendering.errors import RenderingError
from notifier.rendering.settings import RenderSettings

_HEADERS_KEPT = 1_024
"""Cached dates and subjects: they repeat from mail to mail."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
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
        self.check(to, reference)
        lines = self.unsubscribe_lines(reference, self.unsubscribe_token(reference, to)) if unsubscribable else []
        return self.written(
            to=to,
            subject=header_text(subject),
            date=date_text(now),
            message_id=reference.lower(),
            reference=reference,
            unsubscribe=lines,
            text=text.decode("ascii"),
            html=html.decode("ascii"),
        ).encode()

    def check(self, to: str, reference: str) -> None:
        """Raises RenderingError when `to` is not exactly one address, or the reference can stand in no header."""
        if not is_sendable(to):
            raise RenderingError("the e-mail address is not exactly one plain address")
        if not _TOKEN.fullmatch(reference):
            raise RenderingError(f"the reference '{reference}' cannot stand in a Message-ID")

    def written(
        self,
        *,
        to: str,
        subject: str,
        date: str,
        message_id: str,
        reference: str,
        unsubscribe: Sequence[str],
        text: str,
        html: str,
    ) -> str:
        """The message of what is written for each place in it; a mould writes marks there."""
        boundary = f"=_{reference}"  # quoted-printable never has "=_", so no body can hold it
        headers = [
            self._fixed,
            f"To: {to}",
            f"Subject: {subject}",
            f"Date: {date}",
            f"Message-ID: <{message_id}@{self._domain}>",
            *unsubscribe,
            f'Content-Type: multipart/alternative; boundary="{boundary}"',
        ]
        return (
            "\r\n".join(headers)
            + f"\r\n\r\n--{boundary}\r\n{_part_head('plain')}\r\n\r\n{text}"
            + f"\r\n--{boundary}\r\n{_part_head('html')}\r\n\r\n{html}"
            + f"\r\n--{boundary}--\r\n"
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
            f"Date: {date_text(now)}",
            f"Message-ID: <{name}@{self._domain}>",
            *thread,
            "Auto-Submitted: auto-replied",
            "X-Auto-Response-Suppress: All",  # Exchange knows no other way to be told
            "MIME-Version: 1.0",
            _part_head("plain"),
        ]
        return "\r\n".join(headers).encode() + b"\r\n\r\n" + quoted_printable(f"{text}\n")

    def unsubscribe_lines(self, reference: str, token: str) -> list[str]:
        """List-Unsubscribe on one line however long: a folded or encoded URL breaks one-click (RFC 8058)."""
        link = self.unsubscribe_link(reference, token)
        ways = [f"<{link}>"] if link else []
        ways += [f"<mailto:{self._unsubscribe_mail}?subject={reference}>"] if self._unsubscribe_mail else []
        lines = [f"List-Unsubscribe: {', '.join(ways)}"] if ways else []
        return [*lines, "List-Unsubscribe-Post: List-Unsubscribe=One-Click"] if link else lines


@lru_cache(maxsize=_HEADERS_KEPT)
def date_text(now: datetime) -> str:
    """The instant as the value of a Date header."""
    return format_datetime(now.astimezone(UTC).replace(microsecond=0))


@lru_cache(maxsize=_HEADERS_KEPT)
def header_text(text: str) -> str:
    """A one-line text as the value of an unstructured header. Raises RenderingError as `check_header`."""
    check_header(text)
    return header_value(text).decode("ascii")


def check_header(text: str) -> None:
    """Raises RenderingError for line breaks and other control characters: they could start another header."""
    if _CONTROL.search(text):
        broken = "\r" in text or "\n" in text
        raise RenderingError(f"the subject has {'a line break' if broken else 'control characters'}")


def _phrase(name: str) -> str:
    """A display name: unchanged, quoted, or encoded (RFC 5322, RFC 2047)."""
    if re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+", name) and "=?" not in name:
        return name
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return "\r\n ".join(encoded_words(name))


def _part_head(subtype: str) -> str:
    return f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
