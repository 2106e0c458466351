"""Every receipt is kept, finds its message sooner or later, and moves it forward alone."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.delivery.twilio_receipts import receipt_of
from notifier.model.consent import Source
from notifier.model.notices import MessageState
from notifier.model.outlet import Outlet
from notifier.model.receipts import Permanence, Receipt, ReceiptState
from notifier.model.types import ChannelName, NoticeClass
from notifier.receipts.taking import Taken, settle, take, take_within
from notifier.store.consent import ALL_BUT_SAFETY, all_entries
from notifier.store.database import open_engine, read_only
from notifier.store.outbox import receipts as rows
from notifier.store.outbox import unconfirmed
from notifier.store.outbox.suppressions import suppressions
from notifier.store.tables import RECEIPT
from tests.support.confirming import Provider
from tests.support.rig import NOW, Rig, ana, open_rig, visit

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
ON_SQLITE = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
"""For what has no SQL of its own."""


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """Ana wants SMS alone, and was told of her visit by one."""
    channels: Any = {SMS: Provider("twilio"), EMAIL: Provider("smtp")}
    with open_rig(tmp_path, migrated_url, channels) as rig:
        rig.set(customer=[ana(preferred_channel="sms")], appointment=[visit()])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=1)
        yield rig


def of_sms(status: str, code: int | None = None, sid: str = "twilio-A-1") -> Receipt:
    return receipt_of(sid, status, code)


def bounce(status: str = "failed", **changes: Any) -> Receipt:
    values: dict[str, Any] = {
        "provider": "smtp",
        "channel": EMAIL,
        "provider_id": "smtp-A-1",
        "status": status,
        "state": ReceiptState.UNDELIVERED,
        "code": "5.1.1",
        "meaning": "no such mailbox",
        "permanence": Permanence.ADDRESS,
    }
    return Receipt(**(values | changes))


def say(rig: Rig, *receipts: Receipt) -> Taken:
    rig.clock.forward(seconds=1)
    return take(rig.database, receipts, now=rig.clock())


def state(rig: Rig, channel: ChannelName = SMS) -> str:
    return str(next(row.state for row in rig.messages() if row.channel == channel))


def kept(rig: Rig) -> list[sa.Row[Any]]:
    with read_only(rig.database) as connection:
        return list(connection.execute(sa.select(RECEIPT).order_by(RECEIPT.c.arrived_at, RECEIPT.c.id)))


def test_doubled_late_and_misordered_receipts_are_kept_once_and_move_nothing_backwards(rig: Rig) -> None:
    said = [of_sms("sent"), of_sms("delivered"), of_sms("sent"), of_sms("delivered"), of_sms("undelivered", 30003)]
    taken = [say(rig, receipt) for receipt in said]

    assert [(one.kept, one.repeated) for one in taken] == [(1, 0), (1, 0), (0, 1), (0, 1), (1, 0)]
    assert [moved.fate.state for one in taken for moved in one.moved] == [MessageState.DELIVERED]
    assert state(rig) == "delivered"
    assert [(row.status, row.message_id == rig.messages()[0].id) for row in kept(rig)] == [
        ("sent", True),
        ("delivered", True),
        ("undelivered", True),
    ]


def test_a_receipt_that_is_quicker_than_our_commit_is_matched_later(rig: Rig) -> None:
    rig.set(appointment=[visit(id="A-2")])
    taken = say(rig, of_sms("delivered", sid="twilio-A-2"), of_sms("delivered", sid="of somebody else"))
    assert (taken.kept, taken.unmatched, taken.moved) == (2, 2, ())

    rig.tick()
    rig.dispatch()
    moved = settle(rig.database, now=rig.clock()).moved
    assert [one.reference for one in moved] == [rig.notices()[1].reference]
    assert [row.state for row in rig.messages() if row.provider_id == "twilio-A-2"] == ["delivered"]
    assert settle(rig.database, now=rig.clock()) == Taken()
    assert [row.provider_id for row in kept(rig) if row.message_id is None] == ["of somebody else"]


def test_what_did_not_arrive_by_sms_goes_by_mail_once_and_then_to_the_owner(rig: Rig) -> None:
    say(rig, of_sms("undelivered", 30003))
    rig.tick()
    rig.dispatch()
    first, second = rig.notices()
    assert (first.state, second.state, second.channels) == ("told", "told", ["email"])
    assert second.reason == (
        f"what {first.reference} told did not arrive; sms: Twilio 30003: the handset is off or out of reach"
    )
    with read_only(rig.database) as connection:
        assert suppressions(connection, live=False) == []  # a handset that is off is nobody's fault

    rig.clock.forward(minutes=1)
    say(rig, bounce())
    rig.tick()
    rig.dispatch()
    states = [(row.kind, row.state) for row in rig.notices()]
    assert sorted(states) == [("alert", "told"), ("notice", "failed"), ("notice", "told"), ("notice", "told")]
    with read_only(rig.database) as connection:
        (suppressed,) = suppressions(connection, live=False)
    assert (suppressed.channel, suppressed.reason) == (EMAIL, "no such mailbox")

    rig.tick(full=True)
    assert sorted((row.kind, row.state) for row in rig.notices()) == sorted(states)


@ON_SQLITE
def test_a_correction_goes_where_the_old_claim_arrived(rig: Rig) -> None:
    say(rig, of_sms("undelivered", 30003))
    rig.tick()
    rig.dispatch()
    rig.clock.forward(minutes=1)
    rig.set(appointment=[visit(starts_at=visit()["starts_at"] + timedelta(hours=2))])
    rig.tick()
    assert [(row.kind, row.channels) for row in rig.notices() if row.kind == "correction"] == [
        ("correction", ["email"])
    ]


@ON_SQLITE
def test_a_fallback_that_waits_is_dropped_when_a_receipt_says_that_it_arrived(rig: Rig) -> None:
    rig.reload({"rules/visits.yaml": _patient(rig)})
    rig.tick()
    rig.clock.forward(minutes=31)
    rig.tick()
    assert [row.state for row in rig.notices()] == ["told", "ready"]

    say(rig, of_sms("delivered"))
    rig.dispatch()
    told, fallback = rig.notices()
    assert (told.state, fallback.state) == ("told", "cancelled")
    assert "arrived after all" in fallback.reason
    assert [row.state for row in rig.messages()] == ["delivered", "cancelled"]


def _patient(rig: Rig) -> str:
    rules = (rig.folder / "rules/visits.yaml").read_text()
    return rules.replace("    exit: desk", "    fallback_after: 30m\n    exit: desk")


def test_three_mails_that_came_back_for_passing_reasons_suppress_the_address_and_one_that_arrived_starts_anew(
    rig: Rig,
) -> None:
    rig.set(customer=[ana(preferred_channel="email")])
    soft = {"permanence": Permanence.PASSING, "meaning": "the mailbox is full", "code": "5.2.2"}
    for number, arrives in enumerate([False, False, True, False, False, False], start=10):
        rig.set(appointment=[visit(id=f"A-{number}")])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=1)
        changes: dict[str, Any] = {"state": ReceiptState.DELIVERED} if arrives else soft
        say(rig, bounce(provider_id=f"smtp-A-{number}", **changes))
        with read_only(rig.database) as connection:
            assert bool(suppressions(connection, live=False)) == (number == 15)


@ON_SQLITE
def test_an_opt_out_that_the_provider_knew_of_and_a_complaint_are_in_the_ledger_once(rig: Rig) -> None:
    for _ in range(2):
        say(rig, of_sms("undelivered", 21610))
    rig.tick()
    rig.dispatch()
    told = rig.notices()[-1].reference
    complaint = {"reference": told, "provider_id": None, "code": None, "permanence": None, "meaning": None}
    for status in ("complaint", "complaint again"):
        say(rig, bounce(status, state=ReceiptState.COMPLAINT, **complaint))
    with read_only(rig.database) as connection:
        entries = [(row.address[1], row.source, row.blocked, row.message_id) for row in all_entries(connection)]
    sms, mail = (next(row for row in rig.messages() if row.channel == channel) for channel in (SMS, EMAIL))
    assert mail.state == "delivered", "it arrived, or nobody could complain"
    of_provider = [(sms.address, Source.PROVIDER, True, sms.id)] * len(NoticeClass)
    assert entries == of_provider + [(mail.address, Source.COMPLAINT, False, mail.id)] * len(ALL_BUT_SAFETY)


@ON_SQLITE
def test_a_bounce_finds_its_mail_by_the_reference_of_the_notice(rig: Rig) -> None:
    rig.set(customer=[ana(preferred_channel="email")], appointment=[visit(id="A-2")])
    rig.tick()
    rig.dispatch()
    reference = next(row.reference for row in rig.notices() if row.subject_id == "A-2")
    say(rig, bounce(provider_id=None, reference=reference, state=ReceiptState.DELAYED, status="delayed"))
    assert state(rig, EMAIL) == "accepted"
    with read_only(rig.database) as connection:
        later = rig.clock() + timedelta(hours=1)
        (warned,) = rows.warned(connection, before=later, after=rig.clock() - timedelta(days=1))
    assert warned.reference == reference

    say(rig, bounce(provider_id=None, reference=reference))
    assert state(rig, EMAIL) == "undelivered"


def test_a_provider_is_asked_ever_less_often_and_what_it_says_is_a_receipt(rig: Rig) -> None:
    twilio: Any = rig.dispatchers[SMS].channel
    assert rig.dispatchers[SMS].confirm(rig.clock() - timedelta(seconds=1)) == Taken()
    assert rig.dispatchers[SMS].confirm(rig.clock()).asked == 1
    assert rig.dispatchers[SMS].confirm(rig.clock()) == Taken()

    twilio.said["twilio-A-1"] = of_sms("undelivered", 30005)
    rig.clock.forward(minutes=2)
    rig.dispatch()
    (message,) = rig.messages()
    assert (message.state, message.error, message.ask_at) == (
        "undelivered",
        "Twilio 30005: an unknown number, or not in service any more",
        None,
    )


@ON_SQLITE
def test_nobody_is_asked_about_what_was_told_long_ago(rig: Rig) -> None:
    with read_only(rig.database) as connection:
        (waits,) = unconfirmed.unconfirmed(
            connection, Outlet(live=False, channel=SMS), provider="twilio", now=rig.clock(), limit=9
        )
    with rig.database.begin() as connection:
        unconfirmed.asked(connection, [waits], now=rig.clock() + timedelta(days=3))
    assert rig.messages()[0].ask_at is None


@ON_SQLITE
def test_a_receipt_whose_commit_a_death_prevents_is_new_when_it_is_said_again(rig: Rig) -> None:
    with rig.database.connect() as connection, connection.begin() as transaction:
        take_within(connection, [of_sms("delivered")], now=rig.clock())
        transaction.rollback()
    assert (kept(rig), state(rig)) == ([], "accepted")
    assert say(rig, of_sms("delivered")).kept == 1


def test_a_receipt_is_kept_as_it_was_said_on_both_databases(migrated_url: str) -> None:
    """In one statement, of which a part may be there already."""
    engine = open_engine(migrated_url)
    first = receipt_of("SM1", "sent", None, {"AccountSid": "AC1", "RawDlrDoneDate": "2603031200"})
    second = receipt_of("SM1", "undelivered", 30003)
    assert [take(engine, said, now=NOW).kept for said in ([first], [second, first, second], [first])] == [1, 1, 0]
    with read_only(engine) as connection:
        rows = connection.execute(sa.select(RECEIPT).order_by(RECEIPT.c.status)).all()
    assert [(row.status, row.code, row.raw, row.arrived_at, row.message_id) for row in rows] == [
        ("sent", None, {"AccountSid": "AC1", "RawDlrDoneDate": "2603031200"}, NOW, None),
        ("undelivered", "30003", {}, NOW, None),
    ]
    engine.dispose()


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_two_ends_of_one_message_at_once_wait_for_each_other_and_not_in_a_circle(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is written, and so holds on to its message, before either decides about it."""
    barrier = threading.Barrier(2)
    keep = rows.keep

    def kept_together(*arguments: Any, **options: Any) -> Any:
        found = keep(*arguments, **options)
        barrier.wait(10)
        return found

    [sms] = rig.messages()
    monkeypatch.setattr(rows, "keep", kept_together)
    ends = [receipt_of(sms.provider_id, status, None) for status in ("delivered", "undelivered")]
    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(lambda end: take(rig.database, [end], now=rig.clock()), ends))
    assert ([each.kept for each in taken], sum(len(each.moved) for each in taken)) == ([1, 1], 1)
    assert rig.messages()[0].state in ("delivered", "undelivered")
