"""One language: words and cues (`languages/es.yaml`), terminals (`es.lark`), and the phrases of all (`phrases.lark`).

Read and compiled once, when the first note in the language comes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark
from ruamel.yaml import YAML

FOLDER = Path(__file__).with_name("languages")
STARTS = (
    "span",
    "clock",
    "soon",
    "length",
    "day",
    "amount",
    "speed",
    "share",
    "days",
    "part",
    "always",
    "off",
    "bound",
)
"""The kinds of phrases; of two that are equally long the first is meant."""
WORD_TABLES = {
    "weekdays": "WEEKDAY",
    "months": "MONTH",
    "units": "UNIT",
    "speed_units": "SPEED_UNIT",
    "currencies": "CURRENCY",
    "signs": "CURRENCY",
    "number_words": "NUMWORD",
    "feasts": "FEAST",
}


@dataclass(frozen=True, kw_only=True)
class Cue:
    """Words around values that make a promise of a topic."""

    topic: str
    pattern: re.Pattern[str]
    value: str | None
    """The promised value, where no phrase has it."""
    confidence: int
    """Percent."""
    form: str
    """How its value becomes the topic's: the topic's own name where the cue says nothing."""
    customer: bool
    """Said by a customer it counts, too."""
    needs: str | None
    """A topic that must have been found in the same sentence, too."""
    despite: frozenset[str]
    """The guards that do not stop it."""


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Words because of which a sentence, or a part of it, promises nothing."""

    name: str
    pattern: re.Pattern[str]
    until: re.Pattern[str] | None
    """Where its reach ends: the words after it promise again. None: it is about the whole sentence."""
    reaches_back: bool
    """It takes back what stands before it, too."""


@dataclass(frozen=True, kw_only=True)
class Language:
    """All that is known of a language."""

    name: str
    words: Mapping[str, Mapping[str, Any]]
    parser: Lark
    cues: Sequence[Cue]
    guards: Sequence[Guard]
    speakers: re.Pattern[str]
    """The name of a speaker at the start of a line."""
    customers: re.Pattern[str]
    """Those of the speakers who are the customer."""
    refusal: re.Pattern[str]
    """What a customer says who takes no offer."""
    correction: re.Pattern[str]
    """What follows corrects what was said before."""
    joins: re.Pattern[str]
    """What may stand between the parts of one moment: `el martes [, en la] tarde`."""
    about: re.Pattern[str]
    """Before an amount: it is only about so much."""
    about_after: re.Pattern[str]
    opening: re.Pattern[str]
    """Words that tell opening hours from an appointment."""
    opens: re.Pattern[str]
    """What may stand between the days and the hours of a rule of opening hours: `mañana [abrimos de] 10 a 4`."""
    vague: re.Pattern[str]
    """Before a day: it is only about that day."""
    range_begins: re.Pattern[str]
    range_joins: re.Pattern[str]
    """Before the first of two days, and between them."""
    repairing: re.Pattern[str]
    """Words that say that a visit is for something else."""
    tax_included: re.Pattern[str]
    tax_excluded: re.Pattern[str]
    closes: re.Pattern[str]
    """What stands between the hour of opening and that of closing."""
    installing: re.Pattern[str]
    """Words that say that a visit is for an installation."""
    articles: frozenset[str]
    """Number words that are articles: `un`."""
    plural_days: frozenset[str]
    """Days of the week that mean every such day: `sábados`."""
    assumptions: Mapping[str, str]
    """The sentences that say what was assumed, with `{}` for the value."""
    series: re.Pattern[str]
    """What may stand between two rules of opening hours."""

    def assumption(self, name: str, value: str) -> str:
        """What was assumed, in a phrase of this language."""
        return self.assumptions[name].format(value)


@cache
def language(name: str) -> Language:
    """The language of this name. Raises FileNotFoundError for one that is not known."""
    given = YAML(typ="safe", pure=True).load(FOLDER / f"{name}.yaml")
    words: Mapping[str, Mapping[str, Any]] = given["words"]
    macros = _macros(given["macros"])
    cues = [
        Cue(
            topic=each["topic"],
            pattern=_pattern(like, macros),
            value=each.get("value"),
            confidence=each.get("confidence", 90),
            form=each.get("form", each["topic"]),
            customer=each.get("customer", False),
            needs=each.get("needs"),
            despite=frozenset(each.get("despite", ())),
        )
        for each in given["cues"]
        for like in each["like"]
    ]
    guards = [
        Guard(
            name=each["guard"],
            pattern=_pattern(each["like"], macros),
            until=_pattern(each["until"], macros) if "until" in each else None,
            reaches_back=each.get("reaches_back", False),
        )
        for each in given["guards"]
    ]
    speech = given["speech"]
    named = "|".join((*speech["company"], *speech["customer"]))
    return Language(
        name=name,
        words=words,
        parser=_parser(name, words),
        cues=cues,
        guards=guards,
        speakers=re.compile(
            rf"\s*(?:\[?\d{{1,2}}:\d{{2}}(?::\d{{2}})?\]?\s*[-–]?\s*)?(?P<speaker>{named})\b[^:\n]{{0,30}}:\s*"
        ),
        customers=re.compile("|".join(speech["customer"])),
        refusal=_pattern(speech["refusal"], macros),
        correction=_pattern(speech["correction"], macros),
        joins=re.compile(rf"(?:\s|,|{speech['joins']})*"),
        about=re.compile(rf"(?:{speech['about']})\s*$"),
        opening=_pattern(speech["opening"], macros),
        opens=re.compile(rf"(?:\s|[,:()]|{speech['joins']}|{_filled(speech['opening'], macros)}|{speech['being']})*"),
        vague=re.compile(rf"(?:{speech['vague']})\s*$"),
        range_begins=re.compile(rf"(?:{speech['range_begins']})\s*$"),
        range_joins=re.compile(rf"\s*(?:{speech['range_joins']})\s*"),
        repairing=_pattern(speech["repairing"], macros),
        tax_included=_pattern(speech["tax_included"], macros),
        tax_excluded=_pattern(speech["tax_excluded"], macros),
        closes=re.compile(rf"\s*(?:{speech['closes']})\s*"),
        installing=_pattern(speech["installing"], macros),
        articles=frozenset(speech["articles"]),
        plural_days=frozenset(speech["plural_days"]),
        assumptions=given["assumptions"],
        series=re.compile(rf"(?:\s|[,;.]|{speech['series']})*"),
        about_after=re.compile(rf"\s*,?\s*(?:{speech['about_after']})"),
    )


def _parser(name: str, words: Mapping[str, Mapping[str, Any]]) -> Lark:
    terminals = [(FOLDER / "phrases.lark").read_text(encoding="utf-8"), (FOLDER / f"{name}.lark").read_text("utf-8")]
    by_name: dict[str, list[str]] = {}
    for table, terminal in WORD_TABLES.items():
        by_name.setdefault(terminal, []).extend(map(str, words[table]))
    for terminal, listed in by_name.items():
        longest_first = sorted(listed, key=len, reverse=True)
        terminals.append(f"{terminal}.5: /{'|'.join(map(_word, longest_first))}/")
    terminals.append(
        "WORD.-1: /[a-z][a-z0-9]*/\nOTHER.-2: /[^\\s]/\nSPACE: /\\s+/\n%ignore SPACE\n"
        "unread: WORD | OTHER | NUMWORD | RATE"
    )
    return Lark(
        "\n".join(terminals),
        parser="lalr",
        lexer="basic",
        start=[*STARTS, "unread"],
        maybe_placeholders=False,
        propagate_positions=True,
    )


def _word(word: str) -> str:
    """The pattern of a word, or of several with any space between; a letter does not go on behind it."""
    pattern = re.escape(word).replace(r"\ ", r"\s+").replace("/", r"\/")
    return rf"{pattern}(?![a-z])" if word[-1].isalpha() else pattern


_KINDS = ("amount", "lowered", "figure", "number", "share", "speed", "length", "while", "when", "soon", "hours")


def _macros(given: Mapping[str, str]) -> dict[str, str]:
    found = {
        "gap": r"[^<>]{0,45}?",
        "near": r"[^<>]{0,15}?",
        "back": r"[^<>,;]{0,30}?",
        "far": r"(?:[^<>]|<[^<>]*>){0,90}?",
        "any": r"<(?:amount|figure):(?P<value>\d+)>",
        "moment": r"<(?:when|soon):(?P<value>\d+)>",
        "minutes": r"<(?:while|soon):(?P<value>\d+)>",
        "number_any": r"<(?:amount|figure|number):(?P<value>\d+)>",
    }
    for kind in _KINDS:
        found[kind] = rf"<{kind}:(?P<value>\d+)>"
        found[f"a_{kind}"] = rf"<{kind}:\d+>"
    for name, text in given.items():
        found[name] = f"(?:{_filled(text, found)})"
    return found


def _filled(text: str, macros: Mapping[str, str]) -> str:
    """The pattern with the macros in it: `{name}`, and `<kind>` for a phrase that has the value."""
    named = re.sub(r"<([a-z]+)>", r"{\1}", text)
    return re.sub(r"\{([a-z_]+)\}", lambda found: macros[found[1]], named)


def _pattern(text: str, macros: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(_filled(text, macros))
