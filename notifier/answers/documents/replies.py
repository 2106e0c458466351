"""Which notices make people write back, as a JSON document."""

from typing_extensions import TypedDict

from notifier.store.replies import RuleReplies


class RepliesDocument(TypedDict):
    """What came back of one rule's notices."""

    rule: str
    told: int
    """Notices, corrections and follow-ups that were told in these days."""
    replies: int
    """Replies in these days to notices of the rule, also of those that were told before."""
    per_hundred: float
    """Replies per hundred notices, to one decimal; 0 where none was told."""
    confirmed: int
    """Replies that confirmed what the rule asks about."""
    opted_out: int
    """Replies that are, or sound like, no more."""


def replies_document(found: RuleReplies) -> RepliesDocument:
    """One item of `notices replies --json`."""
    return {
        "rule": found.rule,
        "told": found.told,
        "replies": found.replies,
        "per_hundred": found.per_hundred,
        "confirmed": found.confirmed,
        "opted_out": found.opted_out,
    }
