"""Promises that a text proposes, as a JSON document."""

from decimal import Decimal
from typing import NotRequired

from typing_extensions import TypedDict

from notifier.capture.proposals import Proposal


class ProposalDocument(TypedDict):
    """What a text seems to promise; it counts once a person has confirmed it."""

    topic: str
    value: str | bool
    """In the form of docs/reading-promises.md: `79900`, `30%`, `P6M`, an instant, a range with `/`, or true."""
    currency: NotRequired[str]
    """ISO 4217, with every amount of money."""
    said: str
    """The words of the text."""
    assumed: NotRequired[str]
    """What was assumed to read them."""
    doubt: NotRequired[str]
    """Another day that another library reads in the same words; a person must be asked."""
    confidence: float
    """From 0 to 1. How sure the words are; no probability."""


def proposal_document(proposal: Proposal) -> ProposalDocument:
    """One item of `promise read --json`."""
    document: ProposalDocument = {
        "topic": proposal.topic,
        "value": proposal.value,
        "said": proposal.said,
        "confidence": float(Decimal(proposal.confidence) / 100),
    }
    if proposal.currency is not None:
        document["currency"] = proposal.currency
    if proposal.assumed:
        document["assumed"] = "; ".join(proposal.assumed)
    if proposal.doubt is not None:
        document["doubt"] = proposal.doubt
    order = ("topic", "value", "currency", "said", "assumed", "doubt", "confidence")
    return {name: document[name] for name in order if name in document}  # type: ignore[return-value,literal-required]
