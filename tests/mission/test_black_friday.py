"""Real orders: on Black Friday 2017 more came than could be sent out, and those who wait are told before they ask."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
OLIST = ROOT.parent / "shared" / "data" / "olist_3k"
MAPS = ROOT / "docs" / "examples" / "olist"


def import_as_of(run: Run, at: str, *options: str) -> None:
    for entity, file in (("customer", "customers"), ("order", "orders"), ("feedback", "order_reviews")):
        source = OLIST / f"olist_{file}_dataset.csv.gz"
        done = run(
            "import", entity, source, "--map", MAPS / f"{file.removeprefix('order_')}.yaml", "--at", at, *options
        )
        assert done.code == 0, done.err


def test_m34_the_day_that_exceeds_capacity_is_told_to_those_who_wait_and_an_ordinary_day_is_not(run: Run) -> None:
    if not OLIST.is_dir():
        pytest.skip("the sample of Olist's dataset is not here (../shared/data/olist_3k)")
    assert run("import", "site", MAPS / "site.csv").code == 0
    import_as_of(run, "2017-11-22T09:00:00-02:00", "--baseline")
    assert run("tick", "--at", "2017-11-22T09:00:00-02:00").code == 0
    import_as_of(run, "2017-11-23T09:00:00-02:00")
    assert run("tick", "--at", "2017-11-23T09:00:00-02:00").code == 0
    assert run("notices", "list", "--rule", "sale-day-overload", "--json").json == []

    import_as_of(run, "2017-11-24T09:00:00-02:00")
    told = run("preview", "sale-day-overload", "--at", "2017-11-24T09:00:00-02:00", "--json").json
    waiting = {draft["claims"]["waiting"] for draft in told}
    assert {draft["verdict"] for draft in told} == {"ready"}
    assert len({draft["each"] for draft in told}) == len(told) == waiting.pop()
    assert all(draft["claims"]["dispatch_days"] == -(-len(told) // 10) for draft in told)
    assert all({message["channel"] for message in draft["messages"]} == {"sms", "email"} for draft in told)
    assert run("tick", "--at", "2017-11-24T09:00:00-02:00").code == 0
    listed = run("notices", "list", "--rule", "sale-day-overload", "--limit", "500", "--json").json
    assert [notice["state"] for notice in listed] == ["told"] * len(told)
