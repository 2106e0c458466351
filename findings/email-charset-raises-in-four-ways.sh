#!/usr/bin/env bash
# The standard library's email package: the name of a character set that somebody writes into a mail raises, in four ways.
#
# One would guess: `decode(charset, errors="replace")` of a body, and `decode_header` with `make_header` of a subject, take
#   whatever strangers write, or raise LookupError for a set that nobody knows.
# What happens: a name with a null is a ValueError, `idna` a UnicodeError ("Unsupported error handling"), a subject whose
#   base64 is cut a HeaderParseError, and a name outside ASCII in a subject a CharsetError. The last two are no
#   ValueErrors but MessageErrors.
# Versions: Python 3.11.7. Seen on 2026-11-30.
# Who cares: notifier/bounces/parts.py and notifier/bounces/automatic.py, which mail servers pipe into: a mail that raises is
#   brought again for days. What we do: all four count as "not readable so", and what is written is read as it stands.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python > "$seen" <<'PY'
from email.errors import MessageError
from email.header import decode_header, make_header


def body(charset):
    return b"Hola.\xff".decode(charset, errors="replace")


def subject(text):
    return str(make_header(decode_header(text)))


for what, read, given in (
    ("body, a set that nobody knows", body, "x-unknown"),
    ("body, a null in the name", body, "utf\0-8"),
    ("body, idna", body, "idna"),
    ("subject, base64 that is cut", subject, "=?utf-8?b?A?="),
    ("subject, a name outside ASCII", subject, "=?ut\u00e9-8?b?QQ==?="),
):
    try:
        read(given)
    except Exception as error:
        kinds = [kind.__name__ for kind in (LookupError, ValueError, MessageError) if isinstance(error, kind)]
        print(f"{what}: {type(error).__name__}, a {kinds[0]}")
PY
as_described <<'SEEN'
body, a set that nobody knows: LookupError, a LookupError
body, a null in the name: ValueError, a ValueError
body, idna: UnicodeError, a ValueError
subject, base64 that is cut: HeaderParseError, a MessageError
subject, a name outside ASCII: CharsetError, a MessageError
SEEN
