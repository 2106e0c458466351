"""Actions as people read them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.values import instant_text
from notifier.model.actions import Action, ActionStatus
from notifier.model.texts import one_line
from notifier.store.interventions import Intervention


def actions_table(actions: Sequence[Action], now: datetime, timezone: str) -> Listing:
    """Two lines an action."""
    table = Listing("id", "what", "owner", "due")
    for each in actions:
        back = "" if not each.times_back else f"came back {'once' if each.times_back == 1 else f'{each.times_back}x'}"
        late = each.is_late(now)
        table.add(
            Text.assemble((each.id, "bold"), "\n", age_text(each, now)),
            Text.assemble(one_line(each.what), "\n", (each.about, "dim")),
            Text.assemble(each.owner, "\n", (back, "bold red")),
            Text.assemble(
                (instant_text(each.due_at, timezone), "bold red" if late else ""),
                "\n",
                ("late", "bold red") if late else ("" if each.status is ActionStatus.OPEN else each.status.value),
            ),
        )
    return table


def age_text(action: Action, now: datetime) -> str:
    """`open for 12 days`, or how it ended."""
    if action.status is not ActionStatus.OPEN:
        return action.status.value
    days = (now - action.opened_at).days
    return f"open for {days} day{'' if days == 1 else 's'}"


def action_text(action: Action, done: Sequence[Intervention], now: datetime, timezone: str) -> Iterator[str]:
    """All that is known of it, a line each."""
    yield f"{action.id}  {one_line(action.what)}"
    rows = (
        ("to end", action.about),
        ("owner", action.owner),
        ("status", f"{age_text(action, now)}{', late' if action.is_late(now) else ''}"),
        ("due", instant_text(action.due_at, timezone)),
        ("cause found", action.found_cause),
        ("effect", action.effect),
        (
            "came back",
            None
            if action.came_back_at is None
            else f"{instant_text(action.came_back_at, timezone)}, {action.came_back_count} times since it was done",
        ),
    )
    for name, value in rows:
        if value is not None:
            yield f"    {name}: {one_line(value)}"
    for each in done:
        yield f"{instant_text(each.at, timezone)}  {one_line(each.actor)}: {each.verb}, {one_line(each.reason)}"
