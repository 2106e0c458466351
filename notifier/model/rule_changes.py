"""How two versions of a project's rules differ: in what they say, and for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from notifier.model.notices import Claims, NoticeState


class ChangeKind(StrEnum):
    """What became of a rule, a check, or something that they all read."""

    NEW = "new"
    GONE = "gone"
    EDITED = "edited"


@dataclass(frozen=True, kw_only=True)
class ChangedPart:
    """One thing that another version says differently: a key of a rule, its texts, what it refers to."""

    name: str
    before: str = ""
    """Empty where it was not there; and where it is not one line: what was compared then is its digest."""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A rule or check that is another one by its digest, or what all of them read."""

    what: str
    """`rule`, `check` or `project`."""
    name: str
    kind: ChangeKind
    parts: tuple[ChangedPart, ...] = ()


class Effect(StrEnum):
    """What a change of rules means for one notice."""

    ADDED = "added"
    """It is told, and was not."""
    DROPPED = "dropped"
    """It is not told, and was."""
    OTHERWISE = "otherwise"
    """It says something else, or goes on other channels."""
    MOVED = "moved"
    """It says the same at another time."""


@dataclass(frozen=True, kw_only=True)
class ToldAhead:
    """One notice that would be told."""

    occurrence: str
    rule: str
    subject: str
    """`appointment:A-1`."""
    recipient: str | None
    at: datetime
    reason: str
    claims: Claims
    texts: Mapping[str, str]
    """By channel: subject and text."""
    segments: int = 0
    cost: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency."""


@dataclass(frozen=True, kw_only=True)
class NotTold:
    """One notice that would not be told by the end of the time looked at, and why."""

    state: NoticeState
    reason: str


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What one version of the rules tells within some days."""

    told: Mapping[str, ToldAhead]
    not_told: Mapping[str, NotTold]


@dataclass(frozen=True, kw_only=True)
class Affected:
    """One notice that is another one by the other version of the rules."""

    effect: Effect
    rule: str
    subject: str
    recipient: str | None
    at: datetime
    """When it is told; of what is dropped, when it was to be told."""
    was_at: datetime | None = None
    """Where it was to be told at another time: when."""
    why: str
    why_before: str
    pending: bool
    """It waits in the outbox already."""
    claims: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """The claims that differ: what each was and is; None where it is not said."""
    texts: tuple[str, ...] = ()
    """The channels whose words differ."""
    lines: tuple[str, ...] = ()
    """What differs in the words of the first such channel: lines with `-` and `+`."""


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What one version sends."""

    notices: int
    customers: int
    messages: int
    segments: int
    cost: Mapping[str, Decimal]
    """By currency, as far as prices are known."""


@dataclass(frozen=True, kw_only=True)
class RulesDiff:
    """Both halves: what changed in the rules, and who is affected."""

    before: str
    """How the older version is called: a folder, a revision, `what is in force`."""
    after: str
    now: datetime
    until: datetime
    changed: Sequence[Changed]
    affected: Sequence[Affected]
    bill_before: Bill
    bill_after: Bill

    def customers(self, effect: Effect) -> set[str]:
        """The customers with such a notice."""
        return {each.recipient or "" for each in self.affected if each.effect is effect}
