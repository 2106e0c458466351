"""Lines with the same id are one row where they agree; where they do not, each of them is a bad row that names another.

On SQLite alone: how lines are put together is decided before any SQL.
"""

import io
import json
import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.intake import repeats, sources
from notifier.intake.parsing import ImportContext
from notifier.intake.repeats import Counting, IdDigests, joined
from notifier.intake.sources import open_source
from notifier.store.state.merging import WriteCounts
from tests.support.importing import csv_file, load, shown
from tests.support.sqlite_alone import migrated_url
from tests.support.state import changes, stored

__all__ = ["migrated_url"]

HEADER = "id,customer_id,status,placed_at,total,currency"
FIRST = "O-1,C-1,shipped,2026-03-02T09:00:00-05:00,79900,COP"
SECOND = "O-1,C-1,,,,"
OTHER = "O-2,C-2,held,2026-03-02T09:00:00-05:00,,"
FAR = 12_000
"""Lines that are certainly in different batches."""
SHOP = """
entity: order
columns:
  id: Name
  customer_id: Email
  status: { from: Fulfillment, values: { fulfilled: shipped, "": in_progress } }
  placed_at: Created
  total: Total
  currency: Currency
ignore: [Item]
"""


def filler(count: int) -> list[str]:
    return [f"F-{number},C-1,held,2026-03-02T09:00:00Z,," for number in range(count)]


def mapped(folder: Path, text: str) -> Path:
    path = folder / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_cell_of_a_later_line_wipes_nothing(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    report = load(engine, context, "order", csv_file(tmp_path, HEADER, FIRST, SECOND, OTHER))
    assert report.ok
    assert (report.read, report.counts, report.repeated) == (3, WriteCounts(inserted=2), 1)
    row = stored(engine, "order")["O-1"]
    assert (row["status"], row["total"], row["currency"]) == ("shipped", 79900, "COP")
    assert len(changes(engine)) == 2


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)])
def test_lines_of_one_id_may_lie_anywhere_in_the_file(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, order: tuple[str, str]
) -> None:
    path = csv_file(tmp_path, HEADER, order[0], *filler(FAR), order[1])
    report = load(engine, context, "order", path)
    assert report.ok
    assert (report.counts.inserted, report.repeated) == (FAR + 1, 1)
    assert stored(engine, "order")["O-1"]["total"] == 79900


def test_a_value_table_reads_the_row_and_not_each_line(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    header = "Name,Email,Fulfillment,Currency,Total,Created,Item"
    path = csv_file(
        tmp_path,
        header,
        "#1,C-1,fulfilled,CAD,172.82,2026-03-01 13:24:39 -0700,Moss",
        "#1,C-1,,,,2026-03-01 13:24:39 -0700,Fern",
        "#2,C-1,,CAD,5,2026-03-01 13:24:39 -0700,Moss",
        "#2,C-1,,,,2026-03-01 13:24:39 -0700,Fern",
    )
    report = load(engine, context, "order", path, map_path=mapped(tmp_path, SHOP))
    assert report.ok
    assert {row_id: row["status"] for row_id, row in stored(engine, "order").items()} == {
        "#1": "shipped",
        "#2": "in_progress",
    }


@pytest.mark.parametrize("between", [0, FAR])
def test_lines_that_disagree_are_all_bad_and_each_names_another(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, between: int
) -> None:
    load(engine, context, "order", csv_file(tmp_path, HEADER, FIRST.replace("shipped", "held")))
    errors = tmp_path / "errors.csv"
    path = csv_file(tmp_path, HEADER, FIRST, *filler(between), OTHER, FIRST.replace("C-1", "C-9"))
    report = load(engine, context, "order", path, errors=errors)

    last = between + 4
    remedy = "mend one of them, or let a map say which counts (rows: { of_one_id: first }, or last)"
    assert shown(report.problems) == [
        f"rows.csv:2: customer_id: 'C-1', but line {last} says 'C-9' of the same order 'O-1'; {remedy}",
        f"rows.csv:{last}: customer_id: 'C-9', but line 2 says 'C-1' of the same order 'O-1'; {remedy}",
    ]
    assert (report.bad, report.counts.inserted, report.repeated) == (2, between + 1, 0)
    assert stored(engine, "order")["O-1"]["status"] == "held"
    assert [line.split(",_")[0][:7] for line in errors.read_text().splitlines()[1:]] == ["O-1,C-1", "O-1,C-9"]


def test_the_lines_of_a_row_that_is_bad_are_all_in_the_errors_file(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.csv"
    path = csv_file(tmp_path, HEADER, FIRST.replace("COP", "XXZ"), SECOND, OTHER)
    report = load(engine, context, "order", path, errors=errors)
    assert (report.bad, report.counts.inserted) == (2, 1)
    assert shown(report.problems)[1] == "rows.csv:3: it says the same row as line 2, which is bad"
    assert len(errors.read_text().splitlines()) == 3


def test_lines_that_say_the_same_are_nothing(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    report = load(engine, context, "order", csv_file(tmp_path, HEADER, FIRST, FIRST, f" {FIRST}"))
    assert report.ok
    assert (report.counts, report.repeated) == (WriteCounts(inserted=1), 2)


@pytest.mark.parametrize(("counting", "status"), [("first", "shipped"), ("last", "completed")])
def test_a_map_says_which_line_counts(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, counting: str, status: str
) -> None:
    path = csv_file(tmp_path, HEADER, FIRST, FIRST.replace("shipped", "completed"), SECOND)
    text = f"entity: order\ncolumns: {{}}\nrepeated: {counting}\n"
    report = load(engine, context, "order", path, map_path=mapped(tmp_path, text))
    assert report.ok
    assert (report.counts.inserted, report.repeated) == (1, 2)
    row = stored(engine, "order")["O-1"]
    assert (row["status"], row["total"]) == (status, 79900)


def test_ignored_columns_may_differ_and_ids_may_be_made_of_several_columns(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    text = 'entity: order\ncolumns:\n  id: { template: "{shop}/{number}" }\nignore: [item]\n'
    header = "shop,number,item,customer_id,status,placed_at"
    rest = "C-1,held,2026-03-02T09:00:00Z"
    path = csv_file(tmp_path, header, f"a,1,moss,{rest}", f"a,1,fern,{rest}", f"b,1,fern,{rest}")
    report = load(engine, context, "order", path, map_path=mapped(tmp_path, text))
    assert report.ok
    assert sorted(stored(engine, "order")) == ["a/1", "b/1"]


def test_an_id_made_of_nothing_is_no_id(engine: sa.Engine, context: ImportContext, tmp_path: Path) -> None:
    text = 'entity: order\ncolumns:\n  id: { template: "{shop}/{number}" }\n'
    path = csv_file(tmp_path, "shop,number,customer_id,status,placed_at", ",,C-1,held,2026-03-02T09:00:00Z")
    report = load(engine, context, "order", path, map_path=mapped(tmp_path, text))
    assert shown(report.problems) == ["rows.csv:2: id: there is no id"]


def test_lines_of_jsonl_with_different_keys_are_one_row(engine: sa.Engine, context: ImportContext) -> None:
    lines = [
        {"id": "O-1", "customer_id": "C-1", "status": "held", "placed_at": "2026-03-02T09:00:00Z"},
        {"id": "O-1", "seller": "acme", "status": None},
        {"id": "O-2", "customer_id": "C-1", "status": "held", "placed_at": "2026-03-02T09:00:00Z"},
        {"id": "O-2", "status": "shipped"},
    ]
    report = load(engine, context, "order", None, stdin="\n".join(map(json.dumps, lines)).encode())
    assert (report.counts.inserted, report.bad) == (1, 2)
    assert stored(engine, "order")["O-1"]["seller"] == "acme"
    assert "stdin:3: status: 'held', but line 4 says 'shipped'" in shown(report.problems)[0]


def test_the_consents_of_a_customer_are_told_apart_by_channel_and_class(
    engine: sa.Engine, context: ImportContext, tmp_path: Path
) -> None:
    lines = [f"C-1,{channel},marketing,{allowed},2026-03-02T09:00:00Z,web" for channel, allowed in
             [("sms", "yes"), ("email", "no"), ("sms", "no")]]  # fmt: skip
    report = load(engine, context, "consent", csv_file(tmp_path, "customer_id,channel,class,allowed,at,source", *lines))
    assert [(problem.line, problem.column) for problem in report.problems] == [(2, "allowed"), (4, "allowed")]
    assert list(stored(engine, "consent")) == ["C-1/email/marketing"]


def test_a_pipe_is_read_twice_where_that_is_needed() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as into:
        into.write("\n".join([HEADER, FIRST, SECOND]).encode())
    with os.fdopen(reading, "rb") as pipe, open_source(None, pipe) as source:
        assert not pipe.seekable()
        for _ in range(2):
            assert [list(group.lines) for part in source.batches() for group in part.groups] == [[2, 3]]
            source.rewind()


def test_a_batch_of_usual_rows_after_one_with_repeats_is_written_in_its_own_columns(
    engine: sa.Engine, context: ImportContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "BATCH", 3)
    lines = [*filler(3), FIRST, SECOND, OTHER, *(line.replace("F-", "G-") for line in filler(6))]
    report = load(engine, context, "order", csv_file(tmp_path, HEADER, *lines))
    assert report.ok
    rows = stored(engine, "order")
    assert len(rows) == 11
    assert {rows[f"G-{number}"]["status"] for number in range(6)} == {"held"}


CELLS = st.sampled_from(["", "a", "b"])
LINES = st.lists(st.tuples(st.sampled_from(["O-1", "O-2", "O-3"]), CELLS, CELLS), max_size=9)


@given(LINES, st.integers(1, 4))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_where_batches_end_changes_nothing(lines: list[tuple[str, str, str]], batch: int) -> None:
    """The groups of lines are the same, whether a file is read in one batch or in many."""
    content = "\n".join(["id,x,y", *map(",".join, lines)]).encode()
    found = []
    for size in (100, batch):
        sources.BATCH, before = size, sources.BATCH
        try:
            found.append(read_in_two(content))
        finally:
            sources.BATCH = before
    assert found[0] == found[1]
    by_id: dict[str, list[dict[str, str]]] = {}
    for row_id, x, y in lines:
        by_id.setdefault(row_id, []).append({"id": row_id, "x": x, "y": y})
    agreeing = {row_id for row_id, cells in by_id.items() if not joined(cells, Counting.AGREE)[1]}
    assert set(found[0][0]) == agreeing
    assert found[0][1] == set(by_id) - agreeing


def read_in_two(content: bytes) -> tuple[dict[str, tuple[str, str]], set[str]]:
    """The rows of a file by id, and the ids whose lines disagree, found by two readings."""
    with open_source(None, io.BytesIO(content)) as source:
        digests = IdDigests()
        for part in source.batches():
            for group in part.groups:
                digests.note(list(group.columns["id"]))
        source.rewind()
        aside = repeats.Repeats(digests.repeated(), Counting.AGREE, frozenset(), "order")
        rows: dict[str, tuple[str, str]] = {}
        quarrels: set[str] = set()
        for part in source.batches():
            for group in part.groups:
                left, whole = aside.put_aside(group, list(group.columns["id"]))
                batches, disagreeing = aside.join(whole)
                quarrels |= {one.row_id for one in disagreeing}
                for each in [left, *batches]:
                    for index in range(len(each.lines)):
                        row = each.row(index)
                        assert row["id"] not in rows
                        rows[row["id"]] = (row["x"], row["y"])
        return rows, quarrels
