"""One scenario for every verdict and reason: what is stored is what `preview`, `why` and `notices` print.

Each is read where a person would: in the preview before the tick, and afterwards in the outbox, in `why` and in
`notices`. The commands run for real, on the database that the runtime of the test wrote.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.cli import console
from notifier.decisions.notices import Cancel
from notifier.delivery.outcomes import OtherChannel, SuppressAddress
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
from tests.support.house import NOW, House, ana, visit
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
def commands(house: House, logs_as_before: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The house is a project folder, too; lines are long enough to be compared whole."""
    (house.folder / ".env").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setattr(console, "WIDEST", 500)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What every place must say about one notice."""

    state: NoticeState
    code: ReasonCode
    reason: str


def run(house: House, *arguments: object) -> Ran:
    done = run_command(*arguments, project=house.folder)
    assert done.code == 0, done.err
    return done


def previewed(house: House, **wanted: Any) -> dict[str, Any]:
    """The one draft of `preview` at this instant with these values; its reason is on the page, too."""
    at = house.clock().isoformat()
    drafts: list[dict[str, Any]] = run(house, "preview", "--at", at, "--json").json
    found = [one for one in drafts if all(one[name] == value for name, value in wanted.items())]
    assert len(found) == 1, found
    assert found[0]["reason"] in run(house, "preview", "--at", at).out
    return found[0]


def decided(house: House, expected: Expected, **wanted: Any) -> sa.Row[Any]:
    """A tick decides just what preview says of the draft with these values, and every command says so."""
    draft = previewed(house, **wanted)
    assert (draft["reason"], draft["reason_code"]) == (expected.reason, expected.code.value)
    house.tick()
    return stored(house, expected, reference=draft["reference"])


def stored(house: House, expected: Expected, **wanted: Any) -> sa.Row[Any]:
    """The only such notice is stored with this verdict, and every command prints the reason that is stored."""
    row = notice(house, **wanted)
    assert (row.state, row.reason_code, row.reason) == (expected.state, expected.code, expected.reason)
    shown = run(house, "notices", "show", row.reference, "--json").json
    assert (shown["state"], shown["reason"], shown["reason_code"]) == (row.state, row.reason, row.reason_code)
    commands = [["notices", "show", row.reference], ["notices", "list"], ["why", "--notice", row.reference]]
    if row.recipient_id is not None:
        why = ["why", row.recipient_id, "--at", house.clock().isoformat()]
        commands.append(why)
        customer = run(house, *why, "--json").json
        past = [one for each in customer["rules"] for one in each["past"]] + customer["left_behind"]
        assert [one["reason"] for one in past if one["reference"] == row.reference] == [row.reason]
    for command in commands:
        assert row.reason in run(house, *command).out, command
    return row


def refusal(channel: str) -> dict[str, Any]:
    return {"customer_id": "C-1", "channel": channel, "class": "service", "allowed": False, "at": NOW}


# -- ready -------------------------------------------------------------------------------------------------------------


def test_what_is_due_is_ready_and_says_by_which_moment(house: House) -> None:
    in_force(house, rule())
    happen(house, appointment=[visit()])
    expected = Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason=DUE)
    row = decided(house, expected, subject="appointment:A-1", verdict="ready")
    house.dispatch()
    stored(house, Expected(state=NoticeState.TOLD, code=ReasonCode.DUE, reason=DUE), reference=row.reference)
    again = previewed(house, subject="appointment:A-1")
    assert (again["verdict"], again["reason"]) == ("told", "told already at 2026-03-03 15:00 UTC")


def test_what_has_no_moment_says_that_it_is_true(house: House) -> None:
    in_force(house, rule(HELD_ORDER))
    play(house)
    happen(house, order=[ORDER])
    decided(
        house,
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
    house: House, rows: Mapping[str, Rows], note: str
) -> None:
    in_force(house, rule())
    happen(house, **rows, appointment=[visit()])
    row = decided(
        house, Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason=f"{DUE}; {note}"), verdict="ready"
    )
    assert len(row.channels) == 1


# -- hold --------------------------------------------------------------------------------------------------------------


def test_an_open_contradiction_holds_before_anything_else_is_asked(house: House) -> None:
    in_force(house, rule(), checks=[PRICE])
    happen(house, customer=[ana(phone=None, email=None)], appointment=[visit()], **too_dear())
    house.clock.at = NIGHT
    house.tick()
    held = (
        "held by promised-price: charge X-1 is 111860 COP, promised 79900 COP by sales "
        f"(contradiction {contradictions(house)[0].id}, owner field)"
    )
    expected = Expected(state=NoticeState.HELD, code=ReasonCode.OPEN_CONTRADICTION, reason=held)
    assert previewed(house, verdict="hold")["reason"] == held
    stored(house, expected)


def test_past_the_limit_a_notice_is_held_for_approval(house: House) -> None:
    in_force(house, rule(limits={"recipients": 1}))
    happen(house, customer=[ana(id="C-2")], appointment=[visit(), visit(id="A-2", customer_id="C-2")])
    reason = "2 recipients in 24 h are more than the rule's limit of 1; a person must approve"
    expected = Expected(state=NoticeState.HELD, code=ReasonCode.LIMIT, reason=reason)
    decided(house, expected, subject="appointment:A-2", verdict="hold")


def test_what_cannot_be_printed_is_held_and_says_where(house: House) -> None:
    in_force(house, rule(HELD_ORDER))
    play(house)
    happen(house, order=[ORDER | {"seller": None}])
    reason = "templates/seller/sms.en.txt.j2:1: it prints a claim that has no value; guard it with {% if … %}"
    row = decided(house, Expected(state=NoticeState.HELD, code=ReasonCode.UNPRINTABLE, reason=reason), verdict="hold")
    assert [message for message in house.messages() if message.notice_id == row.id] == []


# -- suppress ----------------------------------------------------------------------------------------------------------


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
    house: House, rows: Mapping[str, Rows], code: ReasonCode, reason: str
) -> None:
    in_force(house, rule())
    happen(house, **rows, appointment=[visit()])
    decided(house, Expected(state=NoticeState.SUPPRESSED, code=code, reason=reason), verdict="suppress")
    assert_owner_hears(house, reason)


def test_a_customer_who_is_not_in_the_state_is_not_told(house: House) -> None:
    in_force(house, rule())
    happen(house, appointment=[visit(customer_id="C-404")])
    reason = "the customer is not in the state"
    expected = Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.UNKNOWN_CUSTOMER, reason=reason)
    decided(house, expected, verdict="suppress")
    assert_owner_hears(house, reason)


def test_what_the_end_of_quiet_hours_is_too_late_for_is_not_told(house: House) -> None:
    in_force(house, rule(until="26h before appointment.starts_at"))
    happen(house, appointment=[visit(starts_at=STARTS - 9 * HOUR)])  # helps only before 23:00
    house.clock.at = NIGHT
    reason = "quiet hours until 2026-03-04 08:00 America/Bogota, and it helps only before 2026-03-03 23:00"
    expected = Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.QUIET_HOURS_PAST_UNTIL, reason=reason)
    decided(house, expected, verdict="suppress")
    assert_owner_hears(house, reason)


def assert_owner_hears(house: House, reason: str) -> None:
    (alert,) = [row for row in house.notices() if row.kind == "alert"]
    (mail,) = [row for row in house.messages() if row.notice_id == alert.id]
    assert (alert.recipient_id, alert.reason) == ("field", reason)
    assert reason in " ".join(mail.text.split())


# -- defer -------------------------------------------------------------------------------------------------------------


def test_quiet_hours_defer_to_the_next_allowed_instant(house: House) -> None:
    in_force(house, rule())
    happen(house, appointment=[visit()])
    house.clock.at = NIGHT
    reason = "quiet hours until 2026-03-04 08:00 America/Bogota"
    expected = Expected(state=NoticeState.DEFERRED, code=ReasonCode.QUIET_HOURS, reason=reason)
    assert previewed(house)["send_at"] == "2026-03-04T13:00:00Z"
    row = decided(house, expected, verdict="defer")
    assert row.deferred_until == utc(4, 13)


def test_where_one_channel_must_be_quiet_and_time_is_short_the_other_speaks(house: House) -> None:
    always = "quiet_hours: [{ country: CO, class: service, channel: email, allowed: always }]\n"
    in_force(house, rule(until="26h before appointment.starts_at"), files={"rules/policy.yaml": always})
    happen(house, appointment=[visit(starts_at=STARTS - 9 * HOUR)])
    house.clock.at = NIGHT
    reason = "48h before appointment.starts_at (2026-03-03 06:00 UTC); quiet hours for sms"
    decided(house, Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason=reason), verdict="ready")


# -- expire and cancel -------------------------------------------------------------------------------------------------


def test_what_nobody_sent_in_time_expires(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit(starts_at=STARTS + HOUR)])
    house.clock.at = STARTS
    reason = "not sent before its time was over at 2026-03-05 13:00 UTC"
    expected = Expected(state=NoticeState.EXPIRED, code=ReasonCode.MISSED, reason=reason)
    decided(house, expected, verdict="expire")
    assert_owner_hears(house, reason)


def deferred(house: House) -> None:
    """A reminder waits for the morning."""
    in_force(house, rule(limits={"recipients": 5}))
    play(house, NIGHT, appointment=[visit()])
    house.clock.forward(hours=1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "cancelled"}, "what it says is no longer true"),
        ({"starts_at": STARTS + 9 * DAY}, "the moment it hangs on moved"),
    ],
)
def test_what_is_no_longer_true_is_cancelled(house: House, change: dict[str, Any], reason: str) -> None:
    deferred(house)
    happen(house, appointment=[visit(**change)])
    expected = Expected(state=NoticeState.CANCELLED, code=ReasonCode.NO_LONGER_TRUE, reason=reason)
    decided(house, expected, verdict="cancel")


def test_what_a_person_cancelled_says_who_and_why(house: House) -> None:
    deferred(house)
    reference = notice(house).reference
    a_person_decides(house.database, Cancel(reference), reason="told at the shop", now=house.clock())
    reason = "cancelled by marta: told at the shop"
    stored(house, Expected(state=NoticeState.CANCELLED, code=ReasonCode.PERSON, reason=reason))
    why = run(house, "why", "C-1", "--at", house.clock().isoformat())
    assert "cancelled at 2026-03-04 03:00 UTC, never told again" in why.out


def test_what_a_removed_rule_leaves_behind_says_so(house: House) -> None:
    deferred(house)
    in_force(house, rule(HELD_ORDER))
    house.tick()
    reason = "its rule is no longer in the project"
    stored(house, Expected(state=NoticeState.CANCELLED, code=ReasonCode.RULE_REMOVED, reason=reason))


# -- corrections and follow-ups ----------------------------------------------------------------------------------------


def test_a_correction_says_what_it_corrects_and_spends_what_is_due_with_it(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    told = notice(house).reference
    house.clock.forward(hours=1)
    happen(house, appointment=[visit(starts_at=STARTS - 5 * HOUR)])
    spent = previewed(house, kind="notice", verdict="cancel")
    expected = Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason=f"corrects {told}")
    decided(house, expected, kind="correction")
    replaced = Expected(
        state=NoticeState.CANCELLED, code=ReasonCode.REPLACED, reason="a correction of what was told says it"
    )
    assert spent["reason"] == replaced.reason
    house.dispatch()
    house.tick()  # it is spent once the correction was told
    stored(house, replaced, reference=spent["reference"])


def test_a_correction_that_a_newer_one_or_a_change_back_overtakes_says_so(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    play(house, NIGHT, appointment=[visit(starts_at=STARTS + 5 * DAY)])
    house.clock.forward(hours=1)
    happen(house, appointment=[visit(starts_at=STARTS + 6 * DAY)])
    newer = "the facts changed again; a newer correction says it"
    decided(
        house,
        Expected(state=NoticeState.CANCELLED, code=ReasonCode.REPLACED, reason=newer),
        kind="correction",
        verdict="cancel",
    )
    house.clock.forward(hours=1)
    happen(house, appointment=[visit()])
    back = "the facts are again as the customer was told"
    decided(
        house,
        Expected(state=NoticeState.CANCELLED, code=ReasonCode.CHANGED_BACK, reason=back),
        kind="correction",
        verdict="cancel",
        reason=back,
    )


def test_a_follow_up_says_what_it_follows(house: House) -> None:
    follow_up = {"when": "appointment.status == 'cancelled'", "template": "cancelled"}
    in_force(house, rule(follow_up=[follow_up]))
    play(house, appointment=[visit()])
    told = notice(house).reference
    house.clock.forward(hours=1)
    happen(house, appointment=[visit(status="cancelled")])
    expected = Expected(state=NoticeState.READY, code=ReasonCode.DUE, reason=f"follows up {told}")
    decided(house, expected, kind="follow_up")


# -- what is recorded and not told -------------------------------------------------------------------------------------


def test_the_backlog_of_a_rule_is_shown_with_its_reason(house: House) -> None:
    in_force(house, rule(HELD_ORDER))
    happen(house, order=[ORDER])
    reason = "it was true before the rule's first pass (backlog: tell would tell it)"
    draft = previewed(house, subject="order:O-1")
    code = ReasonCode.BACKLOG.value
    assert (draft["verdict"], draft["reason_code"], draft["reason"], draft["messages"]) == ("cancel", code, reason, [])
    why = ["why", "C-1", "order-held", "--at", house.clock().isoformat()]
    assert reason in run(house, *why).out
    house.tick()
    assert reason in run(house, *why).out
    assert count(house, "backlog") == 1


def test_what_a_baseline_brought_is_recorded_with_its_reason(house: House) -> None:
    in_force(house, rule())
    play(house)
    load_baseline(house, appointment=[visit()])
    reason = "it was loaded as a baseline, which tells nobody"
    expected = Expected(state=NoticeState.CANCELLED, code=ReasonCode.BASELINE, reason=reason)
    assert decided(house, expected, verdict="cancel").spent


def test_an_address_that_its_provider_refuses_is_told_nothing_and_says_since_when(house: House) -> None:
    in_force(house, rule())
    happen(house, customer=[ana(email=None)], appointment=[visit()])
    house.play(ChannelName.SMS, ScriptedChannel(SuppressAddress(reason="opted out")))
    house.tick()
    house.dispatch()
    happen(house, appointment=[visit(id="A-2")])
    reason = "no address for email and the provider refuses the sms address: opted out (since 2026-03-03)"
    expected = Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.ADDRESS_SUPPRESSED, reason=reason)
    decided(house, expected, subject="appointment:A-2", verdict="suppress")


def test_where_no_channel_has_a_provider_nobody_is_told(house: House) -> None:
    in_force(house, rule())
    happen(house, appointment=[visit()])
    house.ruleset = replace(house.ruleset, unavailable=frozenset(ChannelName))
    house.tick()
    reason = "no provider for sms and email"
    stored(house, Expected(state=NoticeState.SUPPRESSED, code=ReasonCode.NO_PROVIDER, reason=reason))


# -- failed ------------------------------------------------------------------------------------------------------------


def test_what_no_channel_takes_says_so(house: House) -> None:
    in_force(house, rule())
    happen(house, appointment=[visit()])
    house.play(ChannelName.SMS, ScriptedChannel(OtherChannel(reason="unknown number")))
    house.play(ChannelName.EMAIL, ScriptedChannel(OtherChannel(reason="mailbox full")))
    house.tick()
    house.dispatch()
    reason = "email: mailbox full; the next tick looks for another channel"
    stored(house, Expected(state=NoticeState.DEFERRED, code=ReasonCode.UNDELIVERABLE, reason=reason))
    reason = "no channel took it: sms: unknown number; email: mailbox full"
    expected = Expected(state=NoticeState.FAILED, code=ReasonCode.UNDELIVERABLE, reason=reason)
    decided(house, expected, subject="appointment:A-1", verdict="failed")


def test_every_reason_there_is_has_its_scenario_here() -> None:
    named = re.findall(r"ReasonCode\.([A-Z]\w+)", Path(__file__).read_text(encoding="utf-8"))
    assert set(named) == set(ReasonCode.__members__)
