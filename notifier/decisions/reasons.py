"""A person says why a contact came: its label is theirs from then on, and what a machine had said stays beside it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from notifier.decisions.decision import Decision, Signature
from notifier.model.problems import did_you_mean
from notifier.model.reasons import HEARD, UNCLEAR, DecidedBy, Label
from notifier.model.schema import entities
from notifier.store.interventions import RefusedError
from notifier.store.naming import no_such_row
from notifier.store.reasons import add_labels, labels_of

OBJECT = "reason"
"""How the record of interventions calls it."""


@dataclass(frozen=True)
class Said:
    """What a person says of one contact or feedback."""

    row: str
    """Its id; `feedback:F-1` where a contact has the same."""
    reasons: tuple[str, ...]
    """Keys of rules/reasons.yaml, or `unclear`: the primary one first."""


@dataclass(frozen=True)
class Standing:
    """One row, with what is said of it."""

    entity: str
    row_id: str
    said: tuple[str, ...]
    before: Label | None


@dataclass(frozen=True)
class ConfirmReasons(Decision[Standing]):
    """These contacts came because of these reasons. Those in `drawn` were drawn by lot, so they prove something."""

    said: Sequence[Said]
    known: Collection[str]
    drawn: Mapping[tuple[str, str], str]
    """(entity, id) -> the draw in which it is."""

    command = "reasons confirm"
    object_type = OBJECT
    verb = "confirm"

    def find(self, connection: sa.Connection) -> Sequence[Standing]:
        """The rows, locked. Raises RefusedError where one is not there or named twice, or a reason is unknown."""
        named = [(each, *_row_of(connection, each.row)) for each in self.said]
        rows = [(entity, row) for _, entity, row in named]
        if twice := next((row for row in rows if rows.count(row) > 1), None):
            raise RefusedError(f"{twice[0]} {twice[1]} is named twice; say once why it came")
        for each, _, _ in named:
            self._refuse_unknown(each)
        labels = {
            entity: labels_of(connection, entity, [row for kind, row in rows if kind == entity]) for entity in HEARD
        }
        return [Standing(entity, row, each.reasons, labels[entity].get(row)) for each, entity, row in named]

    def _refuse_unknown(self, said: Said) -> None:
        for key in said.reasons:
            if key not in self.known and key != UNCLEAR:
                hint = did_you_mean(key, self.known) or f"; rules/reasons.yaml has {', '.join(sorted(self.known))}"
                raise RefusedError(f"{said.row}: there is no reason '{key}'{hint}")

    def object_id(self, found: Standing) -> str:
        """Entity and id."""
        return f"{found.entity}:{found.row_id}"

    def write(self, connection: sa.Connection, found: Standing, signature: Signature) -> Standing:
        """Write the person's label; what a machine said is kept in it."""
        machine = _by_machine(found.before)
        label = Label(
            entity=found.entity,
            row_id=found.row_id,
            reason=found.said[0],
            others=found.said[1:],
            decided_by=DecidedBy.PERSON,
            decided_from=signature.by.strip(),
            decided_at=signature.now,
            was=machine[0],
            was_by=machine[1],
            draw=self.drawn.get((found.entity, found.row_id)),
        )
        add_labels(connection, [label])
        return found

    def sentence(self, decided: Sequence[Standing]) -> str:
        """How many, and of how many a machine had said the same."""
        same = sum(_by_machine(each.before)[0] == each.said[0] for each in decided)
        rows = "contact is" if len(decided) == 1 else "contacts are"
        return f"{len(decided)} {rows} confirmed; of {same} the same was said before."


def _by_machine(label: Label | None) -> tuple[str | None, DecidedBy | None]:
    """What a machine said first, also where a person has corrected it since."""
    if label is None:
        return None, None
    if label.decided_by is DecidedBy.PERSON:
        return label.was, label.was_by
    return label.reason, label.decided_by


def _row_of(connection: sa.Connection, named: str) -> tuple[str, str]:
    """The row of this id, locked. Ids may have a colon: only an entity before it is one."""
    kind, colon, rest = named.partition(":")
    asked = [(kind, rest)] if colon and kind in HEARD else [(entity, named) for entity in HEARD]
    for entity, row in asked:
        table = entities()[entity].table
        if connection.execute(sa.select(table.c.id).where(table.c.id == row).with_for_update()).first() is not None:
            return entity, row
    raise no_such_row(connection, asked[0][0], asked[0][1], see="see notifier reasons draw")
