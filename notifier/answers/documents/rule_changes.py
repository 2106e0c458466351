"""How two versions of the rules differ, and what a rule said at a time, as JSON documents."""

from collections.abc import Mapping
from decimal import Decimal

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant, MoneyDocument, instant_or_null, money_document
from notifier.model.instants import utc_text
from notifier.model.rule_changes import Affected, Bill, Changed, ChangeKind, Effect, RulesDiff


class ChangedPartDocument(TypedDict):
    """One thing that the other version says differently."""

    name: str
    """A key of the rule, or what it reads: `when`, `text templates/visit/sms.es.txt.j2`, `policy`."""
    before: str
    after: str
    """Both empty where it is not one line."""


class ChangedDocument(TypedDict):
    """A rule or check that is another one by its digest, or what all of them read."""

    what: str
    """`rule`, `check` or `project`."""
    name: str
    kind: ChangeKind
    parts: list[ChangedPartDocument]


class ClaimChangeDocument(TypedDict):
    """A claim that differs; null where it is not said."""

    before: str | None
    after: str | None


class AffectedDocument(TypedDict):
    """One notice that is another one by the other version."""

    effect: Effect
    rule: str
    subject: str
    customer: str | None
    at: Instant
    was_at: Instant | None
    """Where it was to be told at another time: when."""
    why: str
    why_before: str
    pending: bool
    """It waits in the outbox already."""
    claims: dict[str, ClaimChangeDocument]
    texts: list[str]
    """The channels whose words differ."""
    lines: list[str]
    """What differs in the words of the first of them."""


class BillDocument(TypedDict):
    """What one version sends."""

    notices: int
    customers: int
    messages: int
    segments: int
    cost: list[MoneyDocument]


class RulesDiffDocument(TypedDict):
    """Both halves: what changed in the rules, and who is affected."""

    before: str
    after: str
    at: Instant
    until: Instant
    changed: list[ChangedDocument]
    affected: list[AffectedDocument]
    customers: dict[Effect, int]
    """How many customers have such a notice."""
    bill_before: BillDocument
    bill_after: BillDocument


def rules_diff_document(diff: RulesDiff) -> RulesDiffDocument:
    """`rules diff --json`."""
    return {
        "before": diff.before,
        "after": diff.after,
        "at": utc_text(diff.now),
        "until": utc_text(diff.until),
        "changed": [_changed(each) for each in diff.changed],
        "affected": [_affected(each) for each in diff.affected],
        "customers": {effect: len(diff.customers(effect)) for effect in Effect},
        "bill_before": _bill(diff.bill_before),
        "bill_after": _bill(diff.bill_after),
    }


def _changed(changed: Changed) -> ChangedDocument:
    return {
        "what": changed.what,
        "name": changed.name,
        "kind": changed.kind,
        "parts": [{"name": part.name, "before": part.before, "after": part.after} for part in changed.parts],
    }


def _affected(affected: Affected) -> AffectedDocument:
    return {
        "effect": affected.effect,
        "rule": affected.rule,
        "subject": affected.subject,
        "customer": affected.recipient,
        "at": utc_text(affected.at),
        "was_at": instant_or_null(affected.was_at),
        "why": affected.why,
        "why_before": affected.why_before,
        "pending": affected.pending,
        "claims": {name: {"before": was, "after": now} for name, (was, now) in affected.claims.items()},
        "texts": list(affected.texts),
        "lines": list(affected.lines),
    }


def _bill(bill: Bill) -> BillDocument:
    return {
        "notices": bill.notices,
        "customers": bill.customers,
        "messages": bill.messages,
        "segments": bill.segments,
        "cost": _amounts(bill.cost),
    }


def _amounts(cost: Mapping[str, Decimal]) -> list[MoneyDocument]:
    return [money_document(amount, currency) for currency, amount in cost.items()]
