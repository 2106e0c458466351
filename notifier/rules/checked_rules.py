"""A rule as it was checked: what it is about, when it speaks, to whom, with which claims and limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from notifier.model.holdouts import Holdout
from notifier.model.notices import ThreadEvent
from notifier.model.problems import Place
from notifier.model.rescues import Rescue
from notifier.model.types import ChannelName, NoticeClass, TopicType
from notifier.rules.expressions import Expression

PROMISE, OTHER = "promise", "other"
"""The entity of promises, and what conditions call a promise that another one is compared with."""
CONTACT = "contact"
"""The entity of contacts."""
UNPLACED = Place("")
"""The position of a value that is in no file."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One boolean clause, as its author wrote it and as it was understood."""

    text: str
    place: Place
    expression: Expression


class DayKind(StrEnum):
    """Which days a moment counts."""

    CALENDAR = "calendar"
    """Every day."""
    WORKING = "working"
    """Monday to Friday without the public holidays of the place."""
    OPENING = "opening"
    """Days on which the row's site opens."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """`48h before appointment.starts_at`, `3d before incident.started_at at 10:00`, or just a timestamp path.

    Without `local_time` the instant is `anchor + offset` (negative for `before`; a day is 24 elapsed hours). With it,
    the instant is that time of the day which is `days` counted days (negative for `before`) from the local date of
    `anchor + offset`, in the zone of the row's site where it has one, else the recipient's.
    """

    text: str
    place: Place
    anchor: Expression
    offset: timedelta = timedelta(0)
    days: int = 0
    counted: DayKind = DayKind.CALENDAR
    local_time: time | None = None
    before: bool = False
    """Written with `before`: if the rule has no `until`, the window ends at the anchor."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One fact that a notice asserts. `currency` is the expression of an amount's currency."""

    name: str
    place: Place
    expression: Expression
    text: str = ""
    """The expression as its author wrote it, white space folded."""
    topic: str
    """The claim's name where the author gave no other."""
    type: TopicType
    currency: Expression | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """What a correction calls it, by locale or language."""
    seen: bool = False
    """No claim, but a value that texts ask and do not print (`texts_see`)."""

    @property
    def of_list(self) -> str:
        """The list whose rows say it, each its own: `visits` of `visits.starts_at`; empty where it is said once."""
        return self.name.rpartition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """The claims of which a mail makes an entry for its reader's calendar, by their names."""

    starts: str
    """A timestamp, or a window that says the end, too."""
    ends: str | None = None
    place: str | None = None


class InvitationChange(StrEnum):
    """What a follow-up's mail does to the entry."""

    UPDATE = "update"
    CANCEL = "cancel"


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """A notice sent to those who were told, when its conditions come true, or on an event: one of both is given."""

    when: tuple[Condition, ...] = ()
    on: ThreadEvent | None = None
    template: str | None
    """None: no customer is told (`tell: nobody`, `tell: owner`)."""
    tell_owner: bool = False
    """Its owner hears, as where no follow-up fits."""
    tell_late: bool = False
    """It helps also after the moment that was told: quiet hours only put it off."""
    invitation: InvitationChange | None = None
    """None: its mail carries no entry."""
    place: Place = field(default=UNPLACED, compare=False)


@dataclass(frozen=True, kw_only=True)
class TextsByValue:
    """Texts of one rule that are chosen by a value of its row: `template: { by: appointment.kind, … }`."""

    by: Expression
    """A text."""
    templates: Mapping[str, str]
    """Value -> template; any other value has the rule's own."""


DEFAULT_RECIPIENTS = 500
"""The limit of a rule that can reach many customers for one row, where it states none."""


@dataclass(frozen=True, kw_only=True)
class Stops:
    """What stops a canary, of each kind: a number of its customers, or a fraction of them (0.04 for `4%`)."""

    failures: Decimal
    opt_outs: Decimal
    replies: Decimal


STOP_AT = Stops(failures=Decimal(3), opt_outs=Decimal(2), replies=Decimal(5))
"""Where a rule does not say it. Of 50, three are 2 to 16 % (95 %): a share of so few says less than their number."""
STOP_ABOVE = Stops(failures=Decimal("0.04"), opt_outs=Decimal("0.02"), replies=Decimal("0.10"))
"""Where a rule does not say it: about twice what providers call a bad list."""
SHARES_FROM = 200
"""The fewest customers of whom a share is weighed: of 50, three are 2 to 16 % (95 %)."""


@dataclass(frozen=True, kw_only=True)
class Canary:
    """So many customers hear a version of a rule first; the others wait, and longer where it went badly."""

    first: int
    then_wait: timedelta
    stop_at: Stops = STOP_AT
    """From so many on it stops: of fewer than 200 customers, and of safety."""
    stop_above: Stops = STOP_ABOVE
    """Above such a fraction it stops: of 200 customers or more."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many distinct recipients a rule may reach in 24 h before a person must approve. None: no such limit."""

    recipients: int | None = None
    share: Decimal | None = None
    """A fraction of all customers (0.10 for `10%`); applies above 50 recipients."""
    canary: Canary | None = None
    """None: all hear it at once."""


@dataclass(frozen=True, kw_only=True)
class PlannedAction:
    """What the company does besides sending the notice."""

    do: str
    owner: str
    within: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A known contingency: a statement that is true or false at `now`, for one row and one recipient."""

    name: str
    place: Place
    about: str
    """The entity; conditions call the row by this name."""
    each_name: str | None = None
    each: Expression | None = None
    """A to-many path to a second row; conditions call it `each_name`. `each.entity` is its entity."""
    to: Expression
    """A path that ends at customers: type ENTITY, or ENTITIES where it crosses a to-many relation."""
    touchpoint: str | None
    owner: str
    notice_class: NoticeClass
    when: tuple[Condition, ...]
    unless: tuple[Condition, ...] = ()
    at: tuple[Moment, ...] = ()
    until: Moment | None = None
    """None: the default of the direction (before: the anchor; after: 24 h after `at`; no `at`: none)."""
    lead: timedelta | None = None
    """How long before the anchor of a moment its notice is told at the latest: its owner hears of each later one."""
    repeat: timedelta | None = None
    born_late: str | None = None
    """`tell` or `skip`: what holds for a moment that had passed before its row, or its anchor, came to be."""
    group: str | None = None
    """What goes in one message: `customer`, what falls due at once for one; of this, `day` what is on one local day,
    `order` what belongs to one order."""
    claims: tuple[Claim, ...] = ()
    template: str
    texts: TextsByValue | None = None
    """Other texts than `template` for some values of the row."""
    channels: tuple[ChannelName, ...]
    exit: str
    on_change: str = "correct"
    follow_up: tuple[FollowUp, ...] = ()
    limits: Limits = field(default_factory=Limits)
    plan: tuple[PlannedAction, ...] = ()
    copies: tuple[str, ...] = ()
    """Who gets a copy of what customers are told, by mail: `owner`, `seller`."""
    rescue: Rescue | None = None
    """What is offered when what it tells goes wrong; None where its author does not say."""
    tell_backlog: bool = False
    never_earlier: bool = False
    """Whether it is not told before its moment, although hours are closed from then on until `until`."""
    fallback_after: timedelta | None = None
    """How long its provider may say nothing of a message before another channel speaks; None: for ever."""
    merges: bool = True
    """The same words go once to an address that several customers share; False where each must get their own."""
    confirm: str | None = None
    """The status that the row gets when its customer answers yes to the notice; None where it asks nothing."""
    invitation: Invitation | None = None
    """None: its mails carry no entry for a calendar."""
    approvals: int = 0
    """How many people approve each of its notices; 0: only what a limit or a canary holds back, and one of them."""
    shadow: bool = False
    """It decides and records what it would tell, and tells nobody."""
    duty: str | None = None
    """Which law, contract or word demands that everybody is told; None: none does."""
    holdout: Holdout | None = None
    """Who is not told for a time, so that it can be seen what telling changes; None: everybody is told."""
    came_true: tuple[Condition, ...] = ()
    """What is true of the row in the end where the notice was right; reports count it. Empty: nobody asks."""
    hush: Mapping[str, str] = field(default_factory=dict)
    """The codes of warnings about it that are not shown, each with the reason."""
    digest: str = ""
    """SHA-256 of everything that decides what this rule says: itself, its templates, and what it refers to."""
    template_digests: Mapping[str, str] = field(default_factory=dict)

    def skips_born_late(self, moment: Moment) -> bool:
        """Whether nobody is told of such a moment.

        Where the rule does not say: not of one before its anchor, of which nobody was warned in time. What is told
        after an event is told although the event was recorded late.
        """
        return moment.before if self.born_late is None else self.born_late == "skip"

    @cached_property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """The labels of the claims that have some, by name."""
        return {claim.name: claim.labels for claim in self.claims if claim.labels}

    @property
    def first_templates(self) -> tuple[str, ...]:
        """The templates of its notices, each once."""
        others = () if self.texts is None else self.texts.templates.values()
        return tuple(dict.fromkeys([self.template, *others]))

    @property
    def templates(self) -> tuple[str, ...]:
        """The templates of its notices and follow-ups, each once."""
        follow_ups = (each.template for each in self.follow_up if each.template is not None)
        return tuple(dict.fromkeys([*self.first_templates, *follow_ups]))

    @property
    def names(self) -> Mapping[str, str]:
        """The names that conditions and claims may use for rows, each with its entity."""
        names = {self.about: self.about}
        if self.each is not None and self.each_name is not None:
            names[self.each_name] = self.each.entity or ""
        return names
