#!/usr/bin/env bash
# An amount with a decimal point, read in a locale with a decimal comma: a hundred times as much, without an error.
#
# One would guess: `parse_decimal("79900.50", locale="es_CO")` refuses a text that is no number in Colombia's form.
# What happens: the point is taken for a mark between thousands, wherever it stands, and left out: 7990050. With
#   `79,900.50` it is the other way round: 79.9005. Only strict=True refuses both. But strict=True takes `79.900` in es_MX
#   for 79.9, because there it is a correct number.
# Versions: Babel 2.18.0. Seen on 2026-11-29.
# Who cares: whatever reads amounts from exports and web pages. What we do: notifier/model/values.py takes amounts
#   in one form only, digits with a decimal point, and does not ask Babel.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages babel==2.18.0
python > "$seen" <<'PY'
from babel.numbers import NumberFormatError, parse_decimal

for locale, text in (("es_CO", "79.900,50"), ("es_CO", "79900.50"), ("es_CO", "79,900.50"), ("es_AR", "79.9"), ("es_MX", "79.900")):
    results = []
    for strict in (False, True):
        try:
            results.append(str(parse_decimal(text, locale=locale, strict=strict)))
        except NumberFormatError:
            results.append("refused")
    print(f"{locale} {text:10} {results[0]:10} strict: {results[1]}")
PY
as_described <<'SEEN'
es_CO 79.900,50  79900.50   strict: 79900.50
es_CO 79900.50   7990050    strict: refused
es_CO 79,900.50  79.90050   strict: refused
es_AR 79.9       799        strict: refused
es_MX 79.900     79.900     strict: 79.900
SEEN
