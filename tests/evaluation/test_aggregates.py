"""Averages, extremes, the last of many rows and one of two values: exact, and the same on both databases."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.evaluation.emitter import Emitter
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.problems import Place
from notifier.rules.conditions import Scope, parse_value
from tests.evaluation.state import SCHEMA, add, due, rule, write

NOW = datetime(2026, 3, 5, 15, tzinfo=UTC)
MONTH = timedelta(days=30)
THREE = "contract.charges.filter(c, c.billed).last(3, c, c.bill_at)"


def value(db: sa.Connection, text: str, contract: str = "K-1") -> Any:
    emitter = Emitter(SCHEMA, {"contract": "contract"})
    emitted = emitter.value(parse_value(text, Scope(SCHEMA, {"contract": "contract"}), Place("a value")))
    select = sa.select(emitted).select_from(emitter.from_clause()).where(emitter.root("contract").c.id == contract)
    return db.scalar(select)


def bills(*amounts: object, contract: str = "K-1", **more: Any) -> list[dict[str, Any]]:
    """The bills of a contract, one a month, the oldest first."""
    return [
        {
            "id": f"{contract}-{number}",
            "contract_id": contract,
            "amount": Decimal(str(amount)),
            "bill_at": NOW - MONTH * (len(amounts) - number),
            "billed": True,
            **more,
        }
        for number, amount in enumerate(amounts)
    ]


def test_the_average_of_the_last_three_bills_is_rounded_to_the_unit_of_their_currency(db: sa.Connection) -> None:
    add(db, "contract", *({"id": f"K-{n}"} for n in range(7)))
    half = ("999", "10", "10", "10.01")
    add(db, "charge", *bills(*half))
    add(db, "charge", *bills("-0.05", "-0.05", "-0.06", contract="K-2", currency="USD"))
    add(db, "charge", *bills("100", "101", contract="K-3", currency="CLP"))
    add(db, "charge", *bills("1", "1", "1.002", contract="K-4", currency="KWD"))
    add(db, "charge", *bills("1", "2", contract="K-5"), *bills("3", contract="K-5", currency="USD", id="X"))
    average = f"{THREE}.avg(c, c.amount)"
    found = [value(db, average, f"K-{n}") for n in range(1, 7)]
    # 10.00333…; -0.05333…; 100.5; 1.000666…; two currencies; no bill
    assert found == [Decimal("10.00"), Decimal("-0.05"), Decimal(101), Decimal("1.001"), None, None]
    assert value(db, f"{THREE}.sum(c, c.amount)", "K-5") is None
    assert value(db, f"{THREE}.sum(c, c.amount)", "K-6") == 0
    assert value(db, f"{THREE}.max(c, c.amount)", "K-5") is None
    assert value(db, f"{THREE}.max(c, c.amount * 2)") == Decimal("20.02")


def test_the_figures_of_rows_are_those_that_python_finds(db: sa.Connection) -> None:
    chance = random.Random(16)
    rows: list[dict[str, Any]] = []
    for number in range(60):
        whole = chance.choice([10, 10**6, 10**17])
        amount = chance.randint(-whole, whole) * Decimal("0.0001")
        at = chance.choice([None, *(NOW + MONTH * month for month in range(4))])
        contract = f"K-{chance.randrange(6)}"
        rows.append({"id": f"X-{number:02}", "contract_id": contract, "amount": amount, "bill_at": at})
    add(db, "contract", *({"id": f"K-{n}"} for n in range(7)))
    add(db, "charge", *rows)
    for contract in (f"K-{n}" for n in range(7)):
        mine = [row for row in rows if row["contract_id"] == contract]
        dated = sorted((row for row in mine if row["bill_at"]), key=lambda row: (row["bill_at"], row["id"]))
        amounts = [row["amount"] for row in mine]
        cents = Fraction(sum(amounts)) * 100 / len(amounts) if amounts else None
        average = None if cents is None else _half_away(cents) / 100
        expected = {
            "contract.charges.avg(c, c.amount)": average,
            "contract.charges.min(c, c.amount)": min(amounts, default=None),
            "contract.charges.max(c, c.amount)": max(amounts, default=None),
            "contract.charges.last(3, c, c.bill_at).sum(c, c.amount)": sum(row["amount"] for row in dated[-3:]),
            "contract.charges.first(2, c, c.bill_at).max(c, c.id)": max((row["id"] for row in dated[:2]), default=None),
            "contract.charges.last(c, c.bill_at).id": dated[-1]["id"] if dated else None,
            "contract.charges.last(c, c.bill_at).amount": dated[-1]["amount"] if dated else None,
            "contract.charges.min(c, c.bill_at)": dated[0]["bill_at"] if dated and len(dated) == len(mine) else None,
            "contract.charges.count(c, c.bill_at != null)": len(dated),
        }
        assert {text: value(db, text, contract) for text in expected} == expected


def _half_away(number: Fraction) -> Decimal:
    """To a whole number; the decimals that a `Fraction` cannot be written with do not matter to the half."""
    whole = abs(number.numerator) * 2 + number.denominator
    return Decimal(whole // (2 * number.denominator)) * (1 if number >= 0 else -1)


def test_the_average_of_whole_numbers_and_durations_is_none_of_their_own_kind(db: sa.Connection) -> None:
    add(db, "contract", {"id": "K-1"})
    visits = [1, 2, 2]
    for number, hours in enumerate(visits):
        times = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=hours), "party_size": hours}
        add(db, "appointment", {"id": f"A-{number}", "contract_id": "K-1", **times})
    assert value(db, "contract.appointments.avg(a, a.party_size)") == Decimal("1.6667")
    assert value(db, "contract.appointments.avg(a, a.ends_at - a.starts_at)") == timedelta(hours=5) / 3
    add(db, "appointment", {"id": "A-9", "contract_id": "K-1"})
    assert value(db, "contract.appointments.avg(a, a.party_size)") is None  # a party that nobody counted
    assert value(db, "contract.appointments.filter(a, a.party_size > 0).last(2, a, a.id).size()") == 2


def test_the_last_of_many_leads_on_to_its_own_row_and_depends_on_the_row_around_it(db: sa.Connection) -> None:
    add(db, "contract", {"id": "K-1"})
    add(db, "order", {"id": "O-1", "status": "held"}, {"id": "O-2", "status": "shipped"})
    first, second = bills(100, 200)
    add(db, "charge", first | {"order_id": "O-1"}, second | {"order_id": "O-2"}, *bills(900, contract="K-1", id="X-9"))
    assert value(db, "contract.charges.last(c, c.id).order.status") is None
    assert value(db, "contract.charges.filter(c, c.order_id != null).last(c, c.bill_at).order.status") == "shipped"
    dearer = (
        "contract.charges.exists(c, contract.charges.filter(d, d.bill_at < c.bill_at).last(d, d.bill_at).amount * 2"
        " <= c.amount)"
    )
    assert value(db, dearer) is True


def test_one_of_two_values_is_null_or_an_error_as_its_parts_are(db: sa.Connection) -> None:
    add(db, "contract", {"id": "K-1", "plan": "fibra", "started_at": NOW}, {"id": "K-2", "plan": "tv"}, {"id": "K-3"})
    price = "(contract.plan == 'fibra' ? 1 : contract.plan == 'tv' ? 2.5 : null)"
    assert [value(db, price, key) for key in ("K-1", "K-2", "K-3")] == [1, Decimal("2.5"), None]
    unsure = "(contract.started_at < contract.ends_at ? 'a' : 'b')"
    assert value(db, unsure, "K-1") is None
    assert value(db, "(has(contract.ends_at) ? contract.ends_at : contract.started_at)", "K-1") == NOW


def test_a_changed_bill_concerns_the_contract_whose_average_it_moves(db: sa.Connection) -> None:
    add(db, "contract", {"id": "K-1"}, {"id": "K-2"})
    tested = rule("contract", when=[f"{THREE}.avg(c, c.amount) > 100", "contract.charges.last(c, c.bill_at).billed"])
    query = RuleQuery(tested, SCHEMA)
    write(db, "charge", NOW, bills(1)[0])
    changed = query.baseline_ids()[1]
    assert set(db.scalars(changed)) == {"K-1"}
    write(db, "charge", NOW, bills(1)[0] | {"contract_id": "K-2"})
    assert set(db.scalars(changed)) == {"K-1", "K-2"}


def test_a_comparison_of_the_last_bill_with_the_clock_falls_due_with_each_bill(db: sa.Connection) -> None:
    add(db, "contract", {"id": "K-1"})
    add(db, "charge", *bills(1))
    query = RuleQuery(rule("contract", when=["contract.charges.last(c, c.bill_at).bill_at < now - 60d"]), SCHEMA)
    assert due(db, query, NOW + MONTH - timedelta(seconds=1), NOW + MONTH + timedelta(seconds=1)) == {"K-1"}
    assert due(db, query, NOW, NOW + timedelta(days=1)) == set()


def test_why_says_that_rows_are_in_several_currencies(db: sa.Connection) -> None:
    add(db, "contract", {"id": "K-1"}, {"id": "K-2"})
    add(db, "charge", *bills(1, 2), *bills(3, currency="USD", id="X-1"), *bills(4, contract="K-2"))
    average = "contract.charges.avg(c, c.amount)"
    tested = rule("contract", when=[f"{average} > 2"], claims={"usual": average, "all": "contract.charges.size()"})
    query = RuleQuery(tested, SCHEMA)
    rows = db.execute(query.explaining(), {"now": NOW, "subjects": ["K-1", "K-2"]}).all()
    mixed, plain = sorted((query.explain(row) for row in rows), key=lambda each: each.subject_id)
    assert mixed.clauses[0].value is None
    assert mixed.clauses[0].parts == {
        average: None,
        f"{average} (several currencies, never calculated together)": "COP, USD",
    }
    assert mixed.valueless == ("the claim 'usual' has no value: its rows are in COP, USD, never calculated together",)
    assert plain.clauses[0].parts == {average: "4"}
    assert plain.valueless == ()
    claims = {match.subject_id: match.claims["usual"] for row in rows for match in query.read(row, NOW)}
    assert {key: (each.value, each.currency) for key, each in claims.items()} == {
        "K-1": (None, None),
        "K-2": (Decimal(4), "COP"),
    }


@pytest.mark.parametrize("text", [f"{THREE}.avg(c, c.amount)", "contract.charges.last(c, c.bill_at).amount"])
def test_what_all_rows_of_a_subject_share_is_asked_once(text: str) -> None:
    tested = rule(
        "contract", each=("charge", "contract.charges"), to="charge.customer", when=[f"charge.amount > {text} * 1.3"]
    )
    for url in ("sqlite://", "postgresql+psycopg://"):
        sql = str(RuleQuery(tested, SCHEMA).matching().compile(dialect=sa.make_url(url).get_dialect()()))
        assert sql.startswith("WITH shared AS MATERIALIZED")
        # Besides, an average of money asks once whether its rows are in several currencies.
        assert sql.count("LIMIT") == (2 if "avg" in text else 1)
