"""What the terminal says in the project's language; for what the pages say as well, in the words of the pages."""

from collections.abc import Mapping

from notifier.cli.pages.page_words import page_words
from notifier.cli.pages.simulation_words import simulation_words
from notifier.cli.shown.simulation_words import SPANISH, ReplayWords
from notifier.settings import Settings


def replay_words(settings: Settings, spanish: Mapping[str, str] = SPANISH) -> ReplayWords:
    """The words for what was played: by default those of a replay of history."""
    of_pages = page_words(settings.default_locale)
    language, of_the_page = simulation_words(settings.default_locale)
    states = of_the_page if language != "en" else {}
    parts = {**of_pages.verdicts, **of_pages.units, **states}
    return ReplayWords(language, of_pages.weekdays, parts, spanish)
