"""`words.yaml` -> what people answer with, by language: read once, when the first reply comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from notifier.model.texts import folded
from notifier.model.types import CUSTOMER_CHANNELS, ChannelName

FILE = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language: folded words, and the answers to them."""

    stop: frozenset[str]
    stop_or_cancel: frozenset[str]
    stops_all: bool
    """Whether a word of `stop_or_cancel` mutes every class at once; else marketing alone."""
    start: frozenset[str]
    help: frozenset[str]
    confirm: frozenset[str]
    cancel: frozenset[str]
    leading: frozenset[str]
    phrases: tuple[str, ...]
    courtesy: tuple[str, ...]
    closings: frozenset[str]
    """A line that is one of these ends what somebody wrote in a mail."""
    devices: tuple[str, ...]
    """So begin the lines that programs add below it."""
    here: Mapping[ChannelName, str]
    """`at this number`, in answers."""
    answers: Mapping[str, str]


@cache
def languages() -> Mapping[str, Words]:
    """The shipped words by language (`es`)."""
    written: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load(FILE)["languages"]
    return {language: _words(of) for language, of in written.items()}


def _words(of: Mapping[str, Any]) -> Words:
    def all_of(key: str) -> frozenset[str]:
        return frozenset(folded(str(word)) for word in of[key])

    return Words(
        stop=all_of("stop"),
        stop_or_cancel=all_of("stop_or_cancel"),
        stops_all=of["stops"] == "all",
        start=all_of("start"),
        help=all_of("help"),
        confirm=all_of("confirm"),
        cancel=all_of("cancel"),
        leading=all_of("leading"),
        phrases=tuple(folded(str(phrase)) for phrase in of["phrases"]),
        courtesy=tuple(sorted((folded(str(word)) for word in of["courtesy"]), key=len, reverse=True)),
        closings=all_of("closings"),
        devices=tuple(folded(str(line)) for line in of["devices"]),
        here={channel: of["here"][channel] for channel in CUSTOMER_CHANNELS},
        answers=of["answers"],
    )
