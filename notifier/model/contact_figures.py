"""What contacts cost, whom, and why: counts with what they are of, by reason. Values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from notifier.model.figures import Amount, Spans
from notifier.model.rates import Rate, Trend
from notifier.model.reasons import Reason
from notifier.model.shares import Share

TOO_UNCLEAR = 0.15
"""A larger share of contacts without a reason makes every ranking doubtful."""


class Per(StrEnum):
    """What contacts are counted by."""

    ORDER = "order"
    """Orders placed in the week."""
    APPOINTMENT = "appointment"
    """Appointments that begin in the week."""
    CONTRACT = "contract"
    """Contracts in force at any time of the week: over several weeks one counts in each of them."""

    @property
    def unit(self) -> str:
        """What a rate over all weeks is of: `order`, `appointment`, `contract-week`."""
        return "contract-week" if self is Per.CONTRACT else self.value


@dataclass(frozen=True, kw_only=True)
class Week:
    """One week of the report, from Monday to Monday in its zone; cut where the period begins or ends."""

    start: datetime
    end: datetime
    whole: bool
    base: int
    """Orders, appointments or contracts of the week."""


@dataclass(frozen=True, kw_only=True)
class ReasonFigures:
    """The contacts of one reason, or all of them."""

    reason: str | None
    """Its key; None for all contacts."""
    contacts: int = 0
    customers: int = 0
    """How many people they are of."""
    feedback: int = 0
    """Complaints, surveys and reviews with this reason: they are no contacts, and in no rate."""
    rate: Rate = field(default_factory=lambda: Rate(count=0, base=0))
    weeks: Sequence[Rate] = ()
    """Contacts of each week, by its base."""
    trend: Trend | None = None
    """Of people with such a contact; None where no week has a base."""
    again: Share = field(default_factory=lambda: Share(part=0, whole=0))
    """Of those about something that is known, and whose time is over, those that another one about it followed."""


@dataclass(frozen=True, kw_only=True)
class OwnerCost:
    """What the contacts of one owner's reasons cost the company."""

    owner: str
    contacts: int = 0
    minutes: int = 0
    amounts: Sequence[Amount] = ()
    """By currency; several are never added up."""
    timed: int = 0
    """Of the contacts, those whose reason says how long it takes."""
    priced: int = 0
    """Of the contacts, those whose reason says what it costs."""


@dataclass(frozen=True, kw_only=True)
class Snowball:
    """One thing about which one customer had to get in touch again and again."""

    customer: str
    about: str
    """The row (`order:O-1`) or word that the contacts name, or `reason KEY` where they name none."""
    contacts: int
    channels: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class ChannelFigures:
    """What became of the contacts of one reason on one channel: where few are settled and most move on, is a hole."""

    reason: str
    channel: str
    solved: Share
    """Those that the channel itself says it solved."""
    moved: Share
    """Those that the same person took to another channel in time."""
    to: Mapping[str, int] = field(default_factory=dict)
    """To which channels, and how many."""

    @property
    def is_hole(self) -> bool:
        """Whether, of enough contacts, none was solved here and some moved on, or surely more than half moved on."""
        if not self.moved.can_be_said or not self.moved.part:
            return False
        interval = self.moved.interval
        return not self.solved.part or (interval is not None and interval[0] > 0.5)


@dataclass(frozen=True, kw_only=True)
class Circle:
    """A sequence of channels that came back to where it began, within one matter and two weeks."""

    path: tuple[str, ...]
    """`phone, chat, phone`"""
    matters: int
    customers: int
    of: int
    """Matters of more than one contact."""


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What customers had to do in episodes that began with one reason.

    An episode is the contacts of one matter, without a pause of two weeks. Its points are its steps,
    questions and transfers, and its whole days.
    """

    reason: str
    episodes: int
    going: int
    """Of these, those that may go on: something came in the last two weeks."""
    steps: float
    """Times that the customer got in touch, on average."""
    questions: float
    """Times that they were asked for something, on average."""
    transfers: float
    """Times that they had to change the channel, on average."""
    lasted: Spans
    """From the first contact to the last."""
    median_points: int
    ninetieth_points: int


@dataclass(frozen=True, kw_only=True)
class AfterNotice:
    """What customers did in the hours after a rule's notices; of notices whose hours are over."""

    rule: str
    replied: Share
    asked: Share
    """Notices after which the customer got in touch about the same row, or about nothing in particular."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What customers wanted in the hours after a rule's notice: what it should have answered."""

    rule: str
    reason: str
    contacts: int
    """Each counts for the last notice before it."""
    of: int
    """All contacts in the hours after the rule's notices."""


@dataclass(frozen=True, kw_only=True)
class ContactReport:
    """What contacts cost, whom, and why."""

    at: datetime
    since: datetime
    until: datetime
    per: Per
    again_within: timedelta
    asked_within: timedelta
    weeks: Sequence[Week]
    reasons: Mapping[str, Reason]
    """As `rules/reasons.yaml` has them now."""
    total: ReasonFigures
    by_reason: Sequence[ReasonFigures]
    """The most frequent first; what is unclear is none of them."""
    feedback: Share
    """Of all complaints, surveys and reviews, those with a reason."""
    unclear: Share
    """Of all contacts, those without a reason."""
    owners: Sequence[OwnerCost]
    snowballs: Sequence[Snowball]
    """The largest ones."""
    channels: Sequence[ChannelFigures]
    circles: Sequence[Circle]
    effort: Sequence[Effort]
    after_notices: Sequence[AfterNotice]
    questions: Sequence[Question]

    def title(self, reason: str) -> str:
        """A reason in words; its key where the file has it no more."""
        return self.reasons[reason].title if reason in self.reasons else reason

    @property
    def holes(self) -> Sequence[ChannelFigures]:
        """Where people wanted something that the channel did not give them."""
        return [each for each in self.channels if each.is_hole]

    @property
    def is_too_unclear(self) -> bool:
        """Whether so many contacts have no reason that the ranking is doubtful."""
        value = self.unclear.value
        return value is not None and value > TOO_UNCLEAR
