"""What an owner must know becomes a draft: a contradiction that opened, notices that did not go out.

Alerts take the same way as notices, through rendering and outbox, on every channel the owner has an address for. Quiet
hours do not bind owners.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from notifier.drafting.engine import Engine
from notifier.model.alerts import SAMPLES, Alert, AlertKind, ContradictionAlert, NoticesAlert, PlanStep, StoppedNotice
from notifier.model.digests import claims_digest, reference
from notifier.model.notices import Draft, NoticeKind, NoticeState, Reason, ReasonCode, RenderedMessage, Verdict
from notifier.model.reading import StateReader
from notifier.model.types import ChannelName, NoticeClass
from notifier.planning.addressing import address_of, owner_recipient
from notifier.planning.occurrences import world
from notifier.promises.assess import ContradictionChange, Event
from notifier.promises.wording import sentence, value_pair
from notifier.rendering.errors import RenderingError
from notifier.rules.checked import Check, Rule

TEMPLATE = "alert"
ALARMING = (Event.OPENED, Event.REOPENED, Event.CHANGED, Event.LAPSED)
"""Events that an owner is alerted of, if not yet for this pair; LAPSED when it surfaced before it was seen."""

STOPPED: Mapping[tuple[NoticeState, ReasonCode | None], AlertKind] = {
    (NoticeState.EXPIRED, None): AlertKind.EXPIRED,
    (NoticeState.SUPPRESSED, None): AlertKind.SUPPRESSED,
    (NoticeState.HELD, ReasonCode.UNPRINTABLE): AlertKind.UNPRINTABLE,
    (NoticeState.HELD, ReasonCode.LIMIT): AlertKind.APPROVAL,
}
"""Verdicts that leave a customer untold, by state and, where it matters, reason."""


def contradiction_alerts(
    engine: Engine,
    check: Check,
    changes: Sequence[ContradictionChange],
    reader: StateReader,
    now: datetime,
    *,
    live: bool,
) -> tuple[Draft, ...]:
    """One alert to the check's owner for each contradiction and pair of values that it was not alerted of before."""
    found = {
        f"{world(live)}|alert|{change.contradiction.id}|{value_pair(change.contradiction)}": change.contradiction
        for change in changes
        if change.event in ALARMING
    }
    known = reader.alerts_known(found.keys()) if found else set()
    return tuple(
        _draft(
            engine,
            occurrence=occurrence,
            cause=check.name,
            subject=(contradiction.subject_type, contradiction.subject_id),
            owner=contradiction.owner,
            alert=ContradictionAlert(
                contradiction=contradiction,
                holds_rules=check.hold.rules,
                holds_topics=check.hold.topics,
            ),
            why=sentence(contradiction),
            now=now,
        )
        for occurrence, contradiction in found.items()
        if occurrence not in known
    )


def verdict_alerts(
    engine: Engine, rule: Rule, stopped: Iterable[Draft], now: datetime, *, live: bool
) -> tuple[Draft, ...]:
    """One alert to the rule's owner for each way in which notices of this batch did not go out.

    `stopped` are drafts whose verdict is new: what was suppressed yesterday is not reported again today.
    """
    groups: dict[AlertKind, list[Draft]] = defaultdict(list)
    for draft in stopped:
        state, code = draft.verdict.state, draft.verdict.reason.code
        kind = STOPPED.get((state, code)) or STOPPED.get((state, None))
        if kind is not None:
            groups[kind].append(draft)
    return tuple(
        _draft(
            engine,
            occurrence=f"{world(live)}|alert|{rule.name}|{kind}|{now.isoformat()}|{drafts[0].occurrence}",
            cause=rule.name,
            subject=(drafts[0].subject_type, drafts[0].subject_id),
            owner=rule.owner,
            alert=_grouped(rule, kind, drafts),
            why=drafts[0].verdict.reason.text,
            now=now,
        )
        for kind, drafts in groups.items()
    )


def _grouped(rule: Rule, kind: AlertKind, drafts: Sequence[Draft]) -> NoticesAlert:
    return NoticesAlert(
        kind=kind,
        rule=rule.name,
        count=len(drafts),
        reason=drafts[0].verdict.reason.text,
        samples=tuple(
            StoppedNotice(
                reference=draft.reference,
                subject=f"{draft.subject_type}:{draft.subject_id}",
                customer_id=draft.recipient_id,
                reason=draft.verdict.reason.text,
            )
            for draft in drafts[:SAMPLES]
        ),
        plan=tuple(PlanStep(do=step.do, owner=step.owner, within=step.within) for step in rule.plan),
    )


def _draft(
    engine: Engine,
    *,
    occurrence: str,
    cause: str,
    subject: tuple[str, str],
    owner: str,
    alert: Alert,
    why: str,
    now: datetime,
) -> Draft:
    recipient = owner_recipient(engine.project.owners[owner], engine.defaults)
    channels = tuple(channel for channel in ChannelName if address_of(recipient, channel) is not None)
    name = reference(occurrence)
    if channels:
        verdict = Verdict(
            state=NoticeState.READY,
            reason=Reason(code=ReasonCode.DUE, text=why),
            channels=channels,
            send_at=now,
            passed_limits=True,
        )
    else:
        text = f"owner {owner} has neither a phone nor a mail address (owners.yaml)"
        verdict = Verdict(state=NoticeState.SUPPRESSED, reason=Reason(code=ReasonCode.NO_ADDRESS, text=text))
    messages: tuple[RenderedMessage, ...] = ()
    try:
        messages = engine.renderer.render_alert(
            alert=alert, recipient=recipient, channels=channels, reference=name, now=now
        )
    except RenderingError as error:  # what it is about must be recorded, and hold, even so
        verdict = Verdict(state=NoticeState.HELD, reason=Reason(code=ReasonCode.UNPRINTABLE, text=str(error)))
    return Draft(
        occurrence=occurrence,
        reference=name,
        kind=NoticeKind.ALERT,
        rule=cause,
        subject_type=subject[0],
        subject_id=subject[1],
        recipient=recipient,
        recipient_id=owner,
        notice_class=NoticeClass.SERVICE,
        owner=owner,
        template=TEMPLATE,
        claims=alert.facts,
        claims_digest=claims_digest(alert.facts),
        verdict=verdict,
        messages=messages,
    )
