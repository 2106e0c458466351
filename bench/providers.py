"""A provider stub in a separate process, the messages it should get, and the check that it got exactly those."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from bench.project import REPOSITORY
from bench.stubs import ACCOUNT_SID, AUTH_TOKEN, Ledger
from notifier.delivery.accounts import SmtpSecurity, SmtpServer, TwilioAccount
from notifier.delivery.channel import Channel
from notifier.delivery.smtp_email import SmtpEmail
from notifier.delivery.twilio_sms import TwilioSms
from notifier.model.types import ChannelName

SENDER = "notices@example.com"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One message as the outbox holds it: what both sides hand over."""

    to: str
    text: str
    payload: bytes


class UnequalLedgerError(Exception):
    """The provider did not get every message exactly once, so the rate is meaningless."""


class Reached:
    """A stub that runs somewhere on this machine."""

    def __init__(self, channel: ChannelName, port: int) -> None:
        self.channel = channel
        self.port = port

    @property
    def account(self) -> TwilioAccount:
        """The account with which our SMS adapter reaches it."""
        return TwilioAccount(
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            sender="+15005550006",
            base_url=f"http://127.0.0.1:{self.port}",
        )

    @property
    def server(self) -> SmtpServer:
        """The server with which our mail adapter reaches it."""
        return SmtpServer(host="127.0.0.1", port=self.port, security=SmtpSecurity.NONE, sender=SENDER)

    def adapter(self) -> Channel:
        """Our own adapter, not connected yet."""
        return TwilioSms(self.account) if self.channel is ChannelName.SMS else SmtpEmail(self.server)


class Stub(Reached):
    """A stub that this process started."""

    def __init__(self, process: "subprocess.Popen[str]", channel: ChannelName, port: int) -> None:
        super().__init__(channel, port)
        self._process = process

    def forget(self) -> tuple[int, int]:
        """Start a new ledger; returns count and checksum of the old one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        count, total = json.loads(self._process.stdout.readline())
        return count, total

    def check(self, messages: Sequence[Stored]) -> None:
        """Raises UnequalLedgerError unless it took exactly these, each once, since the last check."""
        count, total = self.forget()
        expected = Ledger()
        for message in messages:
            expected.take(message.to.encode(), self._content(message))
        if (count, total) != (expected.count, expected.checksum):
            raise UnequalLedgerError(f"the provider got {count} messages, not just the {expected.count} wanted ones")

    def _content(self, message: Stored) -> bytes:
        if self.channel is ChannelName.SMS:
            return message.text.encode()
        return message.payload if message.payload.endswith(b"\r\n") else message.payload + b"\r\n"


@contextmanager
def stub(channel: ChannelName, latency: timedelta = timedelta()) -> Iterator[Stub]:
    """A stub that answers for each message after `latency`; it ends with the block."""
    command = [sys.executable, "-m", "bench.stubs", channel.value, str(latency.total_seconds())]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=REPOSITORY) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Stub(process, channel, int(process.stdout.readline()))
        finally:
            process.stdin.close()
