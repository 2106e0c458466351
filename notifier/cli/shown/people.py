"""What people decided about a contradiction or a notice becomes lines."""

from collections.abc import Sequence

from rich.text import Text

from notifier.cli.shown.values import instant_text
from notifier.model.texts import one_line
from notifier.store.interventions import Intervention


def interventions_text(interventions: Sequence[Intervention], timezone: str | None) -> Text:
    """`Tue 2026-03-03 09:40  marta: acknowledge, billing corrects the charge`, oldest first."""
    if not interventions:
        return Text("No person has decided anything about it yet.", style="dim")
    text = Text()
    for number, each in enumerate(interventions):
        text.append("\n" if number else "")
        text.append(f"{instant_text(each.at, timezone)}  ", style="dim")
        text.append(f"{one_line(each.actor)}: ", style="bold")
        text.append(f"{each.verb}, {one_line(each.reason)}")
    return text
