"""What becomes of messages to the sandbox's own addresses: receipts and replies, by the ways that real ones take."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.consent.simulated import Played, play
from notifier.delivery.simulated import OUTCOMES
from notifier.drivers.daemon import Daemon
from notifier.drivers.ticker import Job
from notifier.model.types import ChannelName
from notifier.store.contacts import CONTACT
from notifier.store.database import read_only
from notifier.store.outbox.unconfirmed import next_simulated
from notifier.store.tables import CONSENT_ENTRY
from notifier.wiring import open_house
from tests.support.rig import Rig, ana, open_rig, visit

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
SOON = {
    "delivered": "delivered",
    "late-10m": "accepted",
    "silent": "accepted",
    "bounced": "undelivered",
    "full": "undelivered",
    "refused": "undelivered",
    "stop": "delivered",
    "wants-no-more": "delivered",
    "confirms": "delivered",
    "replies": "delivered",
    "complains": "delivered",
    "times-out": "unknown",
    "nobody": "accepted",
}
"""What is known after a minute, by the customer's name."""


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A customer at each address, and one elsewhere, told of a visit by both channels."""
    folder: Path = tmp_path_factory.mktemp("simulated")
    with open_rig(folder, f"sqlite:///{folder / 'notifier.db'}") as rig:
        people = {each.name: (each.numbers and each.numbers[0], f"{each.name}+x@sandbox.example") for each in OUTCOMES}
        people["nobody"] = ("+573001234567", "nobody@example.com")
        customers = [
            ana(id=name, phone=number, email=mail, preferred_channel=None) for name, (number, mail) in people.items()
        ]
        rig.set(customer=customers, appointment=[visit(id=f"A-{name}", customer_id=name) for name in people])
        rig.tick()
        rig.dispatch()
        yield rig


def states(rig: Rig) -> dict[str, set[str]]:
    """The states of each customer's messages on both channels."""
    with read_only(rig.database) as connection:
        rows = connection.execute(
            sa.text("SELECT n.recipient_id, m.state FROM message m JOIN notice n ON n.id = m.notice_id")
        ).all()
    return {name: {state for other, state in rows if other == name} for name, _ in rows}


def played(rig: Rig, **forward: float) -> Played:
    rig.clock.forward(**forward)
    return play(rig.database, rig.ruleset, now=rig.clock())


def rows_of(rig: Rig, statement: sa.Select[Any]) -> list[sa.Row[Any]]:
    with read_only(rig.database) as connection:
        return list(connection.execute(statement))


def test_what_becomes_of_messages_is_known_when_its_time_has_come_and_no_sooner(rig: Rig) -> None:
    assert played(rig, seconds=59) == Played()
    assert set().union(*states(rig).values()) == {"accepted", "unknown"}  # unknown: its answer got lost

    first = played(rig, seconds=1)
    assert states(rig) == {name: {state} for name, state in SOON.items()}
    assert first.taken.kept == first.taken.asked == 2 * 8 + 1
    with read_only(rig.database) as connection:
        known_later = next_simulated(connection, after=rig.clock(), before=rig.clock().replace(year=2027))
    assert known_later is not None

    assert played(rig, minutes=8) == Played()
    assert played(rig, minutes=1).taken.kept == 2
    assert rig.clock() == known_later
    assert states(rig) == {name: {state} for name, state in (SOON | {"late-10m": "delivered"}).items()}
    assert played(rig, days=2) == Played()  # silence stays silence, and nothing is said twice

    suppressed = rows_of(rig, sa.text("SELECT address FROM suppressed_address"))  # type: ignore[arg-type]
    assert {row.address for row in suppressed} == {"+15005551300", "bounced+x@sandbox.example"}
    reasons = {(row.channel, row.error) for row in rig.messages() if row.state == "undelivered"}
    assert {reason.partition(":")[0] for channel, reason in reasons if channel == SMS} == {
        "Twilio 30005",
        "Twilio 30003",
        "Twilio 30007",
    }
    assert ("email", "the mailbox is full (552 5.2.2)") in reasons

    said = rows_of(rig, sa.select(CONSENT_ENTRY.c.address, CONSENT_ENTRY.c.word).distinct())
    assert {tuple(row) for row in said} == {
        ("+15005551600", "out"),
        ("stop+x@sandbox.example", "out"),
        ("complains+x@sandbox.example", "out"),
        ("+15005551700", "probable"),
        ("wants-no-more+x@sandbox.example", "probable"),
    }
    contacts = rows_of(rig, sa.select(CONTACT.c.customer_id, CONTACT.c.subject, CONTACT.c.attributes))
    texts = {each.name: each.reply for each in OUTCOMES if each.reply is not None}
    assert sorted((row.customer_id, row.attributes["text"]) for row in contacts) == sorted(
        pair for pair in texts.items() for _ in (SMS, EMAIL)
    )
    assert all(row.subject.startswith("notice:") for row in contacts)
    answers = {one.reply.address: one.answer for one in first.replies}
    assert "START" in (answers["+15005551600"] or "") or "ALTA" in (answers["+15005551600"] or "")


def test_daemon_and_tick_let_it_happen_unless_they_are_live(tmp_path: Path) -> None:
    def daemon(rig: Rig, *, live: bool) -> Job:
        """Its step that takes receipts."""
        rules: Any = SimpleNamespace(ruleset=lambda: rig.ruleset)
        options: Any = {"tick_seconds": 60, "dispatch_seconds": 5, "pulse": tmp_path / "pulse"}
        jobs = Daemon(rig.database, rules, [], rig.clock, live=live, **options).jobs
        return next(job for job in jobs if job.name == "receipts")

    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        rig.set(customer=[ana(phone="+15005551000", email=None)], appointment=[visit()])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=1)
        for live, state in ((True, "accepted"), (False, "delivered")):
            daemon(rig, live=live).work()
            assert [row.state for row in rig.messages()] == [state]

        rig.set(appointment=[visit(id="A-2")])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=1)
        assert sorted(row.state for row in rig.messages()) == ["accepted", "delivered"]
        house = open_house(tmp_path, clock=rig.clock)
        house.tick(rig.clock(), ruleset=rig.ruleset)
        assert [row.state for row in rig.messages()] == ["delivered", "delivered"]

        rig.set(appointment=[visit(id="A-3")])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=1)
        assert (house.ask().asked, house.ask().asked) == (1, 0)
        house.close()
        assert [row.state for row in rig.messages()] == ["delivered"] * 3


def test_an_answer_that_gets_lost_is_asked_for_and_the_message_goes_once(tmp_path: Path) -> None:
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        rig.set(customer=[ana(phone="+15005552000", email=None)], appointment=[visit()])
        rig.tick()
        rig.dispatch()
        assert [row.state for row in rig.messages()] == ["unknown"]
        rig.clock.forward(minutes=2)
        rig.dispatch()
        assert ([row.state for row in rig.messages()], len(rig.files())) == (["accepted"], 1)
        played(rig, minutes=2)
        assert [row.state for row in rig.messages()] == ["delivered"]
