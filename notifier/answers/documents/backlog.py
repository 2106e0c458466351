"""What rules do not tell because of their first pass or a baseline, as JSON documents."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant
from notifier.model.instants import utc_text
from notifier.model.notices import NoticeKind, ReasonCode
from notifier.store.outbox.backlog import BacklogCount, BacklogEntry


class BacklogCountDocument(TypedDict):
    """How much of one kind one rule does not tell, for one cause."""

    rule: str
    kind: NoticeKind
    cause: ReasonCode
    """`backlog`: it was true before the rule's first pass, or an edit added the follow-up; `baseline`: an import."""
    count: int
    over: int
    """How many of them would be told too late."""
    first: Instant
    """When the first of them was recorded."""
    last: Instant


class BacklogEntryDocument(TypedDict):
    """One thing that one customer is not told."""

    rule: str
    subject: str
    """The id of the row that it is about."""
    each: str | None
    """The id of the second row, for a rule with `each`."""
    customer: str | None
    kind: NoticeKind
    cause: ReasonCode
    since: Instant
    until: Instant | None
    """The last moment at which it helps, where it is known before it is told."""
    reference: str | None
    """Of the notice that records it, where one does."""


def backlog_count_document(counted: BacklogCount) -> BacklogCountDocument:
    """One item of `backlog list --json`."""
    return {
        "rule": counted.rule,
        "kind": counted.kind,
        "cause": counted.cause,
        "count": counted.count,
        "over": counted.over,
        "first": utc_text(counted.first),
        "last": utc_text(counted.last),
    }


def backlog_entry_document(entry: BacklogEntry) -> BacklogEntryDocument:
    """One item of `backlog list --rule RULE --json`."""
    return {
        "rule": entry.rule,
        "subject": entry.subject_id,
        "each": entry.each_id,
        "customer": entry.recipient_id,
        "kind": entry.kind,
        "cause": entry.cause,
        "since": utc_text(entry.since),
        "until": utc_text(entry.until) if entry.until is not None else None,
        "reference": entry.reference,
    }
