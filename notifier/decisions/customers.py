"""What people decide about a customer: that they are forgotten, or may come back."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from notifier.decisions.decision import Decision, Signature
from notifier.model.types import Address
from notifier.store.interventions import RefusedError
from notifier.store.outbox.commit import in_flight
from notifier.store.privacy.forgetting import forget, lock_messages
from notifier.store.privacy.person import Person, person, shared_with
from notifier.store.tombstones import Digests, digests, exhume, forgotten_at

OBJECT = "customer"


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """The person, and what stands in the ledger for them."""

    person: Person
    digests: Digests
    shared: Sequence[tuple[Address, Sequence[str]]]
    """Addresses of theirs that other customers have, too."""


@dataclass(frozen=True)
class Forget(Decision[Forgotten]):
    """A person is forgotten, and is not told again by an import. The record names them by a keyed digest."""

    customer: str
    """The id."""

    command = "customer forget"
    object_type = OBJECT
    verb = "forget"

    def find(self, connection: sa.Connection) -> Sequence[Forgotten]:
        """All that is about them. No state is written until the transaction ends."""
        keyed = digests(connection)
        found = person(connection, self.customer)
        return [Forgotten(person=found, digests=keyed, shared=tuple(shared_with(connection, found).items()))]

    def object_id(self, found: Forgotten) -> str:
        """A digest: whoever has the id can find the record by forgetting it again, and nobody else."""
        return found.digests.instead_of(OBJECT, found.person.id)

    def write(self, connection: sa.Connection, found: Forgotten, signature: Signature) -> Forgotten:
        """Blank, cancel, delete, and remember by digests. Refused while a message to them is on its way."""
        said = f"{signature.by} {signature.reason}".casefold()
        theirs = (*found.person.names, *(address for _, address in found.person.addresses))
        if any(each.casefold() in said for each in theirs):
            raise RefusedError("the reason is kept for good, so it must not name the person or an address of theirs")
        lock_messages(connection, found.person.naming)
        if in_flight(connection, found.person.naming):
            raise RefusedError(
                "a message to them is being handed over to its provider; try again in a few minutes. If nobody can say "
                "whether it went out, settle it first: notifier notices list --unknown"
            )
        forget(connection, found.person, found.digests, why=f"forgotten {signature}", now=signature.now)
        return found

    def sentence(self, decided: Sequence[Forgotten]) -> str:
        """What came of it, and who else is at their addresses."""
        (found,) = decided
        rows = sum(len(ids) for ids in found.person.rows.values())
        others = sorted({each for _, ids in found.shared for each in ids})
        same = f" Others are at the same address and stay: {', '.join(others)}." if others else ""
        return (
            f"{found.person.id} is forgotten: {rows:,} rows are deleted, and {len(found.person.notices):,} notices "
            f"blanked. No import brings them back. Backups still have them.{same}"
        )


@dataclass(frozen=True)
class Readmit(Decision[Digests]):
    """Who was forgotten is a customer again, or an address has another owner: imports may bring it."""

    asked: str
    """The id, phone or mail."""
    country: str
    """Of phones without a country code."""

    command = "customer readmit"
    object_type = OBJECT
    verb = "readmit"

    def find(self, connection: sa.Connection) -> Sequence[Digests]:
        """The digests, where it was forgotten. No state is written until the transaction ends."""
        if forgotten_at(connection, self.asked, self.country) is None:
            raise RefusedError(f"nobody with '{self.asked}' was forgotten; give the id, the phone or the mail")
        return [digests(connection)]

    def object_id(self, found: Digests) -> str:
        """A digest of what was asked for."""
        return found.instead_of(OBJECT, self.asked.strip())

    def write(self, connection: sa.Connection, found: Digests, signature: Signature) -> Digests:  # noqa: ARG002 - the record has it
        """Take the tombstone away. What was blanked stays so."""
        exhume(connection, found, self.asked, self.country)
        return found

    def sentence(self, decided: Sequence[Digests]) -> str:  # noqa: ARG002 - nothing is known of them
        """What that means."""
        return f"{self.asked} may come back with the next import. Their other ids and addresses are readmitted apart."
