"""Any interleaving of two processes that evaluate gives what one gives: notices, messages, contradictions, backlog.

A pass of several rules is cut into the smallest portions; the transactions of both processes come in a random order,
one may be killed between any two of them, or stand still until its lease is over. More orders are played by hand
(`make long PARTS=evaluators`), and long histories under the rules that were made to be hard (`evaluators-hard`).
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from notifier import helping, tick
from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.helping import help_out
from notifier.model.notices import NoticeState
from notifier.store import portions
from notifier.store.database import open_engine
from notifier.store.portions import offer_help
from notifier.store.state.changes import write_rows
from notifier.tick import Unfinished, evaluate
from tests.support.interleaving import NeverWaits, decided, interleaved
from tests.support.lent_databases import LentDatabases
from tests.support.rig import NOW, ana, contract, load_ruleset, visit, write_project

ORDERS = int(os.environ.get("NOTIFIER_TEST_ORDERS", "3"))
"""Seeds, each of which stands for an order of the transactions."""
RULES = {
    "rules/more.yaml": """
rules:
  - rule: suspended
    about: contract
    owner: field
    class: service
    when: contract.status == 'suspended'
    backlog: tell
    claims: { plan: contract.plan }
    template: plan
    channels: [sms, email]
    exit: desk
    limits: { recipients: 4 }
  - rule: outage
    about: incident
    to: incident.contracts.filter(k, k.status == 'active').customer
    owner: field
    class: safety
    when: incident.status == 'acknowledged'
    claims: { plan: incident.cause }
    template: plan
    channels: [email]
    exit: desk
  - rule: due-charge
    about: charge
    owner: field
    class: collections
    when: charge.kind == 'recurring'
    at: 24h before charge.bill_at
    claims: { plan: charge.product }
    template: plan
    channels: [sms]
    exit: desk
""",
    "rules/policy.yaml": "contact_limits: [{ class: collections, per_day: 1 }]\n",
    "templates/plan/sms.en.txt.j2": "{{ company }}: {{ plan }}. Questions: {{ exit.address }}, ref. {{ reference }}\n",
    "templates/plan/email.en.subject.j2": "About your contract\n",
    "templates/plan/email.en.txt.j2": "Hello,\n\n{{ plan }}\n\nQuestions? {{ exit.address }}, {{ reference }}.\n",
}
PEOPLE = range(12)


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    loaded = load_ruleset(write_project(tmp_path_factory.mktemp("shared"), RULES))
    assert not loaded.project.problems, loaded.project.problems
    return replace(loaded, identity="the same everywhere")


@pytest.fixture(autouse=True)
def smallest_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two subjects, and shared however slow this machine is."""
    for room in (tick, helping):
        monkeypatch.setattr(room, "DraftOptions", partial(DraftOptions, batch_size=1))
    monkeypatch.setattr(portions, "HELPED_WITHIN", timedelta(hours=1))


@contextmanager
def company(lent: LentDatabases, ruleset: Ruleset) -> Iterator[sa.Engine]:
    """A dozen customers, some with nothing to reach them by, some without a zone, some with a promise."""
    with lent.lend() as url:
        database = open_engine(url.render_as_string(hide_password=False))
        evaluate(database, ruleset, NOW - timedelta(hours=1), live=False)
        offer_help(database)
        _write(
            database,
            customer=[_person(number) for number in PEOPLE],
            contract=[_contract(number) for number in PEOPLE],
            appointment=[visit(id=f"A-{each}", customer_id=f"C-{each}", contract_id=f"K-{each}") for each in PEOPLE],
            charge=[_charge(number) for number in PEOPLE],
            incident=[_outage()],
        )
        try:
            yield database
        finally:
            database.dispose()


def _person(number: int) -> dict[str, Any]:
    changes: dict[str, Any] = {"id": f"C-{number}", "phone": f"+5730012345{number % 8:02}", "email": None}
    if number % 3:
        changes |= {"email": f"c{number % 9}@example.com"}
    if number in (4, 9):
        changes |= {"timezone": None}
    if number == 7:
        changes |= {"phone": None, "email": None}
    return ana(**changes)


def _contract(number: int) -> dict[str, Any]:
    status = "suspended" if number % 2 else "active"
    return contract(id=f"K-{number}", customer_id=f"C-{number}", status=status, plan=f"plan {number}", zone="Z")


def _charge(number: int) -> dict[str, Any]:
    owner = {"customer_id": f"C-{number % 8}", "contract_id": f"K-{number % 8}"}
    price = {"amount": Decimal("49.90"), "currency": "USD", "bill_at": NOW + timedelta(hours=24)}
    return {"id": f"X-{number}", **owner, "kind": "recurring", "product": "fibre", **price}


def _outage() -> dict[str, Any]:
    about = {"status": "acknowledged", "cause": "cable", "zone": "Z", "kind": "outage", "started_at": NOW}
    return {"id": "I-1", **about}


def _write(database: sa.Engine, **entities: list[dict[str, Any]]) -> None:
    with database.begin() as connection:
        for entity, rows in entities.items():
            write_rows(connection, entity, rows, NOW)


def _promise(database: sa.Engine) -> None:
    """What one customer was promised, and the charge that says otherwise: it holds a visit."""
    about = {"customer_id": "C-2", "subject_type": "contract", "subject_id": "K-2", "topic": "monthly_price"}
    said = {"value": "49.90", "value_number": Decimal("49.90"), "currency": "USD"}
    by = {"made_at": NOW - timedelta(days=9), "source": "sales"}
    price = {"amount": Decimal(79), "bill_at": NOW + timedelta(hours=40)}
    _write(
        database,
        promise=[{"id": "P-1", **about, **said, **by}],
        charge=[_charge(2) | {"id": "X-99"} | price],
        appointment=[visit(id=f"B-{each}", customer_id=f"C-{each}", contract_id=f"K-{each}") for each in PEOPLE],
    )


def evaluate_or_help(database: sa.Engine, ruleset: Ruleset, now: datetime, helped: Counter[NoticeState]) -> None:
    """What a daemon does by two of its jobs."""
    stop = NeverWaits()
    report = evaluate(database, ruleset, now, live=False, stop=stop)
    if report.unfinished is Unfinished.ANOTHER_PROCESS:
        helped.update(help_out(database, ruleset, live=False, stop=stop))


LATER = NOW + timedelta(minutes=5)


def by_one(database: sa.Engine, ruleset: Ruleset) -> Any:
    """What one process decides, in two passes."""
    evaluate(database, ruleset, NOW, live=False)
    _promise(database)
    evaluate(database, ruleset, LATER, live=False)
    return decided(database)


def test_any_order_of_two_processes_decides_what_one_decides(lent_databases: LentDatabases, ruleset: Ruleset) -> None:
    with company(lent_databases, ruleset) as database:
        expected = by_one(database, ruleset)
    assert len(expected["notice"]) > 40
    assert len(expected["contradiction"]) == 1
    happened: list[str] = []
    helped = Counter[NoticeState]()
    for seed in range(ORDERS):
        draw = Random(seed)
        with company(lent_databases, ruleset) as database:
            for now, before in ((NOW, None), (LATER, _promise)):
                if before is not None:
                    before(database)
                work = partial(evaluate_or_help, database, ruleset, now, helped)
                happened += interleaved(database, [work, work], draw, kills=(seed + 1) % 2, stops=seed % 3)
                evaluate(database, ruleset, now, live=False)  # what nobody decided because of a death
            found = decided(database)
        for table, rows in expected.items():
            assert found[table] == rows, f"order {seed}, {table}"
    assert ORDERS < 20 or {"killed", "stood still"} <= set(happened)
    assert helped[NoticeState.READY] > 0
