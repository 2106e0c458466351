#!/usr/bin/env bash
# Twilio's signature of a receipt: it can be checked with the web framework's form object, and with no copy of it.
#
# One would guess: RequestValidator takes the parameters as a mapping, so that `dict(form)` or `parse_qs(body)` will do.
# What happens: a key that comes twice counts with all its values, and only an object with getlist() or getall() gives
#   them. `dict(form)` keeps the last value, so a genuine receipt is refused. `parse_qs` gives lists, and the validator
#   raises TypeError. Blank values count too, so a form that left them out is refused. A request without the header (None)
#   raises TypeError as well, which a web framework answers with 500.
# Versions: twilio 9.13.0, starlette 1.10.0. Seen on 2026-11-29.
# Who cares: the receipts of `notifier serve` that is to come. What we do: there are no receipts yet. The endpoint must give
#   `await request.form()` to the validator as it is, and answer 403 where the header is missing.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages twilio==9.13.0 starlette==1.10.0
python > "$seen" <<'PY'
from urllib.parse import parse_qs, parse_qsl

from starlette.datastructures import FormData
from twilio.request_validator import RequestValidator

URL = "https://notices.example.com/twilio/receipts"
BODY = "MessageSid=SM1&MessageStatus=delivered&MediaUrl=b&MediaUrl=a&Body="
validator = RequestValidator("token")
pairs = parse_qsl(BODY, keep_blank_values=True)
signature = validator.compute_signature(URL, FormData(pairs))


def tried(what, form, header=signature):
    try:
        print(f"{what}:", validator.validate(URL, form, header))
    except Exception as error:
        print(f"{what}: {type(error).__name__}: {error}")


tried("the form", FormData(pairs))
tried("dict(form)", dict(FormData(pairs)))
tried("parse_qs(body)", parse_qs(BODY, keep_blank_values=True))
tried("the form without blank values", FormData(parse_qsl(BODY)))
tried("the form, no header", FormData(pairs), None)
PY
as_described <<'SEEN'
the form: True
dict(form): False
parse_qs(body): TypeError: unhashable type: 'list'
the form without blank values: False
the form, no header: TypeError: object of type 'NoneType' has no len()
SEEN
