"""An SMS by Twilio: one `Outgoing` becomes one POST of its text, and the answer a decision.

Twilio knows no idempotency key. What became of a call without a clear answer is read from its list of messages to the
number: a text carries its notice's reference, so an equal text is the same message.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from notifier.delivery.accounts import TwilioAccount
from notifier.delivery.outcomes import Absent, Finding, Found, Outcome, Unclear
from notifier.delivery.twilio_codes import LostOutcome, became
from notifier.model.outgoing import Outgoing

if TYPE_CHECKING:
    from notifier.delivery.twilio_client import ListedMessage, TwilioClient

VALIDITY_SECONDS = range(1, 36001)
"""What Twilio takes as ValidityPeriod; a message that waits longer than that in its queue is not sent."""
CLOCK_TOLERANCE = timedelta(minutes=1)
"""How much earlier than our attempt Twilio may have dated it: its dates have whole seconds, its clock is not ours. An
earlier attempt of the same message that falls into it is no mistake either: the customer has that text."""
TRIAL_PREFIX = "Sent from your Twilio trial account - "
"""What Twilio puts before every text of a trial account."""
LOST = frozenset({"failed", "undelivered", "canceled"})


class TwilioSms:
    """The channel. It keeps one session between messages, made on the first call; a mistake of ours raises."""

    name = "twilio"
    at_once = 80
    """One for each of 64 calls (`twilio_client.CONNECTIONS`), and 16 that are ready to be the next ones, so that no
    connection waits for a commit. The more there are, the more share one; what a death leaves in doubt, it knows."""

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account
        self._client: TwilioClient | None = None

    async def send(self, message: Outgoing) -> Outcome:
        """Hands the text over once, to be dropped by Twilio where it cannot deliver until `message.until`."""
        validity = int((message.until - message.started_at).total_seconds())
        return await self._connected().create(
            to=message.address,
            body=message.text,
            validity_seconds=min(max(validity, VALIDITY_SECONDS.start), VALIDITY_SECONDS.stop - 1),
        )

    async def find(self, message: Outgoing, owned: Collection[str] = ()) -> Finding:
        """What Twilio lists to this number since the attempt began, with exactly this text and an id nobody owns.

        Unclear where the list cannot be had, or shows a text that Twilio changed or withholds.
        """
        listed = await self._connected().listed(message.address)
        if not isinstance(listed, list):
            return Unclear(reason=listed.reason)
        candidates = [one for one in listed if one.sid not in owned and _since(message, one)]
        ours = [one for one in candidates if one.body.removeprefix(TRIAL_PREFIX) == message.text]
        if ours:
            # Where there are two, one has reached the customer if any did.
            best = min(ours, key=lambda one: one.status in LOST)
            return Found(provider_id=best.sid, outcome=_became(best))
        if any(not one.body or message.reference in one.body for one in candidates):
            return Unclear(reason="Twilio lists a message of this time whose text it changed or withholds")
        return Absent()

    async def aclose(self) -> None:
        """Ends the session; a later call would begin another one."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.aclose()

    def _connected(self) -> TwilioClient:
        if self._client is None:
            # The SDK takes a third of a second to import: only those pay who send.
            from notifier.delivery.twilio_client import TwilioClient

            self._client = TwilioClient(self._account)
        return self._client


def _since(message: Outgoing, listed: ListedMessage) -> bool:
    """Whether this attempt may have made it. A message without a date is not ruled out by it."""
    began = message.started_at - CLOCK_TOLERANCE
    return listed.outbound and (listed.created_at is None or listed.created_at >= began)


def _became(listed: ListedMessage) -> LostOutcome | None:
    if listed.status not in LOST:
        return None
    return became(listed.error_code, canceled=listed.status == "canceled")
