"""What planning decides from, and what it decides: the situation of some subjects, and the intents about them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from notifier.model.notices import Claims, Match, NoticeKind, Reason, ReasonCode, ThreadEvent
from notifier.model.plain_values import plain_value
from notifier.model.reading import BacklogKey, KnownNotice
from notifier.model.types import ChannelName
from notifier.planning.occurrences import Thread, thread_of


class Action(StrEnum):
    """What is to be done about one occurrence."""

    PLAN = "plan"
    EXPIRE = "expire"
    CANCEL = "cancel"
    SPEND = "spend"
    """Record it as never to be told."""
    KEEP = "keep"
    """It was told, or is not to be told: nothing is to be done. Shown by preview."""
    ALERT = "alert"
    """Nobody is told, and its owner must know: what a customer was told is no longer true, and no follow-up says so."""
    RESEND = "resend"
    """Say on one more channel what was told on another one: asked for before a message of it is sent."""


@plain_value(frozen=True, kw_only=True)
class Intent:
    """One occurrence and what is to be done about it."""

    action: Action
    kind: NoticeKind
    occurrence: str
    match: Match
    template: str
    until: datetime | None
    known: KnownNotice | None = None
    told: KnownNotice | None = None
    """The told notice that this corrects or follows up: its claims are what the customer was told last."""
    current: Claims = field(default_factory=dict)
    """For a follow-up: the claims that are true now. Those of the match are the ones last told."""
    last_told: KnownNotice | None = None
    """The notice of its thread that was told last: the thread goes on in its language."""
    event: ThreadEvent | None = None
    """What became of the told row, where that is why it is said; None for a notice or a correction like any other."""
    holders: tuple[str, ...] = ()
    """For REASSIGNED: whose the row is now."""
    reason: Reason | None = None
    """Why nothing is to be told; None where the gates are asked."""
    resend_on: ChannelName | None = None
    """For RESEND: the one channel in question."""
    instead_of: KnownNotice | None = None
    """What was told and did not arrive: this says it elsewhere."""

    @property
    def thread(self) -> Thread:
        """All that the rule tells this recipient about this subject."""
        return thread_of(self.match.subject_id, self.match.each_id, self.match.recipient_id)


@plain_value(frozen=True, kw_only=True)
class Situation:
    """What is true and what is known about some subjects of one rule at `now`."""

    now: datetime
    live: bool
    matches: Sequence[Match]
    """True now, inside the window of a moment."""
    missed: Sequence[Match] = ()
    """The condition holds, and the window of a moment ended since the last pass."""
    holding: Sequence[Match] = ()
    """The condition holds, whatever the windows say: one a moment."""
    coming: Sequence[Match] = ()
    """Of those, the ones whose moment is ahead, and so near that it may have to be told before."""
    following: Mapping[int, Sequence[Match]] = field(default_factory=dict)
    """For each follow-up with conditions, the rows for which they are true (without recipient)."""
    lost: Mapping[Thread, tuple[str, ...]] = field(default_factory=dict)
    """Threads that were told something and whose recipient the row no longer belongs to: to whom it belongs now."""
    gone: Collection[Thread] = ()
    """Threads that were told something and whose row is deleted."""
    continues: Mapping[Thread, Thread] = field(default_factory=dict)
    """Threads that go on as another one: its new holder reads at the same addresses what was told."""
    known: Sequence[KnownNotice] = ()
    backlog: Collection[BacklogKey] = ()
    subjects: Collection[str] | None = None
    """The subjects about which something is decided; None: all. Of rows that replace each other all are read."""
    dropped: Collection[BacklogKey] = ()
    """Those in the backlog that a person dropped: they stay there, whatever becomes true of them."""
    baseline: Mapping[str, datetime] = field(default_factory=dict)
    """Subjects that only a baseline import touched, with its date: what was past by then is told to nobody."""
    true_when_loaded: Collection[Thread] = ()
    """Of a rule without `at`: the threads of these subjects for which it was true already on that date."""
    first_pass: bool = False
    new_follow_ups: Collection[int] = ()
    """Follow-ups that the rule did not have when it was last evaluated: what they would say is old news."""
    edited: bool = False
    """The rule means something else than at its last pass: what the edit made untrue is no change of the facts."""
    resend: Mapping[str, ChannelName] = field(default_factory=dict)
    """Told occurrences of which a message is about to go on one more channel: the recheck asks what becomes of it."""


@plain_value(frozen=True, kw_only=True)
class Intents:
    """What is to be done, and how the backlog changes."""

    intents: Sequence[Intent]
    backlog_added: Mapping[BacklogKey, ReasonCode]
    backlog_removed: Collection[BacklogKey]
    told: Sequence[KnownNotice] = ()
    """What was told about these subjects, to whomever."""
    said_again: Sequence[KnownNotice] = ()
    """What later passes need not read (`planning.repeats`)."""
