#!/usr/bin/env bash
# A rule of a comment alone (`Sa "previa cita"`, by appointment): the Python library says open, all day.
#
# One would guess: nobody can know the hours of such a day, so the library's third state, unknown, is the answer. The
#   reference implementation in JavaScript gives it.
# What happens: the Python library answers OPEN from 00:00 to 24:00. It answers UNKNOWN only where the text has that word.
# Versions: opening-hours-py 2.1.4, opening_hours 3.15.0 (npm). Seen on 2026-11-29.
# Who cares: notifier/calendars/opening_hours.py would have told a customer that the shop is open on Saturday at three in
#   the night. What we do: a rule with a comment is unknown, and unknown hours are told to nobody. A comment alone is refused.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages opening-hours-py==2.1.4
node_packages opening_hours@3.15.0
cat > "$work/in_python.py" <<'PY'
import sys
from datetime import datetime

from opening_hours import OpeningHours

state, comment = OpeningHours(sys.argv[1]).state(datetime(2026, 12, 5, 3, 0))
print("  Python:     ", str(state).split(".")[-1].lower(), comment)
PY
cat > "$work/in_javascript.js" <<'JS'
const hours = new (require("opening_hours"))(process.argv[2]), night = new Date(2026, 11, 5, 3, 0);
console.log("  JavaScript: ", hours.getUnknown(night) ? "unknown" : hours.getState(night) ? "open" : "closed", hours.getComment(night));
JS
for text in 'Mo-Fr 08:00-18:00; Sa "previa cita"' 'Mo-Fr 08:00-18:00; Sa unknown "previa cita"'; do
    echo "$text, on a Saturday at 03:00"
    python "$work/in_python.py" "$text"
    node "$work/in_javascript.js" "$text"
done > "$seen"
as_described <<'SEEN'
Mo-Fr 08:00-18:00; Sa "previa cita", on a Saturday at 03:00
  Python:      open previa cita
  JavaScript:  unknown previa cita
Mo-Fr 08:00-18:00; Sa unknown "previa cita", on a Saturday at 03:00
  Python:      unknown previa cita
  JavaScript:  unknown previa cita
SEEN
