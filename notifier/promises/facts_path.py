"""The paths from a promise to the facts it is compared with: a check's `on`, reversed.

`on: charge.contract` leads from a fact to the subject of its promises. Reversed (promise -> its contract -> the
contract's charges), a check becomes a statement about promises, as a rule is about its rows. So checks and rules share
the emitter and the reverse lookups.
"""

from dataclasses import replace

from notifier.model.schema import Relation, Schema, entities
from notifier.model.types import ValueType
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import PROMISE
from notifier.rules.expressions import Column, Expression, Related, RowName

PROMISE_ROW = RowName(type=ValueType.ENTITY, entity=PROMISE, name=PROMISE)


def promise_column(schema: Schema, name: str, called: str = PROMISE) -> Column:
    """A field of the promise, or of another one that is `called` so."""
    return Column.of(replace(PROMISE_ROW, name=called), schema.entities[PROMISE].fields[name])


def promising_row(check: Check) -> RowName:
    """The row that promises: a promise, or the business row that implies one."""
    if check.implied is None:
        return PROMISE_ROW
    entity = check.implied.entity
    return RowName(type=ValueType.ENTITY, entity=entity, name=entity)


def facts_paths(check: Check) -> tuple[Expression, ...]:
    """The paths from the promising row to its facts, of which each row may be found by several.

    Promises are compared with those of the same subject, and with those of another row of the same sale in both
    directions: from an order to the contract that it names, and back. So it does not matter which was recorded first.
    """
    if not check.of_promises:
        return tuple(facts_of(check, on) for on in check.on)
    return (OF_SAME_SUBJECT, *(path for on in check.on for path in (facts_of(check, on), _mirrored(on))))


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


OF_SAME_SUBJECT = Related(
    type=ValueType.ENTITIES,
    entity=PROMISE,
    source=PROMISE_ROW,
    relation=Relation(
        name="of the same subject", source=PROMISE, target=PROMISE, many=True, keys=(("subject_id", "subject_id"),)
    ),
)
"""Without the subject's own row: what is promised may be there before it. Its type is compared beside."""


def _mirrored(on: Expression) -> Expression:
    """From the promise, along the path, to the promises about the row at its end."""
    promises = entities()[on.entity or ""].relations["promises"]
    return Related(type=ValueType.ENTITIES, entity=PROMISE, source=_of_the_promise(on), relation=promises)


def _of_the_promise(path: Expression) -> Expression:
    """The same path, from the promise instead of the other one."""
    return replace(path, source=_of_the_promise(path.source)) if isinstance(path, Related) else PROMISE_ROW


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
