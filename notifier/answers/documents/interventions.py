"""What people decided, as JSON documents: part of what a notice or a contradiction says of its history."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant
from notifier.model.instants import utc_text
from notifier.store.interventions import Intervention


class InterventionDocument(TypedDict):
    """What one person did, and why."""

    at: Instant
    by: str
    verb: str
    """`approve`, `resolve, keeping the fact`, …"""
    reason: str


def intervention_document(intervention: Intervention) -> InterventionDocument:
    """One item of `interventions`."""
    return {
        "at": utc_text(intervention.at),
        "by": intervention.actor,
        "verb": intervention.verb,
        "reason": intervention.reason,
    }
