"""What is doubtful about a claim is said once, however many texts and languages it is so in."""

from collections.abc import Iterable
from dataclasses import dataclass

from notifier.model.problems import Problem


@dataclass(frozen=True, order=True)
class Doubt(Problem):
    """A warning about one claim, found in one text or language of several."""

    severity: str = "warning"
    about: str = ""
    """What is doubtful about which claim: those of one template with the same are one warning."""
    where: str = ""
    """The text or the language in which it was found."""


def said_once(problems: Iterable[Problem]) -> set[Problem]:
    """The problems, with one warning for all doubts about the same: the first, and where else it is so."""
    single: set[Problem] = set()
    shared: dict[str, set[Doubt]] = {}
    for problem in problems:
        if isinstance(problem, Doubt):
            shared.setdefault(problem.about, set()).add(problem)
        else:
            single.add(problem)
    for doubts in shared.values():
        first, *others = sorted(doubts)
        elsewhere = [where for where in dict.fromkeys(each.where for each in others) if where != first.where]
        what = first.what + (f"; so it is in {', '.join(elsewhere)}" if elsewhere else "")
        single.add(Problem(first.place, what, first.severity))
    return single


def base_name(file: str) -> str:
    """`sms.es.txt.j2`, which says channel and language."""
    return file.rpartition("/")[2]
