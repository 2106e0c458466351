"""A notice that was missing -> the rule that would have spoken, ready for `notifier rules new`, or why none is."""

import math
import re
import shlex
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from notifier.model.missing_words import WORTH_IT, Clue, Hanging, MissingWords
from notifier.rules.checked import Project
from notifier.starter.new_rule import NewRule
from notifier.starter.places import LANGUAGES
from notifier.starter.subjects import SUBJECTS

FEWEST = 5
"""Contacts without a word below which no rule is proposed."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_LONGEST_IN_HOURS = 36 * HOUR
_SENTENCES = {
    "es": "le escribimos antes de que pregunte por esto: {}",
    "en": "we write before you have to ask about this: {}",
}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A rule worth writing, with what it hangs on."""

    hanging: Hanging
    clue: Clue
    answers: NewRule

    @property
    def command(self) -> str:
        """The command line that writes it, to be pasted into a shell."""
        new = self.answers
        options = [("--about", new.about), ("--kind", new.kind), ("--at", new.at)]
        options += [("--says", f"{language}={sentence}") for language, sentence in new.says.items()]
        options += [("--owner", new.owner), ("--exit", new.exit)]
        words = [word for option, value in options if value is not None for word in (option, value)]
        return shlex.join(["notifier", "rules", "new", new.name, *words])


def proposal_of(words: MissingWords, project: Project, language: str, taken: Collection[str] = ()) -> Proposal | str:
    """The rule that a reason's contacts ask for, in a name that is not taken; or why there is none to propose.

    `language` is that of the project's texts.
    """
    if words.rules:
        return f"{', '.join(words.rules)} speaks of it, and did not of these"
    if words.in_shadow:
        return f"{', '.join(words.in_shadow)} would speak of it, and is in shadow"
    if words.preceded.missing < FEWEST:
        return f"fewer than {FEWEST} contacts"
    hanging = next(iter(words.hanging), None)
    if hanging is None or hanging.contacts * 2 < words.preceded.missing:
        return "most of its contacts name no row: give them one in the column subject, as in order:O-1"
    if hanging.entity not in SUBJECTS:
        return f"its contacts are about rows of {hanging.entity}, about which rules new writes no rule"
    if not hanging.nearest:
        return f"its contacts come near no instant of their {hanging.entity}"
    clue = next((each for each in hanging.nearest if not _is_over(hanging.entity, each)), None)
    if clue is None:
        usual = " and ".join(SUBJECTS[hanging.entity].when)
        return f"they come after {hanging.nearest[0].column}, when {usual} is no longer so: write the rule by hand"
    if clue.time_left.median is None:
        return f"nobody knows when {clue.column} was known: import the rows when they come to be"
    if clue.time_left.median <= WORTH_IT:
        return "they come within an hour of the moment from which a rule could speak: mend the cause"
    return _proposal(words, project, language, hanging, clue, taken)


def _proposal(
    words: MissingWords, project: Project, language: str, hanging: Hanging, clue: Clue, taken: Collection[str]
) -> Proposal | str:
    owner = words.owner if words.owner in project.owners else None
    point = _exit(project, owner)
    if owner is None or point is None:
        return "no owner answers for it" if owner is None else "no contact point leads to a person"
    kind = hanging.kind if hanging.kind in SUBJECTS[hanging.entity].kinds else None
    return Proposal(
        hanging=hanging,
        clue=clue,
        answers=NewRule(
            name=_name(words.reason, {*project.rules, *project.checks, *taken}),
            about=hanging.entity,
            kind=kind,
            at=_moment(clue),
            owner=owner,
            exit=point,
            says=_says(words.title, language),
        ),
    )


def _is_over(entity: str, clue: Clue) -> bool:
    """Whether what `rules new` asks of the row is no longer so at the instant."""
    return not clue.is_ahead and clue.column.removeprefix(f"{entity}.") in SUBJECTS[entity].over_after


def _moment(clue: Clue) -> str:
    """Ahead of an instant: as long before it as nine of ten contacts came later. After it: at once."""
    if not clue.is_ahead:
        return clue.column
    longest = clue.distance.ninetieth or HOUR
    if longest <= _LONGEST_IN_HOURS:
        return f"{max(math.ceil(longest / HOUR), 1)}h before {clue.column}"
    return f"{math.ceil(longest / DAY)}d before {clue.column}"


def _says(title: str, language: str) -> dict[str, str]:
    """A sentence to begin with; none where the reason has a figure, which texts take from claims alone."""
    if language not in LANGUAGES or re.search(r"[\d{}]", title):
        return {}
    return {language: _SENTENCES[language].format(title)}


def _exit(project: Project, owner: str | None) -> str | None:
    """The way out that most rules of the owner have; else the first one at which a person answers."""
    used = Counter(rule.exit for rule in project.rules.values() if rule.owner == owner)
    human = (point.id for point in project.contact_points.values() if point.human)
    return min(used, key=lambda name: (-used[name], name)) if used else next(human, None)


def _name(reason: str, taken: Collection[str]) -> str:
    """`tell-order-late`, with a number where that is taken."""
    wanted = f"tell-{reason}"[:70]
    numbered = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in numbered if name not in taken)
