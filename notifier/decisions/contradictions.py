"""What people decide about a contradiction: acknowledge it, resolve it, waive it.

Each decision says in the contradiction why that is in its state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa

from notifier.decisions.decision import Decision, Signature, decide
from notifier.decisions.promises import WITHDRAWABLE, WithdrawPromise, state_of
from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.schema import Schema
from notifier.promises.assess import disagreeing_rows, member_keys
from notifier.promises.check_query import CheckQuery
from notifier.promises.checking import gather
from notifier.promises.wording import sentence, waivable_pairs
from notifier.rules.checked import Check
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
        """The contradiction. It is not locked: its write is a compare-and-set on the version that is read here."""
        found = find(connection, self.contradiction_id)
        if found is None:
            raise no_such_contradiction(connection, self.contradiction_id)
        return [found]

    def object_id(self, found: Contradiction) -> str:
        """The contradiction's id."""
        return found.id

    def write(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Put it into its new state, with who did that and why as the reason."""
        decided = replace(found, state=self.becomes, reason=f"{self.verb} {signature}", changed_at=signature.now)
        save(connection, [decided])
        return replace(decided, version=found.version + 1)

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


class Waive(OfContradiction):
    """The difference is accepted, for just these values: another value on either side reopens it."""

    command = "contradictions waive"
    verb = "waive"
    becomes = ContradictionState.WAIVED

    def refusal(self, found: Contradiction) -> str | None:
        """Refused where it is settled or waived already."""
        if found.state in (*HOLDING, ContradictionState.LAPSED):
            return None
        return f"{found.id} is {found.state}; there is nothing to waive"

    def write(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Keep the waived values, and those that were waived before."""
        return super().write(connection, with_pairs_accepted(found), signature)


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

    verb = "resolve"

    def write(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Settle it. Raises RefusedError while a row still disagrees."""
        check = self.checks.get(found.check)
        if check is not None and _still_disagrees(connection, found, check, self.schema, signature.now):
            raise RefusedError(
                f"{found.id} cannot be resolved yet: {sentence(found)}. Correct the fact, or settle it with --keep "
                "fact, which withdraws the promise, or waive the difference"
            )
        return super().write(connection, found, signature)


class KeepFact(Settlement):
    """The fact stands, and the promise is withdrawn."""

    verb = "resolve, keeping the fact"

    def refusal(self, found: Contradiction) -> str | None:
        """Refused where no promise was recorded that could be withdrawn."""
        if found.records or found.state is ContradictionState.SETTLED:
            return super().refusal(found)
        return (
            f"{found.id} has no recorded promise to withdraw: {found.subject_type} {found.subject_id} itself says so; "
            "correct it, or waive the difference"
        )

    def write(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Withdraw every record of the promise that still stands, and settle the contradiction.

        The two values are accepted as well: a record that arrives later says nothing new.
        """
        because = replace(signature, reason=f"{found.id}: {signature.reason}")
        for name in sorted({found.promise_id, *(record.promise_id for record in found.records)}):
            if state_of(connection, name) in WITHDRAWABLE:
                decide(connection, WithdrawPromise(name), because)
        return super().write(connection, with_pairs_accepted(found), signature)


def with_pairs_accepted(found: Contradiction) -> Contradiction:
    """With the pairs of its values accepted, beside those that were accepted before."""
    pairs = set(waivable_pairs(found)) | set((found.waived_pair or "").split("\n")) - {""}
    return replace(found, waived_pair="\n".join(sorted(pairs)))


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
