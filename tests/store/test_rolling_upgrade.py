"""Daemons of two versions on one database: who may work on newer tables, and what an upgrade may do to old daemons."""

import ast
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from notifier.store import migrating
from notifier.store.database import DatabaseLockedError, open_engine
from notifier.store.migrating import MIGRATIONS, OLDEST_PROGRAM, is_current, migrate, newer_revision, upgrade


def test_newer_tables_that_let_this_program_work_on_them_are_taken_as_they_are(migrated_url: str) -> None:
    engine = open_engine(migrated_url)
    assert newer_revision(engine) is None
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0099'"))
    migrate(engine)
    assert is_current(engine)
    assert newer_revision(engine) == "0099"
    engine.dispose()


def test_what_older_programs_may_work_on_is_only_added_to() -> None:
    """Where this fails: make the migration add only (a column that is null or has a default, a table, an index that is
    not unique), or set OLDEST_PROGRAM to its revision, and say in the CHANGELOG that all daemons have to end first."""
    later = [each for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions() if each.revision > OLDEST_PROGRAM]
    found = {each.revision: does_more_than_add(Path(each.path).read_text()) for each in later}
    assert not {revision: operations for revision, operations in found.items() if operations}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("op.add_column('notice', sa.Column('gate', sa.String(), nullable=True))", []),
        ("op.add_column('notice', sa.Column('n', sa.Integer(), nullable=False, server_default='0'))", []),
        ("op.create_index('i', 'notice', ['gate'], unique=False)", []),
        ("op.create_table('t', sa.Column('n', sa.Integer(), nullable=False), sa.UniqueConstraint('n'))", []),
        ("op.add_column('notice', sa.Column('n', sa.Integer(), nullable=False))", ["add_column"]),
        ("op.create_index('i', 'notice', ['gate'], unique=True)", ["create_index"]),
        ("op.drop_column('notice', 'gate')", ["drop_column"]),
        ("with op.batch_alter_table('notice') as batch:\n    batch.drop_column('gate')", ["batch_alter_table"]),
        ("op.execute('UPDATE notice SET gate = NULL')", ["execute"]),
    ],
)
def test_what_a_migration_does_besides_is_seen(statement: str, found: list[str]) -> None:
    assert does_more_than_add(statement) == found


def does_more_than_add(source: str) -> list[str]:
    """The operations of a migration that an older program may not survive."""
    calls = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.Call)]
    operations = [each for each in calls if ast.unparse(each.func).startswith("op.")]
    return [ast.unparse(each.func).removeprefix("op.") for each in operations if not _adds(each)]


def _adds(operation: ast.Call) -> bool:
    match ast.unparse(operation.func).removeprefix("op."):
        case "create_table" | "get_bind":
            return True
        case "create_index":
            return _words(operation).get("unique", "False") == "False"
        case "add_column":
            column = operation.args[1]
            assert isinstance(column, ast.Call)
            return _words(column).get("nullable") == "True" or "server_default" in _words(column)
    return False


def _words(call: ast.Call) -> dict[str | None, str]:
    return {word.arg: ast.unparse(word.value) for word in call.keywords}


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_an_upgrade_lets_those_pass_who_use_a_table_and_tries_again(
    migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(migrated_url)
    monkeypatch.setattr(migrating, "LOCK_WAIT", "10ms")
    daemon = engine.connect()
    daemon.execute(sa.text("LOCK TABLE alembic_version"))
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            daemon.close()

    monkeypatch.setattr("notifier.store.migrating.time.sleep", wait)
    upgrade(engine)
    assert waited == [1, 1]

    with engine.connect() as other:
        other.execute(sa.text("LOCK TABLE alembic_version"))
        monkeypatch.setattr(migrating, "LOCK_ATTEMPTS", 2)
        with pytest.raises(DatabaseLockedError, match="Nothing of this transaction was written"):
            upgrade(engine)
    engine.dispose()
