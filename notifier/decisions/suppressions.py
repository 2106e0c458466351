"""What people decide about a suppressed address: write to it again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from notifier.decisions.decision import Decision, Signature
from notifier.model.consent import Source, Word
from notifier.model.problems import did_you_mean
from notifier.model.types import Address, ChannelName
from notifier.store.consent import append, ledger_at
from notifier.store.interventions import RefusedError
from notifier.store.state.changes import touch_where
from notifier.store.tables import ADDRESS_COLUMNS, SUPPRESSED

OBJECT = "suppression"
"""How the record of interventions calls it; its id is that of the message that caused it, which holds the address."""

Row = sa.Row[Any]


@dataclass(frozen=True)
class Lift(Decision[Row]):
    """The address may be written to again: a person answers for it.

    `channel` is None where only one is meant. The next tick plans again what the customers of the address are to be
    told.
    """

    address: str
    channel: ChannelName | None = None
    live: bool = field(kw_only=True)

    command = "suppressions lift"
    object_type = OBJECT
    verb = "lift"

    def find(self, connection: sa.Connection) -> Sequence[Row]:
        """The suppression, locked."""
        wanted = [SUPPRESSED.c.address == self.address.strip(), SUPPRESSED.c.live.is_(self.live)]
        if self.channel is not None:
            wanted.append(SUPPRESSED.c.channel == self.channel)
        rows = connection.execute(sa.select(SUPPRESSED).where(*wanted).with_for_update()).all()
        if not rows:
            where = "" if self.channel is None else f" on {self.channel}"
            known = connection.execute(
                sa.select(SUPPRESSED.c.address).where(SUPPRESSED.c.live.is_(self.live))
            ).scalars()
            hint = did_you_mean(self.address, known) or "; see notifier suppressions list"
            raise RefusedError(f"{self.address} is not suppressed{where}{hint}")
        if len(rows) > 1:
            found = " and ".join(sorted(row.channel for row in rows))
            raise RefusedError(f"{self.address} is suppressed on {found}; say which: --channel NAME")
        return rows

    def object_id(self, found: Row) -> str:
        """The id of the message that caused it: the record holds no address."""
        return str(found.message_id)

    def write(self, connection: sa.Connection, found: Row, signature: Signature) -> Row:
        """Forget it, and mark the customers who have the address as changed."""
        columns = SUPPRESSED.c
        forget = sa.delete(SUPPRESSED).where(
            columns.channel == found.channel, columns.address == found.address, columns.live.is_(found.live)
        )
        connection.execute(forget)
        self._lift_opt_out(connection, (ChannelName(found.channel), found.address), signature)
        has_the_address = ADDRESS_COLUMNS[ChannelName(found.channel)] == found.address
        touch_where(connection, "customer", has_the_address, signature.now)
        return found

    def _lift_opt_out(self, connection: sa.Connection, place: Address, signature: Signature) -> None:
        """Where the provider told of an opt-out, the person who lifts it answers for that, too."""
        held = ledger_at(connection, [place], live=self.live)
        classes = [of for (_, of), said in held.items() if said.source is Source.PROVIDER]
        if classes:
            append(
                connection,
                address=place[1],
                channel=place[0],
                classes=classes,
                word=Word.LIFTED,
                source=Source.PERSON,
                by=signature.by.strip(),
                reason=signature.reason.strip(),
                now=signature.now,
                live=self.live,
            )

    def sentence(self, decided: Sequence[Row]) -> str:
        """Which channel may be used again."""
        (lifted,) = decided
        return f"{lifted.channel} may be sent to {lifted.address} again; the next tick plans what still helps."
