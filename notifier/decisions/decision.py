"""The one way in which people decide anything: the object is found, judged, changed and recorded in one transaction.

A subclass of `Decision` is one thing that people can decide (`Release`, `Waive`, …), and `decide` carries it out. A
decision sends nothing: the next tick plans again what it touched, and the next round of sending honours it.

A new one is a subclass, a line in `table.DECISIONS`, and a command whose body is `cli.deciding.carry_out`. A test fails
until all three are there.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

import sqlalchemy as sa

from notifier.model.texts import problem_of
from notifier.model.writers import Way, Writer
from notifier.promises.watched import OF_PROMISES
from notifier.store.interventions import RefusedError, intervene
from notifier.store.state.provenance import sign

Found = TypeVar("Found")
"""What a decision reads of its object before it judges it."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who decides, why, and when: kept for good. Raises RefusedError where a text is blank, or not one plain line."""

    by: str
    reason: str
    now: datetime

    def __post_init__(self) -> None:
        if not self.by.strip():
            raise RefusedError("say who you are: --by NAME")
        if not self.reason.strip():
            raise RefusedError("say why: --reason TEXT")
        for option, text in (("--by", self.by), ("--reason", self.reason)):
            if (wrong := problem_of(text.strip())) is not None:
                raise RefusedError(f"{option} {wrong}")

    def __str__(self) -> str:
        """`by marta: the customer agreed`, for the reason of what was decided."""
        return f"by {self.by.strip()}: {self.reason.strip()}"


class Decision(ABC, Generic[Found]):
    """One thing that people can decide. The fields of a subclass say about which object."""

    command: ClassVar[str]
    """The command that asks for it: `notices release`."""
    object_type: ClassVar[str]
    """What it is about, as the record calls it: `notice`."""
    verb: ClassVar[str]
    """What the person did, as the record calls it: `release`."""

    @abstractmethod
    def find(self, connection: sa.Connection) -> Sequence[Found]:
        """The objects that it is about, as they are now. Raises RefusedError where there is none.

        They are locked until the transaction ends, or `write` fails where somebody has changed them meanwhile.
        """

    @abstractmethod
    def object_id(self, found: Found) -> str:
        """The id by which the record names the object."""

    def refusal(self, found: Found) -> str | None:  # noqa: ARG002 - for those that depend on the object's state
        """Why this cannot be decided while the object is in its state, and what can; None where it can."""
        return None

    @abstractmethod
    def write(self, connection: sa.Connection, found: Found, signature: Signature) -> Found:
        """Change the object; returns it as it is afterwards. Raises RefusedError where something else forbids that."""

    @abstractmethod
    def sentence(self, decided: Sequence[Found]) -> str:
        """What came of it, for the person who decided."""

    def recorded_verb(self, found: Found) -> str:  # noqa: ARG002 - for verbs that name a part of the object
        """The verb of the record for this object."""
        return self.verb


@dataclass(frozen=True)
class Decided(Generic[Found]):
    """What came of a decision."""

    objects: Sequence[Found]
    """As they are now."""
    sentence: str
    """For the person who decided."""


def decide(
    connection: sa.Connection, decision: Decision[Found], signature: Signature, *, part_of: str | None = None
) -> Decided[Found]:
    """Carry a decision out, with its append-only record, in the connection's transaction, which the caller commits.

    `part_of` is the command that the person typed, where this decision is only a part of what that does: the log names
    the command that was typed.

    Raises RefusedError where there is no such object or it is in no state for this, and ConflictError where somebody
    changed it meanwhile. The caller rolls back then: a decision is kept whole or not at all.
    """
    by = Writer(way=Way.DECISION, name=part_of or decision.command, by=signature.by.strip(), at=signature.now)
    sign(connection, by, {"promise": OF_PROMISES})
    decided = []
    for found in decision.find(connection):
        if why_not := decision.refusal(found):
            raise RefusedError(why_not)
        decided.append(decision.write(connection, found, signature))
        intervene(
            connection,
            actor=signature.by,
            verb=decision.recorded_verb(found),
            object_type=decision.object_type,
            object_id=decision.object_id(found),
            reason=signature.reason,
            at=signature.now,
        )
    return Decided(decided, decision.sentence(decided))
