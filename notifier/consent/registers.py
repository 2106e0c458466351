"""A regulator's list as a CSV file -> addresses by channel, and every line that holds none, with its place."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from notifier.model.formats import email_address
from notifier.model.phones import phone_number
from notifier.model.problems import Place, Problem, ProblemsError, one_of
from notifier.model.texts import folded
from notifier.model.types import ChannelName

LARGEST = 200_000_000
"""The bytes of a list that are read: ten million numbers."""
_NAMES = ("numero", "telefono", "phone", "number", "celular", "movil", "msisdn", "linea", "email", "correo", "mail")
"""Parts of the names of columns that hold addresses, folded."""
_DIGITS = re.compile(r"\d{6}|@")


@dataclass(frozen=True, kw_only=True)
class RegisterFile:
    """What was read of a list. Lines that say an address again are read once."""

    addresses: dict[ChannelName, list[str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_register(path: Path, *, country: str, column: str | None = None) -> RegisterFile:
    """The addresses in a CSV file; `country` is that of numbers without a country code.

    Raises ProblemsError where the file cannot be read, or nobody can tell which column has the addresses.
    """
    name = str(path)
    text = _text(path)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    found: dict[ChannelName, dict[str, None]] = {}
    problems: list[Problem] = []
    index: int | None = None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if index is None:
                index, is_header = _column(row, column, name)
                if is_header:
                    continue
            cell = row[index].strip() if index < len(row) else ""
            try:
                channel, address = _address(cell, country)
                found.setdefault(channel, {})[address] = None
            except ValueError as error:
                problems.append(Problem(Place(name, rows.line_num, index + 1), str(error)))
    except csv.Error as error:
        raise ProblemsError([Problem(Place(name, rows.line_num), f"the line is no CSV: {error}")]) from error
    return RegisterFile(
        addresses={channel: list(addresses) for channel, addresses in found.items()}, problems=tuple(problems)
    )


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise ProblemsError([Problem(Place(str(path)), "the list is larger than 200 MB; split it")])
        content = path.read_bytes()
    except OSError as error:
        raise ProblemsError([Problem(Place(str(path)), f"the list cannot be read: {error.strerror}")]) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # numbers and addresses are ASCII; names may look odd


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max((",", ";", "\t", "|"), key=first.count)


def _column(row: Sequence[str], wanted: str | None, name: str) -> tuple[int, bool]:
    """The index of the column with the addresses, and whether this first row has the names of the columns."""
    names = [folded(cell) for cell in row]
    if wanted is not None:
        if folded(wanted) not in names:
            raise ProblemsError([Problem(Place(name), f"there is no column '{wanted}'; there are {one_of(list(row))}")])
        return names.index(folded(wanted)), True
    like = [index for index, cell in enumerate(row) if _DIGITS.search(cell.replace(" ", "").replace("-", ""))]
    if len(like) == 1:
        return like[0], False
    if not like:
        named = [index for index, cell in enumerate(names) if any(part in cell for part in _NAMES)]
        if len(named) == 1 or len(row) == 1:
            return (named or [0])[0], True
    raise ProblemsError(
        [Problem(Place(name), f"nobody can tell which column has the addresses; give --column: {one_of(list(row))}")]
    )


def _address(cell: str, country: str) -> tuple[ChannelName, str]:
    if "@" in cell:
        return ChannelName.EMAIL, email_address(cell)
    if not cell:
        raise ValueError("the line has no address")
    return ChannelName.SMS, phone_number(cell, country)
