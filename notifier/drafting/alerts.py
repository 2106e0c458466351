"""What an owner must know becomes a draft: a contradiction, notices that did not go out, a halted channel.

Alerts take the same way as notices, through rendering and outbox, on every channel that reaches the owner. Quiet hours
do not bind owners. An alert that reaches nobody is a suppressed draft; one that no channel took has failed, and is not
planned again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifier.drafting.alert_drafts import alert_draft
from notifier.drafting.leads import is_short_of_lead, with_left_time
from notifier.drafting.ruleset import Ruleset
from notifier.model.alerts import (
    MOST_TO_SAY,
    SAMPLES,
    AlertKind,
    ChannelAlert,
    ContradictionAlert,
    NoticesAlert,
    OurFaultAlert,
    PlanStep,
    PublishedAlert,
    PublishedDifference,
    RepliesAlert,
    SaidFact,
    SetAsideAlert,
    StoppedNotice,
    UnclearAlert,
)
from notifier.model.case_briefs import CaseBrief
from notifier.model.contradictions import Contradiction
from notifier.model.digests import text_digest
from notifier.model.notices import (
    PAST_UNTIL,
    ClaimValue,
    Draft,
    NoticeKind,
    NoticeState,
    ReasonCode,
)
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
from notifier.rules.checked_rules import Rule

ALARMING = (Event.OPENED, Event.REOPENED, Event.CHANGED, Event.LAPSED)
"""Events that an owner is alerted of, if not yet for this pair; LAPSED when it surfaced before it was seen."""

STOPPED: Mapping[tuple[NoticeState, ReasonCode | None], AlertKind] = {
    (NoticeState.EXPIRED, None): AlertKind.EXPIRED,
    (NoticeState.SUPPRESSED, None): AlertKind.SUPPRESSED,
    (NoticeState.SUPPRESSED, ReasonCode.NO_FOLLOW_UP): AlertKind.UNTRUE,
    (NoticeState.FAILED, None): AlertKind.FAILED,
    (NoticeState.HELD, ReasonCode.UNPRINTABLE): AlertKind.UNPRINTABLE,
    (NoticeState.HELD, ReasonCode.LACKS_CONTENT): AlertKind.UNPRINTABLE,
    (NoticeState.HELD, ReasonCode.LIMIT): AlertKind.APPROVAL,
    (NoticeState.HELD, ReasonCode.APPROVAL): AlertKind.APPROVAL,
    (NoticeState.HELD, ReasonCode.CANARY_STOPPED): AlertKind.APPROVAL,
    (NoticeState.HELD, ReasonCode.NO_ZONE): AlertKind.NO_ZONE,
    (NoticeState.READY, ReasonCode.QUIET_HOURS_PAST_UNTIL): AlertKind.LATE,
}
"""Verdicts that leave a customer untold, by state and, where it matters, reason."""
OLD_NEWS = (ReasonCode.BACKLOG, ReasonCode.BASELINE, ReasonCode.HELD_OUT)
"""Reasons for which nobody is to hear of a notice."""
BY_A_PERSON = (AlertKind.LATE, AlertKind.UNTRUE, AlertKind.REASSIGNED)
"""Alerts after which somebody may have to speak with each of the customers."""
LATE = (*PAST_UNTIL, ReasonCode.MISSED)
"""Why a person must say what corrects or follows up."""


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


def verdict_alerts(
    ruleset: Ruleset,
    rule: Rule,
    stopped: Iterable[Draft],
    lost: Sequence[Draft],
    called_off: Collection[str],
    reader: StateReader,
    now: datetime,
    *,
    live: bool,
) -> tuple[Draft, ...]:
    """One alert to the rule's owner for each way in which notices of this batch did not go out.

    `stopped` are drafts whose verdict is new: what was suppressed yesterday is not reported again today. `lost` are
    those that say since now that a row is somebody else's: of these the owner hears, whatever becomes of them.
    `called_off` are the occurrences that a person was asked to say, and need not.
    """
    groups: dict[AlertKind, list[Draft]] = defaultdict(list)
    for draft in stopped:
        kind = AlertKind.CALLED_OFF if draft.occurrence in called_off else _kind_of(draft)
        if kind is not None:
            groups[kind].append(draft)
        if is_short_of_lead(rule, draft, now):
            groups[AlertKind.SHORT_LEAD].append(with_left_time(rule, draft, now))
    if lost:
        groups[AlertKind.REASSIGNED] = list(lost)
    occurrences = {
        f"{mode(live)}|alert|{rule.name}|{kind}|{_once(kind, drafts, now)}": (kind, drafts)
        for kind, drafts in groups.items()
    }
    known = reader.alerts_known(occurrences.keys()) if AlertKind.NO_ZONE in groups else set()
    return tuple(
        alert_draft(
            ruleset,
            reader,
            occurrence=occurrence,
            cause=rule.name,
            subject=(drafts[0].subject_type, drafts[0].subject_id),
            owner=rule.owner,
            alert=_grouped(rule, kind, drafts, now),
            why=drafts[0].verdict.reason.text,
            now=now,
        )
        for occurrence, (kind, drafts) in occurrences.items()
        if occurrence not in known
    )


def is_of_a_day(draft: Draft) -> bool:
    """Whether it is an alert that all parts of a pass, and all passes of a day, have in common: the first says it."""
    return draft.kind is NoticeKind.ALERT and f"|alert|{draft.rule}|{AlertKind.NO_ZONE}|" in draft.occurrence


def _once(kind: AlertKind, drafts: Sequence[Draft], now: datetime) -> str:
    """What an alert of this kind is told once for: these notices, or a day where one remedy helps them all."""
    return f"{now.date()}" if kind is AlertKind.NO_ZONE else f"{now.isoformat()}|{drafts[0].occurrence}"


def _kind_of(draft: Draft) -> AlertKind | None:
    """What the owner is to be told of this verdict, if anything."""
    state, code = draft.verdict.state, draft.verdict.reason.code
    if code in OLD_NEWS:
        return None
    kind = STOPPED.get((state, code)) or STOPPED.get((state, None))
    return AlertKind.LATE if kind is not None and code in LATE and _replaces(draft) else kind


def _replaces(draft: Draft) -> bool:
    """Whether the customer was told something that it corrects or follows up."""
    return draft.kind in (NoticeKind.CORRECTION, NoticeKind.FOLLOW_UP)


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


def _grouped(rule: Rule, kind: AlertKind, drafts: Sequence[Draft], now: datetime) -> NoticesAlert:
    return NoticesAlert(
        kind=kind,
        rule=rule.name,
        count=len(drafts),
        reason=drafts[0].verdict.reason.text,
        samples=tuple(_stopped(draft, now) for draft in drafts[: MOST_TO_SAY if kind in BY_A_PERSON else SAMPLES]),
        plan=tuple(PlanStep(do=step.do, owner=step.owner, within=step.within) for step in rule.plan),
        rescue=rule.rescue,
        labels=rule.labels,
    )


def _stopped(draft: Draft, now: datetime) -> StoppedNotice:
    return StoppedNotice(
        reference=draft.reference,
        subject=f"{draft.subject_type}:{draft.subject_id}",
        customer_id=draft.recipient_id,
        reason=draft.verdict.reason.text,
        follow_up=draft.template if draft.kind is NoticeKind.FOLLOW_UP else None,
        by=draft.until if _replaces(draft) and draft.until is not None and draft.until > now else None,
        facts=tuple(_facts(draft)),
        holders=draft.holders,
    )


def _facts(draft: Draft) -> Iterator[SaidFact]:
    """What changed, for a correction; what was told, for a follow-up."""
    if draft.kind is NoticeKind.FOLLOW_UP:
        for name, claim in draft.claims.items():
            if claim.value is not None and not claim.seen:
                yield SaidFact(name=name, told=_placed(draft, claim))
    elif draft.kind is NoticeKind.CORRECTION:
        for name, claim in draft.claims.items():
            if name in draft.previous and draft.previous[name] != claim and not claim.seen:
                yield SaidFact(name=name, told=_placed(draft, draft.previous[name]), now=_placed(draft, claim))


def _placed(draft: Draft, claim: ClaimValue) -> ClaimValue:
    """The claim in the customer's zone: the owner reads the hour that the customer was told."""
    zone = draft.recipient.timezone if draft.recipient is not None else None
    return claim if claim.timezone is not None else replace(claim, timezone=zone)
