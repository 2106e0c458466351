"""What in a mail that came back names the mail that it is about, the most reliable first."""

import re
from collections.abc import Iterable, Iterator
from email.message import Message

from notifier.bounces.parts import Parts

MOST = 20
"""More than this many names of one kind are noise, or an attempt."""
_EXTENDED = re.compile(r"[\w.!#$%&'*/=?^`{|}~-]{1,64}\+[\w.=+-]{1,64}@[A-Za-z0-9.-]{1,253}")
_ID = re.compile(r"<([^<>\s]{1,250})>")
_ID_LINE = re.compile(r"^Message-ID:\s*<([^<>\s]{1,250})>", re.IGNORECASE | re.MULTILINE)
_ENVELOPE_ID = "original-envelope-id"


def addresses_in(mail: Message, parts: Parts) -> tuple[str, ...]:
    """The addresses with an extension. To comes first: it is the one thing that every server writes."""
    return _first(found for text in _texts(mail, parts) for found in _EXTENDED.findall(text))


def message_ids_in(mail: Message, parts: Parts) -> tuple[str, ...]:
    """The Message-IDs of what it answers, or of what came back."""

    def ids() -> Iterator[str]:
        for name in ("References", "In-Reply-To"):
            for value in mail.get_all(name, ()):
                yield from reversed(_ID.findall(str(value)))  # the last one is what is answered
        for each in parts.returned:
            for value in each.get_all("Message-ID", ()):
                yield from _ID.findall(str(value))
        for text in parts.copies:
            yield from _ID_LINE.findall(text)

    return _first(ids())


def envelope_ids_in(parts: Parts) -> tuple[str, ...]:
    """What the sender called the envelope."""
    return _first(
        block[_ENVELOPE_ID] for block in (*parts.delivery, *parts.feedback) if block.get(_ENVELOPE_ID, "").strip()
    )


def _texts(mail: Message, parts: Parts) -> Iterator[str]:
    yield from (str(value) for value in mail.get_all("To", ()))
    yield from (str(value) for value in mail.values())
    for block in (*parts.delivery, *parts.feedback):
        yield from block.values()
    for each in parts.returned:
        yield from (str(value) for value in each.values())
    yield from parts.copies
    yield from parts.words


def _first(found: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    for each in found:
        kept.setdefault(each)
        if len(kept) == MOST:
            break
    return tuple(kept)
