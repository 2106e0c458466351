"""One mail, said to a mail relay over an open connection; what goes wrong is raised as the outcome that it means.

DATA is said in two steps, the command and the content, because all depends on which of them broke: before the content
the relay surely does not have the mail. aiosmtplib's own `data()` says both, and its errors do not tell.
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
"""For the answer to QUIT, on which nothing depends."""
GO_AHEAD = 354
"""The answer to DATA that asks for the content."""


class NotSentError(Exception):
    """The mail was not handed over, or not surely; `outcome` is what that means."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Session:
    """A connection that is logged in and ready for a mail."""

    def __init__(self, client: SMTP) -> None:
        self._client = client
        self._transport = client.transport
        self._loop = asyncio.get_running_loop()
        self._idle_since = self._loop.time()
        self._is_used = False
        self._in_mail = False
        """The relay knows a sender, and waits for the rest."""

    def is_usable(self, longest_idle: timedelta) -> bool:
        """As far as this side can know: the relay may have gone without a word."""
        idle = self._loop.time() - self._idle_since
        return self._client.is_connected and idle < longest_idle.total_seconds()

    @property
    def ended_meanwhile(self) -> bool:
        """It worked once, but ended before anything of this mail was said: another session is to try."""
        return self._is_used and not self._in_mail and not self._client.is_connected

    async def announce(self, mail: Mail) -> None:
        """Say everything up to the relay's asking for the content. Raises NotSentError; the relay has nothing then."""
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
        """Say the content and wait for the answer, `until` this time of the loop.

        Raises NotSentError, also where nobody knows.
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
        """The mail is done with, however it went."""
        self._is_used = True
        self._idle_since = self._loop.time()

    async def quit(self) -> None:
        """Say goodbye and end the connection."""
        with contextlib.suppress(SMTPException, OSError):
            await self._client.quit(timeout=GOODBYE.total_seconds())
        self.close()

    def close(self) -> None:
        """End the connection without a word."""
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()  # its `close` waits for the other side where the connection is encrypted
        self._client.close()

    async def _forget(self) -> None:
        """Let the relay forget the mail that it refused; a session in which that fails has ended."""
        try:
            await self._client.rset()
        except (SMTPException, OSError):
            self.close()
        self._in_mail = False

    def _options(self, mail: Mail) -> list[str]:
        """What is said of the mail with its sender. Raises NotSentError where the relay does not know such mails."""
        options = []
        if self._client.supports_extension("size"):
            options.append(f"SIZE={len(mail.content)}")
        if not mail.content.isascii():
            if not self._client.supports_extension("8bitmime"):
                raise NotSentError(OtherChannel(reason="the mail relay takes no mail that is not ASCII"))
            options.append("BODY=8BITMIME")
        if mail.is_international:
            if not self._client.supports_extension("smtputf8"):
                raise NotSentError(OtherChannel(reason="the mail relay takes no address that is not ASCII"))
            options.append("SMTPUTF8")
        return options


@contextlib.contextmanager
def saying(phase: SmtpPhase, client: SMTP) -> Iterator[None]:
    """Whatever refusal or failure is met inside becomes a NotSentError with what it means at this phase."""
    try:
        yield
    except SMTPResponseException as error:
        if not 400 <= error.code <= 599:  # what was this about? The next answer would be as doubtful
            client.close()
        # Not chained: the relay's text, and so the error, repeats addresses.
        raise NotSentError(decide(phase, error.code, error.message)) from None
    except OSError as error:  # lost connections and time-outs of aiosmtplib are of this kind, too
        client.close()
        raise NotSentError(_meaning(phase, error)) from error


def _meaning(phase: SmtpPhase, error: OSError) -> Outcome:
    cause = error.__cause__ if isinstance(error, SMTPConnectError) else error
    match cause:
        case ssl.SSLCertVerificationError():
            return Halt(reason=f"the mail relay's certificate is not trusted: {cause.verify_message}")
        case ssl.SSLError():
            return Halt(reason="no encryption comes about with the mail relay; check its port and how it is encrypted")
        case socket.gaierror(errno=socket.EAI_NONAME | socket.EAI_NODATA):
            return Halt(reason="the mail relay's host name is not known")
        case _:
            return broken(phase)
