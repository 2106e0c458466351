"""What all receipts of one message say together, whatever order they come in."""

from itertools import permutations

import pytest

from notifier.model.notices import MessageState
from notifier.model.receipts import Fate, Permanence, ReceiptState, Said, fate_of
from notifier.model.types import ChannelName

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
ACCEPTED, DELIVERED, UNDELIVERED = MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.UNDELIVERED


def said(state: str, meaning: str | None = None, permanence: Permanence | None = None) -> Said:
    return Said(state=ReceiptState(state), permanence=permanence, meaning=meaning)


SENT, DELAYED, ARRIVED = said("sent"), said("delayed"), said("delivered")
LOST = said("undelivered", "the handset is off", Permanence.PASSING)
DEAD = said("undelivered", "no such mailbox", Permanence.ADDRESS)


@pytest.mark.parametrize(
    ("channel", "receipts", "state"),
    [
        (SMS, (), ACCEPTED),
        (SMS, (SENT, SENT), ACCEPTED),
        (SMS, (SENT, ARRIVED), DELIVERED),
        (SMS, (ARRIVED, SENT), DELIVERED),
        (SMS, (ARRIVED, LOST), DELIVERED),
        (SMS, (ARRIVED, DEAD), DELIVERED),
        (SMS, (LOST, ARRIVED), UNDELIVERED),
        (EMAIL, (ARRIVED, LOST), DELIVERED),
        (EMAIL, (ARRIVED, DEAD), UNDELIVERED),
        (EMAIL, (ARRIVED, said("undelivered", "refused", Permanence.MESSAGE)), UNDELIVERED),
        (EMAIL, (DEAD, ARRIVED), UNDELIVERED),
        (EMAIL, (DELAYED,), ACCEPTED),
        (EMAIL, (DELAYED, DEAD), UNDELIVERED),
        (EMAIL, (said("complaint"),), DELIVERED),
        (EMAIL, (DEAD, said("complaint")), UNDELIVERED),
    ],
)
def test_the_first_end_decides_and_a_mail_that_bounced_for_good_bounced(
    channel: ChannelName, receipts: tuple[Said, ...], state: MessageState
) -> None:
    assert fate_of(channel, receipts).state is state


@pytest.mark.parametrize("channel", list(ChannelName))
def test_what_is_said_on_the_way_changes_nothing_wherever_it_comes(channel: ChannelName) -> None:
    for end, state in ((ARRIVED, DELIVERED), (DEAD, UNDELIVERED)):
        for order in permutations((SENT, DELAYED, SENT, end)):
            assert fate_of(channel, order).state is state


def test_a_reason_is_never_overwritten_with_nothing() -> None:
    nameless = said("undelivered")
    assert fate_of(SMS, (LOST, nameless)) == Fate(
        state=UNDELIVERED, meaning="the handset is off", permanence=Permanence.PASSING
    )
    assert fate_of(SMS, (nameless, LOST)) == Fate(
        state=UNDELIVERED, meaning="the handset is off", permanence=Permanence.MESSAGE
    )


def test_what_arrived_has_no_reason_why_it_did_not() -> None:
    assert fate_of(SMS, (ARRIVED, LOST)).meaning is None
