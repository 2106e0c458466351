"""What a person is told about files that are not in force as they are."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from notifier.settings_variables import RulesTaken

if TYPE_CHECKING:
    from notifier.wiring import House

MOST_NAMED = 5
"""The most files that are named."""


def not_in_force_lines(house: "House") -> Iterator[str]:
    """`The files are not in force as they are: rules/mine.yaml has changed. …`; nothing where they are, or none is."""
    found = house.differences()
    if not found:
        return
    is_published = house.settings.rules_taken is RulesTaken.PUBLISHED
    if house.project.has_errors and (is_published or house.project.gaps):
        when = "They have errors, so what was in force before stays so."
    elif house.project.has_errors:
        when = "They have errors: a daemon goes on with those in force, and a tick sets aside what is wrong."
    elif is_published:
        when = "`notifier rules publish` puts them in force."
    else:
        when = "The next tick takes them, once they have rested."
    yield f"The files are not in force as they are: {_named(found)}. {when}"


def waiting_text(seconds: float) -> str:
    """Why a command waits."""
    return (
        f"The files changed a moment ago; in {max(1, round(seconds))} s they have rested. "
        "`notifier rules publish` takes them at once."
    )


def _named(found: Sequence[str]) -> str:
    more = f", and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return ", ".join(found[:MOST_NAMED]) + more
