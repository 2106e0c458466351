"""Exports of other systems are read as they come, where a map says how; what is doubtful is refused with its place.

On SQLite alone: a map is read before any SQL; test_imports writes rows to both databases.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.customers import Forget
from notifier.intake.foreign_cells import foreign_number, pointed_at, pointer_steps, pseudonym
from notifier.intake.foreign_dates import foreign_instant
from notifier.intake.importing import import_entities
from notifier.intake.map_files import read_maps
from notifier.intake.one_reading import ImportOptions
from notifier.intake.parsing import ImportContext
from notifier.intake.report import ImportReport
from notifier.intake.sources import open_source
from notifier.intake.suggesting import suggest_map
from notifier.intake.written import Written
from notifier.model.problems import ProblemsError
from notifier.model.types import ValueType
from tests.support.deciding import a_person_decides
from tests.support.drafts import NOW
from tests.support.importing import csv_file, shown
from tests.support.sqlite_alone import migrated_url
from tests.support.state import stored

__all__ = ["migrated_url"]

KEY = "0123456789abcdef0123456789abcdef"
ANA = pseudonym("ana@example.com", KEY)
BEN = pseudonym("ben@example.com", KEY)
SHIPPED = Path(__file__).parents[2] / "docs" / "examples" / "maps"
HEADER = "Order No;E-mail;Start Date;Start Time;State;Grand Total;Item;Extra;Phone A;Phone B;Notes"
MAP = """
delimiter: ";"
zone: America/Bogota
dates: day_first
decimal: ","
entities:
  - entity: customer
    columns:
      id: { from: E-mail, pseudonym: true }
      name: E-mail
      phone: { from: [Phone A, Phone B] }
    others: ignore
    rows: { without: { State: [test] }, of_one_id: last }
  - entity: order
    columns:
      id: { template: "{Order No}/{Start Date}" }
      customer_id: { from: E-mail, pseudonym: true }
      status: { from: State, values: { done: completed, sent: shipped } }
      placed_at: { template: "{Start Date} {Start Time}" }
      total: Grand Total
      currency: { fixed: COP }
      campaign: { from: Extra, json: /codes/0/code }
    others: ignore
    rows: { without: { State: [test] }, of_one_id: first }
"""


@pytest.fixture
def keyed(context: ImportContext) -> ImportContext:
    return replace(context, pseudonym_key=KEY)


def written(folder: Path, text: str) -> Path:
    path = folder / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def load_all(
    engine: sa.Engine, context: ImportContext, path: Path, map_path: Path, **options: Any
) -> list[ImportReport]:
    maps = read_maps(map_path, context)
    with path.open("rb") as stdin, open_source(path, stdin, delimiter=maps[0].delimiter) as source:
        return list(import_entities(engine.begin, source, maps, context, ImportOptions(at=NOW, **options)))


def test_one_file_says_what_several_entities_are(engine: sa.Engine, keyed: ImportContext, tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        HEADER,
        '7;Ana@example.com;5/3/2026;9:30 p. m.;done;172.900,50;M;"{""codes"": [{""code"": ""SALE""}]}";;+573101234567;',
        "7;ana@example.com ;5/3/2026;9:30 p. m.;;12.000,00;Fern;;;;",
        "8;ben@example.com;13/3/2026;12:05 AM;sent;1.000;Moss;{};+573107654321;;",
        "9;x@example.com;13/3/2026;12:05 AM;test;1;Moss;;;;",
    )
    customers, orders = load_all(engine, keyed, path, written(tmp_path, MAP))
    assert (customers.ok, customers.left_out, customers.repeated) == (True, 1, 1)
    assert (orders.ok, orders.left_out, orders.repeated) == (True, 1, 1)
    assert {row_id: row["phone"] for row_id, row in stored(engine, "customer").items()} == {
        ANA: "+573101234567",
        BEN: "+573107654321",
    }
    rows = stored(engine, "order")
    assert {row_id: (row["customer_id"], row["total"], row.get("campaign")) for row_id, row in rows.items()} == {
        "7/5/3/2026": (ANA, Decimal("172900.5"), "SALE"),
        "8/13/3/2026": (BEN, Decimal(1000), None),
    }
    assert rows["7/5/3/2026"]["placed_at"] == datetime(2026, 3, 6, 2, 30, tzinfo=UTC)
    assert rows["8/13/3/2026"]["placed_at"] == datetime(2026, 3, 13, 5, 5, tzinfo=UTC)


def test_who_was_forgotten_does_not_come_back_under_a_pseudonym(
    engine: sa.Engine, keyed: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, HEADER, "7;ana@example.com;5/3/2026;9:30;done;1;Moss;;;;")
    load_all(engine, keyed, path, written(tmp_path, MAP))
    assert list(stored(engine, "customer")) == [ANA]
    a_person_decides(engine, Forget(customer=ANA), reason="asked for it", now=NOW)
    customers, orders = load_all(engine, keyed, path, written(tmp_path, MAP))
    assert (customers.counts.forgotten, orders.counts.forgotten) == (1, 1)
    assert (stored(engine, "customer"), stored(engine, "order")) == ({}, {})


def test_every_problem_has_its_line_and_the_bad_line_comes_back_once(
    engine: sa.Engine, keyed: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(
        tmp_path,
        HEADER,
        "7;ana@example.com;13/13/2026;9:30;gone;1.00,5;Moss;{oops;;;",
        "8;ben@example.com;5/3/2026;9:30;done;5;Moss;;310555;;",
    )
    errors = tmp_path / "bad.csv"
    customers, orders = load_all(engine, keyed, path, written(tmp_path, MAP), errors=errors)
    assert shown(customers.problems) == [
        "rows.csv:3: Phone A or Phone B: '310555' is not a valid phone number; write it like +573001234567"
    ]
    assert shown(orders.problems) == [
        "rows.csv:2: State: 'gone' is not in the value table; did you mean 'done'?",
        "rows.csv:2: placed_at: '13/13/2026' is not written day_first: there is no month 13",
        "rows.csv:2: Grand Total: '1.00,5' is no number with ',' before its decimals; write it like 79.900,50",
        "rows.csv:2: Extra: '{oops' is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 "
        "(char 1)",
    ]
    assert [line.split(";")[0] for line in errors.read_text(encoding="utf-8").splitlines()] == ["Order No", "8", "7"]
    assert list(stored(engine, "order")) == ["8/5/3/2026"]


def test_amounts_of_one_id_are_added_and_all_else_must_agree(
    engine: sa.Engine, keyed: ImportContext, tmp_path: Path
) -> None:
    text = MAP.replace("of_one_id: first", "of_one_id: sum")
    path = csv_file(
        tmp_path,
        HEADER,
        "7;ana@example.com;5/3/2026;9:30;done;1.000,50;Moss;;;;",
        "7;ana@example.com;5/3/2026;9:30;;1.000,50;Fern;;;;",
        "8;ana@example.com;5/3/2026;9:30;done;1;Moss;;;;",
        "8;ben@example.com;5/3/2026;9:30;done;1;Moss;;;;",
        "9;ana@example.com;5/3/2026;9:30;done;x;Moss;;;;",
        "9;ana@example.com;5/3/2026;9:30;done;1;Moss;;;;",
    )
    _, orders = load_all(engine, keyed, path, written(tmp_path, text))
    assert [row["total"] for row in stored(engine, "order").values()] == [Decimal(2001)]
    told = shown(orders.problems)
    assert told[0].startswith(
        "rows.csv:4: E-mail: 'ana@example.com', but line 5 says 'ben@example.com' of the same order"
    )
    assert "rows.csv:6: Grand Total: 'x' is no number with ',' before its decimals; write it like 79.900,50" in told
    assert orders.bad == 4


@pytest.mark.parametrize(
    ("cell", "how", "value"),
    [
        ("5/3/26 9:30 p. m.", Written.DAY_FIRST, datetime(2026, 3, 5, 21, 30)),  # noqa: DTZ001 - a wall clock
        ("04/13/2026 1:05 PM", Written.MONTH_FIRST, datetime(2026, 4, 13, 13, 5)),  # noqa: DTZ001
        ("2026-03-05 10:00:00 UTC", Written.YEAR_FIRST, datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("2026-03-05 9:30", Written.DAY_FIRST, datetime(2026, 3, 5, 9, 30)),  # noqa: DTZ001
        ("jueves, 5 de marzo de 2026 a las 9:30", Written.YEAR_FIRST, datetime(2026, 3, 5, 9, 30)),  # noqa: DTZ001
        ("1772668800", Written.SECONDS, datetime(2026, 3, 5, tzinfo=UTC)),
        ("1772668800500", Written.MILLISECONDS, datetime(2026, 3, 5, microsecond=500_000, tzinfo=UTC)),
        ("Thu Mar 05 2026 10:00 GMT-0500 (Colombia)", Written.YEAR_FIRST, datetime(2026, 3, 5, 15, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_they_are_written(cell: str, how: Written, value: datetime) -> None:
    read = foreign_instant(cell, how)
    assert (read, read.tzinfo is None) == (value, value.tzinfo is None)


@pytest.mark.parametrize(
    ("cell", "how", "what"),
    [
        ("04/13/2026", Written.DAY_FIRST, "not written day_first: there is no month 13"),
        ("05/03/2026", Written.YEAR_FIRST, "does not begin with the year"),
        ("Mar 2026", Written.DAY_FIRST, "leaves out the year, the month or the day"),
        ("9:30", Written.DAY_FIRST, "leaves out the year, the month or the day"),
        ("30/02/2026", Written.DAY_FIRST, "is no date"),
        ("5/3/126", Written.DAY_FIRST, "a year of 3 digits"),
        ("2026-03-05 10:00 EST", Written.YEAR_FIRST, "the zone 'EST' has no one offset"),
        ("1772668800", Written.DAY_FIRST, "is a number, not a date"),
        ("050326", Written.YEAR_FIRST, "is a number, not a date"),
        ("1772668800500", Written.SECONDS, "outside the calendar; is it dates: milliseconds?"),
        ("5/3/2026", Written.SECONDS, "is no number of seconds since 1970"),
    ],
)
def test_what_dateutil_would_guess_is_refused(cell: str, how: Written, what: str) -> None:
    with pytest.raises(ValueError, match=what.replace("?", r"\?")):
        foreign_instant(cell, how)


def test_numbers_have_the_mark_that_the_map_says() -> None:
    read = {cell: foreign_number(cell, ",") for cell in ("79.900,50", "79 900,5", "-1,5", "1.234.567", "5")}
    assert list(map(str, read.values())) == ["79900.50", "79900.5", "-1.5", "1234567", "5"]
    assert foreign_number("79,900.50", ".") == foreign_number(Decimal("79900.5"), ".")
    for wrong in ("1.50", "1,2,3", "x", "1e5", "1.00,5", "79,900.50"):
        with pytest.raises(ValueError, match="is no number with ',' before its decimals"):
            foreign_number(wrong, ",")


def test_a_path_leads_into_json() -> None:
    cell = '{"a/b": [{"c": 1.50}, {"c": null}], "d": false}'
    found = [pointed_at(cell, pointer_steps(path)) for path in ("/a~1b/0/c", "/a~1b/1/c", "/a~1b/2/c", "/d", "/x/y")]
    assert found == [Decimal("1.50"), "", "", False, ""]
    assert pointed_at({"d": {"e": "x"}}, pointer_steps("/d/e")) == "x"


def test_a_pseudonym_is_the_same_for_the_same_key_and_address() -> None:
    assert pseudonym(" Ana@Example.com", KEY) == ANA != BEN
    assert pseudonym("ana@example.com", KEY.upper()) != ANA
    assert "ana" not in ANA


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("dates: day_first", "dates: european"), "map.yaml:4:8: unknown dates 'european'; one of day_first"),
        (('decimal: ","', 'decimal: ";"'), "map.yaml:5:10: unknown decimal ';'"),
        (("json: /codes/0/code", "json: codes.code"), "'codes.code' is no path into JSON; write it like /address/city"),
        (("others: ignore", "others: drop"), "unknown others 'drop'"),
        (("of_one_id: first", "of_one_id: best"), "unknown of_one_id 'best'"),
        (("{ State: [test] }", "{ State: [[test]] }"), "'State' is followed by a text or a list of texts"),
        (("entities:", "entity: order\nentities:"), "'entity' stands in an entry of 'entities'"),
        (("entity: customer", "entity: order"), "'order' is there twice; a line says one row of it"),
        (("total: Grand Total", "total: { from: Grand Total, dates: day_first }"), "'dates' is for instants and dates"),
        (("name: E-mail", "name: { from: E-mail, decimal: ',' }"), "'decimal' is for amounts and numbers"),
        (("total: Grand Total", "total: { from: Grand Total, pseudonym: true }"), "'pseudonym' is for texts"),
        (("{ fixed: COP }", "{ fixed: COP, json: /x }"), "'json' needs 'from'"),
        (("    rows:", "    repeated: last\n    rows:"), "'of_one_id' of 'rows' says it already"),
        (('"{Order No}/{Start Date}"', '"{Order No"'), "a template holds their columns like {Start Date}"),
    ],
)
def test_a_mistake_in_a_map_is_told_with_its_place(
    keyed: ImportContext, tmp_path: Path, change: tuple[str, str], problem: str
) -> None:
    assert change[0] in MAP
    with pytest.raises(ProblemsError) as caught:
        read_maps(written(tmp_path, MAP.replace(*change, 1)), keyed)
    assert problem in str(caught.value)


def test_lines_of_one_id_may_write_the_address_of_a_pseudonym_in_other_capitals(
    engine: sa.Engine, keyed: ImportContext, tmp_path: Path
) -> None:
    text = """
entity: order
columns:
  id: id
  customer_id: { from: mail, pseudonym: true }
  status: { fixed: shipped }
  placed_at: at
  total: total
  currency: { fixed: COP }
  seller: seller
rows: { of_one_id: sum }
"""
    line = "1,{},2026-03-05T10:00:00Z,{},{}"
    lines = [line.format("Ana@Example.com", 5, "x"), line.format(" ana@example.com", 7, "x")]
    path = csv_file(tmp_path, "id,mail,at,total,seller", *lines)
    (report,) = load_all(
        engine,
        keyed,
        path,
        written(tmp_path, text),
    )
    assert shown(report.problems) == []
    assert {row_id: row["total"] for row_id, row in stored(engine, "order").items()} == {"1": Decimal(12)}
    other = line.format("ben@example.com", 1, "X")
    path = csv_file(tmp_path, "id,mail,at,total,seller", *lines, other)
    (report,) = load_all(engine, keyed, path, written(tmp_path, text))
    assert shown(report.problems)[:2] == [
        "rows.csv:2: mail: 'Ana@Example.com', but line 4 says 'ben@example.com' of the same order '1'; "
        "mend one of them: with 'of_one_id: sum' all but numbers must agree",
        "rows.csv:2: seller: 'x', but line 4 says 'X' of the same order '1'; "
        "mend one of them: with 'of_one_id: sum' all but numbers must agree",
    ]
    # Where the address is kept, too, which of its forms counts is open.
    text = text.replace("  seller: seller", "  seller: mail")
    path = csv_file(tmp_path, "id,mail,at,total", *(each.rsplit(",", 1)[0] for each in lines))
    (report,) = load_all(engine, keyed, path, written(tmp_path, text))
    assert "mail: 'Ana@Example.com', but line 3 says ' ana@example.com'" in shown(report.problems)[0]


def test_a_pseudonym_without_a_key_is_refused_before_anything_is_read(context: ImportContext, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="set NOTIFIER_PSEUDONYM_KEY to 32 random characters"):
        read_maps(written(tmp_path, MAP), context)


def test_without_others_a_column_that_nobody_names_is_a_problem(
    engine: sa.Engine, keyed: ImportContext, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, HEADER, "7;ana@example.com;5/3/2026;9:30;done;1;Moss;;;;")
    text = MAP.replace("    others: ignore\n    rows: { without: { State: [test] }, of_one_id: first }", "")
    with pytest.raises(ProblemsError, match="the column 'Item' is neither mapped nor one of order"):
        load_all(engine, keyed, path, written(tmp_path, text))


EXPECTED = {
    "shopify": ("orders.csv", {"customer": 2, "order": 2}),
    "woocommerce": ("orders.csv", {"customer": 2, "order": 2}),
    "calendly": ("events.csv", {"customer": 2, "appointment": 2}),
    "google-calendar": ("calendar.csv", {"appointment": 2}),
    "zendesk": ("tickets.csv", {"customer": 2, "contact": 2}),
    "trustpilot": ("reviews.jsonl", {"feedback": 2}),
    "google-reviews": ("reviews.jsonl", {"feedback": 2}),
    "typeform": ("responses.csv", {"feedback": 2}),
    "formbricks": ("responses.jsonl", {"feedback": 1}),
}


def test_the_shipped_maps_read_exports_of_nine_systems(engine: sa.Engine, keyed: ImportContext) -> None:
    """Each brings its customers with their own ids, so all of them can be in one database."""
    for name, (file, counts) in EXPECTED.items():
        reports = load_all(engine, keyed, SHIPPED / name / file, SHIPPED / name / "map.yaml")
        assert [shown(report.problems) for report in reports] == [[]] * len(counts), name
        assert {report.entity: report.counts.inserted for report in reports} == counts, name
    orders, visits = stored(engine, "order"), stored(engine, "appointment")
    assert {row_id: (row["status"], row["total"], row["currency"]) for row_id, row in orders.items()} == {
        "#1001": ("shipped", Decimal(172900), "COP"),
        "#1002": ("in_progress", Decimal(59900), "COP"),
        "731": ("in_progress", Decimal("89.9"), "EUR"),
        "732": ("held", Decimal("15.5"), "EUR"),
    }
    assert orders["732"]["placed_at"] == datetime(2026, 3, 13, 17, 5, 10, tzinfo=UTC)
    assert visits["C-2/03/13/2026/2:00 PM"]["starts_at"] == datetime(2026, 3, 13, 19, tzinfo=UTC)
    assert {row["status"] for row in visits.values()} == {"confirmed", "cancelled"}
    assert stored(engine, "contact")["zendesk-35437"]["at"] == datetime(2026, 3, 2, 9, 40, 12, tzinfo=UTC)
    said = stored(engine, "feedback")
    assert {said[name]["order_id"] for name in ("65e1f0a1b2c3d4e5f6a7b8c9", "typeform-a1b2c3d4", "cm7q1")} == {"#1001"}
    assert [said[name]["score"] for name in ("google-AbF1", "google-AbF2", "typeform-e5f6a7b8", "cm7q1")] == [
        1,
        5,
        5,
        2,
    ]
    assert said["typeform-a1b2c3d4"]["at"] == datetime(2026, 3, 4, 15, 3, 21, tzinfo=UTC)


NESTED = """
entities:
  - entity: customer
    columns:
      id: { from: buyer, json: /id }
      name: { from: [billing, shipping], json: /name }
      email: { from: contact, json: /mail, default: nobody@example.com }
    others: ignore
  - entity: order
    columns:
      id: number
      customer_id: { from: buyer, json: /id }
      status: { fixed: shipped }
      placed_at: { from: at, dates: seconds }
    others: ignore
    rows: { without: { test: "true" } }
"""


def test_objects_in_json_may_lack_what_has_a_default_or_another_place(
    engine: sa.Engine, keyed: ImportContext, tmp_path: Path
) -> None:
    lines: tuple[dict[str, object], ...] = (
        {
            "number": "7",
            "buyer": {"id": 1},
            "billing": {"name": "Ana"},
            "contact": {"mail": "a@b.co"},
            "at": 1772668800,
        },
        {"number": "8", "buyer": {"id": 2}, "billing": None, "shipping": {"name": "Ben"}, "at": 1772668800},
        {"number": "9", "buyer": {"id": 3}, "shipping": {"name": "X"}, "at": 1772668800, "test": True},
        {"number": "10", "buyer": {"id": 4}, "at": 1772668800, "test": False},
    )
    path = tmp_path / "rows.jsonl"
    text = "".join(json.dumps({"test": False, **line}) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    customers, orders = load_all(engine, keyed, path, written(tmp_path, NESTED))
    assert {row_id: (row["name"], row["email"]) for row_id, row in stored(engine, "customer").items()} == {
        "1": ("Ana", "a@b.co"),
        "2": ("Ben", "nobody@example.com"),
        "3": ("X", "nobody@example.com"),
    }
    assert shown(customers.problems) == [
        "rows.jsonl:4: the map reads a column 'billing' that is not there",
        "rows.jsonl:4: the map reads a column 'shipping' that is not there",
    ]
    assert (sorted(stored(engine, "order")), orders.left_out, orders.ok) == (["10", "7", "8"], 1, True)


def test_a_draft_asks_by_which_path_a_value_is_in_json(keyed: ImportContext, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "1", "customer": {"id": 1, "notes": "' + 80 * "x" + '"}}\n', encoding="utf-8")
    draft = suggest_map(path, keyed, "order")
    assert '# DOUBT: customer_id may be in customer: line 1 has {"id": 1, "notes": "xxx' in draft
    assert 'x…. By which path?\n  # customer_id: { from: "customer", json: /id }\n' in draft


def test_a_draft_says_what_it_saw_and_what_it_doubts(keyed: ImportContext, tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "Pedido;Correo;Fecha;Hora;Estado;Total;Moneda;Factura",
        "P-1;ana@example.com;05/03/2026;9:30 p. m.;Entregado;1.200,50;COP;05/03/2026",
        "P-1;ana@example.com;13/03/2026;9:30 p. m.;Devuelto;79.900;COP;05/03/2026",
    )
    draft = suggest_map(path, keyed)
    for line in (
        "# DOUBT: you named no entity; 5 columns fit order best;",
        'delimiter: ";"',
        "# DOUBT: Fecha: line 2 has 05/03/2026, without a zone. Where was it written?",
        'placed_at: { template: "{Fecha} {Hora}", dates: day_first }',
        "# line 3 has 13/03/2026, and can be read in no other way",
        '"Entregado": completed  # DOUBT: 1 line; only the words say so',
        '# "Devuelto": ',
        'total: { from: "Total", decimal: "," }',
        '# customer_id: { from: "Correo", pseudonym: true }',
        'ignore: ["Correo", "Factura"]',
        '# DOUBT: 2 lines have the id "P-1"',
    ):
        assert line in draft, draft
    assert [each.entity for each in read_maps(written(tmp_path, draft), keyed)] == ["order"]


@pytest.mark.parametrize(
    ("names", "number"), [("Name,Order No", "Order No"), ("Nombre,Nro. Pedido", "Nro. Pedido"), ("Name,Total", "Name")]
)
def test_a_draft_takes_the_number_of_an_order_before_a_name(
    keyed: ImportContext, tmp_path: Path, names: str, number: str
) -> None:
    """Shopify calls the number `Name`: it counts where nothing better is there."""
    path = csv_file(tmp_path, f"{names},Order Date", "Ana,17,2026-03-31")
    assert f'  id: "{number}"' in suggest_map(path, keyed, "order")


def test_a_draft_leaves_open_what_no_line_shows(keyed: ImportContext, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "id,date,total,status", "1,05/03/2026,79.900,weird", "2,06/03/2026,1.500,weird")
    draft = suggest_map(path, keyed, "order")
    assert (
        '  placed_at: "date"  # DOUBT: it only sounds like it, line 2 has 05/03/2026\n'
        "    # DOUBT: line 2 has 05/03/2026: day or month first? No line shows it. One of these instead:\n"
        '    #   placed_at: { from: "date", dates: day_first }\n'
        '    #   placed_at: { from: "date", dates: month_first }\n'
    ) in draft
    assert (
        '79.900: thousands or decimals? One of these instead:\n    #   total: { from: "total", decimal: "," }' in draft
    )
    assert "    # values:\n      # DOUBT: 2 lines, refused until it is one of acknowledged" in draft
    both = csv_file(tmp_path, "id,date,total", "1,13/03/2026,1,5", name="both.csv")
    both.write_text('id,date,total\n1,13/03/2026,"1.234,5"\n2,03/13/2026,"1,234.5"\n', encoding="utf-8")
    draft = suggest_map(both, keyed, "order")
    assert "line 2 has 13/03/2026, which begins with the day, and line 3 has 03/13/2026" in draft
    assert "line 2 has 1.234,5, but line 3 has 1,234.5: two ways in one column" in draft
    counted = csv_file(tmp_path, "id,created at", "1,1772668800", "2,1772668900", name="counted.csv")
    assert 'placed_at: { from: "created at", dates: seconds }' in suggest_map(counted, keyed, "order")
    empty = csv_file(tmp_path, "id,date", name="empty.csv")
    with pytest.raises(ProblemsError, match="the file has no rows"):
        suggest_map(empty, keyed)


def test_a_draft_overlooks_no_date_and_no_amount(keyed: ImportContext, tmp_path: Path) -> None:
    """As spreadsheets in Spanish write them: a day without its zero, and marks between thousands."""
    schema = replace(
        keyed.schema, attributes={"charge": {"deposit": ValueType.MONEY, "warranty_until": ValueType.DATE}}
    )
    path = csv_file(
        tmp_path,
        "id;Paciente;amount;currency;bill_at;Alta;Peso;attributes.deposit;attributes.warranty_until",
        "1;C-1;€ 1.234,50;EUR;5.3.2026;5/3/2026;12;1.234,50;5/3/2027",
        "2;C-2;€ 79,90;EUR;13.3.2026;6/3/2026;13;1.000,00;14/3/2027",
    )
    draft = suggest_map(path, replace(keyed, schema=schema), "charge")
    for line in (
        '  customer_id: "Paciente"  # DOUBT: it only sounds like it, line 2 has C-1\n',
        '  bill_at: { from: "bill_at", dates: day_first }\n    # line 3 has 13.3.2026, and can be read in no',
        '  attributes.deposit: { from: "attributes.deposit", decimal: "," }\n',
        '  attributes.warranty_until: { from: "attributes.warranty_until", dates: day_first }\n',
        '  # DOUBT: amount may be "amount", but line 2 has € 1.234,50: it is no number; an amount has neither sign',
        '# DOUBT: nothing reads "Alta": line 2 has 5/3/2026. Is it period_start or period_end?\n'
        'ignore: ["amount", "Alta", "Peso"]',
    ):
        assert line in draft, draft
    assert "no column looks like amount" not in draft


def test_a_draft_knows_a_state_of_an_appointment_as_that_of_an_order(keyed: ImportContext, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Cita,Cliente,Estado,Fecha", "1,C-1,Cancelada,2026-03-05")
    draft = suggest_map(path, keyed, "appointment")
    assert '"Cancelada": cancelled  # DOUBT: 1 line; only the words say so' in draft
