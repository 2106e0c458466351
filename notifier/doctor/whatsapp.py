"""Whether what the rules say by WhatsApp can be sent: a sender, and texts that are approved."""

from collections.abc import Sequence

from notifier.doctor.findings import Finding, doubtful, fine
from notifier.rules.checked import ApprovedText


def whatsapp_finding(texts: Sequence[ApprovedText], *, sends: bool) -> Finding:
    """What is missing before WhatsApp messages go out; `sends`: whether there is a sender."""
    approved = sum(each.content_sid is not None for each in texts)
    if not sends:
        return doubtful(
            "whatsapp",
            "rules speak by WhatsApp, and there is no sender: they speak on their other channels",
            "set NOTIFIER_TWILIO_WHATSAPP_FROM to a number that Twilio registered with WhatsApp",
        )
    if approved < len(texts) or not texts:
        return doubtful(
            "whatsapp",
            f"{approved} of {len(texts)} texts that were handed in are approved; the others are said elsewhere",
            "notifier rules whatsapp shows each; write its content_sid into rules/whatsapp.yaml once it is approved",
        )
    return fine("whatsapp", f"a sender is set, and {approved} {'text is' if approved == 1 else 'texts are'} approved")
