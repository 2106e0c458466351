"""Which contacts no word of ours came before, as JSON documents: each count with what it is of."""

from typing_extensions import TypedDict

from notifier.answers.documents.learning import ShareDocument, share_document
from notifier.answers.documents.reports import SpansDocument, spans_document
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.instants import utc_text
from notifier.model.missing_words import Clue, Hanging, MissingReport, MissingWords, Preceded, Unpreceded
from notifier.model.shares import Share
from notifier.starter.proposals import Proposal


class PrecededDocument(TypedDict):
    """What came before contacts and feedback."""

    contacts: int
    """Contacts and feedback of customers whom we know."""
    told: ShareDocument
    """Of these, those before which the customer had a word from a rule that speaks of the reason."""
    told_otherwise: int
    """The customer had a word about the same row, from a rule that does not speak of the reason."""
    silent: int
    """No word about that row came before."""


class ClueDocument(TypedDict):
    """An instant of the rows near which the contacts come."""

    column: str
    """`order.promised_at`."""
    is_ahead: bool
    """Whether the contacts come before the instant."""
    distance: SpansDocument
    """Between the contact and the instant."""
    time_left: SpansDocument
    """From when a rule could have spoken to the contact."""


class HangingDocument(TypedDict):
    """The rows of one entity that the contacts are about."""

    entity: str
    contacts: int
    kinds: dict[str, int]
    """How many contacts are about rows of each kind; empty where rows have none."""
    clues: list[ClueDocument]


class UnprecededDocument(TypedDict):
    """A contact before which no word of ours about its reason came."""

    entity: str
    """`contact` or `feedback`."""
    id: str
    customer: str
    at: Instant
    subject: str | None


class ProposalDocument(TypedDict):
    """A rule that is worth writing."""

    command: str
    """The command that writes it, to be pasted into a shell."""
    column: str
    """The instant that it hangs on."""
    time_left: SpansDocument
    """From when it could have spoken to the contact."""


class MissingWordsDocument(TypedDict):
    """One reason, and the notice that was missing."""

    reason: str
    title: str
    owner: str | None
    touchpoint: str | None
    """Where it is foreseen; null where it is not."""
    failure: str | None
    rules: list[str]
    """The rules that speak of it and tell customers."""
    in_shadow: list[str]
    """Rules that would speak of it, and are in shadow."""
    accepted: str | None
    preceded: PrecededDocument
    hanging: list[HangingDocument]
    """Of the contacts without a word about the reason."""
    examples: list[UnprecededDocument]
    """The latest three of them."""
    proposal: ProposalDocument | None
    why_no_proposal: str | None
    """Null where a rule is proposed."""


class UnansweredDocument(TypedDict):
    """A foreseen failure without a rule."""

    touchpoint: str
    failure: str
    contacts: int
    """Contacts and feedback of its reasons in the period."""


class MissingDocument(TypedDict):
    """All reasons of the period, those with the most missing words first."""

    at: Instant
    since: Instant | None
    until: Instant | None
    within_seconds: int
    """How long before a contact a word counts."""
    has_map: bool
    """Whether rules/journey.yaml says which rule speaks of what; without it, any word about the same row counts."""
    total: PrecededDocument
    reasons: list[MissingWordsDocument]
    failures_without_rule: list[UnansweredDocument]
    unclear: int
    """Contacts and feedback whose reason nobody knows yet: they are in no figure."""
    of_nobody: int
    """Feedback of customers whom we do not know: they are in no figure."""


def missing_document(report: MissingReport, proposals: dict[str, Proposal | str]) -> MissingDocument:
    """The report with the proposal for each reason, or why there is none."""
    return {
        "at": utc_text(report.at),
        "since": instant_or_null(report.since),
        "until": instant_or_null(report.until),
        "within_seconds": int(report.within.total_seconds()),
        "has_map": report.has_map,
        "total": _preceded(report.total),
        "reasons": [_words(each, proposals[each.reason]) for each in report.reasons],
        "failures_without_rule": [
            {"touchpoint": touchpoint, "failure": failure, "contacts": contacts}
            for touchpoint, failure, contacts in report.unanswered
        ],
        "unclear": report.unclear,
        "of_nobody": report.of_nobody,
    }


def unpreceded_document(contact: Unpreceded) -> UnprecededDocument:
    """One contact."""
    return {
        "entity": contact.entity,
        "id": contact.id,
        "customer": contact.customer,
        "at": utc_text(contact.at),
        "subject": contact.subject,
    }


def _words(words: MissingWords, proposal: Proposal | str) -> MissingWordsDocument:
    proposed = proposal if isinstance(proposal, Proposal) else None
    return {
        "reason": words.reason,
        "title": words.title,
        "owner": words.owner,
        "touchpoint": words.touchpoint,
        "failure": words.failure,
        "rules": list(words.rules),
        "in_shadow": list(words.in_shadow),
        "accepted": words.accepted,
        "preceded": _preceded(words.preceded),
        "hanging": [_hanging(each) for each in words.hanging],
        "examples": [unpreceded_document(each) for each in words.examples],
        "proposal": None
        if proposed is None
        else {
            "command": proposed.command,
            "column": proposed.clue.column,
            "time_left": spans_document(proposed.clue.time_left),
        },
        "why_no_proposal": None if isinstance(proposal, Proposal) else proposal,
    }


def _preceded(preceded: Preceded) -> PrecededDocument:
    return {
        "contacts": preceded.contacts,
        "told": share_document(Share(part=preceded.told, whole=preceded.contacts)),
        "told_otherwise": preceded.told_otherwise,
        "silent": preceded.silent,
    }


def _hanging(hanging: Hanging) -> HangingDocument:
    return {
        "entity": hanging.entity,
        "contacts": hanging.contacts,
        "kinds": dict(hanging.kinds),
        "clues": [_clue(each) for each in hanging.clues],
    }


def _clue(clue: Clue) -> ClueDocument:
    return {
        "column": clue.column,
        "is_ahead": clue.is_ahead,
        "distance": spans_document(clue.distance),
        "time_left": spans_document(clue.time_left),
    }
