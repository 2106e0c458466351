#!/usr/bin/env bash
# A fallback rule in opening hours (`|| off`): the days of a week depend on whether one asks for them one by one.
#
# One would guess: `Mo-Fr 08:00-18:00 || off` means the same as `Mo-Fr 08:00-18:00`, and the intervals of a week are the
#   intervals of its seven days.
# What happens: asked for each day alone, the library says that Monday to Friday are open. Asked for the week in one
#   call, it says that Monday is open and that the place is closed from Monday evening until the next Monday.
# Versions: opening-hours-py 2.1.4. Seen on 2026-11-29.
# Who cares: notifier/calendars/opening_hours.py asked this library for three days in one call, so such a site was shut on
#   every day. What we do: the library says only on which dates a rule holds. Each rule is read alone, and what stands after
#   the bars fills what is left.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages opening-hours-py==2.1.4
python > "$seen" <<'PY'
from datetime import datetime, timedelta

from opening_hours import OpeningHours, State

MONDAY, DAY = datetime(2026, 11, 30), timedelta(days=1)


def open_spans(text, first, last):
    found = [span for span in OpeningHours(text).intervals(first, last) if span[2] == State.OPEN]
    return ", ".join(f"{start:%a %H:%M}-{end:%H:%M}" for start, end, _, _ in found)


for text in ("Mo-Fr 08:00-18:00", "Mo-Fr 08:00-18:00 || off"):
    print(text)
    print("  day by day:", ", ".join(filter(None, (open_spans(text, MONDAY + n * DAY, MONDAY + (n + 1) * DAY) for n in range(7)))))
    print("  one call:  ", open_spans(text, MONDAY, MONDAY + 7 * DAY))
PY
as_described <<'SEEN'
Mo-Fr 08:00-18:00
  day by day: Mon 08:00-18:00, Tue 08:00-18:00, Wed 08:00-18:00, Thu 08:00-18:00, Fri 08:00-18:00
  one call:   Mon 08:00-18:00, Tue 08:00-18:00, Wed 08:00-18:00, Thu 08:00-18:00, Fri 08:00-18:00
Mo-Fr 08:00-18:00 || off
  day by day: Mon 08:00-18:00, Tue 08:00-18:00, Wed 08:00-18:00, Thu 08:00-18:00, Fri 08:00-18:00
  one call:   Mon 08:00-18:00
SEEN
