"""What a rule with many rows for one subject asks about the subject is worked out once, and means the same."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from notifier.evaluation.rule_query import RuleQuery
from tests.evaluation.state import SCHEMA, add, rule

NOW = datetime(2026, 3, 5, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUESTIONS = {
    "orders": "customer.orders.size()",
    "paid": "customer.orders.filter(o, o.total < 9).size()",
    "total": "customer.orders.sum(o, o.total)",
    "scores": "customer.feedback.sum(f, f.score)",
}
CONDITIONS = [
    "customer.orders.exists(o, o.status == 'held') or true",
    "customer.orders.exists(o, o.promised_at < now) or true",
    "customer.orders.all(o, o.total > 1) or true",
    "customer.feedback.all(f, f.score > 100) or true",
]


def answers(db: sa.Connection, *, each: tuple[str, str] | None) -> dict[str, set[tuple[str, ...]]]:
    """Claims and clauses, by customer; as texts, so that true is not 1."""
    query = RuleQuery(rule("customer", claims=QUESTIONS, when=CONDITIONS, each=each), SCHEMA)
    found: dict[str, set[tuple[str, ...]]] = {}
    for row in db.execute(query.facts(), {"now": NOW, "subjects": ["C-1", "C-2"]}):
        clauses = tuple(str(clause.parts) for clause in query.explain(row).clauses)
        for match in query.read(row, NOW):
            claims = tuple(str(claim.value) for claim in match.claims.values())
            found.setdefault(match.subject_id, set()).add((*claims, *clauses))
    return found


def test_a_shared_answer_is_what_every_row_would_have_found_itself(db: sa.Connection) -> None:
    money = {"total": Decimal("2.5"), "currency": "COP"}
    add(db, "customer", {"id": "C-1"}, {"id": "C-2"})
    add(db, "order", *({"id": f"O-{n}", "promised_at": NOW - HOUR, **money} for n in range(3)))
    add(
        db, "order", {"id": "O-8", "customer_id": "C-2", "status": "held", **money}, {"id": "O-9", "customer_id": "C-2"}
    )
    add(db, "feedback", {"id": "F-1", "customer_id": "C-1", "score": 4}, {"id": "F-2", "customer_id": "C-2"})
    shared = answers(db, each=("order", "customer.orders"))
    assert shared == answers(db, each=None)
    assert {customer: [found[:4] for found in rows] for customer, rows in shared.items()} == {
        "C-1": [("3", "3", "7.5", "4")],
        "C-2": [("2", "None", "None", "None")],  # a total and a score that are missing are errors
    }


def test_a_site_is_counted_once_and_not_again_for_each_of_its_orders() -> None:
    waiting = "site.orders.filter(o, o.status == 'held').size()"
    tested = rule(
        "site",
        each=("order", "site.orders"),
        to="order.customer",
        when=[f"{waiting} > site.daily_capacity"],
        claims={"waiting": waiting, "days": f"({waiting} + 1) / 2"},
    )
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        sql = str(RuleQuery(tested, SCHEMA).matching().compile(dialect=dialect))
        assert sql.startswith("WITH shared AS MATERIALIZED")
        assert sql.count("count(") == 1


def test_what_depends_on_the_second_row_is_asked_for_each() -> None:
    own = "site.orders.filter(o, o.customer_id == order.customer_id).size()"
    tested = rule("site", each=("order", "site.orders"), to="order.customer", claims={"own": own})
    sql = str(RuleQuery(tested, SCHEMA).facts().compile(dialect=sqlite.dialect()))
    assert "MATERIALIZED" not in sql
