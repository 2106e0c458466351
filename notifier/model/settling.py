"""How a contradiction comes to its end by a person: values of decisions, of passes and of lists. No I/O."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class Way(StrEnum):
    """What a person decided about a contradiction."""

    HONOUR = "honour"
    """The promise stands: somebody corrects the fact until a moment."""
    TELL = "tell"
    """The customer hears of it first, from us."""
    WITHDRAW = "withdraw"
    """The fact stands, and the promise is withdrawn."""
    AGREE = "agree"
    """Both sides agree again."""
    WAIVE = "waive"
    """The difference is accepted."""


CLOSING = (Way.HONOUR, Way.TELL, Way.WITHDRAW, Way.AGREE)
"""Ways of which the cause is asked: something went wrong."""

SECOND = "second"
"""What `waits_for` says where any second person may approve; else it names a role."""


@dataclass(frozen=True, kw_only=True)
class Settling:
    """One row of `settling`."""

    id: str
    contradiction_id: str | None
    """None where a whole group was decided."""
    group_id: str | None = None
    at: datetime
    way: Way
    by: str
    reason: str
    cause: str | None = None
    """Of rules/causes.yaml."""
    action: str | None = None
    """What is done about the cause."""
    owner: str | None = None
    """Who corrects the fact, or tells the customer."""
    due_at: datetime | None = None
    """By when: after that it comes back."""
    evidence: str | None = None
    remedy: str | None = None
    """What the customer gets, in words."""
    next_step: str | None = None
    """What happens next, as the customer is told; `due_at` says until when."""
    credit: Decimal | None = None
    currency: str | None = None
    override: str | None = None
    """Why a procedure was broken; None: it was not."""
    waits_for: str | None = None
    """`second` or a role, while a second person has to approve; None: it holds."""
    approved_by: str | None = None
    approved_at: datetime | None = None
    admission_id: str | None = None
    """The row of `admission` of which the customer is told."""
    told_at: datetime | None = None
    """When the customer was told."""


SETTLING_COLUMNS = tuple(each.name for each in fields(Settling))


@dataclass(frozen=True, kw_only=True)
class CommonCause:
    """What contradictions of one flood have in common."""

    what: str
    """`charge.written_at`, `contract.plan`, `promise.made_by`."""
    value: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """A flood."""

    id: str
    check: str
    owner: str
    opened_at: datetime
    count: int
    causes: tuple[CommonCause, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CameBack:
    """What a tick opens again, once its alert is written: what nobody followed up after taking it."""

    owner: str
    now: datetime
    back_after: timedelta | None
    """How long an acknowledgement holds; None: only what had a moment of its own comes back."""
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """The customer was told of it first: what the tick marks."""

    settling_id: str
    at: datetime
    promises: tuple[str, ...] = ()
    """The records of the promise that the customer knows is not kept."""


@dataclass(frozen=True, kw_only=True)
class StepDue:
    """What a tick marks once its alert is written: a step was said of these."""

    owner: str
    step: int
    """1 for the first."""
    since: datetime
    """Those whose steps count from here, or from earlier."""
    without: tuple[str, ...] = ()
    """Contradictions that are left to the next tick."""


@dataclass(frozen=True, kw_only=True)
class SettlingWork:
    """What a batch writes of settlings beside its drafts and contradictions."""

    steps: tuple[StepDue, ...] = ()
    came_back: tuple[CameBack, ...] = ()
    counted: tuple[str, ...] = ()
    """Settlings of which it was seen whether their cause came back."""
    told: tuple[Told, ...] = ()
    begun: tuple[Group, ...] = ()
    """Floods that are still being found: what is known of them so far, without an alert."""
    groups: tuple[Group, ...] = ()
    """Floods that were found, in the batch that has their alert. What belongs to one of the same check that was begun
    earlier, and was never alerted of, belongs to it."""


@dataclass(frozen=True, kw_only=True)
class CauseAgain:
    """A cause that came back within its time."""

    cause: str
    count: int
    """How many times within that time, this one included."""
    within: timedelta
    first_at: datetime
    last_at: datetime
    contradictions: tuple[str, ...] = ()
    """A few of them, the latest first."""
