"""The statements of what is heard by mail, once on each database; what they mean is tried on SQLite alone."""

from datetime import timedelta
from pathlib import Path

from notifier.delivery.twilio_receipts import receipt_of
from notifier.drivers.passes import Passes
from notifier.drivers.retention import Retention
from notifier.model.outlet import Outlet
from notifier.model.processes import Process
from notifier.model.retention import Kept
from notifier.model.types import ChannelName
from notifier.receipts.taking import take as take_receipts
from notifier.store import reply_answers
from notifier.store.consent import undecided, waiting_beside
from notifier.store.contacts import CONTACT
from notifier.store.database import read_only
from notifier.store.figures import figures, news
from notifier.store.our_faults import our_faults
from notifier.store.outbox import refusals
from tests.consent.test_hearing import ASKS
from tests.consent.test_mails import ANA, EMAIL, SMS, Relay, answers, letter, reference, rows, sender, take
from tests.support.confirming import Provider
from tests.support.rig import ana, open_rig, visit


def test_everything_is_written_read_and_ended(tmp_path: Path, database_url: str) -> None:
    channels = {SMS: Provider("twilio"), EMAIL: Provider("smtp")}
    with open_rig(tmp_path, database_url, channels) as rig:
        rig.reload({"rules/visits.yaml": ASKS})
        rig.set(customer=[ana(email=ANA)], appointment=[visit()])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=5)
        assert take(rig, letter(rig, "¿A qué hora?")).reference == reference(rig)
        assert take(rig, letter(rig, "¿A qué hora?")).repeated
        with rig.database.begin() as first, rig.database.connect() as second:
            assert len(reply_answers.claim(first, live=False, now=rig.clock(), limit=9)) == 1
            if rig.database.dialect.name == "postgresql":  # on SQLite the second would wait for the first
                with second.begin():
                    assert reply_answers.claim(second, live=False, now=rig.clock(), limit=9) == []
            first.rollback()
        relay = Relay()
        sender(rig, relay).send()
        assert (len(relay.sent), answers(rig)) == (1, [])

        take(rig, letter(rig, "por favor no me escriban más"))
        with read_only(rig.database) as connection:
            assert undecided(connection, live=False) == [(EMAIL, ANA), (SMS, "+573001234567")]
            assert waiting_beside(connection, (EMAIL, ANA), live=False) == [(SMS, "+573001234567")]

        passes = Passes(rig.database, rig.clock, live=False, host="one")
        for _ in range(2):
            rig.clock.forward(seconds=1)
            passes.write_one(Process.SERVING)
        sms = next(row.provider_id for row in rig.messages() if row.channel == SMS)
        take_receipts(rig.database, [receipt_of(sms, "undelivered", 30034)], now=rig.clock())
        with rig.database.begin() as connection:
            outlet = Outlet(live=False, channel=ChannelName.SMS)
            refusals.note(connection, outlet, "M-1", provider="twilio", code="21606", decision="Halt", now=rig.clock())
        since = rig.clock() - timedelta(hours=1)
        with read_only(rig.database) as connection:
            assert figures(connection, live=False, now=rig.clock()).passes == {(Process.SERVING, "one"): rig.clock()}
            found = news(connection, live=False, after=since, upto=rig.clock())
            assert found.refusals == {("twilio", "21606"): 1}
            for owner in (None, "operations"):
                [fault] = our_faults(connection, live=False, since=since, owner=owner)
                assert (fault.channel, fault.count, fault.owner) == (SMS, 1, owner or "field")

        rig.tick()  # its owner hears
        rig.clock.forward(days=40)
        Retention(database=rig.database, clock=rig.clock, days={Kept.BODIES: 1, Kept.ADDRESSES: 31}).look()
        assert {str(row.attributes) for row in rows(rig, CONTACT)} == {"{}"}
