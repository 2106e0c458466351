#!/usr/bin/env bash
# An appointment as a calendar file: an instant with an offset (`-05:00`) is written so that no reader knows its zone.
#
# One would guess: an aware datetime keeps its instant. An offset without a zone's name is written in UTC, as iCalendar
#   has no form for it.
# What happens: the library writes `DTSTART;TZID="UTC-05:00":20260305T100000`, and `add_missing_timezones()` adds no
#   VTIMEZONE for it. The library itself reads it back as a naive 10:00. ical.js, the reader of Thunderbird, takes it for a
#   floating time: 10:00 wherever the customer is. With a ZoneInfo, or in UTC, the instant survives.
# Versions: icalendar 7.3.2, ical.js 2.2.1 (npm). Seen on 2026-11-29.
# Who cares: the calendar files that are to come with appointments; the product's instants are written with offsets in its
#   imports. What we do: the product writes no calendar files yet. They must be written with the place's ZoneInfo.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages icalendar==7.3.2
node_packages ical.js@2.2.1
cat > "$work/in_python.py" <<'PY'
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar

with_offset = datetime.fromisoformat("2026-03-05T10:00:00-05:00")
start = {
    "offset": with_offset,
    "zone": with_offset.astimezone(ZoneInfo("America/Bogota")),
    "UTC": with_offset.astimezone(UTC),
}[sys.argv[1]]
calendar, event = icalendar.Calendar(), icalendar.Event()
for name, value in {"uid": "A-101@notices.example.com", "dtstamp": datetime(2026, 3, 1, tzinfo=UTC), "dtstart": start}.items():
    event.add(name, value)
for name, value in {"prodid": "-//Avisos//ES", "version": "2.0"}.items():
    calendar.add(name, value)
calendar.add_component(event)
calendar.add_missing_timezones()
with open(sys.argv[2], "wb") as file:
    file.write(calendar.to_ical())
content = calendar.to_ical().decode()
print(next(line for line in content.splitlines() if line.startswith("DTSTART") and "20260305" in line))
print("  icalendar reads", icalendar.Calendar.from_ical(content).walk("VEVENT")[0]["dtstart"].dt.isoformat())
PY
cat > "$work/in_javascript.cjs" <<'JS'
const ICAL = require("ical.js").default ?? require("ical.js");
const calendar = new ICAL.Component(ICAL.parse(require("fs").readFileSync(process.argv[2], "utf8")));
const start = new ICAL.Event(calendar.getFirstSubcomponent("vevent")).startDate;
console.log(`  ical.js reads ${start} ${start.zone.tzid}, on a computer in Madrid ${start.toJSDate().toString().slice(16, 21)}`);
JS
for form in offset zone UTC; do
    python "$work/in_python.py" "$form" "$work/$form.ics"
    TZ=Europe/Madrid node "$work/in_javascript.cjs" "$work/$form.ics"
done > "$seen"
as_described <<'SEEN'
DTSTART;TZID="UTC-05:00":20260305T100000
  icalendar reads 2026-03-05T10:00:00
  ical.js reads 2026-03-05T10:00:00 floating, on a computer in Madrid 10:00
DTSTART;TZID=America/Bogota:20260305T100000
  icalendar reads 2026-03-05T10:00:00-05:00
  ical.js reads 2026-03-05T10:00:00 America/Bogota, on a computer in Madrid 16:00
DTSTART:20260305T150000Z
  icalendar reads 2026-03-05T15:00:00+00:00
  ical.js reads 2026-03-05T15:00:00Z UTC, on a computer in Madrid 16:00
SEEN
