"""State and rules for the tests of this room: rows with the columns that matter, rules from a few texts."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from notifier.evaluation.rule_query import RuleQuery
from notifier.evaluation.sqlite_functions import register_functions
from notifier.model.problems import Place
from notifier.model.schema import Schema, entities
from notifier.model.types import NoticeClass, TopicType, ValueType
from notifier.rules.checked_rules import Claim, FollowUp, Rule
from notifier.rules.companions import currency_of
from notifier.rules.conditions import Scope, parse_condition, parse_path, parse_value
from notifier.rules.moments import parse_moment
from notifier.store.state.changes import delete_rows, write_rows

SCHEMA = Schema(entities=entities())
HERE = Place("rules/test.yaml")
START = datetime.fromisoformat("2026-01-01T00:00:00+00:00")

REQUIRED: Mapping[str, Mapping[str, Any]] = {
    "customer": {"name": "Ana"},
    "representative": {"customer_id": "C-1", "person_id": "C-2", "role": "carer"},
    "site": {"name": "Centro", "timezone": "America/Bogota", "country": "CO", "opening_hours": "Mo-Su 09:00-19:00"},
    "site_day": {"site_id": "S-1", "date": "2026-03-05", "starts_at": START, "ends_at": START, "kind": "normal"},
    "contract": {"customer_id": "C-1", "status": "active"},
    "order": {"customer_id": "C-1", "status": "in_progress", "placed_at": START},
    "appointment": {"customer_id": "C-1", "kind": "installation", "status": "confirmed", "starts_at": START},
    "charge": {"customer_id": "C-1", "kind": "recurring", "amount": 0, "currency": "COP"},
    "incident": {"kind": "outage", "status": "acknowledged", "started_at": START},
    "promise": {
        "subject_type": "contract", "subject_id": "K-1", "topic": "price", "value": "1", "made_at": START,
        "source": "sales", "state": "open",
    },
    "contact": {"customer_id": "C-1", "at": START, "channel": "phone", "direction": "outbound"},
    "feedback": {"source": "survey", "at": START},
    "consent": {"customer_id": "C-1", "channel": "sms", "class": "service", "allowed": True, "at": START},
}  # fmt: skip
"""Defaults for the required columns that a test does not set."""


@contextmanager
def state(url: str) -> Iterator[sa.Connection]:
    """A connection to a database; all tables are there."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda connection, _: register_functions(connection))
    with engine.connect() as connection:
        SQLModel.metadata.create_all(connection)
        yield connection
    engine.dispose()


def add(connection: sa.Connection, entity: str, *rows: Mapping[str, Any]) -> None:
    """Insert rows without change records."""
    for row in rows:
        connection.execute(sa.insert(SCHEMA.entities[entity].table).values({**REQUIRED[entity], **row}))


def write(
    connection: sa.Connection, entity: str, at: datetime, *rows: Mapping[str, Any], baseline: bool = False
) -> None:
    """Rows written as an import writes them: with a change for the next tick."""
    known = set(connection.scalars(sa.select(SCHEMA.entities[entity].table.c.id)))
    complete = [row if row["id"] in known else {**REQUIRED[entity], **row} for row in rows]
    write_rows(connection, entity, complete, at, baseline=baseline)


def delete(connection: sa.Connection, entity: str, at: datetime, *ids: str) -> None:
    """Rows deleted as an import deletes them."""
    delete_rows(connection, entity, ids, at)


def rule(
    about: str,
    *,
    when: Sequence[str] = (),
    unless: Sequence[str] = (),
    at: Sequence[str] = (),
    until: str | None = None,
    to: str | None = None,
    each: tuple[str, str] | None = None,
    claims: Mapping[str, str] | None = None,
    follow_up: Sequence[str] = (),
    schema: Schema = SCHEMA,
) -> Rule:
    """A checked rule from its texts; what this room does not use is filled in."""
    names = {about: about}
    each_path = None
    if each is not None:
        each_path = parse_path(each[1], Scope(schema, names), HERE)
        names[each[0]] = each_path.entity or ""
    moments = tuple(parse_moment(text, Scope(schema, names), HERE) for text in at)
    scope = Scope(schema, names, moments)
    return Rule(
        name="tested",
        place=HERE,
        about=about,
        each_name=each[0] if each is not None else None,
        each=each_path,
        to=parse_path(to or ("customer" if about == "customer" else f"{about}.customer"), scope, HERE),
        touchpoint=None,
        owner="owner",
        notice_class=NoticeClass.SERVICE,
        when=tuple(parse_condition(text, scope, HERE) for text in when),
        unless=tuple(parse_condition(text, scope, HERE) for text in unless),
        at=moments,
        until=None if until is None else parse_moment(until, scope, HERE),
        claims=tuple(_claim(name, text, scope) for name, text in (claims or {}).items()),
        template="template",
        channels=(),
        exit="exit",
        follow_up=tuple(FollowUp(when=(parse_condition(text, scope, HERE),), template="t") for text in follow_up),
    )


def due(db: sa.Connection, query: RuleQuery, since: datetime, now: datetime) -> set[str]:
    """The rows for which something falls due in [`since`, `now`], as a pass finds them."""
    times = {"since": since, "now": now}
    found = set(db.scalars(query.due_ids(), times))
    for local in query.local_moments():
        if local.is_somewhere(since, now):
            found |= {row[0] for row in db.execute(local.statement, times) if local.falls_due(row, since, now)}
    return found


def instants(db: sa.Connection, query: RuleQuery, after: datetime, before: datetime) -> set[datetime]:
    """The instants in (`after`, `before`] at which something falls due for any row."""
    statement = query.instants()
    found = set() if statement is None else set(db.scalars(statement, {"after": after, "before": before}))
    for local in query.local_moments():
        rows = db.execute(local.statement, {"since": after, "now": before})
        found |= {at for row in rows if (at := local.instant_of(row)) is not None and after < at <= before}
    return found


TOPICS = {
    ValueType.MONEY: TopicType.MONEY,
    ValueType.TIMESTAMP: TopicType.TIMESTAMP,
    ValueType.INT: TopicType.NUMBER,
    ValueType.DECIMAL: TopicType.NUMBER,
    ValueType.DURATION: TopicType.DURATION,
    ValueType.DATE: TopicType.DATE,
    ValueType.BOOL: TopicType.BOOL,
}


def _claim(name: str, text: str, scope: Scope) -> Claim:
    expression = parse_value(text, scope, HERE)
    return Claim(
        name=name,
        place=HERE,
        expression=expression,
        topic=name,
        type=TOPICS.get(expression.type, TopicType.TEXT),
        currency=currency_of(expression, scope.schema),
    )
