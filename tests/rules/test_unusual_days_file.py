"""`unusual_days` of reasons.yaml: who is alerted, and every problem with its place."""

from pathlib import Path

from notifier.model.unusual_days import DaysWatched
from notifier.rules.loader import load_project

OWNERS = "owners: { care: { name: Care, email: care@example.com } }\n"
REASONS = """\
reasons:
  bill-higher: { object: bill, step: on receipt, failure: higher than promised, owner: care }
unusual_days: %s
"""


def read(folder: Path, written: str) -> tuple[DaysWatched | None, list[str]]:
    (folder / "rules").mkdir()
    (folder / "rules/owners.yaml").write_text(OWNERS, encoding="utf-8")
    (folder / "rules/reasons.yaml").write_text(REASONS % written, encoding="utf-8")
    project = load_project(folder)
    return project.unusual_days, [str(problem) for problem in project.problems]


def test_an_owner_is_enough(tmp_path: Path) -> None:
    assert read(tmp_path, "{ owner: care }") == (DaysWatched(owner="care", fewest=10, false_alarms=4, only=()), [])


def test_every_problem_has_its_place_and_remedy(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "{ owner: cara, fewest: 0, false_alarms: 90, only: [bill-hihger] }")
    assert len(problems) == 4
    said = "\n".join(problems)
    for part in ("did you mean 'care'?", "did you mean 'bill-higher'?", "whole number from 1 to 52, not 90", "not 0"):
        assert part in said
    assert all(problem.startswith("rules/reasons.yaml:3:") for problem in problems)


def test_without_it_nobody_is_alerted(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    assert load_project(tmp_path).unusual_days is None
