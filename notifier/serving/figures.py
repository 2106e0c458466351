"""What Prometheus is told: counters of this process, and the state of the database as it is asked for.

Labels come from closed lists: routes as they are declared, states, channels, and the names of rules in force. Never a
customer, an address, a message or a free text: each value of a label is a series that is kept for ever.
"""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from notifier.bounces.bounce import BounceKind
from notifier.delivery.twilio_codes import CODES
from notifier.model.receipts import ReceiptState
from notifier.model.types import ChannelName
from notifier.serving.parts import Parts
from notifier.store.database import read_only
from notifier.store.figures import figures, news

disable_created_metrics()  # type: ignore[no-untyped-call] # each would be a series of its own

REGISTRY = CollectorRegistry()
KNOWN_CODES = frozenset(str(number) for number in CODES)
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


TO_TELL = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)
"""Seconds: from at once to the next day."""
SETTLES = timedelta(seconds=5)
"""What happened later than that ago is counted the next time: it may not be committed yet."""
OTHER = "other"
"""Any code that the product has no meaning of its own for."""
LEADS = ("nowhere", "to a notice")
"""Where a mail that came back leads."""
_MAIL_CODE = re.compile(r"(?P<class>[45])(?:(?P<subject>\.[0-7])\.[0-9]{1,3}|[0-9]{2})")
"""A status as mail servers write it (RFC 3463), or a bare answer (RFC 5321). They make up codes of their own."""


class Followed:
    """Counts what happens in the database while this process runs: each time it is asked, what is new since."""

    def __init__(self, parts: Parts, registry: CollectorRegistry) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._upto = parts.clock() - SETTLES
        self._accepted = Histogram(
            "notifier_due_to_accepted_seconds",
            "From the moment that a notice fell due until a provider took it.",
            buckets=TO_TELL,
            registry=registry,
        )
        self._delivered = Histogram(
            "notifier_due_to_delivered_seconds",
            "From the moment that a notice fell due until a receipt said that it arrived.",
            buckets=TO_TELL,
            registry=registry,
        )
        self._verdicts = Counter(
            "notifier_verdicts",
            "Verdicts on notices, by state, the gate that gave it (empty where none did), and reason.",
            ("state", "gate", "reason"),
            registry=registry,
        )
        self._results = Counter(
            "notifier_provider_results",
            "What providers said of messages, by its meaning and their code.",
            ("provider", "state", "code"),
            registry=registry,
        )
        self._bounces = Counter(
            "notifier_bounces", "Mails that came back, by what they say.", ("kind", "leads"), registry=registry
        )
        self._refusals = Counter(
            "notifier_refusals",
            "Messages that a provider refused when they were handed over, by its code.",
            ("provider", "code"),
            registry=registry,
        )
        for kind in BounceKind:
            for leads in LEADS:
                self._bounces.labels(kind=kind, leads=leads)

    def look(self) -> None:
        """Count what is new. Raises StoreError where the database is away: nothing is lost by that."""
        with self._lock:
            upto = self._parts.clock() - SETTLES
            if upto <= self._upto:
                return
            with read_only(self._parts.database) as connection:
                found = news(connection, live=self._parts.live, after=self._upto, upto=upto)
            self._upto = upto
        for (state, gate, reason), count in found.verdicts.items():
            self._verdicts.labels(state=state, gate=gate or "", reason=reason).inc(count)
        for seconds in found.told:
            self._accepted.observe(seconds)
        for said in found.receipts:
            self._results.labels(provider=said.provider, state=said.state, code=code_label(said.code)).inc()
            if said.state is ReceiptState.DELIVERED and said.seconds is not None:
                self._delivered.observe(said.seconds)
        for (provider, code), count in found.refusals.items():
            self._refusals.labels(provider=provider, code=code_label(code)).inc(count)
        for (kind, leads), count in found.bounces.items():
            self._bounces.labels(kind=kind, leads=LEADS[leads]).inc(count)


def code_label(code: str | None) -> str:
    """A provider's code as a label: of mail servers the class and the subject (`5.1`), or the class alone (`5xx`)."""
    if code is None or code in KNOWN_CODES:
        return code or ""
    found = _MAIL_CODE.fullmatch(code)
    return OTHER if found is None else found["class"] + (found["subject"] or "xx")


class DatabaseFigures(Collector):
    """What the database says when it is asked."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        now = self._parts.clock()
        with read_only(self._parts.database) as connection:
            found = figures(connection, live=self._parts.live, now=now, mailbox=self._parts.mailbox)
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
        unknown = GaugeMetricFamily(
            "notifier_messages_unknown",
            "Messages of which nobody knows whether their provider has them.",
            labels=["channel"],
        )
        for channel in ChannelName:
            unknown.add_metric([channel], found.unknown.get(channel, 0))
        yield from (waiting, age, halted, unknown)
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
        passes = GaugeMetricFamily(
            "notifier_process_last_pass_timestamp_seconds",
            "When a process last ended a pass of its work, by what it does and on which machine.",
            labels=["process", "host"],
        )
        for (process, host), at in found.passes.items():
            passes.add_metric([process, host], at.timestamp())
        yield passes
        if self._parts.mailbox is not None:
            yield GaugeMetricFamily(
                "notifier_mailbox_read_timestamp_seconds",
                "When the mailbox with bounces was last read; 0 where it never was.",
                value=0 if found.mailbox_read is None else found.mailbox_read.timestamp(),
            )
