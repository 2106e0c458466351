"""Notices as planning asks about them: which there are, which may fall due, who was told, what refused them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import Unsought
from notifier.model.address_reading import Contacted
from notifier.model.columns import UtcTime
from notifier.model.looked_at import LookedAt
from notifier.model.notices import UNSENT, MessageState, NoticeKind, NoticeState, ReasonCode, ThreadEvent
from notifier.model.reading import BacklogKey, KnownNotice
from notifier.model.replies import WaitingReply
from notifier.model.retention import FORGOTTEN
from notifier.model.transitions import HANDED_OVER, IN_FLIGHT
from notifier.model.types import Address, ChannelName, NoticeClass
from notifier.store.outbox.suppressions import SUPPRESS
from notifier.store.outbox.told_through import Speaker, parts_in_flight, speakers, stranded_parts
from notifier.store.reader.known_notices import NOWHERE, Places, known_notice
from notifier.store.reader.snapshot import LIVE, NOW, OVERLAP, RULE, SINCE, Snapshot
from notifier.store.replies import waiting_replies
from notifier.store.sql import is_among, is_any_of, is_one_of, rows_among
from notifier.store.tables import BACKLOG, MESSAGE, NOTICE, REPLY, SUPPRESSED, TOLD_THROUGH

KEPT = 1_024
"""Statements that are kept: more than a project has rules."""
EACH = sa.func.coalesce(NOTICE.c.each_id, sa.literal_column("''")).label("each_id")
_TO_CUSTOMERS = (NOTICE.c.live == LIVE, NOTICE.c.kind != NoticeKind.ALERT, NOTICE.c.subject_type != FORGOTTEN)
"""What was told to people who were forgotten stays as proof, and is not planned on."""
OF_RULE = (NOTICE.c.rule == RULE, *_TO_CUSTOMERS)
KNOWN = [column for column in NOTICE.c if column.name not in {"evidence", "previous", "reason"}]
"""What planning asks about notices: not their long texts."""
LATELY = NOTICE.c.said_again.is_(False)
_NOTICES = sa.select(*KNOWN).where(*OF_RULE, is_among(NOTICE.c.subject_id))
_LATE_NOTICES = _NOTICES.where(LATELY)
_SUBJECTS = sa.select(NOTICE.c.subject_id).where(*OF_RULE).distinct()
_SUBJECTS_WITH_NOTICES = _SUBJECTS.where(
    sa.or_(NOTICE.c.state.in_([*UNSENT, NoticeState.TOLD]), NOTICE.c.reason_code == ReasonCode.TOLD_THROUGH)
)
OF_RULE_AMONG_OTHERS = (Unsought(NOTICE.c.rule) == RULE, *_TO_CUSTOMERS)
"""For rows that another condition finds: a rule may have told a million, and SQLite would read all of them."""
_AMONG_OTHERS = sa.select(NOTICE.c.subject_id).where(*OF_RULE_AMONG_OTHERS).distinct()
UNSENT_NOTICES = _AMONG_OTHERS.where(NOTICE.c.state.in_(UNSENT))
_SUBJECTS_OF_RECIPIENT = _AMONG_OTHERS.where(NOTICE.c.recipient_id == sa.bindparam("recipient", type_=sa.String()))
_SUBJECTS_APART = UNSENT_NOTICES.where(
    NOTICE.c.event.in_((ThreadEvent.DELETED, ThreadEvent.REASSIGNED)),
    NOTICE.c.reason_code.not_in((ReasonCode.NO_FOLLOW_UP, ReasonCode.BACKLOG, ReasonCode.BASELINE)),
)
TOLD = _AMONG_OTHERS.where(NOTICE.c.told_at >= SINCE, NOTICE.c.told_at <= sa.bindparam("upto", type_=UtcTime()))
_WAITS = (NoticeState.READY, NoticeState.HELD, NoticeState.DEFERRED)
_REACHED_NOBODY = (NoticeState.SUPPRESSED, NoticeState.FAILED)
_BY_PERSON = sa.or_(NOTICE.c.released.is_(True), NOTICE.c.approved_digest.is_not(None))
_DUE = sa.union_all(
    *(
        sa.select(NOTICE.c.rule, NOTICE.c.subject_id, EACH).where(*_TO_CUSTOMERS, *conditions)
        # Each has an index of its own; as one OR they would read every notice.
        for conditions in (
            (NOTICE.c.state == NoticeState.DEFERRED, NOTICE.c.deferred_until <= NOW),
            (is_one_of(NOTICE.c.state, _WAITS), NOTICE.c.until_at <= NOW),
            (is_one_of(NOTICE.c.state, _REACHED_NOBODY), NOTICE.c.until_at <= NOW, NOTICE.c.until_at > SINCE),
            (NOTICE.c.state == NoticeState.HELD, _BY_PERSON),
        )
    )
)
_GOES_ON = sa.or_(
    sa.select(MESSAGE.c.id)
    .where(MESSAGE.c.notice_id == NOTICE.c.id, is_any_of(MESSAGE.c.state, MessageState.QUEUED, *IN_FLIGHT))
    .exists(),
    sa.select(TOLD_THROUGH.c.occurrence).where(TOLD_THROUGH.c.occurrence == NOTICE.c.occurrence).exists(),
)
"""Whether more may still arrive of a told notice. That of another notice may be on its way to speak for it."""
_TOLD_LATELY = sa.select(
    NOTICE.c.id, NOTICE.c.rule, NOTICE.c.subject_id, EACH, NOTICE.c.changed_at, _GOES_ON.label("goes_on")
).where(*_TO_CUSTOMERS, Unsought(NOTICE.c.state) == NoticeState.TOLD, NOTICE.c.changed_at >= SINCE)
_COUNTED = tuple(
    sa.select(NOTICE.c.recipient_id).where(
        *OF_RULE_AMONG_OTHERS, Unsought(NOTICE.c.recipient_id).is_not(None), *conditions
    )
    # Like `_DUE`, and without DISTINCT, for which SQLite would read all, recipient by recipient. What passed the limits
    # lately changed lately, and that has an index.
    for conditions in (
        (NOTICE.c.changed_at >= sa.bindparam("lately", type_=UtcTime()), NOTICE.c.passed_limits_at > SINCE),
        (NOTICE.c.state == NoticeState.HELD, NOTICE.c.reason_code == ReasonCode.LIMIT),
    )
)
_RECIPIENTS_COUNTED = sa.union_all(*_COUNTED)
_NOTICES_COUNTED = sa.union_all(*(each.with_only_columns(sa.func.count()) for each in _COUNTED))
_RECIPIENTS_KNOWN = (
    sa.select(NOTICE.c.recipient_id)
    .where(*OF_RULE, NOTICE.c.recipient_id.is_not(None), is_among(NOTICE.c.subject_id))
    .distinct()
)
_OCCURRENCES = sa.select(NOTICE.c.reference, NOTICE.c.occurrence).where(is_among(NOTICE.c.reference))
_ALERTS = sa.select(NOTICE.c.occurrence).where(NOTICE.c.kind == NoticeKind.ALERT, is_among(NOTICE.c.occurrence))
BACKLOG_OF_RULE = sa.select(BACKLOG).where(BACKLOG.c.rule == RULE)
_BACKLOG = BACKLOG_OF_RULE.where(is_among(BACKLOG.c.subject_id))
_BACKLOG_SUBJECTS = sa.select(BACKLOG.c.subject_id).where(BACKLOG.c.rule == RULE).distinct()

# Messages of notices

_SENT_OR_GOING = (
    sa.select(MESSAGE.c.notice_id, MESSAGE.c.channel, MESSAGE.c.address, MESSAGE.c.state)
    .add_columns(MESSAGE.c.provider, MESSAGE.c.error)
    .where(is_any_of(MESSAGE.c.state, MessageState.QUEUED, *IN_FLIGHT, *HANDED_OVER), is_among(MESSAGE.c.notice_id))
    .order_by(MESSAGE.c.accepted_at, MESSAGE.c.id)
)
_STILL_SUPPRESSED = (
    sa.select(SUPPRESSED.c.address)
    .where(
        SUPPRESSED.c.channel == MESSAGE.c.channel,
        SUPPRESSED.c.address == MESSAGE.c.address,
        SUPPRESSED.c.live == MESSAGE.c.live,
    )
    .exists()
)
_FAILED_OR_ON_ITS_WAY = (
    sa.select(MESSAGE.c.notice_id, MESSAGE.c.channel, MESSAGE.c.address, MESSAGE.c.error, MESSAGE.c.state)
    .where(is_any_of(MESSAGE.c.state, MessageState.FAILED, *IN_FLIGHT), is_among(MESSAGE.c.notice_id))
    .where(
        sa.or_(
            MESSAGE.c.state != MessageState.FAILED,
            MESSAGE.c.decision.is_distinct_from(SUPPRESS),
            _STILL_SUPPRESSED,
        )
    )
    .order_by(MESSAGE.c.changed_at, MESSAGE.c.id)
)
"""An address whose suppression was lifted may be tried again."""

_STILL_TO_GO = (MessageState.QUEUED, *IN_FLIGHT)
_CONTACTED = (
    sa.select(
        MESSAGE.c.id,
        MESSAGE.c.channel,
        MESSAGE.c.address,
        MESSAGE.c.accepted_at,
        NOTICE.c.occurrence,
        NOTICE.c.recipient_id,
        NOTICE.c.changed_at,
    )
    .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
    .where(
        MESSAGE.c.live == LIVE,
        NOTICE.c.kind != NoticeKind.ALERT,
        Unsought(NOTICE.c.notice_class) == sa.bindparam("of", type_=sa.String()),
        sa.or_(MESSAGE.c.accepted_at >= SINCE, is_any_of(MESSAGE.c.state, *_STILL_TO_GO)),
    )
)
_CONTACTED_AT = _CONTACTED.where(
    MESSAGE.c.channel == sa.bindparam("channel", type_=sa.String()), is_among(MESSAGE.c.address)
)
_CONTACTED_WHO = _CONTACTED.where(is_among(NOTICE.c.recipient_id))


@lru_cache(maxsize=KEPT)
def _that_count(found: sa.Select[Any], may_hold: sa.Select[Any]) -> sa.Select[Any]:
    """One statement of both. A ruleset keeps its statements, so that this one is made once for each rule."""
    subject = found.subquery().c[0]
    any_of = (
        may_hold.where(may_hold.selected_columns[0] == subject),
        sa.select(NOTICE.c.id).where(*OF_RULE, NOTICE.c.subject_id == subject),
        sa.select(BACKLOG.c.rule).where(BACKLOG.c.rule == RULE, BACKLOG.c.subject_id == subject),
    )
    return sa.select(subject).where(sa.or_(*(each.correlate(subject.table).exists() for each in any_of)))


class NoticeReader(Snapshot):
    """Questions about the outbox. Subjects are the ids of the rows that a rule is about."""

    def __init__(self, connection: sa.Connection, *, live: bool) -> None:
        super().__init__(connection, live=live)
        self._rows_due: dict[tuple[datetime, datetime], Mapping[str, set[tuple[str, str]]]] = {}
        self.looked_at: LookedAt | None = None
        """What the pass before looked at, where somebody remembers it."""
        self._told_lately: dict[str, datetime] = {}

    def notices(self, rule: str, subject_ids: Collection[str], *, early: bool = True) -> Sequence[KnownNotice]:
        """Every notice, correction and follow-up of the rule about these subjects, oldest first.

        `early`: also those of which it is recorded that they were said again, and again.
        """
        statement = _NOTICES if early else _LATE_NOTICES
        return self._known(rows_among(self.connection, statement, subject_ids, rule=rule, live=self.live))

    def _known(self, rows: Iterable[sa.Row[Any]]) -> Sequence[KnownNotice]:
        found = sorted(rows, key=lambda row: (row.decided_at, row.id))
        places = self._places([row.id for row in found if row.told_at is not None])
        failed, on_its_way = self._failed_or_on_its_way(found)
        speaking = self._speakers(found)
        return [
            known_notice(
                row,
                places.get(row.id, NOWHERE),
                failed.get(row.id, {}),
                speaking.get(row.occurrence, ()),
                in_flight=row.id in on_its_way,
            )
            for row in found
        ]

    def subjects_that_count(self, rule: str, found: sa.Select[Any], may_hold: sa.Select[Any]) -> set[str]:
        """The subjects that `found` finds and of which the rule may be true, or about which it has said something."""
        return self.ids(_that_count(found, may_hold), {"rule": rule, "live": self.live})

    def subjects_with_notices(self, rule: str) -> set[str]:
        """The subjects of all notices of the rule that planning may still act on: unsent, or told."""
        return self._of_rule(_SUBJECTS_WITH_NOTICES, rule)

    def subjects_due(self, rule: str, now: datetime, since: datetime) -> set[str]:
        """Subjects whose unsent notice leaves its deferral or passes its `until` by `now`, or told from `since` on.

        Also those whose held notice a person approved or released. A suppressed or failed notice that passed its
        `until` long ago is left out: nothing more can become of it.
        """
        return {subject for subject, _ in self.rows_due(rule, now, since)}

    def rows_due(self, rule: str, now: datetime, since: datetime) -> set[tuple[str, str]]:
        """As `subjects_due`: subject and row of `each` (or "") of each such notice."""
        if (now, since) not in self._rows_due:
            self._rows_due[now, since] = self._due_by_rule(now, since)
        return self._rows_due[now, since].get(rule, set())

    def told_lately(self, now: datetime) -> LookedAt:
        """What a pass at `now` need not look at again where it was complete: it asked for these rows."""
        return LookedAt(at=now, told={name: at for name, at in self._told_lately.items() if at >= now - OVERLAP})

    def subjects_told(self, rule: str, after: datetime, upto: datetime) -> set[str]:
        """Subjects of the rule's notices (of any kind but alerts) with `told_at` in [after, upto]."""
        return self._of_rule(TOLD, rule, since=after, upto=upto)

    def subjects_apart(self, rule: str) -> set[str]:
        """The subjects of the rule's unsent words to those whom the row does not lead to: it is another's, or gone."""
        return self._of_rule(_SUBJECTS_APART, rule)

    def subjects_of_recipient(self, rule: str, recipient: str) -> set[str]:
        """The subjects of the rule's notices to this customer."""
        return self._of_rule(_SUBJECTS_OF_RECIPIENT, rule, recipient=recipient)

    def subjects_unsent(self, rule: str) -> set[str]:
        """The subjects of the rule's unsent notices."""
        return self._of_rule(UNSENT_NOTICES, rule)

    def notices_counted(self, rule: str, since: datetime) -> int:
        """How many notices have the recipients that `recipients_counted` finds: there are no more of these."""
        times = {"since": since, "lately": since - OVERLAP}
        return sum(self.connection.execute(_NOTICES_COUNTED, {"rule": rule, "live": self.live, **times}).scalars())

    def recipients_counted(self, rule: str, since: datetime) -> set[str]:
        """Recipients of the rule's notices that passed its limits after `since`, or that wait for approval."""
        times = {"since": since, "lately": since - OVERLAP}
        return self._of_rule(_RECIPIENTS_COUNTED, rule, **times)

    def recipients_known(self, rule: str, subject_ids: Collection[str]) -> set[str]:
        """The recipients of all notices of the rule about these subjects, told or not, whenever that was."""
        found = rows_among(self.connection, _RECIPIENTS_KNOWN, subject_ids, rule=rule, live=self.live)
        return {row.recipient_id for row in found}

    def contacted(
        self, notice_class: NoticeClass, recipients: Collection[str], addresses: Collection[Address], since: datetime
    ) -> Sequence[Contacted]:
        """The messages of this class to these customers, or to one of these addresses, that were handed over at or
        after `since`, or are about to be."""
        asked = {"live": self.live, "of": notice_class, "since": since}
        rows = {row.id: row for row in rows_among(self.connection, _CONTACTED_WHO, recipients, **asked)}
        for channel in ChannelName:
            at = [address for on, address in addresses if on is channel]
            found = rows_among(self.connection, _CONTACTED_AT, at, channel=channel, **asked)
            rows.update((row.id, row) for row in found)
        return [
            Contacted(
                occurrence=row.occurrence,
                recipient_id=row.recipient_id,
                address=(ChannelName(row.channel), row.address),
                at=row.accepted_at,
                waits_since=row.changed_at,
            )
            for row in rows.values()
        ]

    def occurrences_of(self, references: Collection[str]) -> Mapping[str, str]:
        """Which of these references are taken, and by which occurrence: live or not, for references are unique."""
        found = rows_among(self.connection, _OCCURRENCES, references)
        return {row.reference: row.occurrence for row in found}

    def waiting_replies(self) -> Sequence[WaitingReply]:
        """What people answered and no owner has heard of yet, in the reader's own mode, in the order it came."""
        return waiting_replies(self.connection, live=self.live) if self.has_any(REPLY) else ()

    def alerts_known(self, occurrences: Collection[str]) -> set[str]:
        """Which of these alert occurrences exist already."""
        return {row.occurrence for row in rows_among(self.connection, _ALERTS, occurrences)}

    def backlog(self, rule: str, subject_ids: Collection[str]) -> Mapping[BacklogKey, bool]:
        """What was recorded and is not to be told; True for what a person dropped."""
        found = rows_among(self.connection, _BACKLOG, subject_ids, rule=rule) if self.has_any(BACKLOG) else ()
        return {(row.subject_id, row.each_id, row.recipient_id): row.dropped_at is not None for row in found}

    def backlog_subjects(self, rule: str) -> set[str]:
        """The subjects of the rule's whole backlog."""
        return set(
            self.connection.execute(_BACKLOG_SUBJECTS, {"rule": rule}).scalars() if self.has_any(BACKLOG) else ()
        )

    def _of_rule(self, statement: sa.Executable, rule: str, **more: object) -> set[str]:
        """The one column of a statement about the rule's notices."""
        return set(self.connection.execute(statement, {"rule": rule, "live": self.live, **more}).scalars())

    def _due_by_rule(self, now: datetime, since: datetime) -> Mapping[str, set[tuple[str, str]]]:
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        times = {"live": self.live, "now": now, "since": since - OVERLAP}
        for row in self.connection.execute(_DUE, times):
            found[row.rule].add((row.subject_id, row.each_id))
        before = self.looked_at
        # Who was away meanwhile, and goes on from an earlier pass, has seen less than that one.
        known = before.told if before is not None and before.at == since else {}
        for row in self.connection.execute(_TOLD_LATELY, times):
            if not row.goes_on:
                self._told_lately[row.id] = row.changed_at
            if row.goes_on or known.get(row.id) != row.changed_at:
                found[row.rule].add((row.subject_id, row.each_id))
        if self.any_told_through():
            for stranded in stranded_parts(self.connection, live=self.live):
                found[stranded.rule].add((stranded.subject_id, stranded.each_id))
        return found

    def _places(self, notice_ids: Collection[str]) -> Mapping[str, Places]:
        """Where each of these notices was told, and where it is still to go."""
        places: dict[str, Places] = defaultdict(Places)
        for row in rows_among(self.connection, _SENT_OR_GOING, notice_ids):
            places[row.notice_id].add(row)
        return places

    def _speakers(self, found: Collection[sa.Row[Any]]) -> Mapping[str, Sequence[Speaker]]:
        """Who speaks for these notices."""
        if not found or not self.any_told_through():
            return {}
        return speakers(self.connection, [row.occurrence for row in found])

    def any_told_through(self) -> bool:
        """Whether any notice is told through another one: in most databases none is, and nothing more is looked up."""
        return self.has_any(TOLD_THROUGH)

    def _failed_or_on_its_way(
        self, found: Collection[sa.Row[Any]]
    ) -> tuple[Mapping[str, Mapping[Address, str]], Set[str]]:
        """The addresses that refused each of these notices, as `KnownNotice.failed` says, and which are in flight."""
        failed: dict[str, dict[Address, str]] = defaultdict(dict)
        open_ids = [row.id for row in found if not row.spent]
        on_its_way = set()
        for row in rows_among(self.connection, _FAILED_OR_ON_ITS_WAY, open_ids):
            if row.state == MessageState.FAILED:
                failed[row.notice_id][ChannelName(row.channel), row.address] = row.error
            else:
                on_its_way.add(row.notice_id)
        if open_ids and self.any_told_through():
            on_its_way |= parts_in_flight(self.connection, open_ids)
        return failed, on_its_way
