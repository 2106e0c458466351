"""Notices that did not go out become drafts of alerts to the owner of their rule: one for each way and batch.

A verdict that leaves a customer untold is new once: what was suppressed yesterday is not reported again today.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from notifier.drafting.alert_drafts import alert_draft
from notifier.drafting.leads import is_short_of_lead, with_left_time
from notifier.drafting.ruleset import Ruleset
from notifier.model.alerts import MOST_TO_SAY, SAMPLES, AlertKind, NoticesAlert, PlanStep, SaidFact, StoppedNotice
from notifier.model.notices import PAST_UNTIL, ClaimValue, Draft, NoticeKind, NoticeState, ReasonCode
from notifier.model.reading import StateReader
from notifier.planning.occurrences import mode
from notifier.rules.checked_rules import Rule

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
