"""After a bounce the next tick says elsewhere what did not arrive; what it said of the address counts from then on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from notifier.delivery.twilio_receipts import receipt_of
from notifier.model.consent import Source, Word
from notifier.model.types import ChannelName
from notifier.receipts.bounces import SILENCE, Way, look_after, receive_bounce
from notifier.receipts.our_faults import alert_owners
from notifier.receipts.taking import take
from notifier.rules.checked_owners import Owner
from notifier.store.consent import ALL_BUT_SAFETY, all_entries
from notifier.store.database import read_only
from notifier.store.outbox.suppressions import suppressions
from tests.bounces.mails import ADDRESS, REFERENCE, real
from tests.bounces.test_reading import report
from tests.support.confirming import Provider
from tests.support.rig import Rig, ana, open_rig, visit


@pytest.fixture
def rig(tmp_path: Path, migrated_file: Path) -> Iterator[Rig]:
    """Ana wants mail alone, and was told of her visit by one."""
    channels: Any = {ChannelName.SMS: Provider("twilio"), ChannelName.EMAIL: Provider("smtp")}
    with open_rig(tmp_path, f"sqlite:///{copy(migrated_file, tmp_path / 'notifier.db')}", channels) as rig:
        rig.set(customer=[ana(preferred_channel="email")], appointment=[visit()])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=5)
        yield rig


def comes_back(rig: Rig, name: str, reference: str | None = None) -> None:
    content = real(name, reference=reference or rig.notices()[0].reference)
    receive_bounce(rig.database, content, ADDRESS, way=Way.PIPE, now=rig.clock())
    rig.tick()
    rig.dispatch()


def told(rig: Rig) -> list[tuple[str, list[str]]]:
    """Who was told on which channels; an alert goes to the owner."""
    return sorted((row.kind, row.channels) for row in rig.notices() if row.state == "told")


def suppressed(rig: Rig) -> list[str]:
    with read_only(rig.database) as connection:
        return [each.reason for each in suppressions(connection, live=False)]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("exim-550-unknown", ["nobody receives mail at this address (550 5.1.1)"]),
        ("exim-552-full", []),
        ("postfix-554-policy", []),
    ],
)
def test_what_is_lost_goes_by_sms_and_only_a_dead_address_is_suppressed(rig: Rig, name: str, why: list[str]) -> None:
    comes_back(rig, name)
    assert told(rig) == [("notice", ["email"]), ("notice", ["sms"])]
    assert suppressed(rig) == why


@pytest.mark.parametrize("name", ["exim-451-delay", "exim-autoreply", "sendmail-autoreply"])
def test_a_warning_and_an_auto_reply_change_nothing(rig: Rig, name: str) -> None:
    comes_back(rig, name)
    assert (told(rig), suppressed(rig)) == ([("notice", ["email"])], [])


def test_after_a_warning_silence_is_a_failure_that_condemns_no_address(rig: Rig) -> None:
    comes_back(rig, "nullmailer-451-given-up")
    rig.clock.forward(seconds=SILENCE.total_seconds())
    look_after(rig.database, now=rig.clock())
    assert [row.state for row in rig.messages()] == ["undelivered"]
    assert suppressed(rig) == []


def test_three_full_mailboxes_within_two_weeks_suppress_an_address(rig: Rig) -> None:
    comes_back(rig, "courier-552-full")
    for number in (2, 3):
        rig.set(appointment=[visit(id=f"A-{number}")])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=1)
        reference = next(row.reference for row in rig.notices() if row.subject_id == f"A-{number}")
        assert suppressed(rig) == []
        comes_back(rig, "courier-552-full", reference)
    assert suppressed(rig) == ["3 mails came back within two weeks: the mailbox is full (552 5.2.2)"]


@pytest.mark.parametrize("named", [None, "field"])
def test_the_owner_hears_once_a_day_of_what_is_our_own_fault(rig: Rig, named: str | None) -> None:
    def alerts() -> int:
        return alert_owners(rig.database, rig.ruleset, now=rig.clock(), live=False, owner=named)

    comes_back(rig, "exim-550-unknown")
    assert alerts() == 0
    rig.set(appointment=[visit(id="A-2")], customer=[ana(preferred_channel="email", email="ana.2@example.com")])
    rig.tick()
    rig.dispatch()
    reference = next(row.reference for row in rig.notices() if row.subject_id == "A-2")
    comes_back(rig, "sendmail-554-policy", reference)
    assert (alerts(), alerts()) == (1, 0)
    rig.dispatch()
    [alert] = [row for row in rig.notices() if row.kind == "alert"]
    assert (alert.state, alert.owner) == ("told", "field")
    assert alert.reason == "mails came back by our own fault: a policy is against this mail (554 5.7.1)"

    rig.clock.forward(minutes=1)
    comes_back(rig, "postfix-554-policy", alert.reference)
    rig.clock.forward(hours=12)
    assert alerts() == 1, "another day, and the alert that came back is none of them"
    rig.clock.forward(days=1)
    assert alerts() == 0


def test_operations_hear_once_a_day_of_sms_that_our_own_fault_kept_from_arriving(rig: Rig) -> None:
    """30034: not registered. Two customers, one alert; of what the owner of the notices could do nothing about."""
    rig.set(customer=[ana(preferred_channel="sms"), ana(id="C-2", preferred_channel="sms", phone="+573001234568")])
    rig.set(appointment=[visit(id="A-2"), visit(id="A-3", customer_id="C-2")])
    rig.tick()
    rig.dispatch()
    rig.clock.forward(minutes=1)
    sent = [row for row in rig.messages() if row.channel == "sms"]
    receipts = [receipt_of(row.provider_id, "undelivered", 30034) for row in sent]
    assert len(take(rig.database, receipts, now=rig.clock()).moved) == 2
    operations = Owner(id="operations", name="operations", email="operations@example.com")
    ruleset = replace(rig.ruleset, operations=operations)
    counts = [alert_owners(rig.database, ruleset, now=rig.clock(), live=False) for _ in range(2)]
    assert counts == [1, 0]
    rig.dispatch()
    [alert] = [row for row in rig.notices() if row.kind == "alert" and row.owner == "operations"]
    [text] = [row.text for row in rig.messages() if row.notice_id == alert.id]
    assert alert.reason.startswith("messages did not arrive by our own fault: Twilio 30034")
    assert "SMS since" in text


def test_a_complaint_withdraws_consent_for_mail_but_for_safety(rig: Rig) -> None:
    reference = rig.notices()[0].reference
    content = report("Feedback-Type: abuse", kind="feedback-report")
    content = content.replace(ADDRESS.sender(REFERENCE).encode(), b"x@example.com")
    content = content.replace(b"7k3qm-x9t2a", reference.lower().encode())
    for _ in range(2):
        receive_bounce(rig.database, content, ADDRESS, way=Way.PIPE, now=rig.clock())
    with read_only(rig.database) as connection:
        entries = [(row.notice_class, row.word, row.source) for row in all_entries(connection)]
    assert entries == [(each, Word.OUT, Source.COMPLAINT) for each in ALL_BUT_SAFETY]
    assert [row.state for row in rig.messages()] == ["delivered"], "it arrived, or nobody could complain"

    rig.set(appointment=[visit(id="A-2")])
    rig.tick()
    assert [row.channels for row in rig.notices() if row.subject_id == "A-2"] == [["sms"]]
