"""What nobody hears where SMS go by the company's own gateway: it says what became of them, and brings no answers."""

from collections.abc import Iterable, Iterator

from notifier.doctor.findings import Finding, doubtful
from notifier.model.types import ChannelName
from notifier.rules.checked_rules import Rule


def unheard_finding(rules: Iterable[Rule]) -> Iterator[Finding]:
    """The rules whose SMS asks for an answer, if any."""
    asking = sorted(rule.name for rule in rules if rule.confirm is not None and ChannelName.SMS in rule.channels)
    if asking:
        yield doubtful(
            "gateway",
            f"an answer by SMS is not heard, and {', '.join(asking)} {'asks' if len(asking) == 1 else 'ask'} for one: "
            "your own gateway brings none",
            "take 'replies' and its sentence out of the texts; let the gateway hear STOP, and refuse with 'opted_out'",
        )
