#!/usr/bin/env bash
# A bounce by the rules for international addresses (RFC 6533): the library for bounces finds nothing in it.
#
# One would guess: a report of type message/global-delivery-status, with the same fields, is read as one of type
#   message/delivery-status. A recipient of the type `utf-8` is read as one of the type `rfc822`.
# What happens: either of the two differences alone makes the failure disappear: no temporary, no permanent address, no
#   error. A server that speaks SMTPUTF8 is free to write both.
# Versions: flufl.bounce 6.0.0. Seen on 2026-11-29.
# Who cares: notifier/bounces/, since notifier/delivery/smtp_session.py sends with SMTPUTF8. What we do: the fields of both
#   types are read by ourselves.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages flufl.bounce==6.0.0
python > "$seen" <<'PY'
import email

from flufl.bounce import all_failures

BOUNCE = """From: MAILER-DAEMON@mx.example.net
To: bounce@notices.example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=part

--part
Content-Type: text/plain; charset=utf-8

Your mail could not be delivered.

--part
Content-Type: {content_type}

Reporting-MTA: dns; mx.example.net

Final-Recipient: {recipient}
Action: failed
Status: 5.1.1

--part--
"""
for content_type in ("message/delivery-status", "message/global-delivery-status"):
    for kind in ("rfc822", "utf-8"):
        bounce = BOUNCE.format(content_type=content_type, recipient=f"{kind}; ana@example.com")
        temporary, permanent = all_failures(email.message_from_string(bounce))
        print(f"{content_type}, {kind}:", *sorted(permanent | temporary) or ["nothing"])
PY
as_described <<'SEEN'
message/delivery-status, rfc822: b'ana@example.com'
message/delivery-status, utf-8: nothing
message/global-delivery-status, rfc822: nothing
message/global-delivery-status, utf-8: nothing
SEEN
