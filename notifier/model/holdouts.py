"""Who is not told, by lot, so that it can be seen what telling changes: values only, no I/O."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

MOST_HELD_OUT = Decimal("0.20")
"""Of the customers of a rule: more are not kept from a notice that helps them."""
CONTACTS_WITHIN = timedelta(days=14)
"""How long after a customer was told, or not, a contact counts, where the rule does not say."""
_DRAWN = 1 << 64


class Arm(StrEnum):
    """On which side of a holdout a customer is."""

    TOLD = "told"
    HELD_OUT = "held_out"


@dataclass(frozen=True, kw_only=True)
class Holdout:
    """What a rule says of those who are not told."""

    name: str
    """By which customers are drawn: the rule's name, unless a second holdout of it has one of its own."""
    share: Decimal
    """A fraction of the rule's customers (0.05 for `5%`)."""
    until: date
    """The last day, in the default zone."""
    decided_by: str
    contacts: tuple[str, ...]
    """The reasons of contacts that the notice is to spare customers."""
    within: timedelta = CONTACTS_WITHIN
    """How long after a customer was told, or not, a contact counts."""

    def ends_at(self, timezone: str) -> datetime:
        """The instant from which everybody is told: the end of its last day in this zone (IANA)."""
        return datetime.combine(self.until + timedelta(days=1), time(), tzinfo=ZoneInfo(timezone))

    def shown_from(self, timezone: str) -> datetime:
        """The planned end: when nothing can count any more. Looked at sooner, chance looks like an effect."""
        return self.ends_at(timezone) + self.within

    def arm_of(self, unit: str) -> Arm:
        """The side of a household. The same name and address give the same side in each process, and for ever."""
        number = int.from_bytes(hashlib.sha256(f"{self.name}|{unit}".encode()).digest()[:8], "big")
        return Arm.HELD_OUT if number < self.share * _DRAWN else Arm.TOLD


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One customer's side of a holdout, for one occurrence: kept with it, so that no later edit moves anybody."""

    holdout: str
    unit: str
    """A digest of the address that a household shares."""
    arm: Arm


def unit_of(phone: str | None, email: str | None, customer: str) -> str:
    """A digest of what a household shares: the phone, else the mail address, else the customer's own id."""
    address = phone or (email.strip().lower() if email else None) or customer
    return hashlib.sha256(address.encode()).hexdigest()[:32]
