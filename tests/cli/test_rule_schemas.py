"""`notifier rules schema`: what is printed, what is written, and what is refused."""

import json
from pathlib import Path

import pytest

from notifier.answers.editor import EDITOR_KINDS
from tests.cli.conftest import run_command


def ask(folder: Path, *arguments: str) -> tuple[int, str, str]:
    done = run_command("rules", "schema", *arguments, project=folder)
    return done.code, done.out, done.usage


def test_the_kinds_of_files_are_listed_with_their_places(tmp_path: Path) -> None:
    code, out, _ = ask(tmp_path)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [kind.name for kind in EDITOR_KINDS]
    assert "rules/contact_points.yaml" in out


def test_one_schema_is_printed_also_where_there_is_no_project_yet(tmp_path: Path) -> None:
    code, out, err = ask(tmp_path, "topics")
    assert (code, err) == (0, "")
    assert json.loads(out)["title"] == "notifier: topics"


def test_the_schemas_are_written_with_what_the_editor_needs(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    owners = "owners:\n  billing: { name: Billing, email: billing@example.com }\n"
    (tmp_path / "rules" / "owners.yaml").write_text(owners)
    code, out, _ = ask(tmp_path, "--write", "tools/schemas")
    settings = json.loads(out[out.index("{") : out.rindex("}") + 1])["yaml.schemas"]

    assert code == 0
    assert out.startswith(f"{len(EDITOR_KINDS)} schemas in tools/schemas/\n")
    assert {path.name for path in (tmp_path / "tools/schemas").iterdir()} == {
        f"{kind.name}.schema.json" for kind in EDITOR_KINDS
    }
    assert settings["tools/schemas/topics.schema.json"] == ["rules/topics.yaml"]
    assert {"rules/**/*.yaml", "!rules/topics.yaml", "!rules/**/*.test.yaml"} <= {
        *settings["tools/schemas/rules.schema.json"]
    }
    rules = json.loads((tmp_path / "tools/schemas/rules.schema.json").read_text())
    assert rules["$defs"]["a_rule"]["properties"]["owner"]["examples"] == ["billing"]


def test_they_are_written_again_but_over_nothing_else(tmp_path: Path) -> None:
    assert ask(tmp_path, "topics", "--write", "here")[0] == 0
    assert ask(tmp_path, "topics", "--write", "here")[0] == 0
    (tmp_path / "here" / "topics.schema.json").write_text("mine")
    code, _, err = ask(tmp_path, "topics", "--write", "here")
    assert code == 2
    assert "is there already, and no such command made it" in err
    assert (tmp_path / "here" / "topics.schema.json").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--file", "rules/telco/bills.yaml"), "../../.schemas/rules.schema.json"),
        (("--file", "rules/bills.test.yaml", "--write", "schemas"), "../schemas/scenarios.schema.json"),
        (("topics", "--file", "elsewhere/words.yaml"), "../.schemas/topics.schema.json"),
        (("--file", "our maps/orders.yaml"), "../.schemas/map.schema.json"),
    ],
)
def test_the_first_line_of_a_file_is_printed(tmp_path: Path, arguments: tuple[str, ...], line: str) -> None:
    assert ask(tmp_path, *arguments) == (0, f"# yaml-language-server: $schema={line}\n", "")


def test_a_kind_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    code, _, err = ask(tmp_path, "topic")
    assert code == 2
    assert "did you mean" in err
