"""In any order of rows, line breaks in cells, blank and broken lines, each is reported with its own line."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.intake.sources import Source

PIECES = (
    "a,b\n",
    "c,d\r\n",
    '"e\nf",g\n',
    '"h\r\ni","j\nk"\n',
    "\n",
    "only one\n",
    "one,two,many\n",
    '"broken"x,y\n',
    "é,ü\r",
)


def misfit(cells: int) -> str:
    """What is wrong with a line of this many cells below a header of two."""
    if cells > 1:
        return f"{cells} cells, but the header has 2"
    return "1 cell, but the header has 2; a title or a footer? take the line out of the file"


def read_one_by_one(text: str) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    """Rows and problems with their lines, as the csv module counts them."""
    rows, problems = list[tuple[int, list[str]]](), list[tuple[int, str]]()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    next(reader)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return rows, problems
        except csv.Error as error:
            problems.append((line, f"not CSV: {error}"))
            continue
        if len(row) == 2:
            rows.append((line, row))
        elif row:
            problems.append((line, misfit(len(row))))


@given(st.lists(st.sampled_from(PIECES), max_size=8))
@settings(max_examples=150, deadline=None)
def test_many_rows_at_once_have_the_lines_that_they_have_one_by_one(pieces: list[str]) -> None:
    text = "x,y\n" + "".join(pieces)
    batches = list(Source(io.BytesIO(text.encode()), "orders.csv").batches())
    groups = [group for batch in batches for group in batch.groups]
    read = [(line, list(group.row(place).values())) for group in groups for place, line in enumerate(group.lines)]
    problems = [(problem.line, problem.what) for batch in batches for problem in batch.problems]
    assert (read, problems) == read_one_by_one(text)
