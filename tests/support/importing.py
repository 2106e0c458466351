"""Importing files in tests."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.intake.importing import import_rows
from notifier.intake.map_files import read_map
from notifier.intake.one_reading import ImportOptions
from notifier.intake.parsing import ImportContext
from notifier.intake.report import ImportReport
from notifier.intake.sources import open_source
from tests.support.drafts import NOW


def csv_file(folder: Path, header: str, *lines: str, name: str = "rows.csv") -> Path:
    """A CSV file of these lines."""
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def load(
    engine: sa.Engine,
    context: ImportContext,
    entity: str,
    path: Path | None,
    *,
    at: datetime = NOW,
    map_path: Path | None = None,
    stdin: bytes = b"",
    **options: Any,
) -> ImportReport:
    """Import a file (None: stdin) and commit."""
    map_file = read_map(map_path, context) if map_path else None
    delimiter = map_file.delimiter if map_file else ","
    with open_source(path, io.BytesIO(stdin), delimiter=delimiter) as source:
        asked = ImportOptions(at=at, map_file=map_file, **options)
        return import_rows(engine.begin, source, entity, context, asked)


def shown(problems: Iterable[object]) -> Sequence[str]:
    """The problems as people read them."""
    return [str(problem) for problem in problems]
