"""What the contact law wants every message of a class to say, looked for in the rendered message of one customer.

A program sees whether a text names its sender, and a word that stops it; the rest of what laws want is for a person.
"""

from collections.abc import Iterator, Sequence

from notifier.model.notices import Recipient, RenderedMessage
from notifier.model.types import ChannelName, NoticeClass
from notifier.rendering.settings import RenderSettings
from notifier.rules.contact_terms import SENDER, WAY_TO_STOP, ContactRules, MustSay

LACKS = {
    SENDER: "does not name its sender: print {{ company }}",
    WAY_TO_STOP: "does not say how to get no more: name a word that stops it, such as STOP or BAJA",
}
"""What is missing, and the remedy."""
_NAMES = {ChannelName.SMS: "SMS", ChannelName.EMAIL: "mail", ChannelName.WHATSAPP: "WhatsApp message"}
_UNSUBSCRIBE = b"\r\nList-Unsubscribe: "


def lacking(
    messages: Sequence[RenderedMessage],
    recipient: Recipient,
    notice_class: NoticeClass,
    rules: ContactRules,
    settings: RenderSettings,
) -> str:
    """What these messages lack of what the law of the recipient's place wants, as a sentence; empty where nothing."""
    if not rules.wants_content(notice_class):
        return ""
    found: dict[str, list[str]] = {}
    for message in messages:
        for demand in _demands(rules, recipient, notice_class, message.channel):
            if not _says(message, demand.what, settings):
                found.setdefault(f"the {_NAMES[message.channel]} {LACKS[demand.what]}", []).append(demand.said_by)
    return "; ".join(f"{what} ({', '.join(said_by)})" for what, said_by in found.items())


def _demands(
    rules: ContactRules, recipient: Recipient, notice_class: NoticeClass, channel: ChannelName
) -> Iterator[MustSay]:
    for terms in rules.of(recipient.country, notice_class, channel, recipient.subdivision):
        yield from terms.must_say


def _says(message: RenderedMessage, what: str, settings: RenderSettings) -> bool:
    text = f"{message.subject or ''}\n{message.text}"
    if what == SENDER:
        return " ".join(settings.company.split()).casefold() in " ".join(text.split()).casefold()
    has_link = message.channel is ChannelName.EMAIL and _UNSUBSCRIBE in message.payload
    return has_link or settings.names_way_to_stop(text)
