"""A mailbox that somebody exported (mbox: Gmail, Thunderbird, Apple Mail, Google Groups) -> one row a mail, for a map.

Each mail gives what its author wrote, without what it quotes; whether a person wrote it stands beside it. Line N of a
problem is the mailbox's mail N.
"""

import json
import mailbox
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import IO

from notifier.bounces.automatic import is_automatic, subject_of
from notifier.consent.mails import author_of
from notifier.consent.quoting import own_words
from notifier.model.instants import utc_text
from notifier.model.texts import without_foreign

BEGINS = b"From "
"""How each mail of a mailbox begins."""
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
"""A line of a mail that looks as if another began (mboxrd)."""


def is_mailbox(path: Path) -> bool:
    """Whether the file begins as a mailbox does; False where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(BEGINS)) == BEGINS
    except OSError:
        return False


@contextmanager
def rows_of_mailbox(path: Path) -> Iterator[IO[bytes]]:
    """The mails as lines of JSON, in a file that is gone after the block. The mailbox is not changed."""
    with tempfile.TemporaryFile() as rows:
        box = mailbox.mbox(path, create=False)
        try:
            for key in box.keys():  # noqa: SIM118 - a mailbox is no mapping: to iterate it gives the mails
                content = _ESCAPED.sub(rb"\1", box.get_bytes(key))
                row = _row(message_from_bytes(content), content)
                rows.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        finally:
            box.close()
        rows.seek(0)
        yield rows


def _row(mail: Message, content: bytes) -> dict[str, str]:
    name = str(mail.get("Message-ID", "")).strip().strip("<>")
    sent = _sent(mail)
    return {
        "id": name or sha256(content).hexdigest(),
        "from": author_of(mail) or "",
        "at": "" if sent is None else utc_text(sent),
        "subject": without_foreign(subject_of(mail)),
        "text": own_words(mail),
        "in_reply_to": str(mail.get("In-Reply-To", "")).strip().strip("<>"),
        "automatic": "yes" if is_automatic(mail) else "no",
    }


def _sent(mail: Message) -> datetime | None:
    """When it says it was sent; `-0000` is UTC, of a sender who does not say where they are (RFC 5322)."""
    try:
        sent = parsedate_to_datetime(str(mail.get("Date", "")))
    except ValueError:
        return None
    return sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent
