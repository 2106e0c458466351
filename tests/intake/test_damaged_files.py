"""What is not taken of a damaged file is kept for the person, byte for byte, and deletes nothing."""

import csv
import io
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.intake.parsing import ImportContext
from notifier.intake.report import ImportReport
from notifier.intake.sources import Source
from notifier.store.state.merging import WriteCounts
from tests.support.importing import load, shown
from tests.support.state import stored

HEADER = "id,name,country,phone"


def customers(numbers: range) -> list[str]:
    return [f"C-{number},Ana {number},CO,+57300{1_000_000 + number}" for number in numbers]


def bring(
    engine: sa.Engine, context: ImportContext, folder: Path, content: bytes, entity: str = "customer", **options: object
) -> tuple[ImportReport, bytes]:
    """The report of an import, and the errors file."""
    path, errors = folder / "rows.csv", folder / "bad.csv"
    path.write_bytes(content)
    report = load(engine, context, entity, path, errors=errors, **options)  # type: ignore[arg-type]  # by name
    return report, errors.read_bytes() if errors.exists() else b""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_quote_that_is_never_closed_takes_nothing_away(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, end: str
) -> None:
    lines = customers(range(3000))
    lines[1] = lines[1].replace("Ana", '"Ana')
    report, kept = bring(engine, context, tmp_path, end.join([HEADER, *lines, ""]).encode())
    assert shown(report.problems) == [
        "rows.csv:3: a quote that is opened here is not closed and takes in 2,998 more lines, of which none is read; "
        "close it"
    ]
    assert (report.read, report.counts, report.bad) == (3000, WriteCounts(inserted=1), 2999)
    assert kept == f"{HEADER},_line,_problem\n".encode() + end.join([*lines[1:], ""]).encode()

    mended, _ = bring(engine, context, tmp_path, kept.replace(b'"Ana', b"Ana"))
    assert (mended.problems, mended.counts) == ((), WriteCounts(inserted=2999))


def test_a_quote_that_another_one_closes_takes_in_all_lines_between(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    lines = customers(range(40))
    lines[1] = lines[1].replace("Ana", '"Ana')
    lines[30] = 'C-30,"Ana, 30",CO,+573001000030'
    report, kept = bring(engine, context, tmp_path, "\n".join([HEADER, *lines, ""]).encode())
    assert report.bad == 30
    assert kept.partition(b"\n")[2] == "\n".join([*lines[1:31], ""]).encode()
    assert sorted(stored(engine, "customer")) == sorted(f"C-{number}" for number in (0, *range(31, 40)))


def test_two_stray_quotes_make_no_text_of_the_rows_between(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = "id,source,at,text"
    lines = [f"F-{number},web,2026-03-02T09:00:00Z,fine {number}" for number in range(9)]
    lines[2] = 'F-2,web,2026-03-02T09:00:00Z,"not fine'
    lines[7] = 'F-7,web,2026-03-02T09:00:00Z,fine"'
    report, kept = bring(engine, context, tmp_path, "\n".join([header, *lines, ""]).encode(), "feedback")
    assert shown(report.problems) == [
        "rows.csv:4: a quote that is opened here takes in what looks like rows up to line 9, of which none is read; "
        "close it, or take the line breaks out of the text"
    ]
    assert (report.read, report.bad) == (9, 6)
    assert kept.partition(b"\n")[2] == "\n".join([*lines[2:8], ""]).encode()


def test_a_text_of_several_lines_is_one_cell_whatever_commas_it_has(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    text = "Hello, Ana, I write, again\none, two, three, four\nbye"
    content = f'id,source,at,text\nF-1,web,2026-03-02T09:00:00Z,"{text}"\n'.encode()
    report, _ = bring(engine, context, tmp_path, content, "feedback")
    assert report.problems == ()
    assert stored(engine, "feedback")["F-1"]["text"] == text


def test_a_line_that_is_not_a_row_is_kept_as_it_stands_and_mended_there(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    wrong = b'C-2,"Luis, Mora",CO\r\n'
    latin = b"C-3,Jos\xe9\n"
    report, kept = bring(engine, context, tmp_path, f"{HEADER}\n{customers(range(1))[0]}\n".encode() + wrong + latin)
    assert report.bad == 2
    assert kept.partition(b"\n")[2] == wrong + latin
    mended = kept.replace(b"CO\r", b"CO,+573001000002\r").replace(b"Jos\xe9", "José,CO,+573001000003".encode())
    again, _ = bring(engine, context, tmp_path, mended)
    assert (again.problems, again.counts.inserted) == ((), 2)


def test_an_errors_file_with_errors_gives_an_errors_file(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    _, kept = bring(engine, context, tmp_path, f"{HEADER}\nC-1,Ana,CO,1\n".encode())
    report, again = bring(engine, context, tmp_path, kept)
    assert report.bad == 1
    assert again.splitlines()[0] == f"{HEADER},_line,_problem".encode()


@pytest.mark.parametrize("spoil", [0, 1])
def test_a_snapshot_of_a_damaged_file_deletes_nothing(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, spoil: int
) -> None:
    """With one stray quote, and with two that make one text of what lies between."""
    header = "id,source,at,text"
    lines = [f"F-{number},web,2026-03-02T09:00:00Z,fine {number}" for number in range(12)]
    bring(engine, context, tmp_path, "\n".join([header, *lines, ""]).encode(), "feedback")
    lines[9] = 'F-9,web,2026-03-02T09:00:00Z,"not fine'
    if spoil:
        lines[10] += '"'
    report, _ = bring(engine, context, tmp_path, "\n".join([header, *lines, ""]).encode(), "feedback", snapshot=True)
    number = 2 if spoil else 3
    assert f"snapshot: nothing was deleted, because {number} lines do not say which row is meant" in "".join(
        problem.what for problem in report.problems
    )
    assert len(stored(engine, "feedback")) == 12


def test_lines_of_json_that_are_not_rows_are_kept_as_they_stand(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    broken = b'  {"id": "C-1", "name": "Ana\xe9\r\n'
    _, kept = bring(engine, context, tmp_path, broken + b'{"id": "C-2", "name": "Luis"}\n')
    assert kept == broken


def test_every_line_of_any_damaged_file_is_a_row_or_kept() -> None:
    """Whatever quotes are opened where: rows and kept lines together are the file."""
    good = customers(range(6))
    for opened in range(6):
        for closed in range(6):
            lines = list(good)
            lines[opened] = lines[opened].replace("Ana", '"Ana')
            lines[closed] = lines[closed].replace(",CO", '",CO')
            text = "\n".join([HEADER, *lines, ""])
            batches = list(Source(io.BytesIO(text.encode()), "rows.csv").batches())
            kept = "".join(problem.text for batch in batches for problem in batch.problems).splitlines()
            groups = [group for batch in batches for group in batch.groups]
            rows = [list(group.row(index).values()) for group in groups for index in range(len(group.lines))]
            parsed = [next(csv.reader([line])) for line in lines if line not in kept]
            assert sorted(rows) == sorted(parsed), (opened, closed)
            assert len(rows) + len(kept) == len(lines)
