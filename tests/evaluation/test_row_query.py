"""Which rows of `each` are apart from each other, and that a statement about some of them starts from these."""

import pytest

from notifier.evaluation.rule_query import RuleQuery
from notifier.rules.checked import Rule
from tests.evaluation.state import SCHEMA, rule

WAITING = "site.orders.filter(o, o.status == 'held').size()"


def of_site(**more: object) -> Rule:
    return rule("site", each=("order", "site.orders"), to="order.customer", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tested", "apart"),
    [
        (of_site(claims={"number": "order.id"}), True),
        (of_site(claims={"seller": "order.seller"}), False),  # two orders may be told in the same words
        (of_site(claims={"site": "site.id"}), False),
        (rule("site", to="site.customers", claims={"site": "site.id"}), False),
    ],
)
def test_rows_are_apart_where_their_own_id_is_claimed(tested: Rule, *, apart: bool) -> None:
    assert (RuleQuery(tested, SCHEMA).of_rows is not None) is apart
