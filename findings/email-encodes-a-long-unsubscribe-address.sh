#!/usr/bin/env bash
# A long address for one-click unsubscribing in a mail built with Python's EmailMessage: it is written as encoded words.
#
# One would guess: a header of plain ASCII goes out as it is. Where it is too long it is folded at a space, as RFC 5322 asks for,
#   and an address without a space stays whole.
# What happens: an address that does not fit into a line of 78 is encoded (`=?utf-8?q?=3Chttps=3A…`), its angle bracket
#   too. RFC 2047 knows no encoded words there, so a mail program that follows it finds no address and shows no
#   button. With max_line_length=998 the header stays as it is.
# Versions: email of Python 3.11.7. Seen on 2026-11-29.
# Who cares: notifier/rendering/mime.py. What we do: it writes the mail's headers itself, and this one on one line, however long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

need python3 python3
python3 > "$seen" <<'PY'
from email import policy
from email.message import EmailMessage

ADDRESS = "<https://notices.example.com/unsubscribe/7K3QM-X9T2A?token=" + "4f7k" * 10 + ">, <mailto:unsubscribe@example.com>"
for what, rules in {"policy.SMTP": policy.SMTP, "max_line_length=998": policy.SMTP.clone(max_line_length=998)}.items():
    mail = EmailMessage(policy=rules)
    mail["List-Unsubscribe"] = ADDRESS
    print(what)
    print(*(f"  {line}" for line in mail.as_string().strip().splitlines()), sep="\n")
PY
as_described <<'SEEN'
policy.SMTP
  List-Unsubscribe: =?utf-8?q?=3Chttps=3A//notices=2Eexample=2Ecom/unsubscribe?=
   =?utf-8?q?/7K3QM-X9T2A=3Ftoken=3D4f7k4f7k4f7k4f7k4f7k4f7k4f7k4f7k4f7k4f7k?=
   =?utf-8?q?=3E=2C?= <mailto:unsubscribe@example.com>
max_line_length=998
  List-Unsubscribe: <https://notices.example.com/unsubscribe/7K3QM-X9T2A?token=4f7k4f7k4f7k4f7k4f7k4f7k4f7k4f7k4f7k4f7k>, <mailto:unsubscribe@example.com>
SEEN
