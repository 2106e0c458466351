"""What settled contradictions spared the company: visits that nobody wanted any more and that were taken off in time.

A contradiction of a check with `avoids` counts where its fact gave way before it surfaced: the visit was cancelled, or
is off the list. It does not count where the promise was withdrawn or waived, or where the customer found out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from notifier.model.figures import Avoided
from notifier.rules.checked_checks import Cost
from notifier.store.tables import CONTRADICTION, MEMBER


@dataclass(frozen=True, kw_only=True)
class Period:
    """From an instant on, and before another; None: without that end."""

    since: datetime | None
    until: datetime | None


def avoided(connection: sa.Connection, costs: Mapping[str, Cost], period: Period) -> Sequence[Avoided]:
    """What was avoided in the period, by name, with the figures of `costs` (`Project.costs`)."""
    found = CONTRADICTION.c
    counting = (
        sa.select(found.avoided, sa.func.count())
        .join(MEMBER, MEMBER.c.contradiction_id == found.id)
        .where(
            found.avoided.is_not(None),
            found.changed_at >= period.since if period.since is not None else sa.true(),
            found.changed_at < period.until if period.until is not None else sa.true(),
        )
        .group_by(found.avoided)
        .order_by(found.avoided)
    )
    return [_priced(cost, count, costs.get(cost)) for cost, count in connection.execute(counting)]


def _priced(name: str, count: int, cost: Cost | None) -> Avoided:
    if cost is None:
        return Avoided(cost=name, count=count)
    return Avoided(cost=name, count=count, amount=cost.amount * count, currency=cost.currency)
