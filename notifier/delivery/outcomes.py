"""What became of handing a message over: each type names what dispatch does next.

Adapters translate provider codes into these types; no other code knows a provider's codes. `reason` is one sentence
without addresses, texts or secrets: it is stored and logged.
"""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The provider has the message and gave it this id."""

    provider_id: str
    provider: str | None = None
    """Whose the id is, where that is not the channel's own name: the sandbox plays another provider."""


@dataclass(frozen=True, kw_only=True)
class Retry:
    """The provider certainly does not have it, and may take it later: retried with growing back-off until `until`."""

    reason: str
    after: timedelta | None = None
    """The pause the provider asks for (Retry-After), or that the failure needs; None: the usual back-off."""
    attempts: int | None = None
    """After this number of attempts it is treated as `OtherChannel` instead; None: no limit but `until`."""
    whole_channel: bool = False
    """The provider accepts no message from us until then, because our rate is used up."""
    code: str | None = field(default=None, compare=False)
    """The provider's own, where it gave one: `21610`, `5.1.1`."""


@dataclass(frozen=True, kw_only=True)
class OtherChannel:
    """This channel will never reach the customer with this message (a landline, a text that is refused)."""

    reason: str
    code: str | None = field(default=None, compare=False)
    """The provider's own, where it gave one: `21610`, `5.1.1`."""


@dataclass(frozen=True, kw_only=True)
class SuppressAddress:
    """The address must not be written to again: the customer opted out at the provider, or it is dead."""

    reason: str
    opted_out: bool = False
    """Whether its owner said so to the provider: then no class of notices goes there, and the consent ledger has it."""
    code: str | None = field(default=None, compare=False)
    """The provider's own, where it gave one: `21610`, `5.1.1`."""


@dataclass(frozen=True, kw_only=True)
class Halt:
    """Nothing can go out on this channel until a person acts (credentials, suspension): it pauses as a whole."""

    reason: str
    code: str | None = field(default=None, compare=False)
    """The provider's own, where it gave one: `21610`, `5.1.1`."""


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """The provider may or may not have it (time-out, reset, 5xx): it is asked before anything is sent again."""

    reason: str


Outcome = Accepted | Retry | OtherChannel | SuppressAddress | Halt | Unknown


@dataclass(frozen=True, kw_only=True)
class Found:
    """Reconciliation: the provider has the message."""

    provider_id: str
    provider: str | None = None
    """As of `Accepted`."""
    outcome: Retry | OtherChannel | SuppressAddress | Halt | None = None
    """How it failed since, where it did: that decides what is done next."""


@dataclass(frozen=True, kw_only=True)
class Absent:
    """Reconciliation: the provider does not have it, so sending it again cannot duplicate it."""

    certain_after: timedelta = timedelta()
    """How long after the attempt began this is certain. Before, the provider may have it and not show it yet."""


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """Reconciliation: the provider cannot tell, or not yet."""

    reason: str


Finding = Found | Absent | Unclear
