"""Five of the rules for row-by-row engines: rows are loaded into mappings, and one expression is evaluated for each.

Only the columns that the expression reads are loaded, in one query per rule, and a second one where it reads many
rows. For each engine the expression is compiled once, in its own language, and run by its fastest call.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

import sqlalchemy as sa

from bench.rows import NOW
from notifier.model.columns import EPOCH, microseconds

Context = dict[str, Any]
Holds = Callable[[Context], bool]


def _at(hours: float) -> int:
    return microseconds(NOW + timedelta(hours=hours) - EPOCH)


@dataclass(frozen=True, kw_only=True)
class RowRule:
    """A rule for row-by-row engines. The CEL text serves all three except where the languages differ."""

    name: str
    table: str
    select: str
    """The query for the rows: `{sample}` stands for the ids of the sample."""
    many: str | None = None
    """The query for related rows, (id of the row, columns …), which the context has as `charges`."""
    cel: str
    zen: str
    rule_engine: str


def _plain(text: str) -> dict[str, str]:
    """One text for three languages: `and` and `not` are `&&` and `!` in CEL, everything else is the same."""
    as_cel = text.replace(" and ", " && ").replace(" or ", " || ").replace("not ", "!")
    return {"cel": as_cel, "zen": text, "rule_engine": text}


RULES = (
    RowRule(
        name="late-order",
        table="order",
        select='SELECT id, status, promised_at FROM "order" WHERE {sample}',
        **_plain(
            "status in ['acknowledged', 'in_progress', 'held', 'shipped']"
            f" and (status != 'shipped' or promised_at <= {_at(0)})"
            f" and promised_at <= {_at(74)} and promised_at > {_at(-24)}"
        ),
    ),
    RowRule(
        name="bill-is-ready",
        table="charge",
        select="SELECT id, kind, proration, billed, bill_at FROM charge WHERE {sample}",
        **_plain(
            "kind == 'recurring' and proration == false and billed == false"
            f" and bill_at <= {_at(98)} and bill_at > {_at(0)}"
        ),
    ),
    RowRule(
        name="handover-overdue",
        table="order",
        select='SELECT id, status, handover_due_at FROM "order" WHERE {sample}',
        **_plain(
            "status in ['acknowledged', 'in_progress']"
            f" and handover_due_at <= {_at(-6)} and handover_due_at > {_at(-120)}"
        ),
    ),
    RowRule(
        name="installation-reminder",
        table="appointment",
        select="SELECT appointment.id, kind, appointment.status, starts_at, contract.status AS contract_status"
        " FROM appointment LEFT JOIN contract ON contract.id = contract_id WHERE appointment.{sample}",
        **_plain(
            "kind == 'installation' and status in ['initialized', 'confirmed']"
            " and not (contract_status in ['cancelled', 'terminated'])"
            f" and starts_at <= {_at(48)} and starts_at > {_at(3)}"
        ),
    ),
    RowRule(
        name="suspended-unpaid",
        table="contract",
        select="SELECT id, status FROM contract WHERE {sample}",
        many="SELECT contract_id, billed, kind, bill_at FROM charge WHERE contract_{sample}",
        cel=f"status == 'suspended' && charges.exists(c, c.billed && c.kind == 'fee' && c.bill_at > {_at(-720)})",
        zen=f"status == 'suspended' and some(charges, #.billed and #.kind == 'fee' and #.bill_at > {_at(-720)})",
        rule_engine="status == 'suspended'"
        f" and $any([c['billed'] and c['kind'] == 'fee' and c['bill_at'] > {_at(-720)} for c in charges])",
    ),
)
TRUTHS = ("billed", "proration")


def _cel(rule: RowRule) -> Holds:
    from cel_expr_python import cel

    names = ("id", "status", "kind", "promised_at", "handover_due_at", "starts_at", "bill_at", "contract_status")
    types = dict.fromkeys((*names, *TRUTHS, "charges"), cel.Type.DYN)
    compiled = cel.NewEnv(variables=types).compile(rule.cel)
    return lambda context: compiled.eval(data=context).plain_value() is True


def _zen(rule: RowRule) -> Holds:
    import zen

    compiled = zen.compile_expression(rule.zen)
    return lambda context: compiled.evaluate(context) is True


def _rule_engine(rule: RowRule) -> Holds:
    import rule_engine

    return rule_engine.Rule(rule.rule_engine).matches  # type: ignore[no-any-return] # published without types


_MODULES = {"cel-expr-python": "cel_expr_python", "zen-engine": "zen", "rule-engine": "rule_engine"}
ENGINES: dict[str, Callable[[RowRule], Holds]] = {
    "cel-expr-python": _cel,
    "zen-engine": _zen,
    "rule-engine": _rule_engine,
}


def installed() -> list[str]:
    """The installed engines: `make bench` installs all, `make test` only the first."""
    return [name for name, module in _MODULES.items() if find_spec(module) is not None]


def sample_of(connection: sa.Connection, table: str, most: int) -> tuple[str, float]:
    """The last id of the first `most` rows of a table, and their share of all rows."""
    quoted = f'"{table}"'
    total = connection.exec_driver_sql(f"SELECT count(*) FROM {quoted}").scalar_one()
    last = connection.exec_driver_sql(
        f"SELECT max(id) FROM (SELECT id FROM {quoted} ORDER BY id LIMIT {most}) AS first"
    ).scalar_one()
    return last, min(1.0, most / total)


def contexts(connection: sa.Connection, rule: RowRule, last: str) -> Iterator[Context]:
    """The rows of a sample as mappings, through the database's own driver."""
    belonging: dict[str, list[Context]] = defaultdict(list)
    if rule.many is not None:
        for row in _rows(connection, rule.many, last):
            belonging[row.pop("contract_id")].append(row)
    for row in _rows(connection, rule.select, last):
        if rule.many is not None:
            row["charges"] = belonging.get(row["id"], [])
        yield row


def _rows(connection: sa.Connection, sql: str, last: str) -> Iterator[Context]:
    cursor = connection.connection.cursor()
    cursor.execute(sql.format(sample=f"id <= '{last}'"))
    names = [described[0] for described in cursor.description]
    postgresql = connection.dialect.name == "postgresql"
    instants = [place for place, name in enumerate(names) if name.endswith("_at")]
    truths = [place for place, name in enumerate(names) if name in TRUTHS]
    for found in iter(cursor.fetchone, None):
        row: Sequence[Any] = found
        if (postgresql and instants) or truths:
            row = list(found)
            for place in truths:
                row[place] = bool(row[place])
            for place in instants if postgresql else ():
                row[place] = None if row[place] is None else microseconds(row[place] - EPOCH)
        yield dict(zip(names, row, strict=True))
    cursor.close()


def holding(connection: sa.Connection, engine: str, rule: RowRule, last: str) -> int:
    """The number of rows of the sample for which the rule holds, evaluated row by row."""
    holds = ENGINES[engine](rule)
    return sum(holds(context) for context in contexts(connection, rule, last))
