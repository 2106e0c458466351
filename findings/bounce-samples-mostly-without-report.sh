#!/usr/bin/env bash
# Real bounces: four of five have no machine-readable report (message/delivery-status, RFC 3464 of 2003).
#
# One would guess: a reader of bounces takes the fields of the report, and what has none is the exception.
# What happens: of the 117 mails in the test data of flufl.bounce 23 have the part. The library finds a permanent failure in
#   83 mails without it, by patterns for the wording of each mail system, and a delay in 6. The collection is old
#   and favours the unusual.
# Versions: flufl.bounce 6.0.0 (its source package has the mails). Seen on 2026-11-29.
# Who cares: notifier/bounces/reading.py. What we do: the library is asked where there is no report, and what nobody
#   understands is kept for a person.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages flufl.bounce==6.0.0
quietly python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --dest "$work" flufl.bounce==6.0.0
tar -xzf "$work"/flufl*bounce-6.0.0.tar.gz -C "$work"
python - "$work"/flufl*bounce-6.0.0/tests/data > "$seen" <<'PY'
import email
import sys
from collections import Counter
from pathlib import Path

from flufl.bounce import all_failures

found = Counter()
for file in Path(sys.argv[1]).glob("*.txt"):
    mail = email.message_from_bytes(file.read_bytes())
    has_report = any(part.get_content_type() == "message/delivery-status" for part in mail.walk())
    temporary, permanent = all_failures(mail)
    verdict = "permanent" if permanent else "temporary" if temporary else "nothing"
    found["with a report" if has_report else "without", verdict] += 1
print("mails:", found.total())
for (kind, verdict), count in sorted(found.items()):
    print(f"{kind}, {verdict}: {count}")
PY
as_described <<'SEEN'
mails: 117
with a report, permanent: 18
with a report, temporary: 5
without, nothing: 5
without, permanent: 83
without, temporary: 6
SEEN
