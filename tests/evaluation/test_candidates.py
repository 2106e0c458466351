"""An incremental pass evaluates every row for which anything changed, and an idle one scans no table."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from notifier.evaluation.row_query import RowQuery
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.notices import Match
from notifier.model.reading import Figures
from notifier.rules.checked_rules import Rule
from tests.evaluation.state import REQUIRED, SCHEMA, add, delete, due, instants, rule, write

NOW = datetime(2026, 3, 5, 15, tzinfo=UTC)
HISTORIES = 20
NO_TABLES = ("SCAN (subquery", "SCAN anon", "SCAN shared", "SCAN json_each", "SCAN CONSTANT ROW")
"""What SQLite calls a scan although it reads no table."""

RULES: Mapping[str, Rule] = {
    "a moment with an end": rule(
        "appointment",
        when=["appointment.kind == 'installation'", "appointment.status in ['initialized', 'confirmed']"],
        unless=["appointment.contract.status in ['cancelled', 'terminated']"],
        at=["48h before appointment.starts_at"],
        until="3h before appointment.starts_at",
        claims={"starts_at": "appointment.starts_at", "plan": "appointment.contract.plan"},
    ),
    "times of day, across a to-many relation": rule(
        "site_day",
        to="site_day.site.customers",
        when=["site_day.kind in ['reduced', 'closed']"],
        at=["1d before site_day.starts_at at 10:00", "0d before site_day.starts_at at 07:30"],
        until="6h before site_day.ends_at",
    ),
    "working days, of the site's country or the recipient's": rule(
        "order",
        when=["order.status != 'cancelled'"],
        at=["2 working days before order.promised_at at 10:00", "1 working day before order.promised_at at 15:30"],
        until="1 working day after order.promised_at at 09:00",
    ),
    "opening days, and the day after": rule(
        "appointment",
        at=[
            "1 opening day before appointment.starts_at at 10:00",
            "1 opening day after appointment.starts_at at 12:15",
        ],
    ),
    "a second row": rule(
        "site_day",
        each=("appointment", "site_day.site.appointments"),
        to="appointment.customer",
        when=["appointment.starts_at >= site_day.starts_at", "appointment.starts_at < site_day.ends_at"],
        at=["48h before appointment.starts_at"],
    ),
    "rows that are apart, and figures of their subject": rule(
        "site",
        each=("order", "site.orders.filter(o, o.status != 'cancelled' or o.contract.status == 'active')"),
        to="order.customer",
        when=["site.orders.filter(o, o.placed_at > now - 12h).size() < 3"],
        claims={"number": "order.id", "others": "site.orders.filter(o, o.status != 'held').size()"},
        follow_up=["order.status == 'completed' and site.orders.size() > 1"],
    ),
    "rows that are apart, by two keys": rule(
        "incident",
        each=("contract", "incident.contracts.filter(c, c.status == 'active')"),
        to="contract.customer",
        when=["incident.status != 'closed'", "contract.started_at < now - 6h"],
        claims={"number": "contract.id", "end": "incident.expected_end_at", "site": "contract.site.name"},
    ),
    "rows that are apart, two steps away": rule(
        "site_day",
        each=("appointment", "site_day.site.appointments"),
        to="appointment.customer",
        when=["appointment.status != 'cancelled'", "site_day.site.appointments.size() > 1"],
        at=["48h before appointment.starts_at", "1d before site_day.starts_at"],
        claims={"number": "appointment.id"},
    ),
    "two keys, and a clock inside the path": rule(
        "incident",
        to="incident.contracts.filter(c, c.status == 'active' and c.started_at < now - 6h).customer",
        when=["incident.status != 'closed'"],
        claims={"end": "incident.expected_end_at"},
    ),
    "clocks inside exists, all and a count": rule(
        "order",
        when=[
            "order.customer.contacts.exists(c, c.at > now - 24h) or order.charges.all(c, c.bill_at <= now + 1d)",
            "order.site.orders.filter(o, o.placed_at > now - 12h).size() > order.site.daily_capacity "
            "or order.promised_at - now < 36h",
        ],
        claims={"billed": "order.contract.charges.filter(c, c.billed).sum(c, c.amount)"},
        follow_up=["order.status == 'completed'"],
    ),
    "a promise and what it is about": rule(
        "promise",
        when=[
            "promise.contract.charges.exists(c, c.billed) or promise.customer.id != null "
            "or promise.order.promised_at < now - 1d"
        ],
        at=["40h before promise.due_at"],
        until="20h after promise.due_at",
    ),
    "a customer and the promises of contracts": rule(
        "customer",
        when=[
            "customer.contracts.promises.exists(p, p.state == 'open') or customer.site.days.exists(d, d.ends_at < now)"
        ],
    ),
}
ENTITIES = [entity for entity in REQUIRED if entity != "feedback"]
CHANGES = SQLModel.metadata.tables["change"]


def random_row(entity: str, chance: random.Random, absent: float) -> dict[str, Any]:
    """Random columns of a row, with few values, so that rows become related, unrelated and related again."""
    row: dict[str, Any] = {"id": f"{entity}-{chance.randrange(3)}"}
    for column in SCHEMA.entities[entity].table.columns:
        name = column.name
        field = SCHEMA.entities[entity].fields.get(name)
        if name in ("id", "status_since", "value_number", "value_at") or field is None or chance.random() < absent:
            continue
        if field.nullable and chance.random() < 0.1:
            row[name] = None
        elif name == "subject_id":
            row[name] = f"{chance.choice(['contract', 'order'])}-{chance.randrange(3)}"
        elif name == "subject_type":
            row[name] = chance.choice(["contract", "order"])
        elif name.endswith("_id"):
            row[name] = f"{name.removesuffix('_id')}-{chance.randrange(3)}"
        elif name == "zone":
            row[name] = chance.choice(["north", "south"])
        elif name == "country":
            row[name] = chance.choice(["CO", "ES"])
        elif name == "opening_hours":
            row[name] = chance.choice(["Mo-Sa 08:00-20:00; PH off", "We-Su 18:00-02:00", "off"])
        elif name == "timezone":
            row[name] = chance.choice(["America/Bogota", "Europe/Madrid"])
        elif field.values:
            row[name] = chance.choice([*field.values[:2] * 3, *field.values])
        elif field.type == "timestamp":
            row[name] = NOW + timedelta(hours=chance.randrange(-50, 50), minutes=chance.choice([0, 30]))
        elif field.type == "bool":
            row[name] = chance.random() < 0.5
        elif field.type == "int":
            row[name] = chance.randrange(2)
    return row


Pair = tuple[str, str | None]
"""A subject, and its row of `each`."""


def seen(db: sa.Connection, query: RuleQuery, now: datetime) -> dict[Pair, set[str]]:
    """All that a pass at `now` could find about each pair: open windows, conditions that hold, follow-ups."""
    subjects = list(db.scalars(sa.select(SCHEMA.entities[query.rule.about].table.c.id)))
    found: dict[Pair, set[str]] = {}
    statements = [query.matching(), query.holding(), *map(query.follow_up, range(len(query.rule.follow_up)))]
    for number, statement in enumerate(statements):
        for row in db.execute(statement, {"now": now, "subjects": subjects}):
            for match in query.read(row, now):
                found.setdefault((match.subject_id, match.each_id), set()).add(f"{number} {fact(match)}")
    return found


def fact(match: Match) -> str:
    """What planning would see; evidence is not part of what is told."""
    return str((match.each_id, match.recipient_id, match.at, match.until, match.claims, match.timezone))


def test_whatever_changes_between_two_passes_is_a_candidate(sqlite_db: sa.Connection) -> None:
    missing, differences = uncovered(sqlite_db, range(HISTORIES))
    assert missing == []
    assert {name: differences[name] for name in RULES if not differences[name]} == {}


def test_whatever_changes_is_a_candidate_on_postgresql_too(postgres_db: sa.Connection) -> None:
    missing, differences = uncovered(postgres_db, range(1_000, 1_010))
    assert missing == []
    assert differences.total() > 0


def fill(db: sa.Connection, chance: random.Random) -> None:
    """Replaces all rows by up to three of every entity."""
    for entity in ENTITIES:
        db.execute(sa.delete(SCHEMA.entities[entity].table))
        rows = [random_row(entity, chance, absent=0.1) for _ in range(4)]
        add(db, entity, *{row["id"]: row for row in rows}.values())


def uncovered(db: sa.Connection, histories: Iterable[int]) -> tuple[list[str], Counter[str]]:
    """Subjects for which something differs after random writes, deletes and hours, but that are not candidates.

    Also the number of differences, by rule. Where a rule's rows are apart, no row may differ that is not looked at.
    """
    queries = {name: RuleQuery(tested, SCHEMA) for name, tested in RULES.items()}
    apart = {name: rows for name, query in queries.items() if (rows := query.of_rows) is not None}
    assert len(apart) == 4
    missing: list[str] = []
    differences: Counter[str] = Counter()
    for history in histories:
        chance = random.Random(history)
        at = NOW
        fill(db, chance)
        before = {name: seen(db, query, at) for name, query in queries.items()}
        figures = {name: figures_of(db, rows, at) for name, rows in apart.items()}
        for _ in range(4):
            db.execute(sa.delete(CHANGES))
            since, at = at, at + timedelta(minutes=chance.choice([0, 1, 30, 240, 1_500]))
            for _ in range(chance.randrange(4)):
                entity = chance.choice(ENTITIES)
                row = random_row(entity, chance, absent=0.6)
                if chance.random() < 0.3:
                    delete(db, entity, at, row["id"])
                else:
                    write(db, entity, at, row)
            for name, query in queries.items():
                candidates = looked_at(db, query, {"now": at, "since": since})
                after = seen(db, query, at)
                different = {pair for pair in {*before[name], *after} if before[name].get(pair) != after.get(pair)}
                subjects = {subject for subject, _ in different}
                differences[name] += len(subjects)
                missing += [f"{name}, {history} at {at}: {subject}" for subject in subjects - candidates]
                if name in apart:
                    figures[name], known = figures_of(db, apart[name], at), figures[name]
                    whole, pairs = touched(db, query, {"now": at, "since": since}, known, figures[name])
                    left_out = {pair for pair in different - pairs if pair[0] not in whole}
                    missing += [f"{name}, {history} at {at}: {pair}" for pair in left_out]
                before[name] = after
    return missing, differences


def figures_of(db: sa.Connection, query: RowQuery, now: datetime) -> dict[str, Figures]:
    subjects = list(db.scalars(sa.select(SCHEMA.entities[query.rule.about].table.c.id)))
    rows = db.execute(query.figures, {"now": now, "subjects": subjects}) if query.has_figures else ()
    return {row[0]: query.read_figures(row) for row in rows}


def touched(
    db: sa.Connection,
    query: RuleQuery,
    times: dict[str, Any],
    before: Mapping[str, Figures],
    now: Mapping[str, Figures],
) -> tuple[set[str], set[Pair]]:
    """The subjects of which all rows are looked at, and the rows that are looked at besides."""
    rows = query.of_rows
    assert rows is not None
    whole = {subject for each in (rows.changed_subjects, rows.due_subjects) for subject in db.scalars(each, times)}
    for statement in (rows.changed_figures, rows.due_figures):
        whole |= {subject for subject in db.scalars(statement, times) if before.get(subject) != now.get(subject)}
    of_rows = [rows.changed_rows, *([rows.due_rows] if rows.due_rows is not None else [])]
    return whole, {(row[0], row[1]) for statement in of_rows for row in db.execute(statement, times)}


def looked_at(db: sa.Connection, query: RuleQuery, times: dict[str, Any]) -> set[str]:
    """The rows that an incremental pass evaluates: those that fell due, and the dependents of changed rows."""
    changed = {row for statement in query.baseline_ids() for row in db.scalars(statement, times)}
    return changed | due(db, query, times["since"], times["now"])


def test_the_instants_of_a_rule_are_all_there_are(db: sa.Connection) -> None:
    """Between two consecutive instants nothing changes by itself, so a simulated clock may jump to the next."""
    for name, tested in RULES.items():
        query = RuleQuery(tested, SCHEMA)
        for history in range(6 if db.dialect.name == "sqlite" else 2):
            chance = random.Random(f"{name}/{history}")
            fill(db, chance)
            times = {"after": NOW - timedelta(days=1), "before": NOW + timedelta(days=1)}
            stops = sorted({*times.values(), *instants(db, query, **times)})
            for start, end in pairwise(stops):
                assert opened(db, query, start) == opened(db, query, end - timedelta(microseconds=1))


def opened(db: sa.Connection, query: RuleQuery, now: datetime) -> set[str]:
    subjects = list(db.scalars(sa.select(SCHEMA.entities[query.rule.about].table.c.id)))
    rows = db.execute(query.matching(), {"now": now, "subjects": subjects})
    return {f"{match.subject_id} {fact(match)}" for row in rows for match in query.read(row, now)}


@pytest.mark.parametrize("name", RULES)
def test_an_idle_pass_reads_no_whole_table(sqlite_db: sa.Connection, name: str) -> None:
    """SQLite's plan; PostgreSQL plans by its statistics, and a test has too few rows for them."""
    query = RuleQuery(RULES[name], SCHEMA)
    for table, column in query.indexed_columns():
        sqlite_db.exec_driver_sql(f'CREATE INDEX "due_{table}_{column}" ON "{table}" ("{column}")')
    local = [moment.statement for moment in query.local_moments()]
    of_rows = [] if query.of_rows is None else touching(query.of_rows)
    for statement in (query.due_ids(), *local, *query.baseline_ids(), query.subjects_of_customer(), *of_rows):
        assert scanned(sqlite_db, statement) == []


def touching(query: RowQuery) -> list[sa.Select[Any]]:
    changed = [query.changed_subjects, query.changed_figures, query.changed_rows, query.changed_customers]
    return [
        *changed,
        query.rows_of_customers,
        query.due_subjects,
        query.due_figures,
        *([query.due_rows] if query.due_rows is not None else []),
    ]


@pytest.mark.parametrize("name", RULES)
def test_a_question_about_some_rows_reads_no_whole_table(sqlite_db: sa.Connection, name: str) -> None:
    query = RuleQuery(RULES[name], SCHEMA)
    follow_ups = [query.follow_up(index) for index in range(len(query.rule.follow_up))]
    reached = [statement for entity in ENTITIES if (statement := query.to_one_ids(entity)) is not None]
    statements = [query.matching(), query.missed(), query.holding(), query.facts(), *follow_ups, *reached]
    for statement in statements:
        assert scanned(sqlite_db, statement) == []


@pytest.mark.parametrize("name", [name for name in RULES if name.startswith("rows that are apart")])
def test_a_question_about_some_rows_of_each_starts_from_them(sqlite_db: sa.Connection, name: str) -> None:
    """Otherwise it would look for each row among those of each subject."""
    query, each = RuleQuery(RULES[name], SCHEMA), RULES[name].each
    assert query.of_rows is not None
    assert each is not None
    for statement in (query.of_rows.matching(), query.of_rows.holders(), query.of_rows.holding()):
        found = [step for step, is_inner in plan(sqlite_db, statement) if step.startswith("SEARCH") and not is_inner]
        assert f"autoindex_{each.entity}_1 " in found[0]


def scanned(db: sa.Connection, statement: sa.Select[Any]) -> list[str]:
    """The tables that SQLite would scan."""
    return [step for step, _ in plan(db, statement) if step.startswith("SCAN") and not step.startswith(NO_TABLES)]


def plan(db: sa.Connection, statement: sa.Select[Any]) -> list[tuple[str, bool]]:
    """The steps of SQLite's plan, each with whether it belongs to another one."""
    compiled = statement.compile(db, compile_kwargs={"render_postcompile": True})
    unbound = (None,) * len(compiled.positiontup or ())  # the plan does not depend on the values
    steps = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", unbound)
    return [(row.detail, row.parent != 0) for row in steps]


@pytest.mark.parametrize(
    ("about", "condition", "index"),
    [
        ("customer", "customer.contracts.exists(k, k.zone == 'Z-1')", "ix_contract_customer_id"),
        ("customer", "customer.contracts.all(k, k.site_id == 'S-1')", "ix_contract_customer_id"),
        ("customer", "customer.orders.filter(o, o.contract_id == 'K-1').size() > 1", "ix_order_customer_id"),
        ("contract", "contract.promises.exists(p, p.topic == 'x')", "ix_promise_subject_topic"),
        ("customer", "customer.contracts.promises.exists(p, p.topic == 'x')", "ix_promise_subject_topic"),
        ("contract", "contract.orders.sum(o, o.total) > 1", "ix_order_contract_id"),
    ],
)
def test_without_statistics_a_subquery_starts_from_the_row_around_it(
    sqlite_db: sa.Connection, about: str, condition: str, index: str
) -> None:
    """An index on the zone, or on the topic, would lead to half of the table, for each row again."""
    statement = RuleQuery(rule(about, when=[condition]), SCHEMA).matching_ids()
    plan = sqlite_db.exec_driver_sql(
        f"EXPLAIN QUERY PLAN {statement.compile(sqlite_db)}", _unbound(sqlite_db, statement)
    )
    found = [row.detail for row in plan]
    assert any(index in step for step in found), found
    assert not [step for step in found if "ix_contract_zone" in step or "ix_promise_topic" in step], found


def _unbound(db: sa.Connection, statement: sa.Select[Any]) -> tuple[None, ...]:
    return (None,) * len(statement.compile(db).positiontup or ())


# A time of day


@pytest.mark.parametrize(
    ("zone", "clock", "day", "instant"),
    [
        ("America/Bogota", "10:00", "2026-03-05", "2026-03-05T15:00:00"),
        ("Asia/Kathmandu", "10:07", "2026-03-05", "2026-03-05T04:22:00"),
        ("America/New_York", "01:30", "2026-11-01", "2026-11-01T05:30:00"),  # shown twice: the first
        ("America/New_York", "02:30", "2026-03-08", "2026-03-08T07:30:00"),  # skipped: as if clocks had not changed
        ("Australia/Lord_Howe", "01:45", "2026-04-05", "2026-04-04T14:45:00"),  # set back by half an hour
    ],
)
def test_a_time_of_day_is_due_when_it_comes_there_and_not_on_any_other_tick(
    db: sa.Connection, zone: str, clock: str, day: str, instant: str
) -> None:
    comes = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    add(db, "site", {"id": "S-1", "timezone": zone})
    add(db, "customer", {"id": "C-1"})
    add(db, "order", {"id": "O-1", "site_id": "S-1", "promised_at": noon + timedelta(days=2)})
    query = RuleQuery(rule("order", at=[f"2d before order.promised_at at {clock}"]), SCHEMA)

    def found(now: datetime) -> set[str]:
        return due(db, query, now - timedelta(minutes=1), now)

    assert found(comes) == {"O-1"}
    assert found(comes + timedelta(seconds=30)) == {"O-1"}
    assert [minute for minute in range(2, 1_440, 7) if found(comes + timedelta(minutes=minute))] == []


def test_what_is_said_before_an_anchor_at_a_time_of_day_ends_at_the_anchor(db: sa.Connection) -> None:
    anchor = datetime(2026, 3, 5, 14, 20, tzinfo=UTC)
    add(db, "customer", {"id": "C-1"})
    add(db, "order", {"id": "O-1", "promised_at": anchor})
    query = RuleQuery(rule("order", at=["2d before order.promised_at at 09:00"]), SCHEMA, "America/Bogota")
    since = anchor - timedelta(minutes=1)
    assert due(db, query, since, anchor) == {"O-1"}
    begins = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
    week = timedelta(days=7)
    assert instants(db, query, anchor - week, anchor + week) == {begins, anchor}
