"""A backup that is made while somebody writes comes back whole, and goes over nothing."""

import os
import stat
import subprocess
from contextlib import closing
from pathlib import Path
from shutil import which
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from notifier.store.database import open_engine
from notifier.store.migrating import is_current
from notifier.store.tables import INTERVENTION
from tests.support.drafts import NOW
from tests.support.postgres import client_programs, fresh_database

BACKUP = Path(__file__).parents[2] / "deploy" / "backup.sh"
ROW = {"id": "I-1", "at": NOW, "actor": "marta", "verb": "lift", "object_type": "x", "object_id": "x", "reason": "niño"}


def test_a_backup_comes_back_whole_and_goes_over_nothing(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if database_url.startswith("sqlite"):
        _need_sqlite()
        source = f"sqlite:///{request.getfixturevalue('migrated_file')}"
        (tmp_path / "it's here").mkdir()
        path = tmp_path / "it's here" / "live.db"
        path.write_bytes(Path(source.removeprefix("sqlite:///")).read_bytes())
        _comes_back(f"sqlite:///{path}", f"sqlite:///{tmp_path / 'restored' / 'notifier.db'}", tmp_path)
    else:
        server = request.getfixturevalue("postgres")
        with fresh_database(server, request.getfixturevalue("migrated_template")) as source_url:
            _comes_back(source_url.render_as_string(hide_password=False), database_url, tmp_path)


def _comes_back(source: str, target: str, folder: Path) -> None:
    (folder / "restored").mkdir()
    secret = folder / "notifier_database_url"
    secret.write_text(_as_set(source) + "\n")
    engine = open_engine(source)
    with closing(engine.raw_connection()):  # a daemon is at work
        with engine.begin() as connection:
            connection.execute(sa.insert(INTERVENTION).values(ROW))
        code, said = run(str(secret), str(folder / "backups"))
    assert code == 0, said
    (made,) = (folder / "backups").iterdir()  # nothing else is left there
    assert said == f"{made}\n"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    engine.dispose()

    code, said = run("--restore", str(made), _as_set(target))
    assert code == 0, said
    restored = open_engine(target)
    with restored.connect() as connection:
        found = [dict(row._mapping) for row in connection.execute(sa.select(INTERVENTION))]
    assert found == [ROW]
    assert is_current(restored)
    restored.dispose()

    code, said = run("--restore", str(made), _as_set(target))
    assert code == 1
    assert "is in the way" in said or "goes into an empty one" in said


def test_a_backup_that_is_damaged_or_of_something_else_is_put_nowhere(migrated_file: Path, tmp_path: Path) -> None:
    _need_sqlite()
    bad = tmp_path / "bad.db"
    target = tmp_path / "notifier.db"
    whole = migrated_file.read_bytes()
    for content in (whole[: len(whole) // 2], b"no database at all" * 99, b""):
        bad.write_bytes(content)
        code, said = run("--restore", str(bad), f"sqlite:///{target}")
        assert code == 1
        assert "it is damaged, or no database of the notifier" in said
    target.with_name("notifier.db-wal").touch()
    code, said = run("--restore", str(migrated_file), f"sqlite:///{target}")
    assert (code, "notifier.db-wal is in the way" in said) == (1, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.db", "notifier.db-wal"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((), 2, "usage"),
        (("--help",), 2, "usage"),
        (("mysql://x/y", "backups"), 2, "DATABASE is neither"),
        (("sqlite:///gone.db", "backups"), 1, "there is no such database"),
        (("--restore", "gone.dump", "postgresql://u:p@127.0.0.1/x"), 1, "there is no such backup"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], code: int, says: str, tmp_path: Path) -> None:
    found, said = run(*arguments, folder=tmp_path)
    assert (found, says in said) == (code, True), said
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_password_is_in_no_command_line(tmp_path: Path) -> None:
    """Of PostgreSQL's programs; in their place stands one that writes down how it was called."""
    spy = tmp_path / "pg_dump"
    spy.write_text(f'#!/bin/sh\necho "$* [$PGPASSWORD]" >{tmp_path}/called\nexit 9\n')
    spy.chmod(0o755)
    password = r"a:b%c\d é"
    url = f"postgresql://ana:{quote(password, safe='')}@db.example/notifier?sslmode=require"
    code, _ = run(url, str(tmp_path / "backups"), first=tmp_path)
    assert code == 9
    called = (tmp_path / "called").read_text()
    assert called.endswith(f"--dbname=postgresql://ana@db.example/notifier?sslmode=require [{password}]\n")


def run(*arguments: str, folder: Path | None = None, first: Path | None = None) -> tuple[int, str]:
    """The exit code, and both outputs as one."""
    programs = [*([str(first)] if first else []), str(client_programs()), os.environ["PATH"]]
    environment = {**os.environ, "PATH": ":".join(programs), "LC_ALL": "C.UTF-8"}
    command = ["bash", str(BACKUP), *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def _as_set(url: str) -> str:
    """As the setting has it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def _need_sqlite() -> None:
    if which("sqlite3") is None:
        pytest.skip("the program sqlite3 is not installed")
