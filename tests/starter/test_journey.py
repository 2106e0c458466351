"""The map of a new project says of the shipped one what its own rules and checks answer, in its language."""

import re

import pytest

from notifier.rules import catalogue
from notifier.rules.loader import load_project
from notifier.rules.shipped import shipped
from notifier.rules.yaml_nodes import plain
from notifier.rules.yaml_reader import read_yaml
from notifier.starter.journey import _english, journey_text
from notifier.starter.packs import files_of, packs


def test_every_text_of_the_shipped_map_has_its_english_and_no_other_has() -> None:
    node = read_yaml((shipped() / catalogue.JOURNEY).read_bytes(), catalogue.JOURNEY)
    assert node is not None
    document = plain(node)
    assert isinstance(document, dict)
    texts = set(document["stages"].values())
    for touchpoint in document["touchpoints"].values():
        systems = touchpoint["systems"]
        texts |= {touchpoint["name"], *(systems if isinstance(systems, list) else [systems])}
        for failure in touchpoint["foreseen"]:
            texts |= {failure["failure"], *([failure["accepted"]] if "accepted" in failure else [])}
    assert set(_english()) == texts


@pytest.mark.parametrize("pack", packs())
def test_a_pack_has_a_map_of_what_it_answers_and_of_nothing_else(pack: str) -> None:
    files = files_of([pack])
    names = {name for file in files if file.is_rules for name in re.findall(r"- (?:rule|check): (\S+)", file.content)}
    text = journey_text(files, ["delivery_date"], packs()[pack].reasons, "en")
    node = read_yaml(text.encode(), catalogue.JOURNEY)
    assert node is not None
    document = plain(node)
    assert isinstance(document, dict)
    failures = [failure for point in document["touchpoints"].values() for failure in point.get("foreseen", ())]
    answers = [failure[key] for failure in failures for key in ("rule", "check") if key in failure]
    named = {name for answer in answers for name in (answer if isinstance(answer, list) else [answer])}
    assert named
    assert named <= names
    assert {point["stage"] for point in document["touchpoints"].values()} == set(document["stages"])


def test_a_point_that_a_rule_names_and_whose_failures_are_at_others_says_so() -> None:
    text = journey_text(files_of(["retail"]), [], [], "es")
    visit = text[text.index("  visit:") : text.index("  delivery:")]
    assert "nothing_foreseen: porque lo que se prevé está en los otros puntos" in visit
    assert journey_text([], [], [], "es") == ""


def test_every_shipped_rule_and_check_answers_a_failure_of_the_map() -> None:
    """A new one needs its line in rules/journey.yaml: what may fail, and how severe that is."""
    project = load_project(shipped())
    assert (project.map_problems, project.journey is not None) == ((), True)
    foreseen = [failure for _, failure in project.journey.foreseen()] if project.journey is not None else []
    assert set(project.rules) - {name for failure in foreseen for name in failure.rules} == set()
    assert set(project.checks) - {name for failure in foreseen for name in failure.checks} == set()
