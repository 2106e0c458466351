"""What a person sees in an editor: the real language server offers our keys, explains them, and marks a wrong one.

One server for the whole file. It gets the schemas as `notifier rules schema --write` writes them, and finds them as a
person's editor does: by the printed settings, or by the first line of a file.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from notifier.answers.editor import settings_of_editors
from notifier.cli.main import app
from tests.docs.pages import PAGES, REPOSITORY, File, steps_of
from tests.support.language_server import LanguageServer, Mark, NoLanguageServerError, language_server

SCHEMAS = ".schemas"
RULE = """\
rules:
  - rule: contract-ending
    about: contract
    owner: billing
    class: service
    when: contract.status == 'active'
    template: late_order
    exit: billing-desk
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder: the shipped files, with their schemas."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("rules", "templates", "docs"):
        (folder / name).symlink_to(REPOSITORY / name)
    done = CliRunner().invoke(app, ["--project", str(folder), "rules", "schema", "--write", SCHEMAS])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[LanguageServer]:
    """Skips where npm's modules are not installed; CI has them."""
    try:
        with language_server(folder, settings_of_editors(SCHEMAS)) as server:
            yield server
    except NoLanguageServerError as error:
        pytest.skip(str(error))


def marked(server: LanguageServer, file: Path, text: str) -> list[Mark]:
    return server.marks({file: text})[file]


def test_every_file_that_is_shipped_or_shown_is_clean(server: LanguageServer, folder: Path) -> None:
    texts = {folder / path.relative_to(REPOSITORY): path.read_text() for path in (REPOSITORY / "rules").rglob("*.yaml")}
    for path in (REPOSITORY / "docs" / "examples").rglob("*.yaml"):
        text = path.read_text()
        kind = "rules" if text.lstrip().startswith(("rules:", "checks:")) or "\nrules:" in text else "map"
        if (folder / SCHEMAS / f"{path.stem}.schema.json").exists():
            kind = path.stem
        file = folder / path.relative_to(REPOSITORY)
        schema = os.path.relpath(folder / SCHEMAS / f"{kind}.schema.json", file.parent)
        texts[file] = f"# yaml-language-server: $schema={schema}\n{text}"
    assert {file: marks for file, marks in server.marks(texts).items() if marks} == {}


@pytest.mark.parametrize(
    ("file", "before", "offered"),
    [
        ("rules/mine.yaml", "rules:\n  - rule: a\n    |", {"about", "when", "born_late", "follow_up", "exit"}),
        ("rules/mine.yaml", "checks:\n  - |", {"check", "kept_when", "hold"}),
        ("rules/mine.yaml", "rules:\n  - rule: a\n    class: |", {"safety", "service", "marketing"}),
        ("rules/mine.yaml", "rules:\n  - rule: a\n    owner: |", {"billing", "care"}),
        ("rules/mine.yaml", "rules:\n  - rule: a\n    channels: [|]", {"sms", "email"}),
        ("rules/mine.yaml", "rules:\n  - rule: a\n    claims:\n      plan:\n        |", {"value", "topic", "label"}),
        ("rules/mine.test.yaml", "scenarios:\n  - given:\n      |", {"customer", "order", "charge"}),
        ("rules/mine.test.yaml", "scenarios:\n  - given:\n      order:\n        - |", {"customer_id", "promised_at"}),
        ("rules/topics.yaml", "topics:\n  speed:\n    |", {"type", "worse", "unit", "counted_in"}),
        ("rules/policy.yaml", "|", {"quiet_hours", "contact_law", "merge"}),
    ],
)
def test_the_keys_are_offered_where_they_belong(
    server: LanguageServer, folder: Path, file: str, before: str, offered: set[str]
) -> None:
    assert offered <= set(server.offered(folder / file, before))


def test_a_choice_is_offered_with_what_it_means(server: LanguageServer, folder: Path) -> None:
    offered = server.offered(folder / "rules/mine.yaml", "rules:\n  - rule: a\n    born_late: |")
    assert offered.keys() == {"tell", "skip"}
    assert "at once" in offered["tell"]


def test_a_key_says_what_it_means_under_the_mouse(server: LanguageServer, folder: Path) -> None:
    said = server.said(folder / "rules/mine.yaml", RULE.replace("exit:", "ex|it:"))
    assert "contact point that leads to a human" in said


@pytest.mark.parametrize(
    ("wrong", "line", "column", "says"),
    [
        (("    exit: ", "    touchpont: care\n    exit: "), 8, 5, "touchpont is not allowed"),
        (("class: service", "class: servise"), 5, 12, '"service"'),
        (("    owner: billing\n", ""), 2, 5, '"owner"'),
        (("when: contract.status == 'active'", "when: [contract.status == 'active', [x]]"), 6, 41, "Incorrect type"),
        (("template: late_order", "template: 5"), 7, 15, "Incorrect type"),
        (("about: contract", "about: contrat"), 3, 12, '"contract"'),
        (
            ("exit: billing-desk", "limits: { share: 10%, recipient: 5 }\n    exit: billing-desk"),
            8,
            27,
            "recipient is not allowed",
        ),
    ],
)
def test_what_is_wrong_is_marked_where_it_stands(
    server: LanguageServer, folder: Path, wrong: tuple[str, str], line: int, column: int, says: str
) -> None:
    assert wrong[0] in RULE
    marks = marked(server, folder / "rules/deep/mine.yaml", RULE.replace(*wrong, 1))
    assert [(mark.line, mark.column) for mark in marks] == [(line, column)], marks
    assert says in marks[0].says


def test_the_first_line_of_a_file_leads_to_its_schema(server: LanguageServer, folder: Path) -> None:
    """Outside of the settings' patterns, and from a folder whose name has a space."""
    file = folder / "our maps" / "orders.yaml"
    line = (
        CliRunner().invoke(app, ["--project", str(folder), "rules", "schema", "--file", "our maps/orders.yaml"]).stdout
    )
    text = f"{line}entity: order\ncolums: {{ id: order_id }}\n"
    assert [(mark.line, mark.says) for mark in marked(server, file, text)] == [
        (3, "Property colums is not allowed."),
    ]
    assert {"id", "promised_at"} <= set(server.offered(file, f"{line}entity: order\ncolumns:\n  |"))
    several = f"{line}entities:\n  - entity: contact\n    columns:\n      |"
    assert {"direction", "outcome"} <= set(server.offered(file, several))


def test_every_file_that_the_documents_show_is_clean(server: LanguageServer, folder: Path) -> None:
    steps = [step for page in PAGES for step in steps_of(page) if isinstance(step, File)]
    shown = {
        folder / "shown" / str(number) / step.path: step.text
        for number, step in enumerate(steps)
        if step.path.startswith("rules/") and step.path.endswith(".yaml")
    }
    assert shown
    assert {file: marks for file, marks in server.marks(shown).items() if marks} == {}
