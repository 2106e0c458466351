"""The keys of a timeline's page become entries: each kind is read by one statement, and only what is on the page."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.answers.timeline_sources import EntryKind, Key
from notifier.model.contradictions import Contradiction
from notifier.model.schema import entities
from notifier.model.transitions import HANDED_OVER
from notifier.model.types import TopicType
from notifier.promises.wording import next_member
from notifier.store.contradictions import by_id
from notifier.store.outbox.told_through import messages_with_parts
from notifier.store.sql import rows_in
from notifier.store.tables import (
    BOUNCE,
    CONSENT,
    CONSENT_ENTRY,
    INTERVENTION,
    MESSAGE,
    NOTICE,
    PROMISE,
    RECEIPT,
    REPLY,
)


@dataclass(frozen=True, kw_only=True)
class Value:
    """A value of a promise or a fact, as canonical text of its type."""

    topic: str
    type: TopicType
    text: str | None
    """None: nothing happened yet."""
    currency: str | None = None
    promised_by: str | None = None
    """Where it is the other of two promises that disagree: its source, `quote` or `contract`. None for a fact."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened between a company and one customer. What a kind does not have is None."""

    at: datetime
    kind: EntryKind
    id: str
    """Of the promise, notice, receipt, contact, contradiction or decision."""
    about: str | None = None
    """The row that it is about: `contract:K-1`."""
    by: str | None = None
    """Who promised, wrote or decided; of what was found, its owner."""
    channel: str | None = None
    direction: str | None = None
    """Of a contact: `inbound` or `outbound`."""
    state: str | None = None
    source: str | None = None
    """Of a promise: `sales`, `contract`, … Of a word about consent: where it came from."""
    rule: str | None = None
    """The rule of a notice, the check of a contradiction, the class that consent is about."""
    reference: str | None = None
    """What a caller reads out: of a notice, or the contradiction's id."""
    promised: Value | None = None
    actual: Value | None = None
    text: str | None = None
    """What was said or written, in its own words; or why."""
    evidence: str | None = None
    arrived: Sequence[tuple[str, str]] = ()
    """Of what was told: (channel, state) of each message that was handed over."""
    part_of: str | None = None
    """Of what was told as a part of another notice's message: the reference of that notice."""


def read_entries(connection: sa.Connection, page: Sequence[Key], topics: Mapping[str, TopicType]) -> Sequence[Entry]:
    """The entries of these keys, in their order. A row that went away meanwhile is left out."""
    wanted: dict[EntryKind, list[str]] = defaultdict(list)
    for key in page:
        wanted[key.kind].append(key.id)
    found: dict[tuple[EntryKind, str], Entry] = {}
    for kind, ids in wanted.items():
        for entry in _READERS[kind](connection, kind, ids, topics):
            found[kind, entry.id] = entry
    there = (key for key in page if (key.kind, key.id) in found)
    return [replace(found[key.kind, key.id], at=key.at) for key in there]


_Topics = Mapping[str, TopicType]
_Reader = Callable[[sa.Connection, EntryKind, Sequence[str], _Topics], Iterator[Entry]]


def _contacts(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    contact = entities()["contact"].table
    meant = {
        row.id: row.meaning for row in rows_in(connection, sa.select(REPLY.c.id, REPLY.c.meaning), REPLY.c.id, ids)
    }
    for row in rows_in(connection, sa.select(contact), contact.c.id, ids):
        words = (row.attributes or {}).get("text")
        yield Entry(
            at=row.at,
            kind=kind,
            id=row.id,
            about=row.subject,
            channel=row.channel,
            direction=row.direction,
            state=row.outcome or meant.get(row.id),
            text=words if isinstance(words, str) else row.reason,
        )


def _feedback(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    feedback = entities()["feedback"].table
    for row in rows_in(connection, sa.select(feedback), feedback.c.id, ids):
        about = next((f"{name}:{row_id}" for name in ("order", "site") if (row_id := getattr(row, f"{name}_id"))), None)
        score = None if row.score is None else str(row.score)
        text = row.text or row.reason
        yield Entry(at=row.at, kind=kind, id=row.id, about=about, source=row.source, state=score, text=text)


def _allowed(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    for row in rows_in(connection, sa.select(CONSENT), CONSENT.c.id, ids):
        yield Entry(
            at=row.at,
            kind=kind,
            id=row.id,
            channel=row.channel,
            rule=row._mapping["class"],
            state="in" if row.allowed else "out",
            source=row.source,
        )


def _promises(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], topics: _Topics) -> Iterator[Entry]:
    for row in rows_in(connection, sa.select(PROMISE), PROMISE.c.id, ids):
        topic_type = topics.get(row.topic, TopicType.TEXT)
        yield Entry(
            at=row.made_at,
            kind=kind,
            id=row.id,
            about=f"{row.subject_type}:{row.subject_id}",
            by=row.made_by,
            channel=row.channel,
            state=row.state,
            source=row.source,
            promised=Value(topic=row.topic, type=topic_type, text=row.value, currency=row.currency),
            evidence=row.evidence,
        )


def _found(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    for each in by_id(connection, ids):
        yield Entry(
            at=each.opened_at if kind is EntryKind.FOUND else each.changed_at,
            kind=kind,
            id=each.id,
            about=f"{each.subject_type}:{each.subject_id}",
            by=each.owner,
            state=each.state,
            rule=each.check,
            reference=each.id,
            promised=promised_of(each),
            actual=actual_of(each),
            text=each.reason if kind is EntryKind.SETTLED else None,
            evidence=each.evidence,
        )


def promised_of(contradiction: Contradiction) -> Value:
    """What was promised."""
    return Value(
        topic=contradiction.topic,
        type=contradiction.topic_type,
        text=contradiction.promised,
        currency=contradiction.currency,
    )


def actual_of(contradiction: Contradiction) -> Value:
    """What is so, or what the other promise says."""
    said = None if contradiction.actual is None else next_member(contradiction).said
    return Value(
        topic=contradiction.topic,
        type=contradiction.topic_type,
        text=contradiction.actual,
        currency=contradiction.actual_currency,
        promised_by=None if said is None else said.source,
    )


def _told(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    messages = _messages(connection, ids)
    for row in rows_in(connection, _NOTICES, NOTICE.c.id, ids):
        sent = [each for each in messages.get(row.id, ()) if each.state in HANDED_OVER]
        yield _notice(
            row,
            kind,
            row.told_at or row.changed_at,
            channel=", ".join(dict.fromkeys(each.channel for each in sent)) or None,
            text=_words(sent),
            arrived=[(each.channel, each.state) for each in sent],
            part_of=next((each.speaker for each in sent if hasattr(each, "speaker")), None),
        )


def _through(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    for row in rows_in(connection, _NOTICES, NOTICE.c.id, ids):
        yield _notice(row, kind, row.changed_at, text=row.reason)


def _withheld(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    for row in rows_in(connection, _NOTICES, NOTICE.c.id, ids):
        yield _notice(row, kind, row.changed_at, text=row.reason)


_NOTICES = sa.select(
    *(
        NOTICE.c[name]
        for name in (
            "id",
            "reference",
            "rule",
            "subject_type",
            "subject_id",
            "state",
            "reason",
            "told_at",
            "changed_at",
        )
    )
)


def _notice(row: sa.Row[Any], kind: EntryKind, at: datetime, **more: Any) -> Entry:
    about = f"{row.subject_type}:{row.subject_id}"
    known = {"about": about, "state": row.state, "rule": row.rule, "reference": row.reference}
    return Entry(at=at, kind=kind, id=row.id, **known, **more)


def _messages(connection: sa.Connection, ids: Sequence[str]) -> Mapping[str, Sequence[sa.Row[Any]]]:
    """The messages of these notices, those among them of which they are parts."""
    columns = (MESSAGE.c.channel, MESSAGE.c.state, MESSAGE.c.subject, MESSAGE.c.text, MESSAGE.c.id)
    own = rows_in(connection, sa.select(MESSAGE.c.notice_id, *columns), MESSAGE.c.notice_id, ids)
    rows = [*own, *messages_with_parts(connection, ids, columns)]
    found: dict[str, list[sa.Row[Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.channel != "sms", row.id)):
        found[row.notice_id].append(row)
    return found


def _words(sent: Sequence[sa.Row[Any]]) -> str | None:
    """The SMS as it went, else the mail's subject; None where neither is kept any more."""
    return next((text for each in sent if (text := each.subject or each.text)), None)


def _receipts(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    statement = (
        sa.select(RECEIPT, NOTICE.c.rule, NOTICE.c.reference.label("notice"))
        .join(MESSAGE, MESSAGE.c.id == RECEIPT.c.message_id)
        .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
    )
    for row in rows_in(connection, statement, RECEIPT.c.id, ids):
        yield Entry(
            at=row.arrived_at,
            kind=kind,
            id=row.id,
            channel=row.channel,
            state=row.state,
            rule=row.rule,
            reference=row.notice,
            text=row.meaning,
        )


def _bounces(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    statement = sa.select(BOUNCE, NOTICE.c.reference).join(NOTICE, NOTICE.c.id == BOUNCE.c.notice_id)
    for row in rows_in(connection, statement, BOUNCE.c.id, ids):
        yield Entry(
            at=row.received_at,
            kind=kind,
            id=row.id,
            channel="email",
            state=row.kind,
            reference=row.reference,
            text=row.reason,
        )


def _decisions(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    rows = list(rows_in(connection, sa.select(INTERVENTION), INTERVENTION.c.id, ids))
    notices = [row.object_id for row in rows if row.object_type == "notice"]
    names = sa.select(NOTICE.c.id, NOTICE.c.reference)
    references = {row.id: row.reference for row in rows_in(connection, names, NOTICE.c.id, notices)}
    for row in rows:
        reference = references.get(row.object_id) if row.object_type == "notice" else None
        is_contradiction = row.object_type == "contradiction"
        yield Entry(
            at=row.at,
            kind=kind,
            id=row.id,
            about=f"{row.object_type}:{reference or row.object_id}",
            by=row.actor,
            state=row.verb,
            reference=row.object_id if is_contradiction else reference,
            text=row.reason,
        )


def _consents(connection: sa.Connection, kind: EntryKind, ids: Sequence[str], _: _Topics) -> Iterator[Entry]:
    numbers = [int(each) for each in ids]
    for row in rows_in(connection, sa.select(CONSENT_ENTRY), CONSENT_ENTRY.c.id, numbers):
        yield Entry(
            at=row.at,
            kind=kind,
            id=str(row.id),
            by=row.by,
            channel=row.channel,
            rule=row._mapping["class"],
            state=row.word,
            source=row.register_name or row.source,
            text=row.reason,
        )


_READERS: Mapping[EntryKind, _Reader] = {
    EntryKind.ALLOWED: _allowed,
    EntryKind.ASKED: _contacts,
    EntryKind.CAME_BACK: _bounces,
    EntryKind.CONSENT: _consents,
    EntryKind.DECIDED: _decisions,
    EntryKind.DELIVERED: _receipts,
    EntryKind.FEEDBACK: _feedback,
    EntryKind.FOUND: _found,
    EntryKind.PROMISED: _promises,
    EntryKind.SETTLED: _found,
    EntryKind.TOLD: _told,
    EntryKind.TOLD_THROUGH: _through,
    EntryKind.WITHHELD: _withheld,
}
