"""What a spreadsheet or a program leaves in a cell is told by its own message; what people write is taken.

On SQLite alone: a cell is read before any SQL.
"""

from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.intake.parsing import ImportContext
from notifier.intake.spreadsheets import EMPTY_WORDS, ERRORS, NO_IDS, doubtful_ids
from tests.support.importing import csv_file, load, shown
from tests.support.sqlite_alone import migrated_url
from tests.support.state import stored

__all__ = ["migrated_url"]

CUSTOMERS = "id,name,site_id,phone,country"
CONTRACTS = "id,customer_id,status,plan,started_at"
TEXT = "format the column as text and export it again"


def problems_of(engine: sa.Engine, context: ImportContext, path: Path, entity: str) -> list[str]:
    return [f"{problem.column}: {problem.what}" for problem in load(engine, context, entity, path).problems]


@pytest.mark.parametrize("cell", ["8.97E+11", "8,97E+11", "1E+15", "8.97123e+011", "-1.5E+9"])
@pytest.mark.parametrize("line", ["{},C-1,active,,", "K-1,{},active,,", "K-1,C-1,active,{},"])
def test_a_rounded_number_is_no_text(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, cell: str, line: str
) -> None:
    path = csv_file(tmp_path, CONTRACTS, line.format(f'"{cell}"'))
    (problem,) = problems_of(engine, context, path, "contract")
    assert f"'{cell}' is a number that a spreadsheet has rounded: its digits are lost; {TEXT}" in problem
    assert stored(engine, "contract") == {}


def test_a_rounded_number_in_json_is_no_id(engine: sa.Engine, context: ImportContext) -> None:
    lines = b'{"id": 8.97E+11, "customer_id": "C-1", "status": "active"}\n'
    report = load(engine, context, "contract", None, stdin=lines)
    assert "'8.97E+11' is a number that a spreadsheet has rounded" in shown(report.problems)[0]


@pytest.mark.parametrize("word", sorted([*EMPTY_WORDS, *ERRORS]))
def test_a_word_for_nothing_is_no_id_no_name_and_no_other_value(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, word: str
) -> None:
    path = csv_file(
        tmp_path, CUSTOMERS, *(f"{row}" for row in (f"{word},Ana,,,", f"C-1,{word},,,", f"C-2,Ana,{word},,"))
    )
    found = problems_of(engine, context, path, "customer")
    assert [problem.split(":")[0] for problem in found] == ["id", "name", "site_id"]
    assert all(f"'{word}' is " in problem for problem in found)
    found = problems_of(engine, context, csv_file(tmp_path, CONTRACTS, f"K-1,C-1,active,,{word}"), "contract")
    assert ("leave the cell empty" in found[0]) or ("error of a spreadsheet" in found[0])


@pytest.mark.parametrize("word", sorted(NO_IDS))
def test_a_dash_is_no_id_but_may_be_a_name(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, word: str
) -> None:
    path = csv_file(tmp_path, CUSTOMERS, f"C-1,{word},,,", f"C-2,Ana,{word},,")
    assert [problem[:9] for problem in problems_of(engine, context, path, "customer")] == ["site_id: '"[:9]]
    assert stored(engine, "customer")["C-1"]["name"] == word


@pytest.mark.parametrize(
    "name",
    ["Null", "Nan", "NAN", "Na", "NA", "None Such", "Jennifer Null", "E+", "C++ SL", "O'Brien", "#1", "=Hola=", "1E5"],
)
def test_names_that_people_have_are_taken(engine: sa.Engine, context: ImportContext, tmp_path: Path, name: str) -> None:
    report = load(engine, context, "customer", csv_file(tmp_path, CUSTOMERS, f"C-1,{name},,,NA"))
    assert (shown(report.problems), report.doubts) == ([], ())
    assert stored(engine, "customer")["C-1"]["name"] == name


@pytest.mark.parametrize("row_id", ["123e4567", "9130e541", "1E5", "#1001", "00123", "A+B", "5-3", "O'1"])
def test_ids_that_only_look_odd_are_taken(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, row_id: str
) -> None:
    report = load(engine, context, "customer", csv_file(tmp_path, CUSTOMERS, f"{row_id},Ana,,,"))
    assert (report.ok, report.doubts) == (True, ())
    assert list(stored(engine, "customer")) == [row_id]


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ('"=""007"""', f"id: '=\"007\"' is a formula of a spreadsheet; write 007: {TEXT}"),
        ("'007", "id: ''007' begins with a spreadsheet's mark for text; write 007"),
        ("#######", "id: '#######' is what a spreadsheet shows instead of a value"),
        ("Err:502", "id: 'Err:502' is what a spreadsheet shows instead of a value"),
    ],
)
def test_marks_of_a_spreadsheet_are_no_part_of_an_id(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, cell: str, what: str
) -> None:
    (problem,) = problems_of(engine, context, csv_file(tmp_path, CUSTOMERS, f"{cell},Ana,,,"), "customer")
    assert what in problem


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("C-1,Ana,,3.00123E+9,CO", "phone: '3.00123E+9' is a number that a spreadsheet has rounded"),
        (
            "C-1,Ana,,NULL,CO",
            "phone: 'NULL' is a word for an empty cell; leave the cell empty, or name the word in a map",
        ),
        ("C-1,Ana,,,#REF!", "country: '#REF!' is an error of a spreadsheet, not a value"),
    ],
)
def test_other_columns_say_what_the_matter_is_too(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, line: str, what: str
) -> None:
    (problem,) = problems_of(engine, context, csv_file(tmp_path, CUSTOMERS, line), "customer")
    assert what in problem


def test_a_subject_of_a_promise_is_an_id(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    header = "id,subject,topic,value,currency,made_at,source"
    path = csv_file(tmp_path, header, "P-1,contract:8.97E+11,monthly_price,5,COP,2026-03-02T09:00:00Z,sales")
    assert "subject: '8.97E+11' is a number" in problems_of(engine, context, path, "promise")[0]


def test_what_customers_wrote_may_be_such_a_word(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    report = load(
        engine, context, "feedback", csv_file(tmp_path, "id,source,at,text", "F-1,web,2026-03-02T09:00:00Z,N/A")
    )
    assert report.ok
    assert stored(engine, "feedback")["F-1"]["text"] == "N/A"


def test_a_map_names_the_words_for_an_empty_cell(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    map_path = tmp_path / "map.yaml"
    map_path.write_text("entity: customer\ncolumns: {}\nempty: ['NULL', N/A]\n", encoding="utf-8")
    path = csv_file(tmp_path, CUSTOMERS, "C-1,Ana,NULL, N/A ,CO", "C-2,NULL,,,")
    report = load(engine, context, "customer", path, map_path=map_path)
    assert shown(report.problems) == ["rows.csv:3: name: must not be empty"]
    assert set(stored(engine, "customer")["C-1"]) == {"id", "name", "country", "born_at", "written_at"}


def test_such_a_cell_does_not_become_a_part_of_an_id(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    map_path = tmp_path / "map.yaml"
    map_path.write_text('entity: customer\ncolumns: { id: { template: "C-{number}" } }\n', encoding="utf-8")
    path = csv_file(tmp_path, "number,name", "NULL,Ana", "8.97E+11,Ana", "7,Ana")
    report = load(engine, context, "customer", path, map_path=map_path)
    assert [problem.what[:18] for problem in report.problems] == ["number: 'NULL' is ", "number: '8.97E+11'"]
    assert list(stored(engine, "customer")) == ["C-7"]


@pytest.mark.parametrize(
    ("row_id", "doubted"),
    [
        ("1001.0", True),
        ("1001.5", False),
        ("v1.0", False),
        ("820982911946154000", True),
        ("820982911946154508", False),
        ("100000", False),
        ("A82098291194615400000", False),
    ],
)
def test_ids_that_a_program_may_have_changed_are_taken_and_doubted(row_id: str, doubted: bool) -> None:
    found = list(doubtful_ids([row_id, row_id]))
    assert [index for index, _ in found] == ([0, 1] if doubted else [])


def test_doubtful_ids_are_counted(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    path = csv_file(tmp_path, CUSTOMERS, *(f"{number}.0,Ana,7.0,," for number in range(5)))
    report = load(engine, context, "customer", path)
    assert report.ok
    assert [(doubts.column, doubts.count, doubts.examples[0]) for doubts in report.doubts] == [
        ("id", 5, "line 2 0.0"),
        ("site_id", 5, "line 2 7.0"),
    ]
