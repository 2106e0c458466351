#!/usr/bin/env bash
# The name of a holiday is a note for the reader of a calendar, not a word to print: `(observado)`, and two names in one.
#
# One would guess: the 29 June holiday of Colombia has one name, and each date has the name of one holiday.
# What happens: where the law moves the day to Monday, the name ends in ` (observado)`. Where it falls on a Monday by
#   itself, as in 2026, it does not. Two holidays on one day are one text, joined with `; `: Colombia's 30 June 2025,
#   Argentina's 2 April 2026. To look up a holiday by name one must therefore search inside of texts.
# Versions: holidays 0.109. Seen on 2026-11-29.
# Who cares: notifier/store/state/site_days.py stores the name as a day's reason, and a notice prints it. What we do: the
#   suffix is taken off, and ` / ` stands between two names (`holiday_names` in opening_hours.py).
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages holidays==0.109
python > "$seen" <<'PY'
from datetime import date

import holidays

for year in (2025, 2026, 2027):
    days = holidays.country_holidays("CO", years=year, language="es")
    print("CO", *(f"{day:%a %Y-%m-%d}: {name}" for day, name in days.items() if "San Pedro" in name))
days = holidays.country_holidays("AR", years=2026, language="es")
print("AR", f"{date(2026, 4, 2):%a %Y-%m-%d}:", days[date(2026, 4, 2)])
print("AR", days.get_list(date(2026, 4, 2)))
PY
as_described <<'SEEN'
CO Mon 2025-06-30: Sagrado Corazón (observado); San Pedro y San Pablo (observado)
CO Mon 2026-06-29: San Pedro y San Pablo
CO Mon 2027-07-05: San Pedro y San Pablo (observado)
AR Thu 2026-04-02: Día del Veterano y de los Caidos en la Guerra de Malvinas; Jueves Santo
AR ['Día del Veterano y de los Caidos en la Guerra de Malvinas', 'Jueves Santo']
SEEN
