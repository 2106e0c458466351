"""Which database of time zones counts: the pinned package, before whatever the operating system has.

Python asks the system's folders first, and a zone is an hour off where the system's database is older than a change of
law (Havana and Vancouver in 2026, on a current Debian). Nothing says so.
"""

import os
import sys
from importlib import import_module

FOLDERS = "PYTHONTZPATH"
"""The variable of Python with the folders of zones; empty, the package counts."""


def prefer_package() -> None:
    """Make the package `tzdata` count in this process and its children, unless `PYTHONTZPATH` names folders.

    Must run before the first ZoneInfo is made: later zones are kept as they are. It does not import zoneinfo, because
    `notifier --help` needs no zones.
    """
    os.environ.setdefault(FOLDERS, "")
    if "zoneinfo" in sys.modules:
        import zoneinfo

        zoneinfo.reset_tzpath()


def zones_in_use() -> str:
    """Where the zones of this process come from: `tzdata 2026.6 (IANA 2026f)`, or the folders that count before it."""
    import zoneinfo

    try:
        tzdata = import_module("tzdata")
    except ImportError:
        package = "no package tzdata"
    else:
        package = f"tzdata {tzdata.__version__} (IANA {tzdata.IANA_VERSION})"
    if not zoneinfo.TZPATH:
        return package
    return f"{os.pathsep.join(zoneinfo.TZPATH)} ({FOLDERS}), then {package}"
