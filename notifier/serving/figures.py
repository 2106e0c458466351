"""What Prometheus is told: counters of this process, and the state of the database as it is asked for.

Labels come from closed lists: routes as they are declared, states, channels, and the names of rules in force. Never a
customer, an address, a message or a free text: each value of a label is a series that is kept for ever.
"""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from notifier.model.types import ChannelName
from notifier.serving.parts import Parts
from notifier.store.database import read_only
from notifier.store.figures import figures

disable_created_metrics()  # type: ignore[no-untyped-call] # each would be a series of its own

REGISTRY = CollectorRegistry()
UNMATCHED = "(unmatched)"
"""The route of a request that no route takes: a scanner must not make a series of each path that it tries."""
REQUESTS = Counter(
    "notifier_requests", "Requests answered, by route and status.", ("route", "status"), registry=REGISTRY
)
SECONDS = Histogram(
    "notifier_request_seconds",
    "Our own time to answer, by route.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
    registry=REGISTRY,
)
RECEIPTS = Counter(
    "notifier_receipts",
    "Receipts by what became of them: kept, repeated, or (of those kept) unmatched.",
    ("provider", "what"),
    registry=REGISTRY,
)


class DatabaseFigures(Collector):
    """What the database says when it is asked."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        now = self._parts.clock()
        with read_only(self._parts.database) as connection:
            found = figures(connection, live=self._parts.live, now=now)
        waiting = GaugeMetricFamily("notifier_queue_messages", "Messages that are due and wait.", labels=["channel"])
        age = GaugeMetricFamily(
            "notifier_queue_age_seconds", "How long the oldest of them has been due.", labels=["channel"]
        )
        halted = GaugeMetricFamily("notifier_channel_halted", "1 while a channel is halted.", labels=["channel"])
        for channel in ChannelName:
            queue = found.queues.get(channel)
            waiting.add_metric([channel], 0 if queue is None else queue.count)
            age.add_metric([channel], 0 if queue is None else max((now - queue.since).total_seconds(), 0))
            halted.add_metric([channel], int(channel in found.halted))
        yield from (waiting, age, halted)
        yield GaugeMetricFamily(
            "notifier_receipts_unmatched", "Receipts of the last days that lead to no message.", value=found.unmatched
        )
        open_ = GaugeMetricFamily(
            "notifier_contradictions_open", "Contradictions that are open, by owner.", labels=["owner"]
        )
        for owner, count in found.contradictions.items():
            open_.add_metric([owner], count)
        yield open_
        yield GaugeMetricFamily("notifier_rules_set_aside", "Rules, checks and files set aside.", value=found.set_aside)
        if found.last_pass is not None:
            yield GaugeMetricFamily(
                "notifier_last_pass_timestamp_seconds",
                "When the rules were last evaluated.",
                value=found.last_pass.timestamp(),
            )
