"""Problems collected while reading, so that all of them can be shown together."""

from collections.abc import Collection, Sequence

from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean


class Findings:
    """The problems of one rule, one file or one project, in the order found."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    @property
    def problems(self) -> Sequence[Problem]:
        """All of them."""
        return tuple(self._problems)

    def add(self, place: Place, what: str) -> None:
        """Adds an error."""
        self._problems.append(Problem(place, what))

    def extend(self, problems: Sequence[Problem]) -> None:
        """Adds problems found elsewhere."""
        self._problems.extend(problems)

    def take(self, error: ProblemsError) -> None:
        """Adds the problems of something that could not be read at all."""
        self._problems.extend(error.problems)

    def __bool__(self) -> bool:
        return bool(self._problems)


def unknown(what: str, name: str, known: Collection[str], where: str) -> str:
    """`unknown owner 'biling'; did you mean 'billing'?`, or else what `where` has instead."""
    close = did_you_mean(name, known)
    if close:
        return f"unknown {what} '{name}'{close}"
    listed = ", ".join(sorted(known)[:12]) + (", …" if len(known) > 12 else "")
    return f"unknown {what} '{name}'; {where} has {listed or 'none'}"
