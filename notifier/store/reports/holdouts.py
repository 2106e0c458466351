"""What telling changed, by rules that did not tell everybody; and how many customers are needed to see it.

Households are counted, by the address that they share, and not contacts: those of one customer are no several answers.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.holdout_figures import Finding, HoldoutFigures, HoldoutPlan, finding_of, plan_of
from notifier.model.holdouts import Arm, Holdout
from notifier.model.notices import NoticeKind
from notifier.model.shares import Share
from notifier.planning.occurrences import holdout_stopped
from notifier.rules.checked_rules import Rule
from notifier.store.holdout_counts import holdout_counts, made_contact
from notifier.store.tables import CUSTOMER, HOLDOUT_CASE, NOTICE

H, N = HOLDOUT_CASE.c, NOTICE.c
VOLUME = timedelta(weeks=8)
"""How far back the present volume of a rule is counted: from its first notice on, where that is later, for a week at
least."""


def holdout_report(
    connection: sa.Connection, rules: Iterable[Rule], *, now: datetime, timezone: str, live: bool
) -> list[HoldoutFigures]:
    """What each holdout of these rules shows at `now`; `timezone` (IANA) is where its last day ends."""
    return [
        _figures(connection, rule, rule.holdout, now, timezone, live=live) for rule in rules if rule.holdout is not None
    ]


def holdout_plans(
    connection: sa.Connection, rules: Iterable[Rule], *, now: datetime, effect: float, live: bool
) -> list[HoldoutPlan]:
    """How many customers each holdout of these rules needs, and how long that takes at the present volume."""
    plans = []
    for rule in rules:
        if rule.holdout is not None:
            told, since = _told_lately(connection, rule, rule.holdout, now, live=live)
            silent = _held_out_lately(connection, rule, now, live=live)
            weeks = max((now - (since or now)) / timedelta(weeks=1), 1)
            weekly = (told.whole + silent) / weeks
            plans.append(plan_of(rule.name, rule.holdout, effect=effect, weekly=weekly, measured=told))
    return plans


def _figures(
    connection: sa.Connection, rule: Rule, holdout: Holdout, now: datetime, timezone: str, *, live: bool
) -> HoldoutFigures:
    told, held_out, since = holdout_counts(connection, rule.name, holdout, now, live=live)
    occurrence = holdout_stopped(rule.name, holdout.name, live=live)
    ended = (
        connection.execute(sa.select(N.id).where(N.occurrence == occurrence, N.decided_at <= now)).first() is not None
    )
    shown_from = holdout.shown_from(timezone).astimezone(now.tzinfo)
    return HoldoutFigures(
        rule=rule.name,
        holdout=holdout,
        since=since,
        shown_from=shown_from,
        told=told,
        held_out=held_out,
        finding=Finding.HARM if ended else finding_of(told, held_out, now=now, shown_from=shown_from),
    )


def _held_out_lately(connection: sa.Connection, rule: Rule, now: datetime, *, live: bool) -> int:
    """The households that the rule would have told lately, and did not."""
    lately = (H.assigned_at > now - VOLUME, H.assigned_at <= now)
    which = (H.rule == rule.name, H.live == live, H.arm == Arm.HELD_OUT, *lately)
    return connection.execute(sa.select(sa.func.count(H.unit.distinct())).where(*which)).scalar_one()


def _told_lately(
    connection: sa.Connection, rule: Rule, holdout: Holdout, now: datetime, *, live: bool
) -> tuple[Share, datetime | None]:
    """The households that the rule told lately, and those of them that made contact; and when the first was told."""
    made = made_contact(N.recipient_id, N.told_at, holdout, now)
    unit = sa.func.coalesce(CUSTOMER.c.phone, sa.func.lower(CUSTOMER.c.email), N.recipient_id)
    by_unit = (
        sa.select(
            unit.label("unit"),
            sa.func.max(sa.case((made, 1), else_=0)).label("made"),
            sa.func.min(N.told_at, type_=UtcTime()).label("first_at"),
        )
        .select_from(NOTICE.outerjoin(CUSTOMER, CUSTOMER.c.id == N.recipient_id))
        .where(
            N.rule == rule.name,
            N.live == live,
            N.kind == NoticeKind.NOTICE,
            N.told_at > now - VOLUME,
            N.told_at <= now,
        )
        .group_by(unit)
        .subquery()
    )
    first = sa.func.min(by_unit.c.first_at, type_=UtcTime())
    counted = sa.select(sa.func.count(), sa.func.sum(by_unit.c.made), first).select_from(by_unit)
    row = connection.execute(counted).one()
    return Share(part=row[1] or 0, whole=row[0]), row[2]


def with_holdout(rules: Mapping[str, Rule]) -> list[Rule]:
    """The rules that have one, by name."""
    return [rules[name] for name in sorted(rules) if rules[name].holdout is not None]
