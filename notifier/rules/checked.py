"""Checked rules: what a project folder says, typed and unambiguous. Later rooms read only these."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from pathlib import Path, PurePosixPath

from notifier.calendars.business_hours import BusinessHours
from notifier.model.holdouts import Holdout
from notifier.model.notices import ThreadEvent
from notifier.model.problems import Place, Problem
from notifier.model.reasons import Reason
from notifier.model.rescues import Rescue
from notifier.model.schema import Schema
from notifier.model.setting_aside import Part
from notifier.model.types import ChannelName, NoticeClass, TopicType
from notifier.model.unusual_days import DaysWatched
from notifier.model.values import StoredValue
from notifier.model.weekly import WeeklyMoment
from notifier.rules.contact_terms import ContactRules
from notifier.rules.expressions import Count, Expression, Sum
from notifier.rules.journey import Journey

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


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How far a fact may be from the promise: a share of the promised value, an amount, or a duration."""

    share: Decimal | None = None
    amount: Decimal | None = None
    currency: str | None = None
    duration: timedelta | None = None


Supersedes = Mapping[str, tuple[str, ...]]
"""Source of a promise -> the sources whose promises it may take the place of."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What something costs the company once."""

    amount: Decimal
    currency: str
    """ISO 4217."""


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Which notices an open contradiction holds: those of these rules, and those that claim one of these topics."""

    topics: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Implied:
    """What a business row promises by itself, without a recorded promise: a cancelled contract, that nothing is owed.

    Expressions call the row by its entity.
    """

    entity: str
    value: Expression
    currency: Expression | None = None
    tax_included: Expression | None = None
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Check:
    """A comparison of a promise topic with a fact, or (`kept_when`) with something that must happen in time."""

    name: str
    place: Place
    topic: str
    topic_type: TopicType
    worse: str | None
    """`higher` or `lower`: only a fact on that side of the promise contradicts it. None: either side does."""
    implied: Implied | None = None
    """What is promised, where it is not what promises of the topic say."""
    against: str | None = None
    """The entity of the fact's rows."""
    on: tuple[Expression, ...] = ()
    """Paths from the fact's row (the fact's own name stands for the row itself) to the promise's subject."""
    when: tuple[Condition, ...] = ()
    actual: Expression | None = None
    actual_currency: Expression | None = None
    """Where `actual` is a sum, it is the currency of one of the rows that are added up; likewise whether tax is
    included."""
    actual_tax_included: Expression | None = None
    actual_until: Expression | None = None
    """Of a window, its end; `actual` is its start."""
    unit: str | None = None
    """Of a quantity: what promise and fact are counted in."""
    valid_at: tuple[Expression, ...] = ()
    """What `valid_from` and `valid_until` are held against: the first that has a value, else `surfaces_at`."""
    not_superseded: Condition | None = None
    """That the promise is not superseded by another; None where the state implies it."""
    other_not_superseded: Condition | None = None
    """The same of the promise that it is compared with, where it is compared with promises."""
    kept_when: tuple[Condition, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    surfaces_at: Expression | None = None
    warn: timedelta
    owner: str
    severity: str
    hold: Hold = field(default_factory=Hold)
    avoids: str | None = None
    """What it spares the company when the fact gives way in time: the name of a cost (`rules/policy.yaml`)."""
    digest: str = ""

    @property
    def of_promises(self) -> bool:
        """Whether promises are compared with promises; conditions call the second one `other`."""
        return self.against == PROMISE

    @property
    def of_contacts(self) -> bool:
        """Whether its facts are contacts: each is something that happened, of which the owner hears by itself."""
        return self.against == CONTACT

    @property
    def fact_name(self) -> str:
        """What expressions call the fact's row; empty for a check with `kept_when`."""
        return OTHER if self.of_promises else self.against or ""

    @property
    def summed(self) -> Sum | Count | None:
        """`actual`, where it is a sum or a count of rows."""
        return self.actual if isinstance(self.actual, Sum | Count) else None


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What a promise or a claim is about."""

    name: str
    type: TopicType
    worse: str | None = None
    unit: str | None = None
    """What a quantity is counted in."""
    tolerance: Tolerance | None = None
    """How far a fact may be from a promise, where the check does not say it."""
    due_by_value: bool = False
    """A promise that names no `due_at` is due by its value: at that instant, at the end of that window, or that long
    after it was made."""
    counted_in: BusinessHours | None = None
    """The hours in which a length of time counts that says when a promise is due; None for all hours."""
    place: Place = field(default=UNPLACED, compare=False)


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


@dataclass(frozen=True, kw_only=True)
class AllowedHours:
    """The hours of a local day in which a class of notices may go out; an equal start and end mean the whole day."""

    start: time
    end: time


HOURS_BY_LAW = (NoticeClass.COLLECTIONS, NoticeClass.MARKETING)
"""Classes whose hours are law in several countries, on every channel: nothing goes out outside of them."""
PolicyKey = tuple[str, NoticeClass, str]
"""Country, class and channel; `*` stands for every country, every channel."""


@dataclass(frozen=True, kw_only=True)
class AllowedWeek:
    """Hours that differ by weekday or on public holidays: `Mo-Fr 08:00-20:00; Sa 09:00-14:00; PH off`."""

    hours: str
    """OSM syntax; every hour of it is known, and some hour of a year is allowed."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Quiet hours by country, class and channel; contact law and manners."""

    hours: Mapping[PolicyKey, AllowedHours | AllowedWeek] = field(default_factory=dict)
    overridden: tuple[PolicyKey, ...] = ()
    """Where a correction or follow-up that would come too late goes out in quiet hours; sorted."""
    fallback_after: timedelta | None = None
    """`Rule.fallback_after` of rules that do not say it themselves."""
    decreed: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    """Country -> public holidays that its calendar lacks: the days that `rules/hours.yaml` closes there."""
    contact: ContactRules = field(default_factory=ContactRules)
    """How often and when people may be written to besides, and what an opt-out stops."""
    approvals: Mapping[NoticeClass, int] = field(default_factory=dict)
    """`Rule.approvals` of rules that do not say it themselves."""


@dataclass(frozen=True, kw_only=True)
class HoursException:
    """Different opening hours of some sites on some dates (`rules/hours.yaml`); `hours` is OSM syntax, or `off`."""

    sites: tuple[str, ...]
    """Site ids; empty means every site."""
    dates: tuple[date, ...]
    hours: str
    reason: str | None
    place: Place
    country: str | None = None
    """ISO 3166; None means every country."""

    def concerns(self, site_id: str | None, country: str) -> bool:
        """Whether it holds at this site, or where there is no site (None) in this country."""
        return (not self.sites or site_id in self.sites) and self.country in (None, country)


@dataclass(frozen=True, kw_only=True)
class CalendarSpan:
    """So many calendar days, weeks, months or years: `6 months` from 31 August ends with February."""

    number: int
    unit: str
    """day, week, month or year."""


@dataclass(frozen=True, kw_only=True)
class CampaignPromise:
    """What everybody with a campaign's code is promised."""

    topic: str
    value: StoredValue
    currency: str | None = None
    tax_included: bool | None = None
    valid: CalendarSpan | None = None
    """How long, from the start of the contract or the placing of the order; None: without end."""
    place: Place


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """What a campaign promises to every contract and order with its code (`rules/campaigns.yaml`)."""

    code: str
    promises: tuple[CampaignPromise, ...]
    place: Place


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A rule or check with an error, or a second one of a name: it is set aside."""

    kind: Part
    name: str
    problems: tuple[Problem, ...]
    """At least one."""
    owner: str | None = None
    """As written, which need not be an owner that there is."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """Where something is published, and what it is held against. Without `topic` it is the hours of sites."""

    id: str
    files: tuple[str, ...]
    """Patterns below the project folder: `pages/*.html`."""
    about: str
    """The entity of the rows."""
    named: tuple[Expression, ...]
    """A claim is about the rows of which one of these is what the page calls its thing."""
    when: tuple[Condition, ...] = ()
    topic: Topic | None = None
    actual: Expression | None = None
    currency: Expression | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """How a list calls the columns `name`, `value`, `currency` and `topic`."""
    owner: str | None = None
    place: Place = field(default=UNPLACED, compare=False)

    @property
    def is_of_hours(self) -> bool:
        """Whether it is about the opening hours of sites."""
        return self.topic is None

    def reads(self, file: str) -> bool:
        """Whether the file, by its path below the project folder, is one of its."""
        return any(PurePosixPath(file).match(pattern) for pattern in self.files)


@dataclass(frozen=True, kw_only=True)
class ApprovedText:
    """A WhatsApp text that was handed in for approval."""

    template: str
    locale: str
    """That of its template's file."""
    body: str
    """As it was handed in, with `{{1}}` where the first value stands."""
    content_sid: str | None
    """Twilio's id of it; None while it waits for approval."""
    place: Place = field(default=UNPLACED, compare=False)


@dataclass(frozen=True, kw_only=True)
class Project:
    """Everything a project folder says. Only rules and checks without an error are in `rules` and `checks`."""

    folder: Path
    schema: Schema
    rules: Mapping[str, Rule]
    checks: Mapping[str, Check]
    topics: Mapping[str, Topic]
    owners: Mapping[str, Owner]
    contact_points: Mapping[str, ContactPoint]
    policy: Policy
    hours: tuple[HoursException, ...]
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    supersedes: Supersedes = field(default_factory=dict)
    """Source -> the sources whose promises a promise of this one may take the place of."""
    costs: Mapping[str, Cost] = field(default_factory=dict)
    """What a thing costs the company once, by name: `truck_roll`."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Template file path relative to `templates/` -> its source."""
    causes: Mapping[str, Cause] = field(default_factory=dict)
    """Why promises are broken; empty without `rules/causes.yaml`: then closing a contradiction names none."""
    cause_needed_by: frozenset[str] = frozenset()
    """The commands that close nothing without a cause: `settle`, `resolve`."""
    authority: Authority = field(default_factory=Authority)
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    """Why people get in touch, by key; empty without `rules/reasons.yaml`: then no contact is given one."""
    journey: Journey | None = None
    """The map of the customer's journey; None without `rules/journey.yaml`: then touchpoints are free text."""
    map_problems: tuple[Problem, ...] = ()
    """What is wrong with the map. Nobody is told anything by it, so these set nothing aside: they are errors of `rules
    check` alone."""
    unusual_days: DaysWatched | None = None
    """Who is alerted of a day with unusually many contacts; None: nobody."""
    published: Mapping[str, Published] = field(default_factory=dict)
    """Where prices, hours and terms are published, by name."""
    approved_texts: tuple[ApprovedText, ...] = ()
    """WhatsApp texts that were handed in for approval; those with a ContentSid may be sent."""
    problems: tuple[Problem, ...] = ()
    broken: tuple[Broken, ...] = ()
    """The rules and checks that an error of their own sets aside, as far as their names can be read."""
    gaps: tuple[Problem, ...] = ()
    """The errors because of which nobody knows what the files say as a whole: what cannot be read, and hours, policy,
    campaigns and attributes with an error. By a project with a gap nobody is told anything."""

    def without(self, broken: Sequence[Broken]) -> "Project":
        """The project without these rules; it has their errors among its own."""
        if not broken:
            return self
        wrong = {each.name for each in broken}
        return replace(
            self,
            rules={name: rule for name, rule in self.rules.items() if name not in wrong},
            problems=tuple(sorted({*self.problems, *(problem for each in broken for problem in each.problems)})),
            broken=(*self.broken, *broken),
        )

    @property
    def grouped(self) -> frozenset[str]:
        """The rules with `group`: several of their notices may be one message."""
        return frozenset(name for name, rule in self.rules.items() if rule.group is not None)

    @property
    def speaks_whatsapp(self) -> bool:
        """Whether any rule speaks by WhatsApp: then a customer's phone number is an address of it, too."""
        return any(ChannelName.WHATSAPP in rule.channels for rule in self.rules.values())

    @property
    def inviting(self) -> frozenset[str]:
        """The rules with `invitation`: their mails carry an entry for a calendar."""
        return frozenset(name for name, rule in self.rules.items() if rule.invitation is not None)

    @property
    def errors(self) -> Sequence[Problem]:
        """The problems that set something aside; the rest are warnings."""
        return [problem for problem in self.problems if problem.is_error]

    @property
    def has_errors(self) -> bool:
        """Whether something was set aside: a rule that is missing may be broken rather than removed."""
        return any(problem.is_error for problem in self.problems)
