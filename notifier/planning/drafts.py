"""From an intent and its verdict to a draft, without its messages: those are rendered by the pipeline."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from notifier.model.digests import approval_digest, claims_digest
from notifier.model.notices import (
    UNSENT,
    Draft,
    NoticeKind,
    NoticeState,
    Reason,
    ReasonCode,
    Recipient,
    Verdict,
)
from notifier.model.types import ChannelName
from notifier.planning.addressing import address_of
from notifier.planning.intents import Action, Intent
from notifier.rules.checked import Rule

ENDINGS: Mapping[Action, tuple[NoticeState, bool]] = {
    Action.EXPIRE: (NoticeState.EXPIRED, True),
    Action.CANCEL: (NoticeState.CANCELLED, False),
    Action.SPEND: (NoticeState.CANCELLED, True),
}
"""What an action that sends nothing leaves behind: the state, and whether the occurrence is spent."""
_NOTHING = claims_digest({})
_JSON = json.JSONEncoder(ensure_ascii=False)
"""Made once: `json.dumps` makes one for each document."""


def is_approved(rule: Rule, intent: Intent) -> bool:
    """Whether a person approved exactly this content of exactly this rule."""
    known = intent.known
    if known is None or known.approved_digest is None:
        return False
    return known.approved_digest == approval_digest(rule.digest, claims_digest(intent.match.claims))


def planned(rule: Rule, intent: Intent, recipient: Recipient | None, verdict: Verdict, reference: str) -> Draft:
    """The draft of an intent that was planned."""
    return _draft(rule, intent, recipient, verdict, reference, spent=False)


def ended(rule: Rule, intent: Intent, recipient: Recipient | None, reference: str) -> Draft:
    """The draft of an intent that ends an occurrence: expired, cancelled, or recorded and not told."""
    assert intent.reason is not None
    state, spent = ENDINGS[intent.action]
    return _draft(rule, intent, recipient, Verdict(state=state, reason=intent.reason), reference, spent=spent)


def kept(rule: Rule, intent: Intent, recipient: Recipient | None, reference: str) -> Draft:
    """The draft of what was told already, or is not to be told: for preview, never written."""
    assert intent.reason is not None
    state = intent.known.state if intent.known is not None else NoticeState.CANCELLED
    draft = _draft(rule, intent, recipient, Verdict(state=state, reason=intent.reason), reference, spent=True)
    return replace(draft, unchanged=True)


def is_still_unprintable(rule: Rule, intent: Intent) -> bool:
    """Whether its messages could not be written, and neither its rule nor its claims have changed since."""
    known = intent.known
    return (
        known is not None
        and known.reason_code is ReasonCode.UNPRINTABLE
        and known.rule_digest == rule.digest
        and known.claims_digest == claims_digest(intent.match.claims)
    )


def is_unchanged(draft: Draft, intent: Intent) -> bool:
    """Whether the outbox has this notice just so: same verdict, same reason, same content."""
    known = intent.known
    return (
        known is not None
        and known.state is draft.verdict.state
        and known.state in UNSENT
        and known.reason_code is draft.verdict.reason.code
        and known.contradictions == draft.verdict.contradictions
        and known.content_digest == draft.content_digest
        and known.deferred_until == (draft.verdict.send_at if known.state is NoticeState.DEFERRED else None)
        and known.until == draft.until
    )


def _draft(
    rule: Rule, intent: Intent, recipient: Recipient | None, verdict: Verdict, reference: str, *, spent: bool
) -> Draft:
    match = intent.match
    told = intent.told
    previous = told.claims if told is not None and intent.kind is NoticeKind.CORRECTION else {}
    digest = claims_digest(match.claims)
    claims = (digest, claims_digest(previous) if previous else _NOTHING)
    return Draft(
        occurrence=intent.occurrence,
        reference=reference,
        kind=intent.kind,
        rule=rule.name,
        subject_type=rule.about,
        subject_id=match.subject_id,
        each_id=match.each_id,
        recipient=recipient,
        recipient_id=match.recipient_id,
        notice_class=rule.notice_class,
        owner=rule.owner,
        touchpoint=rule.touchpoint,
        template=intent.template,
        ordinal=match.ordinal,
        anchor=match.anchor,
        at=match.at,
        until=intent.until,
        claims=match.claims,
        evidence=match.evidence,
        rule_digest=rule.digest,
        template_digest=rule.template_digests.get(intent.template, ""),
        claims_digest=digest,
        content_digest=_content_digest(rule, intent, claims, recipient, verdict),
        corrects=told.occurrence if told is not None and intent.kind is NoticeKind.CORRECTION else None,
        follows=told.occurrence if told is not None and intent.kind is NoticeKind.FOLLOW_UP else None,
        previous=previous,
        verdict=verdict,
        spent=spent,
        known_version=intent.known.version if intent.known is not None else None,
    )


def _content_digest(
    rule: Rule, intent: Intent, claims: tuple[str, str], recipient: Recipient | None, verdict: Verdict
) -> str:
    """The digest of what is planned; the one that is known already, where a channel of it merely failed since.

    So the messages on the other channels stay as they are, while they are on their way.
    """
    digest = content_digest(rule, intent, claims, recipient, verdict.channels)
    known = intent.known
    if known is None or not known.failed or recipient is None or {known.state, verdict.state} != {NoticeState.READY}:
        return digest
    failed = [channel for channel in known.channels if (channel, address_of(recipient, channel)) in known.failed]
    before = content_digest(rule, intent, claims, recipient, (*verdict.channels, *failed))
    return before if before == known.content_digest else digest


def content_digest(
    rule: Rule,
    intent: Intent,
    claims: tuple[str, str],
    recipient: Recipient | None,
    channels: Sequence[ChannelName],
) -> str:
    """SHA-256 over everything the messages are made of, but not `now`; `claims`: the digests of what is and was said.

    Comparing what goes in instead of the rendered bytes lets an unchanged notice keep its bytes without being rendered
    again, which is nine tenths of the work. The rule's digest stands for its templates, exits and owners.
    """
    parts: list[object] = [rule.digest, intent.kind, intent.template, *claims]
    if recipient is not None:
        parts += [recipient.name, recipient.locale, recipient.timezone]
        parts += sorted({(channel.value, address_of(recipient, channel) or "") for channel in channels})
    zones = sorted({value.timezone or "" for value in intent.match.claims.values()})
    return hashlib.sha256(_JSON.encode([*parts, zones]).encode()).hexdigest()


def not_printable(draft: Draft, reason: Reason) -> Draft:
    """The same draft, held because its messages cannot be written, or would not all say the same."""
    return replace(draft, verdict=Verdict(state=NoticeState.HELD, reason=reason), messages=())
