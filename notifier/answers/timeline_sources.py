"""Where the entries of a timeline are: for each kind one statement with instant and id, all of them sorted by one.

Keys are compared by (instant, kind, id), so that a page begins exactly behind the last one, also where a thousand
entries have one instant.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from notifier.answers.theirs import Theirs
from notifier.bounces.bounce import BounceKind
from notifier.model.columns import UtcTime
from notifier.model.contradictions import HOLDING
from notifier.model.digests import address_digest
from notifier.model.instants import utc_text
from notifier.model.notices import NoticeState, ReasonCode
from notifier.model.receipts import ReceiptState
from notifier.model.schema import entities
from notifier.model.types import Address, TopicType
from notifier.model.values import parse_value
from notifier.store.tables import (
    BOUNCE,
    CONSENT,
    CONSENT_ENTRY,
    CONTRADICTION,
    INTERVENTION,
    MESSAGE,
    NOTICE,
    PROMISE,
    RECEIPT,
    TOLD_THROUGH,
)


class EntryKind(StrEnum):
    """What an entry is about. The values sort as they stand in keys."""

    ALLOWED = "allowed"
    """The state says whether a class of notices is allowed on a channel."""
    ASKED = "asked"
    """Somebody talked to somebody."""
    CAME_BACK = "came_back"
    """A mail that came back, and says nothing of whether it arrived: an auto-reply."""
    CONSENT = "consent"
    """What was said of consent at one of their addresses."""
    DECIDED = "decided"
    """A person decided something about one of their notices, promises or contradictions."""
    DELIVERED = "delivered"
    """What a provider said of a message: it arrived, or it did not."""
    FEEDBACK = "feedback"
    """A survey, a review, a complaint."""
    FOUND = "found"
    """A promise and a fact were found to disagree."""
    PROMISED = "promised"
    SETTLED = "settled"
    """A contradiction came to its end."""
    TOLD = "told"
    TOLD_THROUGH = "told_through"
    """A notice to somebody else at the same address spoke for theirs."""
    WITHHELD = "withheld"
    """A notice that was not told, or is held; with its reason."""


UNTOLD = (NoticeState.HELD, NoticeState.SUPPRESSED, NoticeState.EXPIRED, NoticeState.CANCELLED, NoticeState.FAILED)
UNSAID = (ReasonCode.BACKLOG, ReasonCode.BASELINE, ReasonCode.TOLD_THROUGH, ReasonCode.REPLACED)
"""Reasons by which nothing was withheld: it was never to be told, or another word says it."""
ARRIVALS = (ReceiptState.DELIVERED, ReceiptState.UNDELIVERED, ReceiptState.DELAYED, ReceiptState.COMPLAINT)


@dataclass(frozen=True)
class Key:
    """Where an entry stands."""

    at: datetime
    kind: EntryKind
    id: str

    def __str__(self) -> str:
        return f"{utc_text(self.at)}/{self.kind}/{self.id}"


def parse_key(text: str) -> Key:
    """The key that `str` made. Raises ValueError where it is none."""
    at, _, rest = text.partition("/")
    kind, _, name = rest.partition("/")
    try:
        instant = parse_value(TopicType.TIMESTAMP, at)
        assert isinstance(instant, datetime)
        return Key(instant, EntryKind(kind), name)
    except ValueError:
        raise ValueError(f"'{text}' is no place in a timeline; give the `next` of a page") from None


def keys(
    connection: sa.Connection,
    theirs: Theirs,
    places: Sequence[Address],
    *,
    oldest_first: bool,
    since: datetime | None,
    after: Key | None,
    limit: int,
) -> list[Key]:
    """At most `limit` keys behind `after`, in order."""
    parts = []
    for kind, at, name, select in _sources(theirs, places):
        one = select.add_columns(at.label("at"), sa.literal(kind.value, sa.String()).label("kind"), name.label("id"))
        if since is not None:
            one = one.where(at >= since)
        if after is not None:
            one = one.where(_behind(after, kind, at, name, oldest_first=oldest_first))
        # Each kind brings no more than the page can hold.
        inner = one.order_by(*_ordered((at, name), oldest_first=oldest_first)).limit(limit).subquery()
        parts.append(sa.select(inner.c.at, inner.c.kind, inner.c.id))
    union = sa.union_all(*parts).subquery()
    columns = (union.c.at, union.c.kind, union.c.id)
    ordered = sa.select(sa.type_coerce(union.c.at, UtcTime()), union.c.kind, union.c.id).order_by(
        *_ordered(columns, oldest_first=oldest_first)
    )
    return [Key(at, EntryKind(kind), name) for at, kind, name in connection.execute(ordered.limit(limit))]


def _ordered(columns: Sequence[sa.ColumnElement[Any]], *, oldest_first: bool) -> Iterator[sa.ColumnElement[Any]]:
    return (column.asc() if oldest_first else column.desc() for column in columns)


def _behind(
    after: Key, kind: EntryKind, at: sa.ColumnElement[Any], name: sa.ColumnElement[Any], *, oldest_first: bool
) -> sa.ColumnElement[bool]:
    later = at > after.at if oldest_first else at < after.at
    if kind == after.kind:
        return sa.or_(later, sa.and_(at == after.at, name > after.id if oldest_first else name < after.id))
    is_behind = kind > after.kind if oldest_first else kind < after.kind
    return sa.or_(later, at == after.at) if is_behind else later


_Source = tuple[EntryKind, sa.ColumnElement[Any], sa.ColumnElement[Any], sa.Select[Any]]


def _sources(theirs: Theirs, places: Sequence[Address]) -> Iterator[_Source]:
    contact, feedback = entities()["contact"].table, entities()["feedback"].table
    of_customer, none = theirs.customer, sa.select()
    yield EntryKind.ASKED, contact.c.at, contact.c.id, none.where(contact.c.customer_id == of_customer)
    yield EntryKind.FEEDBACK, feedback.c.at, feedback.c.id, none.where(feedback.c.customer_id == of_customer)
    yield EntryKind.ALLOWED, CONSENT.c.at, CONSENT.c.id, none.where(CONSENT.c.customer_id == of_customer)
    yield EntryKind.PROMISED, PROMISE.c.made_at, PROMISE.c.id, none.where(PROMISE.c.id.in_(theirs.promises()))
    yield from _of_contradictions(theirs)
    yield from _of_notices(theirs)
    yield EntryKind.DECIDED, INTERVENTION.c.at, INTERVENTION.c.id, none.where(_decided_on(theirs, places))
    if places:
        said = sa.or_(
            *(
                sa.and_(CONSENT_ENTRY.c.channel == channel, CONSENT_ENTRY.c.address == address)
                for channel, address in places
            )
        )
        in_mode = sa.or_(CONSENT_ENTRY.c.live.is_(None), CONSENT_ENTRY.c.live == theirs.live)
        name = sa.cast(CONSENT_ENTRY.c.id, sa.String())
        yield EntryKind.CONSENT, CONSENT_ENTRY.c.at, name, none.where(said, in_mode)


def _of_contradictions(theirs: Theirs) -> Iterator[_Source]:
    is_theirs = sa.select().where(CONTRADICTION.c.id.in_(theirs.contradictions()))
    yield EntryKind.FOUND, CONTRADICTION.c.opened_at, CONTRADICTION.c.id, is_theirs
    over = is_theirs.where(CONTRADICTION.c.state.not_in(HOLDING))
    yield EntryKind.SETTLED, CONTRADICTION.c.changed_at, CONTRADICTION.c.id, over


def _of_notices(theirs: Theirs) -> Iterator[_Source]:
    is_theirs = NOTICE.c.id.in_(theirs.notices())
    told = sa.select().where(is_theirs, NOTICE.c.told_at.is_not(None))
    yield EntryKind.TOLD, NOTICE.c.told_at, NOTICE.c.id, told
    withheld = sa.select().where(
        is_theirs, NOTICE.c.told_at.is_(None), NOTICE.c.state.in_(UNTOLD), NOTICE.c.reason_code.not_in(UNSAID)
    )
    yield EntryKind.WITHHELD, NOTICE.c.changed_at, NOTICE.c.id, withheld
    speaker = NOTICE.alias("speaker")
    spoken = (
        sa.select(NOTICE.c.id, sa.func.min(speaker.c.told_at, type_=UtcTime()).label("at"))
        .join(TOLD_THROUGH, TOLD_THROUGH.c.occurrence == NOTICE.c.occurrence)
        .join(speaker, speaker.c.occurrence == TOLD_THROUGH.c.through)
        .where(is_theirs, NOTICE.c.told_at.is_(None), NOTICE.c.reason_code == ReasonCode.TOLD_THROUGH)
        .where(speaker.c.told_at.is_not(None))
        .group_by(NOTICE.c.id)
        .subquery()
    )
    yield EntryKind.TOLD_THROUGH, spoken.c.at, spoken.c.id, sa.select().select_from(spoken)
    arrived = (
        sa.select()
        .select_from(RECEIPT.join(MESSAGE, MESSAGE.c.id == RECEIPT.c.message_id))
        .where(MESSAGE.c.notice_id.in_(theirs.notices()), RECEIPT.c.state.in_(ARRIVALS))
    )
    yield EntryKind.DELIVERED, RECEIPT.c.arrived_at, RECEIPT.c.id, arrived
    # What says that a mail arrived or not is a receipt, too, where it counts.
    silent = sa.or_(BOUNCE.c.proven.is_(False), BOUNCE.c.kind.in_([BounceKind.AUTO_REPLY, BounceKind.UNREADABLE]))
    back = sa.select().where(BOUNCE.c.notice_id.in_(theirs.notices()), silent, BOUNCE.c.kind != BounceKind.COMPLAINT)
    yield EntryKind.CAME_BACK, BOUNCE.c.received_at, BOUNCE.c.id, back


def _decided_on(theirs: Theirs, places: Sequence[Address]) -> sa.ColumnElement[bool]:
    kind, name = INTERVENTION.c.object_type, INTERVENTION.c.object_id
    digests = [address_digest(*place) for place in places]
    objects = [
        sa.and_(kind == "notice", name.in_(theirs.notices())),
        sa.and_(kind == "contradiction", name.in_(theirs.contradictions())),
        sa.and_(kind == "promise", name.in_(theirs.promises())),
        sa.and_(kind == "customer", name == theirs.customer),
    ]
    if digests:
        objects.append(sa.and_(kind == "consent", name.in_(digests)))
    return sa.or_(*objects)
