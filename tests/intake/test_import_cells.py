"""What a cell may hold, column by column; every refusal says what is wrong and how to write it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from notifier.intake.parsing import ImportContext, RowParser, importable
from notifier.model.types import ValueType

AT = "2026-03-02T09:00:00-05:00"
NOON = datetime(2026, 3, 2, 14, tzinfo=UTC)
GOOD: dict[str, dict[str, Any]] = {
    "order": {"id": "O-1", "customer_id": "C-1", "status": "shipped", "placed_at": AT},
    "customer": {"id": "C-1", "name": "Ana Ruiz"},
    "charge": {"id": "X-1", "customer_id": "C-1", "kind": "recurring", "amount": "111860", "currency": "COP"},
    "site": {"id": "S-1", "name": "A", "timezone": "America/Bogota", "country": "CO", "opening_hours": "24/7"},
    "appointment": {"id": "A-1", "customer_id": "C-1", "kind": "visit", "status": "confirmed", "starts_at": AT},
    "promise": {
        "id": "P-1",
        "subject": "contract:K-1",
        "topic": "monthly_price",
        "value": "79900",
        "currency": "COP",
        "made_at": AT,
        "source": "sales",
    },
    "consent": {"customer_id": "C-1", "channel": "sms", "class": "marketing", "allowed": "no", "at": AT},
    "feedback": {"id": "F-1", "source": "web", "at": AT},
    "representative": {"id": "R-1", "customer_id": "C-1", "person_id": "C-2", "role": "carer"},
}
"""A row of each entity without a problem."""


def parse(context: ImportContext, entity: str, row: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The good row of the entity with these cells instead: typed, and its problems."""
    row = GOOD[entity] | row
    parser = RowParser(context.schema.entities[entity], context)
    assert [name for name in row if name not in parser.columns] == []
    assert parser.missing_columns(tuple(row)) == []
    parsed = parser.parse({name: [cell] for name, cell in row.items()})
    return parsed.rows()[0], [f"{problem.column}: {problem.what}" for problem in parsed.problems]


@pytest.mark.parametrize(
    ("entity", "row", "column", "value"),
    [
        ("order", {"placed_at": "2026-03-02 09:00-05:00"}, "placed_at", NOON),
        (
            "order",
            {"placed_at": NOON},
            "placed_at",
            NOON,
        ),
        ("order", {"seller": "  acme  "}, "seller", "acme"),
        ("order", {"seller": ""}, "seller", None),
        ("order", {"seller": "   "}, "seller", None),
        ("order", {"id": 5}, "id", "5"),
        ("charge", {}, "amount", Decimal(111860)),
        ("charge", {"amount": Decimal("0.1")}, "amount", Decimal("0.1")),
        ("charge", {"billed": "yes"}, "billed", True),
        ("charge", {"billed": ""}, "billed", False),
        ("charge", {"tax_included": False}, "tax_included", False),
        ("customer", {"phone": "300 123 4567"}, "phone", "+573001234567"),
        ("customer", {"phone": "202 555 0142", "country": "US"}, "phone", "+12025550142"),
        ("customer", {"email": "Ana@EXAMPLE.com"}, "email", "Ana@example.com"),
        ("appointment", {"party_size": "4"}, "party_size", 4),
        ("promise", {}, "value", "79900"),
        ("promise", {}, "value_number", Decimal(79900)),
        ("promise", {}, "subject_id", "K-1"),
        ("promise", {"subject": "customer:C-7"}, "customer_id", "C-7"),
        ("promise", {"topic": "delivery_time", "value": "48h"}, "value", "172800s"),
        (
            "promise",
            {"topic": "callback", "value": "2026-03-03T09:00:00-05:00"},
            "value_at",
            datetime(2026, 3, 3, 14, tzinfo=UTC),
        ),
        ("promise", {"topic": "cancelled", "value": True}, "value", "true"),
        ("consent", {}, "id", "C-1/sms/marketing"),
        (
            "feedback",
            {"text": "one\ntwo"},
            "text",
            "one\ntwo",
        ),
    ],
)
def test_a_cell_becomes_a_value_of_its_column(
    context: ImportContext, entity: str, row: dict[str, Any], column: str, value: object
) -> None:
    typed, problems = parse(context, entity, row)
    assert problems == []
    assert typed[column] == value
    assert type(typed[column]) is type(value)


def test_attributes_are_kept_as_json_reads_them(context: ImportContext) -> None:
    given = {"technician": "Luz", "visits": "2", "deposit": "1.50", "called_at": "2026-03-02T09:00:00-05:00"}
    typed, problems = parse(context, "appointment", {f"attributes.{k}": v for k, v in given.items()})
    assert problems == []
    assert typed["attributes"] == {
        "technician": "Luz",
        "visits": 2,
        "deposit": "1.5",
        "called_at": "2026-03-02T14:00:00Z",
    }


def test_money_and_dates_of_a_business_own_are_imported(context: ImportContext) -> None:
    types = {"appointment": {"deposit": ValueType.MONEY, "warranty_until": ValueType.DATE}}
    declared = replace(context, schema=replace(context.schema, attributes=types))
    row = {"attributes.deposit": "40.50", "attributes.warranty_until": "2027-03-05"}
    typed, problems = parse(declared, "appointment", row)
    assert problems == []
    assert typed["attributes"] == {"deposit": "40.5", "warranty_until": "2027-03-05"}
    _, problems = parse(declared, "appointment", {"attributes.warranty_until": "05/03/2027"})
    assert [problem.partition(":")[0] for problem in problems] == ["attributes.warranty_until"]


def test_a_representative_is_imported(context: ImportContext) -> None:
    typed, problems = parse(context, "representative", {"valid_until": "2026-03-02T09:00:00-05:00"})
    assert problems == []
    assert (typed["person_id"], typed["role"], typed["valid_until"]) == ("C-2", "carer", NOON)
    _, problems = parse(context, "representative", {"role": "carrer"})
    known = "parent, guardian, carer, partner, assistant, seller, other"
    assert problems == [f"role: 'carrer' is not one of {known}; did you mean 'carer'?"]


def test_a_promise_about_something_else_leaves_its_customer_untouched(context: ImportContext) -> None:
    typed, _ = parse(context, "promise", {})
    assert "customer_id" not in typed


@pytest.mark.parametrize(
    ("entity", "row", "problem"),
    [
        (
            "order",
            {"placed_at": "2026-03-02T09:00:00"},
            "placed_at: '2026-03-02T09:00:00' has no time zone; write it like",
        ),
        (
            "order",
            {"placed_at": "2026-02-30T09:00:00Z"},
            "placed_at: '2026-02-30T09:00:00Z' is not an instant (day is out of range for month)",
        ),
        (
            "order",
            {"placed_at": "soon"},
            "placed_at: 'soon' is not an instant; write it like 2026-03-05T10:00:00-05:00",
        ),
        (
            "order",
            {"placed_at": "0001-01-01T00:00:00+05:00"},
            "placed_at: '0001-01-01T00:00:00+05:00' lies outside the calendar",
        ),
        ("order", {"placed_at": ""}, "placed_at: must not be empty"),
        ("order", {"status": "sent"}, "status: 'sent' is not one of acknowledged, in_progress, held, shipped,"),
        ("order", {"status": "complete"}, "did you mean 'completed'?"),
        ("order", {"id": " "}, "id: must not be empty"),
        ("order", {"id": ["O-1"]}, "id: a list is not one value"),
        ("order", {"id": True}, "id: the truth value true is not a text"),
        ("order", {"seller": "a\nb"}, "seller: 'a…' holds a line break; write it on one line"),
        ("order", {"seller": "a\x00b"}, "seller: the text holds the control character U+0000; remove it"),
        ("order", {"seller": "a\udce9"}, "seller: the text is not UTF-8; save the file as UTF-8"),
        ("charge", {"currency": "CPO"}, "currency: 'CPO' is not a currency; use its ISO 4217 code"),
        ("charge", {"currency": ""}, "currency: must not be empty"),
        ("order", {"total": "5", "currency": ""}, "total: an amount needs its currency; fill the column 'currency'"),
        ("charge", {"amount": "111.860"}, "amount: '111.860' is ambiguous: COP has 2 decimals"),
        ("charge", {"amount": "1,5"}, "amount: '1,5' is not a plain number"),
        ("charge", {"amount": "1.23456"}, "amount: 1.23456 has more than 4 decimals"),
        ("charge", {"amount": "1e5000"}, "amount: '1e5000' is not a plain number"),
        ("charge", {"amount": "9" * 20}, "is too large"),
        ("charge", {"billed": "maybe"}, "billed: 'maybe' is neither true nor false"),
        (
            "charge",
            {"period_start": "2026-03-02T00:00:00Z", "period_end": "2026-03-01T00:00:00Z"},
            "is before period_start",
        ),
        ("customer", {"phone": "12"}, "phone: '12' is not a valid phone number; write it like +573001234567"),
        ("customer", {"phone": "+573001234567, +573007654321"}, "phone: two phone numbers in one:"),
        ("customer", {"email": "ana@"}, "email: 'ana@' is not an e-mail address"),
        ("customer", {"email": "ana@example.com, luz@example.com"}, "email: two e-mail addresses in one:"),
        ("customer", {"email": "ana@example.com\r\nBcc: x@example.com"}, "holds a line break"),
        (
            "customer",
            {"timezone": "America/Bogotá"},
            "timezone: unknown zone 'America/Bogotá'; did you mean 'America/Bogota'?",
        ),
        ("customer", {"locale": "es-XX"}, "locale: unknown locale 'es-XX'"),
        ("customer", {"country": "Colombia"}, "country: unknown country 'Colombia'"),
        ("customer", {"preferred_channel": "fax"}, "preferred_channel: 'fax' is not one of sms, email, whatsapp"),
        ("site", {"opening_hours": "9 to 5"}, "opening_hours: '9 to 5' is not opening hours in OSM syntax"),
        ("site", {"opening_hours": "Mo-Fr 09:00-17:00; SH off"}, "uses school holidays (SH), which are not known"),
        ("site", {"country": "US", "subdivision": "XX"}, "subdivision: 'XX' is no subdivision of US"),
        ("customer", {"country": "US", "subdivision": "XX"}, "subdivision: 'XX' is no subdivision of US"),
        ("site", {"daily_capacity": "-1"}, "daily_capacity: -1 is less than 0"),
        ("site", {"daily_capacity": "2.5"}, "daily_capacity: '2.5' is not a whole number"),
        ("site", {"daily_capacity": "99999999999"}, "daily_capacity: '99999999999' is too large"),
        (
            "appointment",
            {"ends_at": "2026-03-01T09:00:00-05:00"},
            "ends_at: 2026-03-01T14:00:00+00:00 is before starts_at",
        ),
        ("promise", {"topic": "monthly_prize"}, "topic: unknown topic 'monthly_prize'; did you mean 'monthly_price'?"),
        ("promise", {"currency": ""}, "value: an amount of money needs its currency"),
        ("promise", {"subject": "K-1"}, "subject: 'K-1' is no subject; write it like contract:K-1"),
        (
            "promise",
            {"subject": "contrato:K-1"},
            "subject: a promise cannot be about 'contrato'; did you mean 'contract'?",
        ),
        ("promise", {"subject": ""}, "subject: must not be empty"),
        ("promise", {"value": ""}, "value: must not be empty"),
        ("promise", {"topic": "callback", "value": "tomorrow"}, "value: 'tomorrow' is not an instant"),
        ("consent", {"class": "spam"}, "class: 'spam' is not one of safety, service"),
        ("appointment", {"attributes.visits": "two"}, "attributes.visits: 'two' is not a plain number"),
    ],
)
def test_a_bad_cell_is_told_with_its_column_and_the_remedy(
    context: ImportContext, entity: str, row: dict[str, Any], problem: str
) -> None:
    _, problems = parse(context, entity, row)
    assert len(problems) == 1
    assert problem in problems[0]


@pytest.mark.parametrize(
    ("entity", "column", "what"),
    [
        ("order", "stauts", "order has no column 'stauts'; did you mean 'status'?"),
        ("order", "status_since", "the column 'status_since' is computed; remove it"),
        ("promise", "value_number", "the column 'value_number' is computed; remove it"),
        ("consent", "id", "consent has no column 'id'"),
        ("appointment", "attributes.tecnician", "did you mean 'attributes.technician'?"),
        ("order", "attributes.gift", "order has no column 'attributes.gift'; declare it in rules/attributes.yaml"),
    ],
)
def test_an_unknown_column_is_told_with_what_may_be_meant(
    context: ImportContext, entity: str, column: str, what: str
) -> None:
    parser = RowParser(context.schema.entities[entity], context)
    assert column not in parser.columns
    assert parser.unknown_column(column) == what or what in parser.unknown_column(column)


@pytest.mark.parametrize(
    ("entity", "columns", "what"),
    [
        ("order", ("status",), "the column 'id' is missing: it says which order a row is"),
        ("consent", ("customer_id", "class"), "the column 'channel' is missing"),
        ("order", ("id", "total"), "the column 'total' needs a column 'currency'"),
        ("promise", ("id", "value"), "the columns 'topic' and 'value' belong together"),
    ],
)
def test_columns_that_need_another_one_say_which(
    context: ImportContext, entity: str, columns: tuple[str, ...], what: str
) -> None:
    (problem,) = RowParser(context.schema.entities[entity], context).missing_columns(columns)
    assert what in problem


@pytest.mark.parametrize(
    "odd",
    [
        "",
        " 12 ",
        "1.234",
        "12\n34",
        "12\n",
        "-3",
        "+3",
        "1e3",
        "1,5",
        "١٢",
        "nan",
        "123456789012345",
        "12.345",
        7,
        None,
    ],
)
@pytest.mark.parametrize("currency", ["COP", "KWD", "", "XXZ"])
def test_an_amount_is_read_among_usual_ones_as_it_is_read_alone(
    context: ImportContext, odd: Any, currency: str
) -> None:
    parser = RowParser(context.schema.entities["charge"], context)
    cells = ["1", odd, "79900.50"]
    together = parser.parse({"id": ["a", "b", "c"], "amount": cells, "currency": ["COP", currency, "USD"]})
    alone = parser.parse({"id": ["b"], "amount": [odd], "currency": [currency]})
    assert together.columns["amount"] == [Decimal(1), *alone.columns["amount"], Decimal("79900.50")]
    assert [(p.column, p.what) for p in together.problems] == [(p.column, p.what) for p in alone.problems]
    assert {p.index for p in together.problems} <= {1}


@pytest.mark.parametrize("odd", ["", "2026-03-05T10:00:00-05:00", "2026-03-05T10:00:00", "2026-03-05", " ", "noon"])
def test_an_instant_is_read_among_usual_ones_as_it_is_read_alone(context: ImportContext, odd: str) -> None:
    parser = RowParser(context.schema.entities["contract"], context)
    usual = ["2026-03-05T10:00:00Z", "2026-03-05T10:00:00+00:00"]
    together = parser.parse({"id": ["a", "b", "c"], "ends_at": [usual[0], odd, usual[1]]})
    alone = parser.parse({"id": ["b"], "ends_at": [odd]})
    ten = datetime(2026, 3, 5, 10, tzinfo=UTC)
    assert together.columns["ends_at"] == [ten, *alone.columns["ends_at"], ten]
    assert all(instant is None or instant.tzinfo is UTC for instant in together.columns["ends_at"])
    assert [p.what for p in together.problems] == [p.what for p in alone.problems]


def test_what_a_person_decides_cannot_be_imported(context: ImportContext) -> None:
    entity = context.schema.entities["admission"]
    assert "admission" not in importable(context.schema)
    assert RowParser(entity, context).columns == ()
    assert {"customer_id", "remedy"} < set(RowParser(entity, context, decided=True).columns)
    assert "status_since" not in RowParser(entity, context, decided=True).columns
