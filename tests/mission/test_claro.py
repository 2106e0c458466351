"""The Claro story of the mission: a price that was promised, a robot that says another, a visit that was cancelled."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.store.database import open_engine, read_only
from tests.cli.conftest import Run
from tests.mission.conftest import Happen, sent

ANA = {"id": "C-1", "name": "Ana Ruiz", "phone": "+573105550101", "email": "ana@example.com"}
CONTRACT = {"id": "K-1", "customer_id": "C-1", "plan": "Fibra 400", "status": "active"}
VISIT = {
    "id": "A-1",
    "customer_id": "C-1",
    "contract_id": "K-1",
    "kind": "installation",
    "status": "confirmed",
    "starts_at": "2026-03-05T10:00:00-05:00",
}
MAP = """
entity: charge
zone: America/Bogota
columns:
  id: line
  customer_id: { fixed: C-1 }
  contract_id: { fixed: K-1 }
  kind: { fixed: recurring }
  proration: proration
  amount: { from: cents, unit: minor }
  currency: { fixed: COP }
  bill_at: { fixed: '2026-03-09T06:00:00-05:00' }
"""
LINES = "line,proration,cents\nX-1,false,11186000\nX-2,true,-7990000\n"
"""What billing is about to charge, in hundredths: four times the speed, less what is left of the old plan."""


def promise_the_price(run: Run) -> None:
    done = run(
        *("promise", "add", "--id", "P-1", "--subject", "contract:K-1", "--customer", "C-1"),
        *("--topic", "monthly_price", "--value", "79900", "--currency", "COP"),
        *("--source", "sales", "--channel", "phone", "--made-by", "agent 4471"),
        *("--made-at", "2026-03-01T11:20:00-05:00", "--valid-until", "2027-03-01T00:00:00-05:00"),
        *("--evidence", "call 8841, 03:10: paying the same value"),
        *("--by", "marta", "--reason", "from the recording"),
    )
    assert done.code == 0, done.err


def tables(project: Path, statement: str) -> list[tuple[object, ...]]:
    engine = open_engine(f"sqlite:///{project / 'notifier.db'}")
    with read_only(engine) as connection:
        rows = [tuple(row) for row in connection.execute(sa.text(statement))]
    engine.dispose()
    return rows


def addresses(project: Path) -> set[object]:
    """Where messages went."""
    return {row[0] for row in tables(project, "SELECT address FROM message")}


@pytest.fixture
def billed(project: Path, run: Run, happen: Happen) -> Path:
    """The rules are in force, the price is promised, and billing has prepared its lines."""
    happen("2026-03-01T09:00:00-05:00", customer=[ANA], contract=[CONTRACT])
    promise_the_price(run)
    (project / "map.yaml").write_text(MAP, encoding="utf-8")
    (project / "lines.csv").write_text(LINES, encoding="utf-8")
    done = run("import", "charge", project / "lines.csv", "--map", project / "map.yaml")
    assert done.code == 0, done.err
    return project


def test_m01_a_promise_keeps_who_promised_what_until_when_where_and_the_evidence(
    project: Path, run: Run, happen: Happen
) -> None:
    happen("2026-03-01T09:00:00-05:00", customer=[ANA], contract=[CONTRACT])
    promise_the_price(run)
    (row,) = tables(
        project,
        "SELECT subject_type, subject_id, topic, value, currency, made_by, source, channel, evidence, valid_until"
        " FROM promise",
    )
    assert row[:8] == ("contract", "K-1", "monthly_price", "79900", "COP", "agent 4471", "sales", "phone")
    assert row[8] == "call 8841, 03:10: paying the same value"
    assert row[9] is not None


def test_m02_a_recurring_line_above_the_promise_is_found_although_the_total_is_below_it(
    billed: Path, run: Run, happen: Happen
) -> None:
    ((total,),) = tables(billed, "SELECT sum(amount) FROM charge")
    ((promised,),) = tables(billed, "SELECT value_number FROM promise")
    assert isinstance(total, int)
    assert isinstance(promised, int)
    assert (total / promised) == 3_196_000 / 7_990_000
    happen("2026-03-02T09:00:00-05:00")
    (found,) = run("contradictions", "list", "--json").json
    assert (found["check"], found["subject"], found["owner"]) == (
        "promised-price-vs-billing",
        "contract:K-1",
        "billing",
    )
    assert (found["promised"], found["actual"]) == ("79900", "111860")
    assert found["surfaces_at"] == "2026-03-09T11:00:00Z"
    assert "(+40 %)" in run("contradictions", "list", "--at", "2026-03-02T09:00:00-05:00").out


def test_m05_no_notice_repeats_what_contradicts_an_open_promise(billed: Path, run: Run, happen: Happen) -> None:
    happen("2026-03-02T09:00:00-05:00")
    happen("2026-03-06T09:00:00-05:00")
    (bill,) = run("notices", "list", "--json").json
    assert (bill["rule"], bill["verdict"]) == ("bill-is-ready", "hold")
    assert "promised-price-vs-billing" in bill["reason"]
    assert addresses(billed) == {"facturacion@example.com", "+573005550102"}
    assert len(sent(billed)) == 2


@pytest.fixture
def cancelled(project: Path, happen: Happen) -> Path:
    """The timeline of the seed: a visit is agreed, an agent confirms that it is cancelled, the list still has it."""
    happen("2026-03-01T09:00:00-05:00", customer=[ANA], contract=[CONTRACT], appointment=[VISIT])
    promise = {
        "id": "P-2",
        "customer_id": "C-1",
        "subject": "appointment:A-1",
        "topic": "cancelled",
        "value": True,
        "made_at": "2026-03-02T16:00:00-05:00",
        "made_by": "agent 212",
        "source": "agent",
        "evidence": "contact T-02",
    }
    happen("2026-03-02T16:00:00-05:00", promise=[promise])
    return project


def test_m07_a_cancelled_visit_that_is_still_scheduled_is_caught_before_the_technicians_leave(
    cancelled: Path, run: Run, happen: Happen
) -> None:
    (found,) = run("contradictions", "list", "--json").json
    assert (found["check"], found["subject"], found["severity"]) == (
        "cancelled-but-scheduled",
        "appointment:A-1",
        "high",
    )
    assert found["surfaces_at"] == "2026-03-05T15:00:00Z"
    assert run("contradictions", "list", "--fail").code == 1
    happen("2026-03-03T10:00:00-05:00")
    (reminder,) = run("notices", "list", "--json").json
    assert (reminder["rule"], reminder["state"]) == ("installation-reminder", "held")
    assert addresses(cancelled) == {"campo@example.com", "+573005550101"}


def test_m07_once_the_visit_is_off_the_list_it_is_settled_and_nobody_is_reminded(
    cancelled: Path, run: Run, happen: Happen
) -> None:
    happen("2026-03-03T10:00:00-05:00")
    happen("2026-03-03T12:00:00-05:00", appointment=[{"id": "A-1", "status": "cancelled"}])
    (found,) = run("contradictions", "list", "--all", "--json").json
    assert found["state"] == "settled"
    happen("2026-03-05T12:00:00-05:00")
    assert [notice["state"] for notice in run("notices", "list", "--json").json] == ["cancelled"]
    assert addresses(cancelled) == {"campo@example.com", "+573005550101"}
