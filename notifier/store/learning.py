"""Learns from completed rows how long things take, and keeps each learning for good."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.emitter import Emitter
from notifier.evaluation.forecasts import ALL, cases, lasting
from notifier.model.columns import EPOCH
from notifier.model.digests import text_digest
from notifier.model.instants import utc_text
from notifier.model.learning import LEARNED_QUANTILE, LEARNING, MINIMUM_CASES
from notifier.model.quantiles import lasting_quantiles, lost_after
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.expressions import Forecast, RowName
from notifier.rules.forecasting import LEARNABLE, forecast_about, learnable
from notifier.store.sql import chunks

_COLUMNS = tuple(column.name for column in LEARNING.columns)
_STREAMED = {"yield_per": 10_000}
GRID = (100, 250, 500, 750, 800, 900, 950)
"""Probabilities, in thousandths, that are always learned besides those that rules ask for."""


@dataclass(frozen=True, kw_only=True)
class LearnedGroup:
    """How long it takes in one group of rows: microseconds by probability in thousandths."""

    key: str
    level: int
    cases: int
    time_left: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Learning:
    """What was learned about one forecast until `at`."""

    id: str
    forecast: str
    at: datetime
    computed_at: datetime
    valid_from: datetime
    valid_until: datetime | None
    cases: int
    still_open: int
    lost_after: int | None
    """Microseconds."""
    groups: Sequence[LearnedGroup]
    """The coarsest first."""
    is_new: bool = False

    @property
    def can_say(self) -> bool:
        """Whether there were enough cases to say anything."""
        return bool(self.groups)


class TooEarlyError(Exception):
    """Something later was learned already, and what was told from it must stay true; the message says the remedy."""


def taught(schema: Schema, forecasts: Iterable[Forecast]) -> list[tuple[Forecast, tuple[int, ...]]]:
    """What is to be learned: what the rules ask for, and what can be forecast from each step; with probabilities."""
    asked: dict[str, Forecast] = {}
    probabilities: dict[str, set[int]] = defaultdict(lambda: set(GRID))
    general = (forecast_about(schema, _row(each.entity), each) for each in LEARNABLE)
    for forecast in (*general, *forecasts):
        what = learnable(forecast.row.entity or "", forecast.field)
        asked[forecast.key] = forecast_about(
            schema,
            _row(what.entity),
            what,
            counted_from=None if forecast.counted_from is None else forecast.counted_from.field.name,
            offset=forecast.offset,
        )
        probabilities[forecast.key].add(forecast.probability)
    return [(forecast, tuple(sorted(probabilities[key]))) for key, forecast in sorted(asked.items())]


def learn(
    connection: sa.Connection,
    schema: Schema,
    forecast: Forecast,
    probabilities: Sequence[int],
    *,
    at: datetime,
    computed_at: datetime,
) -> Learning:
    """Learn one forecast from what was completed until `at`; what was learned at that same instant stays as it is.

    Raises TooEarlyError where something later was learned.
    """
    known = _newest(connection, forecast.key)
    if known is not None and known.at == at:
        return _stored(connection, known)
    if known is not None and known.at > at:
        raise TooEarlyError(
            f"{forecast.key} was learned at {utc_text(known.at)} already, and notices may have told what it said; "
            "learn at a later instant"
        )
    learning = computed(
        connection, schema, forecast, probabilities, at=at, computed_at=computed_at, first=known is None
    )
    write_learning(connection, learning)
    return learning


def write_learning(connection: sa.Connection, learning: Learning) -> None:
    """Add the learning; from its own instant on it answers in the place of the one before."""
    for table in (LEARNING, LEARNED_QUANTILE):
        ends = (table.c.forecast == learning.forecast, table.c.valid_until.is_(None))
        connection.execute(sa.update(table).where(*ends).values(valid_until=learning.valid_from))
    row = {name: getattr(learning, name) for name in _COLUMNS}
    connection.execute(sa.insert(LEARNING), row)
    validity = {"valid_from": learning.valid_from, "valid_until": learning.valid_until}
    rows = (
        {
            "learning_id": learning.id,
            "forecast": learning.forecast,
            "group_key": group.key,
            "level": group.level,
            "probability": probability,
            "cases": group.cases,
            "time_left": time_left,
            **validity,
        }
        for group in learning.groups
        for probability, time_left in group.time_left.items()
    )
    for chunk in chunks(rows):
        connection.execute(sa.insert(LEARNED_QUANTILE), chunk)


def learning_of(
    forecast: str,
    groups: Sequence[LearnedGroup],
    *,
    at: datetime,
    computed_at: datetime,
    first: bool,
    cases: int,
    still_open: int,
    lost_after: int | None,
) -> Learning:
    """A learning with its id; the `first` one of a forecast answers for all points before it, too."""
    return Learning(
        id=f"{utc_text(at)} {text_digest(forecast)[:12]}",
        forecast=forecast,
        at=at,
        computed_at=computed_at,
        valid_from=EPOCH if first else at,
        valid_until=None,
        cases=cases,
        still_open=still_open,
        lost_after=lost_after,
        groups=tuple(sorted(groups, key=lambda group: (-group.level, group.key))),
        is_new=True,
    )


def learnings(connection: sa.Connection) -> list[Learning]:
    """All that was ever learned, by forecast, the newest first."""
    found = connection.execute(sa.select(LEARNING).order_by(LEARNING.c.forecast, LEARNING.c.at.desc())).all()
    return [_stored(connection, row) for row in found]


@dataclass
class _Cases:
    """Durations in microseconds: of cases that are over, and of those that are not."""

    over: "array[int]" = field(default_factory=lambda: array("q"))
    still_open: "array[int]" = field(default_factory=lambda: array("q"))


def computed(
    connection: sa.Connection,
    schema: Schema,
    forecast: Forecast,
    probabilities: Sequence[int],
    *,
    at: datetime,
    computed_at: datetime,
    first: bool,
) -> Learning:
    """What one forecast would learn from the rows that were completed until `at`; nothing is written."""
    levels = learnable(forecast.row.entity or "", forecast.field).levels
    seen: list[dict[str, _Cases]] = [defaultdict(_Cases) for _ in levels]
    for statement in cases(forecast, Emitter(schema, {forecast.row.entity or "": forecast.row.entity or ""})):
        for point, came, *keys in connection.execute(statement, {"at": at}, execution_options=_STREAMED):
            duration, over = lasting(point, came, at)
            for of_level, key in zip(seen, keys, strict=True):
                group = of_level[key]
                (group.over if over else group.still_open).append(duration)
    everything = seen[-1][ALL]
    lost = lost_after(everything.over)
    groups = [
        LearnedGroup(key=key, level=level, cases=len(group.over), time_left=time_left)
        for level, of_level in enumerate(seen)
        for key, group in of_level.items()
        if len(group.over) >= MINIMUM_CASES
        and (time_left := lasting_quantiles(group.over, _watched(group, lost), probabilities))
    ]
    return learning_of(
        forecast.key,
        groups,
        at=at,
        computed_at=computed_at,
        first=first,
        cases=len(everything.over),
        still_open=len(_watched(everything, lost)),
        lost_after=lost,
    )


def _watched(group: _Cases, lost: int | None) -> list[int]:
    """The open cases that may still come."""
    return [duration for duration in group.still_open if lost is None or duration <= lost]


def _row(entity: str) -> RowName:
    return RowName(type=ValueType.ENTITY, entity=entity, name=entity)


def _newest(connection: sa.Connection, forecast: str) -> sa.Row[Any] | None:
    newest = sa.select(LEARNING).where(LEARNING.c.forecast == forecast).order_by(LEARNING.c.at.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def _stored(connection: sa.Connection, row: sa.Row[Any]) -> Learning:
    found: dict[tuple[int, str, int], dict[int, int]] = defaultdict(dict)
    quantiles = sa.select(LEARNED_QUANTILE).where(LEARNED_QUANTILE.c.learning_id == row.id)
    for quantile in connection.execute(quantiles):
        found[quantile.level, quantile.group_key, quantile.cases][quantile.probability] = quantile.time_left
    groups = [
        LearnedGroup(key=key, level=level, cases=cases, time_left=dict(sorted(time_left.items())))
        for (level, key, cases), time_left in sorted(found.items(), key=lambda item: (-item[0][0], item[0][1]))
    ]
    return Learning(**{name: getattr(row, name) for name in _COLUMNS}, groups=groups)
