"""How well contacts are given their reasons: the complaints of docs/examples/complaints, measured on titles not seen.

`.venv/bin/python -m bench.complaints FILE` prints the figures of its README, those of the last two ways where
`notifier[embed]` is installed; `--write` keeps them in figures.json, from which the test of the page takes them. FILE
is the public set; docs/examples/complaints/README.md says where it is from.
"""

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notifier.model.reasons import UNCLEAR, Reason
from notifier.model.shares import Share
from notifier.reasons.embedding import can_embed
from notifier.reasons.measuring import guesses_of_others, threshold_of
from notifier.reasons.model import Guess, learned
from notifier.reasons.words import Words
from notifier.rules.checked_owners import Owner
from notifier.rules.findings import Findings
from notifier.rules.reason_files import read_reasons
from notifier.rules.yaml_reader import read_yaml

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "complaints"
FIGURES = EXAMPLE / "figures.json"
OWNERS = ("network", "billing", "sales", "care", "field")
LEARNED, JUDGED, FRESH = "learned", "judged", "fresh"
_WORD = re.compile(r"[a-z0-9]+")
PLAIN: Mapping[str, str] = {
    "data-cap": "cap caps data usage limit overage 300gb",
    "line-slow": "slow speed speeds throttling throttle mbps",
    "line-down": "outage outages interruption disconnect disconnects intermittent connection unreliable",
    "bill-wrong": "bill billing billed bills charge charges charged charging overcharge overbilling fee fees",
    "price-high": "price prices pricing rate rates expensive",
    "offer-not-kept": "bait switch misleading deceptive advertising contract promise promised",
    "support-no-help": "customer support service",
    "install-not-made": "installation install appointment",
    "cancel-refund": "cancel cancelled refund termination",
    "site-blocked": "hbo blocking playstation",
    "no-other-provider": "monopoly competition",
}
"""The plain word list that is to be beaten: a title has the reason of which it has most words."""


@dataclass(frozen=True)
class Title:
    """A complaint, with what a person says that it is about."""

    text: str
    reason: str


def titles(file: Path, half: str) -> Sequence[Title]:
    """The titles of one half that a person has labelled, in the order of the labels."""
    texts = {row["Ticket #"].strip(): " ".join(row["Customer Complaint"].split()) for row in _rows(file)}
    with (EXAMPLE / "labels.csv").open(encoding="utf-8", newline="") as lines:
        labelled = [row for row in csv.DictReader(lines) if row["half"] == half]
    return [Title(texts[row["ticket"]], row["reason"]) for row in labelled if row["ticket"] in texts]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def reasons() -> Mapping[str, Reason]:
    """Those of the example, with words that were written from the learned half alone."""
    node = read_yaml((EXAMPLE / "rules" / "reasons.yaml").read_bytes(), "rules/reasons.yaml")
    findings = Findings()
    found = read_reasons(node, {name: Owner(id=name, name=name) for name in OWNERS}, findings)
    assert not findings, findings.problems
    return found


def by_plain_list(text: str) -> str:
    """What the plain list says of a title."""
    of_word = {word: reason for reason, words in PLAIN.items() for word in words.split()}
    found = Counter(of_word[word] for word in _WORD.findall(text.lower()) if word in of_word)
    return found.most_common(1)[0][0] if found else UNCLEAR


def by_words(words: Words, text: str) -> str:
    """What the file's words say of a title."""
    found = words.find(text)
    return found[0].reason if found else UNCLEAR


def by_guess(guess: Guess, threshold: float) -> str:
    """What the model says, where it is sure enough."""
    return guess.reason if guess.probability >= threshold else UNCLEAR


def ways(
    seen: Sequence[Title], judged: Sequence[Title], *, meaning: bool = True
) -> tuple[Mapping[str, Sequence[str]], float]:
    """What each way says of the judged titles, and the threshold, which the seen titles alone decide."""
    words = Words(reasons())
    texts, real = [title.text for title in seen], [title.reason for title in seen]
    threshold = threshold_of(guesses_of_others(texts, real), real)
    guesses = learned(texts, real).guesses([title.text for title in judged])
    plain = [by_plain_list(title.text) for title in judged]
    own = [by_words(words, title.text) for title in judged]
    model = [by_guess(guess, threshold) for guess in guesses]
    found = {"plain list": plain, "words": own, "model": model, "words, then model": _first(own, model)}
    if meaning and can_embed():
        sure = threshold_of(guesses_of_others(texts, real, embedded=True), real)
        asked = learned(texts, real, embedded=True).guesses([title.text for title in judged])
        meant = [by_guess(guess, sure) for guess in asked]
        found |= {"model with meaning": meant, "words, then that": _first(own, meant)}
    return found, threshold


def _first(one: Sequence[str], other: Sequence[str]) -> Sequence[str]:
    """What the first way says, and where it says nothing the other."""
    return [mine if mine != UNCLEAR else theirs for mine, theirs in zip(one, other, strict=True)]


def figures(seen: Sequence[Title], judged: Sequence[Title]) -> dict[str, Any]:
    """All that the page says, as counts."""
    said, threshold = ways(seen, judged)
    real = [title.reason for title in judged]
    found: dict[str, Any] = {"learned": len(seen), "judged": len(judged), "threshold": round(threshold, 3), "ways": {}}
    for name, says in said.items():
        pairs = list(zip(says, real, strict=True))
        found["ways"][name] = {
            "given": sum(one != UNCLEAR for one in says),
            "right of given": sum(one == other != UNCLEAR for one, other in pairs),
            "right": sum(one == other for one, other in pairs),
        }
    confused = Counter(zip(real, said["words, then model"], strict=True))
    names = [*sorted(reasons(), key=lambda key: (-real.count(key), key)), UNCLEAR]
    found["confusion"] = {one: {other: confused[one, other] for other in names} for one in names}
    return found


def exchanged(seen: Sequence[Title], judged: Sequence[Title]) -> dict[str, int]:
    """The model alone, learned from the judged half and asked of the other. (Words were written from that one.)"""
    says, _ = ways(judged, seen, meaning=False)
    pairs = list(zip(says["model"], (title.reason for title in seen), strict=True))
    given = [pair for pair in pairs if pair[0] != UNCLEAR]
    right = sum(one == other for one, other in pairs)
    return {"given": len(given), "right of given": sum(one == other for one, other in given), "right": right}


def _share(part: int, whole: int) -> str:
    low, high = Share(part=part, whole=whole).interval or (0.0, 0.0)
    return f"{100 * part / whole:.1f} % of {whole} ({100 * low:.1f}-{100 * high:.1f})"


def tables(found: Mapping[str, Any]) -> str:
    """The tables of the page, in Markdown."""
    lines = ["| way | given a reason | of those right | right of all |", "|---|---|---|---|"]
    for name, counts in found["ways"].items():
        cells = (
            _share(counts["given"], found["judged"]),
            _share(counts["right of given"], counts["given"]),
            _share(counts["right"], found["judged"]),
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    names = list(found["confusion"])
    lines += ["", f"| a person says | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for name, row in found["confusion"].items():
        lines.append(f"| {name} | {' | '.join(str(row[other] or '') for other in names)} |")
    return "\n".join(lines)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    seen, judged = titles(asked.file, LEARNED), titles(asked.file, JUDGED)
    found = figures(seen, judged)
    found["model, halves exchanged"] = exchanged(seen, judged)
    found["fresh"] = figures(seen, titles(asked.file, FRESH))
    texts = [" ".join(row["Customer Complaint"].split()) for row in _rows(asked.file)]
    words = Words(reasons())
    found["titles"] = len(texts)
    found["given of all"] = {
        "plain list": sum(by_plain_list(text) != UNCLEAR for text in texts),
        "words": sum(by_words(words, text) != UNCLEAR for text in texts),
    }
    print(tables(found))
    print(tables(found["fresh"]))
    print(found["model, halves exchanged"])
    print({name: _share(part, len(texts)) for name, part in found["given of all"].items()}, found["threshold"])
    if asked.write:
        FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
