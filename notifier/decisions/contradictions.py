"""What people decide about a contradiction: acknowledge it, resolve it, waive it. Ways to settle it: `settling.py`.

Each decision says in the contradiction why that is in its state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa

from notifier.decisions.actions import keep_settling
from notifier.decisions.closing import Closing, settling_by
from notifier.decisions.decision import Decision, Signature, decide
from notifier.decisions.promises import WITHDRAWABLE, WithdrawPromise, state_of
from notifier.decisions.steps import taken
from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.instants import minute_text
from notifier.model.schema import Schema
from notifier.model.settling import Settling, Way
from notifier.promises.assess import disagreeing_rows, member_keys
from notifier.promises.check_query import CheckQuery
from notifier.promises.checking import gather
from notifier.promises.wording import sentence, with_pairs_accepted
from notifier.rules.checked_checks import Check
from notifier.rules.checked_owners import Owner
from notifier.store.contradictions import find, save
from notifier.store.interventions import RefusedError
from notifier.store.naming import no_such_contradiction
from notifier.store.reader import Reader

OBJECT = "contradiction"
"""How the record of interventions calls it."""


@dataclass(frozen=True)
class OfContradiction(Decision[Contradiction]):
    """A decision about the contradiction of an id, however that was typed."""

    contradiction_id: str

    object_type = OBJECT
    becomes: ClassVar[ContradictionState]

    def find(self, connection: sa.Connection) -> Sequence[Contradiction]:
        """The contradiction. Raises RefusedError also where this can be decided about none.

        It is not locked: its write is a compare-and-set on the version that is read here.
        """
        if (why_not := self.terms()) is not None:
            raise RefusedError(why_not)
        found = find(connection, self.contradiction_id)
        if found is None:
            raise no_such_contradiction(connection, self.contradiction_id)
        return [found]

    def object_id(self, found: Contradiction) -> str:
        """The contradiction's id."""
        return found.id

    def write(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Put it into its new state, with who did that and why as the reason."""
        decided = self.decided(connection, found, signature)
        save(connection, [decided])
        settling = self.settling(signature)
        if settling is not None:
            keep_settling(connection, replace(settling, contradiction_id=found.id), self.closed_with())
        return replace(decided, version=found.version + 1)

    def decided(
        self,
        connection: sa.Connection,  # noqa: ARG002 - for those that change more than the contradiction
        found: Contradiction,
        signature: Signature,
    ) -> Contradiction:
        """The contradiction as it is decided; what else that changes is written. Raises RefusedError."""
        return replace(found, state=self.becomes, reason=f"{self.verb} {signature}", changed_at=signature.now)

    def closed_with(self) -> Closing:
        """The cause that was named, and what is done about it."""
        return Closing()

    def settling(self, signature: Signature) -> Settling | None:  # noqa: ARG002 - for those that end it
        """The row that says so of a contradiction, or of a whole flood; None where it goes on."""
        return None

    def terms(self) -> str | None:
        """Why this cannot be decided, whatever contradiction it is about."""
        return None

    def sentence(self, decided: Sequence[Contradiction]) -> str:
        """The new state, and its reason."""
        (contradiction,) = decided
        return f"{contradiction.id} is {contradiction.state}: {contradiction.reason}"


class Acknowledge(OfContradiction):
    """Its owner has seen it and works on it; what it holds stays held."""

    command = "contradictions ack"
    verb = "acknowledge"
    becomes = ContradictionState.ACKNOWLEDGED

    def refusal(self, found: Contradiction) -> str | None:
        """Refused unless it is open."""
        if found.state is ContradictionState.OPEN:
            return None
        return f"{found.id} is {found.state}; only an open contradiction can be acknowledged"

    def decided(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Somebody has it: no step of its owner wakes anybody any more, not even one that waits to be sent."""
        return taken(connection, super().decided(connection, found, signature), signature)


@dataclass(frozen=True)
class Waive(OfContradiction):
    """The difference is accepted, for just these values: another value on either side reopens it."""

    until: datetime | None = None
    """When it is open again, if the two still disagree then; None: never, with these values."""
    owners: Mapping[str, Owner] = field(default_factory=dict)
    timezone: str = "UTC"
    """The zone in which people read the end, where the owner of the contradiction has none of their own."""

    command = "contradictions waive"
    verb = "waive"
    becomes = ContradictionState.WAIVED

    def refusal(self, found: Contradiction) -> str | None:
        """Refused where it is settled or waived already."""
        if found.state in (*HOLDING, ContradictionState.LAPSED):
            return None
        return f"{found.id} is {found.state}; there is nothing to waive"

    def decided(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Keep the waived values, and those that were waived before."""
        if self.until is not None and self.until <= signature.now:
            until = minute_text(self.until, self._zone(found))
            raise RefusedError(f"--until {until} is over already; give a later time, or none")
        waived = replace(with_pairs_accepted(found), waived_until=self.until)
        return super().decided(connection, waived, signature)

    def settling(self, signature: Signature) -> Settling:
        """That it was waived, and until when."""
        return settling_by(signature, Way.WAIVE, due_at=self.until)

    def sentence(self, decided: Sequence[Contradiction]) -> str:
        """The new state with its end."""
        (found,) = decided
        if self.until is None:
            return super().sentence(decided)
        return f"{found.id} is {found.state} until {minute_text(self.until, self._zone(found))}: {found.reason}"

    def _zone(self, found: Contradiction) -> str:
        owner = self.owners.get(found.owner)
        return (owner and owner.timezone) or self.timezone


class Settlement(OfContradiction):
    """The contradiction is over."""

    command = "contradictions resolve"
    becomes = ContradictionState.SETTLED

    def refusal(self, found: Contradiction) -> str | None:
        """Refused where it is settled already."""
        if found.state is not ContradictionState.SETTLED:
            return None
        return f"{found.id} is settled already: {found.reason}"


@dataclass(frozen=True)
class Resolve(Settlement):
    """The two sides agree again."""

    checks: Mapping[str, Check]
    """The project's. A contradiction whose check has left the project can always be resolved."""
    schema: Schema
    closing: Closing = field(default_factory=Closing)

    verb = "resolve"

    def terms(self) -> str | None:
        """Refused without the cause, where the project has causes."""
        return self.closing.refusal()

    def closed_with(self) -> Closing:
        """The cause that was named, and what is done about it."""
        return self.closing

    def settling(self, signature: Signature) -> Settling:
        """That they agree again, and what the cause was."""
        return settling_by(signature, Way.AGREE, cause=self.closing.cause, action=self.closing.action)

    def decided(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Settle it. Raises RefusedError while a row still disagrees."""
        check = self.checks.get(found.check)
        if check is not None and _still_disagrees(connection, found, check, self.schema, signature.now):
            raise RefusedError(
                f"{found.id} cannot be resolved yet: {sentence(found)}. Correct the fact, or settle it with --keep "
                "fact, which withdraws the promise, or waive the difference"
            )
        return super().decided(connection, found, signature)


@dataclass(frozen=True)
class KeepFact(Settlement):
    """The fact stands, and the promise is withdrawn."""

    closing: Closing = field(default_factory=Closing)

    verb = "resolve, keeping the fact"

    def terms(self) -> str | None:
        """Refused without the cause, where the project has causes."""
        return self.closing.refusal()

    def closed_with(self) -> Closing:
        """The cause that was named, and what is done about it."""
        return self.closing

    def settling(self, signature: Signature) -> Settling:
        """That the promise was withdrawn, and what the cause was."""
        return settling_by(signature, Way.WITHDRAW, cause=self.closing.cause, action=self.closing.action)

    def refusal(self, found: Contradiction) -> str | None:
        """Refused where no promise was recorded that could be withdrawn."""
        if found.records or found.state is ContradictionState.SETTLED:
            return super().refusal(found)
        return (
            f"{found.id} has no recorded promise to withdraw: {found.subject_type} {found.subject_id} itself says so; "
            "correct it, or waive the difference"
        )

    def decided(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Withdraw every record of the promise that still stands, and settle the contradiction.

        The two values are accepted as well: a record that arrives later says nothing new.
        """
        return super().decided(connection, withdrawn(connection, found, signature, command=self.command), signature)


def withdrawn(connection: sa.Connection, found: Contradiction, signature: Signature, *, command: str) -> Contradiction:
    """The contradiction with its two values accepted; every record of its promise that still stands is withdrawn.

    `command` is what the person typed: how the contradiction came about is told by it.
    """
    because = replace(signature, reason=f"{found.id}: {signature.reason}")
    for name in sorted({found.promise_id, *(record.promise_id for record in found.records)}):
        if state_of(connection, name) in WITHDRAWABLE:
            decide(connection, WithdrawPromise(name), because, part_of=command)
    return with_pairs_accepted(found)


def _still_disagrees(
    connection: sa.Connection, found: Contradiction, check: Check, schema: Schema, now: datetime
) -> bool:
    """Whether one of its rows, or one that is still to surface, disagrees with the promise as everything stands now."""
    reader, members = Reader(connection, live=False), member_keys(check, found)
    names = {found.promise_id, *(record.promise_id for record in found.records)}
    return any(
        fact.key in members or fact.surfaces_at is None or fact.surfaces_at > now
        for said in gather(check, CheckQuery(check, schema), reader, names, now=now)
        if said.known is not None and said.known.id == found.id
        for fact in disagreeing_rows(check, said.facts)
    )
