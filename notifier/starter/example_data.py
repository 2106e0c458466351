"""Rows to look at in the first preview: one change set with moments around the day of `notifier init`."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from notifier.rules.yaml_reader import read_yaml
from notifier.starter import places
from notifier.starter.answers import Answers
from notifier.starter.nodes import data_of

EXAMPLES = Path(__file__).parent / "examples"
SHOWN_AT = time(18)
"""When, on the day after, the first preview looks: every pack has a notice by then, and hours are open."""
THOUSANDS = ("ARS", "CLP", "COP", "CRC", "PYG")
"""Currencies in which what others pay with tens costs tens of thousands."""

_INSTANT = re.compile(r"@([+-]\d+)d (\d\d):(\d\d)")


@dataclass(frozen=True, kw_only=True)
class Example:
    """What a new project shows."""

    events: str
    """The lines of an events file."""
    days: Sequence[object]
    """Entries of `rules/hours.yaml` that it needs."""
    shown_at: datetime
    """The instant at which a preview shows it, in the project's zone."""


def example_of(answers: Answers, now: datetime) -> Example:
    """The example of the packs that were chosen, from `now` on."""
    filling = _Filling(answers, now)
    rows: dict[str, list[object]] = {}
    days: list[object] = []
    for pack in answers.packs:
        document = _document(pack)
        for entity, of_pack in document["rows"].items():
            rows.setdefault(entity, []).extend(filling.filled(of_pack))
        for day in document.get("days", ()):
            filled = filling.filled(day)
            date = filling.instant(int(filled.pop("day")), time()).date().isoformat()
            days.append(
                {"sites": filled["sites"], "dates": [date], **{key: filled[key] for key in ("hours", "reason")}}
            )
    change_set = {"at": now.astimezone(answers.zone).isoformat(timespec="seconds"), "set": rows}
    return Example(
        events=json.dumps(change_set, ensure_ascii=False) + "\n", days=days, shown_at=filling.instant(1, SHOWN_AT)
    )


@dataclass(frozen=True)
class _Filling:
    answers: Answers
    now: datetime

    def filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, Mapping):
            if set(value) == set(places.LANGUAGES):
                return value[self.answers.language]
            return {name: self.filled(item) for name, item in value.items()}
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> object:
        answers = self.answers
        if found := _INSTANT.fullmatch(text):
            return self.instant(int(found[1]), time(int(found[2]), int(found[3]))).isoformat()
        word, _, argument = text.partition(" ")
        match word:
            case "@phone":
                return places.example_mobile(answers.country, int(argument))
            case "@money":
                thousands = answers.currency in THOUSANDS
                return str(int(Decimal(argument) * 1000)) if thousands else f"{Decimal(argument):.2f}"
            case "@currency":
                return answers.currency
            case "@zone":
                return answers.timezone
            case "@country":
                return answers.country
            case _:
                return text

    def instant(self, days: int, at: time) -> datetime:
        """That time so many days after today, in the project's zone."""
        today = self.now.astimezone(self.answers.zone).date()
        local = datetime.combine(today + timedelta(days=days), at, tzinfo=self.answers.zone)
        return local.astimezone(UTC).astimezone(self.answers.zone)  # a time that clocks skip becomes a real one


@cache
def _document(pack: str) -> Mapping[str, Any]:
    file = EXAMPLES / f"{pack}.yaml"
    node = read_yaml(file.read_bytes(), file.name)
    assert node is not None, "every pack has an example"
    document = data_of(node)
    assert isinstance(document, dict), "with rows"
    return document
