#!/usr/bin/env bash
# `PH` in opening hours: the library's own list of public holidays differs from the one that is kept up to date.
#
# One would guess: OpeningHours("PH off", country="CO") knows the public holidays of Colombia in 2026.
# What happens: its list lacks the new holiday of Colombia (13 July), four days of Peru, the bridge days of Argentina and
#   two days of the United States, and has two days of Spain that are holidays in some regions only. It takes no
#   list of ours, and nothing in its answer tells a day that it does not know.
# Versions: opening-hours-py 2.1.4, holidays 0.109. Seen on 2026-11-29.
# Who cares: notifier/store/opening_hours.py. What we do: it gives the library no country, and turns `PH` into the dates of
#   the library holidays itself.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages opening-hours-py==2.1.4 holidays==0.109
python > "$seen" <<'PY'
from datetime import datetime, timedelta

import holidays
from opening_hours import OpeningHours

for country in ("CO", "MX", "PE", "CL", "AR", "ES", "US"):
    hours = OpeningHours("PH", country=country)
    noons = [datetime(2026, 1, 1, 12) + timedelta(days=n) for n in range(365)]
    theirs = {noon.date() for noon in noons if hours.is_open(noon)}
    kept = set(holidays.country_holidays(country, years=2026))
    lacking, beyond = ([f"{day:%m-%d}" for day in sorted(days)] for days in (kept - theirs, theirs - kept))
    print(country, "lacks:", *lacking or ["none"], "| has beside:", *beyond or ["none"])
PY
as_described <<'SEEN'
CO lacks: 07-13 | has beside: none
MX lacks: none | has beside: none
PE lacks: 06-07 07-23 08-06 12-09 | has beside: none
CL lacks: none | has beside: none
AR lacks: 03-23 07-10 11-09 12-07 | has beside: none
ES lacks: none | has beside: 11-01 12-06
US lacks: 07-04 10-12 | has beside: none
SEEN
