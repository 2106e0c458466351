"""A map file says how another system's columns are ours; what it does not say is a problem, never a guess.

On SQLite alone: a map is read before any SQL; test_imports writes rows to both databases.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.intake.map_files import read_map
from notifier.intake.parsing import ImportContext
from notifier.model.problems import ProblemsError
from notifier.store.state.merging import WriteCounts
from tests.support.importing import csv_file, load, shown
from tests.support.sqlite_alone import migrated_url
from tests.support.state import stored

__all__ = ["migrated_url"]

ORDERS = """
entity: order
delimiter: ";"
zone: America/Bogota
columns:
  id: number
  customer_id: { template: "C-{customer}" }
  status:
    from: state
    values: { done: completed, sent: shipped, new: acknowledged }
  placed_at: placed
  promised_at: { from: promised, local_time: "23:59:59" }
  total: { from: cents, unit: minor }
  currency: { from: money, default: COP }
  seller: { fixed: acme }
ignore: [internal]
"""
HEADER = "number;customer;state;placed;promised;cents;money;internal"
AT = datetime(2026, 3, 2, 14, tzinfo=UTC)
HISTORY = """
entity: order
columns:
  placed_at: placed
  handed_over_at: handed
  completed_at: completed
as_of:
  starts: placed_at
  before: in_progress
  steps:
    - { at: handed_over_at, status: shipped }
    - { at: completed_at, status: completed }
"""


def map_file(folder: Path, text: str) -> Path:
    path = folder / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_map_renames_translates_and_completes_the_columns(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, HEADER, "O-1;7;sent;2026-03-02 09:00:00;2026-03-04;7990050;;x")
    assert load(engine, context, "order", path, map_path=map_file(tmp_path, ORDERS), at=AT).ok
    assert stored(engine, "order")["O-1"] == {
        "id": "O-1",
        "customer_id": "C-7",
        "status": "shipped",
        "status_since": AT,
        "placed_at": datetime(2026, 3, 2, 14, tzinfo=UTC),
        "promised_at": datetime(2026, 3, 5, 4, 59, 59, tzinfo=UTC),
        "total": Decimal("79900.5"),
        "currency": "COP",
        "seller": "acme",
        "written_at": AT,
        "born_at": AT,
    }


def test_a_status_that_the_map_does_not_know_is_a_problem_and_never_guessed(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(
        tmp_path,
        HEADER,
        "O-1;7;snt;2026-03-02 09:00;;;;",
        "O-2;7;done;2026-03-02 09:00;;;;",
        "O-3;7;;2026-03-02 09:00;;;;",
    )
    report = load(engine, context, "order", path, map_path=map_file(tmp_path, ORDERS), at=AT)
    assert shown(report.problems) == [
        "rows.csv:2: state: 'snt' is not in the value table; did you mean 'sent'?",
        "rows.csv:4: state: must not be empty",
    ]
    assert list(stored(engine, "order")) == ["O-2"]


def test_minor_units_follow_the_currency_or_the_map(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    yen = csv_file(tmp_path, HEADER, "O-1;7;new;2026-03-02 09:00;;500;JPY;", "O-2;7;new;2026-03-02 09:00;;5.5;JPY;")
    report = load(engine, context, "order", yen, map_path=map_file(tmp_path, ORDERS), at=AT)
    assert stored(engine, "order")["O-1"]["total"] == Decimal(500)
    assert shown(report.problems) == ["rows.csv:3: cents: '5.5' is not a whole number of minor units"]

    places = ORDERS.replace("unit: minor", "unit: minor, places: 3")
    load(engine, context, "order", yen, map_path=map_file(tmp_path, places), at=AT)
    assert stored(engine, "order")["O-1"]["total"] == Decimal("0.5")


def test_wall_times_that_a_zone_skips_or_repeats_are_read(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    text = ORDERS.replace("America/Bogota", "America/New_York")
    path = csv_file(tmp_path, HEADER, "skipped;7;new;2026-03-08 02:30;;;;", "repeated;7;new;2026-11-01 01:30;;;;")
    load(engine, context, "order", path, map_path=map_file(tmp_path, text), at=AT)
    rows = stored(engine, "order")
    assert rows["skipped"]["placed_at"] == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert rows["repeated"]["placed_at"] == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_template_takes_as_many_characters_as_asked(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    text = 'entity: customer\ncolumns:\n  id: key\n  name: { template: "{town} {key:.3}" }\n'
    path = csv_file(tmp_path, "key,town", "abcdef,Cali")
    load(engine, context, "customer", path, map_path=map_file(tmp_path, text), at=AT)
    assert stored(engine, "customer")["abcdef"]["name"] == "Cali abc"


def test_a_history_is_read_as_things_stood_at_the_instant_of_the_import(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = "id,customer_id,status,placed,handed,completed"
    path = csv_file(
        tmp_path,
        header,
        "done,C-1,completed,2026-03-01T00:00:00Z,2026-03-01T12:00:00Z,2026-03-02T00:00:00Z",
        "on its way,C-1,completed,2026-03-01T00:00:00Z,2026-03-01T12:00:00Z,2026-03-03T00:00:00Z",
        "at the shop,C-1,completed,2026-03-01T00:00:00Z,2026-03-02T15:00:00Z,2026-03-03T00:00:00Z",
        "cancelled,C-1,cancelled,2026-03-01T00:00:00Z,,",
        "later,C-1,completed,2026-03-02T14:00:01Z,2026-03-03T00:00:00Z,2026-03-03T00:00:00Z",
    )
    report = load(engine, context, "order", path, map_path=map_file(tmp_path, HISTORY), at=AT)
    assert (report.counts, report.not_yet, report.ok) == (WriteCounts(inserted=4), 1, True)
    rows = stored(engine, "order")
    assert {row_id: row["status"] for row_id, row in rows.items()} == {
        "done": "completed",
        "on its way": "shipped",
        "at the shop": "in_progress",
        "cancelled": "cancelled",
    }
    assert "completed_at" in rows["done"]
    assert "completed_at" not in rows["on its way"]
    assert "handed_over_at" in rows["on its way"]
    assert "handed_over_at" not in rows["at the shop"]

    later = AT + timedelta(days=2)
    assert load(engine, context, "order", path, map_path=map_file(tmp_path, HISTORY), at=later).not_yet == 0
    assert {row["status"] for row in stored(engine, "order").values()} == {"completed", "cancelled"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("entity: order", "entity: ordr"), "map.yaml:2:9: unknown entity 'ordr'; did you mean 'order'?"),
        (("entity: order", "entity: site_day"), "'entity' is one of customer, representative, site, contract"),
        (("  id: number", "  ident: number"), "map.yaml:6:3: order has no column 'ident'"),
        (("  id: number", "  status_since: number"), "the column 'status_since' is computed; remove it"),
        (("sent: shipped", "sent: send"), "'send' is not one of acknowledged, in_progress"),
        (("fixed: acme", "fixd: acme"), "unknown key 'fixd' in a column of the map; did you mean 'fixed'?"),
        (("fixed: acme", "fixed: acme, from: x"), "a column has exactly one of from, fixed, template"),
        (("  seller: { fixed: acme }", "  seller: 5"), "the column of theirs is a text, not the number 5"),
        (("zone: America/Bogota", "zone: Bogota"), "unknown zone 'Bogota'"),
        (('"23:59:59"', '"24:30"'), "'24:30' is not a time of day; write it like 23:59:59"),
        (('delimiter: ";"', 'delimiter: ";;"'), "'delimiter' is one character"),
        (('"C-{customer}"', '"C-{customer"'), "a template holds their columns like {Start Date}"),
        (("unit: minor", "unit: cents"), "unknown unit 'cents'"),
        (("ignore:", "ignored:"), "unknown key 'ignored' in a map; did you mean 'ignore'?"),
        (("unit: minor", "unit: minor, places: 22"), "'places' is from 0 to 4: as many are kept of an amount"),
        (("values: { done: completed", "values: { done: [completed]"), "the value for 'done' is a text, not a list"),
        (("columns:", "columns"), "not YAML"),
        (("ignore: [internal]", "as_of: { starts: placed }"), "unknown column 'placed'"),
        (
            ("ignore: [internal]", "as_of: { starts: placed_at, steps: [{ at: placed_at, status: seen }] }"),
            "'seen' is not one of acknowledged",
        ),
        (
            ("ignore: [internal]", "as_of: { starts: placed_at, steps: [{ at: placed_at, status: held }] }"),
            "'steps' need 'before'",
        ),
    ],
)
def test_a_map_with_a_mistake_says_where_and_what_may_be_meant(
    context: ImportContext, tmp_path: Path, change: tuple[str, str], problem: str
) -> None:
    assert change[0] in ORDERS
    with pytest.raises(ProblemsError) as caught:
        read_map(map_file(tmp_path, ORDERS.replace(*change)), context)
    assert problem in str(caught.value)


def test_an_empty_map_says_what_it_needs(context: ImportContext, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="the map is empty; it needs 'entity' and 'columns'"):
        read_map(map_file(tmp_path, "# nothing\n"), context)


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (HEADER + ";extra", "the column 'extra' is neither mapped nor one of order; map it, or name it under 'ignore'"),
        (HEADER.replace("placed", "plced"), "the map reads a column 'placed' that is not there; did you mean 'plced'?"),
    ],
)
def test_a_file_that_does_not_fit_its_map_is_refused_whole(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, header: str, problem: str
) -> None:
    path = csv_file(tmp_path, header)
    with pytest.raises(ProblemsError) as caught:
        load(engine, context, "order", path, map_path=map_file(tmp_path, ORDERS), at=AT)
    assert problem in str(caught.value)


def test_a_map_is_for_one_entity(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="the map is for order, not for contract"):
        load(engine, context, "contract", csv_file(tmp_path, HEADER), map_path=map_file(tmp_path, ORDERS), at=AT)
