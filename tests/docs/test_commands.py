"""Every document can be followed: its files are right, its commands run in their order and print what it shows."""

import gzip
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.docs.pages import PAGES, REPOSITORY, Block, Command, File, commands_of, not_printed, steps_of
from tests.support.environment import shared_cache, without_settings
from tests.support.forked import forked_command
from tests.support.kept import Run

NEEDED = ("rules", "templates", "docs", "Makefile", "pyproject.toml", "README.md", "requirements", "deploy")
OLIST = REPOSITORY.parent / "shared" / "data" / "olist_3k"
"""A sample of the public dataset that a page asks its reader to get."""
PLAIN = re.compile(r"(?P<settings>(?:NOTIFIER_\w+=[\w/:.]+ )*)notifier (?P<arguments>[^$`|&;<>*?~\\]+)")
"""A command that needs no shell: it is run without one, in a process that has imported the program already."""
SELF = ("make test", "make quick", "make long", ".ci/run")
"""Commands that run tests, perhaps this one. They are not run here, but looked at."""


def _name(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def test_the_readme_begins_with_two_commands() -> None:
    assert [command.text for command in commands_of(REPOSITORY / "README.md")][:2] == ["make demo", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_example_of_a_file_names_it(page: Path) -> None:
    """So that it is written where it belongs, and checked."""
    unnamed = [step.line for step in steps_of(page) if isinstance(step, Block) and step.language in ("yaml", "jinja")]
    assert not unnamed, f"lines of {_name(page)}: write ```yaml rules/NAME.yaml"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_what_a_page_quotes_of_a_shipped_file_is_what_it_says(page: Path) -> None:
    for step in steps_of(page):
        if isinstance(step, File) and (REPOSITORY / step.path).exists():
            shipped = YAML(typ="safe").load((REPOSITORY / step.path).read_text(encoding="utf-8"))
            assert YAML(typ="safe").load(step.text) == shipped, f"{_name(page)}:{step.line}: {step.path}"


IN_ONE_PROCESS = REPOSITORY / "docs" / "book" / "es"
"""Pages with the commands of others, in Spanish: `tests/cli/test_spanish_edition.py` follows them at less cost."""
FOLLOWED = [page for page in PAGES if commands_of(page) and IN_ONE_PROCESS not in page.parents]


GOES_ON = {REPOSITORY / "docs" / "book" / "scenarios.md": REPOSITORY / "docs" / "book" / "tutorial.md"}
"""Pages whose reader has the files of another page already."""


@pytest.mark.parametrize("page", FOLLOWED, ids=_name)
def test_a_page_can_be_followed_to_the_letter(page: Path, tmp_path: Path) -> None:
    _copy_repository(tmp_path)
    if any("olist/" in step.text for step in commands_of(page)):
        _get_olist(tmp_path / "olist")
    before = [step for step in steps_of(GOES_ON[page]) if isinstance(step, File)] if page in GOES_ON else []
    for step in (*before, *steps_of(page)):
        if isinstance(step, File):
            target = tmp_path / step.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(step.text, encoding="utf-8")
        elif isinstance(step, Command) and not step.text.startswith(SELF):
            done = _run(step, tmp_path)
            shown = f"{_name(page)}:{step.line}: $ {step.text}\n{done.stdout[-4000:]}"
            assert done.returncode == step.exit_code, shown
            missing = not_printed(step.printed, done.stdout)
            assert missing is None, f"not printed: {missing}\n{shown}"


@pytest.mark.parametrize("command", [command for command in SELF if command.startswith("make ")])
def test_a_command_that_runs_tests_is_one(command: str, tmp_path: Path) -> None:
    """Make says what it would do, and does not do it."""
    _copy_repository(tmp_path)
    done = _run(Command(line=0, text=f"{command} --dry-run", exit_code=0, printed=()), tmp_path)
    assert (done.returncode, ".venv/bin/python -m " in done.stdout) == (0, True), done.stdout


@pytest.mark.parametrize(
    ("expected", "missing"),
    [
        (("first", "third"), None),
        (("fir…", "…", "…ird"), None),
        (("third", "first"), "first"),
        (("first", "fourth"), "fourth"),
        (("second",), "second"),
    ],
)
def test_what_a_page_shows_must_be_printed_in_its_order(expected: tuple[str, ...], missing: str | None) -> None:
    assert not_printed(expected, "first\nsecond line\nthird   \n") == missing


def _copy_repository(folder: Path) -> None:
    """What a clone has, with this environment as its `.venv`, so that make finds everything installed."""
    for name in NEEDED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, folder / name)
    (folder / "notifier").symlink_to(REPOSITORY / "notifier")
    environment = folder / ".venv"
    environment.mkdir()
    for part in Path(sys.prefix).iterdir():
        if not part.name.startswith("."):
            (environment / part.name).symlink_to(part)
    for stamp in (".run", ".test"):
        (environment / stamp).touch()


def _get_olist(folder: Path) -> None:
    if not OLIST.is_dir():
        pytest.skip("the sample of Olist's dataset is not here")
    folder.mkdir()
    for packed in OLIST.glob("*.csv.gz"):
        (folder / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))


def _run(command: Command, folder: Path) -> subprocess.CompletedProcess[str]:
    """Both outputs as one, in the order in which a terminal shows them."""
    own = without_settings()
    environment = (
        own
        | shared_cache(Run.joined().folder)
        | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "PYTHONUNBUFFERED": "1",
        }
    )
    if plain := PLAIN.fullmatch(command.text):
        settings = dict(setting.split("=", 1) for setting in plain["settings"].split())
        arguments = shlex.split(plain["arguments"])
        return forked_command(arguments, folder, environment | settings, folder / ".printed", timeout=300)
    return subprocess.run(
        command.text,
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
