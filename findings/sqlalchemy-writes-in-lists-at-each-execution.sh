#!/usr/bin/env bash
# A statement is built once and executed again and again, as each round of sending does. It says which states count, by
# `state IN (…)` with a list that never changes.
#
# One would guess: SQLAlchemy compiles a statement once and keeps its text, so each further execution costs the same as
#   that of any other statement.
# What happens: of a statement with `in_` or `not_in` of a list, the kept text has a hole. The list is written into it at
#   each execution, and its parameters are named anew.
# Versions: SQLAlchemy 2.1.9. Seen on 2026-12-01.
# Who cares: notifier/store/sql.py; a stop of a simulated clock executes sixteen such statements. What we do: states are words of
#   our own, and stand in the statement's text (`is_one_of`, `is_any_of`).
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages sqlalchemy==2.1.9
python > "$seen" <<'PY'
import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

written = 0
fill = SQLCompiler._process_parameters_for_postcompile


def counted(self, *arguments, **options):
    global written
    written += 1
    return fill(self, *arguments, **options)


SQLCompiler._process_parameters_for_postcompile = counted
table = sa.table("message", sa.column("state", sa.String))
engine = sa.create_engine("sqlite://")
with engine.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE message (state VARCHAR)")
    for name, condition in (
        ("state IN (a list)", table.c.state.in_(["queued", "sending"])),
        ("state IN (text)", table.c.state.op("IN")(sa.literal_column("('queued', 'sending')"))),
    ):
        statement = sa.select(table.c.state).where(condition)
        connection.execute(statement).all()
        written = 0
        for _ in range(100):
            connection.execute(statement).all()
        print(f"{name}: executed 100 times more, its text was written {written} times")
PY
as_described <<'SEEN'
state IN (a list): executed 100 times more, its text was written 100 times
state IN (text): executed 100 times more, its text was written 0 times
SEEN
