"""Why people got in touch: how many of each reason, how sure that is, and in whose words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.reasons import HEARD, UNCLEAR, DecidedBy, Heard, Reason
from notifier.model.schema import entities
from notifier.model.shares import Share
from notifier.reasons.masking import masked
from notifier.store.listening import heard_of, heard_rows
from notifier.store.reasons import reason_now
from notifier.store.reasons_learning import names_of, precision
from notifier.store.reports.dimensions import Period

EXAMPLES = 3
"""Texts of each reason that a report shows, the newest first."""
TOO_MANY_UNCLEAR = 0.15
"""A share of unclear contacts above it says that reasons or their words are missing."""
UNSURE = 0.7
"""A reason of which fewer labels are right is shown as unsure."""


@dataclass(frozen=True, kw_only=True)
class ReasonFigures:
    """One reason in a period; `unclear` is one."""

    reason: str
    said: Reason | None
    """None where the file has it no longer, and for `unclear`."""
    share: Share
    """Of all contacts and feedback of the period."""
    precision: Share
    """Of the labels that machines gave and people drew by lot and read, at any time."""
    oldest: datetime
    examples: Sequence[str]

    @property
    def is_unsure(self) -> bool:
        """Whether it is known that too many of its labels are wrong."""
        value = self.precision.value
        return value is not None and value < UNSURE


@dataclass(frozen=True, kw_only=True)
class ReasonReport:
    """Why people got in touch in a period."""

    at: datetime
    since: datetime | None
    until: datetime | None
    whole: int
    reasons: Sequence[ReasonFigures]
    """The most frequent one first; without `unclear`."""
    unclear: ReasonFigures | None
    """None where nothing is unclear."""
    not_looked_at: int
    """Rows that nothing has given a reason; they are in `whole`."""

    @property
    def too_much_is_unclear(self) -> bool:
        """Whether so much is unclear that what is to be mended is the list of reasons."""
        return self.unclear is not None and (self.unclear.share.value or 0.0) > TOO_MANY_UNCLEAR


def reason_report(
    connection: sa.Connection, reasons: Mapping[str, Reason], *, now: datetime, period: Period
) -> ReasonReport:
    """Count the contacts and feedback of the period by their reasons as they are said now."""
    counted: dict[str, tuple[int, datetime]] = {}
    for entity in HEARD:
        for reason, count, oldest in connection.execute(_counts(entity, period)):
            before = counted.get(reason, (0, oldest))
            counted[reason] = (before[0] + count, min(before[1], oldest))
    whole = sum(count for count, _ in counted.values())
    not_looked_at, _ = counted.pop(None, (0, now))  # type: ignore[call-overload]  # of rows without a label
    right = precision(connection)
    figures = [
        ReasonFigures(
            reason=reason,
            said=reasons.get(reason),
            share=Share(part=count, whole=whole),
            precision=right.get(reason, Share(part=0, whole=0)),
            oldest=oldest,
            examples=_examples(connection, reason, period),
        )
        for reason, (count, oldest) in sorted(counted.items(), key=lambda each: (-each[1][0], each[0]))
    ]
    return ReasonReport(
        at=now,
        since=period.since,
        until=period.until,
        whole=whole,
        reasons=[each for each in figures if each.reason != UNCLEAR],
        unclear=next((each for each in figures if each.reason == UNCLEAR), None),
        not_looked_at=not_looked_at,
    )


def _counts(entity: str, period: Period) -> sa.Select[Any]:
    heard, label = heard_rows(entity).subquery(), reason_now(entity)
    counts = sa.select(label.c.reason, sa.func.count(), sa.func.min(heard.c.at, type_=heard.c.at.type))
    joined = counts.select_from(heard).outerjoin(label, label.c.row_id == heard.c.id)
    return joined.where(*period.covers(heard.c.at)).group_by(label.c.reason)


def _examples(connection: sa.Connection, reason: str, period: Period) -> Sequence[str]:
    found: list[tuple[Heard, str | None]] = []
    for entity in HEARD:
        label, table = reason_now(entity), entities()[entity].table
        statement = heard_rows(entity).add_columns(table.c.customer_id).where(*period.covers(table.c.at))
        statement = statement.join(label, label.c.row_id == table.c.id).where(label.c.reason == reason)
        if reason == UNCLEAR:
            statement = statement.where(label.c.decided_by != DecidedBy.PERSON)
        # Some more than are shown: not every row has a text.
        newest = statement.order_by(table.c.at.desc(), table.c.id).limit(EXAMPLES * 4)
        found += [(heard_of(entity, row), row.customer_id) for row in connection.execute(newest)]
    written = sorted(((heard, who) for heard, who in found if heard.text.strip()), key=lambda each: each[0].at)
    shown = written[::-1][:EXAMPLES]
    names = names_of(connection, (who for _, who in shown if who is not None))
    return [masked(heard.text, [names[who]] if who is not None and who in names else []) for heard, who in shown]
