"""Which rows of `each` are apart from each other, and that a statement about some of them starts from these."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from notifier.evaluation.row_query import named
from notifier.evaluation.rule_query import RuleQuery
from notifier.rules.checked_rules import Rule
from tests.evaluation.state import SCHEMA, add, rule

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


def of_site(**more: object) -> Rule:
    return rule("site", each=("order", "site.orders"), to="order.customer", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tested", "apart"),
    [
        (of_site(claims={"number": "order.id"}), True),
        (rule("site", each=("order", "site.orders"), to="site.customers", claims={"number": "order.id"}), True),
        (of_site(claims={"seller": "order.seller"}), True),
        (of_site(claims={"site": "site.id"}), True),
        (rule("site", each=("order", "site.orders"), to="site.customers", claims={"site": "site.id"}), False),
        (rule("site", to="site.customers", claims={"site": "site.id"}), False),
    ],
)
def test_rows_are_apart_where_their_own_id_is_claimed_or_they_lead_to_who_is_told(tested: Rule, *, apart: bool) -> None:
    assert (RuleQuery(tested, SCHEMA).of_rows is not None) is apart


@pytest.mark.parametrize(
    ("tested", "share"),
    [
        (of_site(claims={"number": "order.id"}), False),
        (of_site(claims={"seller": "order.seller"}), True),  # two orders may be told in the same words
        (replace(of_site(claims={"seller": "order.seller"}), merges=False), False),
    ],
)
def test_rows_that_may_be_told_in_the_same_words_are_decided_by_those_who_share_an_address(
    tested: Rule, *, share: bool
) -> None:
    query = RuleQuery(tested, SCHEMA).of_rows
    assert query is not None
    assert query.shares_words is share


def test_only_the_pairs_that_were_named_are_read(db: sa.Connection) -> None:
    """Two days of one site reach each visit there; each is asked about one of them."""
    day = {"site_id": "S-1", "kind": "reduced", "reason": "holiday"}
    starts = {f"S-1/2026-03-0{n}": datetime(2026, 3, n, 14, tzinfo=UTC) for n in (5, 6)}
    add(db, "site", {"id": "S-1", "timezone": "America/Bogota"})
    add(
        db,
        "site_day",
        *({"id": name, **day, "starts_at": at, "ends_at": at + timedelta(hours=4)} for name, at in starts.items()),
    )
    add(db, "customer", {"id": "C-1"})
    add(db, "appointment", *({"id": name, "site_id": "S-1", "customer_id": "C-1"} for name in ("A-1", "A-2")))
    each = ("appointment", "site_day.site.appointments")
    query = RuleQuery(
        rule("site_day", each=each, to="appointment.customer", claims={"visit": "appointment.id"}), SCHEMA
    ).of_rows
    assert query is not None
    first, second = starts
    for statement in (query.holders(), query.holding()):
        rows = db.execute(statement, {"now": NOW, **named({first: {"A-1"}, second: {"A-2"}})})
        assert {tuple(row[:2]) for row in rows} == {(first, "A-1"), (second, "A-2")}


@pytest.mark.parametrize(
    ("chosen", "columns"),
    [
        ("o.status == 'held'", {"status"}),
        ("o.placed_at > now - 24h and o.status in ['held', 'shipped']", {"placed_at", "status"}),
        ("o.placed_at >= site_day.starts_at and o.placed_at < site_day.ends_at", {"placed_at"}),
        ("o.status == 'held' or o.status == 'shipped'", set[str]()),
        ("o.total > 3", set[str]()),
    ],
)
def test_what_rows_of_a_site_are_chosen_by_is_indexed(chosen: str, columns: set[str]) -> None:
    asked = rule(
        "site_day", to="site_day.site.customers", when=[f"site_day.site.orders.filter(o, {chosen}).size() > 0"]
    )
    assert RuleQuery(asked, SCHEMA).indexed_figures() == {("order", "site_id", column) for column in columns}
