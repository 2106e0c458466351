"""What waits for a person today, in one page, each thing with the command that deals with it.

Each matter is a count and its first rows, the most urgent first, read by index: a backlog of a million told notices
costs nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from notifier.bounces.bounce import BounceKind
from notifier.model.actions import ActionStatus
from notifier.model.contradictions import HOLDING, Contradiction
from notifier.model.notices import AWAIT_APPROVAL, MessageState, NoticeKind, NoticeState
from notifier.model.schema import entities
from notifier.model.types import ChannelName
from notifier.rules.checked import Project
from notifier.store.actions import ActionFilter, actions_listed, how_many_actions
from notifier.store.consent import undecided
from notifier.store.contradictions import ContradictionFilter, how_many, listed
from notifier.store.tables import BOUNCE, CONTRADICTION, HALT, MESSAGE, NOTICE, PROMISE, REPLY, SET_ASIDE

COUNTED = 10_000
"""How far notices are counted."""
DUE_WITHIN = timedelta(days=2)
"""How far ahead a promise counts as due today."""
BACK = timedelta(days=30)
"""How long what failed, and a promise that is overdue, is shown."""


class Matter(StrEnum):
    """What waits."""

    HALTED = "halted"
    """A channel whose provider refuses everything."""
    SET_ASIDE = "set_aside"
    """A rule, check or file with an error: it is not in force."""
    SURFACING = "surfacing"
    """Contradictions, what the customer finds out first at the top."""
    PROMISES_DUE = "promises_due"
    TO_APPROVE = "to_approve"
    """Notices beyond their rule's limit."""
    HELD = "held"
    UNKNOWN = "unknown"
    """Messages of which nobody can say whether they went out."""
    FAILED = "failed"
    ACTIONS = "actions"
    """What owners do so that something does not happen again."""
    OPT_OUTS = "opt_outs"
    """Replies that sound like no more."""
    BOUNCES = "bounces"
    """Mails that came back, and lead to no notice."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing that waits. What a matter does not have is None."""

    id: str
    what: str
    """Of a notice its reason; else what there is to say, in English."""
    command: str
    """What a person types next. It changes nothing by itself unless it names a person and a reason."""
    about: str | None = None
    customer: str | None = None
    owner: str | None = None
    rule: str | None = None
    deadline: datetime | None = None
    """When it is too late: a contradiction surfaces, a notice helps no more, a promise is due."""
    since: datetime | None = None
    contradiction: Contradiction | None = None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One matter with its first tasks."""

    matter: Matter
    count: int
    """How many there are; one more than `COUNTED` where there are more notices than that."""
    tasks: Sequence[Task]


@dataclass(frozen=True, kw_only=True)
class Today:
    """All that waits, the gravest matter first; matters without a task are left out."""

    now: datetime
    owner: str | None
    waiting: Sequence[Waiting]


def today(
    connection: sa.Connection, project: Project, now: datetime, *, live: bool, owner: str | None = None, limit: int = 10
) -> Today:
    """What waits at `now` for anybody, or for one owner: at most `limit` tasks of each matter.

    What belongs to no owner (halted channels, bounces that lead nowhere) is shown only where none is named.
    """
    found = _Today(connection, project, now, live, owner, limit)
    return Today(now=now, owner=owner, waiting=[each for each in found.matters() if each.count])


class _Today:
    def __init__(
        self, connection: sa.Connection, project: Project, now: datetime, live: bool, owner: str | None, limit: int
    ) -> None:
        self._connection = connection
        self._project = project
        self._now = now
        self._live = live
        self._owner = owner
        self._limit = limit

    def matters(self) -> Iterator[Waiting]:
        if self._owner is None:
            yield self._halted()
        yield self._set_aside()
        yield self._surfacing()
        yield self._promises_due()
        is_limit = NOTICE.c.reason_code.in_(AWAIT_APPROVAL)
        yield self._notices(Matter.TO_APPROVE, NoticeState.HELD, is_limit, "notices approve {} --by … --reason …")
        yield self._notices(Matter.HELD, NoticeState.HELD, sa.not_(is_limit), "why --notice {}")
        yield self._unknown()
        lately = NOTICE.c.changed_at >= self._now - BACK
        yield self._notices(Matter.FAILED, NoticeState.FAILED, lately, "why --notice {}")
        yield self._actions()
        yield self._opt_outs()
        if self._owner is None:
            yield self._bounces()

    def _halted(self) -> Waiting:
        rows = self._connection.execute(sa.select(HALT).where(HALT.c.live == self._live).order_by(HALT.c.channel)).all()
        tasks = [
            Task(id=row.channel, what=f"{row.channel}: {row.reason}", command="notifier doctor", since=row.halted_at)
            for row in rows
        ]
        return Waiting(matter=Matter.HALTED, count=len(tasks), tasks=tasks[: self._limit])

    def _set_aside(self) -> Waiting:
        statement = sa.select(SET_ASIDE).where(SET_ASIDE.c.live == self._live)
        rows = self._connection.execute(statement.order_by(SET_ASIDE.c.kind, SET_ASIDE.c.name)).all()
        owners = {broken.name: broken.owner for broken in self._project.broken}
        tasks = [
            Task(
                id=row.name,
                what=f"{row.place}: {row.why}",
                command="notifier rules check",
                owner=owners.get(row.name),
                rule=row.name,
                since=row.since,
            )
            for row in rows
            if self._owner is None or owners.get(row.name) == self._owner
        ]
        return Waiting(matter=Matter.SET_ASIDE, count=len(tasks), tasks=tasks[: self._limit])

    def _surfacing(self) -> Waiting:
        wanted = ContradictionFilter(states=HOLDING, owner=self._owner, limit=self._limit)
        tasks = [
            Task(
                id=each.id,
                what=each.reason,
                command=f"notifier contradictions show {each.id}",
                about=f"{each.subject_type}:{each.subject_id}",
                customer=each.customer_id,
                owner=each.owner,
                rule=each.check,
                deadline=each.surfaces_at,
                since=each.opened_at,
                contradiction=each,
            )
            for each in listed(self._connection, wanted)
        ]
        return Waiting(matter=Matter.SURFACING, count=how_many(self._connection, wanted), tasks=tasks)

    def _promises_due(self) -> Waiting:
        due = PROMISE.c.due_at
        which = [
            PROMISE.c.state == "open",
            due.is_not(None),
            due <= self._now + DUE_WITHIN,
            due > self._now - BACK,
        ]
        if self._owner is not None:
            which.append(PROMISE.c.topic.in_(self._topics_of_owner()))
        count = self._count(PROMISE, which)
        rows = self._connection.execute(sa.select(PROMISE).where(*which).order_by(due, PROMISE.c.id).limit(self._limit))
        tasks = [
            Task(
                id=row.id,
                what=f"{row.topic.replace('_', ' ')}: {row.value}{f' {row.currency}' if row.currency else ''}, "
                f"by {row.made_by or row.source}",
                command=f"notifier brief {row.customer_id}" if row.customer_id else "notifier promise list",
                about=f"{row.subject_type}:{row.subject_id}",
                customer=row.customer_id,
                deadline=row.due_at,
                since=row.made_at,
            )
            for row in rows
        ]
        return Waiting(matter=Matter.PROMISES_DUE, count=count, tasks=tasks)

    def _topics_of_owner(self) -> Collection[str]:
        return sorted({check.topic for check in self._project.checks.values() if check.owner == self._owner})

    def _notices(self, matter: Matter, state: NoticeState, condition: sa.ColumnElement[bool], command: str) -> Waiting:
        which = [*self._to_customers(), NOTICE.c.state == state, condition]
        until = NOTICE.c.until_at
        statement = sa.select(NOTICE).where(*which).order_by(until.is_(None), until, NOTICE.c.id).limit(self._limit)
        rows = self._connection.execute(statement).all()
        floods = self._floods_of(rows) if matter is Matter.TO_APPROVE else {}
        tasks = [
            self._task(row, row.reason, command)
            if row.id not in floods
            else self._task(row, row.reason, f"notices approve --group {floods[row.id]} --by … --reason …")
            for row in rows
        ]
        return Waiting(matter=matter, count=self._count(NOTICE, which), tasks=tasks)

    def _floods_of(self, rows: Sequence[sa.Row[Any]]) -> dict[str, str]:
        """The flood that a notice admits a contradiction of: one approval is for all of it."""
        about = {row.subject_id: row.id for row in rows if row.subject_type == "admission"}
        admission = entities()["admission"].table
        found = (
            sa.select(admission.c.id, CONTRADICTION.c.group_id)
            .join(CONTRADICTION, CONTRADICTION.c.id == admission.c.contradiction_id)
            .where(admission.c.id.in_(sorted(about)), CONTRADICTION.c.group_id.is_not(None))
        )
        return {about[row.id]: row.group_id for row in self._connection.execute(found)} if about else {}

    def _unknown(self) -> Waiting:
        unknown = sa.select(MESSAGE.c.notice_id).where(MESSAGE.c.state == MessageState.UNKNOWN)
        which = [*self._to_customers(), NOTICE.c.id.in_(unknown)]
        statement = sa.select(NOTICE).where(*which).order_by(NOTICE.c.changed_at, NOTICE.c.id).limit(self._limit)
        what = "nobody can say whether the provider has it"
        command = "notices arrived {} --by … --reason …"
        tasks = [self._task(row, what, command) for row in self._connection.execute(statement)]
        return Waiting(matter=Matter.UNKNOWN, count=self._count(NOTICE, which), tasks=tasks)

    def _to_customers(self) -> list[sa.ColumnElement[bool]]:
        which = [NOTICE.c.kind != NoticeKind.ALERT, NOTICE.c.live == self._live]
        return which if self._owner is None else [*which, NOTICE.c.owner == self._owner]

    def _task(self, row: sa.Row[Any], what: str, command: str) -> Task:
        return Task(
            id=row.reference,
            what=what,
            command=f"notifier {command.format(row.reference)}",
            about=f"{row.subject_type}:{row.subject_id}",
            customer=row.recipient_id,
            owner=row.owner,
            rule=row.rule,
            deadline=row.until_at,
            since=row.changed_at,
        )

    def _actions(self) -> Waiting:
        wanted = ActionFilter(statuses=(ActionStatus.OPEN,), owner=self._owner, limit=self._limit)
        tasks = [
            Task(
                id=each.id,
                what=each.what,
                command=f"notifier actions done {each.id} --cause … --effect … --by … --reason …",
                owner=each.owner,
                rule=each.cause or each.contacts,
                deadline=each.due_at,
                since=each.opened_at,
            )
            for each in actions_listed(self._connection, wanted)
        ]
        return Waiting(matter=Matter.ACTIONS, count=how_many_actions(self._connection, wanted), tasks=tasks)

    def _opt_outs(self) -> Waiting:
        places = undecided(self._connection, live=self._live)
        owners = self._owners_of(places[: self._limit] if self._owner is None else places)
        tasks = [
            Task(
                id=address,
                what=f"by {channel}",
                command=f"notifier consent set {address} out --by … --reason …",
                owner=owners.get((channel, address)),
            )
            for channel, address in places
            if self._owner is None or owners.get((channel, address)) == self._owner
        ]
        return Waiting(matter=Matter.OPT_OUTS, count=len(tasks), tasks=tasks[: self._limit])

    def _owners_of(self, places: Sequence[tuple[ChannelName, str]]) -> dict[tuple[ChannelName, str], str]:
        """Whose notice the last reply at each address answered."""
        found = {}
        for channel, address in places:
            statement = (
                sa.select(NOTICE.c.owner)
                .join(REPLY, REPLY.c.notice_id == NOTICE.c.id)
                .where(REPLY.c.channel == channel, REPLY.c.address == address)
                .order_by(REPLY.c.at.desc())
                .limit(1)
            )
            if (owner := self._connection.execute(statement).scalar()) is not None:
                found[channel, address] = owner
        return found

    def _bounces(self) -> Waiting:
        which = [
            BOUNCE.c.notice_id.is_(None),
            BOUNCE.c.kind != BounceKind.AUTO_REPLY,
            BOUNCE.c.received_at > self._now - BACK,
        ]
        latest = sa.select(BOUNCE).where(*which).order_by(BOUNCE.c.received_at.desc()).limit(self._limit)
        tasks = [
            Task(
                id=row.id,
                what=f"{row.kind}: {row.reason}",
                command=f"notifier bounces show {row.id}",
                since=row.received_at,
            )
            for row in self._connection.execute(latest)
        ]
        return Waiting(matter=Matter.BOUNCES, count=self._count(BOUNCE, which), tasks=tasks)

    def _count(self, table: sa.Table, which: Sequence[sa.ColumnElement[bool]]) -> int:
        some = sa.select(table.c.id).where(*which).limit(COUNTED + 1)
        return self._connection.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one()
