#!/usr/bin/env bash
# Argentina's bridge days: the calendar of next year is there, looks complete, and lacks them.
#
# One would guess: a year that the library cannot know yet is missing, marked as an estimate, or warned about. The
#   library does mark the dates of Islamic holidays as estimated.
# What happens: bridge days are decreed year by year, at the end of the year before. 2024 to 2026 have three each. 2027
#   is answered without any, and so is every year up to 2100, the `end_year`. A list of 17 days looks like any other.
# Versions: holidays 0.109. Seen on 2026-11-29.
# Who cares: notifier/store/state/site_days.py works out 60 days ahead, so from November on it looks into next year. What we
#   do: `rules check` warns for the default country, and `import site` for the country of a site, until rules/hours.yaml
#   has a day of that year (decreed_days.py).
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages holidays==0.109
python > "$seen" <<'PY'
import warnings

import holidays

warnings.simplefilter("error")
for year in (2024, 2025, 2026, 2027, 2028):
    days = holidays.country_holidays("AR", years=year, language="es")
    bridges = [f"{day:%m-%d}" for day, name in sorted(days.items()) if "con fines turísticos" in name]
    print(year, f"{len(days)} days, with these bridges:", *bridges or ["none"])
print("the library's last year:", holidays.country_holidays("AR").end_year)
PY
as_described <<'SEEN'
2024 20 days, with these bridges: 04-01 06-21 10-11
2025 20 days, with these bridges: 05-02 08-15 11-21
2026 20 days, with these bridges: 03-23 07-10 12-07
2027 17 days, with these bridges: none
2028 17 days, with these bridges: none
the library's last year: 2100
SEEN
