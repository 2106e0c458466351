"""What was said before, by the case that it was about: nobody has to tell it again on another channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from notifier.answers.theirs import Theirs
from notifier.answers.timeline_entries import Entry, read_entries
from notifier.answers.timeline_sources import EntryKind, Key
from notifier.model.schema import entities
from notifier.store.sql import rows_in
from notifier.store.tables import NOTICE

LATEST = 30
"""How many contacts are read; the timeline has all of them."""
NOTICE_PREFIX = "notice:"


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """The contacts about one case, the latest first."""

    case: str | None
    """What they were about: `contract:K-1`, or words of the business's own; None where nobody wrote it down."""
    references: Sequence[str]
    """The notices that were answered."""
    contacts: Sequence[Entry]

    @property
    def channels(self) -> Sequence[str]:
        """On which channels they were, the latest first."""
        return list(dict.fromkeys(each.channel for each in self.contacts if each.channel))


def conversations_of(connection: sa.Connection, theirs: Theirs) -> Sequence[Conversation]:
    """The latest contacts by case, the case that was spoken of last first."""
    contact = entities()["contact"].table
    statement = sa.select(contact.c.at, contact.c.id).where(contact.c.customer_id == theirs.customer)
    latest = statement.order_by(contact.c.at.desc(), contact.c.id.desc()).limit(LATEST)
    keys = [Key(row.at, EntryKind.ASKED, row.id) for row in connection.execute(latest)]
    found = read_entries(connection, keys, {})
    rows = _rows_of_notices(connection, [each.about for each in found if each.about])
    cases: dict[str | None, list[Entry]] = {}
    answered: dict[str | None, list[str]] = {}
    for entry in found:
        case = rows.get(entry.about or "", entry.about)
        cases.setdefault(case, []).append(entry)
        if entry.about is not None and entry.about in rows:
            answered.setdefault(case, []).append(entry.about.removeprefix(NOTICE_PREFIX))
    return [
        Conversation(case=case, references=list(dict.fromkeys(answered.get(case, ()))), contacts=contacts)
        for case, contacts in cases.items()
    ]


def _rows_of_notices(connection: sa.Connection, abouts: Sequence[str]) -> Mapping[str, str]:
    """`notice:REF` -> the row that the notice is about."""
    references = [each.removeprefix(NOTICE_PREFIX) for each in abouts if each.startswith(NOTICE_PREFIX)]
    statement = sa.select(NOTICE.c.reference, NOTICE.c.subject_type, NOTICE.c.subject_id)
    rows = rows_in(connection, statement, NOTICE.c.reference, references)
    return {f"{NOTICE_PREFIX}{row.reference}": f"{row.subject_type}:{row.subject_id}" for row in rows}
