"""Only some rooms write SQL, and each writes only so much of it; `docs/architecture.md` says so, too."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import notifier

HOUSE = Path(notifier.__file__).parent
READS, WRITES, RUNS = {"select", "exists"}, {"insert", "update", "delete"}, {"execute", "exec_driver_sql"}
SQL = READS | WRITES | RUNS | {"text", "schema", "table_of"}
ALLOWED: Mapping[str, set[str]] = {
    "store": SQL,
    "evaluation": READS,  # built there, run by the store's reader
    "promises": READS,
    "answers": READS | RUNS,
    "decisions": READS | WRITES | RUNS,
    "intake": READS | WRITES | RUNS | {"schema"},  # the ids of a snapshot are in a temporary table
}


def test_no_other_room_writes_sql_and_none_writes_more_than_is_said() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for file in HOUSE.rglob("*.py"):
        room = file.relative_to(HOUSE).parts[0]
        found[room].update(verbs_of(ast.parse(file.read_text(encoding="utf-8"))))

    more = {room: verbs - ALLOWED.get(room, set()) for room, verbs in found.items()}
    assert {room: verbs for room, verbs in more.items() if verbs} == {}
    assert {room for room, verbs in found.items() if verbs} == set(ALLOWED)


def verbs_of(module: ast.Module) -> Iterator[str]:
    """`select` for `sa.select(…)`, `execute` for `connection.execute(…)`."""
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value=ast.Name(id="sa"), attr=name) if name in SQL:
                yield name
            case ast.Call(func=ast.Attribute(attr=name)) if name in RUNS:
                yield name
            case ast.Name(id="table_of"):
                yield "table_of"
