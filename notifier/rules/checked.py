"""Checked rules: what a project folder says, typed and unambiguous. Later rooms read only these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from pathlib import Path, PurePosixPath

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.reasons import Reason
from notifier.model.schema import Schema
from notifier.model.setting_aside import Part
from notifier.model.types import ChannelName, NoticeClass
from notifier.model.unusual_days import DaysWatched
from notifier.model.values import StoredValue
from notifier.rules.checked_checks import Check, Cost, Topic
from notifier.rules.checked_owners import Authority, Cause, ContactPoint, Owner
from notifier.rules.checked_rules import UNPLACED, Condition, Rule
from notifier.rules.contact_terms import ContactRules
from notifier.rules.expressions import Expression
from notifier.rules.journey import Journey

Supersedes = Mapping[str, tuple[str, ...]]
"""Source of a promise -> the sources whose promises it may take the place of."""


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

    @property
    def topic_labels(self) -> Mapping[str, Mapping[str, str]]:
        """What people read for each topic that has a label of the project's own, by language or locale."""
        return {name: topic.labels for name, topic in self.topics.items() if topic.labels}

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

    def refuse_errors_in(self, *files: str) -> None:
        """Raises ProblemsError with their errors: what limits a decision is never read from half a file."""
        if wrong := [problem for problem in self.errors if problem.place.file in files]:
            raise ProblemsError(wrong)

    @property
    def has_errors(self) -> bool:
        """Whether something was set aside: a rule that is missing may be broken rather than removed."""
        return any(problem.is_error for problem in self.problems)
