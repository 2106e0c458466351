#!/usr/bin/env bash
# dateutil's parser with dayfirst=True, on a file whose dates are written with the day first.
#
# One would guess: dayfirst=True is about dates that begin with the day, a date that cannot be so is an error, and one as ISO 8601
#   writes it stays as it is.
# What happens: `2026-03-04` becomes 3 April, because the day is taken before the month after a year, too; `04/13/2026`, which
#   has no month 13, becomes 13 April without a word; and `GMT-5` is five hours ahead of Greenwich, as POSIX has it, while
#   JavaScript and people write it for five hours behind.
# Versions: python-dateutil 2.9.0.post0. Seen on 2026-11-30.
# Who cares: maps of imports with `dates` (notifier/intake/foreign_dates.py). What we do: the figures of a date are put in the
#   order of ISO 8601 before the library sees them, or refused, and `GMT` is taken away before an offset.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages python-dateutil==2.9.0.post0
python > "$seen" 2> "$work/log" <<'PY'
from dateutil.parser import parse

for text in ("05/03/2026", "2026-03-04", "04/13/2026"):
    print(text, parse(text, dayfirst=True).date())
for text in ("2026-03-05 10:00 GMT-5", "2026-03-05 10:00 -05:00"):
    print(text, parse(text).isoformat())
PY
as_described <<'SEEN'
05/03/2026 2026-03-05
2026-03-04 2026-04-03
04/13/2026 2026-04-13
2026-03-05 10:00 GMT-5 2026-03-05T10:00:00+05:00
2026-03-05 10:00 -05:00 2026-03-05T10:00:00-05:00
SEEN
