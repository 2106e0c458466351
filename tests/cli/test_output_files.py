"""What a person names as output is not written over the database, the project, what is read, or somebody's file."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

BAD = "id,name,phone\nC-1,Ana,1\n"
OURS = ("notifier.db", "notifier.db-wal", "rules/billing.yaml", "rules/new.yaml", "templates/layout.html.j2", ".env")
SAID = {
    "notifier.db": "is the database",
    "notifier.db-wal": "is the database",
    ".env": "is the file of settings",
}


@pytest.mark.parametrize("name", OURS)
def test_neither_errors_nor_a_page_are_written_over_what_is_ours(loaded: Path, run: Run, name: str) -> None:
    path = loaded / name
    before = path.read_bytes() if path.exists() else None
    rows = loaded / "rows.csv"
    rows.write_text(BAD)
    for arguments in (("import", "customer", rows, "--errors", path), ("preview", "--html", path)):
        said = run(*arguments)
        assert said.code == 2
        assert f"{SAID.get(name, 'is a file of the project')}; name another file" in said.usage
        assert (path.read_bytes() if path.exists() else None) == before


def test_a_link_to_the_database_is_the_database(loaded: Path, run: Run) -> None:
    link = loaded / "bad.csv"
    link.symlink_to(loaded / "notifier.db")
    (loaded / "rows.csv").write_text(BAD)
    said = run("import", "customer", loaded / "rows.csv", "--errors", link)
    assert (said.code, "is the database" in said.usage) == (2, True)


def test_errors_are_not_written_over_what_the_import_reads(loaded: Path, run: Run) -> None:
    rows, map_ = loaded / "rows.csv", loaded / "map.yaml"
    rows.write_text(BAD)
    map_.write_text("entity: customer\ncolumns: {}\n")
    for path in (rows, map_):
        before = path.read_text()
        said = run("import", "customer", rows, "--map", map_, "--errors", path)
        assert (said.code, "is what this command reads; name another file" in said.usage) == (2, True)
        assert path.read_text() == before


def test_what_somebody_else_made_stays_and_what_we_made_is_written_over(loaded: Path, run: Run) -> None:
    rows, theirs = loaded / "rows.csv", loaded / "report.csv"
    rows.write_text(BAD)
    theirs.write_text("a,b\n1,2\n")
    for arguments in (("import", "customer", rows, "--errors", theirs), ("preview", "--html", theirs)):
        said = run(*arguments)
        assert said.code == 2
        assert "is there already, and no such command made it; name another file, or delete it" in said.usage
    assert theirs.read_text() == "a,b\n1,2\n"
    for _ in range(2):
        assert run("import", "customer", rows, "--errors", loaded / "bad.csv").code == 1
        assert run("preview", "--html", loaded / "page.html").code == 0
    said = run("preview", "--html", loaded / "rules")
    assert said.code == 2
