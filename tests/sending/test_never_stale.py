"""Between deciding and sending, whatever changed stops or replaces the message, and says why.

What locks, and a test of each kind of statement, runs on both databases.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.notices import Release
from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import Retry
from notifier.delivery.sandbox import SandboxChannel
from notifier.model.types import ChannelName
from notifier.sending.dispatch import DispatchReport
from notifier.sending.lease import Lease
from notifier.store.outbox.payloads import payload_of
from notifier.store.sql import table_of
from notifier.store.state.changes import delete_rows
from notifier.store.tables import NoticeRow
from tests.support.deciding import a_person_decides
from tests.support.rechecks import before_each_recheck
from tests.support.rig import NOW, Rig, ana, contract, open_rig, visit
from tests.support.scripted import ScriptedChannel
from tests.support.sqlite_alone import migrated_url, on_both

__all__ = ["migrated_url"]

TO_ONE_PRICE = {
    "promise": [
        {
            "id": "P-1",
            "customer_id": "C-1",
            "subject_type": "contract",
            "subject_id": "K-1",
            "topic": "monthly_price",
            "value": "79900",
            "value_number": Decimal(79900),
            "currency": "COP",
            "made_at": NOW - timedelta(days=9),
            "source": "sales",
        }
    ],
    "charge": [
        {
            "id": "X-1",
            "customer_id": "C-1",
            "contract_id": "K-1",
            "kind": "recurring",
            "amount": Decimal(111860),
            "currency": "COP",
            "bill_at": NOW + timedelta(days=9),
            "billed": False,
            "proration": False,
        }
    ],
}


def refusal(channel: str) -> dict[str, Any]:
    return {
        "id": f"C-1/{channel}/service",
        "customer_id": "C-1",
        "channel": channel,
        "class": "service",
        "allowed": False,
        "at": NOW,
    }


@on_both
def test_nothing_changed_and_the_stored_bytes_go(rig: Rig) -> None:
    rig.tick()
    stored = [payload_of(row) for row in rig.messages()]
    rig.clock.forward(minutes=20)
    assert rig.dispatch() == DispatchReport(accepted=2)
    assert sorted((rig.outbox / name).read_bytes() for name in rig.files()) == sorted(stored)


def test_a_cancelled_appointment_stops_the_message(rig: Rig) -> None:
    rig.tick()
    rig.set(appointment=[visit(status="cancelled")])
    assert rig.dispatch() == DispatchReport(stale=1)
    assert rig.states() == (["cancelled"], ["cancelled", "cancelled"])
    assert {row.error for row in rig.messages()} == {rig.notices()[0].reason}
    assert rig.files() == []


def test_a_deleted_appointment_stops_the_message(rig: Rig) -> None:
    rig.tick()
    with rig.database.begin() as connection:
        delete_rows(connection, "appointment", ["A-1"], rig.clock())
    assert rig.dispatch() == DispatchReport(stale=1)
    assert rig.states()[0] == ["cancelled"]


@on_both
def test_a_moved_appointment_replaces_the_message(rig: Rig) -> None:
    rig.tick()
    rig.set(appointment=[visit(starts_at=NOW + timedelta(hours=30))])
    assert rig.dispatch() == DispatchReport(stale=1, accepted=2)
    told = [row for row in rig.notices() if row.state == "told"]
    assert len(told) == 1
    assert sorted(rig.states()[0]) == ["cancelled", "told"]
    assert all("March 4" in (rig.outbox / name).read_text() for name in rig.files())


def test_a_new_address_replaces_the_message(rig: Rig) -> None:
    rig.tick()
    rig.set(customer=[ana(phone="+573009999999")])
    assert rig.dispatch() == DispatchReport(stale=1, accepted=2)
    accepted = {row.address for row in rig.messages() if row.state == "accepted"}
    assert accepted == {"+573009999999", "ana@example.com"}


@on_both
def test_a_withdrawn_consent_stops_its_channel(rig: Rig) -> None:
    rig.tick()
    rig.set(consent=[refusal("sms")])
    assert rig.dispatch() == DispatchReport(stale=1, accepted=1)
    assert [row.channel for row in rig.messages() if row.state == "accepted"] == ["email"]


@on_both
def test_a_new_contradiction_holds_the_message_and_a_person_can_release_it(rig: Rig) -> None:
    rig.tick()
    rig.set(**TO_ONE_PRICE)
    rig.tick()
    assert rig.notices()[0].state == "held"
    report = rig.dispatch()
    assert (report.accepted, [row.state for row in rig.messages() if row.channel == "sms"]) == (1, ["cancelled"])
    held = next(row for row in rig.notices() if row.kind == "notice")
    assert held.contradictions

    a_person_decides(rig.database, Release(held.reference), reason="the visit is free", now=rig.clock())
    rig.tick()
    rig.dispatch()
    assert next(row for row in rig.notices() if row.kind == "notice").state == "told"


def test_quiet_hours_that_began_meanwhile_defer_the_message(rig: Rig) -> None:
    rig.tick()
    rig.clock.at = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # 21:00 in Bogotá
    assert rig.dispatch() == DispatchReport(stale=1)
    (notice,) = rig.notices()
    assert (notice.state, notice.deferred_until) == ("deferred", datetime(2026, 3, 4, 13, 0, tzinfo=UTC))


def test_a_rule_that_cannot_be_read_at_the_moment_sends_nothing_and_loses_nothing(rig: Rig) -> None:
    rig.tick()
    rig.reload({"rules/visits.yaml": "rules:\n  - rule: visit-reminder\n    about: appointmnt\n"})
    assert rig.dispatch() == DispatchReport(put_off=2)
    assert rig.states() == (["ready"], ["queued", "queued"])

    rig.reload({})
    rig.clock.forward(minutes=2)
    assert rig.dispatch() == DispatchReport(accepted=2)


def test_a_rule_that_left_the_project_sends_nothing_more(rig: Rig) -> None:
    rig.tick()
    rig.reload({"rules/visits.yaml": "rules: []\n"})
    assert rig.dispatch() == DispatchReport(stale=1)
    assert rig.states() == (["cancelled"], ["cancelled", "cancelled"])


@pytest.fixture
def half_told(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """Ana got the mail; the SMS waits for its retry in about half a minute."""
    channels: dict[ChannelName, Channel] = {
        ChannelName.SMS: ScriptedChannel(Retry(reason="busy")),
        ChannelName.EMAIL: SandboxChannel(tmp_path / "outbox"),
    }
    with open_rig(tmp_path, migrated_url, channels) as rig:
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        rig.tick()
        assert rig.dispatch() == DispatchReport(accepted=1, retried=1)
        rig.clock.forward(minutes=1)
        yield rig


def sms(rig: Rig) -> Any:
    return next(row for row in rig.messages() if row.channel == "sms")


def test_the_second_channel_of_a_told_notice_goes_while_nothing_changed(half_told: Rig) -> None:
    assert half_told.dispatch() == DispatchReport(accepted=1)
    assert sms(half_told).state == "accepted"


def test_the_second_channel_stops_when_the_appointment_is_cancelled(half_told: Rig) -> None:
    half_told.set(appointment=[visit(status="cancelled")])
    assert half_told.dispatch() == DispatchReport(stale=1)
    assert sms(half_told).error == "what it says is no longer true"


def test_the_second_channel_stops_when_the_fact_changed(half_told: Rig) -> None:
    half_told.set(appointment=[visit(starts_at=NOW + timedelta(hours=47))])
    assert half_told.dispatch() == DispatchReport(stale=1)
    assert sms(half_told).error == "what it says changed since it was told on another channel"


def test_the_second_channel_stops_when_its_consent_is_withdrawn(half_told: Rig) -> None:
    half_told.set(consent=[refusal("sms")])
    assert half_told.dispatch() == DispatchReport(stale=1)
    assert sms(half_told).error == "no consent for sms"


def test_the_second_channel_stops_when_its_address_changed(half_told: Rig) -> None:
    half_told.set(customer=[ana(phone="+573009999999")])
    assert half_told.dispatch() == DispatchReport(stale=1)
    assert sms(half_told).error == "the customer's address for sms changed"


@on_both
def test_the_second_channel_stops_when_a_contradiction_opens(half_told: Rig) -> None:
    half_told.set(**TO_ONE_PRICE)
    half_told.tick()
    half_told.dispatch()
    assert sms(half_told).state == "cancelled"
    assert sms(half_told).error.startswith("held by promised-price")


def test_the_second_channel_waits_for_the_end_of_quiet_hours(half_told: Rig) -> None:
    half_told.clock.at = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # 21:00 in Bogotá
    assert half_told.dispatch() == DispatchReport(put_off=1)
    assert sms(half_told).next_attempt_at == datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
    half_told.clock.at = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
    assert half_told.dispatch() == DispatchReport(accepted=1)


def leased_before(rig: Rig, channel: ChannelName, meanwhile: Callable[[], object]) -> DispatchReport:
    """A round of sending in which something happens elsewhere just after its lease was committed."""

    def elsewhere(_: Lease) -> None:
        patched.undo()
        with ThreadPoolExecutor() as threads:
            threads.submit(meanwhile).result()

    with pytest.MonkeyPatch.context() as patched:
        before_each_recheck(patched, elsewhere)
        return rig.dispatchers[channel].dispatch(rig.ruleset)


@on_both
def test_what_is_told_on_the_other_channel_and_then_changes_stops_a_message_that_is_leased(rig: Rig) -> None:
    rig.tick()

    def told_then_moved() -> None:
        assert rig.dispatchers[ChannelName.EMAIL].dispatch(rig.ruleset) == DispatchReport(accepted=1)
        rig.set(appointment=[visit(starts_at=NOW + timedelta(hours=47))])

    assert leased_before(rig, ChannelName.SMS, told_then_moved) == DispatchReport(stale=1)
    assert sms(rig).error == "what it says changed since it was told on another channel"


@on_both
def test_a_notice_that_ends_while_its_message_is_leased_takes_it_along(rig: Rig) -> None:
    rig.tick()

    def cancelled() -> None:
        # As a tick does that looked just before the lease was committed.
        with rig.database.begin() as connection:
            ended = {"state": "cancelled", "reason": "the visit was cancelled"}
            connection.execute(sa.update(table_of(NoticeRow)).values(ended))
        rig.set(appointment=[visit(status="cancelled")])

    assert leased_before(rig, ChannelName.SMS, cancelled) == DispatchReport(stale=1)
    assert (sms(rig).state, sms(rig).error) == ("cancelled", "the visit was cancelled")


@on_both
def test_two_channels_that_find_a_notice_stale_at_once_leave_what_is_to_be_said_instead(rig: Rig) -> None:
    rig.tick()

    def moved_and_the_mail_withdrawn() -> None:
        rig.set(appointment=[visit(starts_at=NOW + timedelta(hours=47))])
        rig.dispatchers[ChannelName.EMAIL].dispatch(rig.ruleset)

    report = leased_before(rig, ChannelName.SMS, moved_and_the_mail_withdrawn)
    rig.dispatch()
    assert report.stale == 1
    assert sorted(rig.states()[1]) == ["accepted", "accepted", "cancelled", "cancelled"]
    assert all("9:00" in (rig.outbox / name).read_text() for name in rig.files())
