"""Which contacts no word of ours came before, and what they hang on. The database counts; rows are read by the page.

A word comes before a contact where it was told to the same customer, about the same row, in the time before. A notice
about a row of another entity (an outage, where the contact is about the contract) counts where its rule speaks of the
contact's reason. Without a map nobody says which rule speaks of what, and every word about the same row counts.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import LaterInstant
from notifier.evaluation.values import elapsed
from notifier.model.missing_words import MissingReport, MissingWords, Preceded, Unpreceded
from notifier.model.notices import NoticeKind
from notifier.model.reasons import UNCLEAR
from notifier.rules.checked import Project
from notifier.store.reports.dimensions import Period
from notifier.store.reports.hanging import entity_of, hanging
from notifier.store.reports.journey import heard_by_reason, speaking
from notifier.store.reports.voices import voices
from notifier.store.tables import NOTICE

TOLD_WITHIN = timedelta(days=14)
"""How long before a contact a word of ours counts: as long as a reply is taken for an answer to it."""
EXAMPLES = 3
"""Contacts that a report shows of each reason."""
_TOLD, _OTHERWISE, _SILENT = "told", "told otherwise", "silent"


def missing_report(
    connection: sa.Connection, project: Project, *, now: datetime, period: Period, within: timedelta, live: bool
) -> MissingReport:
    """The report of all reasons, in the installation's own mode."""
    return _Missing(connection, project, period, within, live=live).report(now)


def unpreceded(
    connection: sa.Connection,
    project: Project,
    reason: str,
    *,
    period: Period,
    within: timedelta,
    live: bool,
    limit: int,
    skip: int,
) -> Sequence[Unpreceded]:
    """A page of the contacts of one reason before which there was no word about it, the latest first."""
    return _Missing(connection, project, period, within, live=live).page(reason, limit, skip)


class _Missing:
    def __init__(
        self, connection: sa.Connection, project: Project, period: Period, within: timedelta, *, live: bool
    ) -> None:
        self._connection = connection
        self._project = project
        self._period = period
        self._within = within
        self._told = [NOTICE.c.live.is_(live), NOTICE.c.kind != NoticeKind.ALERT, NOTICE.c.told_at.is_not(None)]

    def report(self, now: datetime) -> MissingReport:
        preceded, about = self._preceded()
        worst_first = sorted(preceded, key=lambda name: (-preceded[name].missing, name))
        heard = heard_by_reason(self._connection, self._period)
        total = sum(each.total for name, each in heard.items() if name != UNCLEAR)
        known = sum(each.contacts for each in preceded.values())
        rows = hanging(self._connection, self._judged(), self._project.schema, self._within, about)
        examples = self._examples()
        everything = Preceded(
            contacts=known,
            told=sum(each.told for each in preceded.values()),
            told_otherwise=sum(each.told_otherwise for each in preceded.values()),
        )
        journey = self._project.journey
        return MissingReport(
            at=now,
            since=self._period.since,
            until=self._period.until,
            within=self._within,
            total=everything,
            reasons=[
                self._words(name, preceded[name], rows.get(name, ()), examples.get(name, ())) for name in worst_first
            ],
            unclear=heard[UNCLEAR].total if UNCLEAR in heard else 0,
            of_nobody=total - known,
            has_map=journey is not None,
            unanswered=[
                (point.id, failure.failure, sum(heard[one].total for one in failure.reasons if one in heard))
                for point, failure in (() if journey is None else journey.foreseen())
                if not failure.rules
            ],
        )

    def page(self, reason: str, limit: int, skip: int) -> Sequence[Unpreceded]:
        judged = self._judged()
        chosen = (
            sa.select(judged)
            .where(judged.c.verdict != _TOLD, judged.c.reason == reason)
            .order_by(judged.c.at.desc(), judged.c.id)
            .limit(limit)
            .offset(skip)
        )
        return [_unpreceded(row) for row in self._connection.execute(chosen)]

    def _preceded(self) -> tuple[dict[str, Preceded], Mapping[str, Mapping[str, int]]]:
        """What came before the contacts of each reason; and by entity and reason, how many without a word there are."""
        judged = self._judged()
        entity = entity_of(judged.c.subject, self._project.schema).label("about")
        counted = sa.select(judged.c.reason, judged.c.verdict, entity, sa.func.count().label("contacts"))
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        about: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self._connection.execute(counted.group_by(judged.c.reason, judged.c.verdict, entity)):
            counts[row.reason][row.verdict] += int(row.contacts)
            if row.about is not None and row.verdict != _TOLD:
                about[row.about][row.reason] += int(row.contacts)
        preceded = {
            reason: Preceded(contacts=found.total(), told=found[_TOLD], told_otherwise=found[_OTHERWISE])
            for reason, found in counts.items()
        }
        return preceded, about

    def _examples(self) -> Mapping[str, Sequence[Unpreceded]]:
        """The latest contacts of each reason without a word about it."""
        judged = self._judged()
        place = sa.func.row_number().over(partition_by=judged.c.reason, order_by=(judged.c.at.desc(), judged.c.id))
        numbered = sa.select(judged, place.label("place")).where(judged.c.verdict != _TOLD).subquery("numbered")
        first = sa.select(numbered).where(numbered.c.place <= EXAMPLES).order_by(numbered.c.reason, numbered.c.place)
        found: dict[str, list[Unpreceded]] = defaultdict(list)
        for row in self._connection.execute(first):
            found[row.reason].append(_unpreceded(row))
        return found

    def _judged(self) -> sa.CTE:
        """What was said by known customers for a known reason, each with what came before it."""
        said = voices(self._period).subquery("said")
        verdict = sa.case(
            (self._word(said, self._speaks_of(said)), _TOLD), (self._word(said, None), _OTHERWISE), else_=_SILENT
        )
        return (
            sa.select(said, verdict.label("verdict"))
            .where(said.c.customer.is_not(None), said.c.reason != UNCLEAR)
            .cte("judged")
        )

    def _word(self, said: sa.Subquery, speaks_of: sa.ColumnElement[bool] | None) -> sa.ColumnElement[bool]:
        """The customer was told something about the row in the time before; something of the reason, where given."""
        about = NOTICE.c.subject_type + sa.literal(":", sa.String) + NOTICE.c.subject_id
        reply = said.c.subject == sa.literal("notice:", sa.String) + NOTICE.c.reference
        same = [said.c.subject.is_(None), said.c.subject == about, reply]
        chosen: list[sa.ColumnElement[bool]] = []
        if speaks_of is not None:
            same.append(said.c.subject.not_like(NOTICE.c.subject_type + sa.literal(":%", sa.String)))
            chosen.append(speaks_of)
        return (
            sa.exists()
            .where(
                NOTICE.c.recipient_id == said.c.customer,
                NOTICE.c.told_at < said.c.at,
                NOTICE.c.told_at >= LaterInstant(said.c.at, elapsed(-self._within)),
                *self._told,
                sa.or_(*same),
                *chosen,
            )
            .correlate(said)
        )

    def _speaks_of(self, said: sa.Subquery) -> sa.ColumnElement[bool] | None:
        """The notice's rule speaks of the reason; None where no map says which does."""
        if self._project.journey is None:
            return None
        pairs = [
            sa.and_(said.c.reason.in_(failure.reasons), NOTICE.c.rule.in_(failure.rules))
            for _, failure in self._project.journey.foreseen()
            if failure.reasons and failure.rules
        ]
        return sa.or_(*pairs) if pairs else sa.false()

    def _words(
        self, name: str, preceded: Preceded, rows: Sequence[Any], examples: Sequence[Unpreceded]
    ) -> MissingWords:
        reason, journey = self._project.reasons.get(name), self._project.journey
        found = None if journey is None else journey.of_reason(name)
        point, failure = found if found is not None else (None, None)
        rules = () if failure is None else failure.rules
        telling = speaking(self._project, rules)
        return MissingWords(
            reason=name,
            title=name if reason is None else reason.title,
            owner=reason.owner if reason is not None else None if point is None else point.owner,
            touchpoint=None if point is None else point.id,
            failure=None if failure is None else failure.failure,
            rules=telling,
            in_shadow=tuple(rule for rule in rules if rule in self._project.rules and rule not in telling),
            accepted=None if failure is None else failure.accepted,
            preceded=preceded,
            hanging=rows,
            examples=examples,
        )


def _unpreceded(row: sa.Row[Any]) -> Unpreceded:
    return Unpreceded(entity=row.entity, id=row.id, customer=row.customer, at=row.at, subject=row.subject)
