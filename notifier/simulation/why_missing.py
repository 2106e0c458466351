"""Why the customer of an expected notice was not told: what `answers.why` found, in lines for a scenario's author."""

from collections.abc import Iterator
from datetime import datetime

from notifier.answers.records import NoticeRecord
from notifier.answers.why import CustomerWhy, literal_text
from notifier.evaluation.explanations import Clause, Explanation
from notifier.evaluation.windows import Window
from notifier.model.instants import minute_text
from notifier.rules.checked_rules import Rule

ROWS_SHOWN = 5
"""Rows explained: a customer with hundreds of orders would bury the one that matters."""


def why_missing(why: CustomerWhy, rule: Rule) -> list[str]:
    """Sentences about this rule, which `why` was asked about; what was decided before comes first. Never empty."""
    if why.customer is None:
        return [f"there is no customer {why.customer_id}"]
    rows = [row for each in why.rules for row in each.rows]
    decided = [*why.left_behind, *(record for row in rows for record in row.past)]
    found = [_decided(record) for record in sorted(decided, key=lambda record: record.decided_at)]
    found += [_explained(row.explanation, rule, why.now) for row in rows[:ROWS_SHOWN]]
    return found or [f"no {rule.about} leads the rule to {why.customer_id}"]


def _decided(record: NoticeRecord) -> str:
    draft = record.draft
    return (
        f"a {draft.kind.replace('_', '-')} about {draft.subject_type}:{draft.subject_id} was decided at "
        f"{minute_text(record.decided_at)} and is {draft.verdict.state}: {draft.verdict.reason.text}"
    )


def _explained(explanation: Explanation, rule: Rule, now: datetime) -> str:
    about = f"{rule.about}:{explanation.subject_id}"
    if explanation.each_id is not None:
        about = f"{about} with {rule.each_name}:{explanation.each_id}"
    return f"{about} at {minute_text(now)}: {'; '.join(_reasons(explanation, now))}"


def _reasons(explanation: Explanation, now: datetime) -> Iterator[str]:
    unmet = [clause for clause in explanation.clauses if not clause.fulfilled]
    yield from map(_clause, unmet)
    yield from explanation.unknown
    if not explanation.windows and not explanation.unknown:
        yield "the timestamp it hangs on is null"
    elif explanation.windows and not any(window.contains(now) for window in explanation.windows):
        yield f"it speaks {', '.join(map(_times, explanation.windows))}"
    elif not unmet:
        yield "its condition holds and it is its time"


def _times(window: Window) -> str:
    begin = "" if window.at is None else f"from {minute_text(window.at)}"
    end = "" if window.until is None else f"until {minute_text(window.until)}"
    return f"{begin} {end}".strip()


def _clause(clause: Clause) -> str:
    value = "an error" if clause.value is None else literal_text(clause.value)
    values = ", ".join(f"{text} = {literal_text(part)}" for text, part in clause.parts.items())
    label = "" if clause.wanted else "unless "
    return f"`{label}{clause.text}` is {value}{f' ({values})' if values else ''}"
