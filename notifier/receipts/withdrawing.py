"""What a receipt says of consent: a complaint, or an opt-out that the provider knew of, goes into the ledger. Once."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from notifier.delivery import http_gateway_receipts
from notifier.delivery.outcomes import SuppressAddress
from notifier.delivery.twilio_codes import CODES
from notifier.model.consent import Source, Word
from notifier.model.receipts import Receipt, ReceiptState
from notifier.model.types import NoticeClass
from notifier.store.consent import ALL_BUT_SAFETY, append, taken_already
from notifier.store.outbox.receipts import Objection, objections

OPTED_OUT = frozenset(
    str(number)
    for number, code in CODES.items()
    if isinstance(code.outcome, SuppressAddress) and code.outcome.opted_out
) | {http_gateway_receipts.OPTED_OUT}
"""The providers' codes for: whose number it is said no."""


def objects(receipt: Receipt) -> bool:
    """Whether it says something of consent."""
    return receipt.state is ReceiptState.COMPLAINT or receipt.code in OPTED_OUT


def withdraw(connection: sa.Connection, message_ids: Collection[str], *, now: datetime) -> None:
    """Write down what the receipts of these messages say of consent, where the ledger does not have it yet."""
    for each in objections(connection, message_ids, codes=OPTED_OUT):
        if not taken_already(connection, each.address, each.channel, each.message_id):
            _write(connection, each, now)


def _write(connection: sa.Connection, said: Objection, now: datetime) -> None:
    by_provider = said.code in OPTED_OUT
    append(
        connection,
        address=said.address,
        channel=said.channel,
        classes=NoticeClass if by_provider else ALL_BUT_SAFETY,
        word=Word.OUT,
        source=Source.PROVIDER if by_provider else Source.COMPLAINT,
        by=said.provider,
        reason=said.meaning or ("it was marked as unwanted" if not by_provider else "the customer opted out"),
        now=now,
        live=said.live,
        blocked=by_provider,
        message_id=said.message_id,
    )
