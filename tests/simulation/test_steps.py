"""The steps of a timeline beside its rows: decisions, opt-outs, edits, and what befalls the daemon."""

from pathlib import Path

import pytest

from notifier.rules.loader import load_project
from notifier.simulation.scenarios import run_scenarios
from tests.simulation.conftest import Played
from tests.simulation.test_scenarios import CONTRADICTED, DUE, STORY, entry, only_difference

SOON = "2026-02-10T10:30:00-05:00"
LATER = "2026-02-10T12:00:00-05:00"
LATEST = "2026-02-11T10:00:00-05:00"
TOLD = "{ notices: [{ rule: visit-reminder, customer: C-1, state: told }] }"
HELD = "{ notices: [{ rule: visit-reminder, customer: C-1, state: held }] }"
NOTHING = "{ notices: [], corrections: [], follow_ups: [] }"
OF_NOTICE = "rule: visit-reminder, customer: C-1"
OF_PRICE = "check: price, subject: 'contract:K-1'"


def holds(played: Played, timeline: str) -> None:
    (result,) = played(STORY + timeline)
    assert [str(problem) for problem in result.problems] == []
    assert result.differences == ()


def problem(played: Played, timeline: str) -> str:
    (result,) = played(STORY + timeline)
    (found,) = result.problems
    return str(found)


def test_a_released_notice_is_told_and_the_decision_has_a_name(played: Played) -> None:
    release = f"[{{ do: release, {OF_NOTICE}, by: marta, reason: the price is right }}]"
    holds(played, CONTRADICTED + entry(DUE, expect=HELD) + entry(LATER, decide=release, expect=TOLD))


def test_a_cancelled_notice_is_never_told(played: Played) -> None:
    cancel = f"{{ do: cancel, {OF_NOTICE} }}"
    timeline = CONTRADICTED + entry(DUE, expect=HELD) + entry(LATER, decide=cancel)
    timeline += entry(
        LATEST, delete="{ promise: [P-1] }", expect=f"{{ notices: [{{ {OF_NOTICE}, state: cancelled }}] }}"
    )
    holds(played, timeline)


def test_a_decision_is_refused_as_the_command_refuses_it(played: Played) -> None:
    approve = f"{{ do: approve, {OF_NOTICE}"
    timeline = CONTRADICTED + entry(DUE, expect=HELD)
    refused = timeline + entry(LATER, decide=f"{approve}, refused: only a notice that waits for an approval }}")
    holds(played, refused)
    assert "it is refused: " in problem(played, timeline + entry(LATER, decide=f"{approve} }}"))
    other = problem(played, timeline + entry(LATER, decide=f"{approve}, refused: in other words }}"))
    assert "it is refused, but not with 'in other words': " in other
    going = entry(LATER, decide=f"{{ do: release, {OF_NOTICE}, refused: never }}")
    assert problem(played, timeline + going).endswith("it is not refused; 'never' was to be said")


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        ("do: ack", "acknowledged"),
        ("do: waive", "waived"),
        ("do: waive, until: 2026-02-10T11:00:00-05:00", "waived"),
        ("do: honour, owner: field, until: 2026-02-10T13:00:00-05:00, credit: 20 USD", "acknowledged"),
        ("do: withdraw, evidence: the recording", "settled"),
    ],
)
def test_people_decide_about_a_contradiction(played: Played, decision: str, state: str) -> None:
    decide = f"{{ {decision}, {OF_PRICE} }}"
    expect = f"{{ contradictions: [{{ {OF_PRICE}, state: {state} }}] }}"
    found = entry("2026-02-09T10:00:00-05:00", decide=decide, expect=expect)
    holds(
        played,
        CONTRADICTED + "        expect: { contradictions: [{ check: price, subject: 'contract:K-1' }] }\n" + found,
    )


def test_a_contradiction_that_still_disagrees_is_not_resolved(played: Played) -> None:
    resolve = f"{{ do: resolve, {OF_PRICE}, refused: cannot be resolved yet }}"
    holds(played, CONTRADICTED + entry(DUE, decide=resolve))
    agree = f"{{ do: agree, {OF_PRICE}, refused: no settling of }}"
    holds(played, CONTRADICTED + entry(DUE, decide=agree))
    tell = f"{{ do: tell, {OF_PRICE}, remedy: a credit, next: it comes, refused: no rule speaks about an admission }}"
    holds(played, CONTRADICTED + entry(DUE, decide=tell))


def test_what_nobody_decided_or_found_cannot_be_decided_about(played: Played) -> None:
    early = entry("2026-02-09T10:00:00-05:00", decide=f"{{ do: release, {OF_NOTICE} }}")
    assert problem(played, early).endswith("nothing of rule visit-reminder was decided for customer C-1 so far")
    early = entry("2026-02-09T10:00:00-05:00", decide=f"{{ do: ack, {OF_PRICE} }}")
    assert problem(played, early).endswith("check price found nothing about contract:K-1 so far")


def test_who_opted_out_by_sms_is_told_by_mail_alone(played: Played) -> None:
    stop = entry("2026-02-09T10:00:00-05:00", opt_out="{ customer: C-1, channel: sms }")
    by_mail = "{ notices: [{ rule: visit-reminder, customer: C-1, state: told, channels: email }] }"
    holds(played, stop + entry(DUE, expect=by_mail))


def test_who_follows_the_link_of_a_mail_gets_none_any_more(played: Played) -> None:
    other = "set: '{ appointment: [{ id: A-2, customer_id: C-1, contract_id: K-1, kind: visit, status: confirmed, "
    row = other.removeprefix("set: '") + "starts_at: '2026-02-13T12:00:00-05:00' }] }"
    by_sms = "{ notices: [{ rule: visit-reminder, customer: C-1, state: told, channels: sms }] }"
    timeline = entry(DUE, expect=TOLD) + entry(SOON, opt_out="[{ customer: C-1, channel: email }]")
    holds(played, timeline + entry(LATER, set=row) + entry("2026-02-11T13:00:00-05:00", expect=by_sms))
    early = entry("2026-02-09T10:00:00-05:00", opt_out="{ customer: C-1, channel: email }")
    assert problem(played, early).endswith("no mail with a link to unsubscribe was told to customer C-1 so far")


def test_an_edited_rule_or_text_holds_from_then_on(played: Played) -> None:
    text = "{ file: templates/visit/sms.en.txt.j2, replace: Visit on, with: We come on }"
    rule = "{ file: rules/visit.yaml, replace: 48h before, with: 47h before }"
    said = "{ notices: [{ rule: visit-reminder, customer: C-1, sms_contains: We come on, sms_lacks: Visit on }] }"
    edited = entry("2026-02-09T10:00:00-05:00", rule_edit=f"[{text}, {rule}]")
    holds(played, edited + entry(SOON, expect=NOTHING) + entry(LATER, expect=said))


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        ("replace: visit, with: x", "'visit' stands 3 times in rules/visit.yaml; give more of the text around it"),
        ("replace: 48h befor appointment.starts_a", "does not stand in rules/visit.yaml; did you mean"),
        ("replace: owner: field, with: 'owner: feld'", "the edit leaves an error, and would not come into force: "),
    ],
)
def test_an_edit_that_cannot_be_made_ends_the_scenario(played: Played, edit: str, what: str) -> None:
    quoted = edit.replace("owner: field,", "'owner: field',", 1)
    assert what in problem(played, entry(DUE, rule_edit=f"{{ file: rules/visit.yaml, {quoted} }}"))


def test_a_restart_tells_nothing_twice_and_forgets_nothing(played: Played) -> None:
    timeline = entry(DUE, expect=TOLD) + entry(SOON, restart="true", expect=NOTHING)
    moved = entry(
        LATER,
        set="{ appointment: [{ id: A-1, starts_at: '2026-02-12T15:00:00-05:00' }] }",
        expect="{ notices: [], corrections: [{ rule: visit-reminder, customer: C-1, state: told }] }",
    )
    holds(played, timeline + moved)


def test_what_falls_due_while_the_daemon_is_off_is_told_when_it_is_back(played: Played) -> None:
    off = entry("2026-02-10T09:00:00-05:00", down_until="'2026-02-10T11:00:00-05:00'")
    holds(played, off + entry(SOON, expect=NOTHING) + entry(LATER, expect=TOLD))
    cancelled = "{ appointment: [{ id: A-1, status: cancelled }] }"
    holds(played, off + entry(SOON, set=cancelled) + entry(LATER, expect=NOTHING))


def test_a_clock_that_is_ahead_speaks_early_and_once(played: Played) -> None:
    ahead = entry("2026-02-10T08:00:00-05:00", clock_skew="2h", expect=TOLD)
    holds(played, ahead + entry("2026-02-10T09:00:00-05:00", clock_skew="0s") + entry(LATER, expect=NOTHING))
    behind = entry("2026-02-10T08:00:00-05:00", clock_skew="-2h")
    holds(played, behind + entry("2026-02-10T11:59:00-05:00", expect=NOTHING) + entry(LATER, expect=TOLD))


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ("decide: { do: aprove }", "unknown do 'aprove'; did you mean 'approve'?"),
        ("decide: { do: release, rule: visit-reminder }", "'release' is about a notice: say its rule and its customer"),
        (
            "decide: { do: waive, check: price, subject: 'contract:K-1', owner: field }",
            "'owner' says nothing of 'waive'",
        ),
        ("decide: { do: honour, check: price, subject: 'contract:K-1', owner: field }", "'honour' needs 'until'"),
        ("decide: { do: release, rule: visit-remindr, customer: C-1 }", "did you mean 'visit-reminder'?"),
        ("rule_edit: { file: rules/vist.yaml, replace: a, with: b }", "did you mean 'rules/visit.yaml'?"),
        ("clock_skew: 2 hours", "'2 hours' is not a duration"),
        ("clock_skew: 400d", "'400d' is more than a year"),
        ("down_until: '2026-02-10T09:00:00-05:00'", "'down_until' is not after 'at'"),
        ("opt_out: { customer: C-1, channel: chat }", "unknown channel 'chat'"),
        ("expect: { notices: [{ rule: visit-remindr, customer: C-1 }] }", "did you mean 'visit-reminder'?"),
    ],
)
def test_a_step_that_cannot_be_read_says_so_with_its_place(folder: Path, part: str, what: str) -> None:
    path = folder / "rules" / "x.test.yaml"
    key, _, value = part.partition(": ")
    path.write_text(STORY + entry(DUE, **{key: value}))
    (result,) = run_scenarios(load_project(folder), [path])
    found = [str(each) for each in result.problems]
    assert any(what in each for each in found), found
    assert all(each.startswith("rules/x.test.yaml:") for each in found)


def test_a_difference_names_the_claim_behind_the_text(played: Played) -> None:
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1, sms_contains: 'February 12, 2026, 11:00 AM' }] }"
    why = only_difference(played(STORY + entry(DUE, expect=expect)))[3]
    assert why[1] == (
        "'February 12, 2026, 11:00 AM' looks like the claim starts_at, which its SMS prints as "
        "'February 12, 2026, 10:00 AM'"
    )


def test_a_text_that_must_not_be_there_is_quoted_with_its_claim(played: Played) -> None:
    expect = f"{{ notices: [{{ {OF_NOTICE}, sms_lacks: [Visit, '10:00'], email_lacks: nowhere }}] }}"
    why = only_difference(played(STORY + entry(DUE, expect=expect)))[3]
    assert why[0].startswith("its SMS contains 'Visit': Visit on February 12, 2026")
    assert why[1].startswith("its SMS contains '10:00': Visit on February 12, 2026, 10:00 AM.")
    assert why[2:] == ("'10:00' comes from the claim starts_at",)


def test_debug_says_how_everything_stood_at_the_first_difference(folder: Path) -> None:
    path = folder / "rules" / "x.test.yaml"
    path.write_text(STORY + CONTRADICTED + entry(DUE, expect="{ notices: [] }"))
    (result,) = run_scenarios(load_project(folder), [path], debug=True)
    assert any(line.startswith("appointment:A-1  customer_id 'C-1', ") for line in result.state)
    assert any(
        line.startswith("notice ") and "visit-reminder for C-1" in line and ", held since" in line
        for line in result.state
    )
    assert any(line.startswith("contradiction X-") and "price on contract:K-1, open: " in line for line in result.state)
    (result,) = run_scenarios(load_project(folder), [path])
    assert result.state == ()


def test_a_second_person_agrees_to_what_one_may_not_give_alone(folder: Path, played: Played) -> None:
    (folder / "rules" / "authority.yaml").write_text("authority: [{ credit: 50 USD, needs: second }]\n")
    causes = "causes: { price-list: { about: an old list, owner: field } }\n"
    (folder / "rules" / "causes.yaml").write_text(causes)
    given = f"{OF_PRICE}, evidence: the recording, credit: 20 USD"
    settle = f"{{ do: withdraw, {given}, by: marta, cause: price-list, action: it is checked }}"
    without = f"{{ do: withdraw, {given}, refused: say what caused it }}"
    mine = f"{{ do: agree, {OF_PRICE}, by: marta, refused: marta proposed it }}"
    agree = f"{{ do: agree, {OF_PRICE}, by: luisa }}"
    opened = "        expect: { contradictions: [{ check: price, subject: 'contract:K-1' }] }\n"
    waits = f"{{ contradictions: [{{ {OF_PRICE}, state: acknowledged }}] }}"
    over = f"{{ contradictions: [{{ {OF_PRICE}, state: settled }}] }}"
    timeline = CONTRADICTED + opened + entry("2026-02-09T10:00:00-05:00", decide=f"[{without}, {settle}]", expect=waits)
    holds(played, timeline + entry("2026-02-09T11:00:00-05:00", decide=f"[{mine}, {agree}]", expect=over))


def test_who_decides_and_why_is_kept_and_has_a_default(folder: Path) -> None:
    path = folder / "rules" / "x.test.yaml"
    for given, kept in (
        ("", "cancelled by somebody: a story"),
        (", by: marta, reason: a slip", "cancelled by marta: a slip"),
    ):
        cancel = f"{{ do: cancel, {OF_NOTICE}{given} }}"
        path.write_text(STORY + CONTRADICTED + entry(DUE) + entry(LATER, decide=cancel, expect="{ alerts: [] }"))
        (result,) = run_scenarios(load_project(folder), [path], debug=True)
        assert any(kept in line for line in result.state)


def test_an_edit_without_a_new_text_takes_the_old_one_out(played: Played) -> None:
    edit = "{ file: templates/visit/sms.en.txt.j2, replace: 'Visit on ' }"
    said = f"{{ notices: [{{ {OF_NOTICE}, sms_lacks: Visit }}] }}"
    holds(played, entry("2026-02-09T10:00:00-05:00", rule_edit=edit) + entry(DUE, expect=said))
