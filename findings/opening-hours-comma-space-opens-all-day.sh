#!/usr/bin/env bash
# A space after the comma between two weekdays (`Mo-Th, Su 11:00-21:00`): four days are open around the clock.
#
# One would guess: `Mo-Th, Su 11:00-21:00` means the same as `Mo-Th,Su 11:00-21:00`. The reference implementation in
#   JavaScript reads it so, and it is the way in which most people write it.
# What happens: the Python library takes the comma and the space for the beginning of another rule. A rule without hours
#   is open for 24 hours, so Monday to Thursday are open from 00:00 to 24:00. There is no error, and the library's list
#   of warnings is empty.
# Versions: opening-hours-py 2.1.4, opening_hours 3.15.0 (npm). Seen on 2026-11-29.
# Who cares: notifier/calendars/opening_hours.py took what the Python library says, and sites are imported as people wrote
#   their hours. What we do: opening_hours_text.py takes away the space between two names of days, and between two dates. A
#   rule that has days and no hours is refused at import, with what to write.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages opening-hours-py==2.1.4
node_packages opening_hours@3.15.0
cat > "$work/in_python.py" <<'PY'
import sys
from datetime import datetime, timedelta

from opening_hours import OpeningHours, State

hours, monday = OpeningHours(sys.argv[1]), datetime(2026, 11, 30)
shown = []
for day in (monday + timedelta(days=n) for n in range(7)):
    spans = [span for span in hours.intervals(day, day + timedelta(days=1)) if span[2] == State.OPEN]
    shown.append(f"{day:%a} " + (",".join(f"{start:%H:%M}-{end:%H:%M}" for start, end, _, _ in spans) or "shut"))
print("  Python:    ", "; ".join(shown))
print("  warnings of the Python library:", hours.warnings)
PY
cat > "$work/in_javascript.js" <<'JS'
const hours = new (require("opening_hours"))(process.argv[2]);
const shown = [];
for (let n = 0; n < 7; n++) {
    const day = new Date(2026, 10, 30 + n);
    const spans = hours.getOpenIntervals(day, new Date(2026, 10, 31 + n));
    const clock = (at) => at.toTimeString().slice(0, 5);
    shown.push(day.toDateString().slice(0, 3) + " " + (spans.map((s) => `${clock(s[0])}-${clock(s[1])}`).join() || "shut"));
}
console.log("  JavaScript: " + shown.join("; "));
JS
for text in "Mo-Th,Su 11:00-21:00" "Mo-Th, Su 11:00-21:00"; do
    echo "$text"
    python "$work/in_python.py" "$text"
    node "$work/in_javascript.js" "$text"
done > "$seen"
as_described <<'SEEN'
Mo-Th,Su 11:00-21:00
  Python:     Mon 11:00-21:00; Tue 11:00-21:00; Wed 11:00-21:00; Thu 11:00-21:00; Fri shut; Sat shut; Sun 11:00-21:00
  warnings of the Python library: []
  JavaScript: Mon 11:00-21:00; Tue 11:00-21:00; Wed 11:00-21:00; Thu 11:00-21:00; Fri shut; Sat shut; Sun 11:00-21:00
Mo-Th, Su 11:00-21:00
  Python:     Mon 00:00-00:00; Tue 00:00-00:00; Wed 00:00-00:00; Thu 00:00-00:00; Fri shut; Sat shut; Sun 11:00-21:00
  warnings of the Python library: []
  JavaScript: Mon 11:00-21:00; Tue 11:00-21:00; Wed 11:00-21:00; Thu 11:00-21:00; Fri shut; Sat shut; Sun 11:00-21:00
SEEN
