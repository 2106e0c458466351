"""What both databases take is said by the check, and what it lets pass they take."""

from pathlib import Path

import pytest

from notifier.rules.limits import MOST_CHARACTERS, MOST_CONDITIONS, MOST_FOLLOW_UPS, MOST_MOMENTS
from notifier.rules.loader import load_project
from tests.support.rig import FILES, ana, contract, open_rig, visit, write_project

RULE = "rules/visits.yaml"
WHEN = "when: appointment.status == 'confirmed'"
AT = "at: 48h before appointment.starts_at"


def conditions(number: int) -> str:
    return "when: [" + ", ".join(f"\"appointment.place != 'place {each}'\"" for each in range(number)) + "]"


def moments(number: int) -> str:
    return "at: [" + ", ".join(f"{each + 4}h before appointment.starts_at" for each in range(number)) + "]"


def follow_ups(number: int) -> str:
    items = "".join(f"      - {{ when: appointment.place == 'p{each}', tell: nobody }}\n" for each in range(number))
    return f"exit: desk\n    follow_up:\n{items}"


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        (WHEN, conditions(1000), "'when' has 1,000 conditions, 100 are allowed; make it several rules"),
        (AT, moments(25), "'at' has 25 moments, 24 are allowed; make it several rules"),
        ("    exit: desk\n", f"    {follow_ups(51)}", "51 follow-ups, 50 are allowed"),
        (
            WHEN,
            "when: [" + ", ".join([f"\"appointment.place != '{'x' * 3900}'\""] * 6) + "]",
            "its conditions have 23,538 characters together, 20,000 are allowed; make it several rules, or bring a "
            "field of the state that says it",
        ),
        (
            "claims: {",
            "claims: { " + ", ".join(f"c{each}: appointment.starts_at" for each in range(100)) + ", ",
            "101 claims, 100 are allowed; leave some out",
        ),
    ],
)
def test_what_is_too_long_is_said_by_the_check(tmp_path: Path, there: str, instead: str, said: str) -> None:
    write_project(tmp_path, {RULE: FILES[RULE].replace(there, instead, 1)})
    assert [problem.what for problem in load_project(tmp_path).errors] == [said]


def test_a_check_is_held_to_the_same(tmp_path: Path) -> None:
    many = FILES[RULE].replace("when: charge.kind == 'recurring'", f"when: [{'charge.billed, ' * 101}]")
    write_project(tmp_path, {RULE: many})
    assert [problem.what for problem in load_project(tmp_path).errors] == [
        "'when' has 101 conditions, 100 are allowed; make it several rules"
    ]


def test_the_longest_rule_that_the_check_lets_pass_is_evaluated_by_both_databases(
    tmp_path: Path, migrated_url: str
) -> None:
    ors = " or ".join(f"appointment.place == 'p{each}'" for each in range(110)) + " or appointment.place != 'nowhere'"
    some = ", ".join([f'"{ors}"'] * 4)
    longest = (
        FILES[RULE].replace(WHEN, f"{conditions(MOST_CONDITIONS - 4)[:-1]}, {some}]").replace(AT, moments(MOST_MOMENTS))
    )
    longest = longest.replace("    exit: desk\n", f"    {follow_ups(MOST_FOLLOW_UPS)}", 1)
    assert 4 * len(ors) + 96 * 35 > MOST_CHARACTERS - 4_000
    with open_rig(tmp_path, migrated_url) as rig:
        rig.reload({RULE: longest})
        assert rig.ruleset.project.errors == []
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        assert rig.tick(full=True).failures == ()
