#!/usr/bin/env bash
# One Argentine mobile, written in two usual ways: two different E.164 numbers, both valid.
#
# One would guess: `011 15 2345-6789`, as it is dialled at home, and `11 2345-6789`, as it stands on a visiting card, are
#   one telephone. The library gives one E.164 form for both, or refuses one of them.
# What happens: the first is +54 9 11 2345 6789, MOBILE. The second is +54 11 2345 6789, FIXED_LINE. Both are valid.
#   `is_number_match` calls the two results SHORT_NSN_MATCH, the weakest of its matches.
# Versions: phonenumbers 9.0.43. Seen on 2026-11-29.
# Who cares: notifier/model/phones.py. The product tells one address once, and sends SMS to it. Here one person has two
#   addresses, and the SMS to one of them goes to a landline. What we do: a FIXED_LINE gets no SMS, and the import counts
#   such numbers with examples, and says that a mobile is written with 9 or 15. Nobody can know which one was meant.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages phonenumbers==9.0.43
python > "$seen" <<'PY'
import phonenumbers
from phonenumbers import MatchType, PhoneNumberFormat, PhoneNumberType

found = set()
for text in ("011 15 2345-6789", "+54 11 15 2345-6789", "+54 9 11 2345-6789", "11 2345-6789", "+54 11 2345-6789"):
    number = phonenumbers.parse(text, "AR")
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    found.add(written)
    valid = "valid" if phonenumbers.is_valid_number(number) else "not valid"
    print(f"{text:20} {written:15} {valid} {PhoneNumberType.to_string(phonenumbers.number_type(number))}")
print(*sorted(found), MatchType.to_string(phonenumbers.is_number_match(*sorted(found))))
PY
as_described <<'SEEN'
011 15 2345-6789     +5491123456789  valid MOBILE
+54 11 15 2345-6789  +5491123456789  valid MOBILE
+54 9 11 2345-6789   +5491123456789  valid MOBILE
11 2345-6789         +541123456789   valid FIXED_LINE
+54 11 2345-6789     +541123456789   valid FIXED_LINE
+541123456789 +5491123456789 SHORT_NSN_MATCH
SEEN
