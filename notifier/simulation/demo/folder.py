"""The demo's project folder: a copy of the shipped rules and templates, with settings that send nothing for real."""

import shutil
from pathlib import Path

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.rules.shipped import shipped

DATA = Path(__file__).parent
"""The folder of the shipped week: `state.yaml` and `week.jsonl`."""
MARKER = ".notifier-demo"
"""Marks a folder as made by the demo, so that the demo may overwrite it."""
SETTINGS = """\
# Settings of the demo. Everything stays in this folder: messages go to outbox/, nothing is ever sent.
NOTIFIER_DATABASE_URL=sqlite:///notifier.db
NOTIFIER_COMPANY=Andina
NOTIFIER_FROM_ADDRESS=avisos@andina.example
NOTIFIER_DEFAULT_LOCALE=es-CO
NOTIFIER_DEFAULT_TIMEZONE=America/Bogota
NOTIFIER_DEFAULT_COUNTRY=CO
NOTIFIER_SMS_PRICE=45
NOTIFIER_SMS_CURRENCY=COP
"""
_MADE = ("rules", "templates", "data", "outbox", "notifier.db", "notifier.db-wal", "notifier.db-shm", ".env", MARKER)


def make_folder(folder: Path, data: Path = DATA) -> None:
    """Make the project folder again, with rules, templates and the week's `data`.

    Raises ProblemsError, and changes nothing, where the folder holds anything that the demo did not make.
    """
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or (folder / MARKER).is_file())):
        what = "it exists, and no demo made it; name another folder with --folder, or move it away"
        raise ProblemsError([Problem(Place(str(folder)), what)])
    for name in _MADE:
        _remove(folder / name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("Made by notifier demo, which makes it anew every time.\n", encoding="utf-8")
    source = shipped()
    for name in ("rules", "templates"):
        shutil.copytree(source / name, folder / name)
    (folder / "data").mkdir()
    for name in ("state.yaml", "week.jsonl"):
        shutil.copyfile(data / name, folder / "data" / name)
    (folder / ".env").write_text(SETTINGS, encoding="utf-8")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
