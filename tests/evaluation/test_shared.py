"""What a rule with many rows for one subject asks about the subject is computed once, with the same result."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from notifier.evaluation.rule_query import RuleQuery
from tests.evaluation.state import SCHEMA, add, rule

NOW = datetime(2026, 3, 5, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUESTIONS = {
    "orders": "customer.orders.size()",
    "paid": "customer.orders.filter(o, o.total < 9).size()",
    "total": "customer.orders.sum(o, o.total)",
    "scores": "customer.feedback.sum(f, f.score)",
    "usual": "customer.orders.last(2, o, o.id).avg(o, o.total)",
    "latest": "customer.orders.last(o, o.id).status == 'held' ? 'waits' : customer.orders.last(o, o.id).status",
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
    assert {customer: [found[:6] for found in rows] for customer, rows in shared.items()} == {
        "C-1": [("3", "3", "7.5", "4", "2.5", "in_progress")],
        "C-2": [
            ("2", "None", "None", "None", "None", "in_progress")
        ],  # a total and a score that are missing are errors
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
    for url in ("sqlite://", "postgresql+psycopg://"):
        sql = str(RuleQuery(tested, SCHEMA).matching().compile(dialect=sa.make_url(url).get_dialect()()))
        assert sql.startswith("WITH shared AS MATERIALIZED")
        assert sql.count("count(") == 1


def test_nothing_is_counted_for_a_subject_of_which_the_rule_does_not_speak_anyway(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1"})
    add(db, "site", *({"id": f"S-{n}", "name": name} for n, name in enumerate(("open", "shut", "open"))))
    add(db, "order", *({"id": f"O-{n}", "site_id": f"S-{n}"} for n in range(3)))
    tested = rule(
        "site",
        each=("order", "site.orders"),
        to="order.customer",
        when=["site.name == 'open'", "site.orders.size() > 0"],
        unless=["site.id == 'S-2'"],
        claims={"orders": "site.orders.size()"},
    )
    query = RuleQuery(tested, SCHEMA)
    counted = str(query.matching().compile(dialect=db.dialect)).partition("SELECT site.id AS c0")[0]
    assert counted.count("site.name = ") == counted.count("site.id = ") - 1 == 1  # the other one joins the orders
    bound = {"now": NOW, "subjects": ["S-0", "S-1", "S-2"]}
    assert [row[0] for row in db.execute(query.matching(), bound)] == ["S-0"]
    assert {row[0] for row in db.execute(query.facts(), bound)} == {"S-0", "S-1", "S-2"}


def test_what_depends_on_the_second_row_is_asked_for_each() -> None:
    own = "site.orders.filter(o, o.customer_id == order.customer_id).size()"
    tested = rule("site", each=("order", "site.orders"), to="order.customer", claims={"own": own})
    sql = str(RuleQuery(tested, SCHEMA).facts().compile(dialect=sa.make_url("sqlite://").get_dialect()()))
    assert "MATERIALIZED" not in sql


def test_what_happened_lately_is_counted_as_it_is_for_each_site_by_itself(db: sa.Connection) -> None:
    lately = "site.orders.filter(o, o.placed_at > now - 24h and o.status == 'held').size()"
    add(db, "customer", {"id": "C-1"})
    add(db, "site", *({"id": f"S-{n}"} for n in range(4)))
    for site, ages in {"S-0": (), "S-1": (1,), "S-2": (1, 2, 30), "S-3": (30, 40)}.items():
        orders = ({"id": f"{site}/{age}", "placed_at": NOW - age * HOUR, "status": "held"} for age in ages)
        add(db, "order", *orders, {"id": f"{site}/other", "site_id": site, "placed_at": NOW, "status": "shipped"})
        db.execute(sa.update(SCHEMA.entities["order"].table).where(sa.column("site_id").is_(None)).values(site_id=site))
    expected = {"== 0": {"S-0", "S-3"}, "== 1": {"S-1"}, "> 1": {"S-2"}, "< 2": {"S-0", "S-1", "S-3"}}
    for comparison, sites in expected.items():
        query = RuleQuery(rule("site", when=[f"{lately} {comparison}"], to="site.customers"), SCHEMA)
        assert "recent_0" in str(query.matching_ids().compile(dialect=db.dialect))
        assert set(db.scalars(query.matching_ids(), {"now": NOW})) == sites


def test_a_count_that_may_be_an_error_is_not_grouped(db: sa.Connection) -> None:
    add(db, "site", {"id": "S-1"}, {"id": "S-2"})
    add(db, "order", {"id": "O-1", "site_id": "S-1", "promised_at": NOW}, {"id": "O-2", "site_id": "S-1"})
    lately = "site.orders.filter(o, o.promised_at > now - 24h).size()"
    query = RuleQuery(rule("site", when=[f"{lately} >= 0"], to="site.customers"), SCHEMA)
    assert list(db.scalars(query.matching_ids(), {"now": NOW})) == ["S-2"]


def test_a_second_row_of_which_nothing_is_asked_needs_only_to_be_there(db: sa.Connection) -> None:
    add(db, "site", {"id": "S-1"}, {"id": "S-2"})
    add(db, "order", *({"id": f"O-{n}", "site_id": "S-1", "status": "held"} for n in range(3)))
    add(db, "order", {"id": "O-9", "site_id": "S-2"})
    each = ("order", "site.orders.filter(o, o.status == 'held')")
    query = RuleQuery(rule("site", when=["site.name != 'x'"], each=each, to="order.customer"), SCHEMA)
    assert list(db.scalars(query.matching_ids(), {"now": NOW})) == ["S-1"]


LATELY = "o, o.placed_at > now - 24h"
ABOUT_RECENT_ROWS = (
    f"site.orders.exists({LATELY} and o.status == 'held')",
    f"not site.orders.exists({LATELY} and o.status == 'held')",
    "site.orders.exists(o, o.promised_at > now - 24h)",  # an error where it is true for none, and null for one
    "not site.orders.exists(o, o.promised_at > now - 24h)",
    "site.orders.exists(o, o.promised_at > now - 24h) or site.daily_capacity == 1",
    f"site.orders.filter({LATELY} and o.status == 'held').exists(o, o.total > 2)",
    f"site.orders.filter({LATELY} and o.total != null).sum(o, o.total) > 2",
    f"site.orders.filter({LATELY}).sum(o, o.total) >= 0",  # an error where one is null
    f"site.orders.filter({LATELY} and o.total != null).sum(o, o.total) < 3",
    f"not (site.orders.filter({LATELY} and o.total != null).sum(o, o.total) > 2)",
    f"site.orders.filter({LATELY}).size() >= 2 or site.daily_capacity == 1",
    "site.orders.filter(o, o.placed_at > now - 900d and o.total != null).sum(o, o.total) > 2",
)


def test_what_is_asked_of_recent_rows_has_one_answer_for_all_sites_and_for_each(db: sa.Connection) -> None:
    chance = random.Random(5)
    add(db, "customer", {"id": "C-1"})
    add(db, "site", *({"id": f"S-{n}", "daily_capacity": chance.choice([None, 1])} for n in range(12)))
    for number in range(40):
        row = {
            "site_id": f"S-{chance.randrange(9)}",
            "status": chance.choice(["held", "shipped"]),
            "placed_at": NOW - chance.choice([1, 23, 30, 900]) * HOUR,
            "promised_at": chance.choice([None, NOW, NOW - 40 * HOUR]),
            "total": chance.choice([None, 1, 2, 3]),
            "currency": "COP",
        }
        add(db, "order", {"id": f"O-{number}", **row})
    having_orders = set(db.scalars(sa.text('SELECT DISTINCT site_id FROM "order"')))
    bound = {"now": NOW, "subjects": [f"S-{n}" for n in range(12)]}
    grouped = 0
    for condition in ABOUT_RECENT_ROWS:
        for whens, each in (([condition], None), ([condition, "order.total != 9"], ("order", "site.orders"))):
            to = "site.customers" if each is None else "order.customer"
            query = RuleQuery(rule("site", when=whens, each=each, to=to), SCHEMA)
            grouped += "recent_0" in str(query.matching_ids().compile(dialect=db.dialect))
            for_all = set(db.scalars(query.matching_ids(), bound))
            by_row = RuleQuery(rule("site", when=whens, each=("order", "site.orders"), to="order.customer"), SCHEMA)
            for_each = {row[0] for row in db.execute(by_row.matching(), bound)}
            assert {site for site in for_all if site in having_orders} == for_each, condition
    assert grouped == 2 * (len(ABOUT_RECENT_ROWS) - 1)
