"""Limits of contact count what was told and what is about to be, whichever rule says it, from preview to provider."""

from datetime import timedelta

import pytest

from notifier.answers.preview import Preview, preview
from notifier.sending.dispatch import DispatchReport
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.meaning.street import in_force, rule
from tests.support.rig import Rig, ana, visit

ONE_A_DAY = {"rules/policy.yaml": "contact_limits: { class: service, per_day: 1, channel: sms }\n"}
NO_LIMIT = {"rules/policy.yaml": "quiet_hours: []\n"}
TWO_RULES = (rule(channels=["sms"]), rule(rule="second-reminder", channels=["sms"], owner="field"))


@pytest.fixture(autouse=True)
def a_visit(rig: Rig) -> None:
    """Ana is to be told of it, and any pass that looks at everything again must find nothing new."""
    rig.set(appointment=[visit()])


def previewed(rig: Rig) -> Preview:
    with read_only(rig.database) as connection:
        return preview(rig.ruleset, Reader(connection, live=False), rig.clock())


def test_of_two_rules_in_one_pass_one_speaks_and_the_other_waits_for_the_next_day(rig: Rig) -> None:
    in_force(rig, *TWO_RULES, files=ONE_A_DAY)
    shown = previewed(rig)
    assert (len(shown.told), shown.withheld) == (1, {"contact_limits": 1})
    rig.tick()
    states = {row.rule: (row.state, row.reason) for row in rig.notices()}
    assert sorted(state for state, _ in states.values()) == ["deferred", "ready"]
    (waits,) = [reason for state, reason in states.values() if state == "deferred"]
    assert waits == "no contact left until 2026-03-04 08:00 America/Bogota"
    assert shown.not_told[0].verdict.reason.text == waits
    assert rig.dispatch() == DispatchReport(accepted=1)
    rig.clock.forward(hours=22)  # 08:00 on the next day
    rig.tick()
    assert rig.dispatch() == DispatchReport(accepted=1)


def test_what_is_queued_already_is_counted_again_before_it_goes(rig: Rig) -> None:
    in_force(rig, *TWO_RULES, files=NO_LIMIT)
    rig.tick()
    assert [row.state for row in rig.messages()] == ["queued", "queued"]
    in_force(rig, *TWO_RULES, files=ONE_A_DAY)
    report = rig.dispatch()
    assert report.accepted == 1
    rig.tick()
    assert sorted(row.state for row in rig.notices()) == ["deferred", "told"]


def test_a_told_day_is_over_at_midnight_where_the_person_lives(rig: Rig) -> None:
    always = "quiet_hours: { class: service, allowed: always }\n" + ONE_A_DAY["rules/policy.yaml"]
    in_force(rig, *TWO_RULES, files={"rules/policy.yaml": always})
    rig.tick()
    rig.dispatch()
    rig.clock.forward(hours=13, minutes=59)  # 23:59 in Bogotá
    rig.tick()
    assert rig.dispatch() == DispatchReport()
    rig.clock.forward(minutes=1)
    rig.tick()
    assert rig.dispatch() == DispatchReport(accepted=1)


def test_who_moves_is_counted_by_the_clock_of_the_new_place(rig: Rig) -> None:
    always = "quiet_hours: { class: service, allowed: always }\n" + ONE_A_DAY["rules/policy.yaml"]
    in_force(rig, *TWO_RULES, files={"rules/policy.yaml": always})
    rig.tick()
    rig.dispatch()
    rig.clock.forward(hours=10)
    rig.set(customer=[ana(timezone="Asia/Kolkata")])  # there it was told on the day before
    rig.tick()
    assert rig.dispatch() == DispatchReport(accepted=1)


def test_two_rows_of_one_person_at_one_number_are_one_person(rig: Rig) -> None:
    rig.set(customer=[ana(id="C-9", email=None)], appointment=[visit(id="A-9", customer_id="C-9", place="elsewhere")])
    in_force(rig, rule(channels=["sms"]), files=ONE_A_DAY)
    rig.tick()
    assert sorted(row.state for row in rig.notices()) == ["deferred", "ready"]


def test_nothing_is_asked_of_the_outbox_where_no_class_is_counted(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("contacts were read")

    monkeypatch.setattr(Reader, "contacted", refuse)
    in_force(rig, rule(), files={"rules/policy.yaml": "contact_limits: { class: marketing, per_day: 1 }\n"})
    rig.tick()
    assert [row.state for row in rig.notices()] == ["ready"]


def test_the_law_of_a_country_holds_from_the_tick_on_and_the_other_channel_speaks_in_time(rig: Rig) -> None:
    """Ecuador takes service SMS on working days only; the visit is on Monday morning, and today is Saturday."""
    in_force(rig, rule(at="48h before appointment.starts_at"), files={"rules/policy.yaml": "contact_law: by_country\n"})
    rig.clock.forward(days=4)  # Saturday, 10:00
    starts = rig.clock() + timedelta(hours=46)
    rig.set(customer=[ana(country="EC", timezone="America/Guayaquil")], appointment=[visit(starts_at=starts)])
    rig.tick()
    (notice,) = [row for row in rig.notices() if row.state == "ready"]
    assert (notice.channels, notice.reason.endswith("; contact law closes sms")) == (["email"], True)


def test_where_no_channel_may_speak_in_time_the_owner_is_told(rig: Rig) -> None:
    until = "1h after appointment.starts_at"
    service = rule(channels=["sms"], at="0h after appointment.starts_at", until=until)
    other = rule(rule="second-reminder", channels=["sms"], at="0h after appointment.starts_at", until=until)
    in_force(rig, service, other, files=ONE_A_DAY)
    rig.set(appointment=[visit(starts_at=rig.clock())])
    rig.tick()
    found = {row.kind: (row.state, row.reason) for row in rig.notices() if row.state in ("suppressed", "ready")}
    (stopped,) = [row for row in rig.notices() if row.state == "suppressed"]
    assert stopped.reason_code == "contact_limit_past_until"
    assert "alert" in found
