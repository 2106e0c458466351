"""What corrects or follows up helps until a moment; what quiet hours would carry past it goes another way at once.

Ana was told of a visit, and it is night where she lives when that becomes untrue.
"""

from datetime import timedelta
from typing import Any

import pytest

from notifier.drafting.ruleset import DraftOptions
from notifier.model.notices import NoticeState
from notifier.pipeline import draft
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.meaning.street import REMINDER, Sent, alerts, in_force, notice, play, rule, states, utc
from tests.support.rig import NOW, Rig, ana, visit

HOUR = timedelta(hours=1)
NIGHT = utc(4, 3)
"""22:00 in Bogotá, on the evening of 3 March."""
EARLY = utc(4, 12, 30)
"""07:30 in Bogotá, on 4 March: before anybody may write to her."""
MORNING = utc(4, 13)
NOON = utc(4, 17)
WITH_FOLLOW_UP = REMINDER | {"follow_up": [{"when": "appointment.status == 'cancelled'", "template": "cancelled"}]}
MAY_PASS = "quiet_hours: { country: CO, class: service, channel: sms, overridden_by: [late_correction] }\n"


def told(rig: Rig, of: dict[str, Any] = WITH_FOLLOW_UP, policy: str = "", **customer: Any) -> None:
    """Ana heard of a visit tomorrow at 07:30."""
    in_force(rig, rule(of), files={"rules/policy.yaml": policy} if policy else {})
    assert len(play(rig, NOW, customer=[ana(**customer)], appointment=[visit(starts_at=EARLY)])) == 1


def moved_at_night(rig: Rig) -> list[Sent]:
    """The visit moves to noon: later than the end of the quiet hours, but she gets up for the old hour."""
    return play(rig, NIGHT, appointment=[visit(starts_at=NOON)])


def cancelled_at_night(rig: Rig) -> list[Sent]:
    return play(rig, NIGHT, appointment=[visit(starts_at=EARLY, status="cancelled")])


def nothing_more_is_said(rig: Rig, *, alerted: int) -> None:
    """Neither a later tick nor a full pass finds anything."""
    for now in (EARLY, MORNING, NOON):
        assert [one.kind for one in play(rig, now) if one.kind != "notice"] == []
        assert rig.tick(full=True).failures == ()
    assert len(alerts(rig)) == alerted


@pytest.mark.parametrize(("happens", "kind"), [(moved_at_night, "correction"), (cancelled_at_night, "follow_up")])
def test_the_mail_goes_at_once_and_the_owner_hears_what_to_say_by_when(rig: Rig, happens: Any, kind: str) -> None:
    told(rig)
    (sent,) = happens(rig)
    assert (sent.kind, sent.channels) == (kind, ("email",))
    (alert,) = alerts(rig)
    (text,) = alert.texts
    assert "customer C-1" in text
    assert "to be said by Wednesday, March 4, 2026, 7:30" in text
    assert "date and time: " in text
    nothing_more_is_said(rig, alerted=1)
    assert "quiet hours for sms" in notice(rig, kind=kind).reason


@pytest.mark.parametrize(("happens", "kind"), [(moved_at_night, "correction"), (cancelled_at_night, "follow_up")])
def test_without_a_mail_address_nobody_is_woken_and_the_owner_says_it(rig: Rig, happens: Any, kind: str) -> None:
    told(rig, email=None)
    assert happens(rig) == []
    assert states(rig)[-1] == (kind, "suppressed")
    (alert,) = alerts(rig)
    assert "C-1" in alert.texts[0]
    nothing_more_is_said(rig, alerted=1)
    assert notice(rig, kind=kind).state == NoticeState.SUPPRESSED


@pytest.mark.parametrize(("happens", "kind"), [(moved_at_night, "correction"), (cancelled_at_night, "follow_up")])
def test_the_policy_may_let_such_an_sms_pass_and_then_nobody_is_alerted(rig: Rig, happens: Any, kind: str) -> None:
    told(rig, policy=MAY_PASS)
    (sent,) = happens(rig)
    assert (sent.kind, sent.channels) == (kind, ("email", "sms"))
    nothing_more_is_said(rig, alerted=0)


def test_what_is_in_time_after_the_quiet_hours_waits_also_where_the_policy_lets_it_pass(rig: Rig) -> None:
    in_force(rig, rule(), files={"rules/policy.yaml": MAY_PASS})
    play(rig, NOW, appointment=[visit()])
    assert play(rig, NIGHT, appointment=[visit(starts_at=NOW + 50 * HOUR)]) == []
    assert notice(rig, kind="correction").state == "deferred"


def test_a_customer_who_prefers_sms_gets_the_mail_by_night(rig: Rig) -> None:
    told(rig, preferred_channel="sms")
    (sent,) = moved_at_night(rig)
    assert sent.channels == ("email",)
    assert len(alerts(rig)) == 1


@pytest.mark.parametrize("class_", ["billing", "collections"])
def test_hours_that_are_law_bind_the_mail_as_well(rig: Rig, class_: str) -> None:
    told(rig, WITH_FOLLOW_UP | {"class": class_})
    sent = cancelled_at_night(rig)
    assert [one.channels for one in sent] == ([("email",)] if class_ == "billing" else [])
    assert len(alerts(rig)) == 1


def test_what_waits_for_the_morning_goes_at_once_when_the_moment_moves_in_the_night(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, NOW, appointment=[visit()])
    assert play(rig, NIGHT, appointment=[visit(starts_at=NOW + 50 * HOUR)]) == []
    (sent,) = play(rig, NIGHT + HOUR, appointment=[visit(starts_at=EARLY)])
    assert (sent.kind, sent.channels) == ("correction", ("email",))
    assert [state for kind, state in states(rig) if kind == "correction"] == ["cancelled", "told"]
    assert len(alerts(rig)) == 1


def test_the_owner_who_was_to_say_it_hears_when_it_is_no_longer_so(rig: Rig) -> None:
    told(rig, email=None)
    moved_at_night(rig)
    play(rig, NIGHT + HOUR, appointment=[visit(starts_at=EARLY)])
    assert states(rig)[-1] == ("correction", "cancelled")
    assert sorted("as the customer was told" in one.texts[0] for one in alerts(rig)) == [False, True]
    nothing_more_is_said(rig, alerted=2)


def test_a_mail_address_that_comes_in_the_night_brings_no_second_alert(rig: Rig) -> None:
    told(rig, email=None)
    moved_at_night(rig)
    (sent,) = play(rig, NIGHT + HOUR, customer=[ana()])
    assert sent.channels == ("email",)
    assert len(alerts(rig)) == 1


def test_a_follow_up_without_a_moment_that_was_told_waits_for_the_morning(rig: Rig) -> None:
    follow_up = [{"when": "appointment.status == 'cancelled'", "template": "cancelled"}]
    in_force(rig, rule(at=None, until=None, follow_up=follow_up))
    play(rig, NOW)
    play(rig, NOW + HOUR, appointment=[visit(starts_at=EARLY)])
    assert cancelled_at_night(rig) == []
    assert states(rig)[-1] == ("follow_up", "deferred")
    assert [one.kind for one in play(rig, MORNING)] == ["follow_up"]


def test_a_follow_up_that_helps_later_too_waits_for_the_morning(rig: Rig) -> None:
    late = [{"when": "appointment.status == 'cancelled'", "template": "cancelled", "late": "tell"}]
    told(rig, REMINDER | {"follow_up": late})
    assert cancelled_at_night(rig) == []
    assert [one.kind for one in play(rig, MORNING)] == ["follow_up"]
    assert alerts(rig) == []


def test_what_moves_after_its_moment_had_passed_is_told_until_the_new_one(rig: Rig) -> None:
    told(rig)
    (sent,) = play(rig, MORNING, appointment=[visit(starts_at=NOON)])
    assert (sent.kind, sent.channels) == ("correction", ("email", "sms"))
    assert alerts(rig) == []


def test_what_moved_into_the_past_is_for_the_owner_while_the_customer_expects_it(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, NOW, appointment=[visit()])
    assert play(rig, MORNING, appointment=[visit(starts_at=NIGHT)]) == []
    (alert,) = alerts(rig)
    assert "which had passed already" in " ".join(alert.texts[0].split())
    assert "to be said by Thursday, March 5, 2026" in alert.texts[0]


def test_a_preview_shows_the_night_as_the_tick_plays_it(rig: Rig) -> None:
    told(rig)
    rig.clock.at = NIGHT
    rig.set(appointment=[visit(starts_at=NOON)])
    with read_only(rig.database) as connection:
        reader = Reader(connection, live=False)
        batches = list(draft(rig.ruleset, reader, NIGHT, DraftOptions(everything=True)))
    kinds = {(each.kind, each.verdict.state, each.verdict.channels) for batch in batches for each in batch.drafts}
    play(rig, NIGHT)
    assert ("correction", "ready", ("email",)) in {
        (kind.value, state.value, channels) for kind, state, channels in kinds
    }
    assert len(alerts(rig)) == 1
