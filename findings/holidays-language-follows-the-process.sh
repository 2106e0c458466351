#!/usr/bin/env bash
# The names of Colombian holidays: in Spanish or in English, as the environment of the process has it.
#
# One would guess: without `language=` the names come in the country's own language. The library calls it the
#   `default_language`; here it is `es`.
# What happens: the library asks gettext, and gettext asks LANG. With LANG=C or es_CO the names are Spanish, with C.UTF-8
#   or en_US.UTF-8 they are English. A container often has C.UTF-8. A language that the library lacks, such as
#   `es_CO` or `fr`, is no error: one gets what LANG gives.
# Versions: holidays 0.109. Seen on 2026-11-29.
# Who cares: notifier/store/opening_hours.py; a holiday's name is the `reason` of a day, and templates print it. What we do:
#   it asks twice, the second time with language=default_language.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages holidays==0.109
cat > "$work/shown.py" <<'PY'
import os
from datetime import date

import holidays

for language in (None, "es", "es_CO"):
    days = holidays.country_holidays("CO", years=2026, language=language)
    print(f"LANG={os.environ['LANG']:12} language={language!s:6}", days[date(2026, 1, 12)])
PY
unset LC_ALL LC_MESSAGES LANGUAGE
for lang in C C.UTF-8 es_CO.UTF-8 en_US.UTF-8; do
    LANG=$lang PYTHONUTF8=1 python "$work/shown.py"
done > "$seen"
as_described <<'SEEN'
LANG=C            language=None   Día de los Reyes Magos (observado)
LANG=C            language=es     Día de los Reyes Magos (observado)
LANG=C            language=es_CO  Día de los Reyes Magos (observado)
LANG=C.UTF-8      language=None   Epiphany (observed)
LANG=C.UTF-8      language=es     Día de los Reyes Magos (observado)
LANG=C.UTF-8      language=es_CO  Epiphany (observed)
LANG=es_CO.UTF-8  language=None   Día de los Reyes Magos (observado)
LANG=es_CO.UTF-8  language=es     Día de los Reyes Magos (observado)
LANG=es_CO.UTF-8  language=es_CO  Día de los Reyes Magos (observado)
LANG=en_US.UTF-8  language=None   Epiphany (observed)
LANG=en_US.UTF-8  language=es     Día de los Reyes Magos (observado)
LANG=en_US.UTF-8  language=es_CO  Epiphany (observed)
SEEN
