"""Promises of the state become a table."""

from collections.abc import Iterable, Mapping

from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.values import canonical_text, instant_text
from notifier.rules.checked_checks import Topic
from notifier.store.state.promises import PromiseRow


def promises_table(promises: Iterable[PromiseRow], topics: Mapping[str, Topic], timezone: str) -> Listing:
    """One row a promise: what was promised about what, by whom and when, with the evidence, and its state."""
    table = Listing("promise", "promised", "by", "evidence")
    for each in promises:
        due = "" if each.due_at is None else f"\nuntil {instant_text(each.due_at, timezone)}"
        said = each.made_by if each.made_by is not None else each.source
        table.add(
            Text.assemble(each.id, "\n", (each.state, "dim" if each.state in ("withdrawn", "superseded") else "green")),
            Text.assemble(
                (f"{each.topic} {_value(each, topics, timezone)}", "bold"),
                f"\n{each.subject_type} {each.subject_id}, {each.customer_id or '-'}{due}",
            ),
            f"{said}\n{instant_text(each.made_at, timezone)}",
            each.evidence or "",
        )
    return table


def _value(promise: PromiseRow, topics: Mapping[str, Topic], timezone: str) -> str:
    """As its topic's type is read; as it is stored where the topic has left the project."""
    topic = topics.get(promise.topic)
    return promise.value if topic is None else canonical_text(topic.type, promise.value, promise.currency, timezone)
