"""Which open contradictions hold which notices of a rule, and the sentence that says so.

A notice is held when the check's `hold` names its rule or the topic of one of its claims, and the row it is about is
the contradiction's subject, or reaches it by to-one relations. So nothing repeats either side until a person, or the
facts, settle the contradiction.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol

from notifier.evaluation.match_statements import MatchStatements
from notifier.evaluation.row_query import named
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.contradiction_reading import ContradictedRow
from notifier.model.contradictions import HOLDING, Contradiction
from notifier.model.notices import Match
from notifier.model.reading import StateReader
from notifier.promises.found import FoundContradictions
from notifier.promises.wording import sentence
from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule


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


@dataclass(frozen=True, kw_only=True)
class Holds:
    """What may hold notices now, and what changed about it since the last pass.

    Only contradictions about rows in question are read: ten thousand may be open, and a notice is held by one.
    """

    reader: StateReader
    found: FoundContradictions = field(default_factory=FoundContradictions)
    """What the checks of this pass changed, as it is now, in whatever state."""
    edited: Set[str] = frozenset()
    """The checks that are new, edited or gone: what they hold may be another set of notices."""

    @cached_property
    def any(self) -> bool:
        """Whether any contradiction is open or acknowledged, or was before this pass."""
        return bool(self.found) or self.reader.any_contradiction_holds()

    def about(self, entity: str, ids: Collection[str]) -> list[Contradiction]:
        """The contradictions about these rows of the entity that are open or acknowledged now."""
        known = {each.id: each for each in self.reader.contradictions_about(entity, ids)}
        known |= {each.id: each for each in self.found.about(entity, ids)}
        return [each for each in known.values() if each.state in HOLDING]

    def changed_since(self, since: datetime) -> Sequence[ContradictedRow]:
        """Check and subject of each contradiction that this pass changed, or that was changed at or after `since`."""
        return [*self.found.rows(), *self.reader.contradictions_changed(since)]


def checks_that_hold(rule: Rule, checks: Mapping[str, Check]) -> set[str]:
    """The names of the checks that may hold a notice of this rule, by its name or its claims' topics."""
    topics = {claim.topic for claim in rule.claims}
    return {name for name, check in checks.items() if rule.name in check.hold.rules or topics & set(check.hold.topics)}


def contradicted_entities(rule: Rule, project: Project, query: RuleQuery) -> Set[str]:
    """The entities that the rule's rows reach, and that contradictions which may hold its notices are about."""
    holding_checks = [project.checks[name] for name in checks_that_hold(rule, project.checks)]
    anything = [check for check in holding_checks if not check.on or check.of_promises]
    if project.has_errors or anything:  # then about whatever a promise is about
        return query.reached_entities
    return query.reached_entities & {path.entity for check in holding_checks for path in check.on}


def relevant(rule: Rule, checks: Mapping[str, Check], contradictions: Iterable[Contradiction]) -> list[Contradiction]:
    """The contradictions that may hold a notice of this rule, by its name or its claims' topics, whatever its row.

    A contradiction whose check is no longer in the project holds nothing.
    """
    holding_checks = checks_that_hold(rule, checks)
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
    query: MatchStatements,
    reader: StateReader,
    planned: Sequence[Planned],
    entities: Iterable[str],
    about: Callable[[str, Collection[str]], Iterable[Contradiction]],
) -> dict[str, tuple[Contradiction, ...]]:
    """Which contradictions hold each planned notice, by occurrence; notices not held are left out.

    `about` says which contradictions may hold the notices of the rule that are about some rows of an entity.
    """
    if not planned:
        return {}
    rows: dict[str, set[str]] = defaultdict(set)
    for plan in planned:
        rows[plan.match.subject_id].add(plan.match.each_id or "")
    which = named(rows)
    held: dict[tuple[str, str | None], dict[str, Contradiction]] = defaultdict(dict)
    for entity in sorted(entities):
        statement = query.to_one_ids(entity)
        if statement is None:
            continue
        reached = [tuple(row) for row in reader.rows(statement, which)]
        by_row: dict[str, list[Contradiction]] = defaultdict(list)
        for contradiction in about(entity, {row_id for _, _, row_id in reached}):
            by_row[contradiction.subject_id].append(contradiction)
        for subject_id, each_id, row_id in reached:
            if there := by_row.get(row_id):
                held[subject_id, each_id] |= {contradiction.id: contradiction for contradiction in there}
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
