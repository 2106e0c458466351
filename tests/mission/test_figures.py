"""What the company learns about itself: which promises were kept, how sure that is, and by when honestly."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from notifier.cli.pages.report_page import MOST_BARS
from tests.cli.conftest import Run
from tests.mission.conftest import Happen, sent
from tests.mission.test_black_friday import MAPS, OLIST

MADE, BILLED, AFTER = "2026-03-02T09:00:00-05:00", "2026-03-10T06:00:00-05:00", "2026-03-11T09:00:00-05:00"


def sold(number: int, *, seller: str, channel: str, bill: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """A contract that somebody sold for 79,900 a month, and its bill."""
    person, contract = f"C-{number}", f"K-{number}"
    return {
        "customer": [{"id": person, "name": "Ana Ruiz", "locale": "es-CO", "country": "CO", "email": "a@example.com"}],
        "contract": [{"id": contract, "customer_id": person, "status": "active"}],
        "promise": [
            {
                "id": f"P-{number}",
                "customer_id": person,
                "subject": f"contract:{contract}",
                "topic": "monthly_price",
                "value": "79900",
                "currency": "COP",
                "made_at": MADE,
                "source": "sales",
                "made_by": seller,
                "channel": channel,
                "evidence": "recording",
            }
        ],
        "charge": [
            {
                "id": f"X-{number}",
                "customer_id": person,
                "contract_id": contract,
                "kind": "recurring",
                "amount": bill,
                "currency": "COP",
                "bill_at": BILLED,
            }
        ],
    }


@pytest.fixture
def sold_by_two(happen: Happen) -> None:
    """Thirty sales each: of rep-1 on the phone every third bill is higher than promised, of rep-2 on the web none."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for number in range(60):
        bad = number < 30 and number % 3 == 0
        seller, channel = ("rep-1", "phone") if number < 30 else ("rep-2", "web")
        for entity, of in sold(number, seller=seller, channel=channel, bill=111860 if bad else 79900).items():
            rows.setdefault(entity, []).extend(of)
    happen("2026-03-01T09:00:00-05:00")
    happen(MADE, **rows)
    happen(AFTER)


def report(run: Run, *options: str) -> Any:
    done = run("report", "promises", "--at", AFTER, *options, "--json")
    assert done.code == 0, done.err
    return done.json


@pytest.mark.usefixtures("sold_by_two")
def test_m11_m17_the_kept_rate_of_each_salesperson_has_its_cases_and_interval_and_the_open_ones_apart(run: Run) -> None:
    found = report(run, "--by", "seller,topic")
    first, second = found["groups"]
    assert (first["group"], first["outcomes"]["kept"], first["outcomes"]["broken"]) == (
        {"seller": "rep-1", "topic": "monthly_price"},
        20,
        10,
    )
    assert first["kept_rate"] == {"part": 20, "whole": 30, "share": 0.6667, "low": 0.4878, "high": 0.8077}
    assert second["kept_rate"]["share"] == 1
    assert found["total"]["outcomes"]["open"] == 0
    before_the_bill = run("report", "promises", "--at", MADE, "--json").json
    assert before_the_bill["total"]["outcomes"]["open"] == 50
    shown = run("report", "promises", "--at", AFTER, "--by", "seller").out
    assert "66.7 %" in shown
    assert "of 30" in shown


@pytest.mark.usefixtures("sold_by_two")
def test_m62_channels_that_lie_far_apart_are_flagged(run: Run) -> None:
    spread = report(run)["spread_of_channels"]
    assert (spread["lowest"]["channel"], spread["highest"]["channel"]) == ("phone", "web")
    assert (spread["points"], spread["alarm"]) == (33.3, True)
    assert "ALARM" in run("report", "promises", "--at", AFTER).out


@pytest.mark.usefixtures("sold_by_two")
def test_m51_value_at_risk_is_printed_with_what_it_supposes(run: Run) -> None:
    value = report(run, "--months", "6", "--leaving", "0.5")["value_at_risk"]
    assert (value["customers"], value["assumed_months"], value["assumed_leaving"]) == (10, 6, "0.5")
    assert value["monthly"] == [{"amount": "1118600", "currency": "COP"}]
    assert value["expected_loss"] == [{"amount": "3355800", "currency": "COP"}]
    assert "supposing" in run("report", "promises", "--at", AFTER).out


@pytest.mark.usefixtures("sold_by_two")
def test_m27_m29_m52_who_spoke_first_how_soon_and_of_whom_nobody_spoke(run: Run, happen: Happen) -> None:
    total = report(run)["total"]
    assert (total["silent_sufferers"], total["no_word"], total["caught"]["before"]) == (10, 10, 10)
    assert {each["customer"] for each in report(run)["silent_sufferers"]} == {f"C-{n}" for n in range(0, 30, 3)}
    call = {"channel": "phone", "subject": "contract:K-0", "outcome": "answered"}
    ours = {"id": "T-1", "customer_id": "C-0", "at": "2026-03-02T11:00:00-05:00", "direction": "outbound", **call}
    theirs = {**ours, "id": "T-2", "at": "2026-03-10T08:00:00-05:00", "direction": "inbound"}
    other = {**theirs, "id": "T-3", "customer_id": "C-3", "subject": "contract:K-3"}
    happen(AFTER, contact=[ours, theirs, other])
    total = report(run)["total"]
    assert total["company_first"] == {"part": 1, "whole": 2, "share": None, "low": 0.0945, "high": 0.9055}
    assert (total["own_word"]["count"], total["own_word"]["median_seconds"]) == (1, 7200)
    assert total["silent_sufferers"] == 8


@pytest.mark.usefixtures("sold_by_two")
def test_a_report_is_one_page_with_charts_that_loads_nothing_and_is_not_written_over_other_files(
    run: Run, project: Path
) -> None:
    page = project / "report.html"
    options = ("--at", AFTER, "--by", "seller", "--html", page)
    assert run("report", "promises", *options).code == 0
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "default-src 'none'" in text
    assert [word for word in ("<script", "src=", "href=", "url(") if word in text] == []
    assert "66.7 %" in text
    assert "rep-1" in text
    assert run("report", "promises", *options).code == 0
    assert page.read_text(encoding="utf-8") == text
    by_topic = project / "topics.html"
    assert run("report", "promises", "--at", AFTER, "--by", "topic", "--html", by_topic).code == 0
    assert "precio mensual" in by_topic.read_text(encoding="utf-8")
    by_way = project / "ways.html"
    assert run("report", "promises", "--at", AFTER, "--by", "source,channel", "--html", by_way).code == 0
    said = by_way.read_text(encoding="utf-8")
    assert "ventas, teléfono" in said
    assert "ventas, página web" in said
    assert "contrato K-0 ·" in said
    assert [raw for raw in ("sales", " phone", "contract:") if raw in said.partition("</style>")[2]] == []
    other = project / "other.html"
    other.write_text("<p>mine</p>", encoding="utf-8")
    refused = run("report", "service", "--html", other)
    assert refused.code == 2
    assert "no such command made it" in refused.err
    service = project / "service.html"
    assert run("report", "service", "--at", AFTER, "--html", service).code == 0
    assert "bill-is-ready" in service.read_text(encoding="utf-8")
    assert MOST_BARS > 2


def test_a_report_of_nothing_says_so_and_a_wrong_way_to_group_is_refused(run: Run) -> None:
    empty = run("report", "promises", "--json").json
    assert (empty["total"]["kept_rate"]["whole"], empty["total"]["kept_rate"]["share"]) == (0, None)
    assert "kept: none" in run("report", "promises").out
    assert "none was decided" in run("report", "service").out
    refused = run("report", "promises", "--by", "sellers")
    assert refused.code == 2
    assert "did you mean 'seller'" in refused.err
    assert run("report", "service", "--from", AFTER, "--to", MADE).code == 2
    assert run("report", "promises", "--leaving", "20%").code == 2


# An honest new date


def orders(first: int, count: int, *, promised: str, days_late: Sequence[float]) -> list[Mapping[str, Any]]:
    from datetime import datetime, timedelta

    due = datetime.fromisoformat(promised)
    return [
        {
            "id": f"O-{first + index}",
            "customer_id": "C-1",
            "status": "completed",
            "placed_at": (due - timedelta(days=9)).isoformat(),
            "promised_at": promised,
            "completed_at": (due + timedelta(days=days_late[index % len(days_late)])).isoformat(),
        }
        for index in range(count)
    ]


ANA = {
    "id": "C-1",
    "name": "Ana Ruiz",
    "locale": "es-CO",
    "timezone": "America/Bogota",
    "country": "CO",
    "phone": "+573001234567",
    "email": "ana@example.com",
}


def test_a_late_order_gets_the_date_by_which_eight_of_ten_came_and_why_says_from_how_many(
    run: Run, happen: Happen, project: Path
) -> None:
    happen("2026-03-01T09:00:00-05:00", customer=[ANA])
    past = orders(100, 40, promised="2026-01-20T12:00:00-05:00", days_late=[2, 4, 6, 8, 10])
    waiting = {**orders(1, 1, promised="2026-03-10T12:00:00-05:00", days_late=[0])[0], "status": "shipped"}
    waiting["completed_at"] = None
    happen("2026-03-02T09:00:00-05:00", order=[*past, waiting])
    assert run("learn", "--at", "2026-03-02T10:00:00-05:00").code == 0
    happen("2026-03-11T12:00:00-05:00")
    (notice,) = run("notices", "list", "--rule", "new-date", "--json").json
    assert (
        notice["claims"]["new_date"] == "2026-03-20T07:24:00Z"
    )  # 0.8 * 41 is 32.8: between 8 days, the 32nd of 40, and 10
    assert notice["state"] == "told"
    why = run("why", "--notice", notice["reference"])
    assert "forecast(order, 'completed_at', 0.8) (cases)" in " ".join(why.out.split())
    assert any("20 de marzo de 2026 o antes" in text for text in sent(project))


def test_learning_is_dated_kept_and_never_behind_what_was_told(run: Run, happen: Happen) -> None:
    assert "nothing was learned yet" in run("learn", "--list").out
    happen("2026-03-01T09:00:00-05:00", customer=[ANA])
    happen("2026-03-02T09:00:00-05:00", order=orders(1, 40, promised="2026-01-20T12:00:00-05:00", days_late=[2, 4, 6]))
    first = run("learn", "--at", "2026-03-02T10:00:00-05:00", "--json").json
    again = run("learn", "--at", "2026-03-02T10:00:00-05:00", "--json").json
    assert again == first
    refused = run("learn", "--at", "2026-03-01T10:00:00-05:00")
    assert refused.code == 1
    assert "learn at a later instant" in refused.err
    assert run("learn", "--at", "2026-03-03T10:00:00-05:00").code == 0
    listed = run("learn", "--list", "--json").json
    assert {each["at"] for each in listed} == {"2026-03-02T15:00:00Z", "2026-03-03T15:00:00Z"}
    shown = run("learn", "--list").out
    assert "40" in shown
    assert "cannot be said" in shown  # incidents: there was none
    measured = run("learn", "--measure", "--at", "2026-06-01T00:00:00-05:00", "--json")
    assert measured.code == 0
    assert all(each["kept"]["whole"] == 0 for each in measured.json)  # nothing came after the first learning


def test_a_new_learning_is_a_full_pass_and_after_it_a_full_pass_finds_nothing(
    run: Run, happen: Happen, project: Path
) -> None:
    (project / "rules" / "soon.yaml").write_text(
        """\
rules:
  - rule: will-be-late
    about: order
    owner: logistics
    class: service
    when: order.status == 'shipped' and forecast(order, 'completed_at', 0.5) > order.promised_at
    claims: { order_number: order.id, promised_at: order.promised_at }
    template: late_order
    exit: orders-desk
""",
        encoding="utf-8",
    )
    happen("2026-03-01T09:00:00-05:00", customer=[ANA])
    waiting = {**orders(1, 1, promised="2026-03-20T12:00:00-05:00", days_late=[0])[0], "status": "shipped"}
    past = orders(100, 40, promised="2026-01-20T12:00:00-05:00", days_late=[5])
    happen("2026-03-12T09:00:00-05:00", order=[*past, {**waiting, "completed_at": None}])
    assert run("notices", "list", "--rule", "will-be-late", "--json").json == []
    assert run("learn", "--at", "2026-03-12T10:00:00-05:00").code == 0
    happen("2026-03-12T11:00:00-05:00")
    (notice,) = run("notices", "list", "--rule", "will-be-late", "--json").json
    assert (notice["subject"], notice["state"]) == ("order:O-1", "told")
    assert run("learn", "--at", "2026-03-13T10:00:00-05:00").code == 0
    again = run("tick", "--at", "2026-03-13T11:00:00-05:00", "--json").json
    full = run("tick", "--at", "2026-03-13T11:00:00-05:00", "--full", "--json").json
    assert (again["verdicts"], full["verdicts"]) == ({}, {})


def test_dates_that_are_told_to_real_customers_are_kept_eight_times_of_ten(run: Run) -> None:
    if not OLIST.is_dir():
        pytest.skip("the sample of Olist's dataset is not here (../shared/data/olist_3k)")
    for entity, file in (("customer", "customers"), ("order", "orders")):
        source = OLIST / f"olist_{file}_dataset.csv.gz"
        assert run("import", entity, source, "--map", MAPS / f"{file}.yaml").code == 0
    for month in ("2017-07", "2017-10", "2018-01", "2018-04", "2018-07"):
        assert run("learn", "--at", f"{month}-01T00:00:00-03:00").code == 0
    measured = run("learn", "--measure", "--at", "2018-12-01T00:00:00-03:00", "--json").json
    kept = {(each["forecast"], each["probability"]): each for each in measured}
    at_eight = kept["order.completed_at from its step", "0.8"]["kept"]
    assert at_eight["whole"] > 1_000
    assert 0.78 <= at_eight["share"] <= 0.85
    after_a_day = kept["order.completed_at from promised_at +1d", "0.8"]["kept"]
    assert after_a_day["low"] < 0.8 < after_a_day["high"]
    assert json.dumps(measured)
