"""What the condition language accepts, and the exact words with which it refuses the rest."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from notifier.model.problems import Place, ProblemsError
from notifier.model.schema import Schema, entities
from notifier.model.types import ValueType
from notifier.rules.companions import currency_of, tax_included_of
from notifier.rules.conditions import Scope, parse_condition, parse_duration, parse_path, parse_value
from notifier.rules.expressions import And, Column, Comparison, Flip, In, Literal, Not, Or, Related

ATTRIBUTES = {"appointment": {"technician": ValueType.STRING, "cost": ValueType.DECIMAL}}
NAMES = (
    "appointment", "charge", "contract", "customer", "incident", "order", "promise", "site", "site_day",
)  # fmt: skip
SCOPE = Scope(Schema(entities=entities(), attributes=ATTRIBUTES), {name: name for name in NAMES})
HERE = Place("rules/a.yaml", 8, 7)
LOOSE_NOW = (
    "'now' may stand only in a comparison by < <= > >= of one timestamp field with now plus or minus a duration, "
    "like 'order.promised_at <= now + 48h'"
)

REFUSED = [
    # Names and fields
    ("appointment.statu == 'confirmed'", 13, "appointment has no field 'statu'; did you mean 'status'?"),
    ("apointment.status == 'confirmed'", 1, "unknown name 'apointment'; did you mean 'appointment'?"),
    ("appointment.contract.satus == 'active'", 22, "contract has no field 'satus'; did you mean 'status'?"),
    ("appointment.contrat.status == 'active'", 13, "appointment has no field 'contrat'; did you mean 'contract'?"),
    ("appointment.zzz", 13, "appointment has no field 'zzz'"),
    ("appointment.kind.length > 3", 18, "appointment.kind (string) has no fields"),
    ("appointment.attributes.technicia == 'x'", 24,
     "appointment has no attribute 'technicia'; did you mean 'technician'?"),
    ("order.attributes.color == 'red'", 18,
     "order has no attribute 'color'; declare it in rules/attributes.yaml"),
    ("appointment.attributes == null", 13, "name one of the attributes, like appointment.attributes.NAME"),
    ("contract.charges.amount > 3", 18,
     "these are several charge rows, without a single 'amount'; "
     "use exists, all, filter, size, sum or last to look at their amount"),
    # Values of enumerations
    ("appointment.status == 'confrmed'", 23,
     "appointment.status is never 'confrmed'; did you mean 'confirmed'?"),
    ("appointment.status in ['confirmed', 'zzz']", 37,
     "appointment.status is never 'zzz'; it is one of initialized, confirmed, completed, cancelled, failed"),
    ("'instalation' != appointment.kind", 1,
     "appointment.kind is never 'instalation'; did you mean 'installation'?"),
    # Types
    ("appointment.status", 1, "a condition is true or false; this is appointment.status (string)"),
    ("48h", 1, "a condition is true or false; this is 48h (duration)"),
    ("appointment", 1, "a condition is true or false; this is a row (appointment)"),
    ("contract.charges", 1, "a condition is true or false; this is several charge rows"),
    ("appointment.party_size == '4'", 24,
     "cannot compare appointment.party_size (int) with '4' (string)"),
    ("appointment.starts_at > '2026-03-05'", 23,
     "cannot compare appointment.starts_at (timestamp) with '2026-03-05' (string); "
     "write the instant as timestamp('2026-03-05T10:00:00-05:00')"),
    ("appointment.contract == order.contract", 22,
     "cannot compare a row (contract) with a row (contract); compare their ids"),
    ("charge.billed < true", 15, "true and false have no order: '<' cannot compare them"),
    ("(order.total > 3.0) == true", 21,
     "only a field can be compared with true or false; join conditions with and, or, not"),
    ("order.total > null", 13, "null has no order: '>' cannot compare with it"),
    ("contract.charges == null", 18, "rows of a to-many relation are never null; write .size() == 0"),
    ("order.status and order.total > 3.0", 1,
     "expected a condition (true or false), found order.status (string)"),
    ("not order.total", 5, "expected a condition (true or false), found order.total (money)"),
    ("order.total + order.status > 3", 13, "cannot calculate money + string"),
    ("order.placed_at + order.promised_at > order.placed_at", 17, "cannot calculate timestamp + timestamp"),
    ("order.placed_at * 2 > order.placed_at", 17, "cannot calculate timestamp * int"),
    ("-order.status == 'x'", 1, "cannot negate a string"),
    ("order.total == +3", 16, "a '+' before a value says nothing; leave it out"),
    ("order.total * order.total * order.total * order.total > 1.0", 41,
     "the result would have 16 decimal places, 12 are kept exactly"),
    (" + ".join(["order.total"] * 17) + " > 1.0", 223, "more than 16 values in one calculation"),
    # Constants
    ("order.total > 9223372036854775808", 15, "9223372036854775808 does not fit into 64 bits"),
    ("order.total > 0.1234567890123", 15, "0.1234567890123 has more than 9 decimal places"),
    ("order.total > 99999999999999.999999", 15, "99999999999999.999999 has too many digits to be kept exactly"),
    ("order.status == 'a\\q'", 17, "unknown escape '\\q'"),
    ("order.status == 'a\\u0000'", 17, "a text cannot hold this character"),
    ("order.placed_at > timestamp('2026-02-30T10:00:00Z')", 29,
     "'2026-02-30T10:00:00Z' is not an instant: day is out of range for month"),
    ("order.placed_at > timestamp('2026-02-03T10:00:00')", 29,
     "'2026-02-03T10:00:00' is not an instant; write it with its zone, for example 2026-03-05T10:00:00-05:00"),
    ("order.placed_at > timestamp(order.status)", 29,
     "expected a text in quotes, found order.status (string)"),
    ("order.placed_at - order.placed_at > duration('2 days')", 46,
     "'2 days' is not a duration; write it like 48h, 3d, 1h30m or 15m"),
    ("order.placed_at - order.placed_at > 40000d", 37, "'40000d' is longer than 36500 days"),
    ("site_day.date == '24-12-2026'", 18, "'24-12-2026' is not a date: Invalid isoformat string: '24-12-2026'"),
    ("site_day.date < '2026-02-30'", 17, "'2026-02-30' is not a date: day is out of range for month"),
    # Lists
    ("order.status in []", 17, "the list is empty, so nothing is ever in it"),
    ("order.status in [order.seller]", 18, "a list holds constants only; to compare with fields, use == and or"),
    ("order.total in ['3']", 17, "a list of string cannot hold order.total (money)"),
    ("charge.billed in [true]", 1, "'in' cannot look for charge.billed (bool)"),
    ("order.status == ['held']", 17, "a list may stand only on the right of 'in'"),
    # Functions
    ("haz(order.total)", 1, "unknown function 'haz'; did you mean 'has'?"),
    ("foo(order.total)", 1,
     "unknown function 'foo'; there are has, size, timestamp, duration, forecast, forecast_cases"),
    ("has(order.total, order.status)", 1, "expected has(PATH)"),
    ("has(order.total + 1)", 1, "has() asks for a field of a row, not order.total + 1 (money)"),
    ("has(contract.charges)", 5,
     "has() asks for one field; for the rows of a to-many relation write .size() > 0"),
    ("size(order.total) > 3", 1, "order.total (money) has no size"),
    ("order.seller.startWith('A')", 14,
     "order.seller (string) has no method 'startWith'; did you mean 'startsWith'?"),
    ("order.seller.startsWith(3)", 25, "expected a text, found 3 (int)"),
    ("order.seller.contains('a', 'b')", 14, "expected contains(TEXT)"),
    ("order.placed_at.getHours() > 3", 17,
     "expected getHours('America/Bogota'): what a clock shows depends on the zone"),
    ("order.placed_at.getHours(order.seller) > 3", 26,
     "expected getHours('America/Bogota'): what a clock shows depends on the zone"),
    ("order.placed_at.getHours('America/Bogot') > 3", 26,
     "unknown zone 'America/Bogot'; did you mean 'America/Bogota'?"),
    # Rows of to-many relations
    ("contract.exists(c, true)", 10,
     "exists() needs the rows of a to-many relation; this is a row (contract)"),
    ("contract.charges.exist(c, c.billed)", 18,
     "several charge rows has no method 'exist'; did you mean 'exists'?"),
    ("contract.charges.exists(c.billed)", 18, "expected exists(x, CONDITION)"),
    ("contract.charges.exists('c', true)", 25, "expected a name for the row, like exists(x, CONDITION)"),
    ("contract.charges.exists(order, order.billed)", 25,
     "the name 'order' is taken; choose another for the row"),
    ("contract.charges.filter(c, c.amount)", 28,
     "expected a condition (true or false), found c.amount (money)"),
    ("contract.charges.filter(c, c.billed)", 1, "a condition is true or false; this is several charge rows"),
    ("contract.charges.exists(c, d.billed)", 28, "unknown name 'd'"),
    ("contract.charges.sum(c, c.kind) > 3", 25,
     "sum() adds numbers, amounts or durations, not c.kind (string)"),
    ("contract.charges.sum(c, 2) > 3", 25, "the value to add does not use 'c'; multiply .size() instead"),
    ("incident.contracts.customer.sum(c, c.contracts.size()) > 3", 29,
     "a row could be reached twice on this path, and be added twice"),
    ("site.orders.exists(a, a.contract.charges.exists(b, b.contract.charges.exists(c, "
     "c.contract.charges.exists(d, d.billed))))", 100,
     "exists, all, filter, sum and the like can be nested 3 deep"),
    ("contract.charges.avg(c, c.kind) > 3", 25,
     "avg() takes the middle of numbers, amounts or durations, not c.kind (string)"),
    ("contract.charges.max(c, c.billed) > 3", 25,
     "max() compares numbers, amounts, durations, instants or texts, not c.billed (bool)"),
    ("contract.charges.min(c, 2) > 3", 25,
     "the value to look at does not use 'c'; it is the same for each row: write it alone"),
    ("contract.charges.count(c.billed) > 3", 18, "expected count(x, CONDITION)"),
    ("contract.charges.last(c.bill_at).amount > 3", 18,
     "expected last(3, x, x.FIELD), or last(x, x.FIELD) for one row"),
    ("contract.charges.last(0, c, c.bill_at).size() > 3", 23,
     "last() takes a whole number of rows, 1 to 1000, not 0 (int)"),
    ("contract.charges.last(c, c.amount * 2).amount > 3", 26,
     "last() goes by a field of the row that has an order, like c.id, not by c.amount * 2 (money)"),
    ("contract.charges.last(c, c.billed).amount > 3", 26,
     "last() goes by a field of the row that has an order, like c.id, not by c.billed (bool)"),
    ("contract.charges.last(c, contract.ends_at).amount > 3", 26, "the order does not use 'c'"),
    ("incident.contracts.customer.last(2, c, c.name).size() > 3", 29,
     "a row could be reached twice on this path, and be counted twice"),
    ("customer.orders.last(o, o.placed_at).charges.size() > 3", 38,
     "of the one row of first() or last(), only fields can be read, not its charges"),
    # One of two values
    ("(charge.billed ? charge.amount : charge.product) == 3", 34,
     "both values of '? :' have one type; these are charge.amount (money) and charge.product (string)"),
    ("(charge.billed ? charge.order : charge.order) == null", 33,
     "'? :' chooses between two values, not a row (order); choose between their fields"),
    ("(charge.billed ? null : null) == null", 25, "both values are null"),
    ("((charge.billed ? 1 : 2) == 1 ? 3 : 4) == 3", 2,
     "the condition of '? :' holds another '? :'; put that one into a branch"),
    ("(charge.billed ? order.placed_at : order.promised_at) < now", 57, LOOSE_NOW),
    # The clock
    ("order.promised_at == now", 22, LOOSE_NOW),
    ("now > timestamp('2026-03-05T10:00:00Z')", 1, LOOSE_NOW),
    ("now - now < 3h", 1, LOOSE_NOW),
    ("order.promised_at - order.placed_at < now - order.placed_at", 39, LOOSE_NOW),
    ("order.promised_at < now + (order.promised_at - order.placed_at)", 21, LOOSE_NOW),
    ("now.getHours('UTC') < 8", 1, LOOSE_NOW),
    ("now - order.promised_at > now - order.placed_at", 1, LOOSE_NOW),
    ("order.promised_at in [now]", 23, "a list holds constants only; to compare with fields, use == and or"),
    # Syntax
    ("", 1, "the condition is empty"),
    ("order.total >", 14, "the condition ends too early"),
    ("(order.total > 3", 17, "the condition ends too early"),
    ("order.total = 3", 13, "unexpected '='; write '==' to compare"),
    ("order.total > 3 & true", 17, "unexpected '&'; write 'and' or '&&'"),
    ("order.total > 3 | true", 17, "unexpected '|'; write 'or' or '||'"),
    ("order.total > 3 : true", 17, "unexpected ':'; one of two values is 'condition ? a : b'"),
    ("order.total % 3 == 1", 13, "unexpected '%'; there is no remainder in conditions"),
    ("order.status == 'held", 17, "unexpected \"'\"; the text has no closing quote"),
    ("1 < order.total < 3", 17, "unexpected '<'; join two comparisons with 'and'"),
    ("order.total > 3 order.total < 5", 17, "unexpected 'order'"),
    ("order.total > 5w", 15, "unexpected '5'"),
    # Size
    ("!" * 60 + "charge.billed", 41, "nested more than 40 levels deep"),
    ("not " * 60 + "charge.billed", 161, "nested more than 40 levels deep"),
    (" or ".join(["charge.billed"] * 589)[:10_000], 1, "the condition has 10000 characters, 4000 are allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "what"), REFUSED, ids=[text[:60] for text, _, _ in REFUSED])
def test_a_bad_condition_is_refused_with_its_place_and_remedy(text: str, column: int, what: str) -> None:
    with pytest.raises(ProblemsError) as refused:
        parse_condition(text, SCOPE, HERE)
    (problem,) = refused.value.problems
    assert (problem.what, problem.place) == (what, HERE.shifted(column - 1))


def test_a_condition_over_several_lines_is_placed_by_line_and_column() -> None:
    with pytest.raises(ProblemsError) as refused:
        parse_condition("charge.billed\n  and charge.bill", SCOPE, HERE)
    assert refused.value.problems[0].place == Place("rules/a.yaml", 9, 14)


def condition(text: str) -> object:
    return parse_condition(text, SCOPE, HERE).expression


def test_words_and_signs_mean_the_same() -> None:
    words = "not charge.billed and (charge.proration or charge.kind not in ['tax', 'fee'])"
    signs = '!charge.billed && (charge.proration || !(charge.kind in ["tax", "fee"]))'
    assert condition(words) == condition(signs)


def test_not_binds_looser_than_a_comparison_and_the_sign_tighter() -> None:
    assert isinstance(condition("not charge.kind == 'tax'"), Not)
    assert isinstance(condition("not charge.billed and charge.proration"), And)
    with pytest.raises(ProblemsError, match="only a field can be compared with true or false"):
        condition("!charge.billed == true")


def test_and_binds_tighter_than_or() -> None:
    expression = condition("charge.billed or charge.proration and charge.billed")
    assert isinstance(expression, Or)
    assert isinstance(expression.operands[1], And)


def test_names_that_begin_like_a_keyword_are_names() -> None:
    assert isinstance(condition("incident.kind in ['outage'] and order.status == 'held'"), And)


@pytest.mark.parametrize(
    ("text", "operator", "offset"),
    [
        ("order.promised_at <= now + 48h", Comparison.LESS_OR_EQUAL, timedelta(hours=48)),
        ("order.promised_at - now <= 48h", Comparison.LESS_OR_EQUAL, timedelta(hours=48)),
        ("order.promised_at - 48h <= now", Comparison.LESS_OR_EQUAL, timedelta(hours=48)),
        ("now + 48h >= order.promised_at", Comparison.LESS_OR_EQUAL, timedelta(hours=48)),
        ("now - order.promised_at >= -48h", Comparison.LESS_OR_EQUAL, timedelta(hours=48)),
        ("48h >= order.promised_at - now", Comparison.LESS_OR_EQUAL, timedelta(hours=48)),
        ("order.promised_at < now", Comparison.LESS, timedelta(0)),
        ("now > order.promised_at", Comparison.LESS, timedelta(0)),
        ("now - order.promised_at > 3d", Comparison.LESS, timedelta(days=-3)),
        ("order.promised_at + duration('1h') > now - 1h30m + 10m", Comparison.GREATER, timedelta(minutes=-140)),
        ("-(now - order.promised_at) < 1h", Comparison.LESS, timedelta(hours=1)),
    ],
)
def test_a_comparison_with_now_takes_its_one_form(text: str, operator: Comparison, offset: timedelta) -> None:
    expression = condition(text)
    assert isinstance(expression, Flip)
    assert (expression.path.text, expression.operator, expression.offset) == ("order.promised_at", operator, offset)


def test_now_may_stand_inside_exists_all_and_filter() -> None:
    recent = "customer.contacts.filter(c, c.at > now - 7d).exists(c, c.at < now - 1d)"
    text = f"{recent} and customer.contacts.all(c, c.at <= now)"
    assert sum(isinstance(node, Flip) for node in parse_condition(text, SCOPE, HERE).expression.walk()) == 3


def test_has_asks_whether_a_path_is_null() -> None:
    assert condition("has(order.total)") == condition("order.total != null")


def test_a_path_knows_its_relations_and_an_enumeration_its_values() -> None:
    expression = condition("order.contract.customer.preferred_channel in ['sms', null]")
    assert isinstance(expression, In)
    assert isinstance(expression.operand, Column)
    assert isinstance(expression.operand.row, Related)
    assert expression.operand.row.entity == "customer"
    assert [item.value for item in expression.items] == ["sms", None]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("'it\\'s \\u00f1\\n'", "it's ñ\n", ValueType.STRING),
        ('"double"', "double", ValueType.STRING),
        ("1.50", Decimal("1.50"), ValueType.DECIMAL),
        ("-3", -3, ValueType.INT),
        ("-1h30m", timedelta(minutes=-90), ValueType.DURATION),
        ("duration('3d')", timedelta(days=3), ValueType.DURATION),
        ("timestamp('2026-03-05T10:00:00-05:00')", datetime(2026, 3, 5, 15, tzinfo=UTC), ValueType.TIMESTAMP),
        ("true", True, ValueType.BOOL),
    ],
)
def test_a_constant_is_typed(text: str, value: object, kind: ValueType) -> None:
    expression = parse_value(text, SCOPE, HERE)
    assert isinstance(expression, Literal)
    assert (expression.value, expression.type) == (value, kind)


@pytest.mark.parametrize(
    ("text", "kind", "scale"),
    [
        ("charge.amount", ValueType.MONEY, 4),
        ("charge.amount * 1.19", ValueType.MONEY, 6),
        ("charge.amount + order.total", ValueType.MONEY, 4),
        ("charge.amount / 3", ValueType.MONEY, 9),
        ("charge.amount / order.total", ValueType.DECIMAL, 9),
        ("contract.charges.sum(c, c.amount)", ValueType.MONEY, 4),
        ("appointment.party_size / 2", ValueType.INT, 0),
        ("appointment.party_size * 0.5", ValueType.DECIMAL, 1),
        ("appointment.attributes.cost", ValueType.DECIMAL, 4),
        ("appointment.ends_at - appointment.starts_at", ValueType.DURATION, 0),
        ("appointment.starts_at + 1h", ValueType.TIMESTAMP, 0),
        ("site_day.date", ValueType.DATE, 0),
    ],
)
def test_a_value_has_the_type_of_its_calculation(text: str, kind: ValueType, scale: int) -> None:
    expression = parse_value(text, SCOPE, HERE)
    assert (expression.type, expression.scale) == (kind, scale)


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("order.promised_at - now", 21, "'now' cannot stand in a value: what is told must not change with the clock"),
        ("contract.charges.filter(c, c.bill_at < now).size()", 40,
         "'now' cannot stand in a value: what is told must not change with the clock"),
        ("order.contract", 1, "expected a single value, found a row (contract)"),
        ("contract.charges", 1, "expected a single value, found several charge rows"),
        ("null", 1, "expected a single value, found null"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused(text: str, column: int, what: str) -> None:
    with pytest.raises(ProblemsError) as refused:
        parse_value(text, SCOPE, HERE)
    assert str(refused.value) == f"rules/a.yaml:8:{6 + column}: {what}"


def test_a_path_ends_at_a_row_or_at_rows() -> None:
    one = parse_path("appointment.contract.customer", SCOPE, HERE)
    several = parse_path("incident.contracts.filter(c, c.status == 'active').customer", SCOPE, HERE)
    assert (one.type, one.entity) == (ValueType.ENTITY, "customer")
    assert (several.type, several.entity) == (ValueType.ENTITIES, "customer")


def test_a_field_is_no_path() -> None:
    with pytest.raises(ProblemsError, match=r"a\.yaml:8:7: expected a path to a row, found order\.status \(string\)"):
        parse_path("order.status", SCOPE, HERE)


def test_a_duration_is_elapsed_time() -> None:
    assert [parse_duration(text) for text in ("48h", "3d", "1h30m", "90s")] == [
        timedelta(hours=48),
        timedelta(hours=72),
        timedelta(minutes=90),
        timedelta(seconds=90),
    ]
    with pytest.raises(ValueError, match="'tomorrow' is not a duration"):
        parse_duration("tomorrow")
    with pytest.raises(ValueError, match="is longer than 999999999d, the longest duration"):
        parse_duration("999999999d999999999d")


@pytest.mark.parametrize(
    ("text", "currency", "tax_included"),
    [
        ("charge.amount", "charge.currency", "charge.tax_included"),
        ("charge.amount * 1.19 - charge.amount", "charge.currency", "charge.tax_included"),
        ("-order.total", "order.currency", None),
        ("charge.amount + order.total", None, None),
        ("appointment.party_size", None, None),
    ],
)
def test_money_knows_the_columns_beside_it(text: str, currency: str | None, tax_included: str | None) -> None:
    expression = parse_value(text, SCOPE, HERE)
    wanted = [None if path is None else parse_value(path, SCOPE, HERE) for path in (currency, tax_included)]
    assert [currency_of(expression, SCOPE.schema), tax_included_of(expression, SCOPE.schema)] == wanted
