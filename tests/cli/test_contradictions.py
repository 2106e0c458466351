"""`notifier contradictions`: what is open, and what people decide about it."""

from pathlib import Path

import pytest

from tests.cli.conftest import TICK, Run, load, rows_of

BY = ["--by", "marta", "--reason", "billing corrects it"]


@pytest.fixture
def opened(ticked: Path, run: Run) -> str:
    """The id of the open price contradiction, after a tick."""
    return str(run("contradictions", "list", "--json").json[0]["id"])


def test_list_shows_what_is_open_and_fail_tells_it_by_exit_code(opened: str, run: Run) -> None:
    done = run("contradictions", "list", "--fail", "--at", TICK)

    assert done.code == 1
    assert opened in done.out
    assert "COP 111,860 (+40 %)" in done.out
    assert "2 days 20 h left" in done.out


def test_json_has_the_keys_of_the_contract(opened: str, run: Run) -> None:
    (found,) = run("contradictions", "list", "--json").json

    contract = {"id", "check", "subject", "customer", "topic", "promised", "actual", "promised_by", "surfaces_at"}
    assert contract | {"owner", "severity", "state"} <= found.keys()
    assert (found["promised"], found["actual"], found["promised_by"]) == ("79900", "111860", "agent 7")
    assert found["surfaces_at"] == "2026-03-06T11:00:00Z"


def test_show_names_both_sides_the_evidence_and_the_notice_it_holds(opened: str, run: Run) -> None:
    done = run("contradictions", "show", opened.lower().replace("-", " "), "--at", TICK)

    assert done.code == 0
    for part in ("COP 79,900", "COP 111,860 (+40 %)", "call 88", "Facturación (billing)", "bill-is-ready for Ana Ruiz"):
        assert part in done.out


def test_an_acknowledged_one_no_longer_fails_the_list_but_still_holds(opened: str, run: Run) -> None:
    done = run("contradictions", "ack", opened, *BY)

    assert (done.code, done.out.strip()) == (0, f"{opened} is acknowledged: acknowledge by marta: billing corrects it")
    assert run("contradictions", "list", "--fail").code == 0
    assert run("notices", "list", "--state", "held", "--json").json[0]["contradictions"] == [opened]


def test_resolve_is_refused_while_the_facts_disagree_and_nothing_is_written(
    opened: str, run: Run, ticked: Path
) -> None:
    before = rows_of(ticked)

    done = run("contradictions", "resolve", opened, *BY, "--at", "2026-03-03T12:00:00-05:00")

    assert done.code == 1
    assert "cannot be resolved yet" in done.err
    assert "--keep fact" in done.err
    assert rows_of(ticked) == before


def test_resolve_keeping_the_fact_withdraws_the_promise_and_frees_the_bill(opened: str, run: Run) -> None:
    at = "2026-03-03T12:00:00-05:00"
    assert run("contradictions", "resolve", opened, "--keep", "fact", *BY, "--at", at).code == 0
    assert run("tick", "--at", at).code == 0

    (bill,) = run("notices", "list", "--rule", "bill-is-ready", "--json").json
    assert bill["state"] == "told"
    shown = run("contradictions", "show", opened, "--json").json
    assert shown["state"] == "settled"
    assert shown["interventions"][0]["by"] == "marta"


def test_waive_accepts_just_this_difference(opened: str, run: Run, ticked: Path) -> None:
    assert run("contradictions", "waive", opened, *BY, "--at", "2026-03-03T12:00:00-05:00").code == 0
    assert run("contradictions", "list", "--json").json == []

    raised = {"charge": [{"id": "X-1", "amount": 120000, "currency": "COP"}]}
    load(ticked, run, [{"at": "2026-03-03T13:00:00-05:00", "set": raised}])
    assert run("tick", "--at", "2026-03-03T13:00:00-05:00").code == 0
    (again,) = run("contradictions", "list", "--json").json
    assert (again["id"], again["state"], again["actual"]) == (opened, "open", "120000")


def test_the_end_of_a_waiver_is_said_in_the_zone_of_its_owner(opened: str, run: Run) -> None:
    at = ("--at", "2026-03-03T12:00:00-05:00")
    over = run("contradictions", "waive", opened, *BY, "--until", "2026-03-03T16:00:00Z", *at)
    assert "--until 2026-03-03 11:00 America/Bogota is over already" in over.err
    done = run("contradictions", "waive", opened, *BY, "--until", "2026-03-04T15:00:00Z", *at)
    assert done.out.startswith(f"{opened} is waived until 2026-03-04 10:00 America/Bogota: waive by marta: ")


def test_when_a_customer_found_out_is_said_in_the_zone_of_the_project(opened: str, run: Run) -> None:
    assert run("tick", "--at", "2026-03-30T12:00:00-05:00").code == 0
    shown = run("contradictions", "show", opened).out
    assert "because it surfaced at Fri 2026-03-06 06:00: " in " ".join(shown.replace("┃", " ").split())
    assert "UTC" not in shown


def test_every_change_asks_who_and_why(opened: str, run: Run, ticked: Path) -> None:
    before = rows_of(ticked)
    for verb in ("ack", "resolve", "waive"):
        assert run("contradictions", verb, opened, "--by", "marta").code == 2
        assert run("contradictions", verb, opened, "--reason", "because").code == 2
        empty = run("contradictions", verb, opened, "--by", "marta", "--reason", " ", "--keep", "fact")
        assert empty.code in (1, 2)
    assert rows_of(ticked) == before


def test_an_unknown_id_and_an_unknown_state_are_said_with_a_remedy(loaded: Path, run: Run) -> None:
    missing = run("contradictions", "show", "X-00000-00000")
    state = run("contradictions", "list", "--state", "opne")

    assert (missing.code, missing.err) == (
        1,
        "there is no contradiction X-00000-00000; see notifier contradictions list --all\n",
    )
    assert state.code == 2
    assert "did you mean 'open'?" in state.usage


def settling(opened: str, *more: str) -> list[str]:
    honour = ["--honour", "--owner", "billing", "--until", "2026-03-04T12:00:00-05:00"]
    return ["contradictions", "settle", opened, *honour, *BY, "--at", "2026-03-03T12:00:00-05:00", *more]


def test_no_credit_is_given_while_the_file_of_its_limits_has_an_error(opened: str, run: Run, ticked: Path) -> None:
    (ticked / "rules" / "authority.yaml").write_text("authority: [{ alone: 20000 COP }]\n", encoding="utf-8")
    before = rows_of(ticked)

    done = run(*settling(opened, "--credit", "900000 COP"))
    approved = run("contradictions", "approve", opened, *BY)

    assert (done.code, approved.code) == (1, 1)
    for said in (done.err, approved.err):
        assert "rules/authority.yaml:1:" in said
        assert "unknown key 'alone'" in said
    assert rows_of(ticked) == before
    assert run(*settling(opened)).code == 0, "what gives nothing needs no limits"


def test_whoever_corrects_the_fact_reads_by_when_in_their_own_zone(opened: str, run: Run) -> None:
    done = run(*settling(opened))

    assert done.code == 0
    assert "billing corrects the fact until 2026-03-04 12:00 America/Bogota" in " ".join(done.out.split())


def test_nothing_is_closed_while_the_file_of_causes_has_an_error(opened: str, run: Run, ticked: Path) -> None:
    (ticked / "rules" / "causes.yaml").write_text("causes: [\n", encoding="utf-8")
    before = rows_of(ticked)

    for done in (run(*settling(opened)), run("contradictions", "resolve", opened, *BY, "--keep", "fact")):
        assert done.code == 1
        assert "rules/causes.yaml:" in done.err
    assert rows_of(ticked) == before


def test_how_it_came_about_names_the_command_that_was_typed(opened: str, run: Run) -> None:
    assert (
        run("contradictions", "resolve", opened, *BY, "--keep", "fact", "--at", "2026-03-03T12:00:00-05:00").code == 0
    )

    said = run("contradictions", "explain", opened).out
    assert "notifier contradictions resolve, marta" in said
    assert "promise withdraw" not in said
