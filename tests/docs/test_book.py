"""The book for those who write rules: every page can be reached, every link leads to a heading, and every situation of
the cookbook does what it says."""

import ast
import re
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from notifier.planning.swallowed import swallowed_moments
from notifier.rendering.approvals import approval_problems
from notifier.rendering.lint import check_templates
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rendering.wording_lint import wording_problems
from notifier.rules.checked import Project
from notifier.rules.hushing import without_hushed
from notifier.rules.lint import lint
from notifier.rules.loader import load_project
from notifier.rules.never_true import never_true
from notifier.rules.rescue_reader import rescue_problems
from notifier.simulation.scenario_files import scenario_files
from notifier.simulation.scenarios import ScenarioSettings, run_scenarios
from notifier.starter.answers import owners_needed
from tests.docs.pages import PAGES, REPOSITORY, File, steps_of
from tests.meaning.sentences import BOOK

DOCS = REPOSITORY / "docs"
COOKBOOK = sorted((BOOK / "cookbook").glob("*.md"))
SITUATIONS = 17
COMPANY = RenderSettings(company="Fibra")
"""Its name is a part of what WhatsApp approved."""
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)#([^)\s]+)\)")
_FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)


def _settings_of_the_site() -> Mapping[str, object]:
    """The tables of docs/site/conf.py. Sphinx, which it is for, need not be installed."""
    body = ast.parse((DOCS / "site" / "conf.py").read_text(encoding="utf-8")).body
    return {
        target.id: ast.literal_eval(node.value)
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in ("NAVIGATION", "BELOW", "root_doc")
    }


def test_every_page_is_in_the_sites_navigation_once() -> None:
    said = _settings_of_the_site()
    navigation, below = said["NAVIGATION"], said["BELOW"]
    assert isinstance(navigation, dict)
    assert isinstance(below, dict)
    reached = [DOCS / f"{page}.md" for pages in navigation.values() for page in pages]
    reached += [path for patterns in below.values() for pattern in patterns for path in DOCS.glob(f"{pattern}.md")]
    assert sorted([*reached, DOCS / f"{said['root_doc']}.md"]) == sorted(DOCS.rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_every_link_to_a_heading_leads_to_one(page: Path) -> None:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    broken = [
        f"{file}#{anchor}"
        for file, anchor in _LINK.findall(text)
        if file.endswith((".md", "")) and anchor not in _anchors((page.parent / file).resolve() if file else page)
    ]
    assert broken == []


@cache
def _anchors(page: Path) -> frozenset[str]:
    """The anchors that GitHub and the site give to the headings of a page."""
    if page.suffix != ".md":
        return frozenset()
    found: dict[str, int] = {}
    anchors = set()
    for title in re.findall(r"^#{1,6} (.+)$", _FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
        found[anchor] = found.get(anchor, 0) + 1
        anchors.add(anchor if found[anchor] == 1 else f"{anchor}-{found[anchor] - 1}")
    return frozenset(anchors)


@pytest.fixture(scope="module")
def cookbook(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with what the cookbook shows, and the shipped owners, ways out and topics; the map names all rules."""
    folder = tmp_path_factory.mktemp("cookbook")
    catalogue = [path for path in (REPOSITORY / "rules").glob("*.yaml") if path.stem != "journey"]
    for shipped in [*catalogue, REPOSITORY / "templates" / "layout.html.j2"]:
        target = folder / shipped.relative_to(REPOSITORY)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shipped, target)
    for step in (step for page in COOKBOOK for step in steps_of(page) if isinstance(step, File)):
        target = folder / step.path
        target.parent.mkdir(parents=True, exist_ok=True)
        assert not target.exists(), f"{step.path} is shown twice"
        target.write_text(step.text, encoding="utf-8")
    return load_project(folder)


def test_nothing_in_the_cookbook_has_a_problem_or_a_warning(cookbook: Project) -> None:
    """But for `same_fact`: nobody has two rules for one situation."""
    renderer = Renderer(cookbook, COMPANY)
    found = {
        *cookbook.problems,
        *lint(cookbook),
        *never_true(cookbook),
        *rescue_problems(cookbook),
        *swallowed_moments(cookbook),
        *check_templates(cookbook, COMPANY),
        *wording_problems(cookbook, renderer),
        *approval_problems(cookbook, renderer),
    }
    problems = without_hushed(cookbook, found)
    assert [str(problem) for problem in sorted(problems)] == []


def test_every_situation_of_the_cookbook_does_what_it_says(cookbook: Project) -> None:
    """Each rule and check has a scenario of its own, and all of them hold."""
    results = list(run_scenarios(cookbook, settings=ScenarioSettings(rendering=COMPANY)))
    assert [f"{result.file}: {result.name}" for result in results if not result.passed] == []
    played = {path.name.removesuffix(".test.yaml") for path in scenario_files(cookbook)}
    places = [each.place for each in cookbook.rules.values()] + [each.place for each in cookbook.checks.values()]
    assert played == {Path(place.file).stem for place in places}
    assert len(places) == len(played) == SITUATIONS


@pytest.mark.parametrize(
    ("page", "packs"),
    [
        ("tutorial.md", "the packs telco, retail and utilities"),
        ("es/tutorial.md", "los paquetes telco, retail y utilities"),
    ],
)
def test_the_tutorial_names_the_packs_that_have_its_team(page: str, packs: str) -> None:
    having = [
        name for name in ("telco", "retail", "restaurant", "utilities", "clinic") if "billing" in owners_needed([name])
    ]
    assert re.findall(r"telco|retail|restaurant|utilities|clinic", packs) == having
    assert packs in (BOOK / page).read_text(encoding="utf-8")


def test_the_cookbook_lists_its_situations_in_order() -> None:
    listed = re.findall(r"\]\(cookbook/([\w.]+)#([\w-]+)\)", (BOOK / "cookbook.md").read_text(encoding="utf-8"))
    shown = {page.name: [*_headings(page)] for page in COOKBOOK}
    assert len(listed) == SITUATIONS
    for page, words in (
        (BOOK / "cookbook.md", "Seventeen situations"),
        (BOOK / "tutorial.md", "[seventeen situations to copy]"),
        (BOOK / "es" / "tutorial.md", "diecisiete situaciones"),
        (BOOK.parent / "writing-rules.md", "seventeen situations"),
    ):
        assert words in page.read_text(encoding="utf-8"), page
    for name, anchors in shown.items():
        assert [anchor for page, anchor in listed if page == name] == anchors


def _headings(page: Path) -> list[str]:
    titles = re.findall(r"^## (.+)$", _FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
