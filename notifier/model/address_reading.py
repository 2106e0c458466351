"""What a pass asks about customers' words and addresses: a part of `model.reading.StateReader`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifier.model.consent import Ledger
from notifier.model.types import Address, ChannelName, NoticeClass


@dataclass(frozen=True, kw_only=True)
class SuppressedAddress:
    """An address that must not be written to again."""

    reason: str
    """One sentence about the provider's answer, without the address."""
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Contacted:
    """One message to one person: what counts where contacts are counted."""

    occurrence: str
    """Of its notice."""
    recipient_id: str | None
    address: Address
    at: datetime | None
    """When it was handed over; None while it is about to be."""
    waits_since: datetime
    """When its notice was last decided: of two that wait, the one that waits longer goes first."""


class AddressQuestions(Protocol):
    """Questions about whether, and how often, customers may be written to, and where."""

    def consents(self, customer_ids: Collection[str]) -> Mapping[tuple[str, ChannelName, NoticeClass], bool]:
        """What these customers allowed or refused; missing means never asked."""
        ...

    def refusals(self, addresses: Collection[Address]) -> Mapping[tuple[Address, NoticeClass], Sequence[str]]:
        """Which customers refused which class at one of these addresses, by their ids."""
        ...

    def suppressed(self, addresses: Collection[Address]) -> Mapping[Address, SuppressedAddress]:
        """Which of these addresses must not be written to, in the reader's own mode."""
        ...

    def ledger(self, addresses: Collection[Address]) -> Ledger:
        """What the consent ledger says of these addresses, in the reader's own mode."""
        ...

    def contacted(
        self, notice_class: NoticeClass, recipients: Collection[str], addresses: Collection[Address], since: datetime
    ) -> Sequence[Contacted]:
        """The messages of this class to these customers, or to one of these addresses, that were handed over at or
        after `since`, or are about to be."""
        ...
