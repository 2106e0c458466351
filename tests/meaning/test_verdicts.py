"""One scenario for every verdict and reason: what is stored is what `preview`, `why` and `notices` print.

Each is read where a person would: in the preview before the tick, and afterwards in the outbox, in `why` and in
`notices`. The commands run for real, on the database that the runtime of the test wrote.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.cli import console
from notifier.consent.replies import take_reply
from notifier.decisions.notices import Cancel
from notifier.delivery.outcomes import OtherChannel, SuppressAddress
from notifier.model.holdouts import Arm, unit_of
from notifier.model.notices import NoticeState, ReasonCode
from notifier.model.types import ChannelName
from tests.cli.conftest import Ran, logs_as_before, run_command
from tests.meaning.street import (
    HELD_ORDER,
    PRICE,
    Rows,
    contradictions,
    count,
    happen,
    in_force,
    load_baseline,
    notice,
    play,
    rule,
    too_dear,
    utc,
)
from tests.support.deciding import a_person_decides
from tests.support.rig import NOW, Rig, ana, visit
from tests.support.scripted import ScriptedChannel

__all__ = ["logs_as_before"]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STARTS = NOW + 48 * HOUR
NIGHT = utc(4, 2)
"""21:00 in Bogotá."""
SETTINGS = "NOTIFIER_DATABASE_URL=sqlite:///notifier.db\nNOTIFIER_COMPANY=Fibra\n"
DUE = "48h before appointment.starts_at (2026-03-03 15:00 UTC)"
ORDER = {"id": "O-1", "customer_id": "C-1", "status": "held", "placed_at": NOW - DAY, "seller": "Marta"}


@pytest.fixture(autouse=True)
def commands(rig: Rig, logs_as_before: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rig is a project folder, too; lines are long enough to be compared whole."""
    (rig.folder / ".env").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setattr(console, "WIDEST", 500)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What every place must say about one notice."""

    state: NoticeState
    code: ReasonCode
    reason: str


def run(rig: Rig, *arguments: object) -> Ran:
    done = run_command(*arguments, project=rig.folder)
    assert done.code == 0, done.err
    return done


def previewed(rig: Rig, **wanted: Any) -> dict[str, Any]:
    """The one draft of `preview` at this instant with these values; its reason is on the page, too."""
    at = rig.clock().isoformat()
    drafts: list[dict[str, Any]] = run(rig, "preview", "--at", at, "--json").json
    found = [one for one in drafts if all(one[name] == value for name, value in wanted.items())]
    assert len(found) == 1, found
    assert found[0]["reason"] in run(rig, "preview", "--at", at).out
    return found[0]


def decided(rig: Rig, expected: Expected, **wanted: Any) -> sa.Row[Any]:
    """A tick decides just what preview says of the draft with these values, and every command says so."""
    draft = previewed(rig, **wanted)
    assert (draft["reason"], draft["reason_code"]) == (expected.reason, expected.code.value)
    rig.tick()
    return stored(rig, expected, reference=draft["reference"])


def stored(rig: Rig, expected: Expected, **wanted: Any) -> sa.Row[Any]:
    """The only such notice is stored with this verdict, and every command prints the reason that is stored."""
    row = notice(rig, **wanted)
    assert (row.state, row.reason_code, row.reason) == (expected.state, expected.code, expected.reason)
    shown = run(rig, "notices", "show", row.reference, "--json").json
    assert (shown["state"], shown["reason"], shown["reason_code"]) == (row.state, row.reason, row.reason_code)
    commands = [["notices", "show", row.reference], ["notices", "list"], ["why", "--notice", row.reference]]
    if row.recipient_id is not None:
        why = ["why", row.recipient_id, "--at", rig.clock().isoformat()]
        commands.append(why)
        customer = run(rig, *why, "--json").json
        past = [one for each in customer["rules"] for one in each["past"]] + customer["left_behind"]
        assert [one["reason"] for one in past if one["reference"] == row.reference] == [row.reason]
    for command in commands:
        assert row.reason in run(rig, *command).out, command
    return row


def refusal(channel: str) -> dict[str, Any]:
    return {"customer_id": "C-1", "channel": channel, "class": "service", "allowed": False, "at": NOW}


# -- ready -------------------------------------------------------------------------------------------------------------


def test_what_is_due_is_ready_and_says_by_which_moment(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, appointment=[visit()])
    expected = Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason=DUE)
    row = decided(rig, expected, subject="appointment:A-1", verdict="ready")
    rig.dispatch()
    stored(rig, Expected(state=NoticeState.TOLD, code=ReasonCode.DUE, reason=DUE), reference=row.reference)
    again = previewed(rig, subject="appointment:A-1")
    assert (again["verdict"], again["reason"]) == ("told", "told already at 2026-03-03 15:00 UTC")


def test_what_has_no_moment_says_that_it_is_true(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER))
    play(rig)
    happen(rig, order=[ORDER])
    decided(
        rig,
        Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason="what the rule says is true"),
        verdict="ready",
    )


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        ({"customer": [ana(phone=None)]}, "no address for sms"),
        ({"consent": [refusal("email")]}, "no consent for email"),
        ({"customer": [ana(email=None)], "consent": []}, "no address for email"),
    ],
)
def test_the_other_channel_speaks_and_the_reason_says_why_one_is_silent(
    rig: Rig, rows: Mapping[str, Rows], note: str
) -> None:
    in_force(rig, rule())
    happen(rig, **rows, appointment=[visit()])
    row = decided(rig, Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason=f"{DUE}; {note}"), verdict="ready")
    assert len(row.channels) == 1


# -- hold --------------------------------------------------------------------------------------------------------------


def test_an_open_contradiction_holds_before_anything_else_is_asked(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    happen(rig, customer=[ana(phone=None, email=None)], appointment=[visit()], **too_dear())
    rig.clock.at = NIGHT
    rig.tick()
    held = (
        "held by promised-price: charge X-1 is 111860 COP, promised 79900 COP by sales "
        f"(contradiction {contradictions(rig)[0].id}, owner field)"
    )
    expected = Expected(state=NoticeState.HELD, code=ReasonCode.OPEN_CONTRADICTION, reason=held)
    assert previewed(rig, verdict="hold")["reason"] == held
    stored(rig, expected)


TWO = {"customer": [ana(id="C-2")], "appointment": [visit(), visit(id="A-2", customer_id="C-2")]}


def test_what_people_must_approve_is_held_until_they_did(rig: Rig) -> None:
    in_force(rig, rule(approval="two"))
    happen(rig, appointment=[visit()])
    reason = "2 people must approve it, each by themselves"
    decided(rig, Expected(state=NoticeState.HELD, code=ReasonCode.APPROVAL, reason=reason), verdict="hold")


def test_who_does_not_hear_it_first_waits_for_those_who_do(rig: Rig) -> None:
    in_force(rig, rule(limits={"first": 1, "then_wait": "30m"}))
    happen(rig, **TWO)
    reason = "waits until 2026-03-03 10:30 America/Bogota for what becomes of the first 1 who hear this version"
    decided(rig, Expected(state=NoticeState.DEFERRED, code=ReasonCode.CANARY, reason=reason), verdict="defer")


def test_where_too_few_of_the_first_get_it_the_others_are_held(rig: Rig) -> None:
    in_force(rig, rule(channels=["sms"], limits={"first": 1, "then_wait": "30m", "stop_at": {"failures": 1}}))
    rig.play(ChannelName.SMS, ScriptedChannel(OtherChannel(reason="no such number")))
    play(rig, NOW, **TWO)
    reason = "1 of the first 1 (95 %: 21 to 100 %) did not get it, and 1 stop it; a person must approve"
    expected = Expected(state=NoticeState.HELD, code=ReasonCode.CANARY_STOPPED, reason=reason)
    decided(rig, expected, verdict="hold")


def test_past_the_limit_a_notice_is_held_for_approval(rig: Rig) -> None:
    in_force(rig, rule(limits={"recipients": 1}))
    happen(rig, customer=[ana(id="C-2")], appointment=[visit(), visit(id="A-2", customer_id="C-2")])
    reason = "2 recipients in 24 h are more than the rule's limit of 1; a person must approve"
    expected = Expected(state=NoticeState.HELD, code=ReasonCode.LIMIT, reason=reason)
    decided(rig, expected, subject="appointment:A-2", verdict="hold")


def test_what_cannot_be_printed_is_held_and_says_where(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER))
    play(rig)
    happen(rig, order=[ORDER | {"seller": None}])
    reason = "templates/seller/sms.en.txt.j2:1: it prints a claim that has no value; guard it with {% if … %}"
    row = decided(rig, Expected(state=NoticeState.HELD, code=ReasonCode.UNPRINTABLE, reason=reason), verdict="hold")
    assert [message for message in rig.messages() if message.notice_id == row.id] == []


# -- suppress ----------------------------------------------------------------------------------------------------------


def test_whom_the_lot_holds_out_is_not_told(rig: Rig) -> None:
    reasons = "reasons: { visit-when: { object: visit, step: its day, failure: nobody said the hour, owner: field } }\n"
    share = {"share": "20%", "until": "2026-03-20", "decided_by": "Marta Ruiz", "contacts": ["visit-when"]}
    in_force(rig, rule(holdout=share), files={"rules/reasons.yaml": reasons})
    holdout = rig.ruleset.project.rules["visit-reminder"].holdout
    assert holdout is not None
    phones = (f"+5731055501{number:02}" for number in range(100))
    phone = next(phone for phone in phones if holdout.arm_of(unit_of(phone, None, "C-1")) is Arm.HELD_OUT)
    happen(rig, customer=[ana(phone=phone)], appointment=[visit()])
    reason = "one of 20 % who are not told until 2026-03-20 19:00 America/Bogota, by lot, decided by Marta Ruiz"
    decided(rig, Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.HELD_OUT, reason=reason), verdict="suppress")


@pytest.mark.parametrize(
    ("rows", "code", "reason"),
    [
        ({"customer": [ana(phone=None, email=None)]}, ReasonCode.NO_ADDRESS, "no address for sms and email"),
        ({"consent": [refusal("sms"), refusal("email")]}, ReasonCode.NO_CONSENT, "no consent for sms and email"),
        (
            {"customer": [ana(phone=None)], "consent": [refusal("email")]},
            ReasonCode.NO_CONSENT,
            "no address for sms and no consent for email",
        ),
    ],
)
def test_who_can_be_told_nowhere_is_not_told_and_the_owner_hears_of_it(
    rig: Rig, rows: Mapping[str, Rows], code: ReasonCode, reason: str
) -> None:
    in_force(rig, rule())
    happen(rig, **rows, appointment=[visit()])
    decided(rig, Expected(state=NoticeState.SUPPRESSED, code=code, reason=reason), verdict="suppress")
    assert_owner_hears(rig, reason)


def test_a_customer_who_is_not_in_the_state_is_not_told(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, appointment=[visit(customer_id="C-404")])
    reason = "the customer is not in the state"
    expected = Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.UNKNOWN_CUSTOMER, reason=reason)
    decided(rig, expected, verdict="suppress")
    assert_owner_hears(rig, reason)


def test_what_the_end_of_quiet_hours_is_too_late_for_is_not_told(rig: Rig) -> None:
    in_force(rig, rule(until="26h before appointment.starts_at"))
    happen(rig, appointment=[visit(starts_at=STARTS - 9 * HOUR)])  # helps only before 23:00
    rig.clock.at = NIGHT
    reason = "quiet hours until 2026-03-04 08:00 America/Bogota, and it helps only before 2026-03-03 23:00"
    expected = Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.QUIET_HOURS_PAST_UNTIL, reason=reason)
    decided(rig, expected, verdict="suppress")
    assert_owner_hears(rig, reason)


def assert_owner_hears(rig: Rig, reason: str) -> None:
    (alert,) = [row for row in rig.notices() if row.kind == "alert"]
    (mail,) = [row for row in rig.messages() if row.notice_id == alert.id]
    assert (alert.recipient_id, alert.reason) == ("field", reason)
    assert reason in " ".join(mail.text.split())


# -- defer -------------------------------------------------------------------------------------------------------------


def test_quiet_hours_defer_to_the_next_allowed_instant(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, appointment=[visit()])
    rig.clock.at = NIGHT
    reason = "quiet hours until 2026-03-04 08:00 America/Bogota"
    expected = Expected(state=NoticeState.DEFERRED, code=ReasonCode.QUIET_HOURS, reason=reason)
    assert previewed(rig)["send_at"] == "2026-03-04T13:00:00Z"
    row = decided(rig, expected, verdict="defer")
    assert row.deferred_until == utc(4, 13)


def test_where_one_channel_must_be_quiet_and_time_is_short_the_other_speaks(rig: Rig) -> None:
    always = "quiet_hours: [{ country: CO, class: service, channel: email, allowed: always }]\n"
    in_force(rig, rule(until="26h before appointment.starts_at"), files={"rules/policy.yaml": always})
    happen(rig, appointment=[visit(starts_at=STARTS - 9 * HOUR)])
    rig.clock.at = NIGHT
    reason = "48h before appointment.starts_at (2026-03-03 06:00 UTC); quiet hours for sms"
    decided(rig, Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason=reason), verdict="ready")


SUNDAY = utc(8, 17)
"""Noon in Bogotá: Colombia's law lets nobody collect, nor does its SMS pass."""
LAWFUL = "contact_law: CO\nquiet_hours: { class: collections, allowed: always }\n"
LAWFUL += "contact_limits: { country: CO, class: collections, consent: not_needed, instead_of_law: 'a test' }\n"
ONE_A_DAY = "contact_limits: { class: collections, per_day: 1, channel: sms }\n"
MONDAY_AT_8 = "2026-03-09 08:00 America/Bogota"


@pytest.mark.parametrize(
    ("policy", "at", "hours", "code", "reason"),
    [
        (LAWFUL, SUNDAY, 47, ReasonCode.CONTACT_LAW, f"closed by contact law until {MONDAY_AT_8}"),
        (
            LAWFUL,
            SUNDAY,
            9,
            ReasonCode.CONTACT_LAW_PAST_UNTIL,
            f"closed by contact law until {MONDAY_AT_8}, and it helps only before 2026-03-08 18:00",
        ),
        (ONE_A_DAY, NOW, 47, ReasonCode.CONTACT_LIMIT, "no contact left until 2026-03-04 08:00 America/Bogota"),
        (
            ONE_A_DAY,
            NOW,
            9,
            ReasonCode.CONTACT_LIMIT_PAST_UNTIL,
            "no contact left until 2026-03-04 08:00 America/Bogota, and it helps only before 2026-03-03 16:00",
        ),
    ],
)
def test_what_law_or_limits_close_waits_for_the_next_allowed_instant_or_is_not_told(
    rig: Rig, policy: str, at: datetime, hours: int, code: ReasonCode, reason: str
) -> None:
    collecting = rule(class_="collections", channels=["sms"])
    first = rule(rule="first", class_="collections", channels=["sms"], at="50h before appointment.starts_at")
    rules = [first, collecting] if policy == ONE_A_DAY else [collecting]
    in_force(rig, *rules, files={"rules/policy.yaml": policy})
    rig.clock.at = at
    happen(rig, appointment=[visit(starts_at=at + hours * HOUR)])
    state = NoticeState.DEFERRED if hours == 47 else NoticeState.SUPPRESSED
    decided(rig, Expected(state=state, code=code, reason=reason), rule="visit-reminder")


def test_what_is_told_before_its_moment_says_when(rig: Rig) -> None:
    in_force(rig, rule(at="2h before appointment.starts_at", until="30m before appointment.starts_at"))
    happen(rig, appointment=[visit(starts_at=NOW + 21.5 * HOUR)])  # at 07:30
    reason = "goes at 2026-03-03 19:45 America/Bogota, before its moment"
    reason += ": hours are closed from then on until it no longer helps"
    expected = Expected(state=NoticeState.DEFERRED, code=ReasonCode.EARLIER, reason=reason)
    decided(rig, expected, rule="visit-reminder")


def test_what_waits_for_others_to_the_same_person_says_until_when(rig: Rig) -> None:
    in_force(rig, rule(), files={"rules/policy.yaml": "merge: { within: 15m }\n"})
    happen(rig, appointment=[visit()])
    reason = "waits until 2026-03-03 10:15 America/Bogota for what else falls due for the same person"
    expected = Expected(state=NoticeState.DEFERRED, code=ReasonCode.GATHERED, reason=reason)
    decided(rig, expected, rule="visit-reminder")


def test_what_lacks_what_the_law_wants_in_it_is_held_with_the_remedy(rig: Rig) -> None:
    text = {"templates/visit/sms.en.txt.j2": "{{ starts_at | datetime }}. {{ exit.address }}, {{ reference }}\n"}
    in_force(rig, rule(channels=["sms"]), files=text | {"rules/policy.yaml": "contact_law: CO\n"})
    happen(rig, appointment=[visit()])
    reason = "the SMS does not name its sender: print {{ company }} (co-content)"
    expected = Expected(state=NoticeState.HELD, code=ReasonCode.LACKS_CONTENT, reason=reason)
    decided(rig, expected, rule="visit-reminder")


def test_who_asked_for_no_more_is_told_nothing_and_says_since_when(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, customer=[ana(email=None)], appointment=[visit()])
    with rig.database.begin() as connection:
        take_reply(connection, "+573001234567", ChannelName.SMS, "BAJA", None, NOW, live=False, company="Fibra")
    reason = "no address for email and sms: asked for no more by reply on 2026-03-03"
    expected = Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.OPTED_OUT, reason=reason)
    decided(rig, expected, subject="appointment:A-1", verdict="suppress")


# -- told through another notice --------------------------------------------------------------------------------------


def test_what_is_said_at_the_same_address_says_to_whom_and_by_which_reference(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, customer=[ana(id="C-2", name="Ana R.")], appointment=[visit()])
    spoken = notice(rig)
    happen(rig, appointment=[visit(customer_id="C-2")])
    reason = f"said to C-1 at the same number and mail address (reference {spoken.reference})"
    expected = Expected(state=NoticeState.CANCELLED, code=ReasonCode.TOLD_THROUGH, reason=reason)
    row = decided(rig, expected, customer="C-2", verdict="cancel")
    again = previewed(rig, customer="C-2")
    assert again["reason"] == f"told already at 2026-03-03 15:00 UTC, through {spoken.reference} to C-1"
    shown = run(rig, "notices", "show", row.reference, "--json").json
    assert shown["through"] == [
        {"reference": spoken.reference, "customer": "C-1", "channels": [channel]} for channel in ("email", "sms")
    ]
    assert (shown["told_at"], shown["spent"]) == ("2026-03-03T15:00:00Z", True)
    speaker = run(rig, "notices", "show", spoken.reference, "--json").json
    assert speaker["speaks_for"] == [{"reference": row.reference, "customer": "C-2", "channels": ["email", "sms"]}]
    line = f"speaks by email and sms for C-2, too ({row.reference})"
    for command in (["notices", "show"], ["why", "--notice"]):
        assert line in run(rig, *command, spoken.reference).out
    assert line in run(rig, "why", "C-1", "--at", rig.clock().isoformat()).out


# -- hold: nobody knows the zone ---------------------------------------------------------------------------------------


def test_where_nobody_knows_the_zone_the_notice_is_held(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, customer=[ana(timezone=None)], appointment=[visit()])
    reason = "no zone is known for the customer: give customer.timezone, or set NOTIFIER_DEFAULT_TIMEZONE"
    decided(rig, Expected(state=NoticeState.HELD, code=ReasonCode.NO_ZONE, reason=reason), verdict="hold")
    assert_owner_hears(rig, reason)


def test_what_came_to_be_after_its_moment_is_not_told(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    happen(rig, appointment=[visit(starts_at=STARTS - 24 * HOUR)])
    reason = "its moment, 2026-03-02 15:00 UTC, had passed before it came to be (born_late: tell would tell it)"
    expected = Expected(state=NoticeState.CANCELLED, code=ReasonCode.BORN_LATE, reason=reason)
    decided(rig, expected, verdict="cancel")


# -- expire and cancel -------------------------------------------------------------------------------------------------


def test_what_nobody_sent_in_time_expires(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit(starts_at=STARTS + HOUR)])
    rig.clock.at = STARTS
    reason = "not sent before its time was over at 2026-03-05 13:00 UTC"
    expected = Expected(state=NoticeState.EXPIRED, code=ReasonCode.MISSED, reason=reason)
    decided(rig, expected, verdict="expire")
    assert_owner_hears(rig, reason)


def deferred(rig: Rig) -> None:
    """A reminder waits for the morning."""
    in_force(rig, rule(limits={"recipients": 5}))
    play(rig, NIGHT, appointment=[visit()])
    rig.clock.forward(hours=1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "cancelled"}, "what it says is no longer true"),
        ({"starts_at": STARTS + 9 * DAY}, "the moment it hangs on moved"),
    ],
)
def test_what_is_no_longer_true_is_cancelled(rig: Rig, change: dict[str, Any], reason: str) -> None:
    deferred(rig)
    happen(rig, appointment=[visit(**change)])
    expected = Expected(state=NoticeState.CANCELLED, code=ReasonCode.NO_LONGER_TRUE, reason=reason)
    decided(rig, expected, verdict="cancel")


def test_what_a_person_cancelled_says_who_and_why(rig: Rig) -> None:
    deferred(rig)
    reference = notice(rig).reference
    a_person_decides(rig.database, Cancel(reference), reason="told at the shop", now=rig.clock())
    reason = "cancelled by marta: told at the shop"
    stored(rig, Expected(state=NoticeState.CANCELLED, code=ReasonCode.PERSON, reason=reason))
    why = run(rig, "why", "C-1", "--at", rig.clock().isoformat())
    assert "cancelled at 2026-03-04 03:00 UTC, never told again" in why.out


def test_what_a_removed_rule_leaves_behind_says_so(rig: Rig) -> None:
    deferred(rig)
    in_force(rig, rule(HELD_ORDER))
    rig.tick()
    reason = "its rule is no longer in the project"
    stored(rig, Expected(state=NoticeState.CANCELLED, code=ReasonCode.RULE_REMOVED, reason=reason))


# -- corrections and follow-ups ----------------------------------------------------------------------------------------


def test_a_correction_says_what_it_corrects_and_spends_what_is_due_with_it(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    told = notice(rig).reference
    rig.clock.forward(hours=1)
    happen(rig, appointment=[visit(starts_at=STARTS - 5 * HOUR)])
    spent = previewed(rig, kind="notice", verdict="cancel")
    expected = Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason=f"corrects {told}")
    decided(rig, expected, kind="correction")
    replaced = Expected(
        state=NoticeState.CANCELLED, code=ReasonCode.REPLACED, reason="a correction of what was told says it"
    )
    assert spent["reason"] == replaced.reason
    rig.dispatch()
    rig.tick()  # it is spent once the correction was told
    stored(rig, replaced, reference=spent["reference"])


def test_a_correction_that_a_newer_one_or_a_change_back_overtakes_says_so(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    play(rig, NIGHT, appointment=[visit(starts_at=STARTS + 5 * DAY)])
    rig.clock.forward(hours=1)
    happen(rig, appointment=[visit(starts_at=STARTS + 6 * DAY)])
    newer = "the facts changed again; a newer correction says it"
    decided(
        rig,
        Expected(state=NoticeState.CANCELLED, code=ReasonCode.REPLACED, reason=newer),
        kind="correction",
        verdict="cancel",
    )
    rig.clock.forward(hours=1)
    happen(rig, appointment=[visit()])
    back = "the facts are again as the customer was told"
    decided(
        rig,
        Expected(state=NoticeState.CANCELLED, code=ReasonCode.CHANGED_BACK, reason=back),
        kind="correction",
        verdict="cancel",
        reason=back,
    )


def test_a_follow_up_says_what_it_follows(rig: Rig) -> None:
    follow_up = {"when": "appointment.status == 'cancelled'", "template": "cancelled"}
    in_force(rig, rule(follow_up=[follow_up]))
    play(rig, appointment=[visit()])
    told = notice(rig).reference
    rig.clock.forward(hours=1)
    happen(rig, appointment=[visit(status="cancelled")])
    expected = Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason=f"follows up {told}")
    decided(rig, expected, kind="follow_up")


# -- what is recorded and not told -------------------------------------------------------------------------------------


def test_the_backlog_of_a_rule_is_shown_with_its_reason(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER))
    happen(rig, order=[ORDER])
    reason = "it was true before the rule's first pass (backlog: tell would tell it)"
    draft = previewed(rig, subject="order:O-1")
    code = ReasonCode.BACKLOG.value
    assert (draft["verdict"], draft["reason_code"], draft["reason"], draft["messages"]) == ("cancel", code, reason, [])
    why = ["why", "C-1", "order-held", "--at", rig.clock().isoformat()]
    assert reason in run(rig, *why).out
    rig.tick()
    assert reason in run(rig, *why).out
    assert count(rig, "backlog") == 1


def test_what_a_baseline_brought_is_recorded_with_its_reason(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig)
    load_baseline(rig, appointment=[visit()])
    reason = "it came with a baseline, which tells only what lies ahead"
    expected = Expected(state=NoticeState.CANCELLED, code=ReasonCode.BASELINE, reason=reason)
    assert decided(rig, expected, verdict="cancel").spent


def test_an_address_that_its_provider_refuses_is_told_nothing_and_says_since_when(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, customer=[ana(email=None)], appointment=[visit()])
    rig.play(ChannelName.SMS, ScriptedChannel(SuppressAddress(reason="opted out")))
    rig.tick()
    rig.dispatch()
    happen(rig, appointment=[visit(id="A-2")])
    reason = "no address for email and the provider refuses the sms address: opted out (since 2026-03-03)"
    expected = Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.ADDRESS_SUPPRESSED, reason=reason)
    decided(rig, expected, subject="appointment:A-2", verdict="suppress")


def test_where_no_channel_has_a_provider_nobody_is_told(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, appointment=[visit()])
    rig.ruleset = replace(rig.ruleset, unavailable=frozenset(ChannelName))
    rig.tick()
    reason = "no provider for sms and email"
    stored(rig, Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.NO_PROVIDER, reason=reason))


def test_a_landline_takes_no_sms_and_without_a_mail_address_nobody_is_told(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, customer=[ana(email=None, phone="+576017455905")], appointment=[visit()])
    reason = "no address for email and a landline takes no SMS"
    expected = Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.UNUSABLE_ADDRESS, reason=reason)
    decided(rig, expected, subject="appointment:A-1", verdict="suppress")


def test_what_whatsapp_never_approved_is_told_to_nobody_where_it_is_all_there_is(rig: Rig) -> None:
    text = "We come on {{ starts_at | datetime }}, {{ exit.address }}, ref. {{ reference }}. Thank you.\n"
    in_force(rig, rule(channels=["whatsapp"]), files={"templates/visit/whatsapp.en.txt.j2": text})
    yes = {"customer_id": "C-1", "channel": "whatsapp", "class": "service", "allowed": True, "at": NOW}
    happen(rig, consent=[yes], appointment=[visit()])
    reason = "whatsapp: nobody approved this text of visit/whatsapp.en.txt.j2"
    expected = Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.UNAPPROVED_TEXT, reason=reason)
    decided(rig, expected, subject="appointment:A-1", verdict="suppress")


# -- failed ------------------------------------------------------------------------------------------------------------


def test_what_no_channel_takes_says_so(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, appointment=[visit()])
    rig.play(ChannelName.SMS, ScriptedChannel(OtherChannel(reason="unknown number")))
    rig.play(ChannelName.EMAIL, ScriptedChannel(OtherChannel(reason="mailbox full")))
    rig.tick()
    rig.dispatch()
    reason = "email: mailbox full; the next tick looks for another channel"
    stored(rig, Expected(state=NoticeState.DEFERRED, code=ReasonCode.UNDELIVERABLE, reason=reason))
    reason = "no channel took it: sms: unknown number; email: mailbox full"
    expected = Expected(state=NoticeState.FAILED, code=ReasonCode.UNDELIVERABLE, reason=reason)
    decided(rig, expected, subject="appointment:A-1", verdict="failed")


def test_what_nobody_says_to_those_who_were_told_is_suppressed_and_says_so(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    happen(rig, appointment=[visit(status="cancelled")])
    reason = "what the customer was told is no longer true, and no follow-up says so"
    expected = Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.NO_FOLLOW_UP, reason=reason)
    decided(rig, expected, subject="appointment:A-1", verdict="suppress", kind="follow_up")


def test_every_reason_there_is_has_its_scenario_here() -> None:
    named = re.findall(r"ReasonCode\.([A-Z]\w+)", Path(__file__).read_text(encoding="utf-8"))
    assert set(named) == set(ReasonCode.__members__)
