"""What an owner must know becomes a draft: a contradiction, a halted channel, replies, what is set aside.

Alerts take the same way as notices, through rendering and outbox, on every channel that reaches the owner. Quiet hours
do not bind owners. An alert that reaches nobody is a suppressed draft; one that no channel took has failed, and is not
planned again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.drafting.alert_drafts import alert_draft
from notifier.drafting.ruleset import Ruleset
from notifier.model.alerts import (
    ChannelAlert,
    ContradictionAlert,
    OurFaultAlert,
    PublishedAlert,
    PublishedDifference,
    RepliesAlert,
    SetAsideAlert,
    UnclearAlert,
)
from notifier.model.case_briefs import CaseBrief
from notifier.model.contradictions import Contradiction
from notifier.model.digests import text_digest
from notifier.model.notices import Draft
from notifier.model.outgoing import Outgoing
from notifier.model.reading import StateReader
from notifier.model.replies import WaitingReply
from notifier.model.setting_aside import SetAside
from notifier.model.types import ChannelName
from notifier.planning.occurrences import mode
from notifier.promises.assess import Event
from notifier.promises.wording import sentence
from notifier.rules.checked_checks import Check
from notifier.rules.checked_owners import Owner

ALARMING = (Event.OPENED, Event.REOPENED, Event.CHANGED, Event.LAPSED)
"""Events that an owner is alerted of, if not yet for this pair; LAPSED when it surfaced before it was seen."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A contradiction of which its owner is to hear. `key` is what they hear of once."""

    contradiction: Contradiction
    key: str
    row: str | None = None
    """The id of the row, where the owner hears of each by itself."""


def contradiction_alerts(
    ruleset: Ruleset,
    check: Check,
    alarms: Sequence[Alarm],
    reader: StateReader,
    now: datetime,
    *,
    live: bool,
) -> tuple[Draft, ...]:
    """One alert to the check's owner for each of these: of its pair of values, or of its row, they have had none."""
    return tuple(
        alert_draft(
            ruleset,
            reader,
            occurrence=f"{mode(live)}|alert|{alarm.contradiction.id}|{alarm.key}",
            cause=check.name,
            subject=(alarm.contradiction.subject_type, alarm.contradiction.subject_id),
            owner=alarm.contradiction.owner,
            alert=ContradictionAlert(
                contradiction=alarm.contradiction,
                row=None if alarm.row is None else f"{check.against}:{alarm.row}",
                holds_rules=check.hold.rules,
                holds_topics=check.hold.topics,
                brief=_case_of(check, alarm.contradiction, reader),
            ),
            why=sentence(alarm.contradiction),
            now=now,
        )
        for alarm in alarms
    )


def _case_of(check: Check, contradiction: Contradiction, reader: StateReader) -> CaseBrief | None:
    """The case of an alert about a contact: whoever is to call reads it at once, not after a search."""
    if not check.of_contacts or contradiction.customer_id is None:
        return None
    return reader.case_of(contradiction.customer_id)


def channel_alert(
    ruleset: Ruleset,
    reader: StateReader,
    *,
    channel: ChannelName,
    reason: str,
    halted_at: datetime,
    owner: str,
    now: datetime,
    live: bool,
    waiting: int | None = None,
) -> Draft:
    """The alert that nothing goes out on a channel: one for each `halted_at`, on the owner's other channels.

    `waiting` messages wait for it, where that was counted.
    """
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|channel|{channel}|{halted_at.isoformat()}",
        cause=channel,
        subject=("channel", channel),
        owner=owner,
        alert=ChannelAlert(channel=channel, reason=reason, halted_at=halted_at, waiting=waiting),
        why=f"{channel} is halted: {reason}",
        now=now,
        instead_of=channel,
    )


def set_aside_alert(
    ruleset: Ruleset, reader: StateReader, *, items: Sequence[SetAside], owner: Owner, now: datetime, live: bool
) -> Draft:
    """The alert that these are set aside since this tick; the caller says what is new in that."""
    first = items[0]
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|set aside|{owner.id}|{now.isoformat()}|{first.kind}:{first.name}",
        cause=first.name,
        subject=(first.kind, first.name),
        owner=owner.id,
        alert=SetAsideAlert(items=tuple(items)),
        why=first.sentence,
        now=now,
        known=owner,
    )


def replies_alert(
    ruleset: Ruleset,
    reader: StateReader,
    *,
    rule: str,
    replies: Sequence[WaitingReply],
    owner: Owner,
    now: datetime,
    live: bool,
) -> Draft:
    """The alert of what people answered to notices of this rule, those with something to decide first."""
    first = replies[0]
    said = sorted(replies, key=lambda each: each.note is None)
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|reply|{owner.id}|{first.id}",
        cause=rule,
        subject=("contact", first.id),
        owner=owner.id,
        alert=RepliesAlert(rule=rule, replies=tuple(said)),
        why=f"{len(replies)} {'reply' if len(replies) == 1 else 'replies'} to {rule}",
        now=now,
        known=owner,
    )


def our_fault_alert(
    ruleset: Ruleset,
    reader: StateReader,
    *,
    channel: ChannelName,
    reason: str,
    count: int,
    notice: str,
    owner: str,
    since: datetime,
    now: datetime,
    live: bool,
    known: Owner | None = None,
) -> Draft:
    """The alert that messages did not arrive by our own fault: one for each reason, owner and day.

    `known` is the owner where owners.yaml need not have it.
    """
    what = "mails came back" if channel is ChannelName.EMAIL else "messages did not arrive"
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|our fault|{reason}|{owner}|{now.date()}",
        cause=channel,
        subject=("channel", channel),
        owner=owner,
        alert=OurFaultAlert(channel=channel, reason=reason, count=count, since=since, notice=notice),
        why=f"{what} by our own fault: {reason}",
        now=now,
        known=known,
    )


def published_alert(
    ruleset: Ruleset,
    reader: StateReader,
    *,
    differences: Sequence[PublishedDifference],
    owner: str,
    now: datetime,
    live: bool,
) -> Draft:
    """The alert that what is published differs from what is so: one for each owner and set of differences."""
    said = sorted(f"{each.place}|{each.name}|{each.said}|{each.actual}" for each in differences)
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|published|{owner}|{text_digest(chr(10).join(said))}",
        cause="published",
        subject=("project", "published"),
        owner=owner,
        alert=PublishedAlert(differences=tuple(sorted(differences, key=lambda each: each.better))),
        why=f"{len(differences)} published {'value differs' if len(differences) == 1 else 'values differ'}",
        now=now,
    )


def unclear_alert(
    ruleset: Ruleset, reader: StateReader, *, message: Outgoing, reason: str, now: datetime, live: bool
) -> Draft:
    """The alert that nobody can say whether a notice arrived: one for each attempt to hand it over.

    Only for notices to customers: an alert about an alert could be followed by one about itself.
    """
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|unclear|{message.id}|{message.started_at.isoformat()}",
        cause=message.rule,
        subject=(message.subject_type, message.subject_id),
        owner=message.owner,
        alert=UnclearAlert(
            rule=message.rule,
            notice=message.reference,
            subject=f"{message.subject_type}:{message.subject_id}",
            customer_id=message.recipient_id,
            channel=message.channel,
            started_at=message.started_at,
            reason=reason,
        ),
        why=f"nobody can say whether {message.reference} went out by {message.channel}: {reason}",
        now=now,
    )
