#!/usr/bin/env bash
# The fields of a delivery report, parsed by Python: the first block need not be the mail's, nor the second the recipient's.
#
# One would guess: `get_payload()` of a message/delivery-status part gives the mail's fields at index 0 and one block for
#   each recipient behind it, whatever the blank lines. A defect is recorded where the form is not that of RFC 3464.
# What happens: every blank line ends a block, so a blank line too many makes an empty one, and one that is missing puts the
#   recipient's fields into the mail's block. No defect is recorded. Of the 23 reports in the test data of flufl.bounce
#   two are so: one begins with an empty block, and one has all fields in the first block and an empty second one.
# Versions: email of Python 3.11.7, flufl.bounce 6.0.0 (its source package has the mails). Seen on 2026-11-29.
# Who cares: notifier/bounces/parts.py. What we do: the fields are looked for in all blocks; no index counts.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages flufl.bounce==6.0.0
quietly python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --dest "$work" flufl.bounce==6.0.0
tar -xzf "$work"/flufl*bounce-6.0.0.tar.gz -C "$work"
python - "$work"/flufl*bounce-6.0.0/tests/data > "$seen" <<'PY'
import email
import sys
from pathlib import Path

reports = 0
for file in sorted(Path(sys.argv[1]).glob("*.txt")):
    for part in email.message_from_bytes(file.read_bytes()).walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        reports += 1
        blocks = part.get_payload()
        if len(blocks) > 1 and not all(block.keys() for block in blocks):
            defects = [type(defect).__name__ for holder in (part, *blocks) for defect in holder.defects]
            print(file.name, [", ".join(block.keys()) for block in blocks], "defects:", *defects or ["none"])
print("reports:", reports)
REPORT = "Content-Type: message/delivery-status\n\n{}Reporting-MTA: dns; mx.example.net\n{}Action: failed\nStatus: 5.1.1\n"
for what, before, between in (("as it should be", "", "\n"), ("no blank line", "", ""), ("one too many", "\n", "\n\n")):
    part = email.message_from_string(REPORT.format(before, between))
    print(what, [", ".join(block.keys()) for block in part.get_payload()], "defects:", *part.defects or ["none"])
PY
as_described <<'SEEN'
dsn_03.txt ['Reporting-MTA, Final-Recipient, Action, Status', ''] defects: none
netscape_01.txt ['', 'Reporting-MTA, Received-From-MTA, Arrival-Date'] defects: none
reports: 23
as it should be ['Reporting-MTA', 'Action, Status'] defects: none
no blank line ['Reporting-MTA, Action, Status'] defects: none
one too many ['', 'Reporting-MTA', '', 'Action, Status'] defects: none
SEEN
