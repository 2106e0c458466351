"""The next instant at which something falls due: where a simulated clock must stop to lose nothing in between.

A superset is harmless: a tick at which nothing is due decides nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifier.drafting.actions_pass import zone_of
from notifier.drafting.ruleset import Ruleset
from notifier.evaluation.dialects import Unsought
from notifier.model.columns import UtcTime
from notifier.model.contradictions import HOLDING, ContradictionState
from notifier.model.notices import UNSENT, MessageState, NoticeState
from notifier.planning.earlier import NEVER, lead_of
from notifier.store.sql import is_one_of
from notifier.store.tables import CONTRADICTION, MESSAGE, NOTICE, SETTLING, SITE, SITE_DAY

KEPT = 1_024
"""Statements that are kept: more than a project has rules and checks."""
AFTER = sa.bindparam("after", type_=UtcTime())
_LAST_TOLD = sa.union_all(
    *(
        sa.select(sa.func.min(at, type_=UtcTime())).where(
            Unsought(NOTICE.c.rule) == sa.bindparam("rule", type_=sa.String()), NOTICE.c.spent.is_(True), *which
        )
        # Each has an index of its own; the later of both would read all that the rule ever told.
        for at, which in (
            (NOTICE.c.told_at, (NOTICE.c.told_at > AFTER,)),
            (NOTICE.c.changed_at, (NOTICE.c.changed_at > AFTER, NOTICE.c.told_at.is_(None))),
        )
    )
)
_FIRST_TOLD = sa.select(sa.func.min(NOTICE.c.told_at, type_=UtcTime())).where(
    NOTICE.c.rule == sa.bindparam("rule", type_=sa.String()), NOTICE.c.told_at > AFTER
)
_OF_THE_OUTBOX = tuple(
    sa.select(sa.func.min(column, type_=UtcTime())).where(waiting, column > AFTER)
    for column, waiting in (
        (NOTICE.c.deferred_until, NOTICE.c.state == NoticeState.DEFERRED),
        (NOTICE.c.until_at, is_one_of(NOTICE.c.state, UNSENT)),
        (MESSAGE.c.next_attempt_at, MESSAGE.c.state == MessageState.QUEUED),
        (CONTRADICTION.c.surfaces_at, is_one_of(CONTRADICTION.c.state, HOLDING)),
        (CONTRADICTION.c.waived_until, CONTRADICTION.c.state == ContradictionState.WAIVED),
        (SETTLING.c.due_at, SETTLING.c.due_at.is_not(None)),
    )
)
"""Ends of deferrals, ends of what is unsent, messages to be tried again, deadlines of contradictions."""
_ZONES = sa.select(SITE.c.timezone).distinct()


def next_due(connection: sa.Connection, ruleset: Ruleset, *, after: datetime, before: datetime) -> datetime | None:
    """The earliest instant in (after, before) at which a rule, a check, the outbox or a site's calendar has something
    to do; None when nothing falls due there."""
    leads = leads_of(ruleset)
    instants = [
        *_of_statements(connection, ruleset, leads, after, before),
        *_of_local_moments(connection, ruleset, leads, after, before),
        *_of_repeats(connection, ruleset, after),
        *_of_silence(connection, ruleset, after),
        *(_of_calendars(connection, after) if _reads_days(ruleset) else ()),
        *_of_settling(connection, ruleset, after),
        *_of_letters(ruleset, after),
    ]
    return min((instant for instant in instants if after < instant < before), default=None)


def _of_statements(
    connection: sa.Connection, ruleset: Ruleset, leads: Mapping[str, timedelta], after: datetime, before: datetime
) -> Iterator[datetime]:
    """Moments, ends, flips of `now` conditions, and deadlines of promises; and what waits in the outbox."""
    of_all = (
        *(query.instants() for query in ruleset.rule_queries.values()),
        *(query.instants() for query in ruleset.check_queries.values()),
    )
    statements = tuple(each for each in of_all if each is not None)
    found = connection.execute(_earliest_of_all(statements), {"after": after, "before": before}).one()
    yield from (value for value in found if value is not None)
    for name, lead in leads.items():
        statement = ruleset.rule_queries[name].instants()
        if statement is not None:
            ahead = {"after": after + lead, "before": before + lead}
            value = connection.execute(_earliest(statement), ahead).scalar()
            if value is not None:
                yield value - lead


def _of_local_moments(
    connection: sa.Connection, ruleset: Ruleset, leads: Mapping[str, timedelta], after: datetime, before: datetime
) -> Iterator[datetime]:
    for name, query in ruleset.rule_queries.items():
        for lead in dict.fromkeys((NEVER, leads.get(name, NEVER))):
            for local in query.local_moments():
                for row in connection.execute(local.statement, {"since": after + lead, "now": before + lead}):
                    at = local.instant_of(row)
                    if at is not None and at - lead > after:
                        yield at - lead


def leads_of(ruleset: Ruleset) -> Mapping[str, timedelta]:
    """How long before its moment something may have to be told, of each rule of which that may be."""
    project = ruleset.project
    found = {
        name: lead_of(rule, project.policy, reads_now=ruleset.rule_queries[name].flips)
        for name, rule in project.rules.items()
    }
    return {name: lead for name, lead in found.items() if lead}


@lru_cache(maxsize=KEPT)
def _earliest(statement: sa.Select[Any]) -> sa.Select[Any]:
    """The first instant that a rule's or check's statement finds.

    The statement answers for (after, before]; an instant at `before` itself must not hide an earlier one. A ruleset
    keeps its statements, so that those of the rules in force are wrapped once, and not at each stop of the clock.
    """
    found = statement.subquery()
    instant = sa.type_coerce(found.c[0], UtcTime())
    return sa.select(sa.func.min(instant, type_=UtcTime())).where(instant > AFTER)


@lru_cache(maxsize=KEPT)
def _earliest_of_all(statements: tuple[sa.Select[Any], ...]) -> sa.Select[Any]:
    """The first instant of each of these statements, and of the outbox, in one row: a clock stops very often."""
    asked = (*map(_earliest, statements), *_OF_THE_OUTBOX)
    return sa.select(*(each.scalar_subquery().label(f"due_{number}") for number, each in enumerate(asked)))


def _of_repeats(connection: sa.Connection, ruleset: Ruleset, after: datetime) -> Iterator[datetime]:
    """When a rule with `repeat` may speak again about what it told."""
    for rule in ruleset.project.rules.values():
        if rule.repeat is not None and not rule.at:
            parameters = {"rule": rule.name, "after": after - rule.repeat}
            for value in connection.execute(_LAST_TOLD, parameters).scalars():
                if value is not None:
                    yield value + rule.repeat


def _of_silence(connection: sa.Connection, ruleset: Ruleset, after: datetime) -> Iterator[datetime]:
    """When a rule has waited long enough for a receipt of what it told."""
    for rule in ruleset.project.rules.values():
        if rule.fallback_after is not None:
            parameters = {"rule": rule.name, "after": after - rule.fallback_after}
            value = connection.execute(_FIRST_TOLD, parameters).scalar()
            if value is not None:
                yield value + rule.fallback_after


def _reads_days(ruleset: Ruleset) -> bool:
    """Whether any rule or check reads the days of sites: for others a midnight changes nothing."""
    read = [query.entities for query in ruleset.rule_queries.values()]
    read += [query.entities for query in ruleset.check_queries.values()]
    return any(SITE_DAY.name in entities for entities in read)


def _of_calendars(connection: sa.Connection, after: datetime) -> Iterator[datetime]:
    """The next local midnight of every zone that has a site: its calendar gains a day and loses one.

    Of no interest where no rule or check looks at days: the next tick computes them, whenever that is.
    """
    for name in connection.execute(_ZONES).scalars():
        zone = ZoneInfo(name)
        tomorrow = after.astimezone(zone).date() + timedelta(days=1)
        yield datetime.combine(tomorrow, time(), tzinfo=zone).astimezone(after.tzinfo)


def _of_settling(connection: sa.Connection, ruleset: Ruleset, after: datetime) -> Iterator[datetime]:
    """When the next step of an owner is due, and when an acknowledgement comes back."""
    columns = CONTRADICTION.c
    for owner in ruleset.project.owners.values():
        waits: list[tuple[timedelta, sa.Column[Any], tuple[sa.ColumnElement[bool], ...]]] = [
            (step.after, columns.steps_from, (columns.state == ContradictionState.OPEN, columns.steps_said == number))
            for number, step in enumerate(owner.steps)
        ]
        if owner.back_after is not None:
            taken = (columns.state == ContradictionState.ACKNOWLEDGED,)
            waits.append((owner.back_after, columns.acknowledged_at, taken))
        for later, since, which in waits:
            waiting = (columns.owner == owner.id, *which, since > after - later)
            value = connection.execute(sa.select(sa.func.min(since, type_=UtcTime())).where(*waiting)).scalar()
            if value is not None:
                yield value + later


def _of_letters(ruleset: Ruleset, after: datetime) -> Iterator[datetime]:
    """When an owner's week is told."""
    for owner in ruleset.project.owners.values():
        if owner.weekly is not None:
            yield owner.weekly.following(after, zone_of(owner, ruleset))
