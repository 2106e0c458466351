"""What the rules and checks in force have seen: their watermarks, and which entities changed since."""

from collections.abc import Mapping

import sqlalchemy as sa

from notifier.model.reading import RuleState
from notifier.store.reader.snapshot import Snapshot
from notifier.store.tables import CHANGE, RULE_STATE

_RULE_STATES = sa.select(RULE_STATE).where(
    RULE_STATE.c.kind == sa.bindparam("kind", type_=sa.String()), RULE_STATE.c.in_force.is_(True)
)
_CHANGED_ENTITIES = sa.select(CHANGE.c.entity).distinct()


class RuleReader(Snapshot):
    """Questions about rules, checks and changes."""

    def __init__(self, connection: sa.Connection, *, live: bool) -> None:
        super().__init__(connection, live=live)
        self._rule_states: dict[str, Mapping[str, RuleState]] = {}
        self._changed_entities: frozenset[str] | None = None

    def rule_states(self, kind: str) -> Mapping[str, RuleState]:
        """The watermarks of all rules (`rule`) or checks (`check`) in force, by name."""
        if kind not in self._rule_states:
            self._rule_states[kind] = {
                row.name: RuleState(
                    digest=row.digest,
                    first_pass_at=row.first_pass_at,
                    evaluated_at=row.evaluated_at,
                    failed=row.failed,
                    definition=row.definition,
                )
                for row in self.connection.execute(_RULE_STATES, {"kind": kind})
            }
        return self._rule_states[kind]

    def changed_entities(self) -> frozenset[str]:
        """The entities that have a change to be consumed: a rule that reads none of them need not ask further."""
        if self._changed_entities is None:
            self._changed_entities = frozenset(self.connection.execute(_CHANGED_ENTITIES).scalars())
        return self._changed_entities
