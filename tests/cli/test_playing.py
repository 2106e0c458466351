"""`rules test` as a person and a CI server use it: a report in XML, what is not shown, again at each save."""

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer
from typer.main import get_command

from notifier.cli import playing
from notifier.cli.main import app
from tests.cli.conftest import Run
from tests.cli.test_rules import SCENARIOS

HOLDS = SCENARIOS.replace("    given:", "    rules: [installation.yaml]\n    given:")
FAILS = HOLDS.replace("state: told", "sms_contains: 11:30").replace("is announced", "is announced late")


@pytest.fixture
def stories(project: Path) -> Path:
    file = project / "rules" / "installation.test.yaml"
    file.write_text(HOLDS + FAILS.removeprefix("\nscenarios:\n"), encoding="utf-8")
    return file


def test_junit_holds_each_scenario_with_its_place_and_its_difference(project: Path, run: Run, stories: Path) -> None:
    report = project / "report.xml"
    assert run("rules", "test", "--junit", report).code == 1

    (suite,) = ElementTree.parse(report).getroot()
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "errors")} == {
        "name": "rules/installation.test.yaml",
        "tests": "2",
        "failures": "1",
        "errors": "0",
    }
    good, bad = suite
    assert (good.get("name"), good.get("line"), list(good)) == ("an installation is announced", "3", [])
    (failure,) = bad
    assert failure.tag == "failure"
    assert "differs: installation-reminder for C-1" in (failure.get("message") or "")
    assert "  - its SMS does not contain '11:30'; it reads: " in (failure.text or "")
    assert "looks like the claim starts_at" not in (good.text or "")


def test_a_scenario_that_cannot_be_played_is_an_error_in_junit(project: Path, run: Run) -> None:
    (project / "rules" / "bad.test.yaml").write_text("scenarios: [{ scenario: x, givn: {} }]\n", encoding="utf-8")
    report = project / "report.xml"
    assert run("rules", "test", "--junit", report).code == 1
    (suite,) = ElementTree.parse(report).getroot()
    assert suite[0][0].tag == "error"
    assert "givn" in (suite[0][0].text or "")


def test_junit_never_overwrites_what_no_such_command_made(project: Path, run: Run, stories: Path) -> None:
    done = run("rules", "test", "--junit", project / "rules" / "owners.yaml")
    assert done.code == 2
    assert "name another file" in done.usage


def test_a_folder_stands_for_its_scenario_files_and_a_rule_file_for_the_one_beside_it(
    project: Path, run: Run, stories: Path
) -> None:
    (project / "rules" / "mine").mkdir()
    (project / "rules" / "mine" / "other.test.yaml").write_text(SCENARIOS, encoding="utf-8")
    rules = project / "rules"
    assert "1 scenario: all hold" in run("rules", "test", rules / "mine").out
    assert "1 of 3 scenarios failed" in run("rules", "test", rules, rules / "mine", stories).out
    assert "1 of 2 scenarios failed" in run("rules", "test", rules / "installation.yaml").out
    (rules / "empty").mkdir()
    done = run("rules", "test", rules / "empty")
    assert done.code == 2
    assert "there is no scenario file (*.test.yaml) below" in done.usage


def test_coverage_is_a_table_and_changes_no_exit_code(project: Path, run: Run, stories: Path) -> None:
    done = run("rules", "test", "--only", "announced late", "--coverage")
    assert done.code == 1
    done = run("rules", "test", "-k", "IS ANNOUNCED", "--coverage", "--json")
    assert done.code == 1
    stories.write_text(HOLDS, encoding="utf-8")
    done = run("rules", "test", "--coverage")
    assert done.code == 0
    assert "installation-reminder" in done.out
    assert "has no silent case" in done.out
    assert "is never false" in done.out
    assert "is never printed (en)" in done.out
    assert "parts and branches shown: " in done.out


def test_words_that_no_scenario_has_are_named_with_the_way_to_those_of_a_rule(run: Run, stories: Path) -> None:
    done = run("rules", "test", "-k", "installation-reminder")
    assert done.code == 2
    assert "no scenario has 'installation-reminder' in its name" in done.usage
    assert "rules test FILE" in done.usage


def test_coverage_as_json_and_the_least_that_is_asked_for(project: Path, run: Run, stories: Path) -> None:
    stories.write_text(HOLDS, encoding="utf-8")
    done = run("rules", "test", "--coverage", "--json", "--fail-under", "100")
    assert done.code == 1
    assert [each["scenario"] for each in done.json["scenarios"]] == ["an installation is announced"]
    coverage = done.json["coverage"]
    assert coverage["total"] - coverage["shown"] == len(coverage["blanks"])
    assert {"blank": "never_silent", "of": "installation-reminder"}.items() <= coverage["blanks"][0].items()
    done = run("rules", "test", "--fail-under", "100")
    assert done.code == 1
    assert "% is less than the 100 % that --fail-under asks for" in done.out
    assert run("rules", "test", "--fail-under", "1").code == 0


def test_debug_prints_how_everything_stood(project: Path, run: Run, stories: Path) -> None:
    done = run("rules", "test", "--debug")
    assert "how everything stood there" in done.out
    assert "appointment:A-1  customer_id 'C-1'" in done.out
    assert "how everything stood there" not in run("rules", "test").out


def test_a_difference_is_one_line_for_each_thing_that_differs(run: Run, stories: Path) -> None:
    done = run("rules", "test")
    assert "differs   installation-reminder for C-1 about appointment:A-1: told" in done.out
    assert "expected  " not in done.out


PLAIN = playing.Playing(files=None, only=None, debug=False, junit=None, coverage=False, least=None, json=False)


def context_of(project: Path) -> typer.Context:
    context = typer.Context(get_command(app))
    context.obj = project
    return context


class SeenEnoughError(Exception):
    """The person has seen enough."""


def test_watch_plays_what_was_saved_and_all_after_a_rule(
    project: Path, run: Run, stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories.write_text(HOLDS, encoding="utf-8")
    other = stories.with_name("other.test.yaml")
    other.write_text(HOLDS.replace("is announced", "is announced again"), encoding="utf-8")
    rule = stories.with_name("installation.yaml")
    steps: Iterator[Callable[[], object]] = iter(
        [
            lambda: other.write_text("scenarios: [{ scenario: x, givn: {} }]\n# a slip", encoding="utf-8"),
            lambda: None,
            lambda: rule.write_text(rule.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8"),
            lambda: rule.write_text(rule.read_text(encoding="utf-8").replace("owner: ", "owner: x"), encoding="utf-8"),
        ]
    )

    def saved(seconds: float) -> None:
        try:
            next(steps)()
        except StopIteration:
            raise SeenEnoughError from None

    monkeypatch.setattr("notifier.cli.playing.time.sleep", saved)
    with pytest.raises(SeenEnoughError):
        run("rules", "test", "--watch")
    monkeypatch.undo()
    assert run("rules", "test", "--watch", "--json").code == 2


def test_watch_names_what_was_saved_and_lists_only_what_fails_with_what_is_about_it_first(
    project: Path, run: Run, stories: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    late = HOLDS.replace("is announced", "is announced in the file beside the rule").replace(
        "state: told", "state: held"
    )
    stories.write_text(late, encoding="utf-8")
    early = stories.with_name("a_first_by_name.test.yaml")
    early.write_text(HOLDS.replace("is announced", "is announced by name") + FAILS.removeprefix("\nscenarios:\n"))
    text = next((project / "templates" / "installation_reminder").glob("*.j2"))
    printed = []

    def saved(seconds: float) -> None:
        printed.append(capsys.readouterr().out)
        if len(printed) > 1:
            raise SeenEnoughError
        text.write_text(text.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    monkeypatch.setattr("notifier.cli.playing.time.sleep", saved)
    with pytest.raises(SeenEnoughError):
        playing.watched(context_of(project), PLAIN)
    first, second = printed
    assert first.index("announced by name") < first.index("beside the rule")
    assert f"saved: {text.relative_to(project).as_posix()}; only what fails is listed" in second
    assert "announced by name" not in second
    assert second.index("beside the rule") < second.index("announced late")


def test_watch_begins_anew_where_a_file_is_saved_while_it_plays(
    project: Path, run: Run, stories: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = stories.with_name("installation.yaml")
    asked = []
    stamps = playing._stamps

    def saved_while_it_plays(folder: Path) -> dict[Path, tuple[int, int]]:
        asked.append(folder)
        if len(asked) == 2:
            rule.write_text(rule.read_text(encoding="utf-8") + "\n# saved meanwhile\n", encoding="utf-8")
        return stamps(folder)

    def seen_enough(seconds: float) -> None:
        if "waiting" in (so_far := capsys.readouterr().out):
            raise SeenEnoughError(so_far)
        printed.append(so_far)

    printed: list[str] = []
    monkeypatch.setattr("notifier.cli.playing._stamps", saved_while_it_plays)
    monkeypatch.setattr("notifier.cli.playing.time.sleep", seen_enough)
    with pytest.raises(SeenEnoughError) as ended:
        playing.watched(context_of(project), PLAIN)
    assert printed[0].count("✓") == 1
    assert "a file was saved meanwhile: from the beginning" in printed[0]
    assert "waiting" not in printed[0]
    assert "saved: rules/installation.yaml" in str(ended.value)
    assert "1 of 2 scenarios failed" in str(ended.value)


def test_watch_says_what_it_plays(project: Path, stories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stamps = playing._stamps(project)
    assert stories in stamps
    assert project / "rules" / "owners.yaml" in stamps
    assert all(path.suffix in (".yaml", ".j2") for path in stamps)
