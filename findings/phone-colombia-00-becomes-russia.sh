#!/usr/bin/env bash
# A Colombian mobile written with the international prefix 00: it is parsed as a valid Russian number.
#
# One would guess: `0057 301 234 5678` of a customer in Colombia is +57 301 234 5678. So it is with 0051 in Peru, 0052 in
#   Mexico, 0054 in Argentina, 0056 in Chile and 0034 in Spain.
# What happens: in Colombia the prefix for calls abroad is three digits (00 and a carrier), so 005 is taken for it, and 7
#   is Russia. The result is +7 301 234 5678, and `is_valid_number` says yes for some area codes (301, 302, 351) and no for
#   others (310, 320). Nothing says that the country is not the one that was given.
# Versions: phonenumbers 9.0.43. Seen on 2026-11-29.
# Who cares: notifier/model/phones.py reads every phone number of an import with it. What we do: 00 is read as a plus sign
#   where that gives a number of the customer's country, or the only valid one; what can be two numbers is refused. The
#   import counts numbers that lead to another country than the customer's.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages phonenumbers==9.0.43
python > "$seen" <<'PY'
import phonenumbers

for country, text in (
    ("CO", "0057 301 234 5678"),
    ("CO", "0057 351 234 5678"),
    ("CO", "0057 310 234 5678"),
    ("CO", "301 234 5678"),
    ("PE", "0051 912 345 678"),
    ("MX", "0052 55 1234 5678"),
    ("AR", "0054 9 11 2345 6789"),
    ("CL", "0056 9 6123 4567"),
    ("ES", "0034 612 345 678"),
):
    number = phonenumbers.parse(text, country)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    valid = "valid" if phonenumbers.is_valid_number(number) else "not valid"
    print(f"{country} {text:20} {written:15} {phonenumbers.region_code_for_number(number)} {valid}")
PY
as_described <<'SEEN'
CO 0057 301 234 5678    +73012345678    RU valid
CO 0057 351 234 5678    +73512345678    RU valid
CO 0057 310 234 5678    +73102345678    RU not valid
CO 301 234 5678         +573012345678   CO valid
PE 0051 912 345 678     +51912345678    PE valid
MX 0052 55 1234 5678    +525512345678   MX valid
AR 0054 9 11 2345 6789  +5491123456789  AR valid
CL 0056 9 6123 4567     +56961234567    CL valid
ES 0034 612 345 678     +34612345678    ES valid
SEEN
