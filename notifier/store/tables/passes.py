"""What a pass leaves for the next one, and which rules are in force."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field

from notifier.model.columns import UtcTime
from notifier.model.portions import PortionState
from notifier.model.state import JSON_DOCUMENT, Table
from notifier.store.tables.columns import one_of


class RuleStateRow(Table, table=True):
    """The state of the evaluation of one rule or check; `evaluated_at` is its watermark."""

    __tablename__ = "rule_state"
    kind: str = Field(primary_key=True)
    """`rule` or `check`."""
    name: str = Field(primary_key=True)
    digest: str
    first_pass_at: datetime = Field(sa_type=UtcTime)
    evaluated_at: datetime = Field(sa_type=UtcTime)
    failed: str | None = None
    """Why its last evaluation failed; the next one is a full pass."""
    in_force: bool = True
    definition: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)


class LastPassRow(Table, table=True):
    """When a process last ended a pass of its work without a failure, on one machine."""

    __tablename__ = "last_pass"
    process: str = Field(primary_key=True)
    """What the pass does: one of `model.processes.Process`."""
    host: str = Field(primary_key=True)
    live: bool = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)


class EvaluationLeadRow(Table, table=True):
    """Which pass of which process leads the evaluation; one row, once there was a pass. Unused on SQLite."""

    __tablename__ = "evaluation_lead"
    id: int = Field(primary_key=True)
    """Always 1."""
    tick: str | None = None
    """The pass that leads; None between two of them. What another one decided is not written any more."""
    until: datetime = Field(sa_type=UtcTime)
    """By the clock of the server: from then on another process may lead, unless this one says that it lives."""
    locked: bool
    """Whether its process holds the advisory lock, which is free as soon as it dies."""
    wanted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When a process last found another one leading, and offered to help; by the clock of the server."""


class EvaluationPortionRow(Table, table=True):
    """Some subjects of a rule that one process decides, of a pass that several processes share."""

    __tablename__ = "evaluation_portion"
    __table_args__: ClassVar[Any] = (one_of("state", PortionState),)
    tick: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    rule: str
    now: datetime = Field(sa_type=UtcTime)
    """The instant of the pass: every process decides for it, whatever its own clock says."""
    live: bool
    identity: str
    """What decides besides the state (`Ruleset.identity`)."""
    snapshot: str
    """The exported snapshot of the state that the whole pass sees."""
    work: str
    """What is to be decided, in the shape of `planning.portions`."""
    state: str
    """One of `model.portions.PortionState`."""
    holder: str | None = None
    """Who took it."""
    taken_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """By the clock of the server."""


class BacklogRow(Table, table=True):
    """A row for which a rule without `at` was true before its first pass: recorded, counted, not told.

    Deleted when the rule turns false for the row, so that it is told if the rule becomes true again.
    """

    __tablename__ = "backlog"
    rule: str = Field(primary_key=True)
    subject_id: str = Field(primary_key=True)
    each_id: str = Field(primary_key=True, default="")
    recipient_id: str = Field(primary_key=True, default="")
    recorded_at: datetime = Field(sa_type=UtcTime)
    cause: str
    """`backlog` (first pass) or `baseline` (import --baseline)."""
    dropped_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When a person decided that it is never told, not even when the rule becomes true again: it is kept for good."""


class FiguresRow(Table, table=True):
    """What a subject of a rule said of many rows at once, when all its rows of `each` were decided last.

    Where it still says so, only those of its rows are decided again that changed themselves.
    """

    __tablename__ = "figures"
    rule: str = Field(primary_key=True)
    subject_id: str = Field(primary_key=True)
    truth: str
    """A digest of what decides for which rows the rule is true."""
    claims: str
    """A digest of what is claimed to each of them."""


class SetAsideRow(Table, table=True):
    """What the last tick found set aside while files had errors: owners are alerted of what is new in it."""

    __tablename__ = "set_aside"
    kind: str = Field(primary_key=True)
    """`rule`, `check` or `file`."""
    name: str = Field(primary_key=True)
    live: bool = Field(primary_key=True)
    """Who was alerted in the sandbox was not alerted live."""
    place: str
    why: str
    since: datetime = Field(sa_type=UtcTime)
    kept: bool


class PublishedRulesRow(Table, table=True):
    """A set of files that was put in force; the newest is."""

    __tablename__ = "published_rules"
    id: int | None = Field(default=None, primary_key=True)
    digest: str
    files: bytes | None = None
    """A ZIP archive of all files that decide what is told; the newest sets keep theirs."""
    at: datetime = Field(sa_type=UtcTime)
    how: str
    """`first`, `rested` or `asked`."""
    place: str
    """The machine and the folder that it came from."""
    actor: str | None = None
    reason: str | None = None
    has_errors: bool


class RulesFolderRow(Table, table=True):
    """What each project folder last had in force: a folder that did not change since offers nothing new."""

    __tablename__ = "rules_folder"
    place: str = Field(primary_key=True)
    digest: str
    at: datetime = Field(sa_type=UtcTime)


class DerivationRow(Table, table=True):
    """The inputs that rows were last derived from as a whole; since then only what changed is derived again."""

    __tablename__ = "derivation"
    name: str = Field(primary_key=True)
    """`campaigns`, or `site_days`."""
    digest: str
    """Of `site_days` also from when until when it counts."""


class SiteCalendarRow(Table, table=True):
    """The inputs that the days of a site were last computed from: they are computed again only when these change."""

    __tablename__ = "site_calendar"
    site_id: str = Field(primary_key=True)
    digest: str
    """SHA-256 over the site's hours and zone, its holidays, the exceptions that concern it, and the first day."""
