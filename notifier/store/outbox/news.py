"""What is new in the outbox since it was last read: the notices, alerts and contradictions that a tick left behind.

A notice is seen when it is decided, and again when it leaves held or deferred; a contradiction when it opens and
whenever its state changes. A cancelled or suppressed notice that is to be told after all is decided anew. What was
recorded only so that it is never told (a baseline, a reminder that a correction made needless) is not seen, nor what
only its owner is alerted of, nor what another notice tells at the same address. What a rule with `group` decides at
once for one customer is seen as one: it is one message, or waits for the same reason.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.contradictions import ContradictionState
from notifier.model.mails import calendar_of, entry_in_short
from notifier.model.notices import MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.model.transitions import HANDED_OVER
from notifier.model.types import ChannelName, TopicType
from notifier.planning.occurrences import is_note
from notifier.store.outbox.payloads import payload_of, with_payload
from notifier.store.outbox.told_through import messages_with_parts
from notifier.store.sql import is_among, rows_among, rows_in
from notifier.store.tables import CONTRADICTION, MESSAGE, NOTICE

WAITING = (NoticeState.HELD, NoticeState.DEFERRED)
"""States whose end is news, whatever follows."""
OVER = (NoticeState.CANCELLED, NoticeState.SUPPRESSED, NoticeState.FAILED)
"""States that nobody expects to change. If such a notice is to be told after all, that is a new decision."""
TO_BE_TOLD = (NoticeState.READY, NoticeState.TOLD, *WAITING)


def _in_order(table: sa.Table, *left_out: str) -> sa.Select[Any]:
    columns = (column for column in table.c if column.name not in left_out)
    return sa.select(*columns).order_by(table.c.changed_at, table.c.id)


_ALL = {"notice": _in_order(NOTICE, "claims", "previous", "evidence"), "contradiction": _in_order(CONTRADICTION)}
_SINCE = {
    name: statement.where(statement.selected_columns.changed_at >= sa.bindparam("since", type_=UtcTime()))
    for name, statement in _ALL.items()
}
_TEXTS = (MESSAGE.c.channel, MESSAGE.c.subject, MESSAGE.c.text, MESSAGE.c.state)
_OWN_TEXTS = (
    sa.select(MESSAGE.c.notice_id, *_TEXTS)
    .where(MESSAGE.c.state != MessageState.CANCELLED, is_among(MESSAGE.c.notice_id))
    .order_by(MESSAGE.c.id)
)


@dataclass(frozen=True, kw_only=True)
class SeenNotice:
    """A notice, correction or follow-up as it stood right after a tick."""

    at: datetime
    kind: NoticeKind
    rule: str
    subject: str
    """`appointment:A-1`"""
    customer: str | None
    state: NoticeState
    reason_code: str
    reason: str
    channels: tuple[ChannelName, ...]
    """Those that accepted it; before that, those on which it will be sent."""
    texts: Mapping[ChannelName, str]
    """What a person reads, a mail with its subject; empty while there are no bytes."""
    calendar: str = ""
    """What the entry for a calendar says that its mail carries, in short; empty where it carries none."""
    id: str = ""
    """The notice's id in the outbox."""


@dataclass(frozen=True, kw_only=True)
class SeenContradiction:
    """A contradiction as it stood right after a tick. The values are canonical texts of the topic's type."""

    at: datetime
    check: str
    subject: str
    topic: str
    topic_type: TopicType
    promised: str
    actual: str | None
    currency: str | None
    actual_currency: str | None
    owner: str
    state: ContradictionState
    reason: str
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class SeenAlert:
    """What an owner was told. `source` is the rule or check that caused it."""

    at: datetime
    owner: str
    source: str
    state: NoticeState
    reason_code: str
    reason: str
    text: str
    """What the owner reads; empty where the alert could not be sent."""
    id: str = ""
    """The notice's id in the outbox."""
    is_digest: bool = False
    """Whether it is the weekly letter to an owner, which the calendar brings and no story."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was new."""

    notices: tuple[SeenNotice, ...] = ()
    contradictions: tuple[SeenContradiction, ...] = ()
    alerts: tuple[SeenAlert, ...] = ()


@dataclass
class Observer:
    """Reads one outbox again and again, and remembers what it has seen.

    `grouped` are the rules with `group`; `inviting` those with an `invitation`, of whose mails the bytes are read.
    """

    grouped: Collection[str] = ()
    inviting: Collection[str] = ()
    _last: datetime | None = None
    _notices: dict[str, NoticeState] = field(default_factory=dict)
    _contradictions: dict[str, ContradictionState] = field(default_factory=dict)

    def look(self, connection: sa.Connection, now: datetime) -> Seen:
        """What changed since this was last called, in the order in which it was decided."""
        since = self._last
        if since is not None and now < since:
            since = None  # the clock was put back, and what is written now looks older than what was seen
        self._last = now
        changed = [row for row in self._changed(connection, NOTICE, since) if self._is_news(row)]
        messages = _messages(connection, [row.id for row in changed])
        alerts = [row for row in changed if row.kind == NoticeKind.ALERT]
        entries = _calendar_entries(connection, [row.id for row in changed if row.rule in self.inviting])
        notices = (
            _notice(row, messages, entries.get(row.id, ""), now) for row in changed if row.kind != NoticeKind.ALERT
        )
        return Seen(
            notices=tuple(self._once(notices)),
            contradictions=tuple(self._contradictions_moved(connection, since, now)),
            alerts=tuple(_alert(row, messages, now) for row in alerts),
        )

    def _once(self, notices: Iterable[SeenNotice]) -> Iterator[SeenNotice]:
        """The notices; of rows of one message, the first."""
        seen: set[tuple[object, ...]] = set()
        for notice in notices:
            said = tuple(sorted(notice.texts.items())) or notice.reason
            key = (notice.rule, notice.kind, notice.customer, notice.state, said)
            if notice.rule not in self.grouped or key not in seen:
                yield notice
            seen.add(key)

    def _changed(
        self, connection: sa.Connection, table: sa.Table, since: datetime | None
    ) -> Iterator[sa.Row[tuple[object]]]:
        statement = _ALL[table.name] if since is None else _SINCE[table.name]
        yield from connection.execute(statement, {} if since is None else {"since": since})

    def _is_news(self, row: sa.Row[tuple[object]]) -> bool:
        state = NoticeState(row.state)
        before = self._notices.get(row.id)
        self._notices[row.id] = state
        if row.kind != NoticeKind.ALERT and is_note(row.occurrence):  # nobody was to hear it; its alert is news
            return False
        if state is NoticeState.CANCELLED and row.reason_code == ReasonCode.TOLD_THROUGH:
            return False
        if before is None:
            return state is not NoticeState.CANCELLED
        if row.kind == NoticeKind.ALERT or state is before:
            return False
        return before in WAITING or (before in OVER and state in TO_BE_TOLD)

    def _contradictions_moved(
        self, connection: sa.Connection, since: datetime | None, now: datetime
    ) -> Iterator[SeenContradiction]:
        for row in self._changed(connection, CONTRADICTION, since):
            state = ContradictionState(row.state)
            if self._contradictions.get(row.id) is state:
                continue
            self._contradictions[row.id] = state
            yield SeenContradiction(
                at=now,
                check=row.check,
                subject=f"{row.subject_type}:{row.subject_id}",
                topic=row.topic,
                topic_type=TopicType(row.topic_type),
                promised=row.promised,
                actual=row.actual,
                currency=row.currency,
                actual_currency=row.actual_currency,
                owner=row.owner,
                state=state,
                reason=row.reason,
                id=row.id,
            )


@dataclass(frozen=True, kw_only=True)
class _Messages:
    texts: Mapping[ChannelName, str]
    handed_over: tuple[ChannelName, ...]


def _messages(connection: sa.Connection, notice_ids: list[str]) -> Mapping[str, _Messages]:
    """The messages of these notices, those among them of which they are parts."""
    if not notice_ids:
        return {}
    own = rows_among(connection, _OWN_TEXTS, notice_ids)
    texts: dict[str, dict[ChannelName, str]] = {}
    handed_over: dict[str, list[ChannelName]] = {}
    for row in (*own, *messages_with_parts(connection, notice_ids, _TEXTS)):
        channel = ChannelName(row.channel)
        texts.setdefault(row.notice_id, {})[channel] = "\n".join(part for part in (row.subject, row.text) if part)
        if row.state in HANDED_OVER:
            handed_over.setdefault(row.notice_id, []).append(channel)
    return {
        notice_id: _Messages(texts=of_notice, handed_over=tuple(handed_over.get(notice_id, ())))
        for notice_id, of_notice in texts.items()
    }


NOTHING = _Messages(texts={}, handed_over=())


def _calendar_entries(connection: sa.Connection, notice_ids: list[str]) -> Mapping[str, str]:
    """What the entries say that the mails of these notices carry, in short, by notice."""
    if not notice_ids:
        return {}
    mails = sa.select(MESSAGE).where(
        MESSAGE.c.channel == ChannelName.EMAIL, MESSAGE.c.state != MessageState.CANCELLED, MESSAGE.c.text != ""
    )
    rows = rows_in(connection, with_payload(mails, MESSAGE.c.id), MESSAGE.c.notice_id, notice_ids)
    entries = {row.notice_id: calendar_of(payload_of(row)) for row in rows}
    return {name: entry_in_short(entry) for name, entry in entries.items() if entry is not None}


def _notice(row: sa.Row[tuple[object]], messages: Mapping[str, _Messages], calendar: str, now: datetime) -> SeenNotice:
    of_notice = messages.get(row.id, NOTHING)
    planned = tuple(ChannelName(channel) for channel in row.channels)
    return SeenNotice(
        at=now,
        kind=NoticeKind(row.kind),
        rule=row.rule,
        subject=f"{row.subject_type}:{row.subject_id}",
        customer=row.recipient_id,
        state=NoticeState(row.state),
        reason_code=row.reason_code,
        reason=row.reason,
        channels=tuple(c for c in planned if c in of_notice.handed_over) or planned,
        texts=of_notice.texts,
        calendar=calendar,
        id=row.id,
    )


def _alert(row: sa.Row[tuple[object]], messages: Mapping[str, _Messages], now: datetime) -> SeenAlert:
    texts = messages.get(row.id, NOTHING).texts
    return SeenAlert(
        at=now,
        owner=row.recipient_id or row.owner,
        source=row.rule,
        state=NoticeState(row.state),
        reason_code=row.reason_code,
        reason=row.reason,
        text="\n".join(texts.values()),
        id=row.id,
        is_digest=row.subject_type == "owner" and row.rule == "weekly",
    )
