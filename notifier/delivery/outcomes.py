"""What came of handing a message over, as a decision with a name: each type says what dispatch does next.

Adapters translate provider codes into these; nobody else needs to know a provider's codes. `reason` is one sentence
without addresses, texts or secrets: it is stored and logged.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The provider has the message and gave it this id."""

    provider_id: str


@dataclass(frozen=True, kw_only=True)
class Retry:
    """The provider surely does not have it, and may take it later: tried again with growing pauses until `until`."""

    reason: str
    after: timedelta | None = None
    """How long the provider wants to be left alone (Retry-After), or what failed needs; None: the usual pauses."""
    attempts: int | None = None
    """After that many attempts it is not tried again but treated as `OtherChannel`; None: no limit but `until`."""
    whole_channel: bool = False
    """The provider wants nothing from us until then, not only not this message: its rate is used up."""


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
    outcome: Retry | OtherChannel | SuppressAddress | Halt | None = None
    """What the provider says became of it, where it failed since: that decides what is done next."""


@dataclass(frozen=True, kw_only=True)
class Absent:
    """Reconciliation: the provider surely does not have it, so sending it again doubles nothing."""


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """Reconciliation: the provider cannot tell, or not yet."""

    reason: str


Finding = Found | Absent | Unclear
