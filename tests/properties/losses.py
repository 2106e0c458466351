"""What providers say afterwards of messages that they took: some came back, and of some nobody says anything."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.delivery.twilio_receipts import receipt_of
from notifier.drafting.ruleset import Ruleset
from notifier.model.notices import MessageState
from notifier.model.types import ChannelName
from notifier.receipts.taking import take
from notifier.simulation.channel import KeepingChannel
from notifier.store.database import read_only
from notifier.store.tables import MESSAGE

PATIENCE = timedelta(hours=3)


def impatient(ruleset: Ruleset) -> Ruleset:
    """The same, where every other rule takes three hours without a receipt for a loss."""
    rules = {
        name: replace(rule, fallback_after=PATIENCE) if index % 2 else rule
        for index, (name, rule) in enumerate(ruleset.project.rules.items())
    }
    return replace(ruleset, project=replace(ruleset.project, rules=rules))


def say_what_became(database: sa.Engine, seed: int, now: datetime) -> None:
    """Of each message that is accepted, a sixth is lost, a sixth for good, a sixth arrives: the same each time."""
    with read_only(database) as connection:
        accepted = connection.execute(
            sa.select(MESSAGE.c.provider_id, MESSAGE.c.channel)
            .where(MESSAGE.c.state == MessageState.ACCEPTED)
            .order_by(MESSAGE.c.id)
        ).all()
    receipts = []
    for row in accepted:
        match hashlib.sha256(f"{seed}|{now}|{row.provider_id}".encode()).digest()[0] % 6:
            case 0:
                said = receipt_of(row.provider_id, "undelivered", 30003)
            case 1:
                said = receipt_of(row.provider_id, "failed", 30005)
            case 2:
                said = receipt_of(row.provider_id, "delivered", None)
            case _:
                continue
        receipts.append(replace(said, provider=KeepingChannel.name, channel=ChannelName(row.channel)))
    take(database, receipts, now=now)
