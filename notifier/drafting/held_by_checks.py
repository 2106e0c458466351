"""What the checks of a pass hold back of one rule's notices, and of which subjects that may have changed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime
from functools import cached_property

from notifier.drafting.ruleset import Ruleset
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.contradictions import Contradiction
from notifier.model.reading import RuleState, StateReader
from notifier.planning.situation import Intent
from notifier.promises.holds import (
    Holds,
    checks_that_hold,
    contradicted_entities,
    holding,
    of_unreadable_checks,
    relevant,
)
from notifier.rules.checked_rules import Rule

FEW = 1_000
"""Subjects that are evaluated sooner than it is found out which of them have an unsent notice."""


class HeldByChecks:
    """What holds the notices of one rule; `holds` is what the checks of the same pass left behind."""

    def __init__(self, ruleset: Ruleset, rule: Rule, query: RuleQuery, reader: StateReader, holds: Holds) -> None:
        self._project, self._rule, self._query = ruleset.project, rule, query
        self._reader, self._holds = reader, holds

    @cached_property
    def checks(self) -> Set[str]:
        """The checks in force that may hold notices of this rule."""
        return checks_that_hold(self._rule, self._project.checks)

    @property
    def may_hold(self) -> bool:
        """Whether any check may hold any notice of the rule."""
        return bool(self.checks or self._project.has_errors)

    @property
    def found_something(self) -> bool:
        """Whether a check of this pass found what may hold notices of the rule."""
        return bool(self._holds.found) and self.may_hold

    def held(self, intents: Sequence[Intent]) -> Mapping[str, Sequence[Contradiction]]:
        """The contradictions that hold these notices, by occurrence."""
        if not intents or not self.may_hold or not self._holds.any:
            return {}
        entities = contradicted_entities(self._rule, self._project, self._query)
        asked = self._query if self._query.of_rows is None else self._query.of_rows
        return holding(asked, self._reader, intents, entities, self._about)

    def held_anew(self, state: RuleState | None, now: datetime) -> Set[str]:
        """The subjects of which other notices may be held than at the last pass, or some no longer.

        Those that reach a contradiction that changed, or that reach other rows than before.
        """
        name = self._rule.name
        if self._holds.edited:  # what the check held before the edit is unknown, so it may be any notice
            return self._reader.subjects_unsent(name)
        if not self.may_hold or state is None:
            return set()
        subjects = set[str]()
        if self._query.reached_entities & self._reader.moved_entities() and self._holds.any:
            subjects |= self._reader.ids(self._query.reached_anew_ids(), {})
        contradicted: dict[str, set[str]] = defaultdict(set)
        for check, entity, row_id in self._holds.changed_since(state.since(now)):
            if check in self.checks or check not in self._project.checks:
                contradicted[entity].add(row_id)
        for entity, row_ids in contradicted.items():
            subjects |= self._reader.ids(self._query.reaching_ids(entity), {"subjects": sorted(row_ids)})
        # Who reaches ten thousand contradicted contracts is every charge that they ever had.
        return subjects if len(subjects) <= FEW else subjects & self._reader.subjects_unsent(name)

    def _about(self, entity: str, ids: Collection[str]) -> list[Contradiction]:
        """Those about these rows that may hold notices of this rule."""
        contradictions = self._holds.about(entity, ids)
        return [
            *relevant(self._rule, self._project.checks, contradictions),
            *of_unreadable_checks(self._project, contradictions),
        ]
