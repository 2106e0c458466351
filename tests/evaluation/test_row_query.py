"""Which rows of `each` are apart from each other, and that a statement about some of them starts from these."""

from dataclasses import replace

import pytest

from notifier.evaluation.rule_query import RuleQuery
from notifier.rules.checked_rules import Rule
from tests.evaluation.state import SCHEMA, rule


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
