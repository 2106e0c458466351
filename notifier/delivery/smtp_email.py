"""Mails over SMTP: the stored bytes, unchanged, over pooled connections.

The bytes carry a Message-ID derived from the notice's reference. So if a mail must be sent again because an answer was
lost, mailboxes that deduplicate by Message-ID, as many do, show it once.
"""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta

from notifier.delivery.accounts import SmtpServer
from notifier.delivery.outcomes import Accepted, Finding, OtherChannel, Outcome, Retry, Unclear
from notifier.delivery.smtp_connections import AT_MOST, Connections
from notifier.delivery.smtp_mail import Mail, UnsayableError, mail_of
from notifier.delivery.smtp_session import NotSentError
from notifier.model.outgoing import Outgoing

BEFORE_CONTENT = timedelta(seconds=25)
"""Limit for everything before the content, including the wait for a session; giving up costs nothing until then."""
WHOLE_CALL = timedelta(seconds=55)
"""Limit for a whole call; must stay below half of `store.outbox.leasing.LEASE`. The answer to the content may take the
rest of it: hanging up there leaves open who has the mail (RFC 5321, 4.5.3.2.6, asks to wait ten minutes)."""


class SmtpEmail:
    """Hands mails to one relay, several at a time."""

    name = "smtp"
    concurrency = 2 * AT_MOST
    """Two mails for each session, so that the next one is ready and no session waits for a commit. More would leave
    more mails in doubt after a crash, and a mail server cannot be asked about them."""

    def __init__(self, server: SmtpServer, *, whole_call: timedelta = WHOLE_CALL) -> None:
        self._server = server
        self._connections = Connections(server)
        self._whole_call = whole_call.total_seconds()

    async def send(self, message: Outgoing) -> Outcome:
        """Accepted once the relay answered for the mail, with its Message-ID as the provider's id."""
        try:
            mail = mail_of(message, self._server)
            await self._hand_over(mail)
        except UnsayableError as error:
            return OtherChannel(reason=str(error))
        except NotSentError as error:
            return error.outcome
        except TimeoutError:
            return Retry(reason="the mail relay took too long, before the mail was handed over")
        return Accepted(provider_id=mail.message_id)

    async def find(
        self,
        message: Outgoing,  # noqa: ARG002 - nobody to ask
        owned: Collection[str] = (),  # noqa: ARG002
        *,
        now: datetime | None = None,  # noqa: ARG002
    ) -> Finding:
        """Always unclear: SMTP has no such query."""
        return Unclear(reason="a mail server cannot say whether it has a message")

    async def tried(self) -> str | None:
        """Open a session and end it: None where the relay answers, encrypts and takes our login, else why not."""
        try:
            async with self._connections.lend(asyncio.get_running_loop().time() + BEFORE_CONTENT.total_seconds()):
                return None
        except NotSentError as error:
            return getattr(error.outcome, "reason", "the mail relay cannot be used")
        except TimeoutError:
            return "the mail relay does not answer"
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Closes every free session with QUIT."""
        await self._connections.aclose()

    async def _hand_over(self, mail: Mail) -> None:
        """Raises NotSentError, or TimeoutError while the relay does not yet have the content."""
        now = asyncio.get_running_loop().time()
        give_up = now + self._whole_call
        give_up_early = min(now + BEFORE_CONTENT.total_seconds(), give_up)
        while True:
            async with self._connections.lend(give_up_early) as session:
                try:
                    async with asyncio.timeout_at(give_up_early):
                        await session.announce(mail)
                except NotSentError:
                    if session.ended_meanwhile:
                        continue
                    raise
                await session.transfer(mail, until=give_up)
                return
