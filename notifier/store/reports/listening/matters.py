"""What follows what: contacts that bring contacts, channels that lead elsewhere or back, and the effort of an episode.

A matter is what one customer's contacts are about. All of it is found by window functions within a matter.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import Between, LaterInstant, WholeQuotient
from notifier.evaluation.values import elapsed
from notifier.model.columns import microseconds
from notifier.model.contact_figures import ChannelFigures, Circle, Effort, Snowball
from notifier.model.figures import Spans
from notifier.model.reasons import UNCLEAR
from notifier.model.shares import Share
from notifier.store.reports.listening.contact_rows import INBOUND, SOLVED

PAUSE = timedelta(days=14)
"""A pause after which what comes is another episode."""
LISTED = 10
"""Snowballs and circles that are named, the largest ones."""
FEWEST_OF_A_SNOWBALL = 3


@dataclass(frozen=True, kw_only=True)
class Sequels:
    """What followed the contacts of a period."""

    again: Mapping[str, Share]
    """By reason, and under "" of all: the contacts that another one about the same followed in time."""
    channels: Sequence[ChannelFigures]


def sequels(
    connection: sa.Connection, contacts: sa.Subquery, since: datetime, until: datetime, within: timedelta
) -> Sequels:
    """What followed each contact of [since, until) within that time; `until` is that long ago, at least."""
    of_matter = _in_order(contacts)
    following = sa.select(
        contacts.c.reason,
        contacts.c.channel,
        contacts.c.at,
        sa.case((contacts.c.outcome == SOLVED, 1), else_=0).label("solved"),
        sa.func.lead(contacts.c.at).over(**of_matter).label("next_at"),
        sa.func.lead(contacts.c.channel).over(**of_matter).label("next_channel"),
    ).where(contacts.c.direction == INBOUND, contacts.c.matter.is_not(None))
    rows = following.subquery("following")
    soon = rows.c.next_at <= LaterInstant(rows.c.at, elapsed(within))
    to = sa.case((soon, rows.c.next_channel)).label("next")
    folded = (
        sa.select(rows.c.reason, rows.c.channel, to, rows.c.solved)
        .where(rows.c.at >= since, rows.c.at < until)
        .subquery("folded")
    )
    columns = (folded.c.reason, folded.c.channel, folded.c.next, folded.c.solved)
    counted = connection.execute(sa.select(*columns, sa.func.count().label("n")).group_by(*columns)).all()
    return _sequels(counted)


def _sequels(rows: Sequence[sa.Row[Any]]) -> Sequels:
    whole, again = Counter[str](), Counter[str]()
    on: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    to: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        for name in (row.reason, ""):
            whole[name] += row.n
            again[name] += row.n if row.next is not None else 0
        there = (row.reason, row.channel)
        on[there]["all"] += row.n
        on[there]["solved"] += row.n * row.solved
        if row.next not in (None, row.channel):
            to[there][row.next] += row.n
    channels = [
        ChannelFigures(
            reason=reason,
            channel=channel,
            solved=Share(part=counts["solved"], whole=counts["all"]),
            moved=Share(part=to[reason, channel].total(), whole=counts["all"]),
            to=dict(to[reason, channel].most_common()),
        )
        for (reason, channel), counts in on.items()
        if reason != UNCLEAR
    ]
    shares = {name: Share(part=again[name], whole=whole[name]) for name in whole}
    return Sequels(again=shares, channels=sorted(channels, key=lambda each: (-each.moved.part, each.reason)))


def snowballs(connection: sa.Connection, contacts: sa.Subquery, since: datetime, until: datetime) -> Sequence[Snowball]:
    """The matters with most contacts in [since, until)."""
    count = sa.func.count()
    statement = (
        sa.select(
            contacts.c.customer_id,
            contacts.c.matter,
            count.label("n"),
            sa.func.count(contacts.c.channel.distinct()).label("channels"),
            sa.func.min(contacts.c.at).label("first_at"),
            sa.func.max(contacts.c.at).label("last_at"),
        )
        .where(contacts.c.direction == INBOUND, contacts.c.matter.is_not(None))
        .where(contacts.c.at >= since, contacts.c.at < until)
        .group_by(contacts.c.customer_id, contacts.c.matter)
        .having(count >= FEWEST_OF_A_SNOWBALL)
        .order_by(count.desc(), sa.func.min(contacts.c.at), contacts.c.customer_id)
        .limit(LISTED)
    )
    return [
        Snowball(
            customer=row.customer_id,
            about=row.matter,
            contacts=row.n,
            channels=row.channels,
            first_at=row.first_at,
            last_at=row.last_at,
        )
        for row in connection.execute(statement)
    ]


def circles(connection: sa.Connection, contacts: sa.Subquery, since: datetime, until: datetime) -> Sequence[Circle]:
    """The ways over other channels back to the first one, those that most matters went."""
    within = _in_order(contacts)
    inbound = sa.and_(contacts.c.direction == INBOUND, contacts.c.matter.is_not(None))
    before = [sa.func.lag(contacts.c.channel, steps).over(**within).label(f"channel_{steps}") for steps in (1, 2, 3)]
    times = [sa.func.lag(contacts.c.at, steps).over(**within).label(f"at_{steps}") for steps in (2, 3)]
    names = (contacts.c.customer_id, contacts.c.matter, contacts.c.at, contacts.c.channel)
    rows = sa.select(*names, *before, *times).where(inbound).subquery("lagged")
    here = rows.c.channel
    by_two = sa.and_(rows.c.channel_2 == here, rows.c.channel_1 != here, _soon(rows.c.at_2, rows.c.at))
    by_three = sa.and_(
        rows.c.channel_3 == here,
        rows.c.channel_2 != here,
        rows.c.channel_1 != here,
        rows.c.channel_1 != rows.c.channel_2,
        _soon(rows.c.at_3, rows.c.at),
    )
    gap = sa.literal(",", sa.String)
    path = sa.case(
        (by_two, here + gap + rows.c.channel_1 + gap + here),
        (by_three, here + gap + rows.c.channel_2 + gap + rows.c.channel_1 + gap + here),
    )
    found = (
        sa.select(path.label("path"), rows.c.customer_id, rows.c.matter)
        .where(rows.c.at >= since, rows.c.at < until, sa.or_(by_two, by_three))
        .distinct()
        .subquery("found")
    )
    matters = sa.func.count()
    statement = (
        sa.select(found.c.path, matters.label("matters"), sa.func.count(found.c.customer_id.distinct()).label("people"))
        .group_by(found.c.path)
        .order_by(matters.desc(), found.c.path)
        .limit(LISTED)
    )
    ways = connection.execute(statement).all()
    whole = _with_several(connection, contacts, since, until) if ways else 0
    return [
        Circle(path=tuple(row.path.split(",")), matters=row.matters, customers=row.people, of=whole) for row in ways
    ]


def _with_several(connection: sa.Connection, contacts: sa.Subquery, since: datetime, until: datetime) -> int:
    """Matters with more than one contact of the customer."""
    grouped = (
        sa.select(contacts.c.customer_id)
        .where(contacts.c.direction == INBOUND, contacts.c.matter.is_not(None))
        .where(contacts.c.at >= since - PAUSE, contacts.c.at < until)
        .group_by(contacts.c.customer_id, contacts.c.matter)
        .having(sa.func.count() > 1)
        .subquery("several")
    )
    return connection.execute(sa.select(sa.func.count()).select_from(grouped)).scalar_one()


def _soon(first: sa.ColumnElement[Any], last: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return last <= LaterInstant(first, elapsed(PAUSE))


def effort(
    connection: sa.Connection, contacts: sa.Subquery, since: datetime, until: datetime, now: datetime
) -> Sequence[Effort]:
    """What customers had to do in the episodes that began in [since, until), by the reason of the first contact.

    `contacts` reach back by a pause before `since`, so that what goes on then is no new episode.
    """
    episodes = _episodes(contacts, since, until)
    length = Between(episodes.c.last_at, episodes.c.first_at, type_=sa.BigInteger())
    day = sa.literal(microseconds(timedelta(days=1)), sa.BigInteger)
    points = episodes.c.steps + episodes.c.questions + episodes.c.transfers + WholeQuotient(length, day)
    by_reason = episodes.c.reason
    rows = (
        sa.select(
            *(episodes.c[name] for name in ("reason", "last_at", "steps", "questions", "transfers")),
            length.label("length"),
            points.label("points"),
            sa.func.row_number().over(partition_by=by_reason, order_by=length).label("by_length"),
            sa.func.row_number().over(partition_by=by_reason, order_by=points).label("by_points"),
            sa.func.count().over(partition_by=by_reason).label("n"),
        )
        .where(by_reason != UNCLEAR)
        .subquery("ranked")
    )

    def ranked(value: sa.ColumnElement[Any], rank: sa.ColumnElement[Any], tenths: int) -> sa.ColumnElement[Any]:
        """The value of the nearest rank, as `reports.ranks` has it; in one statement, for episodes cost most."""
        return sa.func.max(sa.case((rank == (rows.c.n * tenths + 9) // 10, value)))

    statement = sa.select(
        rows.c.reason,
        sa.func.count().label("n"),
        sa.func.sum(sa.case((rows.c.last_at > now - PAUSE, 1), else_=0)).label("going"),
        *(sa.func.sum(rows.c[name]).label(name) for name in ("steps", "questions", "transfers")),
        *(ranked(rows.c.length, rows.c.by_length, tenths).label(f"length_{tenths}") for tenths in (1, 5, 9)),
        *(ranked(rows.c.points, rows.c.by_points, tenths).label(f"points_{tenths}") for tenths in (5, 9)),
    ).group_by(rows.c.reason)
    found = [
        Effort(
            reason=row.reason,
            episodes=row.n,
            going=int(row.going),
            steps=float(row.steps) / row.n,
            questions=float(row.questions) / row.n,
            transfers=float(row.transfers) / row.n,
            lasted=Spans(
                count=row.n,
                tenth=timedelta(microseconds=int(row.length_1)),
                median=timedelta(microseconds=int(row.length_5)),
                ninetieth=timedelta(microseconds=int(row.length_9)),
            ),
            median_points=int(row.points_5),
            ninetieth_points=int(row.points_9),
        )
        for row in connection.execute(statement)
    ]
    return sorted(found, key=lambda each: (-each.ninetieth_points, -each.median_points, -each.episodes, each.reason))


def _episodes(contacts: sa.Subquery, since: datetime, until: datetime) -> sa.Subquery:
    """One row for each episode: reason, first_at, last_at, steps, questions and transfers."""
    of_matter = _in_order(contacts)
    names = ("id", "customer_id", "matter", "at", "channel", "direction", "asked", "reason")
    before = sa.func.lag(contacts.c.at).over(**of_matter).label("before")
    lagged = sa.select(*(contacts.c[name] for name in names), before).where(contacts.c.matter.is_not(None))
    one = lagged.subquery("one")
    begins = sa.or_(one.c.before.is_(None), one.c.at > LaterInstant(one.c.before, elapsed(PAUSE)))
    number = sa.func.sum(sa.case((begins, 1), else_=0)).over(**_in_order(one), rows=(None, 0)).label("number")
    two = sa.select(*(one.c[name] for name in names), number).subquery("two")
    episode_of = (two.c.customer_id, two.c.matter, two.c.number)
    by_time = (two.c.at, two.c.id)
    place = sa.func.row_number().over(partition_by=episode_of, order_by=by_time).label("place")
    channel = sa.func.lag(two.c.channel).over(partition_by=(*episode_of, two.c.direction), order_by=by_time)
    columns = (*episode_of, two.c.at, two.c.channel, two.c.direction, two.c.asked, two.c.reason)
    three = sa.select(*columns, place, channel.label("channel_before")).subquery("three")
    theirs = three.c.direction == INBOUND
    moved = sa.and_(theirs, three.c.channel_before != three.c.channel)
    steps = sa.func.sum(sa.case((theirs, 1), else_=0))
    first = sa.func.min(three.c.at)
    return (
        sa.select(
            sa.func.max(sa.case((three.c.place == 1, three.c.reason))).label("reason"),
            first.label("first_at"),
            sa.func.max(three.c.at).label("last_at"),
            steps.label("steps"),
            sa.func.sum(sa.case((theirs, 0), else_=three.c.asked)).label("questions"),
            sa.func.sum(sa.case((moved, 1), else_=0)).label("transfers"),
        )
        .group_by(three.c.customer_id, three.c.matter, three.c.number)
        .having(steps > 0, first >= since, first < until)
        .subquery("episodes")
    )


def _in_order(rows: sa.Subquery) -> dict[str, Any]:
    """The window of the contacts of one matter, in the order of time."""
    return {"partition_by": (rows.c.customer_id, rows.c.matter), "order_by": (rows.c.at, rows.c.id)}
