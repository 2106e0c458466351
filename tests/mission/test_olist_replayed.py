"""Real orders, played again: what rules would have told, held against who came late and who complained."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.mission.olist_figures import counted
from tests.mission.test_black_friday import MAPS, OLIST


def test_m37_real_orders_played_again_are_warned_of_with_the_precision_that_was_measured(
    project: Path, run: Run
) -> None:
    if not OLIST.is_dir():
        pytest.skip("the sample of Olist's dataset is not here (../shared/data/olist_3k)")
    for other in ("telco", "restaurant", "common"):
        for file in (project / "rules" / other).iterdir():
            file.unlink()
    for name in ("sale_day.yaml", "sale_day.test.yaml", "order_promises.yaml", "new_date.yaml"):
        (project / "rules" / "retail" / name).unlink(missing_ok=True)
    tables = [
        f"site={MAPS / 'site.csv'}",
        f"{MAPS / 'customers.yaml'}={OLIST / 'olist_customers_dataset.csv.gz'}",
        f"{MAPS / 'orders.yaml'}={OLIST / 'olist_orders_dataset.csv.gz'}",
    ]
    ends = [
        f"{MAPS / 'outcome_orders.yaml'}={OLIST / 'olist_orders_dataset.csv.gz'}",
        f"{MAPS / 'outcome_reviews.yaml'}={OLIST / 'olist_order_reviews_dataset.csv.gz'}",
    ]
    span = ("--from", "2017-12-01T00:00:00-02:00", "--to", "2017-12-08T00:00:00-02:00", "--every", "1d")
    options = [option for one in tables for option in ("--table", one)]
    options += [option for one in ends for option in ("--outcome", one)]
    done = run("simulate", *options, *span, "--json")
    assert done.code == 0, done.err
    replay = done.json["replay"]
    assert replay["present_only"] == {"site": 1, "customer": 3000}
    found = replay["outcome"]
    rules = {each["rule"]: each for each in found["rules"]}
    warned = rules["late-order"]["precision"]
    assert warned["whole"]
    assert warned["low"] < 0.63 < warned["high"]  # 61 % of the whole set two days ahead, 63 % of the sample
    assert found["score_late"]["mean"] < 3 < found["score_on_time"]["mean"]  # 2.26 and 4.28 of the whole set
    broken = found["broken_before"]
    assert broken["low"] < 0.46 < broken["high"]


def test_m37_what_the_page_says_of_black_friday_is_counted_in_the_file() -> None:
    if not OLIST.is_dir():
        pytest.skip("the sample of Olist's dataset is not here (../shared/data/olist_3k)")
    page = (MAPS / "README.md").read_text(encoding="utf-8")
    figures = list(counted())
    assert len(figures) == 3
    assert [each for each in figures if each not in page] == []
