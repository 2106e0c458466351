"""How things stand for a customer, as they may see it, as a JSON document."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant, instant_or_null
from notifier.answers.progress import Progress, Stage
from notifier.model.instants import utc_text


class StepDocument(TypedDict):
    """One thing on the customer's way."""

    stage: Stage
    text: str
    """In the customer's language."""
    at: Instant
    """When it was told, promised or said."""
    by: Instant | None
    """By when it is, or was to be."""
    reference: str | None


class ProgressDocument(TypedDict):
    """What the customer sees on their page."""

    customer: str
    at: Instant
    link: str | None
    """The page; null where there is none: no public address, no token key, or nothing told lately."""
    sms: str
    """The same in the words of an SMS."""
    steps: list[StepDocument]


def progress_document(found: Progress, *, link: str, sms: str) -> ProgressDocument:
    """`status-page --json`."""
    return {
        "customer": found.customer_id,
        "at": utc_text(found.now),
        "link": link or None,
        "sms": sms,
        "steps": [
            {
                "stage": step.stage,
                "text": step.text,
                "at": utc_text(step.at),
                "by": instant_or_null(step.by),
                "reference": step.reference,
            }
            for step in found.steps
        ],
    }
