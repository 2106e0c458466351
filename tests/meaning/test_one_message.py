"""What falls due for one person within minutes goes in one message, and each part of it stays a notice of its own.

Each test ends with a full pass that must find nothing. A few run on both databases: they have every new statement.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.answers.preview import Preview, preview
from notifier.decisions.notices import Cancel
from notifier.delivery.outcomes import Retry, SuppressAddress
from notifier.model.types import ChannelName
from notifier.sending.dispatch import DispatchReport
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.meaning.street import HELD_ORDER, Sent, happen, in_force, notice, play, rule, template, utc
from tests.support.deciding import a_person_decides
from tests.support.rig import NOW, Rig, ana, contract, open_rig, visit
from tests.support.scripted import ScriptedChannel
from tests.support.sqlite_alone import migrated_url, on_both

__all__ = ["migrated_url"]

MERGE = {"rules/policy.yaml": "merge: { within: 15m, channels: [sms] }\n"}
MERGE_ALL = {"rules/policy.yaml": "merge: { within: 15m }\n"}
QUARTER = timedelta(minutes=15)
VISIT = rule(channels=["sms"], until=None)
HELD = rule(HELD_ORDER, channels=["sms"])
BILL = rule(rule="bill", about="charge", when="not charge.billed", at="24h before charge.bill_at", until=None,
            claims={"price": "charge.amount"}, template="price", channels=["sms"])  # fmt: skip


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """Ana and her contract; nothing was decided yet."""
    with open_rig(tmp_path, migrated_url) as rig:
        rig.set(customer=[ana()], contract=[contract()])
        in_force(rig, VISIT, HELD, BILL, files=MERGE)
        rig.tick()
        yield rig
        rig.tick()
        again = rig.tick(full=True)
        assert (again.verdicts, again.contradictions, again.failures) == ({}, 0, ())


def order(**changes: Any) -> dict[str, Any]:
    return {"id": "O-1", "customer_id": "C-1", "status": "held", "seller": "Acme", "placed_at": NOW} | changes


def bill(**changes: Any) -> dict[str, Any]:
    charge = {"id": "X-1", "customer_id": "C-1", "kind": "fee", "amount": 79900, "currency": "COP", "billed": False}
    return charge | {"bill_at": NOW + timedelta(hours=24), "proration": False} | changes


def three(rig: Rig) -> None:
    """A visit, an order and a bill within five minutes, and a tick after each."""
    assert play(rig, appointment=[visit()]) == []
    assert play(rig, NOW + timedelta(minutes=2), order=[order()]) == []
    assert play(rig, NOW + timedelta(minutes=5), charge=[bill(bill_at=NOW + timedelta(hours=24, minutes=5))]) == []


def states(rig: Rig) -> dict[str, str]:
    return {row.rule: row.state for row in rig.notices() if row.kind == "notice"}


def previewed(rig: Rig) -> Preview:
    with read_only(rig.database) as connection:
        return preview(rig.ruleset, Reader(connection, live=False), rig.clock())


@on_both
def test_three_notices_within_minutes_are_one_message_and_all_of_them_are_told(rig: Rig) -> None:
    three(rig)
    assert states(rig) == {"visit-reminder": "deferred", "order-held": "deferred", "bill": "deferred"}
    (sent,) = play(rig, NOW + QUARTER)
    assert (sent.rule, sent.channels) == ("visit-reminder", ("sms",))
    (text,) = sent.texts
    visit_, held, price = text.split("\n\n")[:1] + sorted(text.split("\n\n")[1:], reverse=True)
    assert "Acme" in held and "79.900" in price.replace(",", ".")
    for row in rig.notices():
        assert row.reference in text
    assert set(states(rig).values()) == {"told"}
    assert len(rig.messages()) == 1
    assert play(rig, NOW + timedelta(hours=1)) == []
