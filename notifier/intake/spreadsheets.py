"""What spreadsheets and export programs leave in a cell instead of its value.

Such a cell is text, so a column of text would take it: `8.97E+11` becomes the id of two contracts, and a customer is
called `NULL`. Only what nobody would write by hand is refused: a surname is Null or Nan, a zone or a country is NA, and
a name that is not known is often `-`.
"""

import re
from collections.abc import Iterator, Sequence

EMPTY_WORDS = {
    "NULL": "SQL clients",
    "null": "converters from JSON",
    "(null)": "Oracle SQL Developer",
    "[NULL]": "DBeaver",
    "<null>": "DataGrip",
    "\\N": "dumps of MySQL and PostgreSQL",
    "NaN": "pandas, JavaScript",
    "nan": "pandas",
    "NaT": "pandas",
    "<NA>": "pandas",
    "None": "Python",
    "undefined": "JavaScript",
    "N/A": "people",
    "n/a": "people",
    "N/D": "people, in Spanish and Portuguese",
}
"""Words for an empty cell, exactly as they are written, and who writes them. Not in it: NA (R), a country's code."""

ERRORS = frozenset(
    {
        *("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!"),
        *("#N/D", "#¡REF!", "#¿NOMBRE?", "#¡VALOR!", "#¡DIV/0!", "#¡NULO!", "#¡NUM!", "#¡DESBORDAMIENTO!"),  # Spanish
        *("#VALOR!", "#NOME?", "#NULO!", "#NÚM!", "#DESPEJAR!"),  # Portuguese
    }
)
"""What Excel, LibreOffice and Google Sheets show where a formula has no value."""

NO_IDS = frozenset({"-", "--", "—", "–", "?", "."})
"""What people write where there is no id."""

WORDS = frozenset({*EMPTY_WORDS, *ERRORS})
IDS = frozenset({*WORDS, *NO_IDS})

_ROUNDED = re.compile(r"[+-]?\d([.,]\d+)?[eE]\+\d{1,3}")
"""8.97E+11. The plus sign is always there; an id such as 123e4567 has none."""
_FORMULA = re.compile(r'="(?P<value>[^"]*)"')
_MARKED = re.compile(r"'(?P<value>\d+)")
_NARROW = re.compile(r"#{3,}")
_BROKEN = re.compile(r"Err:\d{3}")
_WITH_POINT = re.compile(r"\d+\.0")
_ROUNDED_LONG = re.compile(r"[1-9]\d{14}0{3,}")
"""A spreadsheet keeps 15 digits of a number. Of true ids of 18 digits, one in a thousand ends like this."""
_LONG = 18

_MARKS = ("+", "=", "###", "Err:")
_MARKS_OF_IDS = (*_MARKS, "'")
"""Parts of cells that may be no values, but for the words."""

AS_TEXT = "format the column as text and export it again"


def trace(cell: object, words: frozenset[str] = WORDS) -> str | None:
    """What is wrong with a cell that holds something else than its value, and the remedy; None for any other cell."""
    if not isinstance(cell, str):
        return None
    written = cell.strip()
    if written in words:
        return (
            f"'{written}' is an error of a spreadsheet, not a value; mend the sheet and export it again"
            if written in ERRORS
            else f"'{written}' is a word for an empty cell; leave the cell empty, or name the word in a map ('empty')"
        )
    if _ROUNDED.fullmatch(written):
        return f"'{written}' is a number that a spreadsheet has rounded: its digits are lost; {AS_TEXT}"
    if found := _FORMULA.fullmatch(written):
        return f"'{written}' is a formula of a spreadsheet; write {found['value'] or 'nothing'}: {AS_TEXT}"
    if _NARROW.fullmatch(written) or _BROKEN.fullmatch(written):
        return f"'{written}' is what a spreadsheet shows instead of a value; mend the sheet and export it again"
    return None


def may_hold_traces(cells: Sequence[object], *, ids: bool) -> bool:
    """Whether any cell of a column may be worth a closer look: a few searches, as a million cells are usual."""
    try:
        together = "\n".join(cells)  # type: ignore[arg-type] # JSON has other values, too
    except TypeError:
        return True
    marks = _MARKS_OF_IDS if ids else _MARKS
    return any(mark in together for mark in marks) or not (IDS if ids else WORDS).isdisjoint(cells)


def traces(values: Sequence[str | None], *, ids: bool) -> Iterator[tuple[int, str]]:
    """The places of the texts that are no values, with what is wrong. `ids` are refused where they cannot be ids."""
    for index, value in enumerate(values):
        what = trace(value, IDS if ids else WORDS)
        if what is None and ids and value is not None and (found := _MARKED.fullmatch(value)):
            what = f"'{value}' begins with a spreadsheet's mark for text; write {found['value']}"
        if what is not None:
            yield index, what


def doubtful_ids(ids: Sequence[str | None]) -> Iterator[tuple[int, str]]:
    """The places of ids that a program may have changed, with what is doubtful; each fits after a count of them."""
    together = "\n".join(filter(None, ids))
    if ".0" not in together and len(together) < _LONG * len(ids):
        return  # the usual case
    for index, value in enumerate(ids):
        if value is None or not value.endswith("0"):
            continue
        if _WITH_POINT.fullmatch(value):
            yield index, "numbers with a point, as a program writes ids that it took for numbers"
        elif _ROUNDED_LONG.fullmatch(value):
            yield index, "long numbers that end in zeros, as a spreadsheet rounds them"
