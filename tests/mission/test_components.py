"""What was said at a sale, component by component; a sale that disagrees with itself; a cancellation that is heard."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.mission.conftest import Happen, sent
from tests.mission.test_claro import ANA, CONTRACT, VISIT, tables

SOLD = "2026-03-01T11:20:00-05:00"
FOUND = "2026-03-02T09:00:00-05:00"
LINE = {"customer_id": "C-1", "contract_id": "K-1", "currency": "COP", "bill_at": "2026-03-09T06:00:00-05:00"}
COMPONENTS: list[tuple[str, object, str, dict[str, Any], str]] = [
    ("monthly_price", 79900, "charge", {**LINE, "id": "X-1", "kind": "recurring", "amount": 111860}, "111860"),
    ("fees", 0, "charge", {**LINE, "id": "X-1", "kind": "fee", "amount": 5000}, "5000"),
    ("taxes", 15181, "charge", {**LINE, "id": "X-1", "kind": "tax", "amount": 21253}, "21253"),
    ("installation_fee", 0, "charge", {**LINE, "id": "X-1", "kind": "installation", "amount": 60000}, "60000"),
    ("term", "12 meses", "contract", {**CONTRACT, "attributes.term_months": 24}, "24 month"),
    ("speed", "400 megas", "contract", {**CONTRACT, "attributes.speed": 100}, "100 Mbit/s"),
]


@pytest.mark.parametrize(("topic", "said", "entity", "fact", "actual"), COMPONENTS, ids=[row[0] for row in COMPONENTS])
def test_m03_every_component_is_compared_within_its_tolerance(
    run: Run, happen: Happen, topic: str, said: object, entity: str, fact: dict[str, Any], actual: str
) -> None:
    promise = {"id": "P-1", "customer_id": "C-1", "subject": "contract:K-1", "topic": topic, "value": said}
    money = {"currency": "COP"} if entity == "charge" else {}
    happen(SOLD, customer=[ANA], contract=[CONTRACT])
    happen(SOLD, promise=[{**promise, **money, "made_at": SOLD, "source": "sales", "evidence": "call 8841"}])
    happen(FOUND, **{entity: [fact]})
    (found,) = run("contradictions", "list", "--json").json
    assert (found["topic"], found["actual"], found["subject"]) == (topic, actual, "contract:K-1")


def test_m03_the_tolerance_of_a_component_is_in_yaml(project: Path, run: Run, happen: Happen) -> None:
    topics = project / "rules" / "topics.yaml"
    loose = topics.read_text(encoding="utf-8").replace(
        "worse: lower, tolerance: 5% }", "worse: lower, tolerance: 80% }"
    )
    topics.write_text(loose, encoding="utf-8")
    promise = {"id": "P-1", "subject": "contract:K-1", "topic": "speed", "value": 400, "source": "sales"}
    happen(SOLD, customer=[ANA], contract=[{**CONTRACT, "attributes.speed": 100}])
    happen(FOUND, promise=[{**promise, "made_at": SOLD}])
    assert run("contradictions", "list", "--json").json == []


@pytest.fixture
def sold(happen: Happen) -> None:
    """One sale: a quote, the contract that was signed, and the order that names it. No bill yet."""
    said = {"customer_id": "C-1", "topic": "monthly_price", "currency": "COP"}
    order = {"id": "O-1", "customer_id": "C-1", "contract_id": "K-1", "status": "acknowledged", "placed_at": SOLD}
    quote = {**said, "id": "Q-1", "subject": "contract:K-1", "value": 79900, "source": "quote", "made_at": SOLD}
    signed = {**quote, "id": "S-1", "value": 111860, "source": "contract", "made_at": "2026-03-01T18:00:00-05:00"}
    form = {**quote, "id": "F-1", "subject": "order:O-1", "value": 99900, "source": "order", "made_by": "web shop"}
    happen(FOUND, customer=[ANA], contract=[{**CONTRACT, "status": "pending"}], order=[order])
    quote, signed = quote | {"evidence": "quote 17, page 2"}, signed | {"evidence": "recording 8841, 12:30"}
    happen("2026-03-02T10:00:00-05:00", promise=[quote, signed, form])


@pytest.mark.usefixtures("sold")
def test_m04_quote_contract_and_order_of_a_sale_name_the_field_and_both_sources(project: Path, run: Run) -> None:
    found = {each["promise"]: each for each in run("contradictions", "list", "--json").json}
    assert {each["check"] for each in found.values()} == {"sale-disagrees-on-monthly-price"}
    between = {(each["source"], member["said"]["source"]) for each in found.values() for member in each["members"]}
    assert between == {("quote", "contract"), ("quote", "order"), ("order", "contract")}
    (signed,) = [member for member in found["Q-1"]["members"] if member["fact"] == "promise:S-1"]
    assert (found["Q-1"]["evidence"], signed["said"]["evidence"]) == ("quote 17, page 2", "recording 8841, 12:30")
    card = run("contradictions", "show", found["F-1"]["id"]).out
    assert "by web shop (order)" in card
    assert "recording 8841, 12:30" in card
    alerts = "\n".join(sent(project))
    assert "Prometido por cotizaci" in alerts
    assert "contrato dice $ 111.860" in alerts or "contrato dice $111.860" in alerts


@pytest.mark.usefixtures("sold")
def test_m04_whoever_picks_up_the_phone_sees_that_each_of_them_is_contradicted(run: Run) -> None:
    promises = {each["promise"]: each for each in run("brief", "C-1", "--json").json["promises"]}
    assert {name for name, each in promises.items() if each["contradiction"] is not None} >= {"Q-1", "S-1", "F-1"}
    assert "no fact disagrees" not in run("brief", "C-1").out


@pytest.mark.usefixtures("sold")
def test_m04_a_contract_takes_the_place_of_its_quote_and_a_robot_of_nothing(run: Run, happen: Happen) -> None:
    happen("2026-03-02T11:00:00-05:00", promise=[{"id": "S-1", "replaces": "Q-1"}, {"id": "F-1", "state": "withdrawn"}])
    assert run("contradictions", "list", "--json").json == []
    robot = ("promise", "add", "--subject", "contract:K-1", "--topic", "monthly_price", "--value", "120000")
    refused = run(
        *(*robot, "--currency", "COP", "--source", "robot", "--replaces", "S-1", "--id", "R-1"),
        *("--by", "marta", "--reason", "the robot said so"),
    )
    assert refused.code == 1
    assert "of source robot may not take the place of one of source contract" in refused.err
    assert "rules/policy.yaml" in refused.err


def cancelling(channel: str = "phone", subject: str = "contract:K-1") -> dict[str, object]:
    at = "2026-03-02T16:00:00-05:00"
    said = {"id": "T-02", "customer_id": "C-1", "at": at, "channel": channel, "direction": "inbound"}
    return {**said, "subject": subject, "outcome": "cancel"}


@pytest.mark.parametrize("channel", ["phone", "chat", "email", "whatsapp", "social", "shop"])
def test_m06_a_cancellation_in_any_channel_is_a_promise_with_a_deadline_at_once(
    project: Path, run: Run, happen: Happen, channel: str
) -> None:
    happen(SOLD, customer=[ANA], contract=[CONTRACT], appointment=[VISIT])
    happen("2026-03-02T16:00:00-05:00", contact=[cancelling(channel)])
    (promise,) = run("promise", "list", "--json").json
    assert (promise["topic"], promise["value"], promise["source"]) == ("cancelled", "true", "customer")
    assert (promise["channel"], promise["evidence"]) == (channel, "contact T-02")
    (found,) = run("contradictions", "list", "--json").json
    assert (found["check"], found["owner"]) == ("cancelled-but-scheduled", "field-operations")
    assert found["surfaces_at"] == "2026-03-05T15:00:00Z", "the beginning of the window"
    happen("2026-03-03T10:00:00-05:00")
    assert [notice["state"] for notice in run("notices", "list", "--json").json] == ["held"]
    assert tables(project, "SELECT count(*) FROM contact") == [(1,)]


def test_m08_visits_that_were_taken_off_in_time_are_counted_with_their_cost(
    project: Path, run: Run, happen: Happen
) -> None:
    (project / "rules" / "policy.yaml").write_text("costs: { truck_roll: 45000 COP }\n", encoding="utf-8")
    second = {**VISIT, "id": "A-2", "kind": "repair", "starts_at": "2026-03-06T10:00:00-05:00"}
    happen(SOLD, customer=[ANA], contract=[CONTRACT], appointment=[VISIT, second])
    happen("2026-03-02T16:00:00-05:00", contact=[cancelling()])
    happen("2026-03-03T12:00:00-05:00", appointment=[{"id": each, "status": "cancelled"} for each in ("A-1", "A-2")])
    listed = run("contradictions", "avoided", "--at", "2026-03-10T09:00:00-05:00")
    assert listed.out.strip() == "2 truck rolls avoided: COP 90,000, COP 45,000 each"
    (found,) = run("contradictions", "avoided", "--at", "2026-03-10T09:00:00-05:00", "--json").json
    assert (found["cost"], found["count"], found["amount"], found["currency"]) == ("truck_roll", 2, "90000", "COP")
    at = ("--at", "2026-03-10T09:00:00-05:00")
    assert run("report", "promises", *at, "--json").json["avoided"] == [
        {"cost": "truck_roll", "count": 2, "amount": "90000", "currency": "COP"}
    ]
    assert listed.out.strip() in run("report", "promises", *at).out
    assert run("report", "promises", *at, "--html", project / "report.html").code == 0
    assert "truck roll <small>2 · " in (project / "report.html").read_text(encoding="utf-8")
    since = ("--from", "2026-03-04T00:00:00-05:00", "--json")
    assert run("report", "promises", *at, *since).json["avoided"] == []
    before = run("contradictions", "avoided", "--at", "2026-03-03T09:00:00-05:00")
    assert before.out.strip() == "Nothing was avoided in this time."


def test_m08_a_promise_that_was_withdrawn_and_a_visit_that_took_place_spared_nothing(run: Run, happen: Happen) -> None:
    happen(SOLD, customer=[ANA], contract=[CONTRACT], appointment=[VISIT])
    happen("2026-03-02T16:00:00-05:00", contact=[cancelling()])
    by = ("--by", "marta", "--reason", "they called again")
    assert run("promise", "withdraw", "heard:T-02", *by, "--at", "2026-03-03T09:00:00-05:00").code == 0
    happen("2026-03-03T12:00:00-05:00")
    assert [each["state"] for each in run("contradictions", "list", "--all", "--json").json] == ["settled"]
    assert run("contradictions", "avoided", "--json", "--at", "2026-03-10T09:00:00-05:00").json == []
