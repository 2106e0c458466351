"""Answers to "why" as JSON documents: about a customer, and about a notice."""

from collections.abc import Mapping
from typing import Literal, cast

from typing_extensions import TypedDict

from notifier.answers.documents.contradictions import ContradictionDocument, contradiction_document
from notifier.answers.documents.drafts import DraftDocument, draft_document
from notifier.answers.documents.interventions import InterventionDocument, intervention_document
from notifier.answers.documents.notices import NoticeDocument, RecordDocument, notice_document, record_document
from notifier.answers.documents.values import EvidenceDocument, Instant, instant_or_null
from notifier.answers.why import CustomerWhy, NoticeWhy, RowWhy
from notifier.evaluation.explanations import Clause
from notifier.evaluation.windows import Window
from notifier.model.instants import utc_text
from notifier.model.notices import NoticeState, ReasonCode
from notifier.rules.checked_rules import Rule
from notifier.store.outbox.past_verdicts import PastVerdict

_In = TypedDict("_In", {"in": Literal["when", "unless"]})
"""Apart from the class below, because a class body cannot declare a key named `in`."""


class ClauseDocument(_In):
    """One clause of a rule, for one row."""

    clause: str
    """As its author wrote it."""
    value: bool | None
    """Null: it is an error, which is never true."""
    fulfilled: bool
    """Whether it lets the rule speak."""
    parts: EvidenceDocument


class WindowDocument(TypedDict):
    """When a moment of the rule speaks: from `at`, to before `until`."""

    at: Instant | None
    until: Instant | None


class RowDocument(TypedDict):
    """One row that leads a rule to the customer."""

    rule: str
    subject: str
    """`appointment:A-1`"""
    each: str | None
    """The id of the second row, where the rule has `each`."""
    holds: bool
    """Whether the condition holds, whatever the time."""
    clauses: list[ClauseDocument]
    windows: list[WindowDocument]
    """Empty where the instant that the rule hangs on is null, or a day that it counts is unknown."""
    unknown: list[str]
    """A sentence for each moment whose day is unknown: `2 opening days before …` where the row has no site; and for
    each claim that has no value because its rows have several currencies."""
    now: list[DraftDocument]
    """What a tick would decide now."""
    past: list[NoticeDocument]
    """What was decided before, oldest first."""


class CustomerWhyDocument(TypedDict):
    """Why one customer is told something, or not."""

    customer: str
    at: Instant
    rules: list[RowDocument]
    elsewhere: list[str]
    """Rules that no row leads to the customer."""
    left_behind: list[NoticeDocument]
    """Notices of rules that are no longer in force, or about rows that no longer lead to the customer."""


class PastVerdictDocument(TypedDict):
    """A verdict that no longer stands."""

    at: Instant
    """Since when it stood."""
    state: NoticeState
    reason: str
    reason_code: ReasonCode
    contradictions: list[str]
    evidence: EvidenceDocument


class Background(TypedDict):
    """What was known when a notice was decided, and what happened since."""

    evidence: EvidenceDocument
    past_verdicts: list[PastVerdictDocument]
    """Oldest first."""
    rule_changed: bool
    """Whether the rule is no longer in force as it was then."""
    interventions: list[InterventionDocument]
    related: list[NoticeDocument]
    """What it corrects or follows, and what corrects or follows it."""


class NoticeWhyDocument(RecordDocument, Background):
    """Why one notice became what it is."""

    contradictions: list[ContradictionDocument]
    """Those that hold or held it, as they are now."""


def customer_why_document(why: CustomerWhy) -> CustomerWhyDocument:
    """`why CUSTOMER --json`."""
    return {
        "customer": why.customer_id,
        "at": utc_text(why.now),
        "rules": [_row(each.rule, row) for each in why.rules for row in each.rows],
        "elsewhere": list(why.elsewhere),
        "left_behind": [notice_document(record) for record in why.left_behind],
    }


def notice_why_document(why: NoticeWhy) -> NoticeWhyDocument:
    """`why --notice REF --json`."""
    return {
        **record_document(why.record),
        "evidence": _evidence(why.record.draft.evidence),
        "past_verdicts": [_past_verdict(verdict) for verdict in why.past_verdicts],
        "rule_changed": why.rule is None,
        "contradictions": [contradiction_document(each) for each in why.contradictions],
        "interventions": [intervention_document(each) for each in why.interventions],
        "related": [notice_document(record) for record in why.related],
    }


def _row(rule: Rule, row: RowWhy) -> RowDocument:
    explanation = row.explanation
    return {
        "rule": rule.name,
        "subject": f"{rule.about}:{explanation.subject_id}",
        "each": explanation.each_id,
        "holds": explanation.holds,
        "clauses": [_clause(clause) for clause in explanation.clauses],
        "windows": [_window(window) for window in explanation.windows],
        "unknown": [*explanation.unknown, *explanation.valueless],
        "now": [draft_document(draft) for draft in row.drafts],
        "past": [notice_document(record) for record in row.past],
    }


def _clause(clause: Clause) -> ClauseDocument:
    return {
        "clause": clause.text,
        "in": "when" if clause.wanted else "unless",
        "value": clause.value,
        "fulfilled": clause.fulfilled,
        "parts": dict(clause.parts),
    }


def _window(window: Window) -> WindowDocument:
    return {"at": instant_or_null(window.at), "until": instant_or_null(window.until)}


def _past_verdict(verdict: PastVerdict) -> PastVerdictDocument:
    return {
        "at": utc_text(verdict.at),
        "state": verdict.state,
        "reason": verdict.reason.text,
        "reason_code": verdict.reason.code,
        "contradictions": list(verdict.contradictions),
        "evidence": _evidence(verdict.evidence),
    }


def _evidence(evidence: Mapping[str, object]) -> EvidenceDocument:
    """As `evaluation.reading` made it: plain JSON values."""
    return cast(EvidenceDocument, dict(evidence))
