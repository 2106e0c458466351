"""Which open contradictions hold which notices of a rule, and the sentence that says so.

A notice is held when the check's `hold` names its rule or the topic of one of its claims, and the row it is about is
the contradiction's subject, or reaches it by to-one relations. So nothing repeats either side until a person, or the
facts, settle the contradiction.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from notifier.evaluation.rule_query import RuleQuery
from notifier.model.contradictions import HOLDING, Contradiction
from notifier.model.notices import Match
from notifier.model.reading import StateReader
from notifier.promises.wording import sentence
from notifier.rules.checked import Check, Project, Rule


class Planned(Protocol):
    """A planned notice, about one row and perhaps a second one."""

    @property
    def occurrence(self) -> str:
        """Its unique key."""
        ...

    @property
    def match(self) -> Match:
        """The rows it is about."""
        ...


def relevant(rule: Rule, checks: Mapping[str, Check], contradictions: Iterable[Contradiction]) -> list[Contradiction]:
    """The contradictions that may hold a notice of this rule, by its name or its claims' topics, whatever its row.

    A contradiction whose check is no longer in the project holds nothing.
    """
    topics = {claim.topic for claim in rule.claims}
    holding_checks = {
        name for name, check in checks.items() if rule.name in check.hold.rules or topics & set(check.hold.topics)
    }
    return [
        contradiction
        for contradiction in contradictions
        if contradiction.check in holding_checks and contradiction.state in HOLDING
    ]


def of_unreadable_checks(project: Project, contradictions: Iterable[Contradiction]) -> list[Contradiction]:
    """The contradictions whose check is missing while files have errors: they hold every notice about their subject.

    What the missing check would hold is unknown, and a notice released because of a typing error cannot be taken back.
    """
    if not project.has_errors:
        return []
    return [contradiction for contradiction in contradictions if contradiction.check not in project.checks]


def holding(
    query: RuleQuery, reader: StateReader, planned: Sequence[Planned], contradictions: Sequence[Contradiction]
) -> dict[str, tuple[Contradiction, ...]]:
    """Which of the relevant contradictions hold each planned notice, by occurrence; notices not held are left out."""
    if not planned or not contradictions:
        return {}
    by_row: dict[tuple[str, str], list[Contradiction]] = defaultdict(list)
    for contradiction in contradictions:
        by_row[contradiction.subject_type, contradiction.subject_id].append(contradiction)
    subjects = sorted({plan.match.subject_id for plan in planned})
    held: dict[tuple[str, str | None], dict[str, Contradiction]] = defaultdict(dict)
    for entity in sorted({entity for entity, _ in by_row}):
        statement = query.to_one_ids(entity)
        if statement is None:
            continue
        for row in reader.rows(statement, {"subjects": subjects}):
            there = by_row.get((entity, row.row_id), ())
            held[row.subject_id, row.each_id] |= {contradiction.id: contradiction for contradiction in there}
    return {
        plan.occurrence: tuple(found[name] for name in sorted(found))
        for plan in planned
        if (found := held.get((plan.match.subject_id, plan.match.each_id)))
    }


def hold_reason(contradictions: Sequence[Contradiction]) -> str:
    """Why a notice is held: the two sides, the contradiction to look up, and the owner who is to settle it."""
    return "; ".join(
        f"held by {contradiction.check}: {sentence(contradiction)} "
        f"(contradiction {contradiction.id}, owner {contradiction.owner})"
        for contradiction in sorted(contradictions, key=lambda contradiction: contradiction.id)
    )
