"""The shipped maps read the real Olist files, and guess nothing.

On SQLite alone: a map is read before any SQL; test_imports writes rows to both databases.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.intake.parsing import ImportContext
from notifier.intake.report import ImportReport
from tests.support.importing import load, shown
from tests.support.sqlite_alone import migrated_url
from tests.support.state import stored

__all__ = ["migrated_url"]

ROOT = Path(__file__).parents[2]
MAPS = ROOT / "docs" / "examples" / "olist"
DATA = ROOT.parent / "shared" / "data" / "olist_3k"
BLACK_FRIDAY = datetime.fromisoformat("2017-11-24T09:00:00-02:00")
FILES = {
    "customer": ("customers.yaml", "olist_customers_dataset.csv.gz"),
    "order": ("orders.yaml", "olist_orders_dataset.csv.gz"),
    "feedback": ("reviews.yaml", "olist_order_reviews_dataset.csv.gz"),
}

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"the Olist files are not at {DATA}")


def load_olist(engine: sa.Engine, context: ImportContext, at: datetime) -> dict[str, ImportReport]:
    load(engine, context, "site", MAPS / "site.csv", at=at)
    return {
        entity: load(engine, context, entity, DATA / data, map_path=MAPS / map_name, at=at)
        for entity, (map_name, data) in FILES.items()
    }


def test_every_row_of_the_real_files_is_read_and_no_status_is_guessed(
    engine: sa.Engine, context: ImportContext
) -> None:
    reports = load_olist(engine, context, datetime(2018, 12, 31, tzinfo=UTC))

    assert {entity: shown(report.problems) for entity, report in reports.items()} == {entity: [] for entity in FILES}
    assert {entity: report.read for entity, report in reports.items()} == {
        "customer": 3000,
        "order": 3000,
        "feedback": len(stored(engine, "feedback")),
    }
    assert [report.dangling for report in reports.values()] == [(), (), ()]
    orders = stored(engine, "order").values()
    assert len([order for order in orders if order["status"] == "completed"]) == 2904
    late = [order for order in orders if "completed_at" in order and order["completed_at"] > order["promised_at"]]
    assert 0.06 < len(late) / 2904 < 0.075


def test_on_black_friday_the_state_is_what_was_known_that_morning(engine: sa.Engine, context: ImportContext) -> None:
    reports = load_olist(engine, context, BLACK_FRIDAY)

    orders = stored(engine, "order").values()
    assert reports["order"].not_yet + len(orders) == 3000
    assert all(order["placed_at"] <= BLACK_FRIDAY for order in orders)
    assert all(order.get("completed_at", BLACK_FRIDAY) <= BLACK_FRIDAY for order in orders)
    assert {order["status"] for order in orders} == {"completed", "shipped", "in_progress", "cancelled", "failed"}
    day_before = datetime.fromisoformat("2017-11-23T09:00:00-02:00")
    rush = [order for order in orders if order["placed_at"] > day_before]
    assert len(rush) > stored(engine, "site")["olist"]["daily_capacity"]
    assert all(review["at"] <= BLACK_FRIDAY for review in stored(engine, "feedback").values())


def test_wall_times_are_those_of_sao_paulo_in_summer_time(engine: sa.Engine, context: ImportContext) -> None:
    load_olist(engine, context, BLACK_FRIDAY)
    order = stored(engine, "order")["9ca6d17660064ab8bbc4a8089397afb1"]
    assert order["placed_at"] == datetime.fromisoformat("2017-11-10T12:22:11-02:00")
    assert order["promised_at"] == datetime.fromisoformat("2017-11-24T23:59:59-02:00")


def test_trial_addresses_reach_nobody(engine: sa.Engine, context: ImportContext) -> None:
    load_olist(engine, context, BLACK_FRIDAY)
    customers = stored(engine, "customer").values()
    assert {customer["phone"] for customer in customers} == {"+12025550142"}
    assert all(customer["email"].endswith("@example.com") for customer in customers)
