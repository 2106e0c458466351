#!/usr/bin/env bash
# A .env in which one quote is not closed, and a later line has a quote: all settings from the one to the other are gone.
#
# One would guess: a line that cannot be read is an error, or costs that line.
# What happens: where no quote of that kind follows, it costs that line. Where one follows, all lines up to it are gone, four
#   settings here. Both times dotenv_values returns the rest as if all were well; what it says is one warning on a logger,
#   with the first line and neither file nor setting.
# Versions: python-dotenv 1.2.4. Seen on 2026-11-29.
# Who cares: notifier/settings_sources.py. What we do: the lines are looked at by its own parser (dotenv.parser), and a
#   broken one, or a value that holds another setting, stops every command with its line.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages python-dotenv==1.2.4
python > "$seen" <<'PY'
import io

from dotenv import dotenv_values

SETTINGS = 'COMPANY="Andina\nLOCALE=es-CO\nZONE=America/Bogota\n'
print("never closed:", dict(dotenv_values(stream=io.StringIO(SETTINGS))))
print("closed later:", dict(dotenv_values(stream=io.StringIO(SETTINGS + 'REPLY_TO="a@example.com"\nLIVE=false\n'))))
print("as it should:", dict(dotenv_values(stream=io.StringIO(SETTINGS.replace("Andina", 'Andina"')))))
PY
as_described <<'SEEN'
never closed: {'LOCALE': 'es-CO', 'ZONE': 'America/Bogota'}
closed later: {'LIVE': 'false'}
as it should: {'COMPANY': 'Andina', 'LOCALE': 'es-CO', 'ZONE': 'America/Bogota'}
SEEN
