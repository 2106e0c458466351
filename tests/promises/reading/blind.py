"""Sentences of two people who had not read a line of the reader, each frozen by a commit before they did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from notifier.capture.proposals import Proposal
from notifier.capture.reading import read
from notifier.capture.surroundings import Surroundings
from tests.promises.reading.measuring import FOLDER, Measured, Tally

PLACES = {
    "AR": ("America/Argentina/Buenos_Aires", "ARS"),
    "CL": ("America/Santiago", "CLP"),
    "CO": ("America/Bogota", "COP"),
    "ES": ("Europe/Madrid", "EUR"),
    "GB": ("Europe/London", "GBP"),
    "MX": ("America/Mexico_City", "MXN"),
    "US": ("America/New_York", "USD"),
}
"""Clock and currency of each country."""

STRANGERS = ("blind", "fresh")
"""The sets, by the order in which they were written."""


@dataclass(frozen=True)
class Judged:
    """One sentence with what is wrong and what is missed in it."""

    said: str
    wrong: Sequence[Proposal]
    missed: Sequence[str]


def blind(language: str, found: Measured, written: str = "blind") -> Iterator[Judged]:
    """Judges each sentence of the set `written`, one of `STRANGERS`; the counts are added to `found`."""
    content = YAML(typ="safe", pure=True).load(FOLDER / f"{language}.{written}.yaml")
    for entry in content["sentences"]:
        country = entry.get("country", content["country"])
        clock, currency = PLACES[country]
        at = datetime.fromisoformat(content["at"]).astimezone(ZoneInfo(clock))
        place = Surroundings(at=at, locale=f"{content['locale']}-{country}", country=country, currency=currency)
        yield _judge(entry, read(entry["said"], place), place, found)


def _judge(entry: Any, proposed: Sequence[Proposal], place: Surroundings, found: Measured) -> Judged:
    found.sentences += 1
    found.silent += not entry["promised"]
    found.spoken += not entry["promised"] and bool(proposed)
    left, wrong = list(entry["promised"]), []
    for each in proposed:
        fitting = next((one for one in left if _is_right(one, each, place)), None)
        if fitting is None:
            wrong.append(each)
            found.count(each.topic, Tally(wrong=1))
        else:
            left.remove(fitting)
            found.count(each.topic, Tally(right=1))
    for one in left:
        found.count(one.partition(" ")[0], Tally(missed=1))
    return Judged(entry["said"], wrong, left)


def _is_right(expected: str, proposed: Proposal, place: Surroundings) -> bool:
    topics, values, *currency = expected.split(" ")
    return (
        proposed.topic in topics.split("|")
        and (not currency or currency[0] == proposed.currency)
        and any(_same(value, str(proposed.value), place) for value in values.split("|"))
    )


def _same(expected: str, proposed: str, place: Surroundings) -> bool:
    """Equal in the form of the reader: clock times with their offset, windows as two of them."""
    if expected.endswith("*"):
        return proposed.startswith(expected.removesuffix("*"))
    if expected == proposed:
        return True
    day, _, hours = expected.partition("T")
    if hours and day[:2] == "20":
        first, _, second = hours.partition("/")
        parts = [f"{day}T{hour}:00{place.at:%z}" for hour in (first, second) if hour]
        return _instants(proposed) == [datetime.fromisoformat(part) for part in parts]
    if proposed.startswith(("2026-", "2027-", "2028-")) and "T" in proposed and "T" not in expected:
        return proposed.startswith(expected)  # the day is right, and an hour was said with it
    if "/" in proposed and expected in proposed.split("/")[-1]:
        return True  # a whole week: the last day of it
    return (expected == "closed" and "off" in proposed) or (":" in expected and expected in proposed)


def _instants(text: str) -> list[datetime]:
    return [datetime.fromisoformat(part) for part in text.split("/") if part[:2] == "20" and "T" in part]
