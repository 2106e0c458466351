"""What a complaint withdraws: consent for mail to that address, for every class but safety.

All functions work within the connection's transaction, which the caller commits.
"""

from datetime import datetime

import sqlalchemy as sa

from notifier.model.types import ChannelName, NoticeClass
from notifier.store.contacts import customers_at
from notifier.store.state.changes import write_rows
from notifier.store.unsubscribing import subscribed

SOURCE = "complaint"
WITHDRAWN = tuple(each for each in NoticeClass if each is not NoticeClass.SAFETY)


def withdraw(connection: sa.Connection, reference: str, *, now: datetime) -> int:
    """Everybody who has the address of this notice's mail wants no more there; returns how many customers that are."""
    mail = subscribed(connection, reference)
    if mail is None or not mail.address:  # it is not kept any more
        return 0
    channel = ChannelName.EMAIL
    customers = customers_at(connection, channel, mail.address)
    rows = [
        {
            "id": f"{customer}/{channel}/{notice_class}",
            "customer_id": customer,
            "channel": channel.value,
            "class": notice_class.value,
            "allowed": False,
            "at": now,
            "source": SOURCE,
        }
        for customer in customers
        for notice_class in WITHDRAWN
    ]
    if rows:
        write_rows(connection, "consent", rows, now)
    return len(customers)
