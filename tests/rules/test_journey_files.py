"""The map of the journey, as the project's file says it: each foreseen failure has an answer, and names that exist."""

from pathlib import Path

import pytest

from notifier.rules.checked import Project
from notifier.rules.lint import lint
from notifier.rules.loader import load_project
from tests.rules.projects import write

REASONS = """
reasons:
  order-late: { object: pedido, step: el día prometido, failure: no ha llegado a tiempo, owner: billing }
  order-where: { object: pedido, step: en camino, failure: no sabe dónde va, owner: billing }
"""
MAP = """
stages: { buying: Al comprar, receiving: Hasta recibirlo }
touchpoints:
  delivery:
    name: The parcel
    stage: receiving
    owner: billing
    systems: [warehouse, carrier]
    topics: [monthly_price]
    foreseen:
      - { failure: it comes late, severity: 4, reasons: [order-late, order-where], rule: good, check: [good-price] }
      - { failure: it is wet, severity: 2, accepted: because it hardly ever rains }
  shop: { stage: buying, owner: billing, nothing_foreseen: porque aquí nadie compra todavía }
"""


def loaded(folder: Path, text: str) -> Project:
    write(folder, "rules/reasons.yaml", REASONS)
    write(folder, "rules/journey.yaml", text)
    return load_project(folder)


def problems(folder: Path, text: str) -> list[str]:
    return [str(problem).removeprefix("rules/journey.yaml:") for problem in loaded(folder, text).map_problems]


def failure(keys: str) -> str:
    return f"touchpoints:\n  delivery:\n    owner: billing\n    foreseen:\n      - {{ {keys} }}\n"


def test_a_map_has_stages_touchpoints_and_what_may_fail_with_what_is_done_about_it(folder: Path) -> None:
    project = loaded(folder, MAP)
    assert (project.problems, project.map_problems) == ((), ())
    assert project.journey is not None
    assert list(project.journey.stages) == ["buying", "receiving"]
    shop, delivery = project.journey.in_order()
    assert (shop.id, shop.name, shop.nothing_foreseen) == ("shop", "shop", "porque aquí nadie compra todavía")
    assert (delivery.name, delivery.owner, delivery.systems) == ("The parcel", "billing", ("warehouse", "carrier"))
    assert delivery.topics == ("monthly_price",)
    late, wet = delivery.foreseen
    assert (late.severity, late.reasons, late.rules, late.checks) == (
        4,
        ("order-late", "order-where"),
        ("good",),
        ("good-price",),
    )
    assert wet.accepted == "because it hardly ever rains"
    assert project.journey.of_reason("order-where") == (delivery, late)
    assert project.journey.of_reason("thanks") is None
    assert not [problem for problem in lint(project) if problem.place.file == "rules/journey.yaml"]


def test_a_failure_with_neither_rule_nor_check_nor_reason_why_is_refused_with_place_fact_and_remedy(
    folder: Path,
) -> None:
    assert problems(folder, failure("failure: it comes late, severity: 4")) == [
        "5:9: nothing is done about 'it comes late' at 'delivery'; name a rule that tells, a check that finds it, or "
        "say accepted: because …"
    ]


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("rule: god", "5:54: unknown rule 'god'; did you mean 'good'?"),
        ("check: good-prize", "5:55: unknown check 'good-prize'; did you mean 'good-price'?"),
        ("rule: good, reasons: order-lat", "5:69: unknown reason 'order-lat'; did you mean 'order-late'?"),
        (
            "accepted: yes it is",
            "5:58: 'yes it is' does not say why it is accepted; write accepted: because …, in three words or more",
        ),
        (
            "accepted: because so",
            "5:58: 'because so' does not say why it is accepted; write accepted: because …, in three words or more",
        ),
        (
            "rule: good, accepted: because it never comes early",
            "5:60: 'it comes late' is accepted, and has a rule; remove one of both",
        ),
    ],
)
def test_what_a_failure_names_exists_and_says_one_thing(folder: Path, keys: str, problem: str) -> None:
    assert problems(folder, failure(f"failure: it comes late, severity: 4, {keys}")) == [problem]


def test_a_severity_goes_from_1_to_5_and_a_reason_stands_at_one_failure(folder: Path) -> None:
    text = MAP.replace("severity: 4", "severity: 6").replace("severity: 2,", "severity: 2, reasons: order-late,")
    assert problems(folder, text) == [
        "11:35: severity is 6; it goes from 1 (a nuisance) to 5 (the worst)",
        "12:53: the reason 'order-late' is at 'it comes late' on line 11 already, and would count twice; leave it at "
        "one failure",
    ]


def test_owners_stages_and_contradictory_touchpoints_are_refused_all_at_once(folder: Path) -> None:
    text = """
stages: { buying: Al comprar }
touchpoints:
  delivery: { stage: byuing, owner: biling, topics: monthly_prise }
  shop: { owner: billing, nothing_foreseen: because nobody goes there, foreseen: {failure: x, severity: 1, rule: good}}
  door: { stage: buying, foreseen: { failure: locked, severity: 2, rule: good } }
"""
    assert problems(folder, text) == [
        "4:22: unknown stage 'byuing'; did you mean 'buying'?",
        "4:37: unknown owner 'biling'; did you mean 'billing'?",
        "4:53: unknown topic 'monthly_prise'; did you mean 'monthly_price'?",
        "5:3: 'shop' is in no stage; give it one of buying",
        "5:27: 'shop' has foreseen failures, and says that there are none; remove one of both",
        "6:3: nobody answers for 'door', where something is foreseen to fail; give it an owner",
    ]


def test_an_error_in_the_map_is_one_of_rules_check_and_sets_nothing_aside(folder: Path) -> None:
    project = loaded(folder, failure("failure: it comes late, severity: 4"))
    assert (project.problems, project.has_errors, len(project.map_problems)) == ((), False, 1)
    assert project.map_problems[0] in lint(project)


def test_a_point_without_owner_or_failures_and_a_failure_that_only_shadow_answers_are_warned_of(folder: Path) -> None:
    rule = (folder / "rules" / "good.yaml").read_text(encoding="utf-8")
    write(folder, "rules/good.yaml", rule.replace("owner: field\n", "owner: field\n    mode: shadow\n"))
    text = failure("failure: it comes late, severity: 4, rule: good") + "  visit:\n"
    project = loaded(folder, text)
    assert (project.problems, project.map_problems) == ((), ())
    assert [str(problem) for problem in lint(project) if problem.place.file == "rules/journey.yaml"] == [
        "rules/journey.yaml:5:9: warning: 'it comes late' has no rule but in shadow (good), which tells nobody: "
        "nothing is done about it yet",
        "rules/journey.yaml:6:3: warning: 'visit': nobody answers for it: give it an owner; nothing is foreseen to "
        "fail there: say what may, under foreseen, or nothing_foreseen: because …",
    ]
