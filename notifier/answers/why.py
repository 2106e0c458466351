"""Why a customer is told something, or not: the one answer that `notifier why`, documents and scenarios print.

About a customer: every clause of every rule with its values, when the rule speaks, what a tick would decide now, and
what was decided before. About a notice of the outbox: what was known when it was decided, and what happened since.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from notifier.answers.records import Directory, NoticeFilter, NoticeRecord, record_of, records, related
from notifier.decisions.notices import OBJECT
from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.evaluation.explanations import Explanation
from notifier.model.contradictions import Contradiction
from notifier.model.notices import Draft, Recipient
from notifier.pipeline import redraft
from notifier.planning.addressing import customer_recipient
from notifier.rules.checked_rules import Rule
from notifier.store.contradictions import find
from notifier.store.interventions import Intervention, interventions_on
from notifier.store.outbox.past_verdicts import PastVerdict, past_verdicts
from notifier.store.reader import Reader

_Key = tuple[str, str | None]
"""The ids of the row that a rule is about and of its `each` row."""


@dataclass(frozen=True, kw_only=True)
class RowWhy:
    """One row that leads a rule to the customer."""

    explanation: Explanation
    drafts: tuple[Draft, ...]
    """What a tick would decide now about this row and customer; empty where the rule has nothing to say."""
    past: tuple[NoticeRecord, ...]
    """Every notice, correction and follow-up of the rule about this row to this customer, oldest first."""


@dataclass(frozen=True, kw_only=True)
class RuleWhy:
    """One rule and every row that leads it to the customer."""

    rule: Rule
    rows: tuple[RowWhy, ...]


@dataclass(frozen=True, kw_only=True)
class CustomerWhy:
    """What there is to say about one customer at `now`."""

    now: datetime
    customer_id: str
    customer: Recipient | None
    """None where the customer is not in the state."""
    rules: tuple[RuleWhy, ...]
    """The rules that some row leads to the customer."""
    elsewhere: tuple[str, ...]
    """Rules that no row leads to the customer."""
    left_behind: tuple[NoticeRecord, ...]
    """Notices of rules that are no longer in force, or about rows that no longer lead to the customer."""


@dataclass(frozen=True, kw_only=True)
class NoticeWhy:
    """One notice of the outbox as it was decided, and what happened since."""

    record: NoticeRecord
    rule: Rule | None
    """The rule as it was then; None where the rule, its templates or a file that they use was edited since."""
    past_verdicts: tuple[PastVerdict, ...]
    """The verdicts that no longer stand, oldest first."""
    contradictions: tuple[Contradiction, ...]
    """The contradictions that hold or held it, as they are now."""
    interventions: tuple[Intervention, ...]
    """What people decided about it, oldest first."""
    related: tuple[NoticeRecord, ...]
    """The notices that it corrects or follows, and those that correct or follow it."""


def why_customer(
    ruleset: Ruleset,
    reader: Reader,
    directory: Directory,
    customer_id: str,
    now: datetime,
    *,
    rules: Collection[str] | None = None,
) -> CustomerWhy:
    """Everything about one customer and these rules (all, where None) at `now`. Writes nothing."""
    customer = reader.customers([customer_id]).get(customer_id)
    wanted = [rule for name, rule in ruleset.project.rules.items() if rules is None or name in rules]
    told = records(reader.connection, NoticeFilter(customer=customer_id), directory)
    explained = {rule.name: explanations(ruleset, reader, rule, customer_id, now) for rule in wanted}
    drafts = _drafts(ruleset, reader, explained, customer_id, now)
    past = _by_row((record.draft.rule, record) for record in reversed(told))
    found = tuple(
        RuleWhy(
            rule=rule,
            rows=tuple(
                RowWhy(
                    explanation=one,
                    drafts=tuple(drafts.get((rule.name, (one.subject_id, one.each_id)), ())),
                    past=tuple(past.pop((rule.name, (one.subject_id, one.each_id)), ())),
                )
                for one in explained[rule.name]
            ),
        )
        for rule in wanted
        if explained[rule.name]
    )
    names = {rule.name for rule in wanted}
    return CustomerWhy(
        now=now,
        customer_id=customer_id,
        customer=None if customer is None else customer_recipient(customer, directory.defaults),
        rules=found,
        elsewhere=tuple(rule.name for rule in wanted if not explained[rule.name]),
        left_behind=tuple(
            record for (name, _), rest in past.items() for record in rest if rules is None or name in names
        ),
    )


def literal_text(value: object) -> str:
    """A value as a condition would write it: `null`, `true`, `'held'`, `42`."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"'{value}'"
    return str(value)


def why_notice(ruleset: Ruleset, connection: sa.Connection, directory: Directory, reference: str) -> NoticeWhy | None:
    """Everything about one notice; None when there is no notice with this reference."""
    record = record_of(connection, reference, directory)
    if record is None:
        return None
    rule = ruleset.project.rules.get(record.draft.rule)
    past = past_verdicts(connection, [record.id]).get(record.id, [])
    held_by = [name for verdict in past for name in verdict.contradictions]
    held_by += record.draft.verdict.contradictions
    contradictions = [find(connection, name) for name in dict.fromkeys(held_by)]
    return NoticeWhy(
        record=record,
        rule=rule if rule is not None and rule.digest == record.draft.rule_digest else None,
        past_verdicts=tuple(past),
        contradictions=tuple(found for found in contradictions if found is not None),
        interventions=tuple(interventions_on(connection, OBJECT, record.id)),
        related=tuple(related(connection, record, directory)),
    )


def explanations(
    ruleset: Ruleset, reader: Reader, rule: Rule, customer_id: str, now: datetime
) -> tuple[Explanation, ...]:
    """Every row that leads the rule to the customer, explained at `now`."""
    query = ruleset.rule_queries[rule.name]
    subjects = sorted(reader.ids(query.subjects_of_customer(), {"customer": customer_id}))
    if not subjects:
        return ()
    rows = reader.rows(query.explaining(), {"now": now, "subjects": subjects})
    found = [query.explain(row) for row in rows]
    mine = [one for one in found if one.recipient_id == customer_id]
    return tuple(sorted(mine, key=lambda one: (one.subject_id, one.each_id or "")))


def _drafts(
    ruleset: Ruleset,
    reader: Reader,
    explained: Mapping[str, Sequence[Explanation]],
    customer_id: str,
    now: datetime,
) -> Mapping[tuple[str, _Key], list[Draft]]:
    subjects = {name: sorted({one.subject_id for one in found}) for name, found in explained.items() if found}
    if not subjects:
        return {}
    options = DraftOptions(live=reader.live, everything=True)
    drafts: dict[tuple[str, _Key], list[Draft]] = defaultdict(list)
    for batch in redraft(ruleset, reader, now, subjects, options):
        for each in batch.drafts:
            if each.recipient_id == customer_id:
                drafts[(each.rule, (each.subject_id, each.each_id))].append(each)
    return drafts


def _by_row(told: Iterable[tuple[str, NoticeRecord]]) -> dict[tuple[str, _Key], list[NoticeRecord]]:
    rows: dict[tuple[str, _Key], list[NoticeRecord]] = defaultdict(list)
    for rule, record in told:
        rows[(rule, (record.draft.subject_id, record.draft.each_id))].append(record)
    return rows
