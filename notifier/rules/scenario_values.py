"""The content of a scenario: what is given, what happens when, and what is expected.

The values of rows stay as written, with their places: intake checks them like any imported row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from notifier.model.contradictions import ContradictionState
from notifier.model.notices import NoticeState
from notifier.model.problems import Place
from notifier.model.types import ChannelName
from notifier.rules.checked import Project
from notifier.rules.expressions import Forecast
from notifier.rules.shapes import NOTICE_DECISIONS
from notifier.rules.yaml_nodes import ScalarValue


@dataclass(frozen=True, kw_only=True)
class ScenarioRow:
    """A row in the form of an import: `values` by import column, attributes as `attributes.NAME`."""

    entity: str
    place: Place
    values: Mapping[str, ScalarValue]
    places: Mapping[str, Place]


@dataclass(frozen=True, kw_only=True)
class ExpectedNotice:
    """A notice, correction or follow-up that must have been decided. None and empty tuples assert nothing."""

    place: Place
    rule: str
    customer: str
    state: NoticeState | None = None
    channels: tuple[ChannelName, ...] = ()
    sms_contains: tuple[str, ...] = ()
    email_contains: tuple[str, ...] = ()
    whatsapp_contains: tuple[str, ...] = ()
    whatsapp_lacks: tuple[str, ...] = ()
    sms_lacks: tuple[str, ...] = ()
    email_lacks: tuple[str, ...] = ()
    calendar_contains: tuple[str, ...] = ()
    """Texts of the entry for a calendar, in short."""
    reason: str | None = None
    """A reason's code, or a part of its sentence."""


@dataclass(frozen=True, kw_only=True)
class ExpectedContradiction:
    """A contradiction that must have opened or changed its state. None asserts nothing."""

    place: Place
    check: str
    subject: str
    """`contract:K-1`"""
    promised: ScalarValue = None
    actual: ScalarValue = None
    owner: str | None = None
    state: ContradictionState | None = None


@dataclass(frozen=True, kw_only=True)
class ExpectedAlert:
    """An alert that an owner must have received. None asserts nothing."""

    place: Place
    owner: str
    check: str | None = None
    rule: str | None = None
    reason: str | None = None
    """A reason's code, or a part of its sentence."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """All that is new since the previous expectation, in any order. None asserts nothing; an empty tuple means none."""

    place: Place
    notices: tuple[ExpectedNotice, ...] | None = None
    corrections: tuple[ExpectedNotice, ...] | None = None
    follow_ups: tuple[ExpectedNotice, ...] | None = None
    contradictions: tuple[ExpectedContradiction, ...] | None = None
    alerts: tuple[ExpectedAlert, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ScenarioReceipt:
    """What a provider says of the last message to a customer on a channel."""

    place: Place
    customer: str
    channel: ChannelName
    delivered: bool
    code: int | None = None


@dataclass(frozen=True, kw_only=True)
class ScenarioReply:
    """What a customer writes back."""

    place: Place
    customer: str
    text: str
    channel: ChannelName


@dataclass(frozen=True, kw_only=True)
class ScenarioOptOut:
    """A customer wants no more: STOP by SMS, or the link of the last mail."""

    place: Place
    customer: str
    channel: ChannelName


@dataclass(frozen=True, kw_only=True)
class ScenarioDecision:
    """What a person decides about one notice or one contradiction. Empty texts were not given."""

    place: Place
    do: str
    """One of `shapes.NOTICE_DECISIONS` or `shapes.CONTRADICTION_DECISIONS`."""
    rule: str = ""
    customer: str = ""
    check: str = ""
    subject: str = ""
    by: str = ""
    reason: str = ""
    until: datetime | None = None
    owner: str = ""
    remedy: str = ""
    next_step: str = ""
    evidence: str = ""
    credit: tuple[Decimal, str] | None = None
    """An amount with its currency."""
    cause: str | None = None
    action: str | None = None
    refused: str | None = None
    """A part of the sentence by which it must be refused; None: it must be carried out."""

    @property
    def about_notice(self) -> bool:
        """Whether it is about a notice, and not about a contradiction."""
        return self.do in NOTICE_DECISIONS


@dataclass(frozen=True, kw_only=True)
class RuleEdit:
    """A text of a file is replaced by another one, in the midst of the story."""

    place: Place
    file: str
    """Its path in the project."""
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """What is written and deleted at one instant, what happens to the daemon, and what is expected after it."""

    place: Place
    at: datetime
    """Aware UTC, not before the previous entry."""
    set: tuple[ScenarioRow, ...] = ()
    delete: Mapping[str, tuple[str, ...]]
    """Entity -> ids."""
    receipts: tuple[ScenarioReceipt, ...] = ()
    replies: tuple[ScenarioReply, ...] = ()
    opt_out: tuple[ScenarioOptOut, ...] = ()
    decide: tuple[ScenarioDecision, ...] = ()
    rule_edit: tuple[RuleEdit, ...] = ()
    restart: bool = False
    """The daemon ends, and a new one starts, before this entry."""
    down_until: datetime | None = None
    """The daemon is off from this entry until then (aware UTC)."""
    clock_skew: timedelta | None = None
    """How far the daemon's clock is ahead from this entry on; None: as before."""
    expect: Expectation | None = None


@dataclass(frozen=True, kw_only=True)
class ScenarioLearned:
    """What the forecasts of a rule say."""

    place: Place
    forecasts: tuple[Forecast, ...]
    left: timedelta
    cases: int


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One scenario."""

    name: str
    place: Place
    files: tuple[str, ...] = ()
    """The rule files in force, relative to the project folder; empty means every one."""
    given: tuple[ScenarioRow, ...] = ()
    learned: tuple[ScenarioLearned, ...] = ()
    timeline: tuple[TimelineEntry, ...]

    def restricted(self, project: Project) -> Project:
        """The project with only the rules and checks of this scenario's files in force."""
        if not self.files:
            return project
        return replace(
            project,
            rules={name: rule for name, rule in project.rules.items() if rule.place.file in self.files},
            checks={name: check for name, check in project.checks.items() if check.place.file in self.files},
        )
