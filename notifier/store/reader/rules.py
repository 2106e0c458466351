"""What the rules and checks in force have seen: their watermarks, and which entities changed since."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dependents import has_moved
from notifier.model.learning import LEARNING
from notifier.model.reading import RuleState
from notifier.model.setting_aside import Part, SetAside
from notifier.store.reader.snapshot import LIVE, SINCE, Snapshot
from notifier.store.tables import CHANGE, KEPT_CHANGE, RULE_STATE, SET_ASIDE

_RULE_STATES = sa.select(RULE_STATE).where(RULE_STATE.c.in_force.is_(True))
_LEFT = sa.select(RULE_STATE).where(
    RULE_STATE.c.kind == sa.bindparam("kind", type_=sa.String()),
    RULE_STATE.c.in_force.is_(False),
    RULE_STATE.c.evaluated_at >= SINCE,
)
_CHANGED_ENTITIES = sa.select(CHANGE.c.entity).distinct()
_MOVED_ENTITIES = _CHANGED_ENTITIES.where(has_moved(CHANGE))
_CHANGES = sa.select(
    CHANGE.c.entity, sa.func.max(sa.case((CHANGE.c.baseline.is_(True), 1), else_=0)).label("baseline")
).group_by(CHANGE.c.entity)
_KEPT_ENTITIES = sa.select(KEPT_CHANGE.c.entity).distinct()
_LAST_LEARNED = sa.select(sa.func.max(LEARNING.c.computed_at, type_=LEARNING.c.computed_at.type)).scalar_subquery()
_NEWEST_LEARNING = sa.select(sa.func.max(LEARNING.c.id)).where(LEARNING.c.computed_at == _LAST_LEARNED)
_SET_ASIDE = sa.select(SET_ASIDE).where(SET_ASIDE.c.live == LIVE).order_by(SET_ASIDE.c.kind, SET_ASIDE.c.name)


class RuleReader(Snapshot):
    """Questions about rules, checks and changes."""

    def __init__(self, connection: sa.Connection, *, live: bool) -> None:
        super().__init__(connection, live=live)
        self._rule_states: Mapping[str, Mapping[str, RuleState]] | None = None
        self._changes: Mapping[str, bool] | None = None
        self._moved_entities: frozenset[str] | None = None
        self._kept_entities: frozenset[str] | None = None
        self._set_aside: Sequence[SetAside] | None = None

    def rule_states(self, kind: str) -> Mapping[str, RuleState]:
        """The watermarks of all rules (`rule`) or checks (`check`) in force, by name."""
        if self._rule_states is None:
            states: dict[str, dict[str, RuleState]] = defaultdict(dict)
            for row in self.connection.execute(_RULE_STATES):
                states[row.kind][row.name] = _state(row)
            self._rule_states = states
        return self._rule_states.get(kind, {})

    def states_that_left(self, kind: str, since: datetime) -> Mapping[str, RuleState]:
        """The watermarks of rules or checks that left the project, by name, where they lie at or after `since`."""
        return {row.name: _state(row) for row in self.connection.execute(_LEFT, {"kind": kind, "since": since})}

    def newest_learning(self) -> str | None:
        """The id of what was learned last; None where nothing was."""
        return self.connection.execute(_NEWEST_LEARNING).scalar()

    def set_aside(self) -> Sequence[SetAside]:
        """What the last tick found set aside, in the reader's own mode."""
        if self._set_aside is None:
            found = self.connection.execute(_SET_ASIDE, {"live": self.live}) if self.has_any(SET_ASIDE) else ()
            self._set_aside = [
                SetAside(
                    kind=Part(row.kind),
                    name=row.name,
                    place=row.place,
                    why=row.why,
                    since=row.since,
                    kept=row.kept,
                )
                for row in found
            ]
        return self._set_aside

    def changed_entities(self) -> frozenset[str]:
        """The entities that have a change to be consumed: a rule that reads none of them need not ask further."""
        return frozenset(self._changes_by_entity())

    def moved_entities(self) -> frozenset[str]:
        """The entities with a change after which a row has other keys than before, or is new, or gone."""
        if self._moved_entities is None:
            self._moved_entities = frozenset(self.connection.execute(_MOVED_ENTITIES).scalars())
        return self._moved_entities

    def any_baseline(self) -> bool:
        """Whether any change to be consumed came with a baseline: hardly any tick's do."""
        return any(self._changes_by_entity().values())

    def _changes_by_entity(self) -> Mapping[str, bool]:
        """By entity that has a change to be consumed, whether one of them came with a baseline."""
        if self._changes is None:
            found = self.connection.execute(_CHANGES) if self.has_any(CHANGE) else ()
            self._changes = {row.entity: bool(row.baseline) for row in found}
        return self._changes

    def kept_entities(self) -> frozenset[str]:
        """The entities with changes that are kept for those that could not see them."""
        if self._kept_entities is None:
            found = self.connection.execute(_KEPT_ENTITIES).scalars() if self.has_any(KEPT_CHANGE) else ()
            self._kept_entities = frozenset(found)
        return self._kept_entities


def _state(row: sa.Row[Any]) -> RuleState:
    return RuleState(
        digest=row.digest,
        first_pass_at=row.first_pass_at,
        evaluated_at=row.evaluated_at,
        failed=row.failed,
        definition=row.definition,
    )
