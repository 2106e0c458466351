"""The verdict on one intent: ready, held, deferred, suppressed or failed, always with the reason a person can read.

In this order: an open contradiction holds; without address or consent, or where this notice failed before, another
channel or nobody; quiet hours defer, or leave another channel, or nobody; limits hold for approval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.model.contradictions import Contradiction
from notifier.model.instants import local_minute, minute_text
from notifier.model.notices import NoticeKind, NoticeState, Reason, ReasonCode, Recipient, Verdict
from notifier.model.types import ChannelName
from notifier.planning.addressing import Access, Reachable, reachable
from notifier.planning.intents import Intent
from notifier.planning.quiet_hours import hours_for, next_allowed
from notifier.promises.holds import hold_reason
from notifier.rules.checked import Policy, Rule

UNREACHABLE = (ReasonCode.NO_CONSENT, ReasonCode.ADDRESS_SUPPRESSED, ReasonCode.NO_PROVIDER, ReasonCode.NO_ADDRESS)
"""Which reason stands for several: the customer's own word first."""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a verdict depends on besides the intent."""

    now: datetime
    policy: Policy
    access: Access
    over_limit: Reason | None
    """Why this tick's batch of the rule must wait for approval."""


def verdict_on(
    rule: Rule,
    intent: Intent,
    recipient: Recipient | None,
    contradictions: Sequence[Contradiction],
    approved: bool,
    circumstances: Circumstances,
) -> Verdict:
    """What planning decides. `contradictions` hold this notice; `approved`: a person approved just this content."""
    if contradictions and not (intent.known and intent.known.released):
        return Verdict(
            state=NoticeState.HELD,
            reason=Reason(code=ReasonCode.OPEN_CONTRADICTION, text=hold_reason(contradictions)),
            contradictions=tuple(sorted(contradiction.id for contradiction in contradictions)),
        )
    if recipient is None:
        return _suppressed(ReasonCode.UNKNOWN_CUSTOMER, "the customer is not in the state")
    channels = _reachable(rule, intent, recipient, circumstances.access)
    if not channels.channels:
        return _unreachable(channels)
    passed = approved or _passed_before(intent)
    if not passed and intent.known is not None and intent.known.reason_code is ReasonCode.LIMIT:
        return _waiting(circumstances.over_limit, channels.channels)
    opening = {
        channel: next_allowed(
            hours_for(circumstances.policy, recipient.country, rule.notice_class, channel),
            recipient.timezone,
            circumstances.now,
        )
        for channel in channels.channels
    }
    deferred = _quiet(intent, recipient, opening, circumstances.now)
    if deferred is not None:
        return deferred
    allowed = tuple(channel for channel in channels.channels if opening[channel] <= circumstances.now)
    if not passed and circumstances.over_limit is not None:
        return _waiting(circumstances.over_limit, allowed)
    return Verdict(
        state=NoticeState.READY,
        reason=_due(rule, intent, channels, allowed),
        channels=allowed,
        send_at=circumstances.now,
        passed_limits=True,
    )


def _passed_before(intent: Intent) -> bool:
    """Whether the limits let it pass at an earlier look. What passed by an approval passes by that approval alone."""
    return intent.known is not None and intent.known.passed_limits and intent.known.approved_digest is None


def _waiting(over_limit: Reason | None, channels: tuple[ChannelName, ...]) -> Verdict:
    """Held for approval. It waits until a person decides, even when the count has fallen below the limit since."""
    reason = over_limit or Reason(code=ReasonCode.LIMIT, text="it waits for a person's approval")
    return Verdict(state=NoticeState.HELD, reason=reason, channels=channels)


def _reachable(rule: Rule, intent: Intent, recipient: Recipient, access: Access) -> Reachable:
    """Corrections and follow-ups go where the customer was told; where that is gone, on the rule's other channels."""
    failed = intent.known.failed if intent.known is not None else {}
    told = intent.told.told_channels if intent.told is not None else ()
    if told:
        again = reachable(recipient, told, rule.notice_class, access, failed)
        if again.channels:
            return again
    wanted = tuple(dict.fromkeys((*told, *rule.channels)))
    return reachable(recipient, wanted, rule.notice_class, access, failed)


def _unreachable(channels: Reachable) -> Verdict:
    """Nobody can be told. Where a channel was tried and refused it, that is a failure which its owner must know."""
    codes = {each.code for each in channels.left_out}
    if ReasonCode.UNDELIVERABLE in codes:
        reason = Reason(code=ReasonCode.UNDELIVERABLE, text=f"no channel took it: {'; '.join(channels.notes)}")
        return Verdict(state=NoticeState.FAILED, reason=reason)
    code = next((code for code in UNREACHABLE if code in codes), ReasonCode.NO_ADDRESS)
    return _suppressed(code, " and ".join(channels.notes))


def _quiet(intent: Intent, recipient: Recipient, opening: dict[ChannelName, datetime], now: datetime) -> Verdict | None:
    """The verdict of the quiet hours; None where a channel may speak now and waiting for the others gains nothing."""
    if all(instant <= now for instant in opening.values()):
        return None
    reopens = max(opening.values())
    when = minute_text(reopens, recipient.timezone)
    if intent.until is None or reopens < intent.until:
        return Verdict(
            state=NoticeState.DEFERRED,
            reason=Reason(code=ReasonCode.QUIET_HOURS, text=f"quiet hours until {when}"),
            channels=tuple(opening),
            send_at=reopens,
        )
    if any(instant <= now for instant in opening.values()):
        return None
    end = local_minute(intent.until, recipient.timezone)
    text = f"quiet hours until {when}, and it helps only before {end}"
    return _suppressed(ReasonCode.QUIET_HOURS_PAST_UNTIL, text)


def _due(rule: Rule, intent: Intent, channels: Reachable, allowed: Sequence[ChannelName]) -> Reason:
    match intent.kind:
        case NoticeKind.CORRECTION:
            text = f"corrects {intent.told.reference}" if intent.told else "corrects"
        case NoticeKind.FOLLOW_UP:
            text = f"follows up {intent.told.reference}" if intent.told else "follows up"
        case _ if rule.at:
            moment = rule.at[intent.match.ordinal]
            text = moment.text
            if intent.match.at is not None:
                text += f" ({minute_text(intent.match.at)})"
        case _:
            text = "what the rule says is true"
    notes = channels.notes
    quiet = [channel for channel in channels.channels if channel not in allowed]
    if quiet:
        notes.append(f"quiet hours for {' and '.join(quiet)}")
    return Reason(code=ReasonCode.DUE, text="; ".join([text, *notes]))


def _suppressed(code: ReasonCode, text: str) -> Verdict:
    return Verdict(state=NoticeState.SUPPRESSED, reason=Reason(code=code, text=text))
