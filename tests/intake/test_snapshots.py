"""A snapshot deletes what its file lacks, never on a doubt, and many rows only where their number is named."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.intake.parsing import ImportContext
from tests.support.drafts import NOW
from tests.support.importing import csv_file, load, shown
from tests.support.state import changes, stored

HEADER = "id,customer_id,status"
LATER = NOW + timedelta(hours=1)


def contracts(count: int, name: str = "K") -> list[str]:
    return [f"{name}-{number},C-1,active" for number in range(count)]


@pytest.fixture
def hundred(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    load(engine, context, "contract", csv_file(tmp_path, HEADER, *contracts(100)))


@pytest.mark.usefixtures("hundred")
def test_a_cut_export_deletes_nothing_and_says_how_to_insist(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, HEADER, "K-0,C-1,suspended")
    report = load(engine, context, "contract", path, at=LATER, snapshot=True)
    assert (report.ok, report.deleted, report.kept) == (False, 0, 99)
    assert shown(report.problems) == [
        "rows.csv: snapshot: nothing was deleted, because 99 of the 100 rows of contract are not in the file: was it "
        "cut? Where they are to go, import it again with --snapshot --snapshot-deletes 99"
    ]
    rows = stored(engine, "contract")
    assert len(rows) == 100
    assert rows["K-0"]["status"] == "suspended"  # what the file does say is true

    again = load(engine, context, "contract", path, at=LATER, snapshot=True, snapshot_deletes=99)
    assert (again.ok, again.deleted, again.kept) == (True, 99, 0)
    assert list(stored(engine, "contract")) == ["K-0"]


@pytest.mark.usefixtures("hundred")
@pytest.mark.parametrize("number", [0, 98, 100])
def test_another_number_than_the_one_named_deletes_nothing(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, number: int
) -> None:
    path = csv_file(tmp_path, HEADER, "K-0,C-1,active")
    report = load(engine, context, "contract", path, at=LATER, snapshot=True, snapshot_deletes=number)
    assert (report.deleted, report.kept) == (0, 99)
    assert f"are not in the file, and --snapshot-deletes says {number}" in shown(report.problems)[0]
    assert len(stored(engine, "contract")) == 100


@pytest.mark.parametrize(
    ("there", "left", "deleted"),
    [(22, 2, 20), (22, 1, 0), (210, 189, 21), (209, 188, 0), (300, 270, 30), (300, 269, 0)],
)
def test_twenty_rows_or_a_tenth_may_go_without_a_word(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, there: int, left: int, deleted: int
) -> None:
    load(engine, context, "contract", csv_file(tmp_path, HEADER, *contracts(there)))
    path = csv_file(tmp_path, HEADER, *contracts(left))
    report = load(engine, context, "contract", path, at=LATER, snapshot=True)
    assert (report.deleted, report.ok) == (deleted, deleted > 0)
    assert len(stored(engine, "contract")) == there - deleted


@pytest.mark.usefixtures("hundred")
def test_new_rows_do_not_count_as_rows_that_were_there(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    """Another system's ids: every old row would go, among so many new ones that it is a small share."""
    path = csv_file(tmp_path, HEADER, *contracts(1_500, "N"))
    report = load(engine, context, "contract", path, at=LATER, snapshot=True)
    assert (report.deleted, report.kept) == (0, 100)
    assert "100 of the 100 rows of contract" in shown(report.problems)[0]


@pytest.mark.usefixtures("hundred")
def test_rows_that_were_written_later_than_the_file_are_neither_deleted_nor_counted(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    load(engine, context, "contract", csv_file(tmp_path, HEADER, *contracts(85)), at=LATER + timedelta(hours=1))
    report = load(engine, context, "contract", csv_file(tmp_path, HEADER, "K-0,C-1,active"), at=LATER, snapshot=True)
    assert (report.ok, report.deleted) == (True, 15)


@pytest.mark.usefixtures("hundred")
def test_bad_rows_and_lines_that_disagree_keep_their_stored_rows(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    lines = [line.replace("active", "actve") if "-7," in line else line for line in contracts(100)]
    path = csv_file(tmp_path, HEADER, *lines[:99], "K-98,C-2,active")
    report = load(engine, context, "contract", path, at=LATER, snapshot=True)
    assert (report.bad, report.deleted) == (3, 1)
    assert set(stored(engine, "contract")) == {f"K-{number}" for number in range(99)}


@pytest.mark.usefixtures("hundred")
@pytest.mark.parametrize(
    ("footer", "told", "kept"),
    [
        (
            "Total: 100 rows",
            "102: 1 cell, but the header has 3; a title or a footer? take the line out of the file",
            True,
        ),
        (",,Total: 100", "102: id: there is no id; a title or a footer? take the line out of the file", True),
        (
            "Total: 99 rows,,",
            "102: id: 'Total: 99 rows' is the only cell that is filled; a title or a footer? take the line out of the "
            "file",
            False,
        ),
    ],
)
def test_a_footer_is_told_apart_from_bad_rows(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, footer: str, told: str, kept: bool
) -> None:
    lines = [*contracts(99), "K-200,C-1,actve", footer]
    report = load(engine, context, "contract", csv_file(tmp_path, HEADER, *lines), at=LATER, snapshot=True)
    assert (report.bad, report.strays) == (2, 1)
    assert f"rows.csv:{told}" in shown(report.problems)
    assert report.deleted == (0 if kept else 1)


@pytest.mark.usefixtures("hundred")
def test_an_id_that_a_spreadsheet_rounded_leaves_open_which_row_is_meant(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, HEADER, *contracts(99), "8.97E+11,C-1,active")
    report = load(engine, context, "contract", path, at=LATER, snapshot=True)
    assert report.deleted == 0
    assert len(stored(engine, "contract")) == 100


@pytest.mark.usefixtures("hundred")
def test_ids_made_by_a_template_are_looked_for(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text('entity: contract\ncolumns:\n  id: { template: "K-{number}" }\n')
    lines = [f"{number},C-1,active" for number in range(95)]
    path = csv_file(tmp_path, "number,customer_id,status", *lines)
    report = load(engine, context, "contract", path, at=LATER, snapshot=True, map_path=tmp_path / "map.yaml")
    assert (report.ok, report.deleted) == (True, 5)


@pytest.mark.usefixtures("hundred")
def test_the_same_snapshot_again_deletes_nothing(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADER, *contracts(100), "K-0,C-1,active")
    for hours in (1, 2):
        report = load(engine, context, "contract", path, at=NOW + timedelta(hours=hours), snapshot=True)
        assert (report.ok, report.deleted, report.repeated) == (True, 0, 1)
    assert len(changes(engine)) == 100


def test_a_refused_snapshot_of_sites_keeps_their_days(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = "id,name,timezone,country,opening_hours"
    sites = [f"S-{number},Centro,America/Bogota,CO,24/7" for number in range(25)]
    load(engine, context, "site", csv_file(tmp_path, header, *sites))
    report = load(engine, context, "site", csv_file(tmp_path, header, *sites[:3]), at=LATER, snapshot=True)
    assert (report.kept, len(stored(engine, "site_day"))) == (22, 25 * 60)
    report = load(engine, context, "site", csv_file(tmp_path, header, *sites[:6]), at=LATER, snapshot=True)
    assert (report.deleted, len(stored(engine, "site_day"))) == (19, 6 * 60)


def test_a_snapshot_of_promises_keeps_what_our_own_notices_and_campaigns_promised(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = "id,subject,topic,value,currency,made_at,source"
    rows = [
        f"P-{source},contract:K-1,monthly_price,79900,COP,2026-02-01T10:00:00Z,{source}"
        for source in ("sales", "notice", "campaign")
    ]
    load(engine, context, "promise", csv_file(tmp_path, header, *rows))
    other = "P-web,contract:K-1,monthly_price,79900,COP,2026-02-01T10:00:00Z,web"
    load(engine, context, "promise", csv_file(tmp_path, header, other), at=LATER, snapshot=True)
    assert set(stored(engine, "promise")) == {"P-notice", "P-campaign", "P-web"}
