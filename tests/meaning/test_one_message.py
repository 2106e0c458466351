"""What falls due for one person within minutes goes in one message, and each part of it stays a notice of its own.

Each test ends with a full pass that must find nothing. A few run on both databases: they have every new statement.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.answers.documents.notices import notice_document
from notifier.answers.preview import Preview, preview
from notifier.answers.records import Directory, NoticeFilter, records
from notifier.cli.shown.notices import voices_lines
from notifier.decisions.notices import Cancel
from notifier.delivery.outcomes import Retry, SuppressAddress, Unknown
from notifier.delivery.twilio_receipts import receipt_of
from notifier.model.types import ChannelName
from notifier.receipts.taking import take
from notifier.sending.dispatch import DispatchReport
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.meaning.street import HELD_ORDER, happen, in_force, notice, play, rule, template, utc
from tests.support.confirming import Provider
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


def visit_then_order(rig: Rig, *orders: dict[str, Any]) -> None:
    """Ana's visit falls due, and a minute later her order is held."""
    assert play(rig, appointment=[visit()]) == []
    assert play(rig, NOW + timedelta(minutes=1), order=list(orders) or [order()]) == []


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
    assert [("Acme" in part, "79,900" in part) for part in text.split("\n\n")] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    for row in rig.notices():
        assert row.reference in text
    assert set(states(rig).values()) == {"told"}
    assert len(rig.messages()) == 1
    assert play(rig, NOW + timedelta(hours=1)) == []


@on_both
def test_a_part_that_became_untrue_leaves_the_message_and_the_rest_is_written_anew(rig: Rig) -> None:
    three(rig)
    rig.clock.at = NOW + QUARTER
    rig.tick()
    (queued,) = rig.messages()
    assert "Acme" in queued.text
    happen(rig, order=[order(status="completed")])  # no tick sees it before it is sent
    assert rig.dispatch() == DispatchReport(accepted=1, stale=1)
    (sent,) = [row for row in rig.messages() if row.accepted_at is not None]
    assert "Acme" not in sent.text
    assert sent.text.count("\n\n") == 1
    assert states(rig) == {"visit-reminder": "told", "order-held": "ready", "bill": "told"}
    assert play(rig) == []
    assert states(rig) == {"visit-reminder": "told", "order-held": "cancelled", "bill": "told"}


@on_both
def test_where_the_one_that_speaks_became_untrue_the_others_go_without_it(rig: Rig) -> None:
    three(rig)
    rig.clock.at = NOW + QUARTER
    rig.tick()
    happen(rig, appointment=[visit(status="cancelled")])
    assert rig.dispatch() == DispatchReport(stale=1)
    (sent,) = play(rig)
    assert ("Acme" in sent.texts[0], sent.texts[0].count("\n\n")) == (True, 1)
    assert states(rig) == {"visit-reminder": "cancelled", "order-held": "told", "bill": "told"}


def test_what_a_part_says_is_written_anew_where_it_changed(rig: Rig) -> None:
    three(rig)
    rig.clock.at = NOW + QUARTER
    rig.tick()
    (sent,) = play(rig, NOW + QUARTER, order=[order(seller="Globex")])
    assert ("Globex" in sent.texts[0], "Acme" in sent.texts[0], sent.texts[0].count("\n\n")) == (True, False, 2)


def test_each_part_is_corrected_by_itself(rig: Rig) -> None:
    three(rig)
    play(rig, NOW + QUARTER)
    (correction,) = play(rig, NOW + 2 * QUARTER, charge=[bill(amount=99900)])
    assert (correction.kind, correction.rule, correction.channels) == ("correction", "bill", ("sms",))
    assert "Acme" not in correction.texts[0]


def test_a_part_that_turns_untrue_after_it_was_told_is_followed_up(rig: Rig) -> None:
    over = rule(HELD, follow_up=[{"when": "order.status == 'completed'", "template": "over"}])
    in_force(rig, VISIT, over, BILL, files=MERGE)
    three(rig)
    play(rig, NOW + QUARTER)
    (follow_up,) = play(rig, NOW + 2 * QUARTER, order=[order(status="completed")])
    assert (follow_up.kind, follow_up.rule) == ("follow_up", "order-held")


def test_it_counts_as_one_contact(rig: Rig) -> None:
    limit = MERGE["rules/policy.yaml"] + "contact_limits: { class: service, per_day: 1 }\n"
    in_force(rig, VISIT, HELD, BILL, files={"rules/policy.yaml": limit})
    three(rig)
    (sent,) = play(rig, NOW + QUARTER)
    assert sent.texts[0].count("\n\n") == 2
    late = play(rig, NOW + 2 * QUARTER, order=[order(), order(id="O-2")])
    assert late == []
    assert notice(rig, subject_id="O-2").reason_code == "contact_limit"


def test_what_was_kept_back_by_a_limit_goes_along(rig: Rig) -> None:
    limit = MERGE["rules/policy.yaml"] + "contact_limits: { class: service, days_between: 1 }\n"
    in_force(rig, VISIT, HELD, BILL, files={"rules/policy.yaml": limit})
    play(rig, appointment=[visit()])
    (first,) = play(rig, NOW + QUARTER)
    assert first.rule == "visit-reminder"
    assert play(rig, NOW + timedelta(hours=1), order=[order()]) == []
    assert play(rig, NOW + timedelta(hours=2), order=[order(), order(id="O-2")]) == []
    (both,) = play(rig, utc(5, 13))
    assert both.texts[0].count("\n\n") == 1


def test_nothing_waits_until_it_is_too_late(rig: Rig) -> None:
    soon = rule(VISIT, until="47h40m before appointment.starts_at")
    in_force(rig, soon, HELD, BILL, files=MERGE)
    (sent,) = play(rig, appointment=[visit()])
    assert sent.rule == "visit-reminder"


def test_what_cannot_wait_takes_along_what_waits(rig: Rig) -> None:
    soon = rule(VISIT, until="47h40m before appointment.starts_at")
    in_force(rig, soon, HELD, BILL, files=MERGE)
    assert play(rig, NOW - timedelta(minutes=5), order=[order()]) == []
    (sent,) = play(rig, NOW, appointment=[visit()])
    assert (sent.rule, "Acme" in sent.texts[0]) == ("visit-reminder", True)


def test_nothing_waits_into_closed_hours(rig: Rig) -> None:
    before_eight = utc(4, 0, 50)  # 19:50 in Bogotá
    (sent,) = play(rig, before_eight, order=[order()])
    assert sent.rule == "order-held"


def test_what_waited_for_the_morning_goes_together_when_it_comes(rig: Rig) -> None:
    assert play(rig, utc(4, 2), order=[order()]) == []
    assert play(rig, utc(4, 3), order=[order(), order(id="O-2")]) == []
    (sent,) = play(rig, utc(4, 13))
    assert sent.texts[0].count("\n\n") == 1


def test_safety_never_waits(rig: Rig) -> None:
    in_force(rig, rule(HELD, class_="safety"), files=MERGE)
    (sent,) = play(rig, order=[order()])
    assert sent.rule == "order-held"


def test_classes_do_not_mix(rig: Rig) -> None:
    in_force(rig, VISIT, rule(HELD, class_="billing"), files=MERGE)
    visit_then_order(rig)
    assert len(play(rig, NOW + QUARTER)) == 1
    assert len(play(rig, NOW + QUARTER + timedelta(minutes=1))) == 1


def test_a_class_that_is_not_named_does_not_wait(rig: Rig) -> None:
    policy = {"rules/policy.yaml": "merge: { within: 15m, channels: [sms], classes: [billing] }\n"}
    in_force(rig, VISIT, HELD, BILL, files=policy)
    assert len(play(rig, order=[order()])) == 1


@pytest.mark.parametrize("change", [{"merge": "never"}, {"replies": {"confirm": "confirmed"}}])
def test_a_rule_that_wants_its_own_message_does_not_wait(rig: Rig, change: dict[str, Any]) -> None:
    in_force(rig, rule(VISIT, **change), HELD, BILL, files=MERGE)
    assert play(rig, NOW, order=[order()]) == []
    (sent,) = play(rig, NOW, appointment=[visit()])
    assert sent.rule == "visit-reminder"
    assert len(play(rig, NOW + QUARTER)) == 1


def test_other_people_and_other_languages_are_written_to_apart(rig: Rig) -> None:
    rig.set(customer=[ana(id="C-2", phone="+573001234568", email="bea@example.com")])
    play(rig, order=[order(), order(id="O-2", customer_id="C-2")])
    assert len(play(rig, NOW + QUARTER)) == 2


def test_customers_who_share_an_address_hear_theirs_apart(rig: Rig) -> None:
    rig.set(customer=[ana(id="C-2")], contract=[contract(zone="N"), contract(id="K-2", customer_id="C-2", zone="N")])
    outage = rule(HELD, rule="outage", about="incident", to="incident.contracts.customer", template="outage",
                  when="incident.status == 'in_progress'",
                  claims={"expected_end_at": "incident.expected_end_at"})  # fmt: skip
    in_force(rig, outage, HELD, files=MERGE)
    rig.tick()
    cut = {"id": "I-1", "kind": "outage", "zone": "N", "status": "in_progress", "started_at": NOW}
    sent = play(rig, incident=[cut | {"expected_end_at": NOW + timedelta(days=1)}], order=[order()])
    assert [one.rule for one in sent] == ["outage"]


def test_only_the_named_channels_are_merged(rig: Rig) -> None:
    both = ["sms", "email"]
    in_force(rig, rule(VISIT, channels=both), rule(HELD, channels=both), files=MERGE)
    visit_then_order(rig)
    sent = {one.rule: one for one in play(rig, NOW + QUARTER)}
    assert {name: one.channels for name, one in sent.items()} == {
        "visit-reminder": ("email", "sms"),
        "order-held": ("email",),
    }
    assert "Acme" in sent["visit-reminder"].texts[1]
    assert "Acme" not in sent["visit-reminder"].texts[0]
    assert play(rig, NOW + timedelta(hours=1)) == []


def test_mails_are_sections_of_one_mail(rig: Rig) -> None:
    in_force(rig, rule(VISIT, channels=["email"]), rule(HELD, channels=["email"]), files=MERGE_ALL)
    visit_then_order(rig)
    (sent,) = play(rig, NOW + QUARTER)
    (row,) = rig.messages()
    assert row.subject.split(" · ")[1] == "About seller"
    assert "About seller\n\n" in sent.texts[0]


@on_both
def test_where_the_first_was_told_by_mail_the_waiting_message_is_checked_with_its_parts(rig: Rig) -> None:
    in_force(rig, rule(VISIT, channels=["email", "sms"]), HELD, BILL, files=MERGE)
    rig.play(ChannelName.SMS, ScriptedChannel(Retry(reason="busy")))
    visit_then_order(rig)
    (mail,) = play(rig, NOW + QUARTER)
    assert (mail.rule, mail.channels) == ("visit-reminder", ("email",))
    assert states(rig) == {"visit-reminder": "told", "order-held": "ready"}
    (sms,) = play(rig, NOW + 2 * QUARTER)
    assert (sms.rule, "Acme" in sms.texts[0]) == ("visit-reminder", True)
    assert states(rig) == {"visit-reminder": "told", "order-held": "told"}


def test_a_part_that_changed_after_the_first_was_told_by_mail_goes_by_itself(rig: Rig) -> None:
    in_force(rig, rule(VISIT, channels=["email", "sms"]), HELD, BILL, files=MERGE)
    rig.play(ChannelName.SMS, ScriptedChannel(Retry(reason="busy")))
    visit_then_order(rig, order(), order(id="O-2"))
    play(rig, NOW + QUARTER)
    happen(rig, order=[order(status="completed")])
    rig.clock.at = NOW + 2 * QUARTER
    assert rig.dispatch().stale == 1
    (sent,) = play(rig, NOW + 2 * QUARTER)
    assert (sent.subject, sent.channels) == ("O-2", ("sms",))
    assert notice(rig, subject_id="O-1").state == "cancelled"


def test_a_part_told_by_its_own_mail_may_leave_the_message_that_waits(rig: Rig) -> None:
    in_force(rig, VISIT, rule(HELD, channels=["email", "sms"]), files=MERGE)
    rig.play(ChannelName.SMS, ScriptedChannel(Retry(reason="busy")))
    visit_then_order(rig)
    (mail,) = play(rig, NOW + QUARTER)
    assert (mail.rule, mail.channels) == ("order-held", ("email",))
    happen(rig, order=[order(seller="Globex")])
    rig.clock.at = NOW + 2 * QUARTER
    rig.dispatch()
    sent = play(rig, NOW + 2 * QUARTER)
    texts = [row.text for row in rig.messages() if row.channel == "sms" and row.accepted_at is not None]
    assert all("Acme" not in text or "Globex" in text for text in texts)
    assert states(rig) == {"visit-reminder": "told", "order-held": "told"}
    assert any(one.kind == "correction" for one in sent) or any("Globex" in row.text for row in rig.messages())


def test_what_the_channel_refuses_is_tried_elsewhere_by_each_part(rig: Rig) -> None:
    both = ["sms", "email"]
    rig.set(customer=[ana(preferred_channel="sms")])
    in_force(rig, rule(VISIT, channels=both), rule(HELD, channels=both), files=MERGE)
    rig.play(ChannelName.SMS, ScriptedChannel(SuppressAddress(reason="no such number")))
    visit_then_order(rig)
    play(rig, NOW + QUARTER)
    play(rig, NOW + QUARTER + timedelta(minutes=1))
    mails = [row for row in rig.messages() if row.channel == "email" and row.accepted_at is not None]
    assert len(mails) == 2
    assert set(states(rig).values()) == {"told"}


def test_a_person_who_cancels_a_part_takes_it_out_of_the_message(rig: Rig) -> None:
    three(rig)
    rig.clock.at = NOW + QUARTER
    rig.tick()
    part = notice(rig, rule="order-held")
    a_person_decides(rig.database, Cancel(reference=part.reference), reason="not now", now=rig.clock())
    (sent,) = play(rig)
    assert "Acme" not in sent.texts[0]
    assert states(rig) == {"visit-reminder": "told", "order-held": "cancelled", "bill": "told"}


def test_a_person_who_cancels_the_one_that_speaks_leaves_no_part_behind(rig: Rig) -> None:
    three(rig)
    rig.clock.at = NOW + QUARTER
    rig.tick()
    first = notice(rig, rule="visit-reminder")
    a_person_decides(rig.database, Cancel(reference=first.reference), reason="not now", now=rig.clock())
    (sent,) = play(rig)
    assert ("Acme" in sent.texts[0], sent.texts[0].count("\n\n")) == (True, 1)


def test_merging_that_is_switched_off_leaves_no_part_behind(rig: Rig) -> None:
    three(rig)
    rig.clock.at = NOW + QUARTER
    rig.tick()
    in_force(rig, VISIT, HELD, BILL, files={"rules/policy.yaml": "quiet_hours: []\n"})
    rig.tick()
    rig.dispatch()
    assert sorted(row.text.count("\n\n") for row in rig.messages() if row.accepted_at is not None) == [0, 0, 0]


def test_texts_that_do_not_fit_go_by_themselves(rig: Rig) -> None:
    long = template("seller", "seller")
    long["templates/seller/sms.en.txt.j2"] += "x" * 1500
    in_force(rig, VISIT, HELD, BILL, files=MERGE | long)
    three(rig)
    sent = play(rig, NOW + QUARTER)
    assert [one.texts[0].count("\n\n") for one in sent] == [1]
    (alone,) = play(rig, NOW + 2 * QUARTER)
    assert alone.rule == "order-held"


def test_preview_shows_the_message_with_its_parts_and_counts_what_waits(rig: Rig) -> None:
    rig.set(appointment=[visit()], order=[order()])
    shown = previewed(rig)
    assert shown.withheld == {"gathered": 2}
    rig.tick()
    rig.clock.at = NOW + QUARTER
    shown = previewed(rig)
    texts = [message.text for draft in shown.told for message in draft.messages]
    assert [text.count("\n\n") for text in texts] == [1]
    rig.tick()
    assert [row.text for row in rig.messages()] == texts


@pytest.mark.parametrize("kind", ["correction", "follow_up"])
def test_what_somebody_believes_wrongly_does_not_wait(rig: Rig, kind: str) -> None:
    over = rule(HELD, follow_up=[{"when": "order.status == 'completed'", "template": "over"}])
    in_force(rig, over, files=MERGE)
    play(rig, order=[order()])
    play(rig, NOW + QUARTER)
    later = {"correction": {"seller": "Globex"}, "follow_up": {"status": "completed"}}[kind]
    (sent,) = play(rig, NOW + timedelta(hours=1), order=[order(**later)])
    assert sent.kind == kind


@pytest.fixture
def rig_with_receipts(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """Ana wants SMS, and their provider says what arrived."""
    channels: Any = {ChannelName.SMS: Provider("twilio"), ChannelName.EMAIL: Provider("smtp")}
    with open_rig(tmp_path, migrated_url, channels) as rig:
        both = ["sms", "email"]
        rig.set(customer=[ana(preferred_channel="sms")])
        in_force(rig, rule(VISIT, channels=both), rule(HELD, channels=both), files=MERGE)
        rig.tick()
        visit_then_order(rig)
        play(rig, NOW + QUARTER)
        yield rig


def say(rig: Rig, status: str, code: int | None = None) -> None:
    rig.clock.forward(seconds=1)
    (row,) = rig.messages()
    take(rig.database, [receipt_of(row.provider_id, status, code)], now=rig.clock())


@on_both
def test_what_arrived_arrived_with_every_part(rig_with_receipts: Rig) -> None:
    rig = rig_with_receipts
    say(rig, "delivered")
    with read_only(rig.database) as connection:
        reader = Reader(connection, live=False)
        known = [*reader.notices("visit-reminder", ["A-1"]), *reader.notices("order-held", ["O-1"])]
    assert [notice.delivered for notice in known] == [frozenset({(ChannelName.SMS, ana()["phone"])})] * 2


@on_both
def test_what_did_not_arrive_is_said_elsewhere_part_by_part(rig_with_receipts: Rig) -> None:
    rig = rig_with_receipts
    say(rig, "undelivered", 30003)
    sent = play(rig)
    assert sorted((one.rule, one.channels) for one in sent) == [
        ("order-held", ("email",)),
        ("visit-reminder", ("email",)),
    ]


def test_html_of_its_own_is_a_mail_of_its_own(rig: Rig) -> None:
    own = {"templates/seller/email.en.html.j2": "<p>{{ seller }} {{ exit.address }} {{ reference }}</p>\n"}
    in_force(rig, rule(VISIT, channels=["email"]), rule(HELD, channels=["email"]), files=MERGE_ALL | own)
    visit_then_order(rig)
    sent = play(rig, NOW + QUARTER) + play(rig, NOW + QUARTER + timedelta(minutes=1))
    assert [one.rule for one in sent] == ["visit-reminder", "order-held"]


def test_lists_say_in_whose_message_a_part_went_and_json_does(rig: Rig) -> None:
    three(rig)
    play(rig, NOW + QUARTER)
    directory = Directory(defaults=rig.ruleset.defaults, owners=rig.ruleset.project.owners)
    with read_only(rig.database) as connection:
        found = {each.draft.rule: each for each in records(connection, NoticeFilter(), directory)}
    speaker, part = found["visit-reminder"], found["order-held"]
    assert voices_lines(part) == [f"by sms in the message of {speaker.draft.reference}"]
    assert f"its message by sms has {part.draft.reference} as a part" in voices_lines(speaker)
    assert notice_document(part)["through"] == [
        {"reference": speaker.draft.reference, "customer": "C-1", "channels": ["sms"], "part": True}
    ]
    assert f"by sms in the message of {speaker.draft.reference}" in part.draft.verdict.reason.text
    assert f"in one message with {part.draft.reference}" in speaker.draft.verdict.reason.text


def test_what_is_being_handed_over_is_left_alone_with_all_its_parts(rig: Rig) -> None:
    """A change while the provider has the message is followed by a correction, and nothing is told twice."""
    three(rig)
    rig.clock.at = NOW + QUARTER
    rig.tick()

    def change(_: object) -> None:
        happen(rig, order=[order(seller="Globex")])
        rig.tick()

    channel = ScriptedChannel()
    channel.before_each = change
    rig.play(ChannelName.SMS, channel)
    rig.dispatch()
    channel.before_each = lambda _: None
    assert set(states(rig).values()) == {"told"}
    (correction,) = play(rig)
    assert (correction.kind, correction.rule, "Globex" in correction.texts[0]) == ("correction", "order-held", True)


def test_a_message_that_may_or_may_not_have_gone_out_keeps_its_parts(rig: Rig) -> None:
    three(rig)
    rig.clock.at = NOW + QUARTER
    rig.tick()
    rig.play(ChannelName.SMS, ScriptedChannel(Unknown(reason="no answer")))
    rig.dispatch()
    happen(rig, order=[order(status="completed")])
    rig.tick()
    assert states(rig) == {"visit-reminder": "ready", "order-held": "ready", "bill": "ready"}
    rig.clock.forward(minutes=5)
    rig.dispatch()
    rig.tick()
