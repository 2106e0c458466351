"""A foreseen day is played on today's customers: a copy of the database, the daemon's own functions, a simulated clock.

What the day brings is written when it happens. Everything else is as it is now: nobody invents orders or visits. So a
drill answers for those who are known, and for as many others as its author expects.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifier.drafting.ruleset import Ruleset
from notifier.intake.events import apply_change_set, read_change_set
from notifier.intake.parsing import ImportContext
from notifier.model.drills import DrillReport, HourOfDay, Need, Reached
from notifier.model.figures import spans_of
from notifier.model.shares import Share
from notifier.model.types import ChannelName
from notifier.rules.drill_files import Drill, DrillNeed
from notifier.simulation.channel import KeepingChannel
from notifier.simulation.rightness import words_by_subject
from notifier.simulation.world import open_world
from notifier.store.copying import copied
from notifier.store.database import read_only
from notifier.store.migrating import ensure_indexes
from notifier.store.reports.replayed import DecidedNotice, decided_notices
from notifier.store.reports.touched import TouchedRow, touched_rows

HOUR = timedelta(hours=1)
SILENT = "no rule speaks"
"""Why somebody was not told of whom no rule decided anything."""


class Played:
    """What one play of a drill left behind."""

    def __init__(self, touched: Sequence[TouchedRow], notices: Sequence[DecidedNotice], began_at: datetime) -> None:
        self.touched = touched
        self.notices = notices
        self.began_at = began_at


def play_drill(
    drill: Drill,
    original: sa.Engine,
    ruleset: Ruleset,
    context: ImportContext,
    *,
    now: datetime,
    live: bool,
) -> Played:
    """Plays the day once, from `now` (aware UTC) or where the drill says, until the day is over.

    Raises ProblemsError where what happens cannot be read, EvaluationFailedError where a rule fails.
    """
    starts_at = drill.starts_at or now
    happens = sorted(
        (read_change_set(each.document, each.place) for each in drill.happens), key=lambda change_set: change_set.at
    )
    channels = dict.fromkeys(ChannelName, KeepingChannel())
    with copied(original) as database:
        with database.begin() as connection:
            ensure_indexes(connection, ruleset.searched_columns)
        with open_world(ruleset, database, channels, starts_at, live=live) as world:
            world.tick()
            for change_set in happens:
                at = max(change_set.at, starts_at)
                for _ in world.advance_to(at):
                    pass
                with database.begin() as connection:
                    apply_change_set(connection, change_set, context)
                world.tick()
            for _ in world.advance_to(max(drill.ends_at, world.clock())):
                pass
        with read_only(database) as connection:
            touched = [
                row
                for each in drill.who
                for row in touched_rows(connection, context.schema, each, drill.site, drill.begins_at)
            ]
            return Played(touched, decided_notices(connection), starts_at)


def report_of(
    drill: Drill,
    now: Played,
    planned: Played | None,
    rules: Ruleset,
    planned_rules: Ruleset | None,
    added: Sequence[str],
) -> DrillReport:
    """What was found without the plan, and with it."""
    hours = hours_of(drill, now.touched)
    told = Counter(one.rule for one in now.notices if one.told_at is not None and one.told_at >= now.began_at)
    return DrillReport(
        name=drill.name,
        day=f"{drill.begins_at.astimezone(ZoneInfo(drill.timezone)):%Y-%m-%d}",
        timezone=drill.timezone,
        site=drill.site,
        began_at=now.began_at,
        rows=len(now.touched),
        customers=len({row.customer for row in now.touched if row.customer is not None}),
        people=sum(hour.arriving for hour in hours),
        hours=hours,
        needs=needs_of(drill, now.touched),
        now=_reached(drill, now, rules),
        planned=None if planned is None or planned_rules is None else _reached(drill, planned, planned_rules),
        without=drill.without,
        added=added,
        told=dict(sorted(told.items())),
    )


def needs_of(drill: Drill, touched: Sequence[TouchedRow]) -> list[Need]:
    """What the day needs: what only a group of people needs, where some of it come."""
    found = []
    for need in drill.needs:
        hours = hours_of(drill, touched, need.group)
        if need.group is None or any(hour.arriving for hour in hours):
            found.append(_need(need, hours))
    return found


def hours_of(drill: Drill, touched: Iterable[TouchedRow], group: str | None = None) -> list[HourOfDay]:
    """The hours of the local day: 23 or 25 where the clocks change.

    Who comes at an instant counts in each hour of which their stay has a part. Of a group only its people count, and
    nobody knows it of who is not announced.
    """
    zone = ZoneInfo(drill.timezone)
    arriving: Counter[datetime] = Counter()
    for row in touched:
        at = row.at or drill.begins_at
        if drill.begins_at <= at < drill.ends_at:
            everybody = 1 if row.people is None else row.people
            arriving[at] += everybody if group is None else row.groups.get(group, 0)
    begins = [drill.begins_at]
    while begins[-1] + HOUR < drill.ends_at:
        begins.append(begins[-1] + HOUR)
    unheard = dict(drill.unannounced) if group is None else {}
    for begin in begins:  # who is not announced comes at the full hour; an hour that comes twice counts once
        arriving[begin] += unheard.pop(begin.astimezone(zone).hour, 0)
    return [
        HourOfDay(
            begins_at=begin,
            arriving=sum(people for at, people in arriving.items() if begin <= at < begin + HOUR),
            present=sum(people for at, people in arriving.items() if at < begin + HOUR and at + drill.stay > begin),
        )
        for begin in begins
    ]


def _need(need: DrillNeed, hours: Sequence[HourOfDay]) -> Need:
    def enough_for(people: int) -> int:
        return -(-people // need.people_each)

    if need.used_up:
        needed = enough_for(sum(hour.arriving for hour in hours))
        short, short_planned = int(needed > need.have), int(needed > need.planned)
        at = None
    else:
        fullest = max(hours, key=lambda hour: hour.present)  # the first of several
        needed, at = enough_for(fullest.present), fullest.begins_at
        short = sum(enough_for(hour.present) > need.have for hour in hours)
        short_planned = sum(enough_for(hour.present) > need.planned for hour in hours)
    return Need(
        name=need.name,
        owner=need.owner,
        needed=needed,
        at=at,
        have=need.have,
        planned=need.planned,
        hours_short=short,
        hours_short_planned=short_planned,
    )


def _reached(drill: Drill, played: Played, ruleset: Ruleset) -> Reached:
    """Who of the affected customers heard of it before it touched them."""
    words = words_by_subject(played.notices, ruleset.project.rules)
    brought = [one for subject in _brought(drill) for one in words.get(subject, ())]
    by_customer: dict[str, list[tuple[datetime, Sequence[DecidedNotice]]]] = defaultdict(list)
    for row in played.touched:
        if row.customer is not None:
            at = row.at or drill.begins_at
            about = [*words.get(row.subject, ()), *brought]
            heard = [one for one in about if one.customer == row.customer]
            by_customer[row.customer].append((at, heard))
    leads: list[timedelta] = []
    rules: Counter[str] = Counter()
    not_told: Counter[str] = Counter()
    for touched in by_customer.values():
        told = [(one.told_at, at, one.rule) for at, about in touched for one in about if one.told_at is not None]
        in_time = [(first, at, rule) for first, at, rule in told if first < at]
        if in_time:
            first, at, rule = min(in_time)
            leads.append(at - first)
            rules[rule] += 1
        elif told:
            not_told["told too late"] += 1
        else:
            states = [one.state.value for _, about in touched for one in about]
            not_told[states[-1] if states else SILENT] += 1
    return Reached(
        told=Share(part=len(leads), whole=len(by_customer)),
        lead=spans_of(leads),
        rules=dict(sorted(rules.items())),
        not_told=dict(sorted(not_told.items())),
    )


def _brought(drill: Drill) -> set[str]:
    """The rows that the day brings: an outage is told about the incident, not about each contract that it touches."""
    return {
        f"{entity}:{row['id']}"
        for each in drill.happens
        for entity, rows in (each.document.get("set") or {}).items()
        for row in rows
        if isinstance(row, dict) and row.get("id") is not None
    }
