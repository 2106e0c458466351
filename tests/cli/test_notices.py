"""`notifier notices` and `notifier why`: what was decided, why, and what people do about it."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.types import ChannelName
from notifier.store.outbox import completion, leasing
from notifier.tick import evaluate
from notifier.wiring import open_house
from tests.cli.conftest import TICK, Run, load, rows_of

BY = ["--by", "marta", "--reason", "agreed on the phone"]
LATER = "2026-03-03T11:00:00-05:00"


@pytest.fixture
def decided(ticked: Path, run: Run) -> dict[tuple[str, str], str]:
    """References by rule and customer, after a tick."""
    return {(one["rule"], one["customer"]): one["reference"] for one in run("notices", "list", "--json").json}


Decided = dict[tuple[str, str], str]


def test_list_shows_state_and_reason_and_can_be_narrowed(decided: Decided, run: Run) -> None:
    everything = run("notices", "list")
    held = run("notices", "list", "--state", "held", "--json").json
    one = run("notices", "list", "--customer", "C-2", "--json").json
    alerts = run("notices", "list", "--alerts", "--json").json

    assert "no address for sms and email" in everything.out
    assert [(notice["rule"], notice["state"]) for notice in held] == [("bill-is-ready", "held")]
    assert [notice["rule"] for notice in one] == ["installation-reminder"]
    assert {notice["customer"] for notice in alerts} == {"billing", "field-operations"}


def test_show_takes_the_reference_as_a_caller_reads_it_out(decided: Decided, run: Run) -> None:
    reference = decided["installation-reminder", "C-1"]

    done = run("notices", "show", reference.lower().replace("-", " "))

    assert done.code == 0
    for part in ("told", "Calle 1", "accepted", "sandbox", "+573001234567", "starts_at = Thu 2026-03-05 10:00"):
        assert part in done.out


def test_a_released_notice_goes_although_the_contradiction_is_open(decided: Decided, run: Run) -> None:
    reference = decided["bill-is-ready", "C-1"]

    done = run("notices", "release", reference, *BY, "--at", LATER)
    assert (done.code, done.out.strip()) == (0, f"{reference} is released; the next tick sends it.")
    assert run("tick", "--at", LATER).code == 0

    (bill,) = run("notices", "list", "--rule", "bill-is-ready", "--json").json
    assert (bill["state"], bill["released"]) == ("told", True)
    assert "agreed on the phone" in run("notices", "show", reference).out


def test_a_cancelled_notice_is_never_told(decided: Decided, run: Run) -> None:
    reference = decided["bill-is-ready", "C-1"]

    done = run("notices", "cancel", reference, *BY, "--at", LATER)
    assert done.out.strip() == f"{reference} is cancelled; nobody will be told."
    assert run("tick", "--at", LATER).code == 0

    (bill,) = run("notices", "list", "--rule", "bill-is-ready", "--json").json
    assert (bill["state"], bill["reason"]) == ("cancelled", "cancelled by marta: agreed on the phone")


def test_what_a_limit_holds_goes_once_a_person_approves_the_whole_rule(loaded: Path, run: Run) -> None:
    file = loaded / "rules" / "installation.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "    exit: field-desk\n", "    exit: field-desk\n    limits: { recipients: 1 }\n"
    )
    file.write_text(text, encoding="utf-8")
    assert run("tick", "--at", TICK).code == 0
    held = run("notices", "list", "--rule", "installation-reminder", "--state", "held", "--json").json
    assert {one["reason_code"] for one in held} == {"limit"}

    done = run("notices", "approve", "--rule", "installation-reminder", *BY, "--at", LATER)
    assert (done.code, done.out.strip()) == (0, f"{len(held)} notices are approved; the next tick sends them.")
    shown = run("notices", "show", held[0]["reference"]).out
    assert ("person approved by those named below" in shown, ": approve, " in shown) == (True, True), shown
    assert run("tick", "--at", LATER).code == 0

    told = run("notices", "list", "--rule", "installation-reminder", "--state", "told", "--json").json
    assert {one["customer"] for one in told} == {"C-1", "C-2"}


def test_what_cannot_be_decided_is_refused_with_its_state_and_nothing_is_written(
    decided: Decided, run: Run, ticked: Path
) -> None:
    told = decided["installation-reminder", "C-1"]
    before = rows_of(ticked)

    for verb in ("approve", "release", "cancel"):
        done = run("notices", verb, told, *BY)
        assert done.code == 1
        assert f"{told} is told" in done.err
    assert run("notices", "show", "ZZZZZ-ZZZZZ").err == "there is no notice ZZZZZ-ZZZZZ; see notifier notices list\n"
    assert run("notices", "approve", *BY).code == 2
    assert rows_of(ticked) == before


def test_why_shows_each_clause_with_its_values_the_moments_the_verdict_and_the_past(decided: Decided, run: Run) -> None:
    done = run("why", "C-1", "--at", LATER)

    assert done.code == 0
    for part in (
        "✓ appointment.kind == 'installation'",
        "appointment.kind = 'installation'",
        "unless appointment.contract.status in ['cancelled', 'terminated']",
        "appointment.contract.status = 'active'",
        "48h before appointment.starts_at: from Tue 2026-03-03 10:00 until Thu 2026-03-05 07:00",
        "told already",
        "held",
        decided["installation-reminder", "C-1"],
    ):
        assert part in done.out


def test_why_says_which_clause_keeps_a_rule_silent(loaded: Path, run: Run) -> None:
    cancelled = {"appointment": [{"id": "A-1", "status": "cancelled"}]}
    load(loaded, run, [{"at": "2026-03-02T09:00:00-05:00", "set": cancelled}])

    document = run("why", "C-1", "installation-reminder", "--at", TICK, "--json").json

    (row,) = document["rules"]
    assert row["holds"] is False
    broken = [clause for clause in row["clauses"] if not clause["fulfilled"]]
    assert [clause["clause"] for clause in broken] == ["appointment.status in ['initialized', 'confirmed']"]
    assert broken[0]["parts"]["appointment.status"] == "cancelled"
    assert row["now"] == []


def test_why_of_a_notice_shows_what_was_so_when_it_was_decided(decided: Decided, run: Run, ticked: Path) -> None:
    moved = {"contract": [{"id": "K-1", "status": "suspended"}]}
    load(ticked, run, [{"at": LATER, "set": moved}])

    reference = decided["installation-reminder", "C-1"]
    done = run("why", "--notice", reference)

    assert done.code == 0
    assert "appointment.contract.status = 'active'" in done.out
    assert "sms to +573001234567: accepted" in done.out


def test_why_of_a_notice_shows_every_verdict_it_ever_had_and_what_held_it(
    decided: Decided, run: Run, ticked: Path
) -> None:
    corrected = {"charge": [{"id": "X-1", "amount": 79900, "currency": "COP"}]}
    load(ticked, run, [{"at": LATER, "set": corrected}])
    assert run("tick", "--at", LATER).code == 0

    reference = decided["bill-is-ready", "C-1"]
    document = run("why", "--notice", reference, "--json").json
    printed = run("why", "--notice", reference).out

    (held,) = document["past_verdicts"]
    assert (held["at"], held["state"], held["reason_code"]) == ("2026-03-03T15:00:00Z", "held", "open_contradiction")
    assert held["evidence"]["charge.kind"] == "recurring"
    assert document["state"] == "told"
    assert [one["id"] for one in document["contradictions"]] == held["contradictions"]
    assert "was Tue 2026-03-03 10:00  held: held by promised-price-vs-billing" in printed
    assert "is Tue 2026-03-03 11:00  told: 3d before charge.bill_at at 09:00" in printed
    assert "SETTLED promised-price-vs-billing" in " ".join(printed.split())


def test_a_cancelled_notice_keeps_the_verdict_it_had(decided: Decided, run: Run) -> None:
    reference = decided["bill-is-ready", "C-1"]
    assert run("notices", "cancel", reference, *BY, "--at", LATER).code == 0

    document = run("why", "--notice", reference, "--json").json

    assert [verdict["state"] for verdict in document["past_verdicts"]] == ["held"]
    assert document["interventions"][0]["verb"] == "cancel"


def test_why_of_a_notice_says_that_its_rule_was_edited_since(decided: Decided, run: Run, ticked: Path) -> None:
    file = ticked / "rules" / "installation.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("48h before", "50h before"), encoding="utf-8")

    reference = decided["installation-reminder", "C-1"]

    assert "edited since" in run("why", "--notice", reference).out
    assert run("why", "--notice", reference, "--json").json["rule_changed"] is True


def test_after_a_tick_ahead_of_time_nothing_is_told_and_still_to_come(decided: Decided, run: Run) -> None:
    """A tick of later today told it; asked about this morning, `why` must not say that it is still to come."""
    earlier = run("why", "C-1", "installation-reminder", "--at", "2026-03-03T08:00:00-05:00")

    assert "told already, by a tick at a later time than this" in flat(earlier.out)
    assert "still to come" not in earlier.out
    other = run("why", "C-1", "bill-is-ready", "--at", "2026-03-02T08:00:00-05:00")
    assert "still to come" in other.out


def flat(text: str) -> str:
    """The words, without the breaks between them."""
    return " ".join(text.split())


def test_why_of_an_unknown_customer_notice_or_rule_is_said(loaded: Path, run: Run) -> None:
    assert run("why", "C-99").err.startswith("there is no customer 'C-99'; ")
    assert run("why", "--notice", "AAAAA-AAAAA").code == 1
    assert run("why", "C-1", "instalation-reminder").code == 2
    assert run("why").code == 2
    assert run("why", "C-1", "--notice", "AAAAA-AAAAA").code == 2


# -- what failed, and what may have arrived ----------------------------------------------------------------------------


def handed_over(folder: Path, answer: Callable[[sa.Connection, Outgoing, datetime], object]) -> str:
    """After a tick, the SMS of Ana's reminder is handed over with this answer; the notice's reference."""
    now = datetime.fromisoformat(TICK).astimezone(UTC)
    with closing(open_house(folder)) as house:
        evaluate(house.database, house.ruleset, now, live=False)
        with house.writing() as connection:
            leased = leasing.lease_due(connection, Outlet(live=False, channel=ChannelName.SMS), now=now, limit=50)
            (message,) = (each for each in leased if (each.rule, each.recipient_id) == ("installation-reminder", "C-1"))
            answer(connection, message, now)
            for other in leased:
                completion.give_back(connection, other, at=now, reason=None, now=now)
    return message.reference


def without_an_answer(connection: sa.Connection, message: Outgoing, now: datetime) -> None:
    completion.record_unknown(connection, message, reason="no answer", ask_at=now + timedelta(days=1), now=now)


def opted_out(connection: sa.Connection, message: Outgoing, now: datetime) -> None:
    completion.record_failed(connection, message, reason="opted out", decision="SuppressAddress", now=now)


def test_what_may_have_arrived_is_found_and_a_person_says_that_it_did(loaded: Path, run: Run) -> None:
    reference = handed_over(loaded, without_an_answer)
    (found,) = run("notices", "list", "--unknown", "--json").json
    assert found["reference"] == reference
    assert {each["channel"]: (each["state"], each["started_at"]) for each in found["messages"]} == {
        "sms": ("unknown", "2026-03-03T15:00:00Z"),
        "email": ("queued", None),
    }
    for shown in (run("notices", "list", "--unknown"), run("notices", "show", reference)):
        words = " ".join(shown.out.split())
        assert "sms unknown since Tue 2026-03-03 10:00: nobody can say whether the provider has it" in words

    done = run("notices", "arrived", reference, *BY, "--at", LATER)
    assert (done.code, done.out) == (0, f"{reference} counts as told; it is not sent again.\n")
    assert run("notices", "list", "--unknown").out == "No notices.\n"
    assert "marta: say that the sms arrived, agreed on the phone" in run("notices", "show", reference).out


def test_a_person_sends_again_what_did_not_arrive(loaded: Path, run: Run) -> None:
    reference = handed_over(loaded, without_an_answer)
    done = run("notices", "resend", reference, *BY, "--channel", "sms", "--at", LATER)
    assert (done.code, done.out) == (0, f"{reference} is queued again.\n")
    assert run("tick", "--at", LATER).code == 0
    (told,) = run("notices", "list", "--rule", "installation-reminder", "--customer", "C-1", "--json").json
    assert [each["state"] for each in told["messages"]] == ["accepted", "accepted"]


def test_what_nobody_doubts_cannot_be_sent_again(decided: Decided, run: Run) -> None:
    told = decided["installation-reminder", "C-1"]
    for verb in ("arrived", "resend"):
        done = run("notices", verb, told, *BY)
        assert done.code == 1
        assert (
            "and its sms is accepted, its email is accepted; only a message that may or may not have gone out"
            in done.err
        )
    assert (
        "'smss' is no channel (sms, email, whatsapp, chat); did you mean 'sms'?"
        in run("notices", "arrived", told, *BY, "--channel", "smss").usage
    )


def test_a_suppressed_address_is_listed_lifted_and_written_to_again(loaded: Path, run: Run) -> None:
    assert run("suppressions", "list").out == "No suppressed addresses.\n"
    reference = handed_over(loaded, opted_out)
    assert run("suppressions", "list", "--json").json == [
        {
            "channel": "sms",
            "address": "+573001234567",
            "reason": "opted out",
            "since": "2026-03-03T15:00:00Z",
            "notice": reference,
            "recipient": "C-1",
        }
    ]
    shown = run("suppressions", "list").out
    for part in ("+573001234567", "Tue 2026-03-03 10:00", "opted out", reference, "C-1"):
        assert part in shown

    assert run("suppressions", "lift", "+573009999999", *BY).err == (
        "+573009999999 is not suppressed; see notifier suppressions list\n"
    )
    done = run("suppressions", "lift", "+573001234567", *BY, "--at", LATER)
    assert (done.code, done.out) == (
        0,
        "sms may be sent to +573001234567 again; the next tick plans what still helps.\n",
    )
    assert run("suppressions", "list").out == "No suppressed addresses.\n"


def test_why_says_of_what_was_skipped_that_it_came_to_be_too_late(loaded: Path, run: Run) -> None:
    file = loaded / "rules" / "installation.yaml"
    text = file.read_text(encoding="utf-8").replace("born_late: tell", "born_late: skip")
    file.write_text(text, encoding="utf-8")
    near = {"id": "A-9", "customer_id": "C-1", "kind": "installation", "status": "confirmed"}
    load(loaded, run, [{"at": TICK, "set": {"appointment": [near | {"starts_at": "2026-03-04T10:00:00-05:00"}]}}])
    assert run("tick", "--at", LATER).code == 0
    said = " ".join(run("why", "C-1", "installation-reminder", "--at", LATER).out.split())
    assert "appointment A-9" in said
    assert "had passed before it came to be (born_late: tell would tell it)" in said
