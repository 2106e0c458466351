"""Outgoing mails, and a channel for them, for tests of SMTP."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from notifier.delivery.accounts import SmtpServer
from notifier.delivery.outcomes import Finding, Outcome
from notifier.delivery.smtp_email import WHOLE_CALL, SmtpEmail
from notifier.model.mail_forms import quoted_printable
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName
from notifier.rendering.mime import Envelope
from notifier.rendering.settings import RenderSettings
from tests.support.outgoing import outgoing

SENDER = RenderSettings(
    company="Fibra",
    from_address="notices@example.com",
    unsubscribe_url="https://fibra.example/stop?notice={reference}&source=" + "campaign" * 20,
    unsubscribe_mail="stop@example.com",
)


def rendered(reference: str, *, to: str = "ana@example.com", subject: str = "Visita", text: str = "Hola, Ana") -> bytes:
    """The bytes that rendering stores for a mail."""
    return Envelope(SENDER).message(
        to=to,
        subject=subject,
        text=quoted_printable(text),
        html=quoted_printable(f"<p>{text}</p>"),
        reference=reference,
        now=datetime(2026, 3, 2, 14, 0, tzinfo=UTC),
        unsubscribable=True,
    )


def mail(reference: str = "K7QX", *, to: str = "ana@example.com", **changes: Any) -> Outgoing:
    """A mail to Ana."""
    values: dict[str, Any] = {"payload": rendered(reference), "id": f"0195-{reference}", "reference": reference}
    return outgoing(channel=ChannelName.EMAIL, address=to, **values | changes)


class Desk:
    """A channel with the event loop of its connections."""

    def __init__(self, channel: SmtpEmail, loop: asyncio.Runner) -> None:
        self.channel = channel
        self._loop = loop

    def send(self, message: Outgoing | None = None) -> Outcome:
        return self._loop.run(self.channel.send(message or mail()))

    def send_at_once(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        async def all_of_them() -> list[Outcome]:
            return await asyncio.gather(*(self.channel.send(message) for message in messages))

        return self._loop.run(all_of_them())

    def ask(self, message: Outgoing) -> Finding:
        return self._loop.run(self.channel.find(message))

    def close(self) -> None:
        self._loop.run(self.channel.aclose())


@contextmanager
def desk(server: SmtpServer, *, whole_call: timedelta = WHOLE_CALL) -> Iterator[Desk]:
    """A channel to this server; closed with the block."""
    with asyncio.Runner() as loop:
        opened = Desk(SmtpEmail(server, whole_call=whole_call), loop)
        try:
            yield opened
        finally:
            opened.close()
