"""Packs: each is whole by itself, and nothing that ships is in none."""

from datetime import UTC, datetime

import pytest

from notifier.rules.file_set import FileSet
from notifier.rules.lint import lint
from notifier.rules.loader import load_project
from notifier.rules.scenarios import load_scenarios
from notifier.rules.shipped import shipped
from notifier.starter.answers import Given, answers_of
from notifier.starter.needs import needs_of
from notifier.starter.packs import files_of, packs
from notifier.starter.project import new_project, rule_files

NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)
UNPACKED = {"rules/common/office_hours.test.yaml"}
"""Its stories count the office hours of one country, and a new project has those of its own."""


@pytest.mark.parametrize("pack", packs())
def test_a_pack_names_files_that_exist_and_holds_no_rule_that_it_lacks(pack: str) -> None:
    files = files_of([pack])
    needs = needs_of(file.content for file in files if file.is_rules)

    for named in packs()[pack].files:
        assert any(file.source.startswith(f"rules/{named}") for file in files), named
    assert needs.rules <= needs.names
    assert needs.templates == {file.path.split("/")[1] for file in files if file.path.startswith("templates/")}


def test_every_rule_file_that_ships_is_in_a_pack() -> None:
    shipped_files = {path.relative_to(shipped()).as_posix() for path in (shipped() / "rules").glob("*/*.yaml")}
    packed = {file.source for file in files_of(list(packs()))}
    assert shipped_files - packed == UNPACKED


@pytest.mark.parametrize(("pack", "country"), list(zip(packs(), ("CL", "ES", "MX", "CO", "US"), strict=True)))
def test_the_project_of_a_pack_has_no_problem_in_any_country(pack: str, country: str) -> None:
    zone = {"US": "America/Chicago", "MX": "America/Mexico_City"}.get(country)
    made = new_project(answers_of(Given(packs=[pack], country=country, timezone=zone), NOW), NOW)
    project = load_project(shipped(), FileSet(files=rule_files(made)))
    rules = [content.decode() for name, content in rule_files(made).items() if name.endswith(".yaml")]

    assert [str(problem) for problem in (*project.problems, *lint(project))] == []
    assert set(project.owners) == needs_of(rules).owners
    assert project.causes, "whoever settles a contradiction is asked why it came about"
    for name, text in made.files.items():  # read, not played: that is in `make long`
        if name.startswith("rules/") and name.endswith(".test.yaml"):
            assert load_scenarios(shipped() / name, project, text.encode()), name


def test_two_packs_have_a_common_file_once_and_know_both_kinds_of_owner() -> None:
    paths = [file.path for file in files_of(["retail", "restaurant"])]
    assert paths == sorted(set(paths))
    assert {"rules/retail/late_order.yaml", "rules/restaurant/tables.yaml", "rules/common/callback.yaml"} <= set(paths)


def test_a_file_out_of_another_pack_comes_into_the_folder_of_the_pack_that_has_it() -> None:
    paths = {file.source: file.path for file in files_of(["utilities"])}
    assert paths["rules/telco/outage.yaml"] == "rules/utilities/outage.yaml"
    assert paths["rules/telco/outage.test.yaml"] == "rules/utilities/outage.test.yaml"
    assert paths["rules/common/callback.yaml"] == "rules/common/callback.yaml"
