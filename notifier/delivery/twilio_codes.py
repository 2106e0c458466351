"""A Twilio code, or an HTTP status without one -> what is done next, with a sentence of our own.

Source: Twilio's error dictionary (https://www.twilio.com/docs/api/errors); for what may be repeated, its pages on
20429, 20500, 30003 and 30500. Twilio's own sentences are never passed on: many of them repeat the phone number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial

from notifier.delivery.outcomes import Halt, OtherChannel, Retry, SuppressAddress, Unknown

LostOutcome = Retry | OtherChannel | SuppressAddress | Halt
"""What follows for a message that Twilio accepted and then could not deliver."""
Failure = LostOutcome | Unknown
"""Every outcome but acceptance."""


class CodePhase(StrEnum):
    """When Twilio reports a code. A code reported at the other time means the same: a messaging service chooses its
    sender after accepting, so its refusals come later."""

    SYNC = "sync"
    """In the answer to our request."""
    CALLBACK = "callback"
    """Later, as the `error_code` of an accepted message."""
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class Code:
    """One code with its decision; the outcome's `reason` is `Twilio <number>: <sentence>`."""

    number: int
    phase: CodePhase
    outcome: Failure


REST = partial(Retry, whole_channel=True)
"""The account's rate is used up: further messages would be refused, too."""
OPTED_OUT = partial(SuppressAddress, opted_out=True)
"""The customer said no; only the customer's START changes that."""
RETRY_LATER = partial(Retry, after=timedelta(minutes=30))
"""A queue at Twilio is full. The message was refused, so a retry cannot duplicate it; only `until` ends retries."""
RETRY_ONCE = partial(Retry, after=timedelta(minutes=30), attempts=2)
"""It was accepted and failed for a reason that may pass: one more attempt, then another channel."""
RETRY_TWICE = partial(Retry, after=timedelta(minutes=45), attempts=3)
"""The handset is off: Twilio's page on 30003 advises one or two more attempts after 30 to 60 minutes each."""

SYNC, CALLBACK, BOTH = CodePhase
_TABLE: tuple[tuple[int, CodePhase, Callable[..., Failure], str], ...] = (
    # Never processed: may be sent again without asking Twilio.
    (20429, SYNC, REST, "too many requests"),
    # Perhaps processed. Twilio knows no idempotency key, so it is asked first (its pages on 20500 and 20503).
    (20500, SYNC, Unknown, "an internal error"),
    (20503, SYNC, Unknown, "the service is unavailable"),
    # Nothing goes out until a person acts.
    (20003, SYNC, Halt, "the account SID or the token is refused"),
    (20404, SYNC, Halt, "this account is not known at this address"),
    (20005, BOTH, Halt, "the account is not active"),
    (10001, BOTH, Halt, "the account is not active"),
    (30002, BOTH, Halt, "the account is suspended"),
    (14107, CALLBACK, Halt, "30 replies to one number within 30 seconds: the loop guard stopped the sender"),
    # Misconfigured, so that every message would fail: they wait instead of being lost.
    (21212, SYNC, Halt, "the sender is not valid"),
    (21601, SYNC, Halt, "the sender cannot send SMS"),
    (21603, SYNC, Halt, "the sender is missing"),
    (21606, SYNC, Halt, "the sender is not a number of this account that can send SMS"),
    (21661, SYNC, Halt, "the sender cannot send SMS"),
    (21703, SYNC, Halt, "the messaging service has no sender"),
    (21624, SYNC, Halt, "the validity period is out of range"),
    (30045, SYNC, Halt, "the validity period is out of range"),
    (90007, SYNC, Halt, "the validity period is out of range"),
    (35114, SYNC, Halt, "the time to send at is out of range"),
    (35115, SYNC, Halt, "the time to send at is out of range"),
    (35118, SYNC, Halt, "a time to send at needs a messaging service"),
    (30032, CALLBACK, Halt, "the toll-free sender is not verified"),
    (30034, CALLBACK, Halt, "the sender is not registered for carriers of the USA (A2P 10DLC)"),
    # Misconfigured for one country or one number only.
    (21408, SYNC, OtherChannel, "SMS to this country is not enabled"),
    (21608, SYNC, OtherChannel, "a trial account may not write to this number before it is verified"),
    (572005, SYNC, OtherChannel, "a trial account may not write to this number before it is verified"),
    # The customer said no; only the customer's START, or a person who lifts it, changes that.
    (21610, BOTH, OPTED_OUT, "the customer opted out by STOP"),
    (63014, CALLBACK, OPTED_OUT, "the customer blocked the sender"),
    # The address is dead.
    (21211, SYNC, SuppressAddress, "not a valid phone number"),
    (21265, SYNC, SuppressAddress, "a short code cannot be written to"),
    (21614, SYNC, SuppressAddress, "not a mobile number"),
    (21635, SYNC, SuppressAddress, "a landline"),
    (30004, CALLBACK, SuppressAddress, "blocked by the recipient or the carrier"),
    (30005, CALLBACK, SuppressAddress, "an unknown number, or not in service any more"),
    (30006, CALLBACK, SuppressAddress, "a landline, or a carrier that cannot be reached"),
    # Our own mistake with the address, which says nothing about the number.
    (21266, SYNC, OtherChannel, "sender and recipient are the same number"),
    (21604, SYNC, OtherChannel, "the recipient is missing"),
    # This text will never arrive, or not on this route.
    (21602, SYNC, OtherChannel, "the text is empty"),
    (21617, SYNC, OtherChannel, "the text is longer than 1,600 characters"),
    (21612, SYNC, OtherChannel, "no route from this sender to this number"),
    (30007, CALLBACK, OtherChannel, "filtered as unwanted by Twilio or the carrier"),
    (30110, CALLBACK, OtherChannel, "the carrier blocks the domain of a link in the text"),
    # WhatsApp: nobody is there, or cannot take it. Its SMS is another address.
    (63003, BOTH, SuppressAddress, "not a WhatsApp user"),
    (63024, BOTH, SuppressAddress, "cannot receive WhatsApp messages from us"),
    # WhatsApp: this text or these values will not go; another one may.
    (63005, CALLBACK, OtherChannel, "WhatsApp did not accept the content"),
    (63013, CALLBACK, OtherChannel, "WhatsApp's policy forbids it"),
    (63015, BOTH, OtherChannel, "the number did not join Twilio's sandbox for WhatsApp"),
    (63016, BOTH, OtherChannel, "no text that WhatsApp approved, and the customer did not write within 24 hours"),
    (63021, CALLBACK, OtherChannel, "WhatsApp refused the content"),
    (63027, CALLBACK, OtherChannel, "WhatsApp has no approved text in this language"),
    (63028, BOTH, OtherChannel, "the values do not fit the approved text"),
    (63032, CALLBACK, OtherChannel, "WhatsApp does not deliver to this customer now"),
    (63040, BOTH, OtherChannel, "WhatsApp rejected this text"),
    (63041, BOTH, OtherChannel, "WhatsApp paused this text, because customers complained of it or did not read it"),
    (63042, BOTH, OtherChannel, "WhatsApp disabled this text, because it was paused too often"),
    (63049, CALLBACK, OtherChannel, "Meta chose not to deliver the marketing message"),
    (21655, SYNC, OtherChannel, "there is no such ContentSid"),
    (21656, SYNC, OtherChannel, "the values do not fit the ContentSid"),
    # WhatsApp: the sender is not set up.
    (63001, CALLBACK, Halt, "WhatsApp does not accept the sender's credentials"),
    (63002, BOTH, Halt, "WhatsApp does not know the sender"),
    (63007, SYNC, Halt, "this account has no such WhatsApp sender"),
    (63008, BOTH, Halt, "the WhatsApp sender is not set up at Twilio"),
    # May pass with time.
    (63012, CALLBACK, RETRY_ONCE, "WhatsApp had an internal error"),
    (63018, CALLBACK, RETRY_ONCE, "WhatsApp's limit of the sender is used up"),
    (63038, SYNC, REST, "the account's messages of this day are used up"),
    (21611, SYNC, RETRY_LATER, "the sender's queue is longer than ten hours"),
    (30001, CALLBACK, RETRY_LATER, "the sender's queue overflowed"),
    (30003, CALLBACK, RETRY_TWICE, "the handset is off or out of reach"),
    (30008, CALLBACK, RETRY_ONCE, "failed for a reason that the carrier does not tell"),
    (30036, CALLBACK, RETRY_ONCE, "it waited longer than its validity period"),
    (30410, CALLBACK, RETRY_ONCE, "the carrier did not answer in time"),
    (30500, CALLBACK, RETRY_ONCE, "an internal error after it was accepted"),
)


def _coded(outcome: Failure, code: int | None) -> Failure:
    """With Twilio's code, for who counts refusals. An unknown outcome is none."""
    return outcome if isinstance(outcome, Unknown) or code is None else replace(outcome, code=str(code))


CODES: Mapping[int, Code] = {
    number: Code(number=number, phase=phase, outcome=_coded(decide(reason=f"Twilio {number}: {sentence}"), number))
    for number, phase, decide, sentence in _TABLE
}
"""Every code with its own decision. Twilio splits codes now and then. Any other code is decided by the HTTP status of
the refusal; a message that Twilio had accepted is then retried once."""


def refused(status: int, code: int | None, retry_after: timedelta | None = None) -> Failure:
    """What an answer other than 2xx means. A 5xx is ambiguous whatever its code; a 429 was never processed."""
    known = CODES.get(code) if code is not None else None
    if known and (status < 500 or isinstance(known.outcome, Unknown)):
        return _delayed(known.outcome, retry_after)
    reason = f"Twilio answered HTTP {status}" + (f" with code {code}" if code is not None else "")
    if status >= 500 or status == 408:
        return Unknown(reason=reason)
    if status == 429:
        return REST(reason=f"{reason}: too many requests", after=retry_after)
    if status < 400 or status in (401, 403, 404, 407):
        return _coded(Halt(reason=f"{reason}: the address, the credentials or a proxy on the way is not set up"), code)
    return _coded(OtherChannel(reason=reason), code)


def became(code: int | None, *, canceled: bool = False) -> LostOutcome:
    """What it means that an accepted message failed, was undelivered, or was canceled at Twilio."""
    known = CODES.get(code) if code is not None else None
    if known and not isinstance(known.outcome, Unknown):
        return known.outcome
    if canceled:
        return OtherChannel(reason="the message was canceled at Twilio")
    return RETRY_ONCE(reason=f"Twilio accepted it and could not deliver it (code {code or 'missing'})")


def _delayed(outcome: Failure, retry_after: timedelta | None) -> Failure:
    """A retry waits as long as this answer asks for or as its code needs, whichever is longer."""
    if isinstance(outcome, Retry) and retry_after is not None:
        return replace(outcome, after=max(retry_after, outcome.after or timedelta()))
    return outcome
