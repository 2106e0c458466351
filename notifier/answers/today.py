"""What waits for a person today, in one page, each thing with the command that deals with it.

Each matter is a count and its first rows, the most urgent first, read by index: a backlog of a million told notices
costs nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.answers.floods import (
    Flood,
    flood_of_contradiction,
    flood_that_holds,
    flood_that_is_admitted,
    floods_waiting,
    is_any_flood_open,
)
from notifier.answers.timeline_entries import Value
from notifier.answers.waiting import Matter, Task, Today, Waiting
from notifier.bounces.bounce import BounceKind
from notifier.model.actions import ActionStatus
from notifier.model.contradictions import HOLDING, Contradiction
from notifier.model.notices import AWAIT_APPROVAL, MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.model.types import ChannelName, TopicType
from notifier.rules.checked import Project
from notifier.store.actions import ActionFilter, actions_listed, how_many_actions
from notifier.store.consent import undecided
from notifier.store.contradictions import ContradictionFilter, how_many, listed
from notifier.store.tables import BOUNCE, CONTRADICTION, HALT, MESSAGE, NOTICE, PROMISE, REPLY, SET_ASIDE

COUNTED = 10_000
"""How far notices are counted."""
DUE_WITHIN = timedelta(days=2)
"""How far ahead a promise counts as due today."""
STOPPED = (ReasonCode.LIMIT, ReasonCode.CANARY_STOPPED)
"""What holds many notices of one rule at once, for one decision."""
BACK = timedelta(days=30)
"""How long what failed, and a promise that is overdue, is shown."""


def today(
    connection: sa.Connection, project: Project, now: datetime, *, live: bool, owner: str | None = None, limit: int = 10
) -> Today:
    """What waits at `now` for anybody, or for one owner: at most `limit` tasks of each matter. A flood is one of them.

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
        self._has_floods = is_any_flood_open(connection)

    def matters(self) -> Iterator[Waiting]:
        if self._owner is None:
            yield self._halted()
        yield self._set_aside()
        yield self._surfacing()
        yield self._promises_due()
        is_limit = NOTICE.c.reason_code.in_(AWAIT_APPROVAL)
        approve = "notices approve {} --by … --reason …"
        admitted = (flood_that_is_admitted(), "notices approve --group {} --by … --reason …")
        yield self._notices(Matter.TO_APPROVE, NoticeState.HELD, is_limit, approve, admitted)
        held = (flood_that_holds(), "contradictions list --group {}")
        yield self._notices(Matter.HELD, NoticeState.HELD, sa.not_(is_limit), "why --notice {}", held)
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
        which: list[sa.ColumnElement[bool]] = [CONTRADICTION.c.state.in_(HOLDING)]
        which += [] if self._owner is None else [CONTRADICTION.c.owner == self._owner]
        times = {"deadline": CONTRADICTION.c.surfaces_at, "since": CONTRADICTION.c.opened_at}
        floods = self._floods(which, flood_of_contradiction(), **times)
        tasks = [self._flood_task(each, "contradictions list --group {}", self._first_of(each)) for each in floods]
        alone = replace(wanted, without_groups=[each.group.id for each in floods])
        tasks += [
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
            for each in listed(self._connection, alone)
        ]
        return Waiting(matter=Matter.SURFACING, count=how_many(self._connection, wanted), tasks=self._foremost(tasks))

    def _first_of(self, flood: Flood) -> Contradiction:
        """What surfaces first of a flood."""
        (first,) = listed(self._connection, ContradictionFilter(states=HOLDING, group=flood.group.id, limit=1))
        return first

    def _floods(
        self,
        which: Sequence[sa.ColumnElement[bool]],
        flood: sa.ColumnElement[Any],
        *,
        deadline: sa.ColumnElement[Any],
        since: sa.ColumnElement[Any],
    ) -> list[Flood]:
        if not self._has_floods:
            return []
        found = floods_waiting(self._connection, which, flood, deadline=deadline, since=since, limit=self._limit)
        return list(found)

    def _flood_task(self, flood: Flood, command: str, first: Contradiction | None = None) -> Task:
        group = flood.group
        return Task(
            id=group.id,
            what=f"{flood.waiting} because of one flood",
            command=f"notifier {command.format(group.id)}",
            owner=group.owner,
            rule=group.check,
            deadline=flood.deadline,
            since=flood.since,
            contradiction=first,
            flood=flood,
        )

    def _foremost(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """The most urgent ones, floods and others alike."""
        never = datetime.max.replace(tzinfo=UTC)
        return sorted(tasks, key=lambda task: (task.deadline or never, task.id))[: self._limit]

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
        types = {name: topic.type for name, topic in self._project.topics.items()}
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
                promised=Value(
                    topic=row.topic, type=types.get(row.topic, TopicType.TEXT), text=row.value, currency=row.currency
                ),
            )
            for row in rows
        ]
        return Waiting(matter=Matter.PROMISES_DUE, count=count, tasks=tasks)

    def _topics_of_owner(self) -> Collection[str]:
        return sorted({check.topic for check in self._project.checks.values() if check.owner == self._owner})

    def _notices(
        self,
        matter: Matter,
        state: NoticeState,
        condition: sa.ColumnElement[bool],
        command: str,
        of_flood: tuple[sa.ColumnElement[Any], str] | None = None,
    ) -> Waiting:
        """Those of this state. `of_flood` says which flood a notice is about, and what is typed about all of them."""
        which = [*self._to_customers(), NOTICE.c.state == state, condition]
        until = NOTICE.c.until_at
        alone, tasks = which, list[Task]()
        if of_flood is not None:
            flood, of_all = of_flood
            floods = self._floods(which, flood, deadline=until, since=NOTICE.c.changed_at)
            tasks = [self._flood_task(each, of_all) for each in floods]
            if floods:
                ids = [each.group.id for each in floods]
                alone = [*which, sa.or_(flood.is_(None), flood.not_in(ids))]
        if matter is Matter.TO_APPROVE:
            rules = self._rules_stopped(alone)
            tasks += rules
            ours = [NOTICE.c.reason_code.in_(STOPPED), NOTICE.c.rule.in_([task.id for task in rules])]
            alone = [*alone, sa.not_(sa.and_(*ours))]
        statement = sa.select(NOTICE).where(*alone).order_by(until.is_(None), until, NOTICE.c.id).limit(self._limit)
        tasks += [self._task(row, row.reason, command) for row in self._connection.execute(statement)]
        return Waiting(matter=matter, count=self._count(NOTICE, which), tasks=self._foremost(tasks))

    def _rules_stopped(self, which: Sequence[sa.ColumnElement[bool]]) -> list[Task]:
        """One task for each rule of which several notices were stopped together: one decision is for all of them."""
        until, since = sa.func.min(NOTICE.c.until_at), sa.func.min(NOTICE.c.changed_at)
        owner, reason = sa.func.min(NOTICE.c.owner), sa.func.min(NOTICE.c.reason)
        columns = (NOTICE.c.rule, owner, sa.func.count(), until, since, reason)
        statement = (
            sa.select(*columns)
            .where(*which, NOTICE.c.reason_code.in_(STOPPED))
            .group_by(NOTICE.c.rule)
            .having(sa.func.count() > 1)
            .order_by(until.is_(None), until, NOTICE.c.rule)
            .limit(self._limit)
        )
        return [
            Task(
                id=rule,
                what=why,
                command=f"notifier notices approve --rule {rule} --by … --reason …",
                owner=whose,
                rule=rule,
                deadline=deadline,
                since=oldest,
                together=count,
            )
            for rule, whose, count, deadline, oldest, why in self._connection.execute(statement)
        ]

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
