"""Runs the reader over sentences and counts what it got right. Of the held-out half only counts leave here."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from notifier.capture.proposals import Proposal
from notifier.capture.reading import read
from notifier.capture.surroundings import Surroundings

FOLDER = Path(__file__).parent
LANGUAGES = ("es", "en")
HALVES = ("development", "held_out")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many proposals were right, how many wrong, and how many promises were not found."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(right=self.right + other.right, wrong=self.wrong + other.wrong, missed=self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Of what was proposed, the share that is right."""
        return self.right / ((self.right + self.wrong) or 1)

    @property
    def recall(self) -> float:
        """Of what was promised, the share that was proposed right."""
        return self.right / ((self.right + self.missed) or 1)


@dataclass
class Measured:
    """What one file came to."""

    sentences: int = 0
    silent: int = 0
    """Sentences that promise nothing."""
    spoken: int = 0
    """Those of them from which something was proposed."""
    topics: dict[str, Tally] = field(default_factory=dict)
    assumptions: Counter[str] = field(default_factory=Counter)
    """Of right proposals: `told` where an assumption was to be told and was, `kept back` where it was not."""

    @property
    def all(self) -> Tally:
        """Of every topic."""
        return sum(self.topics.values(), start=Tally())

    def count(self, topic: str, tally: Tally) -> None:
        """Add to a topic."""
        self.topics[topic] = self.topics.get(topic, Tally()) + tally


def file_of(language: str, half: str) -> Path:
    """The file of a half."""
    return FOLDER / (f"{language}.yaml" if half == "development" else f"{language}.{half}.yaml")


def measured(language: str, half: str) -> Measured:
    """The counts of a half."""
    found = Measured()
    for entry, surroundings in sentences(language, half):
        judge(entry, read(entry["text"], surroundings), found)
    return found


def sentences(language: str, half: str) -> Iterator[tuple[Mapping[str, Any], Surroundings]]:
    """Each sentence with when and where it was said."""
    content = YAML(typ="safe", pure=True).load(file_of(language, half))
    for entry in content["sentences"]:
        said = {name: entry.get(name, content[name]) for name in ("at", "country", "locale", "currency")}
        at = datetime.fromisoformat(str(said.pop("at")))
        yield entry, Surroundings(at=at, **said)


def judge(entry: Mapping[str, Any], proposed: Sequence[Proposal], found: Measured) -> list[Proposal]:
    """Count what the reader made of a sentence; returns what is wrong in it."""
    found.sentences += 1
    found.silent += not entry["promises"]
    found.spoken += not entry["promises"] and bool(proposed)
    left = list(entry["promises"])
    wrong = []
    for each in proposed:
        fitting = next((one for one in left if _is_right(one, each, entry["text"])), None)
        if fitting is not None:
            left.remove(fitting)
            found.count(each.topic, Tally(right=1))
            if fitting.get("assumed", False) or each.assumed:
                key = {(True, True): "told", (True, False): "kept back", (False, True): "told without need"}
                found.assumptions[key[bool(fitting.get("assumed")), bool(each.assumed)]] += 1
        elif not any(_is_right(one, each, entry["text"]) for one in entry.get("optional", ())):
            wrong.append(each)
            found.count(each.topic, Tally(wrong=1))
    for one in left:
        found.count(one["topic"], Tally(missed=1))
    return wrong


def _is_right(expected: Mapping[str, Any], proposed: Proposal, text: str) -> bool:
    begin = text.find(expected["said"])
    assert begin >= 0, f"the words are not in the text: {expected['said']}"
    overlaps = proposed.start < begin + len(expected["said"]) and begin < proposed.end
    return (
        overlaps
        and expected["topic"] == proposed.topic
        and expected.get("currency") == proposed.currency
        and _same(expected["value"], proposed.value)
    )


def _same(expected: object, proposed: object) -> bool:
    if isinstance(expected, bool) or isinstance(proposed, bool):
        return expected is proposed
    first, second = str(expected), str(proposed)
    return first == second or _comparable(first) == _comparable(second)


def _comparable(text: str) -> object:
    """Numbers, lengths of time and instants by what they mean."""
    return tuple(_part(part) for part in text.split("/"))


def _part(text: str) -> object:
    number = text.removesuffix("%")
    if number.replace(".", "", 1).isdecimal():
        return Decimal(number), text.endswith("%")
    if text.startswith("PT"):
        hours, _, minutes = text.removeprefix("PT").rpartition("H")
        return "minutes", int(hours or 0) * 60 + int(minutes.removesuffix("M") or 0)
    if "T" in text and text[:4].isdecimal():
        return datetime.fromisoformat(text)
    return text
