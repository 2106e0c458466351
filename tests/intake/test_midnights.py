"""A date that is written as midnight in UTC is a date; where it may be either, the map has to say.

On SQLite alone: what a cell means is decided before any SQL.
"""

from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from notifier.intake.instants import Midnight, calendar_date, instant
from notifier.intake.map_files import read_map
from notifier.intake.parsing import ImportContext
from notifier.model.problems import ProblemsError
from tests.support.importing import csv_file, load, shown
from tests.support.sqlite_alone import migrated_url
from tests.support.state import stored

__all__ = ["migrated_url"]

BOGOTA, MADRID = ZoneInfo("America/Bogota"), ZoneInfo("Europe/Madrid")
NINE = time(9)
HEADER = "id,customer_id,kind,status,day"


def visits(*days: str) -> list[str]:
    return [f"A-{number},C-1,visit,confirmed,{day}" for number, day in enumerate(days)]


def mapped(folder: Path, column: str, zone: str = "America/Bogota") -> Path:
    path = folder / "map.yaml"
    path.write_text(f"entity: appointment\nzone: {zone}\ncolumns: {{ starts_at: {column} }}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-05T00:00:00Z",
        "2026-03-05T00:00:00.000Z",
        "2026-03-05 00:00:00+00",
        "2026-03-05T00:00:00+01:00",
        "2026-03-05T05:00:00Z",
        "2026-03-05T00:00:00-05:00",
        "2026-03-05 00:00",
        "2026-03-05 17:20",
        "2026-03-05T14:20:00Z",
        "2026-03-05",
        "20260305",
        datetime(2026, 3, 5, tzinfo=UTC),
    ],
)
def test_a_local_time_stands_on_the_date_that_is_written(cell: object) -> None:
    assert instant(cell, BOGOTA, NINE) == datetime(2026, 3, 5, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "zone", "local_time", "midnight", "read"),
    [
        ("2026-03-05T00:00:00Z", BOGOTA, NINE, Midnight.INSTANT, datetime(2026, 3, 4, 14, tzinfo=UTC)),
        ("2026-03-05T00:00:00Z", BOGOTA, NINE, Midnight.DATE, datetime(2026, 3, 5, 14, tzinfo=UTC)),
        ("2026-03-05T00:00:00Z", BOGOTA, None, None, datetime(2026, 3, 5, tzinfo=UTC)),
        ("2026-03-05T00:00:00Z", BOGOTA, None, Midnight.INSTANT, datetime(2026, 3, 5, tzinfo=UTC)),
        ("2026-03-05T00:00:00Z", BOGOTA, None, Midnight.DATE, datetime(2026, 3, 5, 5, tzinfo=UTC)),
        ("2026-03-04T19:00:00-05:00", BOGOTA, None, Midnight.DATE, datetime(2026, 3, 5, 5, tzinfo=UTC)),
        ("2026-03-04T19:00:00-05:00", BOGOTA, NINE, None, datetime(2026, 3, 4, 14, tzinfo=UTC)),
        ("2026-03-05T14:20:00Z", BOGOTA, None, Midnight.DATE, datetime(2026, 3, 5, 14, 20, tzinfo=UTC)),
        ("2026-03-05T03:00:00Z", BOGOTA, NINE, None, datetime(2026, 3, 4, 14, tzinfo=UTC)),
        ("2026-03-04T23:00:00Z", MADRID, NINE, None, datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("2026-03-05T00:00:00Z", MADRID, NINE, Midnight.UNKNOWN, datetime(2026, 3, 5, 8, tzinfo=UTC)),
        ("2026-03-05T00:00:00+01:00", BOGOTA, None, Midnight.UNKNOWN, datetime(2026, 3, 4, 23, tzinfo=UTC)),
        ("2026-03-05T00:00:00Z", None, NINE, None, datetime(2026, 3, 5, 9, tzinfo=UTC)),
    ],
)
def test_what_midnight_stands_for(
    cell: str, zone: ZoneInfo | None, local_time: time | None, midnight: Midnight | None, read: datetime
) -> None:
    assert instant(cell, zone, local_time, midnight) == read


@pytest.mark.parametrize(
    "cell", ["2026-03-05T00:00:00Z", "2026-03-05 00:00:00", "2026-03-05T00:00:00.000+00:00", date(2026, 3, 5)]
)
def test_a_column_of_dates_takes_midnight(cell: object) -> None:
    assert calendar_date(cell) == "2026-03-05"


def test_a_column_of_dates_takes_no_other_instant() -> None:
    with pytest.raises(ValueError, match="'2026-03-04T19:00:00-05:00' is not a date; write it like 2026-12-24"):
        calendar_date("2026-03-04T19:00:00-05:00")


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("46086", "'46086' is a number, as a spreadsheet counts days (perhaps 2026-03-05), not an instant"),
        ("46086.375", "'46086.375' is a number, as a spreadsheet counts days (perhaps 2026-03-05)"),
        ("1772668800", "'1772668800' is a number, perhaps of seconds since 1970, not an instant"),
        ("1731111411302", "'1731111411302' is a number, perhaps of milliseconds since 1970"),
        ("20661212804", "'20661212804' is a number, not an instant; write it like"),
        (1772668800, "is a number, perhaps of seconds since 1970"),
    ],
)
def test_a_number_is_no_instant(cell: object, what: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared
        instant(cell, BOGOTA)
    assert what in str(caught.value)


@pytest.mark.parametrize("cell", ["0001-01-01T00:00:00Z", "1899-12-30T00:00:00Z", "0001-01-01"])
@pytest.mark.parametrize("column", ["day", '{ from: day, local_time: "09:00" }'])
def test_the_first_instant_of_a_program_is_an_empty_cell(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, cell: str, column: str
) -> None:
    path = csv_file(tmp_path, HEADER, *visits(cell, "2026-03-05T14:20:00Z"))
    (problem,) = load(engine, context, "appointment", path, map_path=mapped(tmp_path, column)).problems
    assert str(problem) == (
        f"rows.csv:2: day: '{cell}' lies before 1900, as a program writes an empty cell; leave the cell empty, or name "
        "what is in it in a map ('empty')"
    )
    assert list(stored(engine, "appointment")) == ["A-1"]


def test_a_column_of_nothing_but_midnights_needs_a_word_of_its_map(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, HEADER, *visits(*[f"2026-03-{day:02}T00:00:00Z" for day in range(5, 25)], ""))
    report = load(engine, context, "appointment", path, map_path=mapped(tmp_path, "day"))
    assert shown(report.problems)[0] == (
        "rows.csv:2: day: '2026-03-05T00:00:00Z' may be the date 2026-03-05, or 2026-03-04 19:00 in America/Bogota; "
        "say which in the map (midnight: date, or midnight: instant) (20 rows: line 2 '2026-03-05T00:00:00Z', "
        "line 3 '2026-03-06T00:00:00Z', line 4 '2026-03-07T00:00:00Z', …)"
    )
    assert stored(engine, "appointment") == {}

    as_date = load(engine, context, "appointment", path, map_path=mapped(tmp_path, "{ from: day, midnight: date }"))
    assert as_date.bad == 1  # the empty cell
    assert stored(engine, "appointment")["A-0"]["starts_at"] == datetime(2026, 3, 5, 5, tzinfo=UTC)


def test_one_midnight_among_other_times_is_an_instant(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, HEADER, *visits("2026-03-05T00:00:00Z", "2026-03-05T15:00:00Z"))
    report = load(engine, context, "appointment", path, map_path=mapped(tmp_path, "day"))
    assert (report.ok, report.doubts) == (True, ())
    assert stored(engine, "appointment")["A-0"]["starts_at"] == datetime(2026, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "ok"), [("Europe/London", True), ("UTC", True), ("Europe/Madrid", False), ("Asia/Tokyo", False)]
)
def test_where_midnight_is_midnight_there_is_no_doubt(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, zone: str, ok: bool
) -> None:
    path = csv_file(tmp_path, HEADER, *visits("2026-03-05T00:00:00Z"))
    assert load(engine, context, "appointment", path, map_path=mapped(tmp_path, "day", zone)).ok is ok


def test_dates_with_other_times_among_them_need_a_word_of_the_map(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    days = ["2026-03-05T00:00:00Z", *["2026-03-06T00:00:00Z"] * 6_000, "2026-03-06T15:30:00Z"]
    path = csv_file(tmp_path, HEADER, *visits(*days))
    column = '{ from: day, local_time: "09:00" }'
    report = load(engine, context, "appointment", path, map_path=mapped(tmp_path, column))
    (problem,) = report.problems
    assert (problem.line, problem.count, report.counts.inserted) == (2, 6_001, 1)

    column = '{ from: day, local_time: "09:00", midnight: date }'
    assert load(engine, context, "appointment", path, map_path=mapped(tmp_path, column)).ok
    rows = stored(engine, "appointment")
    assert rows["A-0"]["starts_at"] == datetime(2026, 3, 5, 14, tzinfo=UTC)
    assert rows["A-6001"]["starts_at"] == datetime(2026, 3, 6, 14, tzinfo=UTC)


def test_without_a_map_midnights_are_instants_and_doubted(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = HEADER.replace("day", "starts_at")
    path = csv_file(tmp_path, header, *visits("2026-03-05T00:00:00Z", "2026-03-04T19:00:00-05:00"))
    report = load(engine, context, "appointment", path)
    assert report.ok
    assert shown(report.doubts) == [
        "starts_at (2): all at midnight in UTC, and stored as instants; where they are dates, a map says so "
        "(midnight: date): line 2 2026-03-05T00:00:00Z, line 3 2026-03-04T19:00:00-05:00"
    ]
    assert stored(engine, "appointment")["A-0"]["starts_at"] == datetime(2026, 3, 5, tzinfo=UTC)

    usual = load(engine, context, "appointment", csv_file(tmp_path, header, *visits("2026-03-05T15:00:00Z")))
    assert usual.doubts == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("columns: { starts_at: { from: day, midnight: date } }", "'midnight' needs the map's 'zone'"),
        ("zone: UTC\ncolumns: { status: { from: day, midnight: date } }", "'midnight' is for instants; status is none"),
        ("zone: UTC\ncolumns: { starts_at: { from: day, midnight: noon } }", "unknown midnight 'noon'"),
        ("zone: UTC\ncolumns: {}\nrepeated: lst", "unknown repeated 'lst'; did you mean 'last'?"),
    ],
)
def test_a_map_with_a_mistake_says_so(context: ImportContext, tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(f"entity: appointment\n{text}\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_map(path, context)
    assert problem in str(caught.value)
