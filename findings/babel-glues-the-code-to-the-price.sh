#!/usr/bin/env bash
# A price in pesos for an English reader: `COP79,900.00`, with no space, though CLDR asks for one.
#
# One would guess: CLDR's rule on the space between a currency's letters and a digit (currencySpacing) is applied, as
#   JavaScript's Intl, on the same data, does.
# What happens: Babel writes `COP79,900.00`. Intl writes a no-break space in between. An SMS with the form of Intl would
#   need UCS-2, and one with the form of Babel is hard to read.
# Versions: Babel 2.18.0, Intl of Node (its CLDR data moves with it; seen with Node 20). Seen on 2026-11-29.
# Who cares: notifier/rendering/formats.py. What we do: it puts an ordinary space between a code and its number.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

need node nodejs
python_packages babel==2.18.0
{
    python - <<'PY'
from decimal import Decimal

from babel.numbers import format_currency

for locale in ("en_US", "es_MX"):
    print("Babel", locale, ascii(format_currency(Decimal(79900), "COP", locale=locale)))
PY
    node - <<'JS'
for (const locale of ["en-US", "es-MX"]) {
    const written = new Intl.NumberFormat(locale, { style: "currency", currency: "COP", minimumFractionDigits: 2 }).format(79900);
    console.log("Intl ", locale, "'" + written.replace(/\u00a0/g, "\\xa0") + "'");
}
JS
} > "$seen"
as_described <<'SEEN'
Babel en_US 'COP79,900.00'
Babel es_MX 'COP79,900.00'
Intl  en-US 'COP\xa079,900.00'
Intl  es-MX 'COP\xa079,900.00'
SEEN
