"""What rules in shadow would have told: how much, to whom, beside what other rules told, and how often it was right."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import LaterInstant
from notifier.evaluation.values import elapsed
from notifier.model.figures import Amount
from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.schema import Schema
from notifier.model.shadow import Overlap, ShadowFigures, ShadowReport, ShadowSample
from notifier.model.shares import Share
from notifier.planning.merging import goes_with_others
from notifier.rules.checked_rules import Rule
from notifier.rules.contact_terms import Merging
from notifier.store.reports.dimensions import Period
from notifier.store.reports.service import came_true
from notifier.store.tables import NOTICE, SHADOW_MESSAGE, SHADOW_NOTICE

NEAR = timedelta(days=1)
"""Two notices to one person within it are two words on one day."""
SAMPLES = 3
"""Messages that are shown of each rule, the latest."""


def shadow_report(
    connection: sa.Connection,
    rules: Mapping[str, Rule],
    schema: Schema,
    *,
    now: datetime,
    period: Period,
    live: bool,
    only: Collection[str] | None = None,
    merging: Merging | None = None,
) -> ShadowReport:
    """The rules that recorded something in shadow in the period, and those that are in shadow; of `only`, where given.

    A rule that left the project, or went live, is in it with what it recorded; whether that came true is said by what
    the rules in force call true. `merging` says what goes in one message.
    """
    found = _Report(connection, rules, schema, now, period, merging, live=live)
    names = {*found.recorded(), *(name for name, rule in rules.items() if rule.shadow)}
    return ShadowReport(at=now, rules=[found.figures(name) for name in sorted(names) if only is None or name in only])


class _Report:
    def __init__(
        self,
        connection: sa.Connection,
        rules: Mapping[str, Rule],
        schema: Schema,
        now: datetime,
        period: Period,
        merging: Merging | None,
        *,
        live: bool,
    ) -> None:
        self._connection = connection
        self._merging = merging
        self._rules = rules
        self._schema = schema
        self._now = now
        self._live = live
        self._covered = [SHADOW_NOTICE.c.live.is_(live), *period.covers(SHADOW_NOTICE.c.decided_at)]

    def recorded(self) -> Sequence[str]:
        """The rules that recorded something."""
        chosen = sa.select(SHADOW_NOTICE.c.rule).where(*self._covered).distinct()
        return list(self._connection.execute(chosen).scalars())

    def figures(self, name: str) -> ShadowFigures:
        """Those of one rule."""
        of_rule = [*self._covered, SHADOW_NOTICE.c.rule == name]
        columns = SHADOW_NOTICE.c
        counted = sa.select(
            columns.kind,
            columns.state,
            sa.func.count().label("notices"),
            sa.func.min(columns.decided_at).label("first"),
        )
        rows = self._connection.execute(counted.where(*of_rule).group_by(columns.kind, columns.state)).all()
        told = Counter[str]()
        not_told = Counter[str]()
        for row in rows:
            if row.kind == NoticeKind.ALERT or row.state == NoticeState.TOLD:
                told[row.kind] += row.notices
            else:
                not_told[row.state] += row.notices
        is_told = [*of_rule, columns.told_at.is_not(None), columns.kind != NoticeKind.ALERT]
        customers = sa.select(sa.func.count(columns.recipient_id.distinct())).where(*is_told)
        messages, segments, cost = self._messages(is_told)
        rule = self._rules.get(name)
        return ShadowFigures(
            rule=name,
            since=self._connection.execute(sa.select(sa.func.min(columns.decided_at)).where(*of_rule)).scalar(),
            told=told[NoticeKind.NOTICE],
            customers=self._connection.execute(customers).scalar_one(),
            corrections=told[NoticeKind.CORRECTION],
            follow_ups=told[NoticeKind.FOLLOW_UP],
            not_told=dict(sorted(not_told.items())),
            alerts=told[NoticeKind.ALERT],
            messages=messages,
            segments=segments,
            cost=cost,
            came_true=self._came_true(rule),
            has_outcome=rule is not None and bool(rule.came_true),
            followed=self._followed(is_told, told[NoticeKind.NOTICE]),
            joined=self._joined(rule, is_told),
            overlaps=list(self._overlaps(name, is_told)),
            samples=list(self._samples(is_told)),
        )

    def _messages(self, is_told: Sequence[Any]) -> tuple[Mapping[str, int], int, Sequence[Amount]]:
        columns = SHADOW_MESSAGE.c
        chosen = sa.select(columns.channel, columns.segments, columns.cost, columns.cost_currency)
        joined = SHADOW_MESSAGE.join(SHADOW_NOTICE, SHADOW_NOTICE.c.id == columns.notice_id)
        by_channel, segments = Counter[str](), 0
        cost: dict[str, Any] = {}
        for row in self._connection.execute(chosen.select_from(joined).where(*is_told)):
            by_channel[row.channel] += 1
            segments += row.segments or 0
            if row.cost is not None and row.cost_currency is not None:
                cost[row.cost_currency] = cost.get(row.cost_currency, 0) + row.cost
        amounts = [Amount(amount=cost[currency], currency=currency) for currency in sorted(cost)]
        return dict(sorted(by_channel.items())), segments, amounts

    def _came_true(self, rule: Rule | None) -> Share:
        if rule is None or not rule.came_true:
            return Share(part=0, whole=0)
        chosen = came_true(rule, self._schema, SHADOW_NOTICE).where(*self._covered)
        row = self._connection.execute(chosen, {"now": self._now}).one()
        return Share(part=int(row.true or 0), whole=int(row.decided or 0))

    def _followed(self, is_told: Sequence[Any], told: int) -> Share:
        """Follow-ups hang on what they follow, or on a correction of it: each thread counts once."""
        columns = SHADOW_NOTICE.c
        threads = sa.select(columns.subject_id, columns.each_id, columns.recipient_id).where(
            *is_told, columns.kind == NoticeKind.FOLLOW_UP
        )
        count = sa.select(sa.func.count()).select_from(threads.distinct().subquery())
        return Share(part=min(self._connection.execute(count).scalar_one(), told), whole=told)

    def _joined(self, rule: Rule | None, is_told: Sequence[Any]) -> int | None:
        """How many would have met a notice of a live rule that waited at the same time: both have waited when they go,
        so they met where they went less than one wait apart.
        """
        merging = self._merging
        if merging is None or rule is None or not goes_with_others(merging, rule):
            return None
        others = [
            each.name
            for each in self._rules.values()
            if not each.shadow
            and each.notice_class is rule.notice_class
            and goes_with_others(merging, each)
            and {*each.channels} & {*rule.channels} & {*merging.channels}
        ]
        mine, other = SHADOW_NOTICE.c, NOTICE.c
        met = sa.exists().where(
            other.recipient_id == mine.recipient_id,
            other.rule.in_(others),
            other.live.is_(self._live),
            other.kind == NoticeKind.NOTICE,
            other.told_at >= LaterInstant(mine.told_at, elapsed(-merging.within)),
            other.told_at <= LaterInstant(mine.told_at, elapsed(merging.within)),
        )
        counted = sa.select(sa.func.count()).where(*is_told, mine.kind == NoticeKind.NOTICE, met)
        return self._connection.execute(counted).scalar_one()

    def _overlaps(self, name: str, is_told: Sequence[Any]) -> Iterator[Overlap]:
        """What other rules told the same people within a day before or after."""
        mine, other = SHADOW_NOTICE.c, NOTICE.c
        same = sa.and_(mine.subject_type == other.subject_type, mine.subject_id == other.subject_id)
        chosen = (
            sa.select(other.rule, mine.recipient_id, sa.func.max(sa.case((same, 1), else_=0)).label("same"))
            .join(
                NOTICE,
                sa.and_(
                    other.recipient_id == mine.recipient_id,
                    other.rule != name,
                    other.live.is_(self._live),
                    other.kind != NoticeKind.ALERT,
                    other.told_at >= LaterInstant(mine.told_at, elapsed(-NEAR)),
                    other.told_at <= LaterInstant(mine.told_at, elapsed(NEAR)),
                ),
            )
            .where(*is_told)
            .group_by(other.rule, mine.recipient_id)
        )
        people: dict[str, list[int]] = defaultdict(list)
        for row in self._connection.execute(chosen):
            people[row.rule].append(int(row.same))
        for rule in sorted(people, key=lambda rule: (-len(people[rule]), rule)):
            yield Overlap(rule=rule, customers=len(people[rule]), about_the_same=sum(people[rule]))

    def _samples(self, is_told: Sequence[Any]) -> Iterator[ShadowSample]:
        notice, message = SHADOW_NOTICE.c, SHADOW_MESSAGE.c
        chosen = (
            sa.select(SHADOW_MESSAGE, notice.reference, notice.recipient_id, notice.subject_type, notice.subject_id)
            .join(SHADOW_NOTICE, notice.id == message.notice_id)
            .where(*is_told)
            .order_by(message.at.desc(), message.id)
            .limit(SAMPLES)
        )
        for row in self._connection.execute(chosen):
            yield ShadowSample(
                reference=row.reference,
                recipient=row.recipient_id,
                subject=f"{row.subject_type}:{row.subject_id}",
                at=row.at,
                channel=row.channel,
                to=row.address,
                text=row.text,
            )
