"""The zones of the package count, whatever the system has, unless somebody names folders."""

import os
import subprocess
import sys
import zoneinfo
from importlib import import_module
from pathlib import Path

tzdata = import_module("tzdata")
HAVANA = "America/Havana"


def run(*arguments: str, folders: str | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONTZPATH"}
    if folders is not None:
        environment["PYTHONTZPATH"] = folders
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def old_zones(folder: Path) -> Path:
    """A system's database that has Bogota's clock for Havana."""
    package = Path(str(tzdata.__file__)).parent / "zoneinfo" / "America" / "Bogota"
    (folder / "America").mkdir()
    (folder / HAVANA).write_bytes(package.read_bytes())
    return folder


SHOWN = f"""
import zoneinfo
zoneinfo.reset_tzpath(to={{system}})
from notifier.model.zones import prefer_package
prefer_package()
print(zoneinfo.ZoneInfo("{HAVANA}").utcoffset(__import__("datetime").datetime(2026, 7, 1)))
"""


def test_the_package_counts_before_the_system(tmp_path: Path) -> None:
    system = [str(old_zones(tmp_path))]
    assert run("-c", SHOWN.format(system=system)) == "-1 day, 20:00:00\n"


def test_folders_that_somebody_names_count(tmp_path: Path) -> None:
    named = str(old_zones(tmp_path))
    assert run("-c", SHOWN.format(system=()), folders=named) == "-1 day, 19:00:00\n"


def test_the_version_says_which_zones_count(tmp_path: Path) -> None:
    package = f"tzdata {tzdata.__version__} (IANA {tzdata.IANA_VERSION})"
    assert f"time zones: {package}\n" in run("-m", "notifier", "--version")
    named = run("-m", "notifier", "--version", folders=str(tmp_path))
    assert f"time zones: {tmp_path} (PYTHONTZPATH), then {package}\n" in named


def test_these_tests_use_the_package() -> None:
    assert zoneinfo.TZPATH == ()
