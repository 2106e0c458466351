"""What people decide about consent: that an address wants no more, or wants it again; and a register's list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from notifier.decisions.decision import Decision, Signature
from notifier.model.consent import Ledger, Source, Word
from notifier.model.digests import address_digest
from notifier.model.types import Address, ChannelName, NoticeClass
from notifier.store.consent import append, append_all, ledger_at, not_in_register, waiting_beside
from notifier.store.interventions import RefusedError

OBJECT = "consent"
REGISTER = "register"
_SAID = {
    Word.IN: "may be written to by {channel} with {classes}: they said yes",
    Word.OUT: "is written to by {channel} with {classes} no more",
    Word.LIFTED: "is as if nothing had been said about {classes} by {channel}",
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """One address, with what held there before."""

    address: Address
    before: Ledger
    beside: Sequence[Address] = ()
    """Other addresses of the same person, at which the same reply waits for this decision."""


@dataclass(frozen=True)
class SetConsent(Decision[Place]):
    """A person writes down what somebody wants, or decides what a reply meant. It holds live and in the sandbox."""

    address: Address
    word: Word
    classes: Sequence[NoticeClass]
    register: str | None = None
    """For LIFTED: the register that the address left."""
    live: bool = field(kw_only=True)

    command = "consent set"
    object_type = OBJECT
    verb = "set"

    def find(self, connection: sa.Connection) -> Sequence[Place]:
        """The address. What was never said cannot be lifted."""
        before = ledger_at(connection, [self.address], live=self.live)
        if self.word is Word.LIFTED and not any((self.address, of) in before for of in self.classes):
            raise RefusedError(f"nothing is known of {self.address[1]} that could be lifted; see notifier consent show")
        beside = waiting_beside(connection, self.address, live=self.live) if self.register is None else []
        return [Place(address=self.address, before=before, beside=beside)]

    def object_id(self, found: Place) -> str:
        """The channel and a digest: the record of what people do names no address. The ledger has it."""
        return address_digest(*found.address)

    def recorded_verb(self, found: Place) -> str:  # noqa: ARG002 - the word is the decision's own
        """`set out`."""
        return f"{self.verb} {self.word}"

    def write(self, connection: sa.Connection, found: Place, signature: Signature) -> Place:
        """Add the entries; the customers of the address are evaluated again."""
        self._append(connection, found.address, self.word, signature)
        for place in found.beside:  # a yes is for the address that it names; what only waited there is settled by it
            word = Word.LIFTED if self.word is Word.IN else self.word
            self._append(connection, place, word, signature)
        return found

    def _append(self, connection: sa.Connection, place: Address, word: Word, signature: Signature) -> None:
        channel, address = place
        append(
            connection,
            address=address,
            channel=channel,
            classes=self.classes,
            word=word,
            source=Source.PERSON if self.register is None else Source.REGISTER,
            register=self.register,
            by=signature.by.strip(),
            reason=signature.reason.strip(),
            now=signature.now,
            live=None,
        )

    def sentence(self, decided: Sequence[Place]) -> str:
        """What holds now, and what a yes cannot change."""
        (place,) = decided
        channel, address = place.address
        said = f"{address} {_SAID[self.word].format(channel=channel, classes=_named(self.classes))}"
        blocked = any(held.blocked for held in place.before.values())
        still = (
            "; its provider blocks it until the person answers START" if blocked and self.word is not Word.OUT else ""
        )
        others = " and ".join(address for _, address in place.beside)
        too = f", and it is decided for {others}, too" if others else ""
        return f"{said}{too}{still}. The next tick plans what that changes."


def _named(classes: Sequence[NoticeClass]) -> str:
    return "notices of any class" if set(classes) == set(NoticeClass) else " and ".join(classes)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What a list brings."""

    name: str
    read: int
    new: int = 0


@dataclass(frozen=True)
class ImportRegister(Decision[Listed]):
    """A list of those who want no advertising: RNE, REPEP, No Llame. Who stands in it already is not written again."""

    name: str
    addresses: Mapping[ChannelName, Iterable[str]]
    classes: Sequence[NoticeClass]

    command = "consent import"
    object_type = REGISTER
    verb = "import"

    def find(self, connection: sa.Connection) -> Sequence[Listed]:  # noqa: ARG002 - a list is no row
        """The list."""
        return [Listed(name=self.name, read=sum(len(list(found)) for found in self.addresses.values()))]

    def object_id(self, found: Listed) -> str:
        """The register's name."""
        return found.name

    def write(self, connection: sa.Connection, found: Listed, signature: Signature) -> Listed:
        """Add those who are new in it."""
        new = 0
        for channel, addresses in self.addresses.items():
            unknown = not_in_register(connection, addresses, channel, self.name, self.classes)
            new += len(unknown)
            append_all(
                connection,
                unknown,
                channel=channel,
                classes=self.classes,
                now=signature.now,
                word=Word.OUT,
                source=Source.REGISTER,
                register=self.name,
                by=signature.by.strip(),
                reason=signature.reason.strip(),
                blocked=False,
                live=None,
                message_id=None,
            )
        return replace(found, new=new)

    def sentence(self, decided: Sequence[Listed]) -> str:
        """How many there are."""
        (listed,) = decided
        return (
            f"{listed.name}: {listed.read:,} read, {listed.new:,} new; they get no more {_named(self.classes)}. "
            "The next tick plans what that changes."
        )
