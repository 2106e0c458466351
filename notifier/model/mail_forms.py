"""The bytes of mails of one shape: a form that they share, and what fills its holes in each of them.

Mails of one shape differ by a name, a date and a few facts. Their bytes are made of the form when somebody asks for
them, as a preview or a lease does; while they wait, and in the database, a mail is the number of its form and its
values. It takes 200 bytes and not 7,000, and nothing is encoded or compressed for it when it is planned.

A mail may wait while the program is replaced by a newer one. So what an encoder writes must never change: who needs
another one adds it under a new name. `tests/model/test_mail_forms.py` holds bytes that were written once.
"""

import binascii
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from html import escape

from notifier.model.plain_values import plain_value

MARKER = b"mail form 1\n"
"""Begins a stored form; no mail begins like that."""
BETWEEN = "\0"
"""Stands between stored values: texts with control characters are refused before."""
SOFT_BREAK = b"=\r\n"
"""Ends a line of quoted-printable but not of the text, so that encoded pieces can be concatenated."""
AS_IT_IS = re.compile(r"[A-Za-z0-9#,/:+*()-][A-Za-z0-9 .#,/:+*()-]{0,70}(?<! )")
"""A text on less than a line, without any character that HTML or quoted-printable writes in another way."""

_ENCODED_BYTES = 45
"""UTF-8 bytes per encoded word: 60 characters of base64, so that a line stays under 76 (RFC 2047)."""
_PLAIN_LINE = 60
_MARKED = re.compile(r"[\x00-\x1f\x7f]|=\?")
_HALF_DAY = re.compile(r" ([ap])\. m\.")


def quoted_printable(text: str) -> bytes:
    """The text in quoted-printable: lines of at most 76 characters, and readable in an .eml file.

    It encodes line by line, so that lines can be joined by CRLF.
    """
    if AS_IT_IS.fullmatch(text):
        return text.encode("ascii")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return binascii.b2a_qp(lines.encode(), istext=True).replace(b"\n", b"\r\n")


def html_text(text: str) -> bytes:
    """A text as HTML, in quoted-printable up to a soft break."""
    if AS_IT_IS.fullmatch(text) and ". m." not in text:
        return text.encode("ascii") + SOFT_BREAK
    return quoted_printable(_unbroken(escape(text)).replace("\n", "<br>")) + SOFT_BREAK


def header_value(text: str) -> bytes:
    """A text of one line as the value of an unstructured header, folded and encoded where necessary."""
    if text.isascii() and len(text) <= _PLAIN_LINE and not _MARKED.search(text):
        return text.encode("ascii")
    return "\r\n ".join(encoded_words(text)).encode("ascii")


def encoded_words(text: str) -> Sequence[str]:
    """A text as the encoded words of a header (RFC 2047), none longer than a line."""
    data, words = text.encode(), []
    while data:
        end = min(_ENCODED_BYTES, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # never split a character
            end -= 1
        words.append(f"=?utf-8?b?{binascii.b2a_base64(data[:end], newline=False).decode('ascii')}?=")
        data = data[end:]
    return words


def _unbroken(text: str) -> str:
    """Keeps `10:12 a. m.` on one line of the screen; only HTML can afford the no-break spaces."""
    return _HALF_DAY.sub("\u00a0\\1.\u00a0m.", text) if ". m." in text else text


ENCODERS: Mapping[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "lower": lambda text: text.lower().encode(),
    "header": header_value,
    "line": quoted_printable,
    "html": html_text,
}
"""How a text is written into a mail, by the name that stored forms have for it."""


@plain_value(frozen=True, slots=True)
class Text:
    """One text of a form. `words`: with `%s` for each hole; `slots`: which value fills it, in order."""

    encoder: str
    words: str
    slots: tuple[int, ...]


@plain_value(frozen=True)
class MailForm:
    """The bytes of a mail with holes. `frame`: with `%b` for each of `order`, which are indexes of `texts`."""

    frame: bytes
    order: tuple[int, ...]
    texts: tuple[Text, ...]
    values: int
    """How many values fill it."""

    @cached_property
    def stored(self) -> bytes:
        """As it is stored; `form_of` reads it."""
        texts = [[text.encoder, text.words, text.slots] for text in self.texts]
        document = {"frame": self.frame.decode(), "order": self.order, "texts": texts, "values": self.values}
        return MARKER + json.dumps(document, ensure_ascii=False).encode()

    @cached_property
    def digest(self) -> str:
        """What it is called: SHA-256 of what is stored, so no other form has its name."""
        return hashlib.sha256(self.stored).hexdigest()

    @cached_property
    def _tag(self) -> str:
        """The first value of every mail of this form, so that none is written by another one."""
        return self.digest[:8]

    def filled(self, values: Sequence[str]) -> "FilledForm":
        """A mail of this form. Raises ValueError for values that cannot be stored."""
        content = BETWEEN.join([self._tag, *values])
        if content.count(BETWEEN) != self.values:
            raise ValueError("a value holds what stands between values, or one is missing")
        return FilledForm(self, content.encode())

    def written(self, content: bytes) -> bytes:
        """The mail of which this is stored. Raises ValueError where it is of another form."""
        tag, *values = content.decode().split(BETWEEN)
        if tag != self._tag or len(values) != self.values:
            raise ValueError(f"the values of a mail are of the form {tag}, and not of {self._tag}")
        written = [
            ENCODERS[text.encoder](text.words % tuple([values[slot] for slot in text.slots])) for text in self.texts
        ]
        return self.frame % tuple([written[index] for index in self.order])


@plain_value(frozen=True, slots=True, eq=False)
class FilledForm:
    """A mail as its form and its values; `bytes()` writes it. It equals the bytes that it writes."""

    form: MailForm
    content: bytes
    """The values, as they are stored."""

    def __bytes__(self) -> bytes:
        return self.form.written(self.content)

    def __eq__(self, other: object) -> bool:
        return bytes(self) == bytes(other) if isinstance(other, bytes | FilledForm) else NotImplemented

    def __hash__(self) -> int:
        return hash(bytes(self))


@lru_cache(maxsize=64)
def form_of(stored: bytes) -> MailForm:
    """The form that was stored so. A few are used again and again: those of the mails that are about to go."""
    document = json.loads(stored.removeprefix(MARKER))
    texts = tuple(Text(encoder, words, tuple(slots)) for encoder, words, slots in document["texts"])
    return MailForm(document["frame"].encode(), tuple(document["order"]), texts, document["values"])
