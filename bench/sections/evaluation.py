"""The full pass's statements against hand-written SQL for the same rules, and against row-by-row engines.

The hand-written SQL runs on the bare driver, on the same connection and so with the same settings. The results of both
are compared before anything is measured.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from bench import rowwise
from bench.harness import Bench, Case, Job, Result
from bench.opponents import handwritten, plan_of, run_bare
from bench.plans import steps
from bench.rows import NOW
from bench.state import Kept
from notifier.drafting.ruleset import Ruleset
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.columns import UtcTime
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.evaluation.state import rule as rule_of

NAME = "evaluation"
TIMES = {"now": NOW, "since": NOW - timedelta(hours=1)}
SAMPLE = 10_000
"""Rows of each table for a row-by-row engine; the rest is extrapolated linearly."""
SLOWEST = 5
REPEATED = 5
"""How often a run asks what takes milliseconds."""
WAITING = "site.orders.filter(o, o.status in ['acknowledged', 'in_progress', 'held']).size()"
LATELY = "filter(o, o.placed_at > now - 24h and o.total != null).sum(o, o.total) > 100"
ABOUT_MANY_ROWS: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {"about": "site", "to": "site.customers", "when": ["site.orders.exists(o, o.placed_at > now - 24h)"]},
        'SELECT id FROM site WHERE id IN (SELECT site_id FROM "order" WHERE placed_at > :since)',
    ),
    (
        {"about": "customer", "when": [f"customer.orders.{LATELY}"]},
        "SELECT customer.id FROM customer JOIN (SELECT {plus}customer_id AS id, sum(total) AS total"
        ' FROM "order" WHERE placed_at > :since AND total IS NOT NULL GROUP BY 1) AS lately'
        " ON lately.id = customer.id WHERE lately.total > 100 * {unit}",
    ),
    (
        {
            "about": "site",
            "each": ("order", "site.orders.filter(o, o.status == 'held')"),
            "to": "order.customer",
            "when": [f"{WAITING} > site.daily_capacity", "order.total > 100"],
        },
        'SELECT site.id FROM site JOIN (SELECT site_id, count(*) AS number FROM "order"'
        " WHERE status IN ('acknowledged', 'in_progress', 'held') GROUP BY site_id) AS waiting"
        " ON waiting.site_id = site.id WHERE waiting.number > site.daily_capacity AND EXISTS"
        " (SELECT 1 FROM \"order\" WHERE site_id = site.id AND status = 'held' AND total > 100 * {unit})",
    ),
)
"""What rules ask about many rows, as the keys of a rule, and the same as a person would write it."""


def run(bench: Bench) -> Iterator[Result]:
    """For each database, one ratio against hand-written SQL and one for each row-by-row engine."""
    (bench.states.data / "plans.txt").write_text(plans(bench), encoding="utf-8")
    for kept in bench.state.databases:
        with kept.opened() as database, read_only(database) as connection:
            ruleset = bench.state.ruleset
            # Once unmeasured: it fills caches, compares rule by rule, and shows which rules are slow.
            bench.profiles[f"evaluation, {kept.name}: the slowest rules"] = _slowest(connection, ruleset)
            yield bench.compare(NAME, _against_sql(connection, ruleset, kept))
            yield bench.compare(NAME, _about_many_rows(connection, ruleset, kept))
            yield from _against_engines(bench, connection, ruleset, kept)
    bench.note(
        f"Row-by-row engines get a sample of {SAMPLE:,} rows of each table, with the columns they need; their cost is "
        "extrapolated linearly. Ours is the cost of the same five rules over all rows."
    )


def plans(bench: Bench) -> str:
    """EXPLAIN of every hand-written statement, for people."""
    texts = []
    for kept in bench.state.databases:
        with kept.opened() as database, read_only(database) as connection:
            for rule in bench.state.ruleset.rule_queries:
                for name, sql in handwritten(rule, connection.dialect.name, TIMES).items():
                    texts.append(f"== {kept.name}, {rule}, {name}\n{plan_of(connection, sql)}")
    return "\n".join(texts)


def _against_sql(connection: sa.Connection, ruleset: Ruleset, kept: Kept) -> Case:
    rules = list(ruleset.rule_queries)
    return Case(
        name=f"{len(rules)} rules, full pass, {kept.name}",
        ours=Job(name="compiled rules", run=lambda: digest(ours(connection, ruleset, rule) for rule in rules)),
        other=Job(name="hand-written SQL", run=lambda: digest(theirs(connection, rule) for rule in rules)),
        at_most=1.1,
        server=kept.server,
    )


def _about_many_rows(connection: sa.Connection, ruleset: Ruleset, kept: Kept) -> Case:
    """What asks for one thing about many rows, and for rows beside it."""
    schema, sqlite = ruleset.project.schema, kept.server is None
    statements = [RuleQuery(rule_of(**asked, schema=schema), schema).matching_ids() for asked, _ in ABOUT_MANY_ROWS]
    spelled = {"plus": "+" if sqlite else "", "unit": 10_000 if sqlite else 1}
    since = sa.bindparam("since", type_=UtcTime())
    texts = [sql.format(**spelled) for _, sql in ABOUT_MANY_ROWS]
    by_hand = [sa.text(sql).bindparams(since) if ":since" in sql else sa.text(sql) for sql in texts]
    times = {"now": NOW, "since": NOW - timedelta(hours=24)}

    def found(asked: Iterable[sa.Executable]) -> str:
        return digest([set(connection.execute(each, times).scalars()) for each in asked] for _ in range(REPEATED))

    return Case(
        name=f"exists, sums and figures under each, {kept.name}",
        ours=Job(name="compiled rules", run=lambda: found(statements)),
        other=Job(name="hand-written SQL", run=lambda: found(by_hand)),
        at_most=1.3,
        server=kept.server,
    )


def _against_engines(bench: Bench, connection: sa.Connection, ruleset: Ruleset, kept: Kept) -> Iterator[Result]:
    samples = {rule.table: rowwise.sample_of(connection, rule.table, SAMPLE) for rule in rowwise.RULES}
    for name in rowwise.installed():
        yield bench.compare(
            NAME,
            Case(
                name=f"{len(rowwise.RULES)} rules, full pass, {kept.name}",
                ours=Job(name="compiled rules", run=partial(_all_of_ours, connection, ruleset)),
                other=Job(
                    name=f"{name}, row by row (extrapolated)",
                    run=partial(_row_by_row, connection, name, samples),
                    share=_share(samples),
                ),
                at_least=40,
                server=kept.server,
            ),
        )


def _share(samples: dict[str, tuple[str, float]]) -> float:
    """The share of all rows of all rules that a row-by-row engine evaluates."""
    given = sum(SAMPLE for _ in rowwise.RULES)
    return given / sum(SAMPLE / samples[rule.table][1] for rule in rowwise.RULES)


def _row_by_row(connection: sa.Connection, name: str, samples: dict[str, tuple[str, float]]) -> None:
    for rule in rowwise.RULES:
        rowwise.holding(connection, name, rule, samples[rule.table][0])


def _all_of_ours(connection: sa.Connection, ruleset: Ruleset) -> None:
    for rule in rowwise.RULES:
        ours(connection, ruleset, rule.name)


def ours(connection: sa.Connection, ruleset: Ruleset, rule: str) -> list[set[str]]:
    """The ids that a full pass selects: those that match, and those whose window ended."""
    query, reader = ruleset.rule_queries[rule], Reader(connection, live=False)
    statements = (query.matching_ids(), query.missed_ids())
    return [set() if asked is None else reader.ids(asked, TIMES) for asked in statements]


def theirs(connection: sa.Connection, rule: str) -> list[set[str]]:
    """The same ids, by the hand-written statements; a window without an end needs none."""
    written = handwritten(rule, connection.dialect.name, TIMES)
    return [set(run_bare(connection, written[name])) if name in written else set() for name in ("matching", "missed")]


def digest(answers: Iterable[list[set[str]]]) -> str:
    """One text for all ids of all rules."""
    found = hashlib.sha256()
    for answer in answers:
        for ids in answer:
            found.update("\n".join(sorted(ids)).encode())
            found.update(b"\0")
    return found.hexdigest()


def _slowest(connection: sa.Connection, ruleset: Ruleset) -> str:
    """The slowest rules, compared with the hand-written statement, and the database's plan for ours.

    Raises ValueError where they find different rows.
    """
    lines = []
    for rule in ruleset.rule_queries:
        seconds = []
        answers = []
        for ask in (partial(ours, connection, ruleset, rule), partial(theirs, connection, rule)):
            ask()
            started = time.perf_counter()
            answers.append(ask())
            seconds.append(time.perf_counter() - started)
        if answers[0] != answers[1]:
            sizes = [[len(ids) for ids in answer] for answer in answers]
            raise ValueError(f"{connection.dialect.name}: {rule} and its hand-written SQL differ: {sizes}")
        found = sum(len(ids) for ids in answers[0])
        line = f"{seconds[0] * 1000:9.1f} ms  {seconds[1] * 1000:9.1f} ms  {found:7,}  {rule}"
        lines.append((seconds[0], rule, line))
    slowest = []
    for _, rule, line in sorted(lines, reverse=True)[:SLOWEST]:
        slowest += [
            line,
            *(f"{'':40}{step}" for step in steps(connection, ruleset.rule_queries[rule].matching_ids(), TIMES)),
        ]
    return "\n".join([f"{'ours':>12}  {'by hand':>12}  {'rows':>7}", *slowest])
