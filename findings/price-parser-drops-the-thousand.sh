#!/usr/bin/env bash
# Spanish amounts in words and figures ("79 mil"): price-parser reads 79, without a doubt.
#
# One would guess: a word behind the figure that the library does not know makes it answer nothing, or is a unit to it.
# What happens: the figure is taken and the word is dropped: "79 mil" and "79 mil 900" are 79, "80k" is 80, "1.2 millones" is 1.2.
#   Nothing in the result tells them from a price of 79. `$79.900` is read right, by the rule that three digits behind
#   a point are thousands.
# Versions: price-parser 0.5.1. Seen on 2026-11-29.
# Who cares: promises that are read from notes of calls, which are to come. What we do: there is no such reader yet. In pesos of
#   Colombia, Chile or Paraguay, a price under 1,000 must be a question to a person.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages price-parser==0.5.1
python > "$seen" <<'PY'
from price_parser import Price

for text in ("79 mil", "79 mil 900", "80k", "1.2 millones", "$79.900"):
    price = Price.fromstring(text)
    print(f"{text}: {price.amount} {price.currency or '(no currency)'}")
PY
as_described <<'SEEN'
79 mil: 79 (no currency)
79 mil 900: 79 (no currency)
80k: 80 (no currency)
1.2 millones: 1.2 (no currency)
$79.900: 79900 $
SEEN
