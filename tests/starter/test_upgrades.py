"""A newer pack: who changed what, rule by rule; and nothing is written that nobody took."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifier.model.problems import ProblemsError
from notifier.rules.shipped import shipped
from notifier.starter.answers import Given, answers_of
from notifier.starter.project import new_project, write_project
from notifier.starter.taking import keep, take
from notifier.starter.upgrades import PackItem, PackState, items_of, versions_of

NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)
RULES, TEXT = "rules/clinic/visits.yaml", "templates/visit_reminder/sms.es.txt.j2"
CALLBACK = "rules/common/callback.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clinic's project."""
    write_project(new_project(answers_of(Given(packs=["clinic"], country="CL"), NOW), NOW), tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """What ships later."""
    for name in ("rules", "templates"):
        shutil.copytree(shipped() / name, tmp_path / "newer" / name)
    return tmp_path / "newer"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), encoding="utf-8")


def found(folder: Path, newer: Path) -> dict[str, PackItem]:
    return {item.name: item for item in items_of(versions_of(folder, newer))}


def states(folder: Path, newer: Path) -> dict[str, PackState]:
    return {name: item.state for name, item in found(folder, newer).items()}


def test_what_was_copied_says_where_from_and_is_untouched(folder: Path, newer: Path) -> None:
    assert (folder / RULES).read_text(encoding="utf-8").startswith("# pack: clinic 1\n")
    assert set(states(folder, newer).values()) == {PackState.UNTOUCHED}
    assert set(states(folder, newer)) >= {
        *("visit-reminder", "cancelled-but-in-the-diary", "callback-kept", "visits.test.yaml", "callback.test.yaml"),
    }


def test_a_change_of_one_rule_or_of_its_text_is_that_rules_alone(folder: Path, newer: Path) -> None:
    edit(folder / RULES, "warn: 24h", "warn: 48h")
    edit(folder / TEXT, "¿No puede?", "¿No puede venir?")
    edit(newer / CALLBACK, "warn: 4h", "warn: 6h")

    now = states(folder, newer)
    assert now["cancelled-but-in-the-diary"] is PackState.CHANGED
    assert now["visit-reminder"] is PackState.CHANGED
    assert now["callback-kept"] is PackState.NEWER
    assert now["visits.test.yaml"] is PackState.UNTOUCHED


def test_both_changed_is_said_with_whether_the_same_lines_are(folder: Path, newer: Path) -> None:
    edit(folder / RULES, "at: 1d before appointment.starts_at at 18:00", "at: 1d before appointment.starts_at at 17:00")
    edit(newer / RULES, "before appointment.starts_at at 18:00", "before appointment.starts_at at 19:00")
    item = found(folder, newer)["visit-reminder"]
    assert (item.state, [part.collides for part in item.parts if part.changed]) == (PackState.BOTH, [True])

    edit(folder / RULES, "starts_at at 17:00", "starts_at at 18:00")
    edit(folder / RULES, "touchpoint: visit", "touchpoint: visits")
    item = found(folder, newer)["visit-reminder"]
    assert (item.state, any(part.collides for part in item.parts)) == (PackState.BOTH, False)


def test_taking_writes_the_named_rule_alone_and_it_is_untouched_then(folder: Path, newer: Path) -> None:
    edit(folder / RULES, "warn: 24h", "warn: 48h")
    edit(newer / RULES, "until: 2h before", "until: 4h before")
    edit(newer / TEXT, "¿No puede?", "¿No puede venir?")

    written = take([found(folder, newer)["visit-reminder"]], versions_of(folder, newer), folder, newer)

    assert set(written) == {RULES, TEXT}
    mine = (folder / RULES).read_text(encoding="utf-8")
    assert "until: 4h before" in mine
    assert "warn: 48h" in mine
    assert mine.startswith("# pack: clinic 1\n")
    now = states(folder, newer)
    assert (now["visit-reminder"], now["cancelled-but-in-the-diary"]) == (PackState.UNTOUCHED, PackState.CHANGED)


def test_what_you_changed_is_never_taken_and_kept_once_you_say_so(folder: Path, newer: Path) -> None:
    edit(folder / CALLBACK, "warn: 4h", "warn: 8h")
    edit(newer / CALLBACK, "warn: 4h", "warn: 6h")
    before = (folder / CALLBACK).read_text(encoding="utf-8")
    item = found(folder, newer)["callback-kept"]

    with pytest.raises(ProblemsError, match="'callback-kept' is changed by you"):
        take([item], versions_of(folder, newer), folder, newer)
    keep([item], versions_of(folder, newer), folder, newer)

    assert (folder / CALLBACK).read_text(encoding="utf-8") == before
    assert states(folder, newer)["callback-kept"] is PackState.CHANGED


def test_a_new_rule_of_a_pack_stands_where_the_pack_has_it(folder: Path, newer: Path) -> None:
    check = "\n  - check: second-one\n    promise: cancelled\n    against: appointment\n    on: appointment\n"
    check += "    actual: appointment.status == 'cancelled'\n    owner: care\n"
    with (newer / CALLBACK).open("a", encoding="utf-8") as stream:
        stream.write(check)
    item = found(folder, newer)["second-one"]
    assert item.state is PackState.NEW

    take([item], versions_of(folder, newer), folder, newer)

    assert (folder / CALLBACK).read_text(encoding="utf-8").endswith(check)
    assert set(states(folder, newer).values()) == {PackState.UNTOUCHED}


def test_what_you_removed_and_what_the_pack_dropped_is_said(folder: Path, newer: Path) -> None:
    (folder / CALLBACK).unlink()
    (newer / "rules/clinic/visits.test.yaml").unlink()
    now = states(folder, newer)
    assert (now["callback-kept"], now["visits.test.yaml"]) == (PackState.REMOVED, PackState.DROPPED)


def test_a_base_that_is_not_what_was_copied_is_refused(folder: Path, newer: Path) -> None:
    (folder / ".packs" / CALLBACK).write_text("", encoding="utf-8")
    (folder / ".packs" / RULES).unlink()
    with pytest.raises(ProblemsError) as caught:
        versions_of(folder, newer)
    assert [one.place.file for one in caught.value.problems] == [f".packs/{RULES}", f".packs/{CALLBACK}"]


def test_a_project_without_packs_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="no pack was copied into this project"):
        versions_of(tmp_path)
