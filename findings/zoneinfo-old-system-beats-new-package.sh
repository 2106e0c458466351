#!/usr/bin/env bash
# A pinned tzdata package: Python's zoneinfo does not look at it where the system has a database of its own.
#
# One would guess: with tzdata 2026.6 pinned and installed, ZoneInfo("America/Vancouver") follows the rules of 2026.
# What happens: zoneinfo asks the folders of TZPATH first, and the package only where no folder knows the zone. An old
#   database of the operating system therefore wins, an hour wrong, and nothing says so. This script lays tzdata 2025.2
#   out as the system's database, so that it does not depend on the machine. With an empty PYTHONTZPATH the package counts.
# Versions: tzdata 2025.2 and 2026.6, zoneinfo of Python 3.11.7. Seen on 2026-11-29.
# Who cares: notifier/rendering/formats.py, notifier/store/site_days.py, notifier/planning/quiet_hours.py: every local
#   time. What we do: every command sets PYTHONTZPATH to nothing at its start, unless somebody set it
#   (notifier/model/zones.py), and `notifier --version` says which zones count.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages tzdata==2026.6
quietly python -m pip install --quiet --disable-pip-version-check --target "$work/system" tzdata==2025.2
cat > "$work/shown.py" <<'PY'
import importlib.metadata
import zoneinfo
from datetime import UTC, datetime

print("  tzdata", importlib.metadata.version("tzdata"), "is installed; folders of the system:", len(zoneinfo.TZPATH))
for name in ("America/Havana", "America/Vancouver", "America/Bogota"):
    noon = datetime(2026, 12, 1, 12, 0, tzinfo=zoneinfo.ZoneInfo(name))
    print(f"  {name:18} 2026-12-01 12:00 is {noon.astimezone(UTC):%H:%M} UTC")
PY
{
    echo "a system with the database of 2025.2:"
    PYTHONTZPATH=$work/system/tzdata/zoneinfo python "$work/shown.py"
    echo "no database of the system:"
    PYTHONTZPATH='' python "$work/shown.py"
} > "$seen"
as_described <<'SEEN'
a system with the database of 2025.2:
  tzdata 2026.6 is installed; folders of the system: 1
  America/Havana     2026-12-01 12:00 is 17:00 UTC
  America/Vancouver  2026-12-01 12:00 is 20:00 UTC
  America/Bogota     2026-12-01 12:00 is 17:00 UTC
no database of the system:
  tzdata 2026.6 is installed; folders of the system: 0
  America/Havana     2026-12-01 12:00 is 16:00 UTC
  America/Vancouver  2026-12-01 12:00 is 19:00 UTC
  America/Bogota     2026-12-01 12:00 is 17:00 UTC
SEEN
