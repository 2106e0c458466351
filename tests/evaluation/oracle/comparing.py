"""Runs conditions on CEL and on databases, and says where they differ."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from cel_expr_python import cel

from notifier.evaluation.emitter import Emitter
from notifier.evaluation.sqlite_functions import register_functions
from notifier.model.problems import Place, ProblemsError
from notifier.rules.conditions import Scope, parse_condition
from tests.evaluation.oracle.generator import Generator, Text
from tests.evaluation.oracle.random_state import METADATA, NOW, SCHEMA, RandomState

SCOPE = Scope(SCHEMA, {"item": "item"})
Outcome = bool | None
"""None is an error."""


def engine_of(url: str) -> sa.Engine:
    """An engine without a statement cache: each statement is run once, and a cached one would hide a seeded fault."""
    engine = sa.create_engine(url, query_cache_size=0)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda connection, _: register_functions(connection))
    return engine


class Oracle:
    """CEL's results for the items of a world."""

    def __init__(self, world: RandomState) -> None:
        self._environment = cel.NewEnv(variables={"item": cel.Type.DYN, "now": cel.Type.TIMESTAMP})
        self._items = [self._environment.Activation({"item": item, "now": NOW}) for item in world.items()]

    def outcomes(self, text: str) -> list[Outcome]:
        """True, false or error for every item."""
        compiled = self._environment.compile(text)
        results = [compiled.eval(item) for item in self._items]
        return [result.plain_value() if result.type() == cel.Type.BOOL else None for result in results]


def load(connection: sa.Connection, world: RandomState) -> None:
    """The world's tables, filled."""
    METADATA.create_all(connection)
    world.load(connection)


def database_outcomes(connection: sa.Connection, text: str) -> tuple[list[Outcome], list[bool], list[bool]]:
    """The results of the emitted SQL for every item: its truth, where it `holds`, and where it `fails`."""
    condition = parse_condition(text, SCOPE, Place("condition"))
    emitter = Emitter(SCHEMA, {"item": "item"})
    columns = (emitter.truth(condition), emitter.holds(condition), emitter.fails(condition))
    item = emitter.root("item")
    # Sorted as the world lists them.
    select = sa.select(*columns).select_from(emitter.from_clause()).order_by(sa.func.length(item.c.id), item.c.id)
    rows = connection.execute(select, {"now": NOW}).all()
    return [row[0] for row in rows], [bool(row[1]) for row in rows], [bool(row[2]) for row in rows]


@dataclass
class Report:
    """The results of a run."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    conditions: int = 0


def compare(oracle: Oracle, connections: Sequence[sa.Connection], text: Text, report: Report) -> None:
    """Evaluates one condition with all of them."""
    expected = oracle.outcomes(text.cel)
    for connection in connections:
        truth, holds, fails = database_outcomes(connection, text.ours)
        name = connection.dialect.name
        report.differences += [
            f"{name}, item-{number}: CEL says {want}, SQL says {got}: {text.ours}"
            for number, (want, got) in enumerate(zip(expected, truth, strict=True))
            if want is not got
        ]
        report.differences += [
            f"{name}, item-{number}: truth is {want}, holds says {got}: {text.ours}"
            for number, (want, got) in enumerate(zip(truth, holds, strict=True))
            if (want is True) is not got
        ]
        report.differences += [
            f"{name}, item-{number}: truth is {want}, fails says {got}: {text.ours}"
            for number, (want, got) in enumerate(zip(truth, fails, strict=True))
            if (want is True) is got
        ]
    report.outcomes.update(expected)
    report.conditions += 1


def run(seed: int, conditions: int, oracle: Oracle, connections: Sequence[sa.Connection], stop: bool = False) -> Report:
    """Compares a number of random conditions; `stop` ends at the first difference."""
    report = Report()
    for text, _ in drawn(random.Random(seed)):
        if report.conditions == conditions or (stop and report.differences):
            break
        compare(oracle, connections, text, report)
    return report


def drawn(chance: random.Random) -> Iterator[tuple[Text, Counter[str]]]:
    """Random conditions that the checker accepts (it refuses too many decimal places), and what they are made of."""
    while True:
        generator = Generator(chance)
        text = generator.condition(chance.choice([1, 2, 3, 3, 4]))
        try:
            parse_condition(text.ours, SCOPE, Place("condition"))
        except ProblemsError:
            continue
        yield text, generator.made_of
