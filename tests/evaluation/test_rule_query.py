"""What the statements of a rule find, row by row, on both databases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from notifier.evaluation.rule_query import RuleQuery
from notifier.model.notices import ClaimValue, Match
from notifier.model.schema import Schema, entities
from notifier.model.types import TopicType, ValueType
from notifier.rules.checked_rules import Rule
from tests.evaluation.state import SCHEMA, add, due, instants, rule, write

NOW = datetime(2026, 3, 5, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def found(db: sa.Connection, query: RuleQuery, statement: sa.Select[Any], now: datetime, **more: Any) -> list[Match]:
    """The matches that a statement of whole rows finds among all rows of the rule's entity."""
    about = SCHEMA.entities[query.rule.about].table
    subjects = list(db.scalars(sa.select(about.c.id)))
    rows = db.execute(statement, {"now": now, "subjects": subjects, **more})
    matches = [match for row in rows for match in query.read(row, now)]
    return sorted(matches, key=lambda m: (m.subject_id, m.each_id or "", m.recipient_id or "", m.ordinal))


def matching(db: sa.Connection, tested: Rule, now: datetime, **options: Any) -> list[Match]:
    query = RuleQuery(tested, SCHEMA, **options)
    return found(db, query, query.matching(), now)


def ids(db: sa.Connection, statement: sa.Select[Any], **parameters: Any) -> set[Any]:
    return {tuple(row) if len(row) > 1 else row[0] for row in db.execute(statement, parameters)}


# When a rule speaks


@pytest.mark.parametrize(
    ("at", "until", "first", "last"),
    [
        ("48h before appointment.starts_at", "3h before appointment.starts_at", -48 * HOUR, -3 * HOUR),
        ("48h before appointment.starts_at", None, -48 * HOUR, 0 * HOUR),
        ("2h after appointment.starts_at", None, 2 * HOUR, 26 * HOUR),
        ("appointment.starts_at", None, 0 * HOUR, 24 * HOUR),
    ],
)
def test_a_rule_speaks_from_its_moment_until_just_before_its_end(
    db: sa.Connection, at: str, until: str | None, first: timedelta, last: timedelta
) -> None:
    add(db, "appointment", {"id": "A-1", "starts_at": NOW})
    tested = rule("appointment", at=[at], until=until)
    instant = timedelta(microseconds=1)
    spoken = [bool(matching(db, tested, NOW + at)) for at in (first - instant, first, last - instant, last)]
    assert spoken == [False, True, True, False]
    (match,) = matching(db, tested, NOW + first)
    assert (match.anchor, match.at, match.until) == (NOW, NOW + first, NOW + last)


def test_a_null_anchor_is_never_due(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1"}, {"id": "O-2", "promised_at": NOW})
    assert [m.subject_id for m in matching(db, rule("order", at=["order.promised_at"]), NOW)] == ["O-2"]
    without_at = rule("order", until="1h after order.promised_at")
    assert [m.subject_id for m in matching(db, without_at, NOW)] == ["O-2"]


def test_several_moments_share_the_time_between_them(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1", "promised_at": NOW})
    tested = rule("order", at=["1h after order.promised_at", "48h before order.promised_at"])
    windows = [
        [(m.ordinal, m.at, m.until) for m in matching(db, tested, NOW + hours * HOUR)]
        for hours in (-49, -48, 0, 1, 24, 25)
    ]
    early = (1, NOW - 48 * HOUR, NOW + HOUR)
    late = (0, NOW + HOUR, NOW + 25 * HOUR)
    assert windows == [[], [early], [early], [late], [late], []]


def test_the_stated_end_also_ends_the_earlier_moments(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1", "promised_at": NOW})
    tested = rule(
        "order", at=["48h before order.promised_at", "1h after order.promised_at"], until="2h before order.promised_at"
    )
    assert [m.until for m in matching(db, tested, NOW - 3 * HOUR)] == [NOW - 2 * HOUR]
    assert matching(db, tested, NOW - 2 * HOUR) == []
    assert matching(db, tested, NOW + HOUR) == []


def test_a_time_of_day_is_told_by_the_clock_of_the_site(db: sa.Connection) -> None:
    add(db, "site", {"id": "S-1", "timezone": "Europe/Madrid"})
    add(db, "customer", {"id": "C-1", "timezone": "America/Bogota"})
    # Clocks in Madrid go back on 25 October 2026: ten in the morning is 08:00 UTC before, 09:00 UTC after.
    anchor = datetime(2026, 10, 25, 20, tzinfo=UTC)
    add(db, "appointment", {"id": "A-1", "site_id": "S-1", "starts_at": anchor}, {"id": "A-2", "starts_at": anchor})
    tested = rule("appointment", at=["1d before appointment.starts_at at 10:00"])
    ten_in_madrid, ten_in_bogota = datetime(2026, 10, 24, 8, tzinfo=UTC), datetime(2026, 10, 24, 15, tzinfo=UTC)
    instant = timedelta(microseconds=1)
    assert matching(db, tested, ten_in_madrid - instant) == []
    assert [m.subject_id for m in matching(db, tested, ten_in_madrid)] == ["A-1"]
    assert [m.subject_id for m in matching(db, tested, ten_in_bogota)] == ["A-1", "A-2"]
    query = RuleQuery(tested, SCHEMA)
    for instant_of_site, subject in ((ten_in_madrid, "A-1"), (ten_in_bogota, "A-2")):
        assert subject in due(db, query, instant_of_site - instant, instant_of_site)
    on_the_day = rule("appointment", at=["0d before appointment.starts_at at 10:00"])
    assert [m.at for m in matching(db, on_the_day, anchor - HOUR)] == [
        datetime(2026, 10, 25, 9, tzinfo=UTC),
        datetime(2026, 10, 25, 15, tzinfo=UTC),
    ]


def test_without_any_zone_the_default_tells_the_time_of_day(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1"})
    add(db, "appointment", {"id": "A-1", "starts_at": NOW})
    tested = rule("appointment", at=["appointment.starts_at at 11:00"])
    (match,) = matching(db, tested, NOW + 12 * HOUR, default_timezone="America/Bogota")
    assert match.at == datetime(2026, 3, 5, 16, tzinfo=UTC)


# For whom


def test_every_clause_of_when_must_be_true_and_none_of_unless(db: sa.Connection) -> None:
    add(db, "contract", {"id": "K-1", "status": "active"}, {"id": "K-2", "status": "cancelled"})
    add(
        db,
        "appointment",
        {"id": "A-1", "contract_id": "K-1"},
        {"id": "A-2", "contract_id": "K-2"},
        {"id": "A-3", "contract_id": "K-1", "kind": "repair"},
        {"id": "A-4"},
    )
    tested = rule(
        "appointment",
        when=["appointment.kind == 'installation'", "appointment.status in ['initialized', 'confirmed']"],
        unless=["appointment.contract.status in ['cancelled', 'terminated']"],
    )
    assert [m.subject_id for m in matching(db, tested, NOW)] == ["A-1", "A-4"]


def test_an_error_is_not_true_neither_in_when_nor_in_unless(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1"})
    assert matching(db, rule("order", when=["order.promised_at < now"]), NOW) == []
    assert matching(db, rule("order", when=["not (order.promised_at < now)"]), NOW) == []
    assert [m.subject_id for m in matching(db, rule("order", unless=["order.promised_at < now"]), NOW)] == ["O-1"]


def test_who_is_reached_twice_is_told_once(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1"}, {"id": "C-2"}, {"id": "C-3"})
    add(
        db,
        "contract",
        {"id": "K-1", "customer_id": "C-1", "zone": "north"},
        {"id": "K-2", "customer_id": "C-1", "zone": "north"},
        {"id": "K-3", "customer_id": "C-2", "zone": "north"},
        {"id": "K-4", "customer_id": "C-3", "zone": "north", "status": "cancelled"},
        {"id": "K-5", "customer_id": "C-9", "zone": "north"},
        {"id": "K-6", "customer_id": "C-3", "zone": "south"},
    )
    add(db, "incident", {"id": "I-1", "zone": "north", "site_id": "S-1"}, {"id": "I-2", "zone": "west"})
    tested = rule("incident", to="incident.contracts.filter(c, c.status == 'active').customer")
    # C-9 is unknown: nobody can be told, and the owner must hear of it.
    assert [(m.subject_id, m.recipient_id) for m in matching(db, tested, NOW)] == [
        ("I-1", None),
        ("I-1", "C-1"),
        ("I-1", "C-2"),
    ]


@pytest.mark.parametrize(
    ("part", "shown"),
    [("getHours", 22), ("getMinutes", 30), ("getDate", 1), ("getMonth", 1), ("getDayOfWeek", 0), ("getFullYear", 2026)],
)
def test_the_clock_of_a_zone_counts_its_parts_as_the_page_says(db: sa.Connection, part: str, shown: int) -> None:
    """Sunday is 0 and February 1: half past ten in the evening there, when it is Monday by UTC."""
    add(db, "customer", {"id": "C-1"})
    add(db, "order", {"id": "O-1", "placed_at": datetime(2026, 2, 2, 3, 30, tzinfo=UTC)})
    claims = {"shown": f"order.placed_at.{part}('America/Bogota')"}
    (match,) = matching(db, rule("order", claims=claims), NOW)
    assert match.claims["shown"].value == shown


def test_the_zone_of_an_incident_decides_and_its_site_only_where_it_names_none(db: sa.Connection) -> None:
    add(db, "customer", *({"id": f"C-{number}"} for number in range(5)))
    add(
        db,
        "contract",
        {"id": "K-0", "customer_id": "C-0", "zone": "north", "site_id": "S-1"},
        {"id": "K-1", "customer_id": "C-1", "zone": "south", "site_id": "S-1"},
        {"id": "K-2", "customer_id": "C-2", "site_id": "S-1"},
        {"id": "K-3", "customer_id": "C-3", "zone": "north"},
        {"id": "K-4", "customer_id": "C-4"},
    )
    add(
        db,
        "incident",
        {"id": "I-both", "zone": "north", "site_id": "S-1"},
        {"id": "I-neither"},
        {"id": "I-site", "site_id": "S-1"},
        {"id": "I-zone", "zone": "north"},
    )
    reached: dict[str, set[str]] = {}
    for match in matching(db, rule("incident", to="incident.contracts.customer"), NOW):
        reached.setdefault(match.subject_id, set()).add(str(match.recipient_id))
    assert reached == {"I-both": {"C-0", "C-3"}, "I-site": {"C-0", "C-1", "C-2"}, "I-zone": {"C-0", "C-3"}}
    found = {
        match.subject_id: int(str(match.claims["incidents"].value))
        for match in matching(db, rule("contract", claims={"incidents": "contract.incidents.size()"}), NOW)
    }
    assert found == {"K-0": 3, "K-1": 1, "K-2": 1, "K-3": 2, "K-4": 0}


@pytest.mark.parametrize(
    "keys", [{"zone": None}, {"zone": "south"}, {"site_id": "S-2"}, {"zone": None, "site_id": None}]
)
def test_a_zone_or_site_that_changes_on_either_side_touches_both(db: sa.Connection, keys: dict[str, Any]) -> None:
    at = NOW - HOUR
    by_incident = RuleQuery(rule("incident", to="incident.contracts.customer"), SCHEMA)
    by_contract = RuleQuery(rule("contract", when=["contract.incidents.size() > 0"]), SCHEMA)
    write(db, "contract", at, {"id": "K-1", "zone": "north", "site_id": "S-1"})
    write(db, "incident", at, {"id": "I-1", "zone": "north", "site_id": "S-1"})
    for entity, row_id in (("contract", "K-1"), ("incident", "I-1")):
        db.execute(sa.delete(SQLModel.metadata.tables["change"]))
        write(db, entity, at, {"id": row_id} | keys)
        assert ids(db, by_incident.baseline_ids()[1]) == {"I-1"}
        assert ids(db, by_contract.baseline_ids()[1]) == {"K-1"}
        write(db, entity, at, {"id": row_id, "zone": "north", "site_id": "S-1"})


def test_an_unknown_customer_is_nobody(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1", "customer_id": "C-9"})
    assert [m.recipient_id for m in matching(db, rule("order"), NOW)] == [None]


def test_each_names_a_second_row_and_gives_one_match_per_pair(db: sa.Connection) -> None:
    add(db, "site", {"id": "S-1"})
    add(db, "customer", {"id": "C-1"}, {"id": "C-2"})
    add(db, "site_day", {"id": "S-1/D", "starts_at": NOW, "ends_at": NOW + 24 * HOUR})
    add(
        db,
        "appointment",
        {"id": "A-1", "site_id": "S-1", "starts_at": NOW},
        {"id": "A-2", "site_id": "S-1", "starts_at": NOW + HOUR, "customer_id": "C-2"},
        {"id": "A-3", "site_id": "S-1", "starts_at": NOW + 24 * HOUR},
        {"id": "A-4", "site_id": "S-2", "starts_at": NOW},
    )
    tested = rule(
        "site_day",
        each=("appointment", "site_day.site.appointments"),
        to="appointment.customer",
        when=["appointment.starts_at >= site_day.starts_at", "appointment.starts_at < site_day.ends_at"],
        at=["48h before appointment.starts_at"],
    )
    pairs = [(m.subject_id, m.each_id, m.recipient_id, m.timezone) for m in matching(db, tested, NOW - HOUR)]
    assert pairs == [("S-1/D", "A-1", "C-1", "America/Bogota"), ("S-1/D", "A-2", "C-2", "America/Bogota")]
    assert ids(db, RuleQuery(tested, SCHEMA).matching_ids(), now=NOW - HOUR) == {"S-1/D"}


# What it says


def test_claims_are_typed_exact_and_carry_their_currency_and_zone(db: sa.Connection) -> None:
    add(db, "site", {"id": "S-1"})
    add(
        db,
        "order",
        {"id": "O-1", "site_id": "S-1", "total": Decimal("79900.1000"), "currency": "COP", "promised_at": NOW},
        {"id": "O-2"},
    )
    claims = {
        "total": "order.total",
        "with_tax": "order.total * 1.19",
        "promised": "order.promised_at",
        "took": "order.promised_at - order.placed_at",
        "status": "order.status",
        "late": "order.promised_at > order.placed_at",
        "parts": "order.charges.size()",
    }
    first, second = matching(db, rule("order", claims=claims), NOW)
    assert first.claims == {
        "total": ClaimValue(type=TopicType.MONEY, value=Decimal("79900.1"), currency="COP"),
        "with_tax": ClaimValue(type=TopicType.MONEY, value=Decimal("95081.119"), currency="COP"),
        "promised": ClaimValue(type=TopicType.TIMESTAMP, value=NOW),
        "took": ClaimValue(type=TopicType.DURATION, value=Decimal((63 * 24 + 15) * 3600)),
        "status": ClaimValue(type=TopicType.TEXT, value="in_progress"),
        "late": ClaimValue(type=TopicType.BOOL, value=True),
        "parts": ClaimValue(type=TopicType.NUMBER, value=Decimal(0)),
    }
    assert first.claims["promised"].timezone == "America/Bogota"
    assert [str(first.claims[name].value) for name in ("total", "parts")] == ["79900.1", "0"]
    assert [second.claims[name].value for name in ("total", "with_tax", "promised", "took")] == [None] * 4


def test_evidence_is_every_part_of_the_condition_with_its_value(db: sa.Connection) -> None:
    add(db, "contract", {"id": "K-1", "plan": "fibra"})
    add(
        db,
        "order",
        {"id": "O-1", "contract_id": "K-1", "total": Decimal("1.50"), "currency": "COP", "promised_at": NOW},
    )
    tested = rule(
        "order",
        when=[
            "order.contract.plan == 'fibra' and (order.total > 3.0 or order.promised_at - now <= 48h)",
            "order.charges.filter(c, c.billed).size() == 0",
        ],
        unless=["order.completed_at < now"],
    )
    (match,) = matching(db, tested, NOW)
    assert match.evidence == {
        "order.contract.plan == 'fibra' and (order.total > 3.0 or order.promised_at - now <= 48h)": True,
        "order.contract.plan == 'fibra'": True,
        "order.contract.plan": "fibra",
        "order.total > 3.0": False,
        "order.total": "1.5",
        "order.promised_at - now <= 48h": True,
        "order.promised_at": "2026-03-05T15:00:00Z",
        "order.charges.filter(c, c.billed).size() == 0": True,
        "order.charges.filter(c, c.billed).size()": 0,
        "order.completed_at < now": None,
        "order.completed_at": None,
    }


def test_attributes_are_read_as_declared(db: sa.Connection) -> None:
    declared = {
        "technician": ValueType.STRING,
        "floor": ValueType.INT,
        "fee": ValueType.DECIMAL,
        "urgent": ValueType.BOOL,
        "slot": ValueType.TIMESTAMP,
    }
    schema = Schema(entities=entities(), attributes={"appointment": declared})
    good = {"technician": "Eva", "floor": 3, "fee": "12.5", "urgent": True, "slot": "2026-03-05T10:00:00-05:00"}
    bad = {"technician": None, "floor": "three", "fee": "1.23456", "urgent": "yes", "slot": "tomorrow"}
    add(db, "appointment", {"id": "A-1", "attributes": good}, {"id": "A-2", "attributes": bad}, {"id": "A-3"})
    claims = {name: f"appointment.attributes.{name}" for name in declared}
    tested = rule("appointment", claims=claims, schema=schema)
    query = RuleQuery(tested, schema)
    values = [[claim.value for claim in match.claims.values()] for match in found(db, query, query.matching(), NOW)]
    assert values == [["Eva", Decimal(3), Decimal("12.5"), True, NOW], [None] * 5, [None] * 5]


# The other statements


def test_a_window_that_ended_between_two_passes_was_missed(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1", "promised_at": NOW}, {"id": "O-2", "promised_at": NOW, "status": "cancelled"})
    tested = rule(
        "order",
        when=["order.status == 'in_progress'"],
        at=["48h before order.promised_at", "24h before order.promised_at"],
    )
    query = RuleQuery(tested, SCHEMA)

    def missed(since: int, now: int) -> list[tuple[str, int]]:
        times = {"since": NOW + since * HOUR}
        matches = found(db, query, query.missed(), NOW + now * HOUR, **times)
        missed_ids = query.missed_ids()
        assert missed_ids is not None
        assert ids(db, missed_ids, now=NOW + now * HOUR, **times) >= {m.subject_id for m in matches}
        return [(m.subject_id, m.ordinal) for m in matches]

    assert missed(-60, -25) == []
    assert missed(-60, -24) == [("O-1", 0)]
    assert missed(-24, -1) == []
    assert missed(-24, 0) == [("O-1", 1)]
    assert missed(-60, 0) == [("O-1", 0), ("O-1", 1)]
    assert missed(0, 100) == []


def test_holding_asks_for_the_condition_only_and_facts_for_nothing(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1", "promised_at": NOW}, {"id": "O-2", "status": "cancelled"}, {"id": "O-3"})
    tested = rule("order", when=["order.status == 'in_progress'"], at=["1h before order.promised_at"])
    query = RuleQuery(tested, SCHEMA)
    later = NOW + 100 * HOUR
    assert [(m.subject_id, m.at) for m in found(db, query, query.holding(), later)] == [
        ("O-1", NOW - HOUR),
        ("O-3", None),
    ]
    assert [m.subject_id for m in found(db, query, query.facts(), later)] == ["O-1", "O-2", "O-3"]


def test_a_follow_up_has_a_condition_of_its_own(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1", "status": "cancelled", "promised_at": NOW}, {"id": "O-2"})
    tested = rule(
        "order",
        when=["order.status == 'in_progress'"],
        at=["1h before order.promised_at"],
        claims={"status": "order.status"},
        follow_up=["order.status == 'completed'", "order.status == 'cancelled'"],
    )
    query = RuleQuery(tested, SCHEMA)
    assert found(db, query, query.follow_up(0), NOW) == []
    (match,) = found(db, query, query.follow_up(1), NOW)
    assert (match.subject_id, match.anchor, match.claims["status"].value) == ("O-1", NOW, "cancelled")


def test_an_explanation_says_of_every_clause_what_it_was(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1", "promised_at": NOW, "status": "held"})
    tested = rule(
        "order",
        when=["order.status == 'in_progress'", "order.promised_at > now or order.total > 1.0"],
        unless=["order.completed_at < now", "order.promised_at < now + 1d"],
        at=["1h before order.promised_at"],
    )
    query = RuleQuery(tested, SCHEMA)
    (row,) = db.execute(query.explaining(), {"now": NOW, "subjects": ["O-1"]})
    explanation = query.explain(row)
    assert [(clause.wanted, clause.value, clause.fulfilled) for clause in explanation.clauses] == [
        (True, False, False),
        (True, None, False),
        (False, None, True),
        (False, True, False),
    ]
    assert explanation.clauses[1].parts == {
        "order.promised_at > now": False,
        "order.promised_at": "2026-03-05T15:00:00Z",
        "order.total > 1.0": None,
        "order.total": None,
    }
    assert not explanation.holds
    assert [window.at for window in explanation.windows] == [NOW - HOUR]


def test_full_and_incremental_ids_agree_on_who_matches(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1", "promised_at": NOW}, {"id": "O-2", "promised_at": NOW + 9 * HOUR}, {"id": "O-3"})
    tested = rule("order", at=["1h before order.promised_at"])
    query = RuleQuery(tested, SCHEMA)
    assert ids(db, query.matching_ids(), now=NOW - HOUR) == {"O-1"}
    assert ids(db, query.due_ids(), since=NOW - 2 * HOUR, now=NOW - HOUR) == {"O-1"}
    assert ids(db, query.due_ids(), since=NOW + HOUR, now=NOW + 2 * HOUR) == set()


HELD = "order.status == 'held'"
LATE = "order.promised_at <= now"


@pytest.mark.parametrize(
    ("asked", "concerned"),
    [
        ({"when": [HELD, LATE]}, {"O-1"}),
        ({"when": [f"{HELD} and {LATE}"]}, {"O-1"}),
        ({"when": [LATE], "unless": ["order.status == 'completed'"]}, {"O-1", "O-3"}),
        ({"when": [HELD], "at": ["order.promised_at"]}, {"O-1"}),
        ({"when": [HELD], "at": ["0d after order.promised_at at 22:00"]}, {"O-1"}),
        # These may come to be true, or are about what was told when the rule was.
        ({"when": [f"{HELD} or {LATE}"]}, {"O-1", "O-2", "O-3"}),
        ({"when": ["order.site.country == 'CO'", LATE]}, {"O-1", "O-2", "O-3"}),
        ({"when": [HELD], "follow_up": [LATE]}, {"O-1", "O-2", "O-3"}),
        ({"when": [HELD, LATE], "follow_up": [f"order.status == 'completed' and {LATE}"]}, {"O-1", "O-2", "O-3"}),
    ],
)
def test_an_instant_means_nothing_to_a_row_that_would_have_to_change_first(
    db: sa.Connection, asked: dict[str, Any], concerned: set[str]
) -> None:
    statuses = {"O-1": "held", "O-2": "completed", "O-3": "shipped"}
    promised = {name: NOW + number * HOUR / 60 for number, name in enumerate(statuses)}
    add(db, "order", *({"id": name, "status": statuses[name], "promised_at": promised[name]} for name in statuses))
    query = RuleQuery(rule("order", **asked), SCHEMA)
    since, until = NOW - 8 * HOUR, NOW + 8 * HOUR
    assert due(db, query, since, until) == concerned
    assert len(instants(db, query, since, until)) == len(concerned)


# Whom it concerns


def test_a_change_reaches_the_rows_that_were_left_and_those_that_are_joined(db: sa.Connection) -> None:
    add(db, "site", {"id": "S-1"}, {"id": "S-2"})
    add(db, "contract", {"id": "K-1", "customer_id": "C-1"}, {"id": "K-2", "customer_id": "C-1"})
    add(db, "charge", {"id": "X-1", "contract_id": "K-1"})
    query = RuleQuery(rule("contract", when=["contract.charges.exists(c, c.billed)"]), SCHEMA)

    def by_baseline_and_change() -> list[set[Any]]:
        return [ids(db, statement) for statement in query.baseline_ids()]

    assert by_baseline_and_change() == [set(), set()]
    write(db, "charge", NOW, {"id": "X-1", "contract_id": "K-2"})
    assert by_baseline_and_change() == [set(), {"K-1", "K-2"}]
    write(db, "charge", NOW, {"id": "X-2", "contract_id": "K-3"}, baseline=True)
    assert by_baseline_and_change() == [{("K-3", NOW)}, {"K-1", "K-2"}]
    assert ids(db, query.due_ids(), now=NOW, since=NOW) == set()


def test_a_change_of_the_recipient_or_of_a_consent_concerns_the_rule(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1"}, {"id": "C-2"})
    add(db, "order", {"id": "O-1", "customer_id": "C-1"}, {"id": "O-2", "customer_id": "C-2"})
    query = RuleQuery(rule("order"), SCHEMA)
    write(db, "customer", NOW, {"id": "C-1", "phone": "+573001234567"})
    assert ids(db, query.baseline_ids()[1]) == {"O-1"}
    write(db, "consent", NOW, {"id": "C-2/sms/service", "customer_id": "C-2"})
    assert ids(db, query.baseline_ids()[1]) == {"O-1", "O-2"}


def test_a_moved_site_concerns_its_rows_because_its_zone_does(db: sa.Connection) -> None:
    add(db, "site", {"id": "S-1"})
    add(db, "order", {"id": "O-1", "site_id": "S-1"}, {"id": "O-2"})
    write(db, "site", NOW, {"id": "S-1", "timezone": "Europe/Madrid"})
    assert ids(db, RuleQuery(rule("order"), SCHEMA).baseline_ids()[1]) == {"O-1"}


def test_rows_reached_step_by_step_are_known_for_holds(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1"})
    add(db, "contract", {"id": "K-1"})
    add(db, "order", {"id": "O-1", "contract_id": "K-1"})
    add(db, "appointment", {"id": "A-1", "order_id": "O-1", "customer_id": "C-9"}, {"id": "A-2", "contract_id": "K-9"})
    query = RuleQuery(rule("appointment"), SCHEMA)

    def reached(entity: str) -> set[Any]:
        statement = query.to_one_ids(entity)
        assert statement is not None
        return ids(db, statement, subjects=["A-1", "A-2"])

    assert reached("contract") == {("A-1", None, "K-1")}
    assert reached("customer") == {("A-1", None, "C-1"), ("A-2", None, "C-1")}
    assert reached("appointment") == {("A-1", None, "A-1"), ("A-2", None, "A-2")}
    assert query.to_one_ids("contact") is None


def test_the_rows_of_a_customer_are_found_backwards(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1", "site_id": "S-1"}, {"id": "C-2"})
    add(db, "contract", {"id": "K-1", "customer_id": "C-1", "zone": "north"}, {"id": "K-2", "customer_id": "C-2"})
    add(db, "incident", {"id": "I-1", "zone": "north"}, {"id": "I-2", "zone": "south"})
    add(db, "site", {"id": "S-1"})
    add(db, "site_day", {"id": "S-1/D"}, {"id": "S-2/D", "site_id": "S-2"})
    by_contract = RuleQuery(rule("incident", to="incident.contracts.customer"), SCHEMA)
    by_site = RuleQuery(rule("site_day", to="site_day.site.customers"), SCHEMA)
    by_itself = RuleQuery(rule("customer"), SCHEMA)
    for query, expected in ((by_contract, {"I-1"}), (by_site, {"S-1/D"}), (by_itself, {"C-1"})):
        assert ids(db, query.subjects_of_customer(), customer="C-1") == expected
    assert ids(db, by_contract.subjects_of_customer(), customer="C-2") == set()


def test_the_clock_needs_to_stop_only_where_something_falls_due(db: sa.Connection) -> None:
    add(db, "site", {"id": "S-1", "timezone": "Europe/Madrid"})
    add(db, "customer", {"id": "C-1"})
    add(db, "order", {"id": "O-1", "site_id": "S-1", "promised_at": NOW})
    add(db, "contact", {"id": "T-1", "at": NOW - 30 * HOUR})
    tested = rule(
        "order",
        when=["order.customer.contacts.exists(c, c.at < now - 1d)"],
        at=["2d before order.promised_at at 09:00"],
        until="1h before order.promised_at",
    )
    query, day = RuleQuery(tested, SCHEMA), timedelta(days=1)
    assert instants(db, query, NOW - 3 * day, NOW) == {
        datetime(2026, 3, 3, 8, tzinfo=UTC),
        NOW - HOUR,
        NOW - 6 * HOUR + timedelta(microseconds=1),  # `<` is false at the instant itself
    }
    assert instants(db, query, NOW - HOUR, NOW) == set()


# Numbers


FIGURES = {
    "order.total / 0": None,
    "order.total / 3": "33333333.366666666",
    "-order.total / 3": "-33333333.366666666",
    "7 / 2": "3",
    "-7 / 2": "-3",
    "order.total * order.total": None,
    "order.total * 1.19": "119000000.119",
    "0.1 + 0.2": "0.3",
    "order.total - 0.000000001": "100000000.099999999",
    "9223372036854775807 + 1": None,
    "9223372036854775807 + 0": "9223372036854775807",
    "order.charges.sum(c, c.amount)": "0.3",
    "order.charges.sum(c, c.amount) * 1.5": "0.45",
    "order.appointments.sum(a, a.party_size)": None,
    "order.appointments.filter(a, a.party_size != null).sum(a, a.party_size)": "4",
    "order.contract.incidents.size()": "0",
}


def test_numbers_are_exact_or_an_error_never_nearly_right(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-1", "total": Decimal("100000000.1"), "currency": "COP"})
    add(db, "charge", *({"id": f"X-{n}", "order_id": "O-1", "amount": Decimal("0.1")} for n in range(3)))
    add(db, "appointment", {"id": "A-1", "order_id": "O-1", "party_size": 4}, {"id": "A-2", "order_id": "O-1"})
    (match,) = matching(db, rule("order", claims={text: text for text in FIGURES}), NOW)
    values = {name: None if claim.value is None else str(claim.value) for name, claim in match.claims.items()}
    assert values == FIGURES


def test_a_row_reached_twice_is_counted_once(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1"})
    add(db, "contract", {"id": "K-1", "zone": "north", "site_id": "S-1"}, {"id": "K-2", "zone": "north"})
    add(db, "incident", {"id": "I-1", "zone": "north", "site_id": "S-1"})
    claims = {"contracts": "incident.contracts.size()", "customers": "incident.contracts.customer.size()"}
    tested = rule("incident", claims=claims, to="incident.contracts.customer")
    (match,) = matching(db, tested, NOW)
    assert [claim.value for claim in match.claims.values()] == [Decimal(2), Decimal(1)]


def test_a_name_that_is_used_twice_stands_for_two_rows(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1", "name": "Ana"}, {"id": "C-2", "name": "Luis"})
    add(db, "contract", {"id": "K-1", "zone": "north"}, {"id": "K-2", "zone": "north", "customer_id": "C-2"})
    add(db, "incident", {"id": "I-1", "zone": "north"})
    far = (
        "incident.contracts.filter(c, c.customer.name == 'Ana').incidents"
        ".contracts.filter(c, c.customer.name == 'Luis')"
    )
    tested = rule("incident", when=[f"{far}.size() == 1"], to=f"{far}.customer")
    assert [m.recipient_id for m in matching(db, tested, NOW)] == ["C-2"]


def test_a_row_for_which_the_filter_of_a_path_is_an_error_is_not_on_it(db: sa.Connection) -> None:
    add(db, "customer", {"id": "C-1"}, {"id": "C-2"})
    add(db, "contract", {"id": "K-1", "zone": "north"}, {"id": "K-2", "zone": "north", "customer_id": "C-2"})
    db.execute(sa.update(SCHEMA.entities["contract"].table).values(started_at=NOW).where(sa.column("id") == "K-2"))
    add(db, "incident", {"id": "I-1", "zone": "north"})
    path = "incident.contracts.filter(c, c.started_at < now)"
    assert [m.recipient_id for m in matching(db, rule("incident", to=f"{path}.customer"), NOW + HOUR)] == ["C-2"]
    asked = rule("incident", when=[f"{path}.size() == 1"], to="incident.contracts.customer")
    assert matching(db, asked, NOW + HOUR) == []
