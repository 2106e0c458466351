"""Results -> a table for people, JSON for programs, and the tables of docs/performance.md."""

import json
import os
import platform
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.harness import Bench, Result, Spent
from bench.project import REPOSITORY

PAGE = REPOSITORY / "docs" / "performance.md"
PACKAGES = (
    "sqlalchemy",
    "psycopg",
    "jinja2",
    "celery",
    "aiohttp",
    "aiosmtplib",
    "twilio",
    "cel-expr-python",
    "zen-engine",
    "rule-engine",
)
_COLUMNS = ("section", "what", "ours", "against", "min", "median", "max", "target", "", "ratio of")


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The machine and versions that the figures were measured with."""

    at: str
    took_seconds: float
    scale: float
    rounds: int
    machine: str
    cores: int
    load: tuple[float, float, float]
    """The load averages at the end: above the number of cores, other programs were running."""
    python: str
    sqlite: str
    postgresql: str
    packages: dict[str, str]

    def lines(self) -> list[str]:
        """The same as sentences."""
        packages = ", ".join(f"{name} {version}" for name, version in self.packages.items())
        return [
            f"{self.at}, scale {self.scale:g} (1 is a million orders), {self.rounds} rounds, {self.took_seconds:.0f} s "
            f"in all, on {self.machine}, {self.cores} cores, load {self.load[0]:.1f}.",
            f"Python {self.python}, SQLite {self.sqlite}, PostgreSQL {self.postgresql}, {packages}.",
        ]


def environment(bench: Bench, took: float) -> Environment:
    """The machine, and the versions of everything that the figures depend on."""
    return Environment(
        at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        took_seconds=took,
        scale=bench.scale,
        rounds=bench.rounds,
        machine=_processor(),
        cores=os.cpu_count() or 1,
        load=os.getloadavg(),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        postgresql=_postgresql(bench.states.server),
        packages={name: version for name in PACKAGES if (version := _version(name)) is not None},
    )


def table(results: Sequence[Result], *, header: bool = True) -> str:
    """One line per result, in Markdown."""
    lines = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS))] if header else []
    for result in results:
        case = result.case
        met = {True: "met", False: "missed", None: ""}[result.met]
        figures = [f"{figure:.2f}" for figure in (min(result.ratios), result.middle, max(result.ratios))]
        cells = [result.section, case.name, case.ours.name, case.other.name, *figures, result.target, met, case.clock]
        lines.append(_line([f"{cell}" for cell in cells]))
    return "\n".join(lines)


def write_json(data: Path, known: Environment, bench: Bench, results: Sequence[Result]) -> Path:
    """Write everything to a file; returns its path."""
    path = data / "results" / f"{bench.began:%Y-%m-%d-%H%M%S}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "environment": asdict(known),
        "notes": bench.notes,
        "profiles": bench.profiles,
        "results": [_result(result) for result in results],
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


def write_page(known: Environment, bench: Bench, results: Sequence[Result]) -> None:
    """Put table, machine and profiles of these sections into the page; other sections are kept."""
    text = PAGE.read_text(encoding="utf-8")
    for section in dict.fromkeys(result.section for result in results):
        mine = [result for result in results if result.section == section]
        profiles = [
            f"{title}:\n\n```text\n{lines}\n```" for title, lines in bench.profiles.items() if title.startswith(section)
        ]
        block = "\n\n".join([table(mine), *profiles, " ".join(known.lines())])
        marks = f"<!-- results: {section} -->", f"<!-- end: {section} -->"
        pattern = re.compile(f"{re.escape(marks[0])}.*?{re.escape(marks[1])}", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"{PAGE.name} has no place for {section}: it needs {marks[0]} and {marks[1]}")
        text = pattern.sub(lambda _, new=f"{marks[0]}\n{block}\n{marks[1]}": new, text)  # type: ignore[misc] # bound at once
    PAGE.write_text(text, encoding="utf-8")


def _result(result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "section": result.section,
        "case": case.name,
        "ours": case.ours.name,
        "against": case.other.name,
        "ratio_of": case.clock,
        "at_most": case.at_most,
        "at_least": case.at_least,
        "met": result.met,
        "ratios": list(result.ratios),
        "ours_seconds": [_spent(spent) for spent in result.ours],
        "against_seconds": [_spent(spent) for spent in result.other],
    }


def _spent(spent: Spent) -> dict[str, float]:
    return {"cpu": spent.cpu, "wall": spent.wall, "memory": spent.memory}


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _processor() -> str:
    names = re.findall(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return names[0] if names else platform.machine()


def _postgresql(server: sa.URL | None) -> str:
    if server is None:
        return "left out"
    engine = sa.create_engine(server, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return str(connection.execute(sa.text("SHOW server_version")).scalar_one()).split()[0]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
