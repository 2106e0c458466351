"""The bytes of mails: what repeats in mails of one kind is stored once, as a pattern that names nobody.

Mails of one template differ by a name, a reference and a few facts. Stored whole, a mail takes 5 to 9 KB, and 200,000
of them wrote 2.5 GB. There are two kinds of patterns:

- a form (`model.mail_forms`), where a mould wrote the mail: its values are stored, 200 bytes that nobody computes;
- the lines that the mails to two different readers share, where templates wrote it: the difference is stored, a zlib
  stream (RFC 1950) with the pattern as its dictionary. It takes 200 to 600 bytes, and 20 µs.

With another pattern than its own, a mail is an error, and never another text.
"""

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from notifier.model.digests import mail_kind_digest
from notifier.model.mail_forms import MARKER, FilledForm, MailForm, form_of
from notifier.model.notices import Draft, RenderedMessage
from notifier.model.plain_values import plain_value
from notifier.model.types import ChannelName
from notifier.store.bulk_insert import insert_rows
from notifier.store.sql import insert_new, is_among, rows_among
from notifier.store.tables import PATTERN, PAYLOAD

_KNOWN_FORMS = sa.select(PATTERN.c.id).where(is_among(PATTERN.c.id))
_KNOWN_PATTERNS = sa.select(PATTERN).where(is_among(PATTERN.c.id))
LEVEL, MEMORY = 3, 6
"""Of zlib: a higher level takes longer and saves little (measured: 180 bytes at 3, 150 at 6)."""
LINE_END = b"\r\n"
WINDOW = 14
"""Bits: 16 KB, more than nearly every mail. A copied stream of 15 bits takes five times as long."""


@plain_value(frozen=True, kw_only=True)
class Mail:
    """One message whose bytes are not its text, with the draft that it is of."""

    message_id: str
    draft: Draft
    message: RenderedMessage


def has_bytes_of_its_own(message: RenderedMessage) -> bool:
    """Whether what is handed over is not the message's text: so it is with mails."""
    return message.channel is ChannelName.EMAIL or message.content != message.text.encode()


def store(connection: sa.Connection, mails: Iterable[Mail]) -> None:
    """Write the bytes of these mails, and the patterns that are missing."""
    kinds: dict[str, list[Mail]] = defaultdict(list)
    forms: dict[str, MailForm] = {}
    rows: list[dict[str, Any]] = []
    for mail in mails:
        content = mail.message.content
        if isinstance(content, FilledForm):
            forms[content.form.digest] = content.form
            rows.append({"message_id": mail.message_id, "content": content.content, "pattern_id": content.form.digest})
        elif mail.message.channel is not ChannelName.EMAIL:  # the values of a WhatsApp text: short, and of no pattern
            rows.append({"message_id": mail.message_id, "content": mail.message.payload, "pattern_id": None})
        else:
            kinds[mail_kind_digest(mail.draft)].append(mail)
    _store_forms(connection, forms)
    insert_rows(connection, PAYLOAD, [*rows, *_differences(connection, kinds)], key="message_id")


def _store_forms(connection: sa.Connection, forms: Mapping[str, MailForm]) -> None:
    known = {row.id for row in rows_among(connection, _KNOWN_FORMS, forms)}
    missing = [{"id": name, "content": form.stored} for name, form in sorted(forms.items()) if name not in known]
    if missing:
        connection.execute(insert_new(PATTERN, connection, key="id"), missing)


def _differences(connection: sa.Connection, kinds: Mapping[str, Sequence[Mail]]) -> Iterator[dict[str, Any]]:
    patterns = _patterns(connection, kinds) if kinds else {}
    for kind, same in kinds.items():
        pattern = patterns.get(kind)
        begun = None if pattern is None else _stream(pattern)
        for mail in same:
            content = mail.message.payload
            if begun is not None:
                stream = begun.copy()
                content = stream.compress(content) + stream.flush()
            yield {
                "message_id": mail.message_id,
                "content": content,
                "pattern_id": kind if begun is not None else None,
            }


def payload_of(row: sa.Row[Any]) -> bytes:
    """The bytes that are handed over, from a message's row joined by `with_payload`.

    Raises zlib.error or ValueError where the pattern is another than the one it was stored by.
    """
    return whole(row.text, row.content, row.pattern)


def whole(text: str, content: bytes | None, pattern: bytes | None) -> bytes:
    """The bytes of a message of this text, from what is stored of them."""
    if content is None:
        return text.encode()
    if pattern is None:  # the first of its kind, or from before there were patterns
        return bytes(content)
    pattern = bytes(pattern)
    if pattern.startswith(MARKER):
        return form_of(pattern).written(bytes(content))
    stream = zlib.decompressobj(WINDOW, zdict=pattern)
    return stream.decompress(bytes(content)) + stream.flush()


def with_payload(statement: sa.Select[Any], message_id: sa.ColumnElement[str]) -> sa.Select[Any]:
    """The statement with what `payload_of` needs beside a message's row: `content` and `pattern`."""
    return (
        statement.add_columns(PAYLOAD.c.content, PATTERN.c.content.label("pattern"))
        .outerjoin(PAYLOAD, PAYLOAD.c.message_id == message_id)
        .outerjoin(PATTERN, PATTERN.c.id == PAYLOAD.c.pattern_id)
    )


def _stream(pattern: bytes) -> "zlib._Compress":
    """Begun with the pattern, to be copied for each mail: that takes a fifth of beginning anew."""
    return zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW, MEMORY, zlib.Z_DEFAULT_STRATEGY, pattern)


def _patterns(connection: sa.Connection, kinds: Mapping[str, Sequence[Mail]]) -> Mapping[str, bytes]:
    """The stored patterns of these kinds; one is made now where mails go to two readers at least."""
    known = _known(connection, kinds)
    made = {kind: _shared(same) for kind, same in kinds.items() if kind not in known}
    if missing := [{"id": kind, "content": content} for kind, content in made.items() if content]:
        connection.execute(insert_new(PATTERN, connection, key="id"), missing)
        known |= _known(connection, [str(row["id"]) for row in missing])  # another process may have been faster
    return known


def _known(connection: sa.Connection, kinds: Collection[str]) -> dict[str, bytes]:
    return {row.id: bytes(row.content) for row in rows_among(connection, _KNOWN_PATTERNS, kinds)}


def _shared(mails: Sequence[Mail]) -> bytes:
    """The lines that the first mail and one to another reader have in common; empty where all go to one."""
    first = mails[0]
    other = next((mail for mail in mails if mail.message.to != first.message.to), None)
    if other is None:
        return b""
    theirs = set(other.message.payload.split(LINE_END))
    return LINE_END.join(line for line in first.message.payload.split(LINE_END) if line in theirs)
