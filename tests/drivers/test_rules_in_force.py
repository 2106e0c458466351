"""A set of files is in force whole: once it has rested or when a person asks, and the same for all on one database."""

import gc
import os
import weakref
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.drafting.ruleset import Ruleset, ruleset_of
from notifier.drivers.resting import RestingFolder, Watch
from notifier.drivers.rules_in_force import RulesInForce
from notifier.model.problems import ProblemsError
from notifier.planning.addressing import Defaults
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rendering.wrong_texts import without_wrong_texts
from notifier.rules.file_set import FileSet, fingerprint, newest_change, read_file_set
from notifier.rules.loader import load_project
from notifier.store.database import open_engine
from notifier.store.migrating import migrate
from notifier.store.published_rules import How, PublishedRules
from tests.support.people import NOW
from tests.support.rig import FILES, write_project

RULE, SMS = "rules/visits.yaml", "templates/visit/sms.en.txt.j2"
EARLIER = FILES[RULE].replace("48h before", "24h before")
HALF = FILES[RULE][: FILES[RULE].index("    claims")] + "    template: visit\n    exit: desk\n"
"""The first half of a file that makes sense by itself: everybody would be told without the second."""
REST = 10.0


@dataclass
class Clocks:
    """Only a test moves them; files are as old as it says."""

    now: float = 1000.0
    age: float = 3600.0
    waits: list[float] = field(default_factory=list)
    while_waiting: Callable[[], object] = lambda: None

    def watch(self, folder: Path) -> Watch:
        return Watch(
            steady=lambda: self.now, wall=lambda: newest_change(folder) + self.age, sleep=self.wait, waiting=self.told
        )

    def told(self, seconds: float) -> None:
        self.waits.append(seconds)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.age += seconds
        self.while_waiting()


@dataclass
class Machine:
    """A machine with its own folder, on the database of all."""

    folder: Path
    database: sa.Engine
    clocks: Clocks = field(default_factory=Clocks)
    loads: int = 0

    def load(self, files: FileSet, tried: bool) -> Ruleset:
        self.loads += 1
        rendering = RenderSettings(company="Fibra")
        project = load_project(self.folder, files)
        if not tried:
            project = without_wrong_texts(project, rendering)
        return ruleset_of(project, Renderer(project, rendering), Defaults())

    @property
    def published(self) -> PublishedRules:
        return PublishedRules(self.database, str(self.folder), lambda: NOW)

    def start(self, *, by_hand: bool = False, sets_aside: bool = False) -> RulesInForce:
        watch = self.clocks.watch(self.folder)
        how = {"by_hand": by_hand, "sets_aside": sets_aside}
        return RulesInForce(self.folder, self.load, self.published, rest_seconds=REST, watch=watch, **how)

    def edit(self, name: str, text: str) -> None:
        """Write a file with a time of its own: file systems may give two quick writes the same one."""
        path = self.folder / name
        later = path.stat().st_mtime_ns + 1_000_000 if path.exists() else None
        path.write_text(text)
        if later is not None:
            os.utime(path, ns=(later, later))

    def rest(self, seconds: float = REST) -> None:
        self.clocks.now += seconds


@pytest.fixture
def database(tmp_path: Path) -> sa.Engine:
    engine = open_engine(f"sqlite:///{tmp_path / 'notifier.db'}")
    migrate(engine)
    return engine


@pytest.fixture
def machine(tmp_path: Path, database: sa.Engine) -> Machine:
    return Machine(write_project(tmp_path / "here"), database)


@pytest.fixture
def other(tmp_path: Path, database: sa.Engine) -> Machine:
    return Machine(write_project(tmp_path / "there"), database)


def moment(ruleset: Ruleset) -> str:
    """When the reminder of this ruleset speaks."""
    return ruleset.project.rules["visit-reminder"].at[0].text.partition(" ")[0]


def test_an_unchanged_folder_is_read_once(machine: Machine) -> None:
    rules = machine.start()
    assert rules.ruleset() is rules.ruleset()
    assert machine.loads == 1


def test_a_changed_file_is_taken_when_it_has_rested_and_not_before(machine: Machine) -> None:
    rules = machine.start()
    rules.ruleset()
    machine.edit(RULE, HALF)
    assert moment(rules.ruleset()) == "48h"
    machine.rest(REST - 1)
    assert moment(rules.ruleset()) == "48h"
    assert rules.ruleset().project.rules["visit-reminder"].claims  # the half file has none
    machine.edit(RULE, EARLIER)  # the rest of the file: the rest begins anew
    machine.rest(REST - 1)
    assert moment(rules.ruleset()) == "48h"
    assert moment(rules.ruleset()) == "48h"
    machine.rest()
    assert moment(rules.ruleset()) == "24h"


def test_what_was_replaced_is_forgotten_however_seldom_garbage_is_looked_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ruleset is a ring of objects: here a counter that knows itself stands for it."""
    rings: list[weakref.ref[Counter[str]]] = []
    load = machine.load

    def with_a_ring(files: FileSet, tried: bool) -> Ruleset:
        ruleset, ring = load(files, tried), Counter[str]()
        vars(ring)["itself"] = vars(ruleset)["ring"] = ring
        rings.append(weakref.ref(ring))
        return ruleset

    monkeypatch.setattr(machine, "load", with_a_ring)
    rules = machine.start()
    gc.disable()
    try:
        machine.edit(RULE, EARLIER)
        rules.ruleset()
        machine.rest()
        rules.ruleset()
        assert [ring() is None for ring in rings] == [True, False]
    finally:
        gc.enable()


def test_a_checkout_of_several_files_is_one_change(machine: Machine) -> None:
    rules = machine.start()
    rules.ruleset()
    machine.edit(RULE, EARLIER)
    rules.ruleset()
    machine.rest(REST - 1)
    machine.edit(SMS, FILES[SMS].replace("we come", "we arrive"))
    rules.ruleset()
    machine.rest(REST - 1)
    assert moment(rules.ruleset()) == "48h"
    machine.rest()
    taken = rules.ruleset().project
    assert (taken.rules["visit-reminder"].at[0].text, "we arrive" in taken.templates["visit/sms.en.txt.j2"]) == (
        "24h before appointment.starts_at",
        True,
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (SMS, FILES[SMS].replace("we come", "we arrive")),
        ("rules/policy.yaml", "quiet_hours: [{ class: [service], allowed: 09:00-18:00 }]\n"),
        ("rules/hours.yaml", "hours: []\n"),
        ("rules/owners.yaml", FILES["rules/owners.yaml"].replace("Field,", "Campo,")),
        ("rules/contact_points.yaml", FILES["rules/contact_points.yaml"].replace("945501", "945502")),
        ("rules/attributes.yaml", "attributes: { appointment: { crew: text } }\n"),
        ("rules/more.yaml", "rules: []\n"),
    ],
)
def test_every_file_that_decides_what_is_told_belongs_to_the_set(machine: Machine, name: str, text: str) -> None:
    before = read_file_set(machine.folder)
    machine.edit(name, text)
    assert read_file_set(machine.folder).digest != before.digest
    assert [each.split()[0] for each in read_file_set(machine.folder).differences(before)] == [name]


def test_scenarios_and_the_files_of_editors_and_git_do_not_belong_to_it(machine: Machine) -> None:
    before = read_file_set(machine.folder)
    machine.edit("rules/visits.test.yaml", "scenarios: []\n")
    machine.edit("rules/.visits.yaml.swp", "x")
    (machine.folder / "rules/.#visits.yaml").symlink_to("ana@machine.1234")  # Emacs, while a buffer is changed
    machine.edit("rules/visits.yaml~", "x")
    assert read_file_set(machine.folder) == before


def test_a_file_that_is_replaced_by_one_of_the_same_size_and_time_has_changed(machine: Machine) -> None:
    path = machine.folder / RULE
    before, kept = fingerprint(machine.folder), path.stat()
    new = path.with_name("new")  # editors that save by renaming
    new.write_text(FILES[RULE].replace("48h", "24h"))
    os.utime(new, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    new.replace(path)
    assert path.stat().st_size == kept.st_size
    assert fingerprint(machine.folder) != before


def test_a_broken_edit_keeps_the_last_good_version_and_is_read_only_once(machine: Machine) -> None:
    rules = machine.start()
    good = rules.ruleset()
    machine.edit(RULE, "rules: [")
    rules.ruleset()
    machine.rest()
    kept = rules.ruleset()
    assert (kept.project, kept.rule_queries) == (good.project, good.rule_queries)
    assert kept.edited is not None
    assert kept.edited.has_errors
    assert rules.ruleset() is kept
    assert machine.loads == 2

    machine.edit(RULE, FILES[RULE])
    rules.ruleset()
    machine.rest()
    assert rules.ruleset().edited is None
    assert "visit-reminder" in rules.ruleset().project.rules


def test_a_broken_edit_stays_out_of_force_after_a_restart(machine: Machine) -> None:
    machine.start()
    machine.edit(RULE, "rules: [")
    again = machine.start().ruleset()
    assert "visit-reminder" in again.project.rules
    assert again.edited is not None


def test_a_single_tick_goes_by_the_files_without_what_is_wrong_and_nobody_else_does(machine: Machine) -> None:
    daemon = machine.start()
    machine.edit("rules/broken.yaml", "rules: [{ rule: half }]\n")
    machine.edit(RULE, EARLIER)
    tick = machine.start(sets_aside=True).ruleset()
    assert (moment(tick), tick.edited, tick.project.has_errors) == ("24h", None, True)
    assert moment(daemon.ruleset()) == "48h"
    assert moment(machine.start().ruleset()) == "48h"
    (machine.folder / "rules/broken.yaml").unlink()
    assert moment(machine.start(sets_aside=True).ruleset()) == "24h"
    assert moment(machine.start().ruleset()) == "24h"


def test_nor_does_a_tick_go_by_half_a_project(machine: Machine) -> None:
    machine.start()
    machine.edit(RULE, "rules: [")
    kept = machine.start(sets_aside=True).ruleset()
    assert moment(kept) == "48h"
    assert kept.edited is not None


def test_a_text_that_lacks_a_language_on_one_channel_is_not_taken(machine: Machine) -> None:
    rules = machine.start()
    machine.edit(
        "templates/visit/sms.es.txt.j2",
        "{{ company }}: vamos el {{ starts_at | date }} a las {{ starts_at | time }}. {{ exit.address }} "
        "{{ reference }}",
    )
    rules.ruleset()
    machine.rest()
    edited = rules.ruleset().edited
    assert edited is not None
    assert [str(problem) for problem in edited.errors] == [
        "templates/visit:1:1: email.es.subject.j2 is missing: the rule 'visit-reminder' speaks by email",
        "templates/visit:1:1: email.es.txt.j2 is missing: the rule 'visit-reminder' speaks by email",
    ]
    assert list(rules.ruleset().project.rules) == ["visit-reminder"]


def test_such_a_rule_is_set_aside_where_nothing_better_was_in_force(machine: Machine) -> None:
    (machine.folder / "templates/visit/email.en.txt.j2").unlink()
    ruleset = machine.start().ruleset()
    assert (list(ruleset.project.rules), [each.name for each in ruleset.project.broken]) == ([], ["visit-reminder"])


def test_at_the_start_what_is_not_broken_is_in_force(machine: Machine) -> None:
    machine.edit("rules/broken.yaml", "rules: [{ rule: half }]\n")
    assert list(machine.start().ruleset().project.rules) == ["visit-reminder"]


def test_where_no_version_was_good_yet_the_newest_counts(machine: Machine) -> None:
    machine.edit("rules/broken.yaml", "rules: [{ rule: half }]\n")
    rules = machine.start()
    machine.edit(RULE, EARLIER)
    rules.ruleset()
    machine.rest()
    assert moment(rules.ruleset()) == "24h"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rules/more.yaml", "rules: [", "rules/more.yaml:1:9: not YAML: while parsing a flow node: expected"),
        ("rules/policy.yaml", "quiet_hours: [{ class: [servce], allowed: 09:00-18:00 }]\n", "did you mean 'service'?"),
        ("rules/hours.yaml", "hours: [{ dates: 2026-13-01, hours: off }]\n", "rules/hours.yaml:1:18: "),
        ("rules/attributes.yaml", "attributes: { appointmnt: { crew: text } }\n", "did you mean 'appointment'?"),
    ],
)
def test_by_half_a_project_nobody_is_told_anything(machine: Machine, name: str, text: str, said: str) -> None:
    machine.edit(name, text)
    with pytest.raises(ProblemsError) as refused:
        machine.start()
    assert said in str(refused.value)
    (machine.folder / name).unlink()
    machine.start()
    machine.edit(name, text)
    assert list(machine.start().ruleset().project.rules) == ["visit-reminder"]


def test_what_cannot_be_read_beside_what_is_in_force_is_said(machine: Machine) -> None:
    rules = machine.start()
    os.mkfifo(machine.folder / "rules/more.yaml")
    rules.ruleset()
    machine.rest()
    edited = rules.ruleset().edited
    assert edited is not None
    assert [problem.place.file for problem in edited.gaps] == ["rules/more.yaml"]
    (machine.folder / "rules/more.yaml").unlink()
    rules.ruleset()
    machine.rest()
    assert rules.ruleset().edited is None


def test_a_folder_that_lost_everything_is_not_taken_until_a_person_says_so(machine: Machine) -> None:
    rules = machine.start()
    (machine.folder / RULE).unlink()  # a volume that is not mounted, or git between removing and writing
    rules.ruleset()
    machine.rest()
    kept = rules.ruleset()
    assert list(kept.project.rules) == ["visit-reminder"]
    assert kept.edited is not None
    assert [problem.what for problem in kept.edited.errors] == [
        "no rule and no check is left, and 1 rules and 1 checks are in force; bring them back, or say "
        "`notifier rules publish`"
    ]
    rules.take_now()
    assert list(rules.ruleset().project.rules) == []


def test_asked_for_files_are_taken_without_rest_but_never_with_an_error(machine: Machine) -> None:
    rules = machine.start()
    machine.edit(RULE, EARLIER)
    rules.take_now()
    assert moment(rules.ruleset()) == "24h"
    machine.edit(RULE, "rules: [")
    rules.take_now()
    assert moment(rules.ruleset()) == "24h"
    assert rules.ruleset().edited is not None


def test_by_hand_only_a_person_takes_files(machine: Machine) -> None:
    with pytest.raises(ProblemsError, match="nothing is in force yet: publish the files with `notifier rules publish`"):
        machine.start(by_hand=True)
    machine.published.publish(read_file_set(machine.folder), How.ASKED, has_errors=False)
    rules = machine.start(by_hand=True)
    machine.edit(RULE, EARLIER)
    rules.ruleset()
    machine.rest(10 * REST)
    assert moment(rules.ruleset()) == "48h"
    machine.published.publish(read_file_set(machine.folder), How.ASKED, has_errors=False)
    assert moment(rules.ruleset()) == "24h"


def test_two_daemons_on_one_database_agree_and_an_older_folder_is_no_news(machine: Machine, other: Machine) -> None:
    here, there = machine.start(), other.start()
    machine.edit(RULE, EARLIER)
    here.ruleset()
    machine.rest()
    assert (moment(here.ruleset()), moment(there.ruleset())) == ("24h", "24h")
    again = other.start()  # restarted with its older folder
    assert (moment(again.ruleset()), moment(here.ruleset())) == ("24h", "24h")
    other.edit(RULE, FILES[RULE].replace("48h", "36h"))
    again.ruleset()
    other.rest()
    assert (moment(again.ruleset()), moment(here.ruleset())) == ("36h", "36h")


def test_a_daemon_that_starts_beside_a_half_saved_folder_works_by_what_is_in_force(machine: Machine) -> None:
    machine.start()
    machine.edit(RULE, HALF)
    machine.clocks.age = -3600.0  # saved in the future: a clock that was set back says nothing of rest
    machine.clocks.while_waiting = lambda: machine.edit(RULE, (machine.folder / RULE).read_text() + "# typing\n")
    ruleset = machine.start().ruleset()
    assert (moment(ruleset), ruleset.edited) == ("48h", None)


def test_a_single_tick_waits_until_files_have_rested_and_says_so(machine: Machine) -> None:
    machine.start()
    machine.edit(RULE, HALF)
    machine.clocks.age, machine.clocks.waits = 3.0, []

    def finish() -> None:
        if machine.clocks.waits == [7.0]:
            machine.edit(RULE, EARLIER)
            machine.clocks.age = 0.0

    machine.clocks.while_waiting = finish
    assert moment(machine.start().ruleset()) == "24h"
    assert machine.clocks.waits == [7.0, 10.0]


def test_what_is_in_force_already_needs_no_rest(machine: Machine) -> None:
    machine.start()
    machine.edit(RULE, FILES[RULE])
    machine.clocks.age = 0.0
    machine.start()
    assert machine.clocks.waits == []


def test_what_could_not_be_put_in_force_is_offered_again(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = machine.start()
    machine.edit(RULE, EARLIER)
    rules.ruleset()
    machine.rest()
    with monkeypatch.context() as away:
        away.setattr(PublishedRules, "publish", lambda *_, **__: Path("/nowhere").read_text())
        with pytest.raises(FileNotFoundError):
            rules.ruleset()
    assert moment(rules.ruleset()) == "24h"


def test_the_archive_of_a_set_is_the_set(machine: Machine) -> None:
    files = read_file_set(machine.folder)
    again = FileSet.from_archive(files.archived())
    assert (again, again.digest) == (files, files.digest)


def test_a_set_that_changes_while_it_is_read_is_not_given(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def reading(folder: Path) -> FileSet:
        files = read_file_set(folder)
        machine.edit(RULE, (folder / RULE).read_text() + "# more\n")
        return files

    monkeypatch.setattr("notifier.drivers.resting.read_file_set", reading)
    folder = RestingFolder(machine.folder, 0, machine.clocks.watch(machine.folder))
    assert folder.now() is None
    assert folder.changed() is None


class TestOfNewerVersion:
    """A newer version of the program, whose tables these are, put in force what this one does not understand."""

    @pytest.fixture
    def in_force(self, machine: Machine, other: Machine, database: sa.Engine) -> RulesInForce:
        in_force = machine.start()
        other.edit(RULE, f"{FILES[RULE]}    a_new_word: 1\n")
        other.published.publish(read_file_set(other.folder), How.RESTED, has_errors=False)
        with database.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0099'"))
        return in_force

    def test_a_daemon_leaves_the_work_to_the_others(self, machine: Machine, in_force: RulesInForce) -> None:
        for ask in (in_force.ruleset, in_force.ruleset, machine.start):
            with pytest.raises(ProblemsError, match=r"(?s)does nothing until it is upgraded.*a_new_word") as refused:
                ask()
            assert len(refused.value.problems) == 2

    def test_where_the_tables_are_its_own_it_sets_the_rule_aside(
        self, in_force: RulesInForce, database: sa.Engine
    ) -> None:
        with database.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0042'"))
        assert in_force.ruleset().project.has_errors
