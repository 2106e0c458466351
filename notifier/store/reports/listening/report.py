"""The report of contacts: one snapshot, about ten statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifier.model.contact_figures import ContactReport, OwnerCost, Per, ReasonFigures, Week
from notifier.model.figures import Amount
from notifier.model.reasons import Reason
from notifier.model.shares import Share
from notifier.store.reports.dimensions import Period
from notifier.store.reports.listening import after_notices, matters
from notifier.store.reports.listening.contact_rows import contact_rows
from notifier.store.reports.listening.counts import bases, counted

WEEKS = 13
"""Whole weeks that are looked at where nobody says from when: a quarter."""
MOST_WEEKS = 530
"""Ten years: more would be a table that nobody reads."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a report is asked for."""

    per: Per = Per.ORDER
    again_within: timedelta = timedelta(days=7)
    """How soon another contact about the same is a snowball."""
    asked_within: timedelta = timedelta(hours=48)
    """How long after a notice a contact is taken for a question that it left open."""


def contact_report(
    connection: sa.Connection,
    reasons: Mapping[str, Reason],
    *,
    now: datetime,
    period: Period,
    asked: Asked | None = None,
    live: bool,
) -> ContactReport:
    """What the contacts of the period cost, whom, and why; without a beginning, of the last thirteen whole weeks.

    Raises ValueError for a period of more than ten years.
    """
    asked = asked or Asked()
    until = now if period.until is None else min(period.until, now)
    since = _monday(until, period.timezone, weeks=WEEKS) if period.since is None else min(period.since, until)
    edges = week_edges(since, until, period.timezone)
    base = bases(connection, asked.per, edges)
    weeks = [
        Week(start=start, end=end, whole=_is_whole(start, end, period.timezone), base=count)
        for start, end, count in zip(edges, edges[1:], base, strict=False)
    ]
    reach = max(matters.PAUSE, asked.again_within)
    contacts = contact_rows(since - matters.PAUSE, min(now, until + reach) + timedelta(microseconds=1))
    total, by_reason, unclear, feedback = counted(connection, contacts, weeks)
    over = min(until, now - asked.again_within)
    followed = matters.sequels(connection, contacts, since, over, asked.again_within)
    told_until = min(until, now - asked.asked_within)
    nothing = Share(part=0, whole=0)
    by_reason = [replace(each, again=followed.again.get(each.reason or "", nothing)) for each in by_reason]
    return ContactReport(
        at=now,
        since=since,
        until=until,
        per=asked.per,
        again_within=asked.again_within,
        asked_within=asked.asked_within,
        weeks=weeks,
        reasons=reasons,
        total=replace(total, again=followed.again.get("", nothing)),
        by_reason=by_reason,
        feedback=feedback,
        unclear=Share(part=unclear, whole=total.contacts),
        owners=costs_by_owner(by_reason, reasons),
        snowballs=matters.snowballs(connection, contacts, since, until),
        channels=followed.channels,
        circles=matters.circles(connection, contacts, since, until),
        effort=matters.effort(connection, contacts, since, until, now),
        after_notices=after_notices.after_notices(connection, since, told_until, asked.asked_within, live=live),
        questions=after_notices.questions(connection, contacts, since, until, asked.asked_within, live=live),
    )


def week_edges(since: datetime, until: datetime, timezone: str) -> Sequence[datetime]:
    """`since`, every Monday 00:00 of the zone between, and `until`; at least two, of which the last may be the first.

    Raises ValueError for more than ten years.
    """
    if until - since > MOST_WEEKS * _WEEK:
        raise ValueError(f"the period has more than {MOST_WEEKS} weeks; ask for a shorter one")
    edges = [since]
    monday = _monday(since, timezone) + _WEEK
    while monday.timestamp() < until.timestamp():
        edges.append(monday)
        monday += _WEEK
    return [*edges, until]


def costs_by_owner(figures: Sequence[ReasonFigures], reasons: Mapping[str, Reason]) -> Sequence[OwnerCost]:
    """The contacts of each owner's reasons, the most first. Reasons that the file has no more have no owner."""
    of_owner: dict[str, list[tuple[ReasonFigures, Reason]]] = defaultdict(list)
    for each in figures:
        reason = reasons.get(each.reason or "")
        if reason is not None and each.contacts:
            of_owner[reason.owner].append((each, reason))
    costs = [_cost(owner, theirs) for owner, theirs in of_owner.items()]
    return sorted(costs, key=lambda each: (-each.contacts, each.owner))


def _cost(owner: str, theirs: Sequence[tuple[ReasonFigures, Reason]]) -> OwnerCost:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    minutes, timed, priced = 0, 0, 0
    for figures, reason in theirs:
        if reason.minutes is not None:
            minutes += reason.minutes * figures.contacts
            timed += figures.contacts
        if reason.cost is not None and reason.currency is not None:
            amounts[reason.currency] += reason.cost * figures.contacts
            priced += figures.contacts
    return OwnerCost(
        owner=owner,
        contacts=sum(figures.contacts for figures, _ in theirs),
        minutes=minutes,
        amounts=[Amount(amount=amount, currency=currency) for currency, amount in sorted(amounts.items())],
        timed=timed,
        priced=priced,
    )


def _monday(instant: datetime, timezone: str, *, weeks: int = 0) -> datetime:
    """Monday 00:00 of the week of the instant in the zone, or so many weeks before."""
    local = instant.astimezone(ZoneInfo(timezone))
    monday = local.date() - timedelta(days=local.weekday()) - weeks * _WEEK
    return datetime.combine(monday, time(), tzinfo=ZoneInfo(timezone))


def _is_whole(start: datetime, end: datetime, timezone: str) -> bool:
    return start == _monday(start, timezone) and end == _monday(start, timezone) + _WEEK
