"""The file of `--errors`: bad rows with their reasons, to be corrected and imported."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from notifier.intake.sources import NOTE_COLUMNS
from notifier.model.problems import Place, Problem, ProblemsError


class BadRows:
    """Writes bad rows to a file, where one is wanted: each line once, also where it is bad for several entities."""

    def __init__(self, path: Path | None, *, header: Sequence[str], delimiter: str = ",") -> None:
        self.written: Path | None = None
        """The file, once there is a row in it."""
        self._path = path
        self._header = tuple(name for name in header if name not in NOTE_COLUMNS)
        """The columns of a CSV file; empty for JSONL."""
        self._delimiter = delimiter
        self._stream: TextIO | None = None
        self._lines: set[int] = set()

    def __enter__(self) -> "BadRows":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    def write(self, line: int, row: Mapping[str, Any] | str, problems: Sequence[tuple[str | None, str]]) -> None:
        """One bad row; a text where it is none, which is kept byte for byte. Raises ProblemsError."""
        if self._path is None or line in self._lines:
            return
        self._lines.add(line)
        stream = self._stream or self._open(self._path)
        reasons = "; ".join(f"{column}: {what}" if column else what for column, what in problems)
        if isinstance(row, str):
            stream.write(row if row.endswith(("\n", "\r")) else f"{row}\n")
        elif self._header:
            self._csv(stream, [*(row.get(name, "") for name in self._header), line, reasons])
        else:
            document = {**row, "_line": line, "_problem": reasons}
            stream.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")

    def _open(self, path: Path) -> TextIO:
        try:
            self._stream = path.open("w", encoding="utf-8", errors="surrogateescape", newline="")
        except OSError as error:
            raise ProblemsError([Problem(Place(str(path)), f"cannot be written: {error.strerror}")]) from error
        self.written = path
        if self._header:
            self._csv(self._stream, [*self._header, *NOTE_COLUMNS])
        return self._stream

    def _csv(self, stream: TextIO, cells: Sequence[Any]) -> None:
        csv.writer(stream, delimiter=self._delimiter, lineterminator="\n").writerow(cells)
