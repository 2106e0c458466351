"""Commands for `test_schemas.py` that need more of a state: figures, floods, settlings, audits, and words of a call."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run, load
from tests.cli.test_notices import BY

Print = Callable[..., Any]
SALES = 50
"""Half on each channel: more than the 20 of which a rate can be said, and than the 20 of which a flood is made."""
FOUND, BILLED, AFTER = "2026-03-06T10:00:00-05:00", "2026-03-07T06:00:00-05:00", "2026-03-07T08:00:00-05:00"
CAUSE = ["--cause", "price-list", "--action", "two people check it"]
OWN_FILES = {
    "causes": "causes: { price-list: { about: it was loaded wrongly, owner: billing, again_within: 7d } }\n",
    "authority": "authority: [{ credit: 20000 COP }, { credit: 100000 COP, needs: second }]\n",
    "policy": "costs: { truck_roll: 45000 COP }\nmerge: { within: 15m }\n",
    "three_ways": """\
checks:
  - check: sale-disagrees-on-monthly-price
    promise: monthly_price
    against: promise
    on: other.order.contract
    owner: billing
""",
    "published": """\
published:
  hours: { files: pages/*.csv, columns: { name: shop, value: hours }, about: site, named: site.id,
           topic: opening_hours, actual: site.opening_hours, owner: billing }
  prices: { files: prices.csv, columns: { name: product, value: price }, about: charge, named: charge.product,
            when: [charge.kind == 'recurring'], topic: monthly_price, actual: charge.amount, owner: billing }
""",
    "soon": """\
rules:
  - rule: will-be-late
    about: order
    owner: billing
    class: service
    when: order.status == 'shipped' and forecast(order, 'completed_at', 0.5) > order.promised_at
    at: 1d before order.promised_at
    claims: { starts_at: order.promised_at, place: order.id }
    template: installation_reminder
    exit: field-desk
""",
}


def read_from_a_call(project: Path, show: Print) -> None:
    """What was said is proposed, and what had to be assumed."""
    call = project / "call.txt"
    call.write_text("Asesor: Le queda en 79.900 al mes.\nAsesor: Lo llamo hoy antes de las cinco.\n", encoding="utf-8")
    found = show("promise", "read", call, "--at", FOUND, "--country", "CO", "--locale", "es-CO")
    assert [("currency" in each, "assumed" in each) for each in found] == [(True, False), (False, True)]
    call.write_text("Agent: you'll have the couch a week from today.\n", encoding="utf-8")  # dateparser: a week ago
    (again,) = show("promise", "read", call, "--at", FOUND, "--country", "US", "--locale", "en-US")
    assert again["doubt"].startswith("dateparser: ")


def figures(project: Path, run: Run, show: Print) -> None:
    """A flood of wrong bills on one channel, how two of them ended, and what is counted of all this."""
    for name, text in OWN_FILES.items():
        (project / "rules" / f"{name}.yaml").write_text(text, encoding="utf-8")
    load(project, run, [{"at": FOUND, "set": dict(sold())}])
    assert run("tick", "--at", FOUND).code == 0
    (group,) = show("contradictions", "groups")
    assert (group["count"], group["left"], bool(group["common"])) == (SALES // 2, SALES // 2, True)
    settled(run, show)
    assert show("tick", "--at", AFTER)["set_aside"] == []
    report = show("report", "promises", "--by", "channel,seller", "--at", AFTER)
    assert report["spread_of_channels"]["alarm"]
    assert report["silent_sufferers"]
    assert report["value_at_risk"]["monthly"]
    assert show("report", "service", "--by", "rule", "--at", AFTER)["groups"]
    spared(project, run, show)
    touched(project, run, show)
    learned(project, run, show)
    audited(project, show)
    said_twice(project, run, show)
    together(project, run, show)
    for name in OWN_FILES:
        (project / "rules" / f"{name}.yaml").unlink()
    assert show("tick", "--at", "2026-03-08T11:00:00-05:00")["set_aside"] == []


def sold() -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Contracts that were sold for 79,900 a month, and their bills: those of the phone are 40 % higher."""
    owned = [(n, {"customer_id": f"F-{n}"}) for n in range(SALES)]
    yield "customer", [{"id": f"F-{n}", "name": "Sol", "email": f"f{n}@example.com", "country": "CO"} for n, _ in owned]
    yield "contract", [{"id": f"FK-{n}", "status": "active", "plan": "Fibra 300", **of} for n, of in owned]
    price = {"topic": "monthly_price", "value": 79900, "currency": "COP", "made_at": FOUND, "source": "sales"}
    yield (
        "promise",
        [
            {"id": f"FP-{n}", "subject": f"contract:FK-{n}", "channel": "web" if n % 2 else "phone", **price, **of}
            for n, of in owned
        ],
    )
    bill = {"product": "Fibra 300", "kind": "recurring", "proration": False, "currency": "COP", "bill_at": BILLED}
    yield (
        "charge",
        [
            {"id": f"FX-{n}", "contract_id": f"FK-{n}", "amount": 79900 if n % 2 else 111860, "billed": False}
            | bill
            | of
            for n, of in owned
        ],
    )


def settled(run: Run, show: Print) -> None:
    """One is withdrawn with a credit that a second person approves, one is waived, one resolved."""
    first, second, third, *_ = (each["id"] for each in show("contradictions", "list") if each["customer"][:2] == "F-")
    at = ["--at", "2026-03-06T11:00:00-05:00"]
    withdraw = ["--withdraw", "--evidence", "the signed contract", "--credit", "31960 COP", *CAUSE]
    assert show("contradictions", "settle", first, *withdraw, *BY, *at)["about"] == [first]
    done = show("contradictions", "approve", first, "--by", "luisa", "--reason", "agreed", *at)
    assert done["about"] == [first]
    (settling,) = show("contradictions", "show", first)["settlings"]
    assert (settling["approved_by"], settling["credit"]["amount"]) == ("luisa", "31960")
    assert show("contradictions", "waive", second, "--until", AFTER, *BY, *at)["about"] == [second]
    assert show("contradictions", "resolve", third, "--keep", "fact", *CAUSE, *BY, *at)["about"] == [third]
    assert {each["cause"]: each["named"] for each in show("contradictions", "causes", *at)} == {"price-list": 2}


def spared(project: Path, run: Run, show: Print) -> None:
    """A visit that nobody wants any more is off the list in time."""
    made, off = "2026-03-07T09:00:00-05:00", "2026-03-07T10:00:00-05:00"
    visit = {"id": "FA-1", "customer_id": "F-1", "contract_id": "FK-1", "kind": "installation", "status": "confirmed"}
    said = {"id": "FT-1", "customer_id": "F-1", "at": made, "channel": "chat", "direction": "inbound"}
    rows = {
        "appointment": [visit | {"starts_at": "2026-03-09T10:00:00-05:00", "place": "Calle 9"}],
        "contact": [said | {"subject": "appointment:FA-1", "outcome": "cancel"}],
    }
    load(project, run, [{"at": made, "set": rows}])
    assert run("tick", "--at", made).code == 0
    load(project, run, [{"at": off, "set": {"appointment": [{"id": "FA-1", "status": "cancelled"}]}}])
    assert run("tick", "--at", off).code == 0
    later = "2026-03-07T10:30:00-05:00"
    assert [each["cost"] for each in show("contradictions", "avoided", "--at", later)] == ["truck_roll"]
    assert [each["cost"] for each in show("report", "promises", "--at", later)["avoided"]] == ["truck_roll"]


def touched(project: Path, run: Run, show: Print) -> None:
    """Two contracts that an outage touched: of one the customer heard of it and was credited, of the other nothing."""
    at = "2026-03-07T10:40:00-05:00"
    outage = {"id": "FI-1", "kind": "outage", "zone": "far north", "status": "resolved"}
    began = {"started_at": "2026-03-07T04:00:00-05:00", "ended_at": "2026-03-07T05:00:00-05:00"}
    call = {"id": "FT-2", "customer_id": "F-7", "at": at, "channel": "phone", "direction": "outbound"}
    credit = {"id": "FX-C", "contract_id": "FK-7", "customer_id": "F-7", "kind": "discount", "amount": -5000}
    rows = {
        "contract": [{"id": f"FK-{number}", "zone": "far north"} for number in (7, 9)],
        "incident": [outage | began],
        "contact": [call | {"subject": "incident:FI-1", "outcome": "answered"}],
        "charge": [credit | {"currency": "COP", "proration": False, "billed": False, "bill_at": at}],
    }
    load(project, run, [{"at": at, "set": rows}])
    found = show("report", "affected", "FI-1", "--at", at)
    first, second = found["contracts"]
    assert (first["word"], first["remedy"]) == (None, None)
    assert (found["left_over"], second["word"]["kind"]) == (1, "contact")


def learned(project: Path, run: Run, show: Print) -> None:
    """How long orders take, from those that are completed; then one more comes, and is held against it."""
    promised = datetime.fromisoformat("2026-01-20T12:00:00-05:00")
    past = [order(n, promised, promised + timedelta(days=2 + n % 5)) for n in range(40)]
    at = "2026-03-07T11:00:00-05:00"
    load(project, run, [{"at": at, "set": {"order": past}}])
    assert any(each["groups"] for each in show("learn", "--at", at))
    assert show("learn", "--list")
    due = datetime.fromisoformat("2026-03-08T12:00:00-05:00")
    load(project, run, [{"at": "2026-03-07T12:00:00-05:00", "set": {"order": [order(99, due, due)]}}])
    assert show("learn", "--measure", "--at", "2026-06-01T00:00:00-05:00")


def order(number: int, promised: datetime, completed: datetime) -> Mapping[str, Any]:
    """A completed order."""
    placed = promised - timedelta(days=9)
    moments = {"placed_at": placed, "promised_at": promised, "completed_at": completed}
    row = {"id": f"FO-{number}", "customer_id": "F-1", "status": "completed"}
    return row | {name: moment.isoformat() for name, moment in moments.items()}


def said_twice(project: Path, run: Run, show: Print) -> None:
    """The contract says another price than the seller did."""
    at = "2026-03-07T12:30:00-05:00"
    price = {"subject": "contract:FK-3", "customer_id": "F-3", "topic": "monthly_price", "currency": "COP"}
    signed = {"id": "FP-S", "value": 89900, "made_at": at, "source": "contract", "evidence": "page 2"}
    load(project, run, [{"at": at, "set": {"promise": [price | signed]}}])
    assert run("tick", "--at", at).code == 0
    found = show("contradictions", "list", "--customer", "F-3")
    assert any(member["said"] for each in found for member in each["members"])


def together(project: Path, run: Run, show: Print) -> None:
    """Two bills of one person are announced in one message."""
    at = "2026-03-07T13:00:00-05:00"
    bill = {"customer_id": "F-5", "product": "Fibra 300", "kind": "recurring", "proration": False, "amount": 79900}
    bill |= {"currency": "COP", "bill_at": "2026-03-11T06:00:00-05:00", "billed": False}
    rows = {
        "customer": [{"id": "F-5", "phone": "+573105550142"}],
        "contract": [{"id": "FK-T", "customer_id": "F-5", "status": "active"}],
        "charge": [bill | {"id": f"X-{contract}", "contract_id": contract} for contract in ("FK-5", "FK-T")],
    }
    load(project, run, [{"at": at, "set": rows}])
    for moment in ("09:01", "09:20"):
        assert run("tick", "--at", f"2026-03-08T{moment}:00-05:00").code == 0
    listed = show("notices", "list", "--rule", "bill-is-ready", "--customer", "F-5")
    assert any(each.get("part") for one in listed for each in one.get("through", ()))


def audited(project: Path, show: Print) -> None:
    """A price that is another one, and one that is none."""
    (project / "prices.csv").write_text("product,price\nFibra 300,69900\nFibra 300,cheap\n", encoding="utf-8")
    found = show("promises", "audit", "--at", AFTER)
    assert (len(found["differences"]) > 0, len(found["problems"]) > 0) == (True, True)
