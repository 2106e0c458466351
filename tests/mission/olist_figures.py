"""By hand: every figure of docs/examples/olist, played again with the shipped rules. `make long PARTS=olist`.

Two years are played twice, in about three minutes of processor time. What is counted without a replay is also in
`test_olist_replayed`.
"""

import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from notifier.model.shares import Share

ROOT = Path(__file__).parents[2]
MAPS = ROOT / "docs" / "examples" / "olist"
OLIST = ROOT.parent / "shared" / "data" / "olist_3k"
ORDERS = "olist_orders_dataset.csv.gz"
DAY = 86_400
BLACK_FRIDAY = datetime(2017, 11, 24)  # noqa: DTZ001 - wall times, as the file has them
WEEK = timedelta(days=7)


def counted() -> Iterator[str]:
    """What the file of orders says by itself."""
    with gzip.open(OLIST / ORDERS, "rt", encoding="utf-8") as file:
        orders = [
            (
                datetime.fromisoformat(row["order_purchase_timestamp"]),
                datetime.combine(datetime.fromisoformat(row["order_estimated_delivery_date"]), time(23, 59, 59)),
                datetime.fromisoformat(row["order_delivered_customer_date"]),
            )
            for row in csv.DictReader(file)
            if row["order_status"] == "delivered" and row["order_delivered_customer_date"]
        ]
    with gzip.open(OLIST / ORDERS, "rt", encoding="utf-8") as file:
        placed = [datetime.fromisoformat(row["order_purchase_timestamp"]) for row in csv.DictReader(file)]
    yield f"| came late, of delivered orders | {_late(orders)} |"
    that_week = sum(BLACK_FRIDAY <= at < BLACK_FRIDAY + WEEK for at in placed)
    before = sum(BLACK_FRIDAY - 4 * WEEK <= at < BLACK_FRIDAY for at in placed) / 4
    yield f"against a week of the four before | {that_week / before:.1f} times ({that_week} against {before:g}) |"
    of_the_week = [order for order in orders if BLACK_FRIDAY <= order[0] < BLACK_FRIDAY + WEEK]
    yield f"| of these, delivered late | {_late(of_the_week)} |"


def _late(orders: list[tuple[datetime, datetime, datetime]]) -> str:
    return _share(Share(part=sum(came > due for _, due, came in orders), whole=len(orders)))


def played(two: Mapping[str, Any], one: Mapping[str, Any], weeks: Mapping[str, Any]) -> Iterator[str]:
    """What the replays say: two days ahead, one day ahead, and two days ahead around Black Friday."""
    late, on_time, broken = two["score_late"], two["score_on_time"], two["broken_before"]
    for name, mean in (("score where late", late), ("score on time", on_time)):
        yield f"| {name} | {mean['mean']:.2f} ({mean['low']:.2f}-{mean['high']:.2f}, of {mean['count']:,}) |"
    yield f"| one-star reviews that came after a broken promise | {_read(broken)} |"
    yield f"| so long after it, median | {_days(two['broken_lead'])} (of {broken['part']}) |"
    rules = {each["rule"]: each for each in two["rules"]}
    warned = rules["late-order"]
    yield f"| warned two days ahead: came late | {_read(warned['precision'])} |"
    yield f"| the same, played from 20 November to 20 December 2017 | {_read(_rule(weeks)['precision'])} |"
    yield f"| warned one day ahead: came late | {_read(_rule(one)['precision'])} |"
    lead, count = _days(warned["contact_lead"]), warned["contact_lead"]["count"]
    yield f"| warned two days ahead: so long before the one-star review, median | {lead} (of {count}) |"
    proven = {"`late-order`": warned, "`sale-day-overload`": rules["sale-day-overload"], "both": two["total"]}
    for name, found in proven.items():
        word, before = _read(found["before_contact"]), _days(found["contact_lead"])
        yield f"| {name} | {word} | {before} | {_read(found['precision'])} |"


def _rule(outcome: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(each for each in outcome["rules"] if each["rule"] == "late-order")


def _share(share: Share) -> str:
    assert share.interval is not None, "nothing was counted"
    low, high = share.interval
    return f"{100 * share.part / share.whole:.1f} % ({100 * low:.1f}-{100 * high:.1f}, of {share.whole:,})"


def _read(found: Mapping[str, Any]) -> str:
    return _share(Share(part=found["part"], whole=found["whole"]))


def _days(spans: Mapping[str, Any]) -> str:
    return f"{spans['median_seconds'] / DAY:.1f} days"


def replayed(folder: Path, *options: str) -> Mapping[str, Any]:
    """What `simulate --json` prints of the sample, in a copy of the shipped project."""
    tables = [
        f"site={MAPS / 'site.csv'}",
        f"{MAPS / 'customers.yaml'}={OLIST / 'olist_customers_dataset.csv.gz'}",
        f"{MAPS / 'orders.yaml'}={OLIST / ORDERS}",
    ]
    ends = [
        f"{MAPS / 'outcome_orders.yaml'}={OLIST / ORDERS}",
        f"{MAPS / 'outcome_reviews.yaml'}={OLIST / 'olist_order_reviews_dataset.csv.gz'}",
    ]
    command = [sys.executable, "-c", "from notifier.cli.main import run; run()", "--project", str(folder), "simulate"]
    command += [word for table in tables for word in ("--table", table)]
    command += [word for end in ends for word in ("--outcome", end)]
    command += ["--every", "1d", "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    document: Mapping[str, Any] = json.loads(done.stdout)
    return document


def main() -> int:
    """Print each figure; 1 where the page does not have one."""
    page = (MAPS / "README.md").read_text(encoding="utf-8")
    with TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("rules", "templates"):
            shutil.copytree(ROOT / part, folder / part)
        weeks = ("--from", "2017-11-20T00:00:00-02:00", "--to", "2017-12-20T00:00:00-02:00")
        plan = ("--without", "late-order", "--with", str(MAPS / "one_day.yaml"))
        both, black_friday = (replayed(folder, *options) for options in (plan, weeks))
    outcomes = [each["replay"]["outcome"] for each in (both, both["plan"], black_friday)]
    missing = 0
    for figure in (*counted(), *played(*outcomes)):
        known = figure in page
        missing += not known
        sys.stdout.write(f"{'' if known else 'NOT ON THE PAGE '}{figure}\n")
    return int(missing > 0)


if __name__ == "__main__":
    sys.exit(main())
