#!/usr/bin/env bash
# A minor release of Babel: four countries change to the 24-hour clock, and the Colombian peso loses its cents.
#
# One would guess: from Babel 2.18 to 2.19 a message keeps its form, apart from mended faults.
# What happens: 2.19 takes in newer CLDR data. In Argentina, Chile, Uruguay and Paraguay `short` time goes from
#   `3:05 p. m.` to `15:05`. The peso of Colombia goes from two decimals to none, and `format_currency` rounds:
#   COP 79900.50 was `$79.900,50` and is `$79.900`. A payment provider may still count that peso in hundredths.
# Versions: Babel 2.18.0 and 2.19.0. Seen on 2026-11-29.
# Who cares: what a customer reads must not change with a package.
#   What we do: notifier/rendering/usages.py has decimals, separators and clocks of ten locales itself, with a test for each
#   country; amounts are never rounded, and never have fewer decimals than the currency has in print.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

cat > "$work/shown.py" <<'PY'
from datetime import time
from decimal import Decimal

import babel
from babel.core import get_global
from babel.dates import format_time
from babel.numbers import format_currency

print("Babel", babel.__version__)
for locale in ("es_CO", "es_MX", "es_AR", "es_CL", "es_UY", "es_PY", "es_ES"):
    print(" ", locale, format_time(time(15, 5), "short", locale=locale).replace("\u202f", " "))
print("  decimals of COP:", get_global("currency_fractions")["COP"][0])
for amount in ("79900", "79900.50"):
    print(f"  COP {amount} in es_CO:", format_currency(Decimal(amount), "COP", locale="es_CO"))
PY
python_packages babel==2.18.0
python "$work/shown.py" > "$seen"
quietly python -m pip install --quiet --disable-pip-version-check babel==2.19.0
python "$work/shown.py" >> "$seen"
as_described <<'SEEN'
Babel 2.18.0
  es_CO 3:05 p. m.
  es_MX 3:05 p.m.
  es_AR 3:05 p. m.
  es_CL 3:05 p. m.
  es_UY 3:05 p. m.
  es_PY 3:05 p. m.
  es_ES 15:05
  decimals of COP: 2
  COP 79900 in es_CO: $79.900,00
  COP 79900.50 in es_CO: $79.900,50
Babel 2.19.0
  es_CO 3:05 p. m.
  es_MX 3:05 p.m.
  es_AR 15:05
  es_CL 15:05
  es_UY 15:05
  es_PY 15:05
  es_ES 15:05
  decimals of COP: 0
  COP 79900 in es_CO: $79.900
  COP 79900.50 in es_CO: $79.900
SEEN
