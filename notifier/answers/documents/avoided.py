"""What settled contradictions spared the company, as JSON documents."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import ExactNumber, Instant
from notifier.model.digests import canonical_number
from notifier.model.instants import utc_text
from notifier.store.avoided import Avoided, Period


class AvoidedDocument(TypedDict):
    """How often one cost was avoided."""

    cost: str
    """Its name in rules/policy.yaml: `truck_roll`."""
    count: int
    amount: ExactNumber | None
    """What that comes to; null where rules/policy.yaml gives no figure."""
    currency: str | None
    since: Instant
    until: Instant


def avoided_document(found: Avoided, period: Period) -> AvoidedDocument:
    """One item of `contradictions avoided --json`."""
    return {
        "cost": found.cost,
        "count": found.count,
        "amount": None if found.amount is None else canonical_number(found.amount),
        "currency": found.currency,
        "since": utc_text(period.since),
        "until": utc_text(period.until),
    }
