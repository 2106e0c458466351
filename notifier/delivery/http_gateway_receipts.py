"""What a company's own SMS gateway says of a message, in a callback or when it is asked -> a receipt."""

import re
from collections.abc import Mapping
from typing import Any

from notifier.model.receipts import Permanence, Receipt, ReceiptState
from notifier.model.types import ChannelName

PROVIDER = "gateway"
OPTED_OUT = "opted_out"
"""The word, and the code, for: whose number it is said no."""
STATES: Mapping[str, ReceiptState] = {
    "delivered": ReceiptState.DELIVERED,
    "undelivered": ReceiptState.UNDELIVERED,
    "failed": ReceiptState.UNDELIVERED,
    "expired": ReceiptState.UNDELIVERED,
    OPTED_OUT: ReceiptState.UNDELIVERED,
}
"""The words for the end of a message. Every other one says that it is on its way."""
_FOR_GOOD: Mapping[str, Permanence] = {"expired": Permanence.PASSING, OPTED_OUT: Permanence.ADDRESS}
_WORD = re.compile(r"[\w.-]{1,64}", re.ASCII)


def gateway_receipt(said: Mapping[str, Any]) -> Receipt | None:
    """The receipt that a document with `id` and `status` is; None for any other."""
    provider_id, status, code = (word(said.get(name)) for name in ("id", "status", "code"))
    if not provider_id or not status:
        return None
    state = STATES.get(status, ReceiptState.SENT)
    lost = state is ReceiptState.UNDELIVERED
    return Receipt(
        provider=PROVIDER,
        channel=ChannelName.SMS,
        provider_id=provider_id,
        status=status,
        state=state,
        code=OPTED_OUT if status == OPTED_OUT else code or None,
        meaning=f"the gateway says {status}" if lost else None,
        permanence=_FOR_GOOD.get(status, Permanence.MESSAGE) if lost else None,
    )


def word(value: object) -> str:
    """An id, a status or a code; empty for anything else, which must not get into a log."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if _WORD.fullmatch(text) else ""
