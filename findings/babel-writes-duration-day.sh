#!/usr/bin/env bash
# Two days in Brazilian Portuguese: Babel writes `2 duration-day`, the internal name of the unit.
#
# One would guess: `format_unit(2, "duration-day", "long", locale="pt_BR")` is `2 dias`. The library knows that form: it is
#   what `length="short"` gives.
# What happens: where CLDR has the same text for both lengths, it is stored once, for `short`. Babel 2.18.0 does not look
#   there, and puts the unit's internal name into the text. So it is for days in Portuguese and Catalan, and for
#   some unit of time in many locales. Spanish and English are not among them. 2.19.0 writes `2 dias`.
# Versions: Babel 2.18.0 and 2.19.0. Seen on 2026-11-29.
# Who cares: notifier/rendering/formats.py prints durations. What we do: where the name comes back, it asks for `short`.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

cat > "$work/shown.py" <<'PY'
import babel
from babel.units import format_unit

print("Babel", babel.__version__)
for locale in ("pt_BR", "ca", "es_CO", "en_US"):
    print(" ", locale, *(f"{length}: {format_unit(2, 'duration-day', length, locale=locale)};" for length in ("long", "short")))
PY
python_packages babel==2.18.0
python "$work/shown.py" > "$seen"
quietly python -m pip install --quiet --disable-pip-version-check babel==2.19.0
python "$work/shown.py" >> "$seen"
as_described <<'SEEN'
Babel 2.18.0
  pt_BR long: 2 duration-day; short: 2 dias;
  ca long: 2 duration-day; short: 2 dies;
  es_CO long: 2 días; short: 2 días;
  en_US long: 2 days; short: 2 days;
Babel 2.19.0
  pt_BR long: 2 dias; short: 2 dias;
  ca long: 2 dies; short: 2 dies;
  es_CO long: 2 días; short: 2 días;
  en_US long: 2 days; short: 2 days;
SEEN
