"""An intent and its verdict become a draft: what it leaves in the outbox, and the messages where it is ready."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from notifier.drafting.content import lacking
from notifier.model.digests import claims_digest, match_digest, reference
from notifier.model.json_texts import writer_of
from notifier.model.notices import (
    PAST_UNTIL,
    Claims,
    Draft,
    NoticeKind,
    NoticeState,
    Reason,
    ReasonCode,
    Recipient,
    RenderedMessage,
    ThreadEvent,
    Verdict,
)
from notifier.model.reading import KnownNotice, StateReader
from notifier.model.types import ChannelName
from notifier.planning.addressing import address_of
from notifier.planning.situation import Action, Intent
from notifier.rendering.errors import RenderingError
from notifier.rendering.invitations import CalendarEntry, calendar_entry_of, with_calendar_entry
from notifier.rendering.lists import together
from notifier.rendering.renderer import Renderer
from notifier.rendering.sheets import Said
from notifier.rules.checked_rules import InvitationChange, Rule
from notifier.rules.contact_terms import ContactRules

CONTENT = "content"
"""What withholds a message that lacks what the law wants in it: no gate, for it is seen in what is written."""
UNWRITTEN = (ReasonCode.UNPRINTABLE, ReasonCode.LACKS_CONTENT)
"""Why nothing could be written that may go."""
SPENT = (Action.EXPIRE, Action.SPEND, Action.KEEP, Action.RESEND)
"""After these, the occurrence is never told again."""
_ENDS = {Action.EXPIRE: NoticeState.EXPIRED, Action.ALERT: NoticeState.SUPPRESSED}
JOINED = "+"
"""Stands in a content digest between what is the notice's own and with whom it is in one message."""
_PART = "part by "
_NOTHING = claims_digest({})
_JSON = writer_of(json.JSONEncoder(ensure_ascii=False))


def is_settled(rule: Rule, intent: Intent) -> bool:
    """Whether it leaves the outbox as it is, whatever the gates would say.

    So it is where nothing is to be done, and where the messages could not be written, as long as rule and claims are
    those that could not.
    """
    known = intent.known
    if intent.action is Action.KEEP:
        return True
    return (
        intent.action is Action.PLAN
        and known is not None
        and known.reason_code in UNWRITTEN
        and known.rule_digest == rule.digest
        and known.claims_digest == match_digest(intent.match)
    )


def verdict_without_gates(intent: Intent) -> Verdict:
    """The verdict of an intent that has its reason already."""
    assert intent.reason is not None
    state = _ENDS.get(intent.action, NoticeState.CANCELLED)
    if intent.action is Action.KEEP and intent.known is not None:
        state = intent.known.state
    return Verdict(state=state, reason=intent.reason)


def notice_draft(
    rule: Rule, intent: Intent, recipient: Recipient | None, verdict: Verdict, name: str, joined: str | None = None
) -> Draft:
    """What the intent leaves in the outbox under the reference `name`, without messages.

    `joined`: what its content digest says besides, where it is in one message with others.
    """
    match, told, known = intent.match, intent.told, intent.known
    corrects = told if intent.kind is NoticeKind.CORRECTION else None
    follows = told if intent.kind is NoticeKind.FOLLOW_UP else None
    previous = _replaced(intent)
    said = match_digest(match)
    beside = previous or intent.current
    digests = (said, claims_digest(beside) if beside else _NOTHING)
    content = _content_digest(rule, intent, digests, recipient, verdict, joined)
    return Draft(
        occurrence=intent.occurrence,
        reference=name,
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
        claims_digest=said,
        content_digest=content,
        corrects=corrects.occurrence if corrects is not None else None,
        follows=follows.occurrence if follows is not None else None,
        event=intent.event,
        previous=previous,
        holders=intent.holders,
        verdict=verdict,
        unchanged=_writes_nothing(intent, verdict, content),
        spent=intent.action in SPENT,
        known_version=known.version if known is not None else None,
    )


def rendered(
    draft: Draft, intent: Intent, rule: Rule, renderer: Renderer, now: datetime, contact: ContactRules
) -> Draft:
    """The draft with its messages where it is ready; held where they cannot be written, or would not say the same, or
    lack what the law of the place wants in them.

    Where it is a part of another one's message, it has none of its own.
    """
    if draft.verdict.state is not NoticeState.READY or draft.recipient is None or intent.action is not Action.PLAN:
        return draft
    locale, channels = draft.recipient.locale, draft.verdict.channels
    own = [channel for channel in channels if channel not in draft.verdict.through]
    try:
        messages = messages_of(draft, intent, rule, own, renderer, now) if own else ()
        spoken = renderer.spoken_locale(draft.template, channels[0], locale) if channels else None
    except RenderingError as error:
        return _withheld(draft, intent, Reason(code=ReasonCode.UNPRINTABLE, text=str(error)))
    if lacks := lacking(messages, draft.recipient, rule.notice_class, contact, renderer.settings):
        return _withheld(draft, intent, Reason(code=ReasonCode.LACKS_CONTENT, text=lacks), CONTENT)
    return draft.written(messages, spoken)


def _withheld(draft: Draft, intent: Intent, reason: Reason, gate: str | None = None) -> Draft:
    verdict = Verdict(state=NoticeState.HELD, reason=reason, gate=gate)
    return replace(draft, verdict=verdict, unchanged=_writes_nothing(intent, verdict, draft.content_digest))


def said_in(intent: Intent, rule: Rule) -> Said:
    """What the notice of the intent says, apart from those that go with it."""
    return Said(
        kind=intent.kind,
        event=intent.event,
        claims=intent.match.claims,
        previous=_replaced(intent),
        current=intent.current,
        labels=rule.labels,
    )


def _replaced(intent: Intent) -> Claims:
    """What was told, where the notice puts it right or says it again."""
    replaces = intent.kind is NoticeKind.CORRECTION or intent.event is ThreadEvent.REINSTATED
    return intent.told.claims if replaces and intent.told is not None else {}


def messages_of(
    draft: Draft,
    intent: Intent,
    rule: Rule,
    channels: Sequence[ChannelName],
    renderer: Renderer,
    now: datetime,
    beside: Sequence[Said] = (),
) -> tuple[RenderedMessage, ...]:
    """What the notice says on these channels, by itself; or with what others say that are rows of the same text.

    Raises RenderingError.
    """
    assert draft.recipient is not None, "nobody is written to without being known"
    said = said_in(intent, rule)
    if rule.group is not None:
        said = together([said, *beside])
    messages = renderer.messages(
        template=draft.template,
        said=said,
        recipient=draft.recipient,
        channels=channels,
        reference=draft.reference,
        exit_id=way_out(rule, draft.recipient, renderer),
        owner_id=rule.owner,
        notice_class=draft.notice_class,
        now=now,
    )
    entry = _calendar_entry(draft, rule)
    return messages if entry is None else with_calendar_entry(messages, entry, renderer.settings, now)


def way_out(rule: Rule, recipient: Recipient, renderer: Renderer) -> str:
    """The id of the contact point of the rule, or of the one that this customer needs instead."""
    point = renderer.project.contact_points.get(rule.exit)
    return rule.exit if point is None else point.given_to(recipient.needs)


def _calendar_entry(draft: Draft, rule: Rule) -> CalendarEntry | None:
    """The entry for the reader's calendar that its mail carries; None where it carries none.

    A correction has the new facts, and a follow-up does what its own line of the rule says.
    """
    if rule.invitation is None:
        return None
    change: InvitationChange | None = InvitationChange.UPDATE
    if draft.kind is NoticeKind.FOLLOW_UP:
        spoken = [each for each in rule.follow_up if each.template == draft.template]
        exact = [each for each in spoken if each.on is draft.event] or [each for each in spoken if each.on is None]
        change = exact[0].invitation if exact else None
    if change is None:
        return None
    return calendar_entry_of(
        rule.invitation,
        draft.claims,
        about=(draft.subject_type, draft.subject_id, draft.each_id or "", draft.recipient_id or ""),
        reference=draft.reference,
        cancelled=change is InvitationChange.CANCEL,
    )


def references(reader: StateReader, intents: Sequence[Intent]) -> Mapping[str, str]:
    """A reference for every occurrence; one that another occurrence took already gets the next salt."""
    names = {
        intent.occurrence: intent.known.reference if intent.known else reference(intent.occurrence)
        for intent in intents
    }
    new = {names[intent.occurrence]: intent.occurrence for intent in intents if intent.known is None}
    salt = 0
    while taken := {name: by for name, by in reader.occurrences_of(new.keys()).items() if by != new[name]}:
        salt += 1
        renamed = [new[name] for name in taken]
        names |= {occurrence: reference(occurrence, salt) for occurrence in renamed}
        new = {names[occurrence]: occurrence for occurrence in renamed}
    return names


def is_news(draft: Draft, known: KnownNotice | None) -> bool:
    """Whether the verdict is another one than the outbox has: owners are not told twice of the same."""
    if draft.unchanged:
        return False
    code = draft.verdict.reason.code
    if code in PAST_UNTIL and known is not None and known.reason_code is code:
        return False  # its owner was asked to say it, whichever channel became free since
    return known is None or (known.state, known.reason_code) != (draft.verdict.state, draft.verdict.reason.code)


def is_lost_now(draft: Draft, known: KnownNotice | None) -> bool:
    """Whether it is since this pass that the customer is to hear that the row is somebody else's."""
    waits = draft.verdict.state is not NoticeState.CANCELLED
    return draft.event is ThreadEvent.REASSIGNED and waits and (known is None or known.state is NoticeState.CANCELLED)


def is_called_off(draft: Draft, known: KnownNotice | None) -> bool:
    """Whether the facts changed back after a person was asked to say what they had become."""
    asked = known is not None and known.reason_code in PAST_UNTIL
    return asked and draft.verdict.reason.code is ReasonCode.CHANGED_BACK


def _writes_nothing(intent: Intent, verdict: Verdict, content: str) -> bool:
    """Whether the outbox has this notice just so: same verdict, same reason, same content."""
    if intent.action in (Action.KEEP, Action.RESEND):
        return True
    known = intent.known
    return (
        known is not None
        and known.state is verdict.state
        and known.is_open
        and known.reason_code is verdict.reason.code
        and known.contradictions == verdict.contradictions
        and _same_voices(known, verdict)
        and known.content_digest == content
        and known.deferred_until == (verdict.send_at if known.state is NoticeState.DEFERRED else None)
        and known.until == intent.until
    )


def _same_voices(known: KnownNotice, verdict: Verdict) -> bool:
    """Whether the same notices speak for it as the outbox says.

    Where it is told by nobody but them, a channel that refused their words since changes nothing: they share one fate.
    """
    if verdict.reason.code is not ReasonCode.TOLD_THROUGH:
        return known.through == verdict.through
    speakers = {voice.occurrence for voice in known.through.values()}
    return known.through.items() >= verdict.through.items() and speakers == {
        voice.occurrence for voice in verdict.through.values()
    }


def _content_digest(
    rule: Rule,
    intent: Intent,
    claims: tuple[str, str],
    recipient: Recipient | None,
    verdict: Verdict,
    joined: str | None,
) -> str:
    """The digest of what is planned; the one that is known already, where a channel of it merely failed since.

    So the messages on the other channels stay as they are, while they are on their way. What was told on one channel
    says the same on the next one.
    """
    known = intent.known
    if known is not None and intent.action is Action.RESEND:
        return known.content_digest if joined is None else own_digest(known.content_digest) + joined
    digest = content_digest(rule, intent, claims, recipient, verdict.channels)
    return _as_before(rule, intent, claims, recipient, verdict, digest) + (joined or "")


def _as_before(
    rule: Rule, intent: Intent, claims: tuple[str, str], recipient: Recipient | None, verdict: Verdict, digest: str
) -> str:
    known = intent.known
    if known is None or not known.failed or recipient is None or {known.state, verdict.state} != {NoticeState.READY}:
        return digest
    failed = [channel for channel in known.channels if (channel, address_of(recipient, channel)) in known.failed]
    before = content_digest(rule, intent, claims, recipient, (*verdict.channels, *failed))
    return before if before == own_digest(known.content_digest) else digest


def own_digest(digest: str) -> str:
    """Of a content digest, what is the notice's own: not with whom it is in one message."""
    return digest.partition(JOINED)[0]


def digest_as_part(channels: Iterable[ChannelName]) -> str:
    """What the content digest of a part says besides: on which channels it has no message of its own."""
    return f"{JOINED}{_PART}{' '.join(sorted(channels))}"


def is_part(digest: str) -> bool:
    """Whether a notice with this content digest is a part of another one's message."""
    return digest.partition(JOINED)[2].startswith(_PART)


def has_parts(digest: str) -> bool:
    """Whether a notice with this content digest has others as parts of its messages."""
    return JOINED in digest and not is_part(digest)


def digest_with_parts(parts: Iterable[tuple[str, str]]) -> str:
    """What the content digest of a notice says besides whose messages have parts: each by reference and digest."""
    return JOINED + hashlib.sha256(_JSON(sorted(parts)).encode()).hexdigest()


def content_digest(
    rule: Rule,
    intent: Intent,
    claims: tuple[str, str],
    recipient: Recipient | None,
    channels: Sequence[ChannelName],
) -> str:
    """SHA-256 over everything the messages are made of, but not `now`.

    `claims`: the digests of what is said, and of what was told before it or is true beside it.

    Comparing what goes in instead of the rendered bytes lets an unchanged notice keep its bytes without being rendered
    again, which is nine tenths of the work. The rule's digest stands for its templates, exits and owners.
    """
    parts: list[object] = [rule.digest, intent.kind, intent.template, *claims]
    if intent.event is not None:
        parts.append(intent.event)
    if recipient is not None and intent.action is not Action.ALERT:  # a note is for nobody's eyes
        parts += [recipient.name, recipient.locale, recipient.timezone]
        parts += sorted({(channel.value, address_of(recipient, channel) or "") for channel in channels})
    zones = sorted({value.timezone or "" for value in intent.match.claims.values()})
    return hashlib.sha256(_JSON([*parts, zones]).encode()).hexdigest()
