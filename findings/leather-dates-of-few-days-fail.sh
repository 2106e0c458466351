#!/usr/bin/env bash
# leather draws a line over dates, unless they lie less than four days apart.
#
# One would guess: an axis of `date` works for any span, or for none.
# What happens: over four days and more it is drawn. Over three, two or one it raises a TypeError: the axis counts hours there, and
#   subtracts a `datetime` from a `date`. The same days as midnights (`datetime`) are drawn for any span.
# Versions: leather 0.4.1. Seen on 2026-12-01.
# Who cares: whoever draws a report by day, which works for a month and fails on the third day of a new company.
#   What we do: notifier/cli/pages draws days as midnights.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages leather==0.4.1
python > "$seen" <<'PY'
from datetime import date, datetime, time, timedelta

import leather

FIRST = date(2026, 3, 1)


def drawn(days):
    chart = leather.Chart("notices by day")
    chart.add_line([(day, count) for count, day in enumerate(days)])
    try:
        return "drawn" if "<svg" in chart.to_svg() else "empty"
    except TypeError as error:
        return f"TypeError: {error}"


for span in (1, 2, 3, 4, 30):
    days = [FIRST + timedelta(days=number) for number in range(span + 1)]
    print(span, "dates:", drawn(days))
    print(span, "midnights:", drawn([datetime.combine(day, time()) for day in days]))
PY
as_described <<'SEEN'
1 dates: TypeError: unsupported operand type(s) for -: 'datetime.date' and 'datetime.datetime'
1 midnights: drawn
2 dates: TypeError: unsupported operand type(s) for -: 'datetime.date' and 'datetime.datetime'
2 midnights: drawn
3 dates: TypeError: unsupported operand type(s) for -: 'datetime.date' and 'datetime.datetime'
3 midnights: drawn
4 dates: drawn
4 midnights: drawn
30 dates: drawn
30 midnights: drawn
SEEN
