"""What an outbox holds after a replay -> figures: by rule, day, hour, customer and check."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifier.intake.histories import History
from notifier.model.figures import spans_of
from notifier.model.notices import NoticeState
from notifier.model.shares import Share
from notifier.model.simulated import CheckFound, DayTold, Kept, Outcome, Peak, RuleTold, Simulation, ToldKey
from notifier.model.types import ChannelName
from notifier.simulation.replay import Replayed, Span
from notifier.store.reports.replayed import (
    DecidedNotice,
    FoundContradiction,
    SentMessage,
    alerts_by_owner,
    decided_notices,
    found_contradictions,
    sent_messages,
)

MOST_CUSTOMERS = 10
"""Those who were told most often that are named."""
TOTAL = "total"


def simulation_of(
    connection: sa.Connection,
    rules: Iterable[str],
    history: History,
    replayed: Replayed,
    span: Span,
    *,
    every: timedelta,
    timezone: str,
    outcome: Outcome | None = None,
) -> Simulation:
    """The figures of a replay that ended, of the rules that were in force."""
    notices, messages = decided_notices(connection), list(sent_messages(connection))
    zone = ZoneInfo(timezone)
    of_notice: dict[str, list[SentMessage]] = defaultdict(list)
    for message in messages:
        of_notice[message.notice_id].append(message)
    by_rule: dict[str, list[DecidedNotice]] = {name: [] for name in rules}
    for notice in notices:
        by_rule.setdefault(notice.rule, []).append(notice)
    hours = Counter(message.at.astimezone(zone).hour for message in messages)
    told = Counter(one.customer for one in notices if one.told_at is not None and one.customer is not None)
    at: dict[ToldKey, list[datetime]] = defaultdict(list)
    for one in notices:
        if one.told_at is not None:
            at[one.rule, one.kind.value, f"{one.subject_type}:{one.subject_id}", one.customer or ""].append(one.told_at)
    return Simulation(
        since=span.since,
        until=span.until,
        every_seconds=int(every.total_seconds()),
        timezone=timezone,
        rows=replayed.rows,
        ticks=replayed.ticks,
        rules=[_rule(name, of, of_notice) for name, of in sorted(by_rule.items())],
        total=_rule(TOTAL, notices, of_notice),
        days=_days(notices, zone),
        hours=[hours[hour] for hour in range(24)],
        peak=_peak(messages),
        customers=sorted(told.items(), key=lambda each: (-each[1], each[0]))[:MOST_CUSTOMERS],
        checks=_checks(found_contradictions(connection)),
        alerts=alerts_by_owner(connection),
        withheld=[Kept(entity=one.entity, column=one.column, rows=one.rows) for one in history.withheld if one.rows],
        present_only={name: len(rows) for name, rows in history.present.items() if rows},
        left_out=dict(replayed.incomplete),
        outcome=outcome,
        told_at={key: sorted(of) for key, of in at.items()},
    )


def _rule(name: str, notices: Sequence[DecidedNotice], of_notice: Mapping[str, Sequence[SentMessage]]) -> RuleTold:
    told = [one for one in notices if one.told_at is not None]
    messages = [message for one in notices for message in of_notice.get(one.id, ())]
    sms = [message for message in messages if message.channel is ChannelName.SMS]
    cost: dict[str, Decimal] = {}
    for message in messages:
        if message.cost is not None and message.currency is not None:
            cost[message.currency] = cost.get(message.currency, Decimal(0)) + message.cost
    return RuleTold(
        rule=name,
        verdicts=_counted(notices),
        told=len(told),
        customers=len({one.customer for one in told}),
        sms=len(sms),
        segments=sum(message.segments for message in sms),
        emails=sum(message.channel is ChannelName.EMAIL for message in messages),
        whatsapps=sum(message.channel is ChannelName.WHATSAPP for message in messages),
        cost=cost,
    )


def _counted(notices: Iterable[DecidedNotice]) -> dict[str, int]:
    """By state, in the order in which states are named everywhere."""
    counted = Counter(one.state for one in notices)
    return {state.value: counted[state] for state in NoticeState if counted[state]}


def _days(notices: Sequence[DecidedNotice], zone: ZoneInfo) -> list[DayTold]:
    decided: dict[str, list[DecidedNotice]] = defaultdict(list)
    told: Counter[str] = Counter()
    for one in notices:
        decided[f"{one.decided_at.astimezone(zone):%Y-%m-%d}"].append(one)
        if one.told_at is not None:
            told[f"{one.told_at.astimezone(zone):%Y-%m-%d}"] += 1
    days = sorted(decided.keys() | told.keys())
    return [DayTold(day=day, told=told[day], verdicts=_counted(decided.get(day, ()))) for day in days]


def _peak(messages: Sequence[SentMessage]) -> Peak | None:
    """The fullest hour of the clock; the first of several."""
    if not messages:
        return None
    hours: Counter[datetime] = Counter(one.at.replace(minute=0, second=0, microsecond=0) for one in messages)
    begins_at, count = min(hours.items(), key=lambda each: (-each[1], each[0]))
    return Peak(begins_at=begins_at, messages=count)


def _checks(found: Iterable[FoundContradiction]) -> list[CheckFound]:
    by_check: dict[str, list[FoundContradiction]] = defaultdict(list)
    for one in found:
        by_check[one.check].append(one)
    return [_check(name, of) for name, of in sorted(by_check.items())]


def _check(name: str, found: Sequence[FoundContradiction]) -> CheckFound:
    surfacing = [(one.opened_at, one.surfaces_at) for one in found if one.surfaces_at is not None]
    leads = [surfaces_at - opened_at for opened_at, surfaces_at in surfacing if opened_at < surfaces_at]
    states = Counter(one.state.value for one in found)
    return CheckFound(
        check=name,
        states=dict(sorted(states.items())),
        before=Share(part=len(leads), whole=len(surfacing)),
        lead=spans_of(leads),
    )
