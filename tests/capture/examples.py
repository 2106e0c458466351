"""Where and when the sentences of these tests were said."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from notifier.capture.proposals import Proposal
from notifier.capture.reading import read
from notifier.capture.surroundings import Surroundings

THURSDAY = datetime.fromisoformat("2026-03-12T10:00:00-05:00")
BOGOTA = Surroundings(at=THURSDAY, locale="es-CO", country="CO", currency="COP")
NEW_YORK = Surroundings(at=THURSDAY, locale="en-US", country="US", currency="USD")
PLACES = {"es": BOGOTA, "en": NEW_YORK}


def examples(language: str) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    """The sentences of `es.txt` or `en.txt`, with the topics and values that they propose."""
    for line in (Path(__file__).parent / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        text, _, listed = line.rpartition("|")
        topics = [part for part in listed.split() if "=" in part]
        wanted, rest = set(), listed
        for part in reversed(topics):
            name = part.partition("=")[0]
            rest, _, value = rest.rpartition(f"{name}=")
            wanted.add((name, value.strip()))
        yield text.strip(), wanted


def said(text: str, place: Surroundings = BOGOTA) -> dict[str, str]:
    """What a text proposes: topic and value."""
    return {each.topic: str(each.value) for each in read(text, place)}


def only(text: str, place: Surroundings = BOGOTA) -> Proposal:
    """The one proposal of a text."""
    (proposal,) = read(text, place)
    return proposal
