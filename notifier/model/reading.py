"""The interface through which `draft()` reads; the pipeline writes nothing.

The store implements it on one connection (`store.reader.Reader`), so that everything a draft reads is one snapshot.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from notifier.model.action_reading import ActionQuestions
from notifier.model.address_reading import AddressQuestions
from notifier.model.clock import CLOCKS_DIFFER
from notifier.model.companion_reading import CompanionQuestions
from notifier.model.contradiction_reading import ContradictionQuestions
from notifier.model.listening_reading import ListeningQuestions
from notifier.model.notices import UNSENT, Claims, NoticeKind, NoticeState, ReasonCode, ThreadEvent, Voice
from notifier.model.replies import WaitingReply
from notifier.model.row_address_reading import RowAddressQuestions, Rows
from notifier.model.setting_aside import SetAside
from notifier.model.settling_reading import SettlingQuestions
from notifier.model.types import Address, ChannelName
from notifier.model.unread import Unread


class StoreError(Exception):
    """The store as a whole cannot read or write (locked, full, gone). The current transaction is rolled back.

    The message says why and what to do. An error in a single statement is another exception.
    """


@dataclass(frozen=True, kw_only=True)
class KnownNotice:
    """A notice that the outbox already has.

    What another notice told for it, at an address that both share, counts as told: `told_at`, `told_channels` and
    `spent` say so, as if it had spoken itself.
    """

    id: str
    occurrence: str
    reference: str
    kind: NoticeKind
    rule: str
    subject_id: str
    each_id: str | None
    recipient_id: str | None
    template: str
    ordinal: int
    anchor: datetime | None
    until: datetime | None
    state: NoticeState
    reason_code: ReasonCode
    spent: bool
    told_at: datetime | None
    changed_at: datetime
    deferred_until: datetime | None = None
    claims: Claims
    claims_digest: str
    content_digest: str
    rule_digest: str
    channels: tuple[ChannelName, ...] = ()
    """The channels of the last plan."""
    told_channels: tuple[ChannelName, ...]
    """The channels on which one of its messages was handed over, and did not come back."""
    told_addresses: frozenset[Address] = frozenset()
    """Where those messages went."""
    unheard: Mapping[Address, str] = field(default_factory=dict)
    """Where its messages were handed over and did not arrive, each with the reason."""
    delivered: frozenset[Address] = frozenset()
    """Of `told_addresses`, those at which it arrived, as a receipt says."""
    unconfirmed: frozenset[Address] = frozenset()
    """Of `told_addresses`, those whose provider says when something arrived there, and has not said so yet."""
    going_to: frozenset[Address] = frozenset()
    """Where messages of a told notice are still to go."""
    through: Mapping[ChannelName, Voice] = field(default_factory=dict)
    """The channels on which another notice speaks for it."""
    failed: Mapping[Address, str] = field(default_factory=dict)
    """The addresses that refused it permanently, each with the reason: it is not sent there again."""
    in_flight: bool = False
    """Whether a provider may be receiving it right now, or nobody knows whether one did: nothing else is decided of it
    until that is known."""
    contradictions: tuple[str, ...]
    passed_limits: bool
    approved_digest: str | None
    approvals: int = 0
    """How many people approved just what `approved_digest` stands for."""
    first_of: str | None = None
    """The digest of the version of its rule that its recipient hears first."""
    released: bool
    """A person lifted the hold for this one notice."""
    corrects: str | None
    follows: str | None
    event: ThreadEvent | None = None
    locale: str | None = None
    """The locale in which its messages were written."""
    own_locale: str | None = None
    """The customer's own locale at that time, without defaults; the row's, where that has one."""
    row_locale: str | None = None
    """The locale of the row at that time, which took the place of the customer's."""
    version: int = 0
    """Counts the writes to the notice; a draft that decides it again carries it as `known_version`."""

    @property
    def is_open(self) -> bool:
        """Whether planning may still change it: it is unsent, or so is the notice that speaks for it."""
        return not self.spent and (self.state in UNSENT or self.reason_code is ReasonCode.TOLD_THROUGH)

    @property
    def spoken_at(self) -> frozenset[Address]:
        """Where it told something itself, or is about to."""
        told = (address for address in self.told_addresses if self.is_spoken(address[0]))
        return self.going_to | set(told)

    def is_spoken(self, channel: ChannelName) -> bool:
        """Whether its own words go there, by themselves or as a part of a message."""
        voice = self.through.get(channel)
        return voice is None or voice.is_part


@dataclass(frozen=True, kw_only=True)
class HeardFirst:
    """The customers who hear one version of a rule first, and what became of it."""

    recipients: frozenset[str] = frozenset()
    waiting: int = 0
    """How many of them have not been told yet, and still may be."""
    told: int = 0
    """How many were told."""
    last_told_at: datetime | None = None
    failures: tuple[datetime, ...] = ()
    """When, for each customer to whom a message of it failed or came back, the first time."""
    opt_outs: tuple[datetime, ...] = ()
    """When, for each who asked for no more after it."""
    replies: tuple[datetime, ...] = ()
    """When, for each who wrote back to it."""


@dataclass(frozen=True, kw_only=True)
class RuleState:
    """The watermark of one rule or check."""

    digest: str
    first_pass_at: datetime
    evaluated_at: datetime
    failed: str | None
    definition: Mapping[str, Any] = field(default_factory=dict)
    """What edits of the rule are compared with, and its owner: `{"follow_up": [text, …], "owner": "billing"}`."""

    def since(self, now: datetime) -> datetime:
        """The instant from which a pass at `now` asks what fell due: never later than `now`, whatever clock was
        ahead."""
        return min(self.evaluated_at, now)

    def is_ahead(self, now: datetime) -> bool:
        """Whether it was evaluated in what is now the future: then the next pass is a full one."""
        return self.evaluated_at > now + CLOCKS_DIFFER


RETURNS_WITHIN = timedelta(days=1)
"""How long after its last pass a rule or check that left the project goes on from there when it comes back: its file
was away for a moment, or somebody changed their mind. Later it starts like a new one."""


@dataclass(frozen=True, kw_only=True)
class CustomerRow:
    """A customer as stored; missing values fall back to the settings' defaults."""

    id: str
    name: str
    locale: str | None
    timezone: str | None
    country: str | None
    phone: str | None
    email: str | None
    preferred_channel: str | None
    subdivision: str | None = None
    needs: frozenset[str] = frozenset()
    """The customer's own attributes that are true."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a subject says of many rows at once, as digests: to tell whether anything moved since all were decided."""

    truth: str
    """What decides for which rows the rule is true."""
    claims: str
    """What is claimed to each of them."""


BacklogKey = tuple[str, str, str]
"""(subject id, each id or "", recipient id or "")"""


class StateReader(
    AddressQuestions,
    RowAddressQuestions,
    CompanionQuestions,
    ContradictionQuestions,
    SettlingQuestions,
    ListeningQuestions,
    ActionQuestions,
    Protocol,
):
    """One snapshot of state and outbox. Notices are those of the reader's own mode: sandbox or live."""

    def attempt(self) -> AbstractContextManager[None]:
        """A context in which reading may fail (a savepoint): after an exception, the reader can still be used."""
        ...

    def rows(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> Iterator[sa.Row[Any]]:
        """The rows of a statement that evaluation or promises built."""
        ...

    def unread(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> Unread:
        """The same rows as the driver gives them, of which few are read."""
        ...

    def ids(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> set[str]:
        """The ids that a one-column statement returns."""
        ...

    def pairs(self, statement: sa.Select[Any], parameters: Mapping[str, object]) -> set[tuple[str, str]]:
        """The two ids of each row that a statement returns."""
        ...

    def rule_states(self, kind: str) -> Mapping[str, RuleState]:
        """The watermarks of all rules (`rule`) or checks (`check`), by name."""
        ...

    def states_that_left(self, kind: str, since: datetime) -> Mapping[str, RuleState]:
        """The watermarks of rules or checks that left the project, by name, where they lie at or after `since`."""
        ...

    def newest_learning(self) -> str | None:
        """The id of what was learned last; None where nothing was. Forecasts may be others than before it."""
        ...

    def set_aside(self) -> Sequence[SetAside]:
        """What the last tick found set aside."""
        ...

    def changed_entities(self) -> frozenset[str]:
        """The entities with unconsumed changes: rules that read none of them need no further query."""
        ...

    def moved_entities(self) -> frozenset[str]:
        """The entities with a change after which a row has other keys than before, or is new, or gone."""
        ...

    def any_baseline(self) -> bool:
        """Whether any unconsumed change came with a baseline."""
        ...

    def kept_entities(self) -> frozenset[str]:
        """The entities with changes that are kept for those that could not see them."""
        ...

    def any_replaced(self, entity: str) -> bool:
        """Whether any row of the entity is in the place of another one."""
        ...

    def latest(self, statement: sa.Select[Any]) -> Mapping[str, datetime]:
        """By id, the latest instant that a statement of two columns (id, instant) returns with it."""
        ...

    def notices(self, rule: str, subject_ids: Collection[str], *, early: bool = True) -> Sequence[KnownNotice]:
        """Every notice, correction and follow-up of the rule about these subjects, oldest first.

        `early`: also those of which it is recorded that they were said again, and again (`Batch.said_again`).
        """
        ...

    def notices_of_rows(self, rule: str, rows: Rows, *, early: bool = True) -> Sequence[KnownNotice]:
        """As `notices`, of those about these rows of `each` alone."""
        ...

    def subjects_that_count(self, rule: str, found: sa.Select[Any], may_hold: sa.Select[Any]) -> set[str]:
        """The subjects that `found` finds and of which the rule may be true, or about which it has said something.

        Both statements have one column; `may_hold` finds the subjects of which it may be true. What is in the backlog
        counts as said.
        """
        ...

    def subjects_with_notices(self, rule: str) -> set[str]:
        """The subjects of all notices of the rule that planning may still act on: unsent or told."""
        ...

    def subjects_due(self, rule: str, now: datetime, since: datetime) -> set[str]:
        """Subjects of unsent notices whose deferral or `until` ends by `now`, and of notices told since `since`."""
        ...

    def rows_due(self, rule: str, now: datetime, since: datetime) -> set[tuple[str, str]]:
        """As `subjects_due`: subject and row of `each` (or "") of each such notice."""
        ...

    def rows_told(self, rule: str, after: datetime, upto: datetime) -> set[tuple[str, str]]:
        """As `subjects_told`: subject and row of `each` (or "") of each such notice."""
        ...

    def rows_unsent(self, rule: str) -> set[tuple[str, str]]:
        """As `subjects_unsent`: subject and row of `each` (or "") of each such notice."""
        ...

    def rows_known(self, rule: str, subject_ids: Collection[str]) -> set[tuple[str, str]]:
        """Subject and row of `each` (or "") of each notice about these subjects, and of what is in their backlog."""
        ...

    def any_told_through(self) -> bool:
        """Whether any notice is told through another one."""
        ...

    def figures(self, rule: str, subject_ids: Collection[str]) -> Mapping[str, Figures]:
        """The figures of these subjects when all their rows were decided last, where they are kept."""
        ...

    def subjects_told(self, rule: str, after: datetime, upto: datetime) -> set[str]:
        """Subjects of the rule's notices (of any kind but alerts) with `told_at` in [after, upto]."""
        ...

    def subjects_apart(self, rule: str) -> set[str]:
        """The subjects of the rule's unsent words to those whom the row does not lead to: it is another's, or gone."""
        ...

    def subjects_of_recipient(self, rule: str, recipient: str) -> set[str]:
        """The subjects of the rule's notices to this customer."""
        ...

    def subjects_unsent(self, rule: str) -> set[str]:
        """The subjects of the rule's unsent notices."""
        ...

    def backlog(self, rule: str, subject_ids: Collection[str]) -> Mapping[BacklogKey, bool]:
        """The recorded rows of these subjects that are not to be told; True for those that a person dropped."""
        ...

    def backlog_of_rows(self, rule: str, rows: Rows) -> Mapping[BacklogKey, bool]:
        """As `backlog`, of these rows of `each` alone."""
        ...

    def backlog_subjects(self, rule: str) -> set[str]:
        """The subjects of the rule's whole backlog."""
        ...

    def customers(self, ids: Collection[str]) -> Mapping[str, CustomerRow]:
        """The customers that exist among these ids."""
        ...

    def customer_count(self) -> int:
        """The number of customers, which `share` refers to."""
        ...

    def in_shadow(self) -> "StateReader":
        """The same snapshot, of which notices are those that rules in shadow recorded."""
        ...

    def heard_first(self, rule: str, digest: str) -> HeardFirst:
        """What became of those who hear this version of the rule first, as far as there are any."""
        ...

    def notices_counted(self, rule: str, since: datetime) -> int:
        """How many notices have the recipients that `recipients_counted` finds: there are no more of these."""
        ...

    def recipients_counted(self, rule: str, since: datetime) -> set[str]:
        """Recipients of the rule's notices that passed its limits after `since`, or that wait for approval."""
        ...

    def recipients_known(self, rule: str, subject_ids: Collection[str]) -> set[str]:
        """The recipients of all notices of the rule about these subjects, told or not, whenever that was."""
        ...

    def occurrences_of(self, references: Collection[str]) -> Mapping[str, str]:
        """Which of these references are taken, each with its occurrence."""
        ...

    def waiting_replies(self) -> Sequence[WaitingReply]:
        """What people answered and no owner has heard of yet, in the reader's own mode, in the order it came."""
        ...

    def alerts_known(self, occurrences: Collection[str]) -> set[str]:
        """Which of these alert occurrences exist already."""
        ...
