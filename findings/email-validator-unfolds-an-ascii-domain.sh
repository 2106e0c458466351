#!/usr/bin/env bash
# An e-mail address in plain ASCII: the form that the validator calls normalized is no longer ASCII.
#
# One would guess: `ana@xn--espaa-rta.com` is ASCII and stays so, or is changed only where international addresses are
#   allowed. The result says `smtputf8` False: sending needs no extension of SMTP.
# What happens: `.normalized` is `ana@españa.com`, also with allow_smtputf8=False. To send to that form as it is one would
#   need SMTPUTF8. The form that can be sent anywhere is in `.ascii_email`.
# Versions: email-validator 2.4.0. Seen on 2026-11-29.
# Who cares: notifier/model/formats.py. What we do: it stores the local part with `.ascii_domain`. A local part outside ASCII
#   has no ASCII form: such a mail goes by SMTPUTF8, or another channel tells it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages email-validator==2.4.0
python > "$seen" <<'PY'
from email_validator import validate_email

for text in ("ana@xn--espaa-rta.com", "ana@example.com"):
    for allowed in (True, False):
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=allowed)
        print(f"{text}, allow_smtputf8={allowed}:", checked.normalized, checked.ascii_email, f"smtputf8={checked.smtputf8}")
PY
as_described <<'SEEN'
ana@xn--espaa-rta.com, allow_smtputf8=True: ana@españa.com ana@xn--espaa-rta.com smtputf8=False
ana@xn--espaa-rta.com, allow_smtputf8=False: ana@españa.com ana@xn--espaa-rta.com smtputf8=False
ana@example.com, allow_smtputf8=True: ana@example.com ana@example.com smtputf8=False
ana@example.com, allow_smtputf8=False: ana@example.com ana@example.com smtputf8=False
SEEN
