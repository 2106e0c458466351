"""Who answers for what, as it was checked: owners, their steps, causes, authority, and ways out for customers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from notifier.model.problems import Place
from notifier.model.types import ChannelName
from notifier.model.weekly import WeeklyMoment
from notifier.rules.checked_rules import UNPLACED


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The team that answers for a rule or a contradiction; alerted through the same channels as customers."""

    id: str
    name: str
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    timezone: str | None = None
    chat: str | None = None
    """The name of a chat of the settings (NOTIFIER_CHATS), whose address is a secret and stands nowhere else."""
    steps: tuple["Step", ...] = ()
    """Who is told besides, while nobody takes a contradiction of this owner; the earliest first."""
    back_after: timedelta | None = None
    """How long an acknowledgement holds that nobody follows up; None: for ever."""
    weekly: WeeklyMoment | None = None
    """When their week is told by mail, in their own zone; None: never."""
    place: Place = field(default=UNPLACED, compare=False)


@dataclass(frozen=True, kw_only=True)
class Step:
    """Who is told of a contradiction that nobody has taken for so long, and on which channels."""

    after: timedelta
    to: str
    """An owner."""
    by: tuple[ChannelName, ...] = ()
    """Empty: on every channel that reaches them."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why promises are broken: what closing a contradiction has to name."""

    id: str
    about: str
    owner: str
    again_within: timedelta
    """A second time within it is a pattern, of which the owner is alerted."""
    place: Place = field(default=UNPLACED, compare=False)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Up to which credit one person may decide, and who has to agree."""

    credit: Decimal
    currency: str
    needs: str | None = None
    """None: nobody else. `second`: any second person. Else one of this role."""


@dataclass(frozen=True, kw_only=True)
class Authority:
    """How much front-line people may give away (`rules/authority.yaml`). Without limits nobody is asked."""

    limits: tuple[Limit, ...] = ()
    """Of each currency, the smallest first."""
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Role -> names, as they are given with --by."""


@dataclass(frozen=True, kw_only=True)
class ContactPoint:
    """A way to a human, or to a recorded request."""

    id: str
    channel: str
    address: str
    hours: str | None = None
    human: bool = False
    settles: tuple[str, ...] = ()
    sends_to: Mapping[str, str] = field(default_factory=dict)
    """Request -> the contact point that people with this request are sent to."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """Attribute of the customer -> the contact point that is given to those of whom it is true: the first that is."""
    place: Place = field(default=UNPLACED, compare=False)

    def given_to(self, needs: Collection[str]) -> str:
        """The id of the contact point for a customer of whom these attributes are true."""
        return next((other for need, other in self.instead.items() if need in needs), self.id)

    @property
    def is_way_out(self) -> bool:
        """Whether it helps: a person answers, or the request is recorded."""
        return self.human or bool(self.settles)
