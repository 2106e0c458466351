"""A database with promises and facts, and checks that run on it as the pipeline runs them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.contradictions import Contradiction, ContradictionState
from notifier.model.problems import Place
from notifier.model.schema import Schema, entities
from notifier.model.state import Change
from notifier.model.types import TopicType
from notifier.model.values import parse_value, stored
from notifier.promises.assess import ContradictionChange
from notifier.promises.check_query import CheckQuery
from notifier.promises.checking import TOGETHER, Found, run_check
from notifier.rules.checked_checks import Check, Implied, Tolerance
from notifier.rules.companions import currency_of, tax_included_of
from notifier.rules.conditions import Scope, parse_condition, parse_path
from notifier.rules.conditions import parse_value as parse_expression
from notifier.rules.expressions import Sum
from notifier.rules.promise_policy import DEFAULT_SUPERSEDES, not_superseded
from notifier.store.contradictions import by_id, save, save_together
from notifier.store.database import open_engine
from notifier.store.reader import Reader
from notifier.store.sql import table_of
from notifier.store.state.changes import delete_rows, write_rows
from tests.promises.examples import NOW, callback_check, price_check

SCHEMA = Schema(entities=entities())
PLACE = Place("rules/test.yaml")


def written_check(
    *,
    against: str = "charge",
    on: tuple[str, ...] = ("charge.contract",),
    when: tuple[str, ...] = ("charge.kind == 'recurring'", "not charge.proration", "not charge.billed"),
    actual: str = "charge.amount",
    surfaces_at: str | None = "charge.bill_at",
    promised: tuple[str, str, str] | None = None,
    valid_at: tuple[str, ...] = (),
    **changes: Any,
) -> Check:
    """A check as its author writes it; that of one line's price unless a test says otherwise.

    `promised` is what the state promises by itself: the entity, the value, and when.
    """
    scope = Scope(SCHEMA, {against: against})
    value = parse_expression(actual, scope, PLACE)
    amount = value.value if isinstance(value, Sum) else value
    if promised is not None:
        entity, text, condition = promised
        of_row = Scope(SCHEMA, {entity: entity})
        clauses = (parse_condition(condition, of_row, PLACE),)
        changes["implied"] = Implied(entity=entity, value=parse_expression(text, of_row, PLACE), when=clauses)
    return price_check(
        against=against,
        on=tuple(parse_path(text, scope, PLACE) for text in on),
        when=tuple(parse_condition(text, scope, PLACE) for text in when),
        actual=value,
        actual_currency=currency_of(amount, SCHEMA),
        actual_tax_included=tax_included_of(amount, SCHEMA),
        surfaces_at=None if surfaces_at is None else parse_expression(surfaces_at, scope, PLACE),
        valid_at=tuple(parse_expression(text, scope, PLACE) for text in valid_at),
        **changes,
    )


def superseding(check: Check) -> Check:
    """The check as files give it: promises whose place was taken do not count."""
    return replace(check, not_superseded=not_superseded(DEFAULT_SUPERSEDES, "promise", SCHEMA))


def among_promises(*, on: tuple[str, ...] = (), when: tuple[str, ...] = (), **changes: Any) -> Check:
    """A check of prices among themselves."""
    other, both = Scope(SCHEMA, {"other": "promise"}), Scope(SCHEMA, {"other": "promise", "promise": "promise"})
    check = price_check(
        against="promise",
        tolerance=Tolerance(),
        on=tuple(parse_path(text, other, PLACE) for text in on),
        when=tuple(parse_condition(text, both, PLACE) for text in when),
        actual=parse_expression("other.value", other, PLACE),
        actual_currency=parse_expression("other.currency", other, PLACE),
        actual_tax_included=parse_expression("other.tax_included", other, PLACE),
        other_not_superseded=not_superseded(DEFAULT_SUPERSEDES, "other", SCHEMA),
        **changes,
    )
    return superseding(check)


def written_callback(*kept_when: str, surfaces_at: str = "promise.due_at", **changes: Any) -> Check:
    """A check with `kept_when`."""
    scope = Scope(SCHEMA, {"promise": "promise"})
    return callback_check(
        kept_when=tuple(parse_condition(text, scope, PLACE) for text in kept_when),
        surfaces_at=parse_expression(surfaces_at, scope, PLACE),
        **changes,
    )


ONE_PERIOD = (
    "charge.contract.charges.filter(c, c.id == charge.id or charge.period_start != null "
    "and c.period_start == charge.period_start).sum(c, c.amount)"
)
"""What all lines of one period cost."""
CALLED_BACK = (
    "promise.customer.contacts.exists(c, c.direction == 'outbound' and c.outcome == 'answered' "
    "and c.at > promise.made_at)"
)

_COMPILED: dict[Any, Any] = {}
"""Compiled statements shared by all worlds: every test has its own engine, whose cache is empty."""


class PromiseWorld:
    """One migrated database. Rows are written with small defaults; `tick` runs the checks and saves what they find."""

    def __init__(self, url: str, *checks: Check) -> None:
        self.engine = open_engine(url).execution_options(compiled_cache=_COMPILED)
        self.checks = checks
        self.queries = {check.name: CheckQuery(check, SCHEMA) for check in checks}
        self.since: datetime | None = None
        self.at_least = TOGETHER

    def write(self, entity: str, written_at: datetime = NOW, /, **columns: Any) -> None:
        """Insert or update one row."""
        with self.engine.begin() as connection:
            write_rows(connection, entity, [columns], written_at)

    def delete(self, entity: str, row: str, at: datetime = NOW) -> None:
        """Delete one row."""
        with self.engine.begin() as connection:
            delete_rows(connection, entity, [row], at)

    def promise(self, row: str = "P-1", value: object = "79900", at: datetime = NOW, **columns: Any) -> None:
        """Insert or update a promise; by default the salesperson's price for contract K-1."""
        topic_type = columns.pop("topic_type", TopicType.MONEY)
        currency = columns.setdefault("currency", "COP" if topic_type is TopicType.MONEY else None)
        kept = {
            "customer_id": "C-1",
            "subject_type": "contract",
            "subject_id": "K-1",
            "topic": "monthly_price",
            "made_at": datetime.fromisoformat("2026-02-20T10:00:00-05:00"),
            "source": "sales",
            "state": "open",
        }
        self.write(
            "promise", at, id=row, **stored(topic_type, parse_value(topic_type, value, currency)), **kept | columns
        )

    def charge(self, row: str = "X-1", amount: object = "111860", at: datetime = NOW, **columns: Any) -> None:
        """Insert or update a charge; by default the recurring one of contract K-1, billed on 5 March."""
        kept = {
            "customer_id": "C-1",
            "contract_id": "K-1",
            "kind": "recurring",
            "proration": False,
            "currency": "COP",
            "bill_at": datetime.fromisoformat("2026-03-05T00:00:00-05:00"),
            "billed": False,
        }
        self.write("charge", at, id=row, amount=parse_value(TopicType.NUMBER, amount), **kept | columns)

    def customer(self, row: str = "C-1") -> None:
        """Insert a customer."""
        self.write("customer", id=row, name="Ana Ruiz")

    def contract(self, row: str = "K-1", customer: str = "C-1", **columns: Any) -> None:
        """Insert or update a contract."""
        self.write("contract", id=row, customer_id=customer, **{"status": "active"} | columns)

    def tick(self, now: datetime = NOW, *, full: bool = False, chunk_size: int = 500) -> list[ContradictionChange]:
        """One pass of all checks: what happened, saved; the changes are consumed."""
        changes: list[ContradictionChange] = []
        with self.engine.begin() as connection:
            for found in self.found(connection, now, full=full, chunk_size=chunk_size):
                changes += found.all()
                save_found(connection, found)
            connection.execute(sa.delete(table_of(Change)))
        self.since = now
        return changes

    def changes(self, connection: sa.Connection, now: datetime, *, full: bool) -> list[ContradictionChange]:
        """The result of a pass, without saving it."""
        return [change for found in self.found(connection, now, full=full) for change in found.all()]

    def found(self, connection: sa.Connection, now: datetime, *, full: bool, chunk_size: int = 500) -> Iterator[Found]:
        """The same, as the pass gives it."""
        reader = Reader(connection, live=False)
        for check in self.checks:
            yield from run_check(
                check,
                self.queries[check.name],
                reader,
                now=now,
                since=self.since,
                full=full or self.since is None,
                chunk_size=chunk_size,
                at_least=self.at_least,
            )

    def contradictions(self) -> Mapping[str, Contradiction]:
        """All contradictions by promise, of the first check."""
        with self.engine.begin() as connection:
            known = Reader(connection, live=False).contradictions(self.checks[0].name)
        return {contradiction.promise_id: contradiction for contradiction in known}

    def states(self) -> Mapping[str, ContradictionState]:
        """The states of the contradictions of all checks, by id."""
        with self.engine.begin() as connection:
            reader = Reader(connection, live=False)
            known = [each for check in self.checks for each in reader.contradictions(check.name)]
        return {contradiction.id: contradiction.state for contradiction in known}

    def only(self) -> Contradiction:
        """The only contradiction."""
        (found,) = self.contradictions().values()
        return replace(found)


def save_found(connection: sa.Connection, found: Found) -> None:
    """Saves it; what opened together stands there then as it would have been decided alone."""
    save(connection, [change.contradiction for change in found.changes])
    if found.together is not None:
        alone = found.together.all()
        save_together(connection, found.together)
        assert by_id(connection, [each.id for each in alone]) == sorted(alone, key=lambda each: each.id)
