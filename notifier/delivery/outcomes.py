"""What came of handing a message over, as a decision with a name: each type says what dispatch does next.

Adapters translate provider codes into these; nobody else needs to know a provider's codes. `reason` is one sentence
without addresses, texts or secrets: it is stored and logged.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The provider has the message and gave it this id."""

    provider_id: str


@dataclass(frozen=True, kw_only=True)
class Retry:
    """The provider surely does not have it, and may take it later: tried again with growing pauses until `until`."""

    reason: str
    at: datetime | None = None
    """When the provider asked to be tried again (Retry-After); None leaves it to the usual pauses."""


@dataclass(frozen=True, kw_only=True)
class OtherChannel:
    """This channel will never reach the customer with this message (a landline, a text that is refused)."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SuppressAddress:
    """The address must not be written to again: the customer opted out at the provider, or it is dead."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Halt:
    """Nothing can go out on this channel until a person acts (credentials, suspension): it pauses as a whole."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """The provider may or may not have it (a time-out, a reset, a 5xx): it is asked before anything is sent again."""

    reason: str


Outcome = Accepted | Retry | OtherChannel | SuppressAddress | Halt | Unknown


@dataclass(frozen=True, kw_only=True)
class Found:
    """Reconciliation: the provider has the message."""

    provider_id: str


@dataclass(frozen=True, kw_only=True)
class Absent:
    """Reconciliation: the provider surely does not have it, so sending it again doubles nothing."""


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """Reconciliation: the provider cannot tell, or not yet."""

    reason: str


Finding = Found | Absent | Unclear
