"""What Twilio says of a message, in a callback or when it is asked -> a receipt."""

import re
from collections.abc import Mapping

from notifier.delivery.outcomes import Halt, OtherChannel, Retry, SuppressAddress
from notifier.delivery.twilio_codes import LostOutcome, became
from notifier.model.receipts import Permanence, Receipt, ReceiptState
from notifier.model.types import ChannelName

STATES: Mapping[str, ReceiptState] = {
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.DELIVERED,
    "undelivered": ReceiptState.UNDELIVERED,
    "failed": ReceiptState.UNDELIVERED,
    "canceled": ReceiptState.UNDELIVERED,
}
"""Twilio's words for the end of a message; `read` is WhatsApp's for one that was opened. Every other one, also one that
is new, says that it is on its way."""
WHATSAPP = "whatsapp:"
"""Stands before numbers where Twilio speaks of WhatsApp."""
_PERMANENCE: Mapping[type[LostOutcome], Permanence] = {
    Retry: Permanence.PASSING,
    OtherChannel: Permanence.MESSAGE,
    SuppressAddress: Permanence.ADDRESS,
    Halt: Permanence.OURS,
}
_KEPT = ("AccountSid", "MessagingServiceSid", "ErrorCode", "RawDlrDoneDate", "ApiVersion")
"""What is kept of a callback: ids and codes. `RawDlrDoneDate` has no zone, so it is a text and no instant."""
_WORD = re.compile(r"[\w-]{1,40}")


def receipt_of(
    sid: str,
    status: str,
    code: int | None,
    said: Mapping[str, str] | None = None,
    *,
    channel: ChannelName = ChannelName.SMS,
) -> Receipt:
    """The receipt of the message `sid`; `said` is all that Twilio said, of which ids and codes are kept."""
    status = status.lower() if _WORD.fullmatch(status) else "unreadable"
    state = STATES.get(status, ReceiptState.SENT)
    outcome = became(code, canceled=status == "canceled") if state is ReceiptState.UNDELIVERED else None
    return Receipt(
        provider="twilio",
        channel=channel,
        provider_id=sid,
        status=status,
        state=state,
        code=None if code is None else str(code),
        meaning=None if outcome is None else outcome.reason,
        permanence=None if outcome is None else _PERMANENCE[type(outcome)],
        raw={name: value[:64] for name in _KEPT if (value := (said or {}).get(name))},
    )


def code_of(text: str | None) -> int | None:
    """Twilio's code as it writes it in a form; None where it is no number."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def channel_and_number(address: str) -> tuple[ChannelName, str]:
    """What Twilio means by an address: `whatsapp:+573001234567` is a number on WhatsApp, and any other one of SMS."""
    if address.startswith(WHATSAPP):
        return ChannelName.WHATSAPP, address.removeprefix(WHATSAPP)
    return ChannelName.SMS, address
