"""What people did about a contradiction or a notice, as lines."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from rich.text import Text

from notifier.cli.shown.values import instant_text


def interventions_text(rows: Sequence[sa.Row[Any]], timezone: str | None) -> Text:
    """`Tue 2026-03-03 09:40  marta: acknowledge, billing corrects the charge`, oldest first."""
    if not rows:
        return Text("No person has decided anything about it yet.", style="dim")
    text = Text()
    for number, row in enumerate(rows):
        text.append("\n" if number else "")
        text.append(f"{instant_text(row.at, timezone)}  ", style="dim")
        text.append(f"{row.actor}: ", style="bold")
        text.append(f"{row.verb}, {row.reason}")
    return text
