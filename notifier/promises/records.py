"""Which recorded promises are one promise: several systems write down what was said once, and its owner hears it once.

Records of one promise are about the same subject and topic, with the same value and currency, and were made within
`RECORDED_WITHIN` of each other. Whoever says the same again later makes a new promise. What one record leaves open
(the customer, whether tax is included) may stand in another; where two records know it differently, they are two.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from notifier.model.contradictions import PromiseRecord
from notifier.model.quantities import Quantity
from notifier.model.values import parse_canonical
from notifier.promises.compare import ComparedValue
from notifier.rules.checked_checks import Check

RECORDED_WITHIN = timedelta(days=2)
"""A nightly export is a day late, and a date without a time of day can be another day."""

NOTICE = "notice"
"""The source of promises that are our own notices: they serve corrections and are never compared."""


@dataclass(frozen=True, kw_only=True)
class PromiseRow:
    """A promise as stored."""

    id: str
    customer_id: str | None
    subject_type: str
    subject_id: str
    topic: str
    value: str
    """Canonical text of the topic's type."""
    currency: str | None
    tax_included: bool | None
    made_at: datetime
    made_by: str | None
    source: str
    evidence: str | None
    state: str
    superseded: bool = False
    """Whether another promise has taken its place."""

    @property
    def record(self) -> PromiseRecord:
        """As a contradiction names it."""
        return PromiseRecord(
            promise_id=self.id,
            promised_by=self.made_by or self.source,
            promised_at=self.made_at,
            evidence=self.evidence,
        )

    def promised(self, check: Check) -> ComparedValue:
        """What was promised. Raises ValueError when type or unit of the topic have changed since it was stored."""
        try:
            value = parse_canonical(check.topic_type, self.value)
        except ValueError as error:
            raise ValueError(f"promise {self.id}: {error}; import it again as {check.topic_type}") from error
        if isinstance(value, Quantity) and value.unit != check.unit:
            raise ValueError(f"promise {self.id}: '{self.value}' is not in {check.unit}; import it again")
        return ComparedValue(
            type=check.topic_type, value=value, currency=self.currency or None, tax_included=self.tax_included
        )

    def not_compared(self, check: Check) -> str:
        """Why the check does not compare it, as a sentence; empty where it does."""
        if self.state != "open":
            return f"the promise is {self.state}"
        if self.superseded:
            return "the promise is superseded by one that took its place"
        if self.topic != check.topic:
            return f"the promise is about {self.topic} now"
        return "the promise is a notice of our own" if self.source == NOTICE else ""


def said_once(promises: Iterable[PromiseRow]) -> list[tuple[PromiseRow, ...]]:
    """The promises, those of one promise together, the earliest first. The same rows give the same groups."""
    alike: dict[object, list[PromiseRow]] = defaultdict(list)
    for row in promises:
        ours = row.source == NOTICE
        alike[row.subject_type, row.subject_id, row.topic, row.value, row.currency, ours].append(row)
    found: list[tuple[PromiseRow, ...]] = []
    for rows in alike.values():
        for near in _near(sorted(rows, key=lambda row: (row.made_at, row.id))):
            for of_one_customer in _apart(near, lambda row: row.customer_id):
                found += map(tuple, _apart(of_one_customer, lambda row: row.tax_included))
    return sorted(found, key=lambda rows: rows[0].id)


def as_one(records: Sequence[PromiseRow]) -> PromiseRow:
    """The earliest record, with what it leaves open filled in from the others."""
    first = records[0]
    return replace(
        first,
        customer_id=next((row.customer_id for row in records if row.customer_id is not None), None),
        tax_included=next((row.tax_included for row in records if row.tax_included is not None), None),
    )


def _near(rows: Sequence[PromiseRow]) -> list[list[PromiseRow]]:
    """Cut where more than `RECORDED_WITHIN` passed between one and the next."""
    groups = [[rows[0]]]
    for before, row in pairwise(rows):
        if row.made_at - before.made_at > RECORDED_WITHIN:
            groups.append([])
        groups[-1].append(row)
    return groups


def _apart(rows: Sequence[PromiseRow], known: Callable[[PromiseRow], object]) -> list[list[PromiseRow]]:
    """All together where at most one value is known; else those of each value apart."""
    if len({known(row) for row in rows} - {None}) <= 1:
        return [list(rows)]
    groups: dict[object, list[PromiseRow]] = defaultdict(list)
    for row in rows:
        groups[known(row)].append(row)
    return list(groups.values())
