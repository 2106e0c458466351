"""A customer, notice, rule, check, owner or promise that is named wrongly is an error that says what was meant."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import TICK, Run, load

BY = ["--by", "marta", "--reason", "a slip"]
NAMESAKE = {
    "at": "2026-03-02T08:30:00-05:00",
    "set": {"customer": [{"id": "C-7", "name": "Ana María Paz", "phone": "+573001234577", "email": "paz@example.com"}]},
}


@pytest.fixture
def reference(ticked: Path, run: Run) -> str:
    """Of the reminder that Ana Ruiz (C-1) was told."""
    load(ticked, run, [NAMESAKE])
    told = run("notices", "list", "--rule", "installation-reminder", "--json").json
    return next(str(each["reference"]) for each in told if each["customer"] == "C-1")


def test_a_caller_is_found_by_what_they_can_say(reference: str, run: Run) -> None:
    for said in (
        "C-1",
        "c-1",
        "ana ruiz",
        "Ruiz, Ána",
        "ruiz",
        "+57 300 123 4567",
        "300 1234567",
        "ANA@example.com",
        reference.lower().replace("-", " "),
    ):
        done = run("notices", "list", "--customer", said, "--json")
        assert {each["customer"] for each in done.json} == {"C-1"}, said
        assert done.err == ("" if said == "C-1" else f"'{said}' is Ana Ruiz (C-1)\n")
    for command in (
        ["why", "ruiz"],
        ["preview", "--customer", "ruiz"],
        ["contradictions", "list", "--customer", "ruiz"],
    ):
        done = run(*command, "--at", TICK)
        assert (done.code, done.err) == (0, "'ruiz' is Ana Ruiz (C-1)\n"), command


def test_several_customers_of_one_name_are_listed(reference: str, run: Run) -> None:
    done = run("why", "ana")

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "'ana' is 2 customers; say which, by id:\n"
        "  C-1  Ana Ruiz  +573001234567  ana@example.com\n"
        "  C-7  Ana María Paz  +573001234577  paz@example.com\n"
    )


def test_an_unknown_customer_is_an_error_wherever_one_is_named(loaded: Path, run: Run) -> None:
    promise = ["--subject", "contract:K-1", "--topic", "monthly_price", "--value", "1", "--source", "sales"]
    for command in (
        ["notices", "list", "--customer", "C-99"],
        ["contradictions", "list", "--customer", "C-99"],
        ["promise", "list", "--customer", "C-99"],
        ["preview", "--customer", "C-99"],
        ["why", "C-99"],
        ["promise", "add", *promise, "--currency", "COP", "--customer", "C-99", *BY],
    ):
        done = run(*command)
        what = "there is no customer 'C-99'; name one by id, name, phone, mail or the reference of a notice\n"
        assert (done.code, done.out, done.err) == (1, "", what), command
    assert run("why", "Ann Ruiz").err == "there is no customer 'Ann Ruiz'; did you mean Ana Ruiz (C-1)?\n"


def test_a_customer_of_whom_only_rows_are_left_is_known(loaded: Path, run: Run) -> None:
    """Their contract came before them, or they were deleted: `why` says what that means."""
    orphan = {"id": "K-9", "customer_id": "C-9", "status": "active"}
    load(loaded, run, [{"at": "2026-03-02T08:30:00-05:00", "set": {"contract": [orphan]}}])

    assert run("notices", "list", "--customer", "C-9").out == "No notices.\n"


def test_an_alert_is_no_notice_to_a_customer(reference: str, run: Run) -> None:
    alert = run("notices", "list", "--alerts", "--json").json[0]

    done = run("why", alert["reference"])

    assert (done.code, done.err) == (
        1,
        f"{alert['reference']} is an alert to the owner {alert['customer']}, not to a customer\n",
    )


def test_an_unknown_reference_is_an_error_wherever_one_is_named(reference: str, run: Run) -> None:
    slip = reference[:-1] + ("0" if reference[-1] != "0" else "1")
    for command in (
        ["notices", "show", slip],
        ["why", "--notice", slip],
        *(["notices", verb, slip, *BY] for verb in ("approve", "release", "cancel", "arrived", "resend")),
    ):
        done = run(*command)
        assert (done.code, done.err) == (1, f"there is no notice {slip}; did you mean '{reference}'?\n"), command


def test_an_unknown_contradiction_promise_address_or_row_is_an_error_with_what_was_meant(
    reference: str, run: Run
) -> None:
    (found,) = run("contradictions", "list", "--json").json
    slip = found["id"][:-1] + ("0" if found["id"][-1] != "0" else "1")
    for command in (["show", slip], *([verb, slip, *BY] for verb in ("ack", "resolve", "waive"))):
        done = run("contradictions", *command)
        assert (done.code, done.err) == (1, f"there is no contradiction {slip}; did you mean '{found['id']}'?\n")
    assert run("promise", "withdraw", "P-11", *BY).err == "there is no promise P-11; did you mean 'P-1'?\n"
    lifted = run("suppressions", "lift", "+573001234567", *BY)
    assert (lifted.code, lifted.err) == (1, "+573001234567 is not suppressed; see notifier suppressions list\n")


def test_an_unknown_rule_check_owner_or_severity_is_an_error_wherever_one_is_named(loaded: Path, run: Run) -> None:
    for command in (
        ["notices", "list", "--rule", "instalation-reminder"],
        ["backlog", "list", "--rule", "instalation-reminder"],
        ["preview", "instalation-reminder"],
        ["why", "C-1", "instalation-reminder"],
    ):
        done = run(*command)
        assert (done.code, done.out) == (2, ""), command
        assert "there is no rule 'instalation-reminder'; did you mean 'installation-reminder'?" in done.usage
    for command in (
        ["backlog", "tell", "instalation-reminder", *BY],
        ["backlog", "drop", "instalation-reminder", *BY],
        ["notices", "approve", "--rule", "instalation-reminder", *BY],
    ):
        done = run(*command)
        assert (done.code, done.err) == (
            1,
            "there is no rule instalation-reminder; did you mean 'installation-reminder'?\n",
        ), command
    for option, wrong, meant in (
        ("--check", "promised-price-vs-biling", "promised-price-vs-billing"),
        ("--owner", "biling", "billing"),
        ("--severity", "hihg", "high"),
    ):
        done = run("contradictions", "list", option, wrong)
        assert done.code == 2
        assert f"there is no {option[2:]} '{wrong}'; did you mean '{meant}'?" in done.usage
    alerts = run("notices", "list", "--alerts", "--customer", "biling")
    assert "there is no owner 'biling'; did you mean 'billing'?" in alerts.usage


def test_a_rule_that_is_set_aside_is_not_unknown(loaded: Path, run: Run) -> None:
    file = loaded / "rules" / "installation.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("appointment.kind ==", "appointment.knd =="), encoding="utf-8"
    )

    for command in (["why", "C-1", "installation-reminder"], ["preview", "installation-reminder"]):
        done = run(*command)
        assert done.code == 1
        assert done.err.endswith(
            "installation-reminder is set aside until its file is mended; see notifier rules check\n"
        )
    assert run("notices", "list", "--rule", "installation-reminder").out == "No notices.\n"


def test_no_open_contradiction_of_a_customer_says_that_settled_ones_exist(
    reference: str, ticked: Path, run: Run
) -> None:
    assert run("contradictions", "list", "--customer", "C-2").out == "No contradictions.\n"
    (found,) = run("contradictions", "list", "--json").json
    assert run("contradictions", "waive", found["id"], *BY, "--at", TICK).code == 0

    done = run("contradictions", "list", "--customer", "C-1")

    assert done.out == "No contradiction is open or acknowledged; 1 waived: --all shows them.\n"
    assert found["id"] in run("contradictions", "list", "--customer", "C-1", "--all").out


def test_promises_are_listed_with_who_said_what_and_with_which_evidence(loaded: Path, run: Run) -> None:
    done = run("promise", "list", "--customer", "ruiz")
    for part in ("P-1", "open", "monthly_price COP 79,900", "contract K-1, C-1", "agent 7", "call 88", "2026-03-01"):
        assert part in done.out
    (document,) = run("promise", "list", "--subject", "contract:K-1", "--json").json
    assert (document["id"], document["value"], document["made_by"]) == ("P-1", "79900", "agent 7")
    assert run("promise", "list", "--customer", "C-2").out == "No promises.\n"
    assert run("promise", "list", "--state", "withdrawn").out == "No promises.\n"
    assert "did you mean 'monthly_price'?" in run("promise", "list", "--topic", "monthly_prise").usage
    assert "did you mean 'contract'?" in run("promise", "list", "--subject", "contrat:K-1").usage


def test_a_promise_about_a_row_that_is_not_there_is_recorded_and_said(loaded: Path, run: Run) -> None:
    promise = [
        "--topic",
        "monthly_price",
        "--value",
        "1",
        "--currency",
        "COP",
        "--source",
        "sales",
        "--customer",
        "ruiz",
    ]

    done = run("promise", "add", "--subject", "contract:K-11", *promise, "--id", "P-2", *BY)

    assert (done.code, done.out) == (0, "Promise P-2 is recorded.\n")
    assert done.err == (
        "'ruiz' is Ana Ruiz (C-1)\n"
        "there is no contract K-11; did you mean 'K-1'?; nothing is compared before it comes\n"
    )
    listed = json.loads(run("promise", "list", "--subject", "contract:K-11", "--json").out)
    assert [each["customer"] for each in listed] == ["C-1"]
