"""What the page about the complaints says is what was measured, by labels and words that are still these."""

import csv
import json
from collections import Counter

from bench import complaints

PAGE = (complaints.EXAMPLE / "README.md").read_text(encoding="utf-8")
FOUND = json.loads(complaints.FIGURES.read_text(encoding="utf-8"))


def test_the_tables_are_the_figures() -> None:
    fresh = complaints.tables(FOUND["fresh"]).partition("\n\n")[0]
    shown = [*complaints.tables(FOUND).splitlines(), *fresh.splitlines()]
    assert [line for line in shown if line not in PAGE.splitlines()] == []
    assert "the model alone (it\nlearns from 400 then) gives 365 of 560 a reason, 296 of them right" in PAGE
    assert FOUND["model, halves exchanged"] == {"given": 365, "right of given": 296, "right": 425}
    assert {name: round(count / FOUND["titles"], 3) for name, count in FOUND["given of all"].items()} == {
        "plain list": 0.710,
        "words": 0.666,
    }
    assert (FOUND["titles"], FOUND["threshold"]) == (2224, 0.308)


def test_the_figures_are_of_these_labels_and_reasons() -> None:
    with (complaints.EXAMPLE / "labels.csv").open(encoding="utf-8", newline="") as lines:
        labels = Counter((row["half"], row["reason"]) for row in csv.DictReader(lines))
    known = {*complaints.reasons(), "unclear"}
    assert {reason for _, reason in labels} == known == set(FOUND["confusion"])
    rows = {reason: sum(row.values()) for reason, row in FOUND["confusion"].items()}
    assert rows == {reason: labels["judged", reason] for reason in known}
    halves = Counter(half for half, _ in labels.elements())
    fresh = {reason: sum(row.values()) for reason, row in FOUND["fresh"]["confusion"].items()}
    assert (halves["fresh"], fresh) == (300, {reason: labels["fresh", reason] for reason in known})
    assert (halves["learned"], halves["judged"], labels["judged", "unclear"]) == (560, 400, 101)
    assert sum(len(words.split()) for words in complaints.PLAIN.values()) == 62
    assert set(complaints.PLAIN) == known - {"unclear"}
