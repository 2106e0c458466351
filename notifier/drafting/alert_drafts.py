"""An alert becomes a draft, on the channels that reach its owner. Quiet hours do not bind owners."""

from collections.abc import Sequence
from datetime import datetime

from notifier.drafting.ruleset import Ruleset
from notifier.model.alerts import Alert
from notifier.model.digests import claims_digest, reference
from notifier.model.notices import Draft, NoticeKind, NoticeState, Reason, ReasonCode, RenderedMessage, Verdict
from notifier.model.reading import StateReader
from notifier.model.types import OWNER_CHANNELS, ChannelName, NoticeClass
from notifier.planning.addressing import Access, addresses_of, barriers, notes_of, owner_recipient
from notifier.rendering.errors import RenderingError
from notifier.rules.checked_owners import Owner

TEMPLATE = "alert"


def alert_draft(
    ruleset: Ruleset,
    reader: StateReader,
    *,
    occurrence: str,
    cause: str,
    subject: tuple[str, str],
    owner: str,
    alert: Alert,
    why: str,
    now: datetime,
    instead_of: ChannelName | None = None,
    known: Owner | None = None,
    by: Sequence[ChannelName] = (),
) -> Draft:
    """The draft of an alert, on every channel that reaches the owner, or on those of `by` alone.

    `instead_of` is a channel on which the alert would not arrive, because it is about just that.

    `known` is an owner who need not be in owners.yaml.
    """
    # Its notices may outlive an owner.
    known = known or ruleset.project.owners.get(owner) or Owner(id=owner, name=owner)
    recipient = owner_recipient(known, ruleset.defaults)
    asked = [channel for channel in by or OWNER_CHANNELS if channel is not ChannelName.CHAT or known.chat is not None]
    wanted = tuple(channel for channel in asked if channel is not instead_of)
    access = Access(suppressed=reader.suppressed(addresses_of([recipient])), unavailable=ruleset.unavailable)
    left_out = barriers(recipient, wanted, NoticeClass.SERVICE, access, failed={})
    channels = tuple(channel for channel in wanted if channel not in {each.channel for each in left_out})
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
        text = f"owner {owner} cannot be reached: {' and '.join(notes_of(left_out))} (owners.yaml)"
        verdict = Verdict(state=NoticeState.SUPPRESSED, reason=Reason(code=ReasonCode.NO_ADDRESS, text=text))
    messages: tuple[RenderedMessage, ...] = ()
    try:
        messages = ruleset.renderer.render_alert(
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
