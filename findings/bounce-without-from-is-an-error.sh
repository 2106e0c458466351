#!/usr/bin/env bash
# A bounce without a report and without a From, or with an empty one: the library for bounces raises, and finds nothing.
#
# One would guess: a reader of what any mail server may send gives addresses or none, whatever the head lacks.
# What happens: the detector for one university takes the first address of From without looking whether there is one, and
#   `all_failures` and `scan_message` raise IndexError, also where a detector further down would find the failure. Before
#   that, a trace goes to the logger `flufl.bounce`, which without a set-up of logging means stderr.
# Versions: flufl.bounce 6.0.0, Python 3.11.7. Seen on 2026-11-30.
# Who cares: notifier/bounces/reading.py, which mail servers pipe into. What we do: the error counts as "nothing found",
#   the mail's words are read by ourselves, and the logger is off.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages flufl.bounce==6.0.0
python > "$seen" <<'PY'
import email
import logging

from flufl.bounce import all_failures, scan_message

logging.disable()
BOUNCE = """{sender}To: bounce@notices.example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=part

--part
Content-Type: text/plain; charset=utf-8

Your mail could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ana@example.com
Action: failed
Status: 5.1.1

--part--
"""
WORDS = """{sender}To: bounce@notices.example.com
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ana@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)

"""
for name, mail in (("report", BOUNCE), ("words", WORDS)):
    for sender in ("From: MAILER-DAEMON@mx.example.net\n", "From: MAILER-DAEMON <>\n", "From:\n", ""):
        message = email.message_from_string(mail.format(sender=sender))
        found = []
        for reader in (all_failures, scan_message):
            try:
                result = reader(message)
            except IndexError as error:
                found.append(f"IndexError: {error}")
            else:
                addresses = set().union(*result) if isinstance(result, tuple) else result
                found.append(b" ".join(sorted(addresses)).decode() or "nothing")
        print(f"{name}, {sender.strip() or 'no From'}:", " | ".join(found))
PY
as_described <<'SEEN'
report, From: MAILER-DAEMON@mx.example.net: ana@example.com | ana@example.com
report, From: MAILER-DAEMON <>: ana@example.com | ana@example.com
report, From:: ana@example.com | ana@example.com
report, no From: ana@example.com | ana@example.com
words, From: MAILER-DAEMON@mx.example.net: ana@example.com | ana@example.com
words, From: MAILER-DAEMON <>: ana@example.com | ana@example.com
words, From:: IndexError: list index out of range | IndexError: list index out of range
words, no From: IndexError: list index out of range | IndexError: list index out of range
SEEN
