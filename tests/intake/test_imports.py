"""Files become rows of state: whatever their format, the good rows are kept and the bad ones are listed."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.intake.parsing import ImportContext
from notifier.intake.sources import open_source
from notifier.model.problems import ProblemsError
from notifier.store.database import DatabaseError
from notifier.store.state.merging import WriteCounts
from tests.support.drafts import NOW
from tests.support.importing import csv_file, load, shown
from tests.support.state import changes, stored

HEADER = "id,customer_id,status,placed_at,total,currency"
GOOD = "O-1,C-1,shipped,2026-03-02T09:00:00-05:00,79900.50,COP"
OTHER = "O-2,C-2,in_progress,2026-03-02T10:00:00-05:00,,"
LATER = NOW + timedelta(hours=1)


def test_a_csv_file_becomes_rows_and_changes(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    report = load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD, OTHER))

    assert report.ok
    assert (report.read, report.counts, report.bad) == (2, WriteCounts(inserted=2), 0)
    assert stored(engine, "order")["O-1"]["total"] == Decimal("79900.5")
    assert [change["row_id"] for change in changes(engine)] == ["O-1", "O-2"]


def test_importing_the_same_file_again_changes_nothing(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, HEADER, GOOD, OTHER)
    load(engine, context, "order", path)
    assert load(engine, context, "order", path, at=LATER).counts == WriteCounts(unchanged=2)
    assert len(changes(engine)) == 2


def test_jsonl_gzip_and_stdin_say_the_same_as_csv(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADER, GOOD, OTHER)
    load(engine, context, "order", path)
    shipped = {"id": "O-1", "customer_id": "C-1", "status": "shipped", "placed_at": "2026-03-02T14:00:00Z"}
    rows = [
        {**shipped, "total": 79900.50, "currency": "COP"},
        {**shipped, "id": "O-2", "customer_id": "C-2", "status": "in_progress", "placed_at": "2026-03-02T15:00:00Z"},
    ]
    jsonl = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(jsonl.encode()))
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(path.read_bytes()))

    same = WriteCounts(unchanged=2)
    assert load(engine, context, "order", tmp_path / "rows.jsonl.gz").counts == same
    assert load(engine, context, "order", tmp_path / "rows.csv.gz").counts == same
    assert load(engine, context, "order", None, stdin=path.read_bytes()).counts == same
    assert load(engine, context, "order", None, stdin=jsonl.encode()).counts == same
    assert load(engine, context, "order", None, stdin=b"\xef\xbb\xbf" + path.read_bytes()).counts == same


def test_bad_rows_are_listed_with_their_place_and_the_good_ones_kept(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(
        tmp_path,
        HEADER,
        GOOD,
        'O-3,C-3,sent,2026-02-30T09:00:00-05:00,"1,5",COP',
        "O-4,C-4,shipped,2026-03-02T09:00:00-05:00",
        OTHER,
        name="orders.csv",
    )
    report = load(engine, context, "order", path)

    assert (report.read, report.bad, report.counts, report.ok) == (4, 2, WriteCounts(inserted=2), False)
    assert sorted(stored(engine, "order")) == ["O-1", "O-2"]
    assert shown(report.problems) == [
        "orders.csv:3: status: 'sent' is not one of acknowledged, in_progress, held, shipped, completed, cancelled, "
        "failed",
        "orders.csv:3: placed_at: '2026-02-30T09:00:00-05:00' is not an instant (day is out of range for month); "
        "write it like 2026-03-05T10:00:00-05:00",
        "orders.csv:3: total: '1,5' is not a plain number; write digits with a point before decimals, like 79900.50",
        "orders.csv:4: 4 cells, but the header has 6",
    ]


def test_a_line_number_counts_the_lines_that_a_quoted_cell_spans(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = "id,source,at,text"
    lines = ('F-1,web,2026-03-02T09:00:00Z,"one\ntwo\nthree"', "", "F-2,web,never,fine")
    report = load(engine, context, "feedback", csv_file(tmp_path, header, *lines))
    assert [problem.line for problem in report.problems] == [6]
    assert stored(engine, "feedback")["F-1"]["text"] == "one\ntwo\nthree"


def test_the_errors_file_can_be_mended_and_imported(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    path = csv_file(tmp_path, HEADER, GOOD, OTHER.replace("in_progress", "open"))
    report = load(engine, context, "order", path, errors=errors)
    assert report.errors_file == errors
    written = errors.read_text()
    assert written.splitlines()[0] == f"{HEADER},_line,_problem"
    assert written.splitlines()[1].startswith(
        "O-2,C-2,open,2026-03-02T10:00:00-05:00,,,3,\"status: 'open' is not one of"
    )

    errors.write_text(written.replace("C-2,open", "C-2,held"))
    assert load(engine, context, "order", errors).counts == WriteCounts(inserted=1)


def test_the_errors_of_a_jsonl_file_are_jsonl(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    errors = tmp_path / "errors.jsonl"
    lines = b'{"id": "O-1", "status": "open"}\n{"id": "O-2", "stauts": "held"}\n{"id": \n["O-3"]\n'
    report = load(engine, context, "order", None, stdin=lines, errors=errors)
    assert (report.read, report.bad) == (4, 4)
    assert {problem.line for problem in report.problems} == {1, 2, 3, 4}
    first = next(json.loads(line) for line in errors.read_text().splitlines() if "open" in line)
    assert (first["id"], first["_line"]) == ("O-1", 1)
    assert "did you mean 'status'?" in errors.read_text()
    assert stored(engine, "order") == {}


def test_no_errors_file_is_made_when_nothing_is_wrong(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    report = load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD), errors=tmp_path / "errors.csv")
    assert report.errors_file is None
    assert not (tmp_path / "errors.csv").exists()


def test_an_errors_file_that_cannot_be_written_stops_the_import(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, HEADER, GOOD, OTHER.replace("in_progress", "open"))
    with pytest.raises(ProblemsError, match="cannot be written: No such file or directory"):
        load(engine, context, "order", path, errors=tmp_path / "no" / "errors.csv")
    assert stored(engine, "order") == {}


def test_an_absent_column_stays_and_an_empty_cell_is_null(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD))
    load(engine, context, "order", csv_file(tmp_path, "id,total,currency", "O-1,,"), at=LATER)
    row = stored(engine, "order")["O-1"]
    assert row["customer_id"] == "C-1"
    assert "total" not in row


def test_rows_that_are_new_but_incomplete_are_bad_rows(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD))
    report = load(engine, context, "order", csv_file(tmp_path, "id,status", "O-7,held", "O-1,held"), at=LATER)
    assert report.counts == WriteCounts(updated=1)
    assert shown(report.problems) == [
        "rows.csv:2: order O-7 is not there yet, and a new one needs customer_id, placed_at"
    ]


def test_rows_of_jsonl_may_each_have_their_own_columns(engine: sa.Engine, context: ImportContext) -> None:
    lines = [
        {
            "id": "A-1",
            "customer_id": "C-1",
            "kind": "visit",
            "starts_at": "2026-03-05T10:00:00Z",
        },
        {"id": "A-1", "attributes": {"technician": "Luz"}},
        {"id": "A-1", "attributes.visits": 2, "status": "confirmed"},
    ]
    report = load(engine, context, "appointment", None, stdin="\n".join(map(json.dumps, lines)).encode())
    assert report.ok
    row = stored(engine, "appointment")["A-1"]
    assert (row["status"], row["attributes"]) == ("confirmed", {"technician": "Luz", "visits": 2})


def test_older_rows_are_ignored_and_counted(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD), at=LATER)
    report = load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD.replace("shipped", "held")), at=NOW)
    assert report.counts == WriteCounts(ignored_older=1)


def test_a_snapshot_deletes_the_rows_that_the_file_lacks(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD, OTHER))
    report = load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD), at=LATER, snapshot=True)
    assert report.deleted == 1
    assert list(stored(engine, "order")) == ["O-1"]
    assert changes(engine)[-1]["new_keys"] is None


def test_a_snapshot_keeps_a_row_whose_line_is_bad(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD, OTHER))
    path = csv_file(tmp_path, HEADER, GOOD, OTHER.replace("in_progress", "open"))
    report = load(engine, context, "order", path, at=LATER, snapshot=True)
    assert (report.bad, report.deleted) == (1, 0)
    assert sorted(stored(engine, "order")) == ["O-1", "O-2"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), "rows.csv: snapshot: nothing was deleted, because the file has no rows"),
        (("O-9,too,few",), "because 1 line does not say which row is meant"),
        ((",C-1,held,2026-03-02T09:00:00Z,,",), "because 1 line does not say which row is meant"),
    ],
)
def test_a_snapshot_deletes_nothing_when_it_cannot_know_what(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, lines: tuple[str, ...], why: str
) -> None:
    load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD))
    report = load(engine, context, "order", csv_file(tmp_path, HEADER, *lines), at=LATER, snapshot=True)
    assert (report.deleted, report.ok) == (0, False)
    assert why in shown(report.problems)[-1]
    assert list(stored(engine, "order")) == ["O-1"]


def test_a_snapshot_of_promises_keeps_what_our_own_notices_said(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = "id,subject,topic,value,currency,made_at,source"
    made = "contract:K-1,monthly_price,79900,COP,2026-03-02T09:00:00Z"
    load(engine, context, "promise", csv_file(tmp_path, header, f"P-1,{made},notice", f"P-2,{made},sales"))
    load(engine, context, "promise", csv_file(tmp_path, header, f"P-3,{made},sales"), at=LATER, snapshot=True)
    assert sorted(stored(engine, "promise")) == ["P-1", "P-3"]


def test_a_baseline_import_marks_its_changes(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD), baseline=True)
    assert [change["baseline"] for change in changes(engine)] == [True]


def test_references_to_rows_that_are_not_there_are_listed(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    load(engine, context, "customer", csv_file(tmp_path, "id,name", "C-1,Ana"))
    report = load(engine, context, "order", csv_file(tmp_path, HEADER, GOOD, OTHER))
    assert report.ok
    assert shown(report.dangling) == ["order.customer: 1 not there yet: C-2"]


def test_a_promise_about_a_row_that_is_not_there_is_listed(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = "id,subject,topic,value,currency,made_at,source"
    lines = [
        "P-1,contract:K-1,monthly_price,79900,COP,2026-03-02T09:00:00Z,sales",
        "P-2,customer:C-1,cancelled,true,,2026-03-02T09:00:00Z,agent",
    ]
    report = load(engine, context, "promise", csv_file(tmp_path, header, *lines))
    assert sorted(shown(report.dangling)) == [
        "promise.contract: 1 not there yet: K-1",
        "promise.customer: 1 not there yet: C-1",
    ]
    assert stored(engine, "promise")["P-2"]["customer_id"] == "C-1"


def test_a_promise_keeps_its_customer_when_the_file_has_no_such_column(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header, made = "id,subject,topic,value,currency,made_at,source", "79900,COP,2026-03-02T09:00:00Z,sales"
    whole = csv_file(tmp_path, f"{header},customer_id", f"P-1,contract:K-1,monthly_price,{made},C-5")
    load(engine, context, "promise", whole)
    lines = [f"P-1,contract:K-1,monthly_price,{made.replace('79', '89')}", f"P-2,customer:C-6,monthly_price,{made}"]
    assert load(engine, context, "promise", csv_file(tmp_path, header, *lines), at=LATER).ok
    kept = stored(engine, "promise")
    assert (kept["P-1"]["customer_id"], kept["P-1"]["value"]) == ("C-5", "89900")
    assert kept["P-2"]["customer_id"] == "C-6"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "stdin:1:1: the file is empty"),
        (b"id,stauts\nO-1,held\n", "order has no column 'stauts'; did you mean 'status'?"),
        (b"id,status,_A\nO-1,held,1\n", "order has no column '_A'"),
        (b"status\nheld\n", "the column 'id' is missing: it says which order a row is"),
        (b"id,total\nO-1,5\n", "the column 'total' needs a column 'currency'"),
        (b"id,status,status\n", "the column 'status' is there twice"),
        (b"id,,status\n", "a column has no name"),
        (b"id;status\nO-1;held\n", "the columns are separated by ';', not ','; name it in a map ('delimiter')"),
        (b"\xff\xfei\x00d\x00", "this is UTF-16, not CSV or JSONL in UTF-8"),
        (b"PK\x03\x04", "this is a ZIP or Excel file, not CSV or JSONL in UTF-8"),
        (gzip.compress(b"id,status\nO-1,held\n" * 9, mtime=0)[:-12], "cannot be read to its end"),
    ],
)
def test_a_file_that_cannot_be_used_as_a_whole_says_why_and_nothing_is_written(
    engine: sa.Engine, context: ImportContext, content: bytes, problem: str
) -> None:
    with pytest.raises(ProblemsError) as caught:
        load(engine, context, "order", None, stdin=content)
    assert problem in str(caught.value)
    assert stored(engine, "order") == {}
    assert changes(engine) == []


def test_a_file_that_is_not_there_says_so(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="cannot be opened: No such file"):
        load(engine, context, "order", tmp_path / "no.csv")


def test_a_broken_line_of_csv_is_one_bad_row(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADER, '"O-9"x,C-1,held,2026-03-02T09:00:00Z,,', GOOD)
    report = load(engine, context, "order", path)
    assert report.bad == 1
    assert "rows.csv:2: not CSV:" in shown(report.problems)[0]
    assert list(stored(engine, "order")) == ["O-1"]


def test_bytes_that_are_not_utf8_are_told_with_row_and_column(engine: sa.Engine, context: ImportContext) -> None:
    content = "id,name\nC-1,Ana\nC-2,José\n".encode("latin-1")
    report = load(engine, context, "customer", None, stdin=content)
    assert shown(report.problems) == ["stdin:3: name: the text is not UTF-8; save the file as UTF-8"]
    assert list(stored(engine, "customer")) == ["C-1"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"id": "O-1", "id": "O-2"}', "the key 'id' is given twice"),
        (b'{"id": "O-1", "total": NaN}', "NaN is not a number of JSON"),
        (b'{"id": ' + b"[" * 100_000, "not JSON"),
        (b'{"id": "O-1", "total": 1.5, "currency": {"code": "COP"}}', "currency: a mapping is not one value"),
    ],
)
def test_a_bad_line_of_json_is_one_bad_row(engine: sa.Engine, context: ImportContext, line: bytes, what: str) -> None:
    report = load(engine, context, "order", None, stdin=line + b"\n")
    assert report.bad == 1
    assert what in "; ".join(shown(report.problems))


def test_an_import_that_fails_halfway_leaves_nothing(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    lines = [f"O-{number},C-1,held,2026-03-02T09:00:00Z,," for number in range(12_000)]
    whole = gzip.compress("\n".join([HEADER, *lines]).encode(), compresslevel=0)
    with pytest.raises(ProblemsError, match="cannot be read to its end"):
        load(engine, context, "order", None, stdin=whole[: len(whole) // 2])
    assert stored(engine, "order") == {}


def test_a_full_disk_during_an_import_leaves_the_tables_as_they_were(
    sqlite_engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    load(sqlite_engine, context, "order", csv_file(tmp_path, HEADER, GOOD))
    with sqlite_engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 30}")
    lines = [f"O-{number},C-1,held,2026-03-02T09:00:00Z,," for number in range(2, 8_000)]
    with pytest.raises(DatabaseError, match="the disk is full"):
        load(sqlite_engine, context, "order", csv_file(tmp_path, HEADER, *lines), at=LATER)
    assert list(stored(sqlite_engine, "order")) == ["O-1"]


def test_progress_is_told_in_bytes_of_the_file(context: ImportContext, tmp_path: Path) -> None:
    lines = [f"O-{number},C-1,held,2026-03-02T09:00:00Z,," for number in range(12_000)]
    path = csv_file(tmp_path, HEADER, *lines)
    told: list[int] = []
    with path.open("rb") as stdin, open_source(path, stdin, progress=told.append) as source:
        rows = sum(len(group.lines) for batches in source.batches() for group in batches.groups)
    assert rows == 12_000
    assert told == sorted(told)
    assert len(told) >= 3
    assert told[-1] == path.stat().st_size


def test_importing_a_site_makes_its_days(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    header = "id,name,timezone,country,opening_hours"
    load(engine, context, "site", csv_file(tmp_path, header, "S-1,Centro,America/Bogota,CO,Mo-Sa 08:00-20:00; PH off"))
    days = stored(engine, "site_day")
    assert len(days) == 60
    assert days["S-1/2026-03-23"]["kind"] == "closed"
    assert {change["entity"] for change in changes(engine)} == {"site", "site_day"}


def test_hours_that_may_be_meant_otherwise_are_written_and_said(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = "id,name,timezone,country,opening_hours"
    rows = (
        "S-1,Centro,America/Bogota,CO,Mo-Th 12:00-01:00; Fr 12:00-02:00",
        "S-2,Norte,America/Bogota,CO,Mo-Sa 08:00-20:00; PH off",
        "S-3,Sur,America/Bogota,CO,Mo-Fr 12:00-sunset",
    )
    report = load(engine, context, "site", csv_file(tmp_path, header, *rows))
    assert set(stored(engine, "site")) == {"S-1", "S-2"}
    assert [(one.line, one.column) for one in report.problems] == [(4, "opening_hours")]
    (doubt,) = report.doubts
    assert (doubt.column, doubt.count) == ("opening_hours", 1)
    assert doubt.examples == ("line 2 'Mo-Th 12:00-01:00; Fr 12:00-02:00'",)
    assert "by the letter Thu 12:00-01:00 ends at 24:00" in doubt.what


def test_a_year_without_its_decreed_holidays_is_said_once_for_a_country(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = "id,name,timezone,country,opening_hours"
    rows = [f"S-{n},Centro,America/Buenos_Aires,AR,Mo-Sa 08:00-20:00; PH off" for n in range(3)]
    november = datetime(2026, 11, 20, tzinfo=UTC)
    report = load(engine, context, "site", csv_file(tmp_path, header, *rows), at=november)
    (doubt,) = report.doubts
    assert (doubt.column, doubt.count, doubt.examples) == ("country", 1, ("line 2 AR",))
    assert "AR in 2027 lack the days that are decreed" in doubt.what


PEOPLE = "id,name,phone,country,email"
DOUBTFUL = (
    "C-1,Ana,0057 301 234 5678,CO,ana@españa.com",
    "C-2,Luis,+1 305 555 0123,CO,",
    "C-3,Eva,1 745 5905,CO,",
    "C-4,Rosa,601 745 5906,CO,",
    "C-5,Juan,601 745 5907,CO,",
    "C-6,Inés,601 745 5908,CO,",
    "C-7,Raúl,601 745 5908,XX,",
    "C-8,Noa,11 2345-6789,AR,",
)


def test_doubtful_phones_are_taken_and_counted_with_examples(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    report = load(engine, context, "customer", csv_file(tmp_path, PEOPLE, *DOUBTFUL))
    assert (report.counts, report.bad) == (WriteCounts(inserted=7), 1)
    assert [str(doubts) for doubts in report.doubts] == [
        "phone (1): to another country than the customer's: line 3 +13055550123 (US, not CO)",
        "phone (4): to a landline, which takes no SMS: "
        "line 4 +576017455905, line 5 +576017455906, line 6 +576017455907, …",
        "phone (1): to a landline, which takes no SMS; a mobile is written with 9 or 15, +54 9 11 2345 6789: "
        "line 9 +541123456789",
    ]
    assert stored(engine, "customer")["C-1"]["phone"] == "+573012345678"
    assert stored(engine, "customer")["C-1"]["email"] == "ana@xn--espaa-rta.com"


def test_a_site_may_have_a_landline(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    header = "id,name,timezone,country,opening_hours,phone"
    path = csv_file(tmp_path, header, "S-1,Centro,America/Bogota,CO,Mo-Fr 09:00-17:00,601 745 5905")
    report = load(engine, context, "site", path)
    assert (report.ok, report.doubts) == (True, ())


def test_one_problem_of_many_rows_is_told_once_with_a_count_and_three_examples(
    sqlite_engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    lines = [f"O-{number},C-1,sent{number},2026-03-02T09:00:00Z,," for number in range(3_000)]
    errors = tmp_path / "errors.csv"
    path = csv_file(tmp_path, HEADER, *lines, "O-9998,C-1,held,2026-03-02T09:00:00Z,,", "O-9999,C-1,held,soon,,")
    report = load(sqlite_engine, context, "order", path, errors=errors)
    told = "is not one of acknowledged, in_progress, held, shipped, completed, cancelled, failed"
    assert shown(report.problems) == [
        f"rows.csv:2: status: 'sent0' {told} (3,000 rows: line 2 'sent0', line 3 'sent1', line 4 'sent2', …)",
        "rows.csv:3003: placed_at: 'soon' is not an instant; write it like 2026-03-05T10:00:00-05:00",
    ]
    assert report.bad == 3_001
    assert len(errors.read_text().splitlines()) == 3_002


def test_up_to_three_problems_of_a_kind_are_told_one_by_one(
    sqlite_engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    lines = [f"O-{number},C-1,sent,2026-03-02T09:00:00Z,," for number in range(3)]
    report = load(sqlite_engine, context, "order", csv_file(tmp_path, HEADER, *lines))
    assert [(problem.line, problem.count) for problem in report.problems] == [(2, 1), (3, 1), (4, 1)]


def test_rows_that_are_not_there_yet_are_told_together(
    sqlite_engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, "id,status", *(f"O-{name},held" for name in ("red", "blue", "x-1", "last one")))
    (problem,) = load(sqlite_engine, context, "order", path).problems
    assert str(problem) == (
        "rows.csv:2: order O-red is not there yet, and a new one needs customer_id, placed_at "
        "(4 rows: line 2, line 3, line 4, …)"
    )
