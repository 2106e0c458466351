"""By hand: a wheel, a new environment, and each pack in both languages from nothing to the first notice.

`python -m tests.starter.long` says how many commands and seconds that took, and whether the stories of all packs hold.
It asks the package index: `make test` plays the same commands in its own process (`tests/cli/test_init.py`).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from notifier.starter.packs import packs

REPOSITORY = Path(__file__).parents[2]
MOST_COMMANDS, MOST_SECONDS = 5, 180


def main() -> int:
    """Exit code 1 where a command failed, or it took more commands or seconds than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.starter.long", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("packs", nargs="*", metavar="PACK", help="only these")
    chosen = parser.parse_args().packs or list(packs())
    with tempfile.TemporaryDirectory(prefix="notifier-start-") as name:
        folder = Path(name)
        wheel = _wheel(folder)
        program, installed = _installed(folder, wheel)
        well = [_start(program, folder, pack, language, installed) for pack in chosen for language in ("es", "en")]
    return 0 if all(well) else 1


def _wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder / "wheel"), str(REPOSITORY)], check=True)
    return next((folder / "wheel").glob("*.whl"))


def _installed(folder: Path, wheel: Path) -> tuple[Path, float]:
    """The program in an environment of its own, and the seconds that `pip install` took."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    began = time.monotonic()
    subprocess.run([str(folder / "venv/bin/pip"), "install", "--quiet", str(wheel)], check=True)
    return folder / "venv/bin/notifier", time.monotonic() - began


def _start(program: Path, folder: Path, pack: str, language: str, installed: float) -> bool:
    project = folder / f"{pack}-{language}"
    project.mkdir()
    began = time.monotonic()
    done = _run(program, ["init", "--country", "CL", "--language", language, "--pack", pack, "--yes"], project)
    typed = [line.split()[1:] for line in done.splitlines() if line.startswith("  notifier ")]
    shown = [_run(program, command, project) for command in typed][-1]
    seconds, commands = installed + time.monotonic() - began, 2 + len(typed)
    checked = _run(program, ["rules", "check"], project).strip().splitlines()[-1]
    tested = _run(program, ["rules", "test"], project).strip().splitlines()[-1]
    well = "● tell" in shown and checked.endswith("0 errors, 0 warnings") and tested.endswith("all hold")
    well = well and commands <= MOST_COMMANDS and seconds <= MOST_SECONDS
    line = f"{pack:<11}{language}  {commands} commands  {seconds:5.1f} s  {checked}; {tested}"
    sys.stdout.write(f"{line}{'' if well else '  FAILED'}\n")
    return well


def _run(program: Path, arguments: Sequence[str], project: Path) -> str:
    done = subprocess.run(
        [str(program), *arguments],
        cwd=project,
        env={"PATH": os.environ["PATH"], "HOME": str(project.parent), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        failed = f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        sys.stdout.write(f"{failed}\n")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
