#!/usr/bin/env bash
# A shared calendar with cancelled events: the library that unfolds repetitions returns them like all others.
#
# One would guess: `recurring_ical_events.of(calendar).between(…)`, "what happens in this time", leaves out what was
#   cancelled (STATUS:CANCELLED), as it leaves out an EXDATE.
# What happens: it returns a whole cancelled series, and each single cancelled day of a series. Only an EXDATE is left
#   out. A calendar program that cancels one day of a series may write either (RFC 5546).
# Versions: icalendar 7.3.2, recurring-ical-events 3.8.2. Seen on 2026-11-29.
# Who cares: the import of closed days and visits from calendars that is to come. What we do: the product reads no calendars
#   yet. It must look at STATUS by itself.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages icalendar==7.3.2 recurring-ical-events==3.8.2
python > "$seen" <<'PY'
import icalendar
import recurring_ical_events

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Tienda//ES
BEGIN:VEVENT
UID:visita@tienda.example.com
DTSTAMP:20261101T000000Z
DTSTART:20261224T140000Z
RRULE:FREQ=DAILY;COUNT=2
SUMMARY:Visita
STATUS:CANCELLED
END:VEVENT
BEGIN:VEVENT
UID:ronda@tienda.example.com
DTSTAMP:20261101T000000Z
DTSTART:20261224T200000Z
RRULE:FREQ=DAILY;COUNT=3
EXDATE:20261226T200000Z
SUMMARY:Ronda
END:VEVENT
BEGIN:VEVENT
UID:ronda@tienda.example.com
DTSTAMP:20261102T000000Z
RECURRENCE-ID:20261225T200000Z
DTSTART:20261225T200000Z
SUMMARY:Ronda
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""
calendar = icalendar.Calendar.from_ical(CALENDAR.replace("\n", "\r\n"))
for event in recurring_ical_events.of(calendar).between((2026, 12, 24), (2026, 12, 28)):
    print(event["DTSTART"].dt.isoformat(), event["SUMMARY"], event.get("STATUS", "(no status)"))
PY
as_described <<'SEEN'
2026-12-24T14:00:00+00:00 Visita CANCELLED
2026-12-25T14:00:00+00:00 Visita CANCELLED
2026-12-24T20:00:00+00:00 Ronda (no status)
2026-12-25T20:00:00+00:00 Ronda CANCELLED
SEEN
