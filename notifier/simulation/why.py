"""Why a customer was not told by a rule: the clauses that did not let it speak, its times, and what was told before."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from notifier.drafting.engine import Engine
from notifier.evaluation.explanations import Clause, Explanation
from notifier.evaluation.rule_query import RuleQuery
from notifier.evaluation.windows import Window
from notifier.model.instants import minute_text
from notifier.model.notices import NoticeKind
from notifier.store.tables import CUSTOMER, NOTICE

ROWS_SHOWN = 5
"""Rows explained: a customer with hundreds of orders would bury the one that matters."""


def why_not_told(connection: sa.Connection, engine: Engine, rule: str, customer: str, now: datetime) -> list[str]:
    """Sentences, the most general first; never empty."""
    query = engine.rule_queries.get(rule)
    if query is None:
        return [f"rule {rule} is not in force here; the scenario's `rules` name the files that are"]
    if connection.execute(sa.select(CUSTOMER.c.id).where(CUSTOMER.c.id == customer)).first() is None:
        return [f"there is no customer {customer}"]
    found = [*_told_before(connection, rule, customer), *_explained(connection, query, customer, now)]
    return found or [f"no {query.rule.about} leads the rule to {customer}"]


def _told_before(connection: sa.Connection, rule: str, customer: str) -> Iterator[str]:
    statement = (
        sa.select(NOTICE)
        .where(NOTICE.c.rule == rule, NOTICE.c.recipient_id == customer, NOTICE.c.kind != NoticeKind.ALERT)
        .order_by(NOTICE.c.decided_at)
    )
    for row in connection.execute(statement):
        yield (
            f"a {row.kind.replace('_', '-')} about {row.subject_type}:{row.subject_id} was decided at "
            f"{minute_text(row.decided_at)} and is {row.state}: {row.reason}"
        )


def _explained(connection: sa.Connection, query: RuleQuery, customer: str, now: datetime) -> Iterator[str]:
    subjects = sorted(connection.execute(query.subjects_of_customer(), {"customer": customer}).scalars())
    if not subjects:
        return
    rows = connection.execute(query.explaining(), {"now": now, "subjects": subjects}).all()
    explanations = [query.explain(row) for row in rows]
    for explanation in [one for one in explanations if one.recipient_id == customer][:ROWS_SHOWN]:
        about = f"{query.rule.about}:{explanation.subject_id}"
        if explanation.each_id is not None:
            about = f"{about} with {query.rule.each_name}:{explanation.each_id}"
        yield f"{about} at {minute_text(now)}: {'; '.join(_reasons(explanation, now))}"


def _reasons(explanation: Explanation, now: datetime) -> Iterator[str]:
    unmet = [clause for clause in explanation.clauses if not clause.fulfilled]
    yield from map(_clause, unmet)
    if not explanation.windows:
        yield "the timestamp it hangs on is null"
    elif not any(window.contains(now) for window in explanation.windows):
        yield f"it speaks {', '.join(map(_times, explanation.windows))}"
    elif not unmet:
        yield "its condition holds and it is its time"


def _times(window: Window) -> str:
    begin = "" if window.at is None else f"from {minute_text(window.at)}"
    end = "" if window.until is None else f"until {minute_text(window.until)}"
    return f"{begin} {end}".strip()


def _clause(clause: Clause) -> str:
    value = {True: "true", False: "false", None: "an error"}[clause.value]
    values = ", ".join(f"{text} = {_shown(part)}" for text, part in clause.parts.items())
    label = "" if clause.wanted else "unless "
    return f"`{label}{clause.text}` is {value}{f' ({values})' if values else ''}"


def _shown(value: bool | int | str | None) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"'{value}'"
    return str(value)
