"""One mail sent to a mail relay over an open connection; a failure is raised as the outcome that it means.

DATA is sent in two steps, the command and the content, because the outcome depends on which of them failed: before the
content, the relay certainly does not have the mail. aiosmtplib's `data()` does both, and its errors do not say which.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta

from aiosmtplib import SMTP, SMTPConnectError, SMTPException, SMTPResponseException

from notifier.delivery.outcomes import Halt, OtherChannel, Outcome
from notifier.delivery.smtp_codes import SmtpPhase, broken, decide
from notifier.delivery.smtp_mail import Mail

GOODBYE = timedelta(seconds=2)
"""Limit for the answer to QUIT, on which nothing depends."""
GO_AHEAD = 354
"""The answer to DATA that asks for the content."""


class NotSentError(Exception):
    """The mail was not, or perhaps not, handed over; `outcome` is what that means."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def hang_up(client: SMTP, transport: asyncio.BaseTransport | None) -> None:
    """Close a connection at once, whatever state it is in."""
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()  # its `close` waits for the other side where the connection is encrypted
    client.close()


class Session:
    """A connection, logged in and ready for a mail."""

    def __init__(self, client: SMTP) -> None:
        self._client = client
        self._transport = client.transport
        self._loop = asyncio.get_running_loop()
        self._idle_since = self._loop.time()
        self._is_used = False
        self._in_mail = False
        """MAIL was accepted, and the transaction is not over."""

    def is_usable(self, longest_idle: timedelta) -> bool:
        """As far as this side knows: the relay may have dropped the connection silently."""
        idle = self._loop.time() - self._idle_since
        return self._client.is_connected and idle < longest_idle.total_seconds()

    @property
    def ended_meanwhile(self) -> bool:
        """It worked before, but ended before this mail began: another session should try."""
        return self._is_used and not self._in_mail and not self._client.is_connected

    async def announce(self, mail: Mail) -> None:
        """Send everything up to the request for the content. Raises NotSentError; the relay then has nothing."""
        options, encoding = self._options(mail), "utf-8" if mail.is_international else "ascii"
        if self._in_mail:
            await self._forget()
        with saying(SmtpPhase.SENDER, self._client):
            await self._client.mail(mail.sender, options=options, encoding=encoding)
        self._in_mail = True
        with saying(SmtpPhase.RECIPIENT, self._client):
            await self._client.rcpt(mail.recipient, encoding=encoding)
        with saying(SmtpPhase.DATA, self._client):
            answer = await self._client.execute_command(b"DATA")
            if answer.code != GO_AHEAD:
                raise SMTPResponseException(answer.code, answer.message)

    async def transfer(self, mail: Mail, *, until: float) -> None:
        """Send the content and wait for the answer, until the loop's time is `until`.

        Raises NotSentError, also where it is unknown whether the relay has the mail.
        """
        protocol = self._client.protocol
        if protocol is None or not protocol.is_connected:
            raise NotSentError(broken(SmtpPhase.DATA))
        with saying(SmtpPhase.CONTENT, self._client):
            protocol.write(mail.transferred)
            answer = await protocol.read_response(timeout=until - self._loop.time())
            if not 200 <= answer.code <= 299:
                raise SMTPResponseException(answer.code, answer.message)
        self._in_mail = False

    def rest(self) -> None:
        """Mark the session idle after a mail, however it went."""
        self._is_used = True
        self._idle_since = self._loop.time()

    async def quit(self) -> None:
        """Send QUIT and close the connection."""
        with contextlib.suppress(SMTPException, OSError):
            await self._client.quit(timeout=GOODBYE.total_seconds())
        self.close()

    def close(self) -> None:
        """Close the connection without QUIT."""
        hang_up(self._client, self._transport)

    async def _forget(self) -> None:
        """Reset the relay after a mail that it refused; close the session if that fails."""
        try:
            await self._client.rset()
        except (SMTPException, OSError):
            self.close()
        self._in_mail = False

    def _options(self, mail: Mail) -> list[str]:
        """The parameters of MAIL. Raises NotSentError where the relay does not support such mails."""
        options = []
        if self._client.supports_extension("size"):
            options.append(f"SIZE={len(mail.content)}")
        if mail.is_international and not self._client.supports_extension("smtputf8"):
            raise NotSentError(OtherChannel(reason="the mail relay takes no address that is not ASCII"))
        if not mail.content.isascii():
            if not self._client.supports_extension("8bitmime"):
                raise NotSentError(OtherChannel(reason="the mail relay takes no mail that is not ASCII"))
            options.append("BODY=8BITMIME")
        if mail.is_international:
            options.append("SMTPUTF8")
        if mail.envelope_id is not None and self._client.supports_extension("dsn"):
            # The head is enough to know a mail by: what customers are told need not go around a second time.
            options += [f"ENVID={mail.envelope_id}", "RET=HDRS"]
        return options


@contextlib.contextmanager
def saying(phase: SmtpPhase, client: SMTP) -> Iterator[None]:
    """Turns every refusal or failure inside into a NotSentError with what it means in this phase."""
    try:
        yield
    except SMTPResponseException as error:
        if not 400 <= error.code <= 599:  # out of sync: the next answer would be as doubtful
            client.close()
        # Not chained: the relay's text, and so the error, repeats addresses.
        raise NotSentError(decide(phase, error.code, error.message)) from None
    except OSError as error:  # aiosmtplib's lost connections and time-outs are OSErrors, too
        client.close()
        raise NotSentError(_meaning(phase, error)) from error


def _meaning(phase: SmtpPhase, error: OSError) -> Outcome:
    cause = error.__cause__ if isinstance(error, SMTPConnectError) else error
    match cause:
        case ssl.SSLCertVerificationError():
            return Halt(reason=f"the mail relay's certificate is not trusted: {cause.verify_message}")
        case ssl.SSLError():
            return Halt(reason="encryption with the mail relay failed; check its port and the security setting")
        case socket.gaierror(errno=socket.EAI_NONAME | socket.EAI_NODATA):
            return Halt(reason="the mail relay's host name is not known")
        case _:
            return broken(phase)
