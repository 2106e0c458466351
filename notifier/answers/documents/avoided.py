"""What settled contradictions spared the company, as JSON documents."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import ExactNumber, Instant, instant_or_null
from notifier.model.digests import canonical_number
from notifier.model.figures import Avoided
from notifier.store.avoided import Period


class SparedDocument(TypedDict):
    """How often one cost was avoided, in the time of a report."""

    cost: str
    """Its name in rules/policy.yaml: `truck_roll`."""
    count: int
    amount: ExactNumber | None
    """What that comes to; null where rules/policy.yaml gives no figure."""
    currency: str | None


class AvoidedDocument(SparedDocument):
    """The same, with its time."""

    since: Instant | None
    until: Instant | None


def spared_document(found: Avoided) -> SparedDocument:
    """One item of `avoided` in `report promises --json`."""
    return {
        "cost": found.cost,
        "count": found.count,
        "amount": None if found.amount is None else canonical_number(found.amount),
        "currency": found.currency,
    }


def avoided_document(found: Avoided, period: Period) -> AvoidedDocument:
    """One item of `contradictions avoided --json`."""
    return {
        **spared_document(found),
        "since": instant_or_null(period.since),
        "until": instant_or_null(period.until),
    }
