#!/usr/bin/env bash
# A bar that is open past midnight: which rule cuts its night, and whose night is left on the day after a closed one.
#
# One would guess: a later rule overrides an earlier one, so of `Su-Th 10:00-01:00; Fr-Sa 10:00-02:00` the night of
#   Saturday ends on Sunday at 02:00. The reference implementation in JavaScript says so. And when `Dec 25 off` closes a
#   bar of `22:00-04:00`, the night that would have begun on 25 December does not take place.
# What happens: the Python library ends Saturday at 24:00, because the earlier rule speaks of Sunday. On 26 December both
#   libraries say that the bar is open from 00:00 to 04:00: the tail of a night that never began. They also cut the night
#   of 24 December at midnight.
# Versions: opening-hours-py 2.1.4, opening_hours 3.15.0 (npm). Seen on 2026-11-29.
# Who cares: notifier/calendars/opening_hours.py. What we do: a night belongs to the day that opened it, whichever rule
#   governs the next day, and no night begins on a closed day. Where the letter ends it at midnight, the import warns.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages opening-hours-py==2.1.4
node_packages opening_hours@3.15.0
cat > "$work/in_python.py" <<'PY'
import sys
from datetime import datetime

from opening_hours import OpeningHours, State

text, first, last = sys.argv[1], *map(datetime.fromisoformat, sys.argv[2:])
spans = [span for span in OpeningHours(text).intervals(first, last) if span[2] == State.OPEN]
print("  Python:    ", ", ".join(f"{start:%a %d %H:%M} to {end:%a %d %H:%M}" for start, end, _, _ in spans))
PY
cat > "$work/in_javascript.js" <<'JS'
const [text, first, last] = process.argv.slice(2);
const spans = new (require("opening_hours"))(text).getOpenIntervals(new Date(first + "T00:00"), new Date(last + "T00:00"));
const shown = (at) => `${at.toDateString().slice(0, 3)} ${String(at.getDate()).padStart(2, "0")} ${at.toTimeString().slice(0, 5)}`;
console.log("  JavaScript: " + spans.map((span) => `${shown(span[0])} to ${shown(span[1])}`).join(", "));
JS
while read -r first last text; do
    echo "$text"
    python "$work/in_python.py" "$text" "$first" "$last"
    node "$work/in_javascript.js" "$text" "$first" "$last"
done > "$seen" <<'HOURS'
2026-12-05 2026-12-07 Su-Th 10:00-01:00; Fr-Sa 10:00-02:00
2026-12-24 2026-12-27 22:00-04:00; Dec 25 off
HOURS
as_described <<'SEEN'
Su-Th 10:00-01:00; Fr-Sa 10:00-02:00
  Python:     Sat 05 00:00 to Sat 05 02:00, Sat 05 10:00 to Sun 06 00:00, Sun 06 10:00 to Mon 07 00:00
  JavaScript: Sat 05 00:00 to Sat 05 02:00, Sat 05 10:00 to Sun 06 02:00, Sun 06 10:00 to Mon 07 00:00
22:00-04:00; Dec 25 off
  Python:     Thu 24 00:00 to Thu 24 04:00, Thu 24 22:00 to Fri 25 00:00, Sat 26 00:00 to Sat 26 04:00, Sat 26 22:00 to Sun 27 00:00
  JavaScript: Thu 24 00:00 to Thu 24 04:00, Thu 24 22:00 to Fri 25 00:00, Sat 26 00:00 to Sat 26 04:00, Sat 26 22:00 to Sun 27 00:00
SEEN
