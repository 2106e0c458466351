"""`rules test` itself: scenarios that must pass, and scenarios that must fail with a certain text."""

from pathlib import Path

import pytest

from notifier.model.scenario_results import ScenarioResult
from notifier.rules.loader import load_project
from notifier.simulation.scenarios import run_scenarios
from tests.simulation.conftest import Played

STORY = """
scenarios:
  - scenario: a story
    given:
      customer:
        - { id: C-1, name: Ann Lee, locale: en-US, timezone: America/New_York, country: US, phone: '+12125550123',
            email: ann@example.com }
      contract: [{ id: K-1, customer_id: C-1, status: active }]
      appointment:
        - { id: A-1, customer_id: C-1, contract_id: K-1, kind: visit, status: confirmed,
            starts_at: '2026-02-12T10:00:00-05:00' }
    timeline:
"""
"""One visit, whose notice is due at 2026-02-10T10:00:00-05:00."""

CONTRADICTED = """
      - at: 2026-02-09T09:00:00-05:00
        set:
          promise: [{ id: P-1, customer_id: C-1, subject: 'contract:K-1', topic: monthly_price, value: 49.90,
                      currency: USD, made_at: '2026-02-01T10:00:00-05:00', source: sales, made_by: seller 7 }]
          charge: [{ id: X-1, customer_id: C-1, contract_id: K-1, kind: recurring, amount: 69.90, currency: USD,
                     bill_at: '2026-02-20T10:00:00-05:00' }]
"""
"""A promise of 49.90 and a charge of 69.90."""


def entry(at: str, **parts: str) -> str:
    lines = [f"      - at: {at}", *(f"        {key}: {value}" for key, value in parts.items())]
    return "\n".join(lines) + "\n"


DUE = "2026-02-10T10:00:00-05:00"


def only_difference(results: list[ScenarioResult]) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    (result,) = results
    assert not result.passed
    assert result.problems == ()
    (difference,) = result.differences
    return difference.what, difference.expected, difference.got, difference.why


def test_a_scenario_that_goes_as_it_says_passes(played: Played) -> None:
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1, state: told, channels: [sms, email] }], alerts: [] }"
    (result,) = played(STORY + entry(DUE, expect=expect))
    assert result.passed
    assert (result.file, result.name, result.place.line) == ("rules/x.test.yaml", "a story", 3)


def test_a_wrong_text_fails_and_quotes_the_message(played: Played) -> None:
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1, sms_contains: '11:00' }] }"
    what, expected, got, why = only_difference(played(STORY + entry(DUE, expect=expect)))
    assert what == "notices"
    assert expected == "visit-reminder for C-1 with sms_contains 11:00"
    assert got == "visit-reminder for C-1 about appointment:A-1: told on sms, email at 2026-02-10 15:00 UTC"
    assert why[0].startswith("its SMS does not contain '11:00'; it reads: Visit on February 12, 2026, 10:00 AM.")


def test_a_missing_notice_fails_and_says_which_clause_kept_it_back(played: Played) -> None:
    timeline = entry("2026-02-09T10:00:00-05:00", set="{ appointment: [{ id: A-1, status: failed }] }")
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1 }] }"
    _, expected, got, why = only_difference(played(STORY + timeline + entry(DUE, expect=expect)))
    assert (expected, got) == ("visit-reminder for C-1", None)
    assert why == (
        "appointment:A-1 at 2026-02-10 15:00 UTC: `appointment.status in ['initialized', 'confirmed']` is false "
        "(appointment.status = 'failed')",
    )


def test_a_notice_before_its_time_fails_and_says_when_it_comes(played: Played) -> None:
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1 }] }"
    _, _, got, why = only_difference(played(STORY + entry("2026-02-10T09:59:00-05:00", expect=expect)))
    assert got is None
    assert why == (
        "appointment:A-1 at 2026-02-10 14:59 UTC: it speaks from 2026-02-10 15:00 UTC until 2026-02-12 15:00 UTC",
    )


def test_a_notice_of_an_unknown_customer_fails_and_says_so(played: Played) -> None:
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1 }, { rule: visit-reminder, customer: C-9 }] }"
    assert only_difference(played(STORY + entry(DUE, expect=expect)))[3] == ("there is no customer C-9",)


def test_a_notice_that_was_told_before_fails_and_says_when(played: Played) -> None:
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1 }] }"
    timeline = entry(DUE, expect="{ notices: [{ rule: visit-reminder, customer: C-1 }] }")
    timeline += entry("2026-02-11T10:00:00-05:00", expect=expect)
    why = only_difference(played(STORY + timeline))[3]
    assert why[0].startswith("a notice about appointment:A-1 was decided at 2026-02-10 15:00 UTC and is told")


def test_an_unexpected_notice_fails_and_says_why_it_was_told(played: Played) -> None:
    what, expected, got, why = only_difference(played(STORY + entry(DUE, expect="{ notices: [] }")))
    assert (what, expected) == ("notices", None)
    assert got is not None
    assert got.startswith("visit-reminder for C-1 about appointment:A-1: told on sms, email")
    assert len(why) == 1


def test_a_wrong_state_fails_and_gives_the_reason_of_the_verdict(played: Played) -> None:
    timeline = CONTRADICTED + entry(DUE, expect="{ notices: [{ rule: visit-reminder, customer: C-1, state: told }] }")
    why = only_difference(played(STORY + timeline))[3]
    assert len(why) == 1
    assert why[0].startswith("it is held, not told: ")


@pytest.mark.parametrize(
    ("part", "notices"), [("given", "{ rule: visit-reminder, customer: C-1, state: told }"), ("set", "")]
)
def test_the_given_of_a_scenario_was_there_before(played: Played, part: str, notices: str) -> None:
    """Its moment had passed when the story begins. What the story writes then came to be too late."""
    late = "2026-02-11T10:00:00-05:00"
    row = "appointment: [{ id: A-2, customer_id: C-1, contract_id: K-1, kind: visit, status: confirmed, "
    row += "starts_at: '2026-02-12T18:00:00-05:00' }]"
    expect = f"{{ notices: [{notices}] }}"
    story = STORY.replace(STORY[STORY.index("      appointment:") : STORY.index("    timeline:")], "")
    if part == "given":
        story = story.replace("    timeline:", f"      {row}\n    timeline:")
    (result,) = played(story + entry(late, expect=expect, **({"set": f"{{ {row} }}"} if part == "set" else {})))
    assert (result.differences, result.problems) == ((), ())


def test_a_correction_is_no_notice_and_a_follow_up_is_neither(played: Played) -> None:
    timeline = entry(DUE)
    timeline += entry(
        "2026-02-11T10:00:00-05:00",
        set="{ appointment: [{ id: A-1, starts_at: '2026-02-12T15:00:00-05:00' }] }",
        expect="{ notices: [{ rule: visit-reminder, customer: C-1 }], corrections: [], follow_ups: [] }",
    )
    (result,) = played(STORY + timeline)
    assert [(one.what, one.expected is None) for one in result.differences] == [("corrections", True)]
    timeline += entry(
        "2026-02-11T11:00:00-05:00",
        set="{ appointment: [{ id: A-1, status: cancelled }] }",
        expect="{ notices: [], corrections: [], follow_ups: [] }",
    )
    (result,) = played(STORY + timeline)
    assert [one.what for one in result.differences] == ["corrections", "follow_ups"]


@pytest.mark.parametrize(
    ("expect", "what", "why"),
    [
        ("{ contradictions: [] }", "contradictions", ()),
        (
            "{ contradictions: [{ check: price, subject: 'contract:K-1', promised: 49.90, actual: 59.90 }] }",
            "contradictions",
            ("its actual value is 69.9, not 59.9",),
        ),
        (
            "{ contradictions: [{ check: price, subject: 'contract:K-1', state: settled }] }",
            "contradictions",
            ("its state is open, not settled",),
        ),
        ("{ alerts: [] }", "alerts", ()),
        ("{ alerts: [{ owner: field, rule: visit-reminder }] }", "alerts", ("it is about price, not visit-reminder",)),
    ],
)
def test_a_wrong_contradiction_or_alert_fails(played: Played, expect: str, what: str, why: tuple[str, ...]) -> None:
    found = only_difference(played(STORY + CONTRADICTED + f"        expect: {expect}\n"))
    assert found[0] == what
    assert why == () or found[3] == why


def test_an_absent_key_asserts_nothing_but_is_consumed(played: Played) -> None:
    timeline = entry(DUE, expect="{ alerts: [] }") + entry("2026-02-11T10:00:00-05:00", expect="{ notices: [] }")
    (result,) = played(STORY + timeline)
    assert result.passed


def test_what_happens_in_an_entry_without_expect_is_still_to_be_expected(played: Played) -> None:
    timeline = entry(DUE) + entry("2026-02-11T10:00:00-05:00", expect="{ notices: [] }")
    assert only_difference(played(STORY + timeline))[1] is None


def test_rows_are_written_before_others_are_deleted_and_the_tick_sees_both(played: Played) -> None:
    row = "{ id: A-2, customer_id: C-1, kind: visit, status: confirmed, starts_at: '2026-02-12T11:00:00-05:00' }"
    timeline = entry(
        "2026-02-10T09:00:00-05:00",
        set=f"{{ appointment: [{row}] }}",
        delete="{ appointment: [A-1] }",
    )
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1, sms_contains: '11:00' }] }"
    (result,) = played(STORY + timeline + entry("2026-02-12T12:00:00-05:00", expect=expect))
    assert result.passed


def test_a_row_that_cannot_be_read_ends_the_scenario_with_its_place(played: Played) -> None:
    timeline = entry(DUE, set="{ appointment: [{ id: A-1, status: confirmd, starts_at: 'tomorrow' }] }")
    (result,) = played(STORY + timeline)
    assert not result.passed
    found = [str(problem) for problem in result.problems]
    assert found[0].startswith("rules/x.test.yaml:")
    assert any("confirmd" in problem for problem in found)
    assert any("tomorrow" in problem for problem in found)


def test_a_receipt_for_what_nobody_was_told_ends_the_scenario(played: Played) -> None:
    (result,) = played(STORY + entry(DUE, receipts="[{ customer: C-1, channel: sms, state: delivered }]"))
    (problem,) = result.problems
    assert str(problem).endswith("nothing was told to customer C-1 by sms so far")


def test_a_new_row_that_lacks_a_column_ends_the_scenario(played: Played) -> None:
    (result,) = played(STORY + entry(DUE, set="{ appointment: [{ id: A-9, status: confirmed }] }"))
    assert "A-9" in str(result.problems[0])
    assert "starts_at" in str(result.problems[0])


def test_a_file_that_cannot_be_read_is_one_failure_and_the_others_are_played(folder: Path) -> None:
    good = folder / "rules" / "good.test.yaml"
    good.write_text(STORY + entry(DUE))
    bad = folder / "rules" / "bad.test.yaml"
    bad.write_text("scenarios:\n  - scenari: a slip\n    timeline: []\n")
    results = list(run_scenarios(load_project(folder)))
    assert [(result.file, result.passed) for result in results] == [
        ("rules/bad.test.yaml", False),
        ("rules/good.test.yaml", True),
    ]
    assert "scenari" in str(results[0].problems[0])


def test_only_the_rules_that_the_scenario_names_are_in_force(played: Played) -> None:
    story = STORY.replace("    given:", "    rules: [price.yaml]\n    given:")
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1 }] }"
    assert only_difference(played(story + entry(DUE, expect=expect)))[3] == (
        "rule visit-reminder is not in force here; the scenario's `rules` name the files that are",
    )


def test_only_scenarios_whose_name_contains_the_words_are_played(played: Played) -> None:
    assert played(STORY + entry(DUE), only="another") == []
    assert [result.name for result in played(STORY + entry(DUE), only="A STORY")] == ["a story"]


def test_a_notice_that_is_cancelled_and_then_wanted_again_is_decided_again(played: Played) -> None:
    """Due at seven in the morning, before people may be disturbed."""
    timeline = entry(
        "2026-02-10T07:00:00-05:00",
        set="{ appointment: [{ id: A-1, starts_at: '2026-02-12T07:00:00-05:00' }] }",
        expect="{ notices: [{ rule: visit-reminder, customer: C-1, state: deferred, reason: quiet_hours }] }",
    )
    timeline += entry(
        "2026-02-10T07:20:00-05:00",
        set="{ appointment: [{ id: A-1, status: cancelled }] }",
        expect="{ notices: [{ rule: visit-reminder, customer: C-1, state: cancelled }], follow_ups: [] }",
    )
    timeline += entry(
        "2026-02-10T07:40:00-05:00",
        set="{ appointment: [{ id: A-1, status: confirmed }] }",
        expect="{ notices: [{ rule: visit-reminder, customer: C-1, state: deferred }] }",
    )
    timeline += entry(
        "2026-02-10T08:00:00-05:00", expect="{ notices: [{ rule: visit-reminder, customer: C-1, state: told }] }"
    )
    (result,) = played(STORY + timeline)
    assert result.differences == ()
    assert result.passed


def test_a_customer_without_any_row_of_the_rule_is_told_nothing_and_the_failure_says_so(played: Played) -> None:
    other = "        - { id: C-2, name: Bo Chen, locale: en-US, timezone: America/New_York, phone: '+12125550124' }\n"
    story = STORY.replace("      contract:", f"{other}      contract:")
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1 }, { rule: visit-reminder, customer: C-2 }] }"
    assert only_difference(played(story + entry(DUE, expect=expect)))[3] == ("no appointment leads the rule to C-2",)


def test_two_rows_of_one_id_that_do_not_agree_are_told_with_their_lines(played: Played) -> None:
    again = "        - { id: C-1, name: Ann Bly, country: US }\n      contract:"
    (result,) = played(STORY.replace("      contract:", again, 1) + entry(DUE, expect="{ notices: [] }"))
    assert [str(problem).split(":", 3)[1:] for problem in result.problems] == [
        ["8", "28", " name: 'Ann Bly', but line 6 says 'Ann Lee' of the same customer; leave one of them"]
    ]


def test_two_rows_of_one_id_that_agree_are_one_row(played: Played) -> None:
    again = "        - { id: C-1, timezone: America/New_York, country: null }\n      contract:"
    expect = "{ notices: [{ rule: visit-reminder, customer: C-1, state: told, channels: [sms, email] }], alerts: [] }"
    (result,) = played(STORY.replace("      contract:", again, 1) + entry(DUE, expect=expect))
    assert result.passed
