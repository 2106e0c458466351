"""Were the dates that were forecast kept? Each learning is held against the rows that came after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import Between
from notifier.evaluation.emitter import Emitter
from notifier.evaluation.forecasts import dated_cases
from notifier.model.learning import LEARNED_QUANTILE, LEARNING
from notifier.model.schema import Schema
from notifier.model.shares import Share
from notifier.rules.expressions import Forecast


@dataclass(frozen=True, kw_only=True)
class KeptDates:
    """How many dates of one forecast with one probability were kept."""

    forecast: str
    probability: int
    """In thousandths: what was said."""
    kept: Share
    """What came: of the rows that completed, those that did so by the date."""
    mean_left: float | None
    """Microseconds from the point to the date, on average: what the certainty costs."""
    unsaid: int
    """Rows of which nothing could be said."""
    since: datetime
    until: datetime


def kept_dates(connection: sa.Connection, schema: Schema, forecast: Forecast, until: datetime) -> Sequence[KeptDates]:
    """The dates of the forecast, by probability, for points from its first learning on.

    What is open may still come late, so the last points are left out: those after which a row may be open without
    being lost. Empty where nothing was learned.
    """
    known = sa.select(LEARNING.c.at, LEARNING.c.lost_after).where(LEARNING.c.forecast == forecast.key)
    learned = connection.execute(known.order_by(LEARNING.c.at)).all()
    if not learned or learned[-1].lost_after is None:
        return ()
    last = until - timedelta(microseconds=learned[-1].lost_after)
    asked = sa.select(LEARNED_QUANTILE.c.probability).where(LEARNED_QUANTILE.c.forecast == forecast.key).distinct()
    found = []
    for probability in sorted(connection.scalars(asked)):
        emitter = Emitter(schema, {forecast.row.entity or "": forecast.row.entity or ""})
        cases = sa.union_all(*dated_cases(forecast, probability, emitter)).subquery()
        row: Any = connection.execute(
            sa.select(
                sa.func.count(cases.c.date).label("whole"),
                sa.func.sum(sa.case((cases.c.came <= cases.c.date, 1), else_=0)).label("part"),
                sa.func.avg(Between(cases.c.date, cases.c.point, type_=sa.BigInteger())).label("left"),
                sa.func.count().label("rows"),
            ),
            {"since": learned[0].at, "at": last},
        ).one()
        found.append(
            KeptDates(
                forecast=forecast.key,
                probability=probability,
                kept=Share(part=int(row.part or 0), whole=row.whole),
                mean_left=None if row.left is None else float(row.left),
                unsaid=row.rows - row.whole,
                since=learned[0].at,
                until=last,
            )
        )
    return found
