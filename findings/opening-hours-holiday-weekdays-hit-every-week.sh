#!/usr/bin/env bash
# Holiday hours for some weekdays (`PH Mo-Fr 10:00-14:00`): they hold on every ordinary weekday as well.
#
# One would guess: `Mo-Fr 08:00-18:00; PH Mo-Fr 10:00-14:00` shortens a holiday that falls on a weekday, and changes
#   nothing on a Tuesday that is none.
# What happens: the library reads `PH Mo-Fr` as `PH,Mo-Fr`, a holiday or a weekday. It says so only in its normal form. So
#   each Tuesday is open from 10:00 to 14:00, and so is a holiday on a Saturday.
# Versions: opening-hours-py 2.1.4. Seen on 2026-11-29.
# Who cares: notifier/calendars/opening_hours.py expands `PH` from that normal form. What we do: the weekdays are taken
#   from the text as written, and the rule holds on holidays that are such days. The import warns.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages opening-hours-py==2.1.4
python > "$seen" <<'PY'
from datetime import datetime, timedelta

from opening_hours import OpeningHours, State

hours = OpeningHours("Mo-Fr 08:00-18:00; PH Mo-Fr 10:00-14:00", country="CO")
print(hours)
for what, day in {
    "an ordinary Tuesday": datetime(2026, 12, 1),
    "a holiday on a Tuesday": datetime(2026, 12, 8),
    "an ordinary Saturday": datetime(2026, 12, 5),
    "a holiday on a Saturday": datetime(2027, 12, 25),
}.items():
    spans = [span for span in hours.intervals(day, day + timedelta(days=1)) if span[2] == State.OPEN]
    print(f"{what}, {day:%a %Y-%m-%d}:", ", ".join(f"{s:%H:%M}-{e:%H:%M}" for s, e, _, _ in spans) or "shut")
PY
as_described <<'SEEN'
Mo-Fr 08:00-18:00; PH,Mo-Fr 10:00-14:00
an ordinary Tuesday, Tue 2026-12-01: 10:00-14:00
a holiday on a Tuesday, Tue 2026-12-08: 10:00-14:00
an ordinary Saturday, Sat 2026-12-05: shut
a holiday on a Saturday, Sat 2027-12-25: 10:00-14:00
SEEN
