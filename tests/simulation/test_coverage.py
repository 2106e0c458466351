"""What no scenario shows: a rule that never speaks or is never silent, one side of a clause, a branch of a text."""

from pathlib import Path

from notifier.model.scenario_results import BlankKind, CoverageReport
from notifier.rules.loader import load_project
from notifier.simulation.coverage import Coverage
from notifier.simulation.scenarios import run_scenarios
from tests.simulation.test_scenarios import CONTRADICTED, DUE, STORY, entry

TOLD = "{ notices: [{ rule: visit-reminder, customer: C-1 }] }"
SILENT = STORY.replace("scenario: a story", "scenario: another story").replace("status: confirmed", "status: failed")


def covered(folder: Path, text: str) -> CoverageReport:
    path = folder / "rules" / "x.test.yaml"
    path.write_text(text)
    project = load_project(folder)
    coverage = Coverage(project)
    assert all(result.passed for result in run_scenarios(project, [path], coverage=coverage))
    return coverage.report()


def blanks(report: CoverageReport, of: str = "visit-reminder") -> set[tuple[BlankKind, str]]:
    return {(blank.kind, blank.what) for blank in report.blanks if blank.of == of}


def test_one_story_shows_one_side_of_each_clause(folder: Path) -> None:
    report = covered(folder, STORY + entry(DUE, expect=TOLD))
    assert blanks(report) == {
        (BlankKind.NEVER_SILENT, "visit-reminder"),
        (BlankKind.NEVER_FALSE, "appointment.status in ['initialized', 'confirmed']"),
        (BlankKind.NEVER_TRUE, "appointment.contract.status == 'cancelled'"),
    }
    assert blanks(report, "price") == {
        (BlankKind.NEVER_SPEAKS, "price"),
        (BlankKind.NEVER_SILENT, "price"),
        (BlankKind.NEVER_TRUE, "charge.billed"),
        (BlankKind.NEVER_FALSE, "charge.billed"),
    }
    assert report.total == report.shown + len(report.blanks)
    assert report.share == 100 * report.shown // report.total


def test_a_story_of_silence_and_one_of_another_row_close_the_blanks(folder: Path) -> None:
    silent = SILENT[SILENT.index("  - scenario") :].replace("status: active", "status: cancelled")
    text = STORY + entry(DUE, expect=TOLD) + silent + entry(DUE, expect="{ notices: [] }")
    assert blanks(covered(folder, text)) == set()


def test_a_check_that_found_something_spoke_and_the_other_story_is_its_silence(folder: Path) -> None:
    agrees = CONTRADICTED.replace("69.90", "49.90") + "        expect: { contradictions: [] }\n"
    found = CONTRADICTED + "        expect: { contradictions: [{ check: price, subject: 'contract:K-1' }] }\n"
    text = STORY + found + STORY[STORY.index("  - scenario") :].replace("a story", "it agrees") + agrees
    assert blanks(covered(folder, text), "price") == {(BlankKind.NEVER_TRUE, "charge.billed")}


def test_each_branch_of_a_text_is_printed_or_a_blank_with_its_locale(folder: Path) -> None:
    template = folder / "templates" / "visit" / "sms.en.txt.j2"
    branches = (
        "{% if correction %}Moved: {% elif starts_at %}Visit on {% else %}Some day {% endif %}"
        "{{ starts_at | datetime }}"
        "{{ ', come' if not correction else ', sorry' }}. {{ exit.address }} {{ reference }}"
    )
    template.write_text(branches)
    (folder / "templates" / "visit" / "email.es.txt.j2").write_text(
        "{% if correction %}Cambió: {% endif %}{{ starts_at | datetime }}. {{ exit.address }} {{ reference }}"
    )
    (folder / "templates" / "visit" / "email.es.subject.j2").write_text("Su visita")
    (folder / "templates" / "visit" / "sms.es.txt.j2").write_text(
        "Visita {{ starts_at }} {{ exit.address }} {{ reference }}"
    )
    report = covered(folder, STORY + entry(DUE, expect=TOLD))
    printed = [
        (blank.place.file, blank.place.line, blank.what, blank.locale)
        for blank in report.blanks
        if blank.kind is BlankKind.NEVER_PRINTED
    ]
    assert printed == [
        ("templates/visit/email.es.txt.j2", 1, "if correction", "es"),
        ("templates/visit/sms.en.txt.j2", 1, "if correction", "en"),
        ("templates/visit/sms.en.txt.j2", 1, "else of: if correction", "en"),
        ("templates/visit/sms.en.txt.j2", 1, "else of: if … else …", "en"),
    ]


def test_a_rule_that_no_scenario_puts_in_force_is_not_counted(folder: Path) -> None:
    text = STORY.replace("    given:", "    rules: [price.yaml]\n    given:")
    assert blanks(covered(folder, text + entry(DUE, expect="{ notices: [] }"))) == set()
