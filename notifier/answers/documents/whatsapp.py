"""WhatsApp texts as they are handed in for approval, as JSON documents."""

import hashlib
import re

from typing_extensions import TypedDict

from notifier.rendering.approvals import TextToApprove
from notifier.rendering.words import language_of


class WhatsAppTextDocument(TypedDict):
    """An item of `rules whatsapp --json`: what Twilio's Content API takes, and what this project knows of it."""

    friendly_name: str
    """As WhatsApp wants names: small letters, digits and `_`. It ends in a digest of the body."""
    language: str
    """`es`, or `es_CO` where the file is for one country."""
    variables: dict[str, str]
    """A sample for each hole."""
    body: str
    template: str
    locale: str
    file: str
    handed_in: bool
    """Whether `rules/whatsapp.yaml` has it."""
    content_sid: str | None
    """None while it is not approved."""


def whatsapp_text_document(text: TextToApprove) -> WhatsAppTextDocument:
    """An item of `rules whatsapp --json`."""
    digest = hashlib.sha256(text.body.encode()).hexdigest()[:8]
    language = language_of(text.locale)
    name = re.sub(r"[^a-z0-9]+", "_", f"{text.template}_{text.locale}".lower())
    return {
        "friendly_name": f"{name}_{digest}",
        "language": text.locale.replace("-", "_") if text.locale != language else language,
        "variables": {str(number): sample for number, sample in enumerate(text.samples, start=1)},
        "body": text.body,
        "template": text.template,
        "locale": text.locale,
        "file": text.file,
        "handed_in": text.handed_in,
        "content_sid": text.content_sid,
    }
