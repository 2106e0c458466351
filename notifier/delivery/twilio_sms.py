"""SMS by Twilio: one `Outgoing` becomes one POST of its text, and the answer an `Outcome`.

Twilio has no idempotency key. What became of a call without a clear answer is read from Twilio's list of messages to
the number: each text carries its notice's reference, so an equal text is the same message. The list is made later than
its messages, and dated by another clock than ours; both are reckoned with, because what is missed is sent twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifier.delivery.accounts import TwilioAccount
from notifier.delivery.outcomes import Absent, Accepted, Finding, Found, Outcome, Unclear, Unknown
from notifier.delivery.twilio_codes import Failure, LostOutcome, became
from notifier.delivery.twilio_receipts import STATES, receipt_of
from notifier.model.outgoing import Outgoing
from notifier.model.receipts import Receipt
from notifier.model.types import ChannelName

if TYPE_CHECKING:
    from notifier.delivery.twilio_client import LateAnswer, Listed, ListedMessage, TwilioClient

VALIDITY_SECONDS = range(1, 36001)
"""The values that Twilio takes as ValidityPeriod: a message that waits longer in its queue is not sent."""
CLOCK_TOLERANCE = timedelta(minutes=15)
"""How much earlier than our attempt Twilio may date the message, once what its answers say of its clock is allowed for.
Wide, because what is missed is sent twice, and what is taken in error is an attempt of the same message that came
before: the customer has that text."""
LONGEST_BEFORE = timedelta(minutes=29)
"""The most that it is looked for before the attempt: an attempt that Twilio took and lost is at least half an hour
earlier (`twilio_codes.RETRY_ONCE`), and what became of it says nothing of this one."""
LISTED_WITHIN = timedelta(minutes=15)
"""How long after an attempt began Twilio may have its message and not list it yet. Only later it is believed absent."""
MOST_REMEMBERED = 1000
"""Late answers that are kept until somebody asks about their messages."""
TRIAL_PREFIX = "Sent from your Twilio trial account - "
"""Twilio puts this before every text of a trial account."""
LOST = frozenset({"failed", "undelivered", "canceled"})


class TwilioSms:
    """The channel. It keeps one session, created on the first call; only our own bugs raise."""

    name = "twilio"
    channel = ChannelName.SMS
    concurrency = 80
    """One for each of the 64 connections (`twilio_client.CONNECTIONS`), and 16 that are ready to be next, so that no
    connection waits for a commit. More messages also share a commit. Twilio can tell us about messages left unknown by
    a crash."""

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account
        self._client: TwilioClient | None = None
        self._late: dict[tuple[str, datetime], LateAnswer] = {}
        """By message and attempt: answers that had not come when we gave up."""

    async def send(self, message: Outgoing) -> Outcome:
        """Hands the text over once; Twilio drops it if it cannot deliver it before `message.until`."""
        validity = int((message.until - message.started_at).total_seconds())
        answer = await self._connected().create(
            to=self._address(message),
            content=self._content(message),
            validity_seconds=min(max(validity, VALIDITY_SECONDS.start), VALIDITY_SECONDS.stop - 1),
        )
        if isinstance(answer, Outcome):
            return answer
        if len(self._late) >= MOST_REMEMBERED:  # most of them another process asked about
            del self._late[next(iter(self._late))]
        self._late[message.id, message.started_at] = answer
        return Unknown(reason="Twilio's answer did not arrive (TimeoutError)")

    async def find(self, message: Outgoing, owned: Collection[str] = (), *, now: datetime) -> Finding:
        """A message listed to this number since the attempt began, with exactly this text and an id not yet `owned`.

        An answer that came late says it without asking. Unclear where the list cannot be read, or shows a text that
        Twilio changed or withholds.
        """
        if (said := self._said_late(message)) is not None:
            return said
        client = self._connected()
        listed = await client.listed(self._address(message))
        if isinstance(listed, Failure):
            return Unclear(reason=listed.reason)
        began = _began(message, listed, now) - min(CLOCK_TOLERANCE + client.dates_behind, LONGEST_BEFORE)
        candidates = [one for one in listed.messages if one.sid not in owned and _since(began, one)]
        ours = [one for one in candidates if one.body.removeprefix(TRIAL_PREFIX) == message.text]
        if ours:
            # Of several, prefer one that is not lost: then the customer has the text.
            best = min(ours, key=lambda one: one.status in LOST)
            return Found(provider_id=best.sid, outcome=_became(best))
        if any(not one.body or message.reference in one.body for one in candidates):
            return Unclear(reason="Twilio lists a message of this time whose text it changed or withholds")
        return Absent(certain_after=LISTED_WITHIN)

    async def became(self, provider_id: str) -> Receipt | None:
        """What Twilio says of the message now; None where it does not answer, or does not say how it ended."""
        found = await self._connected().fetched(provider_id)
        if isinstance(found, Failure) or found.status not in STATES:
            return None
        return receipt_of(provider_id, found.status, found.error_code, channel=self.channel)

    async def aclose(self) -> None:
        """Closes the session; a later call would open another."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.aclose()
        self._late.clear()

    def _address(self, message: Outgoing) -> str:
        """Where Twilio knows the recipient."""
        return message.address

    def _content(self, message: Outgoing) -> Mapping[str, str]:
        """What is said, as Twilio's SDK calls its parts."""
        return {"body": message.text}

    def _said_late(self, message: Outgoing) -> Finding | None:
        """What an answer said that came when we no longer waited for it; None where it did not come, or is not
        clear."""
        late = self._late.get((message.id, message.started_at))
        if late is None or not late.done():
            return None
        del self._late[message.id, message.started_at]
        if late.cancelled() or late.exception() is not None:
            return None
        answer = late.result()
        if isinstance(answer, Accepted):
            return Found(provider_id=answer.provider_id)
        return None if isinstance(answer, Unknown) else Absent()

    def _connected(self) -> TwilioClient:
        if self._client is None:
            # Importing the SDK takes a third of a second: only processes that send pay for it.
            from notifier.delivery.twilio_client import TwilioClient

            self._client = TwilioClient(self._account)
        return self._client


def _began(message: Outgoing, listed: Listed, now: datetime) -> datetime:
    """When the attempt began, by Twilio's clock; by ours where Twilio's is not known."""
    return message.started_at if listed.at is None else listed.at - max(now - message.started_at, timedelta())


def _since(began: datetime, listed: ListedMessage) -> bool:
    """Whether it may have been created since then. A message without a date is not ruled out."""
    return listed.outbound and (listed.created_at is None or listed.created_at >= began)


def _became(listed: ListedMessage) -> LostOutcome | None:
    if listed.status not in LOST:
        return None
    return became(listed.error_code, canceled=listed.status == "canceled")
