"""The reader is as good as docs/reading-promises.md says, on each half and in each language."""

import re
from pathlib import Path

import pytest

from tests.promises.reading.blind import STRANGERS, blind
from tests.promises.reading.measuring import HALVES, LANGUAGES, Measured, measured

PAGE = Path(__file__).parents[3] / "docs" / "reading-promises.md"
ROW = re.compile(
    r"\| (?P<language>Spanish|English) \| (?P<half>development|held out|(?:second )?stranger's, now) "
    r"\| (?P<right>\d+) \| (?P<wrong>\d+) \| (?P<missed>\d+) \|"
)
NAMES = {
    "es": "Spanish",
    "en": "English",
    "development": "development",
    "held_out": "held out",
    "blind": "stranger's, now",
    "fresh": "second stranger's, now",
}


def told() -> dict[tuple[str, str], tuple[int, int, int]]:
    rows = ROW.finditer(PAGE.read_text(encoding="utf-8"))
    return {(row["language"], row["half"]): (int(row["right"]), int(row["wrong"]), int(row["missed"])) for row in rows}


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_neither_precision_nor_recall_falls_below_what_is_told(language: str, half: str) -> None:
    right, wrong, missed = told()[NAMES[language], NAMES[half]]
    found = measured(language, half).all
    assert found.precision >= right / (right + wrong)
    assert found.recall >= right / (right + missed)


@pytest.mark.parametrize("written", STRANGERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentences_of_a_stranger_are_read_as_is_told(language: str, written: str) -> None:
    right, wrong, missed = told()[NAMES[language], NAMES[written]]
    counted = Measured()
    judged = list(blind(language, counted, written))
    found = counted.all
    assert (found.right, found.wrong, found.missed) == (right, wrong, missed), [
        (each.said, each.wrong, each.missed) for each in judged if each.wrong or each.missed
    ]
