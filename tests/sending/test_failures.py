"""What a channel will not take is planned again: on another channel, at another address, or as failed with an alert."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from notifier.decisions.suppressions import Lift
from notifier.delivery.outcomes import OtherChannel, Outcome, Retry, SuppressAddress
from notifier.drafting.alerts import channel_alert, unclear_alert
from notifier.model.batches import Batch
from notifier.model.types import ChannelName
from notifier.sending.dispatch import DispatchReport
from notifier.store.database import read_only
from notifier.store.outbox import suppressions
from notifier.store.outbox.commit import commit
from notifier.store.reader import Reader
from notifier.tick import TickReport
from tests.support.deciding import a_person_decides
from tests.support.house import NOW, House, ana, visit
from tests.support.outgoing import outgoing
from tests.support.scripted import ScriptedChannel

LANDLINE = OtherChannel(reason="a landline")
FULL = OtherChannel(reason="the mailbox is full")
STOP = SuppressAddress(reason="the customer opted out")
FEW = timedelta(hours=1)


def provider(house: House, channel: ChannelName, *outcomes: Outcome) -> ScriptedChannel:
    """The channel's provider gives these answers, then accepts."""
    scripted = ScriptedChannel(*outcomes)
    scripted.name = f"scripted {channel}"
    house.play(channel, scripted)
    return scripted


def settled(house: House) -> None:
    """Neither a tick nor a full pass finds anything more at this instant."""
    before = house.notices(), house.messages()
    assert house.tick().verdicts == {}
    assert house.tick(full=True) == TickReport(now=house.clock())
    assert (house.notices(), house.messages()) == before


def only(house: House) -> sa.Row[Any]:
    """The one notice to a customer."""
    (notice,) = (row for row in house.notices() if row.kind != "alert")
    return notice


def alerts(house: House) -> list[sa.Row[Any]]:
    return [row for row in house.notices() if row.kind == "alert"]


def test_what_the_preferred_channel_refuses_goes_out_on_the_other_one(house: House) -> None:
    house.set(customer=[ana(preferred_channel="sms")])
    provider(house, ChannelName.SMS, LANDLINE)
    email = provider(house, ChannelName.EMAIL)
    house.tick()
    assert house.dispatch() == DispatchReport(failed=1)
    notice = only(house)
    assert (notice.state, notice.reason) == ("deferred", "sms: a landline; the next tick looks for another channel")

    house.clock.forward(minutes=1)
    house.tick()
    assert only(house).reason.endswith("; sms: a landline")
    settled(house)
    assert house.dispatch() == DispatchReport(accepted=1)
    assert (only(house).state, len(email.texts)) == ("told", 1)
    settled(house)
    assert alerts(house) == []


def test_while_another_channel_may_still_tell_it_nothing_is_planned_anew(house: House) -> None:
    provider(house, ChannelName.SMS, Retry(reason="busy", after=FEW))
    provider(house, ChannelName.EMAIL, FULL)
    house.tick()
    queued = {row.channel: row.id for row in house.messages()}
    assert house.dispatch() == DispatchReport(retried=1, failed=1)
    settled(house)
    house.clock.forward(hours=1)
    assert house.dispatch() == DispatchReport(accepted=1)
    assert only(house).state == "told"
    assert {row.channel: row.id for row in house.messages()} == queued


def test_what_no_channel_takes_has_failed_and_its_owner_hears_of_it_once(house: House) -> None:
    provider(house, ChannelName.SMS, LANDLINE)
    email = provider(house, ChannelName.EMAIL, FULL)
    house.tick()
    house.dispatch()
    house.clock.forward(minutes=1)
    house.tick()
    notice = only(house)
    assert (notice.state, notice.reason_code) == ("failed", "undeliverable")
    assert notice.reason == "no channel took it: sms: a landline; email: the mailbox is full"
    settled(house)
    (alert,) = alerts(house)
    assert (alert.recipient_id, alert.reason) == ("field", notice.reason)
    house.dispatch()
    assert "Every channel refused these notices for good." in email.texts[0]

    house.clock.forward(hours=46)  # past `until`: the owner knows already
    house.tick()
    assert (only(house).state, len(alerts(house))) == ("failed", 1)
    settled(house)


def test_another_address_lets_a_failed_notice_go_out_while_it_helps(house: House) -> None:
    provider(house, ChannelName.SMS, LANDLINE)
    provider(house, ChannelName.EMAIL, FULL)
    house.tick()
    house.dispatch()
    house.tick()
    house.set(customer=[ana(phone="+573009999999")])
    house.tick()
    assert only(house).state == "ready"
    settled(house)
    house.dispatch()
    (told,) = (row for row in house.messages() if row.state == "accepted" and row.notice_id == only(house).id)
    assert (only(house).state, told.address) == ("told", "+573009999999")

    house.set(customer=[ana()])  # back at the old one: it was told, so nothing is owed
    settled(house)


def test_a_failed_notice_that_is_no_longer_true_ends_and_fails_again_when_it_comes_back(house: House) -> None:
    provider(house, ChannelName.SMS, LANDLINE)
    provider(house, ChannelName.EMAIL, FULL)
    house.tick()
    house.dispatch()
    house.tick()
    house.set(appointment=[visit(status="cancelled")])
    house.tick()
    assert only(house).state == "cancelled"
    settled(house)
    house.clock.forward(minutes=1)
    house.set(appointment=[visit()])
    house.tick()
    assert (only(house).state, len(alerts(house))) == ("failed", 2)
    settled(house)


def test_what_fails_too_late_for_another_channel_expires_and_its_owner_hears_of_it(house: House) -> None:
    house.set(customer=[ana(preferred_channel="sms")])
    provider(house, ChannelName.SMS, LANDLINE)
    house.tick()
    house.dispatch()
    assert only(house).state == "deferred"
    house.clock.forward(hours=46)
    house.tick()
    assert (only(house).state, only(house).reason_code, len(alerts(house))) == ("expired", "missed", 1)
    settled(house)


def test_the_other_channel_waits_for_the_end_of_the_quiet_hours(house: House) -> None:
    house.set(customer=[ana(preferred_channel="sms")])
    provider(house, ChannelName.SMS, LANDLINE)
    email = provider(house, ChannelName.EMAIL)
    house.tick()
    house.clock.at = datetime(2026, 3, 4, 0, 59, tzinfo=UTC)  # 19:59 in Bogotá
    house.dispatch()
    house.clock.forward(minutes=2)
    house.tick()
    assert (only(house).state, only(house).deferred_until) == ("deferred", datetime(2026, 3, 4, 13, 0, tzinfo=UTC))
    settled(house)
    house.clock.at = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
    house.tick()
    house.dispatch()
    assert (only(house).state, len(email.texts)) == ("told", 1)


def test_a_correction_that_is_refused_where_the_customer_was_told_takes_the_other_channel(house: House) -> None:
    house.set(customer=[ana(preferred_channel="sms")])
    provider(house, ChannelName.SMS)
    email = provider(house, ChannelName.EMAIL)
    house.tick()
    house.dispatch()
    house.set(appointment=[visit(starts_at=NOW + timedelta(hours=47))])
    house.tick()
    provider(house, ChannelName.SMS, LANDLINE)
    house.dispatch()
    house.tick()
    settled(house)
    house.dispatch()
    correction = next(row for row in house.notices() if row.kind == "correction")
    assert (correction.state, len(email.texts)) == ("told", 1)


# -- suppressed addresses ----------------------------------------------------------------------------------------------


def test_an_opt_out_leaves_mail_for_this_notice_and_every_later_one(house: House) -> None:
    sms, email = provider(house, ChannelName.SMS, STOP), provider(house, ChannelName.EMAIL)
    house.tick()
    assert house.dispatch() == DispatchReport(failed=1, accepted=1)
    house.set(appointment=[visit(id="A-2")])
    house.tick()
    settled(house)
    assert house.dispatch() == DispatchReport(accepted=1)
    second = next(row for row in house.notices() if row.subject_id == "A-2")
    assert second.state == "told"
    assert second.reason.endswith("; the provider refuses the sms address: the customer opted out (since 2026-03-03)")
    assert (sms.texts, len(email.texts)) == ([], 2)


def test_what_is_queued_to_an_address_that_was_suppressed_since_does_not_go_there(house: House) -> None:
    house.set(appointment=[visit(), visit(id="A-2")])
    sms = provider(house, ChannelName.SMS)
    house.tick()
    suppress(house, "A-1")
    house.dispatch()
    assert sms.texts == []
    assert {row.state for row in house.notices()} == {"told"}
    withdrawn = [row.error for row in house.messages() if row.channel == "sms" and row.state == "cancelled"]
    assert all("the provider refuses the sms address" in error for error in withdrawn)
    house.tick()
    settled(house)


def test_what_was_claimed_together_with_the_message_that_drew_an_opt_out_does_not_follow_it(house: House) -> None:
    house.set(appointment=[visit(), visit(id="A-2")])
    sms = provider(house, ChannelName.SMS, STOP)
    house.tick()
    house.dispatch()
    assert sms.texts == []
    assert {row.state for row in house.notices()} == {"told"}


def test_the_second_channel_of_a_told_notice_does_not_go_to_an_address_that_was_suppressed_since(house: House) -> None:
    sms = provider(house, ChannelName.SMS, Retry(reason="busy", after=FEW))
    house.tick()
    house.dispatch()
    suppress(house, "A-1")
    house.clock.forward(hours=1)
    assert house.dispatch() == DispatchReport(stale=1)
    assert sms.texts == []


def test_a_customer_whose_only_address_is_suppressed_is_told_nothing_and_the_owner_knows(house: House) -> None:
    house.set(customer=[ana(email=None)])
    provider(house, ChannelName.SMS, STOP)
    house.tick()
    house.dispatch()
    house.tick()
    failed = only(house)
    assert (failed.state, failed.reason) == (
        "failed",
        "no channel took it: no address for email; sms: the customer opted out",
    )
    house.set(appointment=[visit(id="A-2")])
    house.tick()
    second = next(row for row in house.notices() if row.subject_id == "A-2" and row.kind == "notice")
    assert (second.state, second.reason_code) == ("suppressed", "address_suppressed")
    assert len(alerts(house)) == 2
    settled(house)


def test_lifting_a_suppression_lets_everything_go_out_that_still_helps(house: House) -> None:
    house.set(customer=[ana(email=None)])
    provider(house, ChannelName.SMS, STOP)
    house.tick()
    house.dispatch()
    house.tick()
    house.set(appointment=[visit(id="A-2")])
    house.tick()
    a_person_decides(house.database, Lift("+573001234567", live=False), reason="she asked", now=house.clock())
    sms = provider(house, ChannelName.SMS)
    house.tick()
    settled(house)
    house.dispatch()
    assert [row.state for row in house.notices() if row.kind == "notice"] == ["told", "told"]
    assert len(sms.texts) == 2


def test_everybody_who_is_written_to_at_a_suppressed_address_is_looked_at_again(house: House) -> None:
    house.set(customer=[ana(id="C-2")], appointment=[visit(), visit(id="A-2", customer_id="C-2")])
    house.tick()
    house.clock.at = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # 21:00 in Bogotá
    suppress(house, "A-1")
    house.tick()
    assert [(row.state, row.channels) for row in house.notices()] == [("deferred", ["email"])] * 2
    settled(house)


def suppress(house: House, subject: str) -> None:
    """The provider of SMS says that the number of this appointment's message must not be written to again."""
    notice = next(row for row in house.notices() if row.subject_id == subject and row.kind == "notice")
    message = next(row for row in house.messages() if row.notice_id == notice.id and row.channel == "sms")
    with house.database.begin() as connection:
        refused = outgoing(id=message.id, address=message.address)
        suppressions.suppress(connection, refused, reason="opted out", now=house.clock())


# -- channels without a provider, and owners ---------------------------------------------------------------------------


def test_a_channel_without_a_provider_is_left_out_for_customers_and_owners(house: House) -> None:
    house.ruleset = replace(house.ruleset, unavailable=frozenset({ChannelName.SMS}))
    house.tick()
    assert [row.channel for row in house.messages()] == ["email"]
    assert only(house).reason.endswith("no provider for sms")
    house.ruleset = replace(house.ruleset, unavailable=frozenset(ChannelName))
    house.set(appointment=[visit(id="A-2")])
    house.tick()
    (alert,) = alerts(house)
    assert alert.state == "suppressed"
    assert alert.reason == "owner field cannot be reached: no provider for sms and email (owners.yaml)"


def test_an_alert_that_reaches_nobody_or_fails_is_an_error_in_the_log(house: House) -> None:
    provider(house, ChannelName.SMS, LANDLINE)
    provider(house, ChannelName.EMAIL, FULL, FULL)
    house.tick()
    house.dispatch()
    house.tick()
    with capture_logs() as lines:
        house.dispatch()
    assert [(line["event"], line["notice"]) for line in lines if line["log_level"] == "error"] == [
        ("message.failed", alerts(house)[0].id)
    ]
    house.ruleset = replace(house.ruleset, unavailable=frozenset(ChannelName))
    house.set(appointment=[visit(id="A-2")])
    with capture_logs() as lines:
        house.tick()
    (line,) = (line for line in lines if line["log_level"] == "error")
    assert (line["event"], line["owner"]) == ("alert.reaches_nobody", "field")


def test_an_alert_that_its_owners_address_refuses_has_failed_and_later_ones_say_so(house: House) -> None:
    provider(house, ChannelName.SMS, LANDLINE, LANDLINE)
    provider(house, ChannelName.EMAIL, FULL, SuppressAddress(reason="no such mailbox"), FULL)
    house.tick()
    house.dispatch()
    house.tick()
    house.dispatch()  # the alert
    (alert,) = alerts(house)
    assert alert.state == "failed"
    settled(house)

    house.set(appointment=[visit(id="A-2")])
    house.tick()
    house.dispatch()
    house.tick()
    alert = alerts(house)[-1]
    assert alert.state == "suppressed"
    assert "the provider refuses the email address: no such mailbox" in alert.reason


def halted(house: House, reader: Reader, at: datetime = NOW, channel: ChannelName = ChannelName.SMS) -> Any:
    return channel_alert(
        house.ruleset,
        reader,
        channel=channel,
        reason="suspended",
        halted_at=at,
        owner="field",
        now=at,
        live=False,
    )


def unclear(house: House, reader: Reader, at: datetime = NOW, channel: ChannelName = ChannelName.SMS) -> Any:
    message = outgoing(started_at=at, owner="field", channel=channel)
    return unclear_alert(house.ruleset, reader, message=message, reason="no answer", now=at, live=False)


@pytest.mark.parametrize("alert", [halted, unclear])
def test_an_alert_is_written_once_for_each_occasion(house: House, alert: Callable[..., Any]) -> None:
    for at in (NOW, NOW, NOW + timedelta(minutes=30)):
        with house.database.begin() as connection:
            draft = alert(house, Reader(connection, live=False), at)
            commit(connection, Batch(kind="rule", name=draft.rule, drafts=(draft,)), now=at, live=False)
    assert [(row.state, row.recipient_id) for row in house.notices()] == [("ready", "field")] * 2
    assert [row.channel for row in house.messages()] == ["email", "email"]


def test_that_a_channel_stands_still_is_not_said_on_that_channel(house: House) -> None:
    with read_only(house.database) as connection:
        draft = halted(house, Reader(connection, live=False), channel=ChannelName.EMAIL)
    assert draft.verdict.state == "suppressed"
    assert draft.verdict.reason.text == "owner field cannot be reached: no address for sms (owners.yaml)"


def test_an_owner_that_left_the_project_is_named_in_the_reason(house: House) -> None:
    with read_only(house.database) as connection:
        draft = unclear_alert(
            house.ruleset,
            Reader(connection, live=False),
            message=outgoing(owner="gone"),
            reason="?",
            now=NOW,
            live=False,
        )
    assert draft.verdict.reason.text == "owner gone cannot be reached: no address for sms and email (owners.yaml)"
