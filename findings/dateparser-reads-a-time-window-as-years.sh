#!/usr/bin/env bash
# "De 8 a 12", a time window in Spanish, given to dateparser: a day eight years from now.
#
# One would guess: a phrase that names no date gives None, and a phrase that is found inside a sentence keeps its meaning.
# What happens: `8 a` is read as eight years (a for año), so on 12 March 2026 "de 8 a 12" is 12 March 2034. `search_dates`
#   takes a part of the phrase and drops what changes it: "en 15 días hábiles" (working days) is 15 days, "pasado mañana a las
#   3" (the day after tomorrow) is tomorrow at 10:00, and "el martes de 2 a 5" is a day of 2027.
# Versions: dateparser 1.5.0. Seen on 2026-11-29.
# Who cares: promises that are read from notes of calls, which are to come. What we do: there is no such reader yet. A wrong date
#   would be a promise that nobody made, so the library may give a second opinion at most.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages dateparser==1.5.0
python > "$seen" 2> "$work/log" <<'PY'
from datetime import datetime

import dateparser
from dateparser.search import search_dates

SETTINGS = {"RELATIVE_BASE": datetime(2026, 3, 12, 10, 0), "PREFER_DATES_FROM": "future"}
for phrase in ("de 8 a 12", "el martes de 2 a 5", "en 15 días hábiles", "pasado mañana a las 3"):
    whole = dateparser.parse(phrase, languages=["es"], settings=SETTINGS)
    parts = search_dates(phrase, languages=["es"], settings=SETTINGS) or []
    print(f"{phrase}: parse {whole}, search_dates", ", ".join(f"'{part}' {found}" for part, found in parts) or "nothing")
PY
as_described <<'SEEN'
de 8 a 12: parse 2034-03-12 10:00:00, search_dates 'de 8 a 12' 2034-03-12 10:00:00
el martes de 2 a 5: parse None, search_dates 'martes de 2 a 5' 2027-02-05 00:00:00
en 15 días hábiles: parse None, search_dates 'en 15 días' 2026-03-27 10:00:00
pasado mañana a las 3: parse None, search_dates 'mañana a las 3' 2026-03-13 10:00:00
SEEN
