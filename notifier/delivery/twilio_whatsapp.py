"""WhatsApp by Twilio: an approved text by its ContentSid, with the values for its holes.

A free text goes to nobody who did not write within 24 hours (Twilio's 63016), so none is ever sent. Apart from that it
is a message like an SMS: one POST, the same answers, the same list, in which Twilio shows the text with its values.
"""

import json
from collections.abc import Mapping
from dataclasses import replace

from notifier.delivery.accounts import TwilioAccount
from notifier.delivery.twilio_receipts import WHATSAPP
from notifier.delivery.twilio_sms import TwilioSms
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName


class TwilioWhatsApp(TwilioSms):
    """The channel. The account's sender is a number (E.164) that is registered with WhatsApp."""

    channel = ChannelName.WHATSAPP

    def __init__(self, account: TwilioAccount) -> None:
        super().__init__(replace(account, sender=f"{WHATSAPP}{account.sender}", messaging_service_sid=None))

    def _address(self, message: Outgoing) -> str:
        return f"{WHATSAPP}{message.address}"

    def _content(self, message: Outgoing) -> Mapping[str, str]:
        written = json.loads(message.payload)
        variables = json.dumps(written["ContentVariables"], ensure_ascii=False)
        return {"content_sid": written["ContentSid"], "content_variables": variables}
