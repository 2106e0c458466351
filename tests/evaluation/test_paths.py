"""The ways that an expression walks: what leads back to where it came from is no way of its own."""

import pytest

from notifier.evaluation.paths import Reads
from notifier.model.problems import Place
from notifier.rules.conditions import Scope, parse_value
from tests.evaluation.state import SCHEMA


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("contract.charges.exists(x, x.contract.status == 'active')", {(), ("charges",)}),
        ("contract.promises.exists(p, p.contract.charges.exists(x, x.billed))", {(), ("promises",), ("charges",)}),
        # Another charge of the contract, and other contracts of the customer, are other rows.
        ("contract.customer.contracts.exists(k, k.status == 'active')", {(), ("customer",), ("customer", "contracts")}),
        # A zone or a site: which of both led there is not known.
        (
            "contract.incidents.exists(i, i.contracts.exists(k, k.status == 'active'))",
            {(), ("incidents",), ("incidents", "contracts")},
        ),
    ],
)
def test_a_step_back_to_the_row_that_it_came_from_ends_there(text: str, ways: set[tuple[str, ...]]) -> None:
    reads = Reads()
    reads.add(parse_value(text, Scope(SCHEMA, {"contract": "contract"}), Place("a rule")), {"contract": ()})
    assert {tuple(relation.name for relation in way) for way in reads.ways} == ways
