"""What becomes of messages to the sandbox's own addresses: it is said by the ways that providers and people take.

Receipts are taken as those of providers are (`receipts.taking`), replies are heard as those of people (`hearing`).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from notifier.bounces.codes import meaning_of
from notifier.consent.hearing import Reply, hear
from notifier.delivery.simulated import Simulated, simulated
from notifier.delivery.twilio_receipts import receipt_of
from notifier.drafting.ruleset import Ruleset
from notifier.model.receipts import SIMULATOR, Receipt, ReceiptState
from notifier.model.types import TO_PHONES
from notifier.receipts.bounces import STATES
from notifier.receipts.taking import Taken, say, take_within
from notifier.store.database import read_only
from notifier.store.outbox import unconfirmed as rows

MOST = 500
"""Messages of one round."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A reply, and the one answer to it, if any. Nobody is there to whom it could be sent."""

    reply: Reply
    answer: str | None


@dataclass(frozen=True, kw_only=True)
class Played:
    """What became of some messages."""

    taken: Taken = field(default_factory=Taken)
    replies: tuple[Answered, ...] = ()


def play(database: sa.Engine, ruleset: Ruleset, *, now: datetime) -> Played:
    """Let happen what is due at `now` to messages in the sandbox: in one transaction, committed when it returns."""
    with read_only(database) as connection:
        due = rows.simulated(connection, now=now, limit=MOST)
    if not due:
        return Played()
    known = [(message, _outcome(message)) for message in due]
    ready = [(message, outcome) for message, outcome in known if _is_ready(message, outcome, now)]
    receipts = [_receipt(message, outcome) for message, outcome in ready]
    replies = [
        Reply(channel=message.channel, address=message.address, text=outcome.reply, provider_id=message.provider_id)
        for message, outcome in ready
        if outcome.reply is not None
    ]
    later = {
        message.id: None if outcome.is_silent else message.accepted_at + outcome.after
        for message, outcome in known
        if not _is_ready(message, outcome, now)
    }
    with database.begin() as connection:
        taken = take_within(connection, receipts, now=now)
        rows.ask_at(connection, later)
        company = ruleset.renderer.settings.company
        answers = [
            hear(connection, reply, now, project=ruleset.project, live=False, company=company) for reply in replies
        ]
    say(taken.moved)
    answered = (Answered(reply=reply, answer=answer) for reply, answer in zip(replies, answers, strict=True))
    return Played(taken=replace(taken, asked=len(ready)), replies=tuple(answered))


def _outcome(message: rows.Simulated) -> Simulated:
    found = simulated(message.channel, message.address)
    assert found is not None, "the sandbox names this provider for its own addresses alone"
    return found


def _is_ready(message: rows.Simulated, outcome: Simulated, now: datetime) -> bool:
    return not outcome.is_silent and message.accepted_at + outcome.after <= now


def _receipt(message: rows.Simulated, outcome: Simulated) -> Receipt:
    if message.channel in TO_PHONES:
        status = "delivered" if outcome.code is None else "undelivered"
        return replace(
            receipt_of(message.provider_id, status, outcome.code, channel=message.channel), provider=SIMULATOR
        )
    if outcome.is_complaint:
        complaint = _of_mail(message, status="complaint", state=ReceiptState.COMPLAINT)
        return replace(complaint, meaning="the one who got it complained (abuse)", code="abuse")
    if outcome.answer is None:
        return _of_mail(message, status="delivered", state=ReceiptState.DELIVERED)
    meaning = meaning_of(outcome.answer)
    state, permanence = STATES[meaning.kind]
    receipt = _of_mail(message, status="failed", state=state)
    return replace(receipt, code=outcome.answer.status, meaning=meaning.reason, permanence=permanence)


def _of_mail(message: rows.Simulated, *, status: str, state: ReceiptState) -> Receipt:
    return Receipt(
        provider=SIMULATOR, channel=message.channel, provider_id=message.provider_id, status=status, state=state
    )
