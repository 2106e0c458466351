"""What the owners of rules are told about the notices of one pass."""

from collections.abc import Sequence
from datetime import datetime

from notifier.drafting.copies import copies_of
from notifier.drafting.notices import is_called_off, is_lost_now, is_news
from notifier.drafting.ruleset import Ruleset
from notifier.drafting.verdict_alerts import verdict_alerts
from notifier.model.notices import Draft
from notifier.model.reading import KnownNotice, StateReader


class AlertsInPass:
    """The alerts of one pass of a rule, each once."""

    def __init__(self, ruleset: Ruleset, reader: StateReader, now: datetime, *, live: bool) -> None:
        self._ruleset, self._reader, self._now, self._live = ruleset, reader, now, live
        self.occurrences: set[str] = set()
        """Of those that were made: the reader's snapshot does not have them."""

    def about(self, rule: str, decided: Sequence[tuple[Draft, KnownNotice | None]]) -> Sequence[Draft]:
        """Those to the owner of a rule about what was decided of it."""
        news = [(draft, known) for draft, known in decided if is_news(draft, known)]
        alerts = verdict_alerts(
            self._ruleset,
            self._ruleset.project.rules[rule],
            [draft for draft, _ in news],
            [draft for draft, known in news if is_lost_now(draft, known)],
            {draft.occurrence for draft, known in news if is_called_off(draft, known)},
            self._reader,
            self._now,
            live=self._live,
        )
        alerts += copies_of(
            self._ruleset,
            self._ruleset.project.rules[rule],
            [draft for draft, _ in decided],
            self._reader,
            self._now,
            live=self._live,
        )
        new = [alert for alert in alerts if alert.occurrence not in self.occurrences]
        self.occurrences.update(alert.occurrence for alert in new)
        return new
