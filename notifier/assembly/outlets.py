"""Where messages go by the settings of this installation, and what sends them there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from notifier.delivery.channel import Channel
from notifier.delivery.sandbox import SandboxChannel
from notifier.model.clock import Clock
from notifier.model.outlet import Outlet
from notifier.model.pace import Pace
from notifier.model.types import ChannelName
from notifier.settings import Settings

if TYPE_CHECKING:
    from notifier.sending.dispatch import Dispatcher
    from notifier.sending.reply_answers import AnswerSender


def channels_of(settings: Settings) -> Mapping[ChannelName, Channel]:
    """Where messages go: live to the providers with credentials, else into the outbox folder.

    Returns new channels each time; they connect on first use.
    """
    if not settings.live:
        return dict.fromkeys(ChannelName, SandboxChannel(settings.outbox))
    channels: dict[ChannelName, Channel] = {}
    if (account := settings.twilio) is not None:
        from notifier.delivery.twilio_sms import TwilioSms

        channels[ChannelName.SMS] = TwilioSms(account)
    if (gateway := settings.sms_gateway) is not None:
        from notifier.delivery.http_gateway import HttpGateway

        channels[ChannelName.SMS] = HttpGateway(gateway)
    if (account := settings.twilio_whatsapp) is not None:
        from notifier.delivery.twilio_whatsapp import TwilioWhatsApp

        channels[ChannelName.WHATSAPP] = TwilioWhatsApp(account)
    if (server := settings.smtp) is not None:
        from notifier.delivery.smtp_email import SmtpEmail

        channels[ChannelName.EMAIL] = SmtpEmail(server)
    if settings.chats:
        from notifier.delivery.apprise_chat import AppriseChat

        channels[ChannelName.CHAT] = AppriseChat(settings.chat_addresses)
    return channels


def unavailable_channels(settings: Settings) -> frozenset[ChannelName]:
    """Channels without a provider in live mode."""
    providers = {
        ChannelName.SMS: settings.twilio or settings.sms_gateway,
        ChannelName.EMAIL: settings.smtp,
        ChannelName.WHATSAPP: settings.twilio_whatsapp,
        ChannelName.CHAT: settings.chats or None,
    }
    return frozenset(name for name, there in providers.items() if settings.live and there is None)


def destination_of(settings: Settings) -> str:
    """Where messages go, for people."""
    if not settings.live:
        return f"the folder {settings.outbox}"
    sms = "SMS by Twilio" if settings.twilio is not None else "no SMS"
    if settings.sms_gateway is not None:
        sms = "SMS by your own gateway"
    whatsapp = ["WhatsApp by Twilio"] if settings.twilio_whatsapp is not None else []
    mail = "mail by SMTP" if settings.smtp is not None else "no mail"
    chats = [f"alerts also in {', '.join(sorted(settings.chats))}"] if settings.chats else []
    return ", ".join([sms, *whatsapp, mail, *chats])


@contextmanager
def open_dispatchers(
    database: sa.Engine, settings: Settings, channels: Mapping[ChannelName, Channel], clock: Clock
) -> "Iterator[Sequence[Dispatcher]]":
    """One dispatcher for each channel, closed at the end. The sandbox has no pace, so nothing waits for it."""
    from notifier.sending.dispatch import Dispatcher

    rates = {
        ChannelName.SMS: settings.sms_segments_per_second,
        ChannelName.EMAIL: settings.email_messages_per_second,
    }
    if not settings.live or settings.twilio_whatsapp is not None:
        rates[ChannelName.WHATSAPP] = settings.whatsapp_messages_per_second
    if not settings.live or settings.chats:
        rates[ChannelName.CHAT] = None
    with ExitStack() as closing:
        yield [
            closing.enter_context(
                Dispatcher(
                    database,
                    Outlet(live=settings.live, channel=name),
                    channels.get(name),
                    clock,
                    pace=Pace(rate) if settings.live and rate is not None else None,
                    owner=settings.channel_owner,
                )
            )
            for name, rate in rates.items()
        ]


def answer_sender(database: sa.Engine, settings: Settings, clock: Clock) -> "AnswerSender | None":
    """What sends the automatic answers to mails; None where no mail is sent."""
    from notifier.rendering.mime import Envelope
    from notifier.sending.reply_answers import AnswerSender

    if ChannelName.EMAIL in unavailable_channels(settings):
        return None
    return AnswerSender(
        database,
        lambda: channels_of(settings)[ChannelName.EMAIL],
        lambda: Envelope(settings.rendering),
        clock,
        live=settings.live,
    )
