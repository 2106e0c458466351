"""The path from a promise to the facts it is compared with: a check's `on`, reversed.

`on: charge.contract` leads from a fact to the subject of its promises. Reversed (promise -> its contract -> the
contract's charges), a check becomes a statement about promises, as a rule is about its rows. So checks and rules share
the emitter and the reverse lookups.
"""

from notifier.model.schema import Relation
from notifier.model.types import ValueType
from notifier.rules.checked import Check
from notifier.rules.expressions import Expression, Related, RowName

PROMISE = "promise"
PROMISE_ROW = RowName(type=ValueType.ENTITY, entity=PROMISE, name=PROMISE)


def promising_row(check: Check) -> RowName:
    """The row that promises: a promise, or the business row that implies one."""
    if check.implied is None:
        return PROMISE_ROW
    entity = check.implied.entity
    return RowName(type=ValueType.ENTITY, entity=entity, name=entity)


def facts_of(check: Check, on: Expression) -> Expression:
    """The path from the promising row to every row whose to-one path `on` leads to the promise's subject."""
    assert on.entity is not None, "a path ends at an entity"
    path: Expression = _subject(on.entity) if check.implied is None else promising_row(check)
    while isinstance(on, Related):
        path = Related(
            type=ValueType.ENTITIES, entity=on.relation.source, source=path, relation=_backwards(on.relation)
        )
        on = on.source
    return path


def _subject(entity: str) -> Expression:
    """The row that a promise is about, if it is about a row of this entity."""
    relation = Relation(
        name="subject",
        source=PROMISE,
        target=entity,
        many=False,
        keys=(("subject_id", "id"),),
        source_where=("subject_type", entity),
    )
    return Related(type=ValueType.ENTITY, entity=entity, source=PROMISE_ROW, relation=relation)


def _backwards(relation: Relation) -> Relation:
    return Relation(
        name=f"{relation.source} by {relation.name}",
        source=relation.target,
        target=relation.source,
        many=True,
        keys=tuple((target, source) for source, target in relation.keys),
        source_where=relation.target_where,
        target_where=relation.source_where,
    )
