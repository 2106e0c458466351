"""What something published says: one value about one thing, with the place where it stands."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from notifier.model.problems import Place


class Kind(StrEnum):
    """What a claim is about. A list says the topic instead."""

    PRICE = "price"
    HOURS = "hours"
    TERM = "term"
    LISTED = "listed"


@dataclass(frozen=True, kw_only=True)
class PublishedClaim:
    """One value, as it was published."""

    place: Place
    names: tuple[str, ...]
    """What the page calls the thing: its name, its number, its address. At least one."""
    kind: Kind
    said: str
    """The value as it is written; of hours, the OSM text of what is written."""
    value: Decimal | str
    """To be read by the type of the topic; numbers are exact."""
    topic: str | None = None
    """The topic that a list names; None where the kind says what it is about."""
    currency: str | None = None
    """ISO 4217, of a price."""
    until: date | None = None
    """The last day on which it holds, where the page says one."""
