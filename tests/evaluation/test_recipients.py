"""Several paths in `to`: whoever one of them leads to, each once, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.rule_query import RuleQuery
from notifier.model.types import ValueType
from notifier.rules.checked_rules import Rule
from notifier.rules.row_paths import Recipients, is_bounded
from tests.evaluation.state import SCHEMA, add, due, rule, write

NOW = datetime(2026, 3, 5, 15, tzinfo=UTC)
DAY = timedelta(days=1)
IN_CHARGE = (
    "appointment.customer.representatives.filter(r, r.role == 'carer'"
    " and (r.valid_until == null or r.valid_until > now)).person"
)


def speaks_to(*paths: str, **options: Any) -> Rule:
    """A rule about appointments with these paths in `to`."""
    rules = [rule("appointment", to=path, **options) for path in paths]
    to = Recipients(type=ValueType.ENTITIES, entity="customer", paths=tuple(each.to for each in rules))
    return Rule(**{**vars(rules[0]), "to": to})


def recipients(db: sa.Connection, query: RuleQuery, statement: sa.Select[Any]) -> list[tuple[str, str | None]]:
    rows = db.execute(statement, {"now": NOW, "subjects": ["A-1", "A-2", "A-3"]})
    return sorted((row[0], row[2] or "") for row in rows)


def test_whoever_one_of_the_paths_leads_to_is_a_recipient_once(db: sa.Connection) -> None:
    add(db, "customer", *({"id": f"C-{n}"} for n in range(1, 6)))
    add(db, "contract", {"id": "K-1", "customer_id": "C-5"})
    add(db, "appointment", {"id": "A-1"}, {"id": "A-2", "customer_id": "C-9"}, {"id": "A-3", "customer_id": "C-4"})
    carers = [("R-1", "C-2", None), ("R-2", "C-1", None), ("R-3", "C-3", NOW - DAY), ("R-4", "C-8", NOW + DAY)]
    for name, person, until in carers:
        add(db, "representative", {"id": name, "person_id": person, "valid_until": until})
    add(db, "representative", {"id": "R-5", "person_id": "C-5", "role": "other"})
    query = RuleQuery(speaks_to("appointment.customer", IN_CHARGE), SCHEMA)
    found = recipients(db, query, query.matching())
    # its customer, who is her own carer, too; a carer; one whom nobody knows. A-2: a customer whom nobody knows.
    assert found == [("A-1", ""), ("A-1", "C-1"), ("A-1", "C-2"), ("A-2", ""), ("A-3", "C-4")]
    holders = {(row[0], row[2]) for row in db.execute(query.holders(), {"subjects": ["A-1"]})}
    assert holders == {("A-1", name) for name in (None, "C-1", "C-2", "C-3", "C-5")}  # whatever filters pick
    far = RuleQuery(speaks_to("appointment.contract.customer", "appointment.site.customers"), SCHEMA)
    assert recipients(db, far, far.matching()) == [("A-1", ""), ("A-2", ""), ("A-3", "")]
    write(db, "appointment", NOW, {"id": "A-1", "contract_id": "K-1", "site_id": "S-1"})
    add(db, "site", {"id": "S-1"})
    write(db, "customer", NOW, {"id": "C-1", "site_id": "S-1"}, {"id": "C-5", "site_id": "S-1"})
    assert recipients(db, far, far.matching())[:2] == [("A-1", "C-1"), ("A-1", "C-5")]


def test_a_change_on_any_of_the_paths_concerns_the_rule(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1"}, {"id": "C-2"})
    add(db, "appointment", {"id": "A-1"})
    query = RuleQuery(speaks_to("appointment.customer", IN_CHARGE), SCHEMA)
    changed = query.baseline_ids()[1]
    assert set(db.scalars(changed)) == set()
    write(db, "representative", NOW, {"id": "R-1", "person_id": "C-2", "role": "carer", "valid_until": NOW + DAY})
    assert set(db.scalars(changed)) == {"A-1"}
    assert due(db, query, NOW + DAY - timedelta(seconds=1), NOW + DAY) == {"A-1"}
    for person in ("C-1", "C-2"):
        assert set(db.scalars(query.subjects_of_customer(), {"customer": person})) == {"A-1"}
    assert set(db.scalars(query.subjects_of_customer(), {"customer": "C-3"})) == set()


def test_those_who_represent_a_customer_are_few_and_those_in_a_zone_are_not() -> None:
    assert is_bounded(speaks_to("appointment.customer", IN_CHARGE).to)
    assert not is_bounded(speaks_to("appointment.customer", "appointment.site.customers").to)
    assert not is_bounded(rule("incident", to="incident.contracts.customer").to)
