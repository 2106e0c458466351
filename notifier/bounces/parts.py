"""The parts of a mail that came back, each told by what it is: the words, the report, the copy of our mail.

Parts inside the copy are none of these: our mail, or one that it was forwarded with, may look like a report itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

_RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_DELIVERY = ("message/delivery-status", "message/global-delivery-status")
_FEEDBACK = "message/feedback-report"
_FIELD = re.compile(r"([!-9;-~]{1,80}):[ \t]*(.*)")
_COPY_BEGINS = re.compile(
    r"^(?:(?:Received|Return-Path|Message-ID): |Message headers follow|-{3,} ?(?:Below this line|This is a copy|"
    r"Original message|Returned message|The original message|Message header|Forwarded|Unsent message))",
    re.IGNORECASE | re.MULTILINE,
)
"""Where, in a mail without parts, the copy of our mail begins."""

Fields = dict[str, str]
"""The fields of one block, by name in lower case; the first of a name counts."""


@dataclass
class Parts:
    """What a mail that came back is made of."""

    words: list[str] = field(default_factory=list)
    """The texts for people, without the copy of our mail."""
    copies: list[str] = field(default_factory=list)
    """The copy of our mail, where it stands in a text."""
    delivery: list[Fields] = field(default_factory=list)
    """The blocks of the report (RFC 3464, RFC 6533), in their order, which means nothing: a blank line too many, or one
    that is missing, moves fields to another block."""
    feedback: list[Fields] = field(default_factory=list)
    """The report of a complaint (RFC 5965)."""
    returned: list[Message] = field(default_factory=list)
    """Our mail, or its head."""

    @property
    def text(self) -> str:
        """All that people are to read."""
        return "\n".join(self.words)

    @property
    def sent_on(self) -> bool:
        """Whether what came back, or was sent on, is a report itself: who looks into it would take it for this one."""
        inner = (each for copy in self.returned for each in copy.walk())
        return any(each.get_content_type() in (*_DELIVERY, _FEEDBACK) for each in inner)


def parts_of(mail: Message) -> Parts:
    """The parts of the mail."""
    parts = Parts()
    for part in _outside_of_copies(mail):
        kind = part.get_content_type()
        if kind in _DELIVERY:
            parts.delivery += _blocks(part)
        elif kind == _FEEDBACK:
            parts.feedback += _blocks(part)
        elif kind in _RETURNED:
            parts.returned += _returned(part)
        elif kind == "text/plain":
            words, copy = _divided(text_of(part))
            parts.words.append(words)
            parts.copies.append(copy)
    return parts


def text_of(part: Message) -> str:
    """The text of a part, whatever its transfer encoding and character set."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), errors="replace")
    except (LookupError, ValueError):  # a character set that nobody knows, or whose decoder takes no replacements
        return content.decode("latin-1")


def _outside_of_copies(part: Message) -> Iterator[Message]:
    if part.get_content_maintype() != "multipart":
        yield part
        return
    inner = part.get_payload()
    for each in inner if isinstance(inner, list) else ():
        if isinstance(each, Message):
            yield from _outside_of_copies(each)


def _returned(part: Message) -> Iterator[Message]:
    from email import message_from_string

    inner = part.get_payload()
    if isinstance(inner, list):
        yield from (each for each in inner if isinstance(each, Message))
    else:
        yield message_from_string(text_of(part))


def _blocks(part: Message) -> list[Fields]:
    """The blocks of a report. The standard library parses them as heads of mails, and takes the lines behind one that
    is not folded as a text: they are fields all the same (nullmailer writes so)."""
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    lines = list(_lines(part))
    if encoding in ("base64", "quoted-printable"):
        encoded = Message()
        encoded["Content-Transfer-Encoding"] = encoding
        encoded.set_payload("\n".join(lines))
        lines = text_of(encoded).splitlines()
    blocks: list[Fields] = [{}]
    last = ""
    for line in lines:
        if not line.strip():
            blocks.append({})
            last = ""
        elif not line[0].isspace() and (found := _FIELD.fullmatch(line)):
            last = found[1].lower()
            blocks[-1].setdefault(last, found[2].strip())
        elif last:
            blocks[-1][last] += f"\n{line.strip()}"
    return [block for block in blocks if block]


def _lines(part: Message) -> Iterator[str]:
    """The lines of a part that was parsed as messages, as they were before."""
    inner = part.get_payload()
    if isinstance(inner, str):
        yield from inner.splitlines()
        return
    for block in inner if isinstance(inner, list) else ():
        if isinstance(block, Message):
            for name, value in block.items():
                yield from f"{name}: {value}".splitlines()
            rest = block.get_payload()
            if isinstance(rest, str) and rest:
                if not block.defects:  # a blank line stood there
                    yield ""
                yield from rest.splitlines()
            yield ""


def _divided(text: str) -> tuple[str, str]:
    """The words, and the copy of our mail behind them."""
    text = text.replace("\r\n", "\n")
    found = _COPY_BEGINS.search(text)
    return (text, "") if found is None else (text[: found.start()], text[found.start() :])
