#!/usr/bin/env bash
# A daily job at half past midnight in Santiago: on the day on which the clocks go forward it does not run at all.
#
# One would guess: a time that the clocks skip is handled in one way, and a daily job runs once a day.
# What happens: in New York, where 02:00 to 03:00 is skipped, the job of 02:30 runs at 03:30. In Santiago, where 00:00 to
#   01:00 is skipped, the job of 00:30 is left out on that day. On the days on which the clocks go back it runs twice in both
#   cities.
# Versions: APScheduler 3.11.3, tzdata 2026.6. Seen on 2026-11-29.
# Who cares: notifier/runtime/daemon.py. What we do: its jobs are intervals in UTC, and what is due is read from the database.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages apscheduler==3.11.3 tzdata==2026.6
PYTHONTZPATH='' python > "$seen" <<'PY'
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger


def runs(zone_name, hour, minute, first, days):
    zone = ZoneInfo(zone_name)
    trigger = CronTrigger(hour=hour, minute=minute, timezone=zone)
    now, end = (datetime.fromisoformat(first).replace(tzinfo=zone).astimezone(UTC) + n * timedelta(days=days) for n in (0, 1))
    print(f"{zone_name}, every day at {hour:02}:{minute:02}")
    previous = None
    while (run := trigger.get_next_fire_time(previous, now.astimezone(zone))).astimezone(UTC) < end:
        print("  runs at", run.astimezone(UTC).astimezone(zone).isoformat(" ", "minutes"))
        previous, now = run, run.astimezone(UTC) + timedelta(seconds=1)


runs("America/New_York", 2, 30, "2026-03-07", 3)
runs("America/Santiago", 0, 30, "2026-09-05", 3)
runs("America/New_York", 1, 30, "2026-10-31", 3)
runs("America/Santiago", 23, 30, "2026-04-03", 3)
PY
as_described <<'SEEN'
America/New_York, every day at 02:30
  runs at 2026-03-07 02:30-05:00
  runs at 2026-03-08 03:30-04:00
  runs at 2026-03-09 02:30-04:00
America/Santiago, every day at 00:30
  runs at 2026-09-05 00:30-04:00
  runs at 2026-09-07 00:30-03:00
  runs at 2026-09-08 00:30-03:00
America/New_York, every day at 01:30
  runs at 2026-10-31 01:30-04:00
  runs at 2026-11-01 01:30-04:00
  runs at 2026-11-01 01:30-05:00
  runs at 2026-11-02 01:30-05:00
America/Santiago, every day at 23:30
  runs at 2026-04-03 23:30-03:00
  runs at 2026-04-04 23:30-03:00
  runs at 2026-04-04 23:30-04:00
SEEN
