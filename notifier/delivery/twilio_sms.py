"""SMS by Twilio: one `Outgoing` becomes one POST of its text, and the answer an `Outcome`.

Twilio has no idempotency key. What became of a call without a clear answer is read from Twilio's list of messages to
the number: each text carries its notice's reference, so an equal text is the same message.
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
"""The values that Twilio takes as ValidityPeriod: a message that waits longer in its queue is not sent."""
CLOCK_TOLERANCE = timedelta(minutes=1)
"""How much earlier than our attempt Twilio may date the message: its dates are in whole seconds, and its clock is not
ours. Matching an earlier attempt of the same message is right, too: the customer has that text."""
TRIAL_PREFIX = "Sent from your Twilio trial account - "
"""Twilio puts this before every text of a trial account."""
LOST = frozenset({"failed", "undelivered", "canceled"})


class TwilioSms:
    """The channel. It keeps one session, created on the first call; only our own bugs raise."""

    name = "twilio"
    concurrency = 80
    """One for each of the 64 connections (`twilio_client.CONNECTIONS`), and 16 that are ready to be next, so that no
    connection waits for a commit. More messages also share a commit. Twilio can tell us about messages left unknown by
    a crash."""

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account
        self._client: TwilioClient | None = None

    async def send(self, message: Outgoing) -> Outcome:
        """Hands the text over once; Twilio drops it if it cannot deliver it before `message.until`."""
        validity = int((message.until - message.started_at).total_seconds())
        return await self._connected().create(
            to=message.address,
            body=message.text,
            validity_seconds=min(max(validity, VALIDITY_SECONDS.start), VALIDITY_SECONDS.stop - 1),
        )

    async def find(self, message: Outgoing, owned: Collection[str] = ()) -> Finding:
        """A message listed to this number since the attempt began, with exactly this text and an id not yet `owned`.

        Unclear where the list cannot be read, or shows a text that Twilio changed or withholds.
        """
        listed = await self._connected().listed(message.address)
        if not isinstance(listed, list):
            return Unclear(reason=listed.reason)
        candidates = [one for one in listed if one.sid not in owned and _since(message, one)]
        ours = [one for one in candidates if one.body.removeprefix(TRIAL_PREFIX) == message.text]
        if ours:
            # Of several, prefer one that is not lost: then the customer has the text.
            best = min(ours, key=lambda one: one.status in LOST)
            return Found(provider_id=best.sid, outcome=_became(best))
        if any(not one.body or message.reference in one.body for one in candidates):
            return Unclear(reason="Twilio lists a message of this time whose text it changed or withholds")
        return Absent()

    async def aclose(self) -> None:
        """Closes the session; a later call would open another."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.aclose()

    def _connected(self) -> TwilioClient:
        if self._client is None:
            # Importing the SDK takes a third of a second: only processes that send pay for it.
            from notifier.delivery.twilio_client import TwilioClient

            self._client = TwilioClient(self._account)
        return self._client


def _since(message: Outgoing, listed: ListedMessage) -> bool:
    """Whether this attempt may have created it. A message without a date is not ruled out."""
    began = message.started_at - CLOCK_TOLERANCE
    return listed.outbound and (listed.created_at is None or listed.created_at >= began)


def _became(listed: ListedMessage) -> LostOutcome | None:
    if listed.status not in LOST:
        return None
    return became(listed.error_code, canceled=listed.status == "canceled")
