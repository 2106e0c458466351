"""Edits of the project folder are taken up once, and only where they make sense."""

import os
from pathlib import Path

from notifier.drivers.rules_in_force import RulesInForce
from tests.support.rig import FILES, load_ruleset, write_project


class Loads:
    """Counts how often the folder was read."""

    count = 0

    def __call__(self, folder: Path) -> object:
        self.count += 1
        return load_ruleset(folder)


def edit(folder: Path, name: str, text: str) -> None:
    """Write a file with a time of its own: file systems may give two quick writes the same one."""
    path = folder / name
    later = path.stat().st_mtime_ns + 1_000_000 if path.exists() else None
    path.write_text(text)
    if later is not None:
        os.utime(path, ns=(later, later))


def test_an_unchanged_folder_is_read_once(tmp_path: Path) -> None:
    loads = Loads()
    rules = RulesInForce(write_project(tmp_path), loads)  # type: ignore[arg-type]  # it counts and loads
    assert rules.ruleset() is rules.ruleset()
    assert loads.count == 1


def test_an_edit_is_in_force_at_the_next_look(tmp_path: Path) -> None:
    rules = RulesInForce(write_project(tmp_path), load_ruleset)
    edit(tmp_path, "rules/visits.yaml", FILES["rules/visits.yaml"].replace("48h before", "24h before"))
    assert rules.ruleset().project.rules["visit-reminder"].at[0].text == "24h before appointment.starts_at"


def test_a_template_edit_and_a_new_file_count_as_edits(tmp_path: Path) -> None:
    rules = RulesInForce(write_project(tmp_path), load_ruleset)
    before = rules.ruleset()
    edit(
        tmp_path,
        "templates/visit/sms.en.txt.j2",
        FILES["templates/visit/sms.en.txt.j2"].replace("we come", "we arrive"),
    )
    after = rules.ruleset()
    assert before.project.rules["visit-reminder"].digest != after.project.rules["visit-reminder"].digest
    edit(tmp_path, "rules/more.yaml", "rules: []\n")
    assert rules.ruleset() is not after


def test_a_broken_edit_keeps_the_last_good_version_and_is_read_only_once(tmp_path: Path) -> None:
    loads = Loads()
    rules = RulesInForce(write_project(tmp_path), loads)  # type: ignore[arg-type]  # it counts and loads
    good = rules.ruleset()
    edit(tmp_path, "rules/visits.yaml", "rules: [")
    kept = rules.ruleset()
    assert (kept.project, kept.rule_queries) == (good.project, good.rule_queries)
    assert kept.edited is not None
    assert kept.edited.has_errors
    assert rules.ruleset() is kept
    assert loads.count == 2

    edit(tmp_path, "rules/visits.yaml", FILES["rules/visits.yaml"])
    assert rules.ruleset().edited is None
    assert "visit-reminder" in rules.ruleset().project.rules


def test_at_the_start_what_is_not_broken_is_in_force(tmp_path: Path) -> None:
    write_project(tmp_path, {"rules/broken.yaml": "rules: ["})
    assert list(RulesInForce(tmp_path, load_ruleset).ruleset().project.rules) == ["visit-reminder"]


def test_where_no_version_was_good_yet_the_newest_counts(tmp_path: Path) -> None:
    write_project(tmp_path, {"rules/broken.yaml": "rules: ["})
    rules = RulesInForce(tmp_path, load_ruleset)
    edit(tmp_path, "rules/visits.yaml", FILES["rules/visits.yaml"].replace("48h before", "24h before"))
    assert rules.ruleset().project.rules["visit-reminder"].at[0].text == "24h before appointment.starts_at"
