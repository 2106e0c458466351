#!/usr/bin/env bash
# A condition that cannot be worked out, in Google's CEL for Python: no exception, and a value that counts as true.
#
# One would guess: `eval` raises where an expression divides by zero or overflows, or gives None.
# What happens: `eval` returns a value of type ERROR. Its plain value is the text of the error, and a text that is not empty
#   is true. So `if expression.eval(…).plain_value():` acts on every condition that failed.
# Versions: cel-expr-python 0.1.3. Seen on 2026-11-29.
# Who cares: tests/evaluation/oracle/comparing.py holds our conditions against it, bench/rowwise.py measures with it. What we do:
#   the first takes a result for an answer only where its type is BOOL, the second only where the value is True itself.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages cel-expr-python==0.1.3
python > "$seen" <<'PY'
from cel_expr_python import cel

environment = cel.NewEnv(variables={"n": cel.Type.INT})
for text in ("100 / n > 1", "9223372036854775807 + n + 1 > 0", "duration('1d') > duration('1h')", "n > 1"):
    value = environment.compile(text).eval(data={"n": 0})
    print(f"{text}: type {value.type().name()}, {value.plain_value()!r}, as a condition {bool(value.plain_value())}")
PY
as_described <<'SEEN'
100 / n > 1: type ERROR, 'INVALID_ARGUMENT: divide by zero', as a condition True
9223372036854775807 + n + 1 > 0: type ERROR, 'OUT_OF_RANGE: integer overflow', as a condition True
duration('1d') > duration('1h'): type ERROR, 'INVALID_ARGUMENT: String to Duration conversion failed', as a condition True
n > 1: type BOOL, False, as a condition False
SEEN
