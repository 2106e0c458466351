#!/usr/bin/env bash
# A web page with two blocks of JSON-LD, one of them empty: the library that reads such pages returns neither.
#
# One would guess: each <script type="application/ld+json"> is read for itself. errors="ignore" leaves out what cannot be read.
# What happens: one block that is empty, ends with a semicolon, or stands in an HTML comment loses all blocks of the page. With
#   errors="strict" that is a JSONDecodeError, with "log" and "ignore" the answer is `{}`, without the key `json-ld`. A block
#   whose type has a parameter (`application/ld+json; charset=utf-8`) is passed over in silence.
# Versions: extruct 0.18.0, lxml 6.1.3. Seen on 2026-11-29.
# Who cares: the reading of prices and hours from the company's own pages that is to come. What we do: the product reads no pages
#   yet. It must find the blocks by itself and read each with json.loads(…, parse_float=Decimal).
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages extruct==0.18.0 lxml==6.1.3
python > "$seen" 2> "$work/log" <<'PY'
import extruct

GOOD = '<script type="application/ld+json">{"@type": "Store"}</script>'
SECOND = {
    "a good one": '<script type="application/ld+json">{"@type": "Offer"}</script>',
    "an empty one": '<script type="application/ld+json"></script>',
    "one that ends with a semicolon": '<script type="application/ld+json">{"@type": "Offer"};</script>',
    "one in a comment": '<script type="application/ld+json"><!-- {"@type": "Offer"} --></script>',
    "one with a charset": '<script type="application/ld+json; charset=utf-8">{"@type": "Offer"}</script>',
}
for what, block in SECOND.items():
    page = f"<html><head>{GOOD}{block}</head><body></body></html>"
    results = []
    for errors in ("strict", "ignore"):
        try:
            results.append(extruct.extract(page, syntaxes=["json-ld"], errors=errors))
        except ValueError as error:
            results.append(type(error).__name__)
    print(f"a store and {what}: strict {results[0]}, ignore {results[1]}")
PY
as_described <<'SEEN'
a store and a good one: strict {'json-ld': [{'@type': 'Store'}, {'@type': 'Offer'}]}, ignore {'json-ld': [{'@type': 'Store'}, {'@type': 'Offer'}]}
a store and an empty one: strict JSONDecodeError, ignore {}
a store and one that ends with a semicolon: strict JSONDecodeError, ignore {}
a store and one in a comment: strict JSONDecodeError, ignore {}
a store and one with a charset: strict {'json-ld': [{'@type': 'Store'}]}, ignore {'json-ld': [{'@type': 'Store'}]}
SEEN
