"""What somebody said to a customer is written down as a promise; what was said by mistake is withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from notifier.decisions.decision import Decision, Signature
from notifier.intake.events import ChangeSet, apply_change_set
from notifier.intake.parsing import ImportContext
from notifier.intake.superseding import source_and_topic, why_it_stands
from notifier.model.digests import uuid7
from notifier.model.problems import Place
from notifier.store.interventions import RefusedError
from notifier.store.naming import no_such_row
from notifier.store.state.changes import write_rows
from notifier.store.tables import PROMISE

OBJECT = "promise"
"""How the record of interventions calls it."""
WITHDRAWABLE = ("open", "broken")


class Standing(NamedTuple):
    """A promise and its state; None where there is no such promise yet."""

    id: str
    state: str | None


class OfPromise(Decision[Standing]):
    """A decision about one promise."""

    object_type = OBJECT

    def object_id(self, found: Standing) -> str:
        """The promise's id."""
        return found.id


@dataclass(frozen=True)
class AddPromise(OfPromise):
    """A promise is recorded.

    `columns` are those of a promise import as people write them (`subject: contract:K-1`, `topic`, `value`,
    `currency`, …); without `made_at` it was made now. The value is read by its topic's type.
    """

    promise_id: str
    columns: Mapping[str, Any]
    context: ImportContext

    command = "promise add"
    verb = "add"

    def find(self, connection: sa.Connection) -> Sequence[Standing]:
        """Whether the id is taken."""
        return [Standing(self.promise_id, state_of(connection, self.promise_id))]

    def refusal(self, found: Standing) -> str | None:
        """Refused where the id is taken: adding never overwrites."""
        if found.state is None:
            return None
        return f"there is a promise {found.id} already; withdraw it, or give this one another id"

    def write(self, connection: sa.Connection, found: Standing, signature: Signature) -> Standing:
        """Import it. Raises ProblemsError for what cannot be read."""
        given = {name: value for name, value in self.columns.items() if value is not None}
        self._refuse_to_supersede(connection, given)
        row = {"made_at": signature.now, **given, "id": found.id}
        change = ChangeSet(at=signature.now, set={"promise": [row]})
        apply_change_set(connection, change, self.context, place=Place("promise"))
        return Standing(found.id, "open")

    def _refuse_to_supersede(self, connection: sa.Connection, given: Mapping[str, Any]) -> None:
        """Raises RefusedError where it is to take the place of a promise that is not there, or that goes before it."""
        replaced = given.get("replaces")
        if replaced is None:
            return
        known = source_and_topic(connection, replaced)
        if known is None:
            raise no_such_row(connection, "promise", replaced, see="see notifier promise list")
        supersedes = self.context.supersedes
        why = why_it_stands(supersedes, str(given.get("source")), str(given.get("topic")), *known)
        if why is not None:
            raise RefusedError(f"promise {self.promise_id} cannot replace {replaced}: a promise {why}")

    def sentence(self, decided: Sequence[Standing]) -> str:
        """That it is recorded, with its id."""
        return f"Promise {decided[0].id} is recorded."


@dataclass(frozen=True)
class WithdrawPromise(OfPromise):
    """Checks no longer compare the promise. It stays on record."""

    promise_id: str

    command = "promise withdraw"
    verb = "withdraw"

    def find(self, connection: sa.Connection) -> Sequence[Standing]:
        """The promise. Raises RefusedError where there is none."""
        state = state_of(connection, self.promise_id)
        if state is None:
            raise no_such_row(connection, "promise", self.promise_id, see="see notifier promise list")
        return [Standing(self.promise_id, state)]

    def refusal(self, found: Standing) -> str | None:
        """Refused once it is kept, superseded or withdrawn."""
        return None if found.state in WITHDRAWABLE else f"the promise {found.id} is {found.state} already"

    def write(self, connection: sa.Connection, found: Standing, signature: Signature) -> Standing:
        """Write its state. Raises RefusedError where the promise was written with a later time."""
        counts = write_rows(connection, "promise", [{"id": found.id, "state": "withdrawn"}], signature.now)
        if counts.ignored_older:
            raise RefusedError(f"the promise {found.id} was written with a later time; withdraw it with a later --at")
        return Standing(found.id, "withdrawn")

    def sentence(self, decided: Sequence[Standing]) -> str:
        """That it is withdrawn."""
        return f"Promise {decided[0].id} is withdrawn."


def new_promise_id(now: datetime) -> str:
    """An id for a promise that comes without one."""
    return f"P-{uuid7(now)}"


def state_of(connection: sa.Connection, promise_id: str) -> str | None:
    """The state of a promise; None when there is no such promise."""
    return connection.execute(sa.select(PROMISE.c.state).where(PROMISE.c.id == promise_id)).scalar_one_or_none()
