"""A row of one rule's statements -> its matches, or the explanation of each of its clauses."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from notifier.evaluation.day_counts import DayCounts, Locality
from notifier.evaluation.explanations import Clause, Explanation, mixed_currencies, parts
from notifier.evaluation.local_moments import read_locality
from notifier.evaluation.reading import SharedClaims, json_value
from notifier.evaluation.row_layout import Purpose, RowLayout
from notifier.evaluation.windows import Window, instant, windows
from notifier.model.notices import Match


class RowReader:
    """Reads the rows of one rule. Which window is open is decided here, exactly."""

    def __init__(self, layout: RowLayout, default_timezone: str, default_country: str, day_counts: DayCounts) -> None:
        self._layout = layout
        self._rule = layout.rule
        self._default_timezone = default_timezone
        self._default_country = default_country
        self._day_counts = day_counts
        self._rare = frozenset(probe.text for probe in layout.probes if probe.rare)
        self._claims = SharedClaims()
        self._clauses = [(condition, True) for condition in self._rule.when]
        self._clauses += [(condition, False) for condition in self._rule.unless]

    def read(self, row: Sequence[Any], now: datetime) -> Iterator[Match]:
        """The matches of a row: one for each window that its statement selects."""
        purpose, since = Purpose(row[3]), row[4]
        found = self._windows(row)
        if purpose is Purpose.OPEN:
            found = [window for window in found if window.contains(now)]
        elif purpose is Purpose.ENDED:
            found = [window for window in found if window.ended(since, now)]
        elif not found:
            found = [Window()]
        if not found:
            return
        rule, layout, timezone = self._rule, self._layout, row[5]
        first_claim, first_currency = layout.first_claim, layout.first_currency
        claims = {
            claim.name: self._claims.of(claim, row[first_claim + i], row[first_currency + i], timezone)
            for i, claim in enumerate(rule.claims)
        }
        evidence = {
            text: json_value(row[column])
            for text, column in layout.columns_of.items()
            if text not in self._rare or row[column] is not None
        }
        for window in found:
            yield Match(
                rule=rule.name,
                subject_type=rule.about,
                subject_id=row[0],
                each_id=row[1],
                recipient_id=row[2],
                ordinal=window.ordinal,
                anchor=window.anchor,
                at=window.at,
                until=window.until,
                born=self._born(row, window),
                claims=claims,
                evidence=evidence,
                timezone=timezone,
                template=None if rule.texts is None else rule.texts.templates.get(row[layout.chosen_by]),
                locale=row[layout.locale] if layout.speaking else None,
            )

    def explain(self, row: Sequence[Any]) -> Explanation:
        """Every clause of a row with its parts, and the windows of the row."""
        clauses = tuple(
            Clause(
                text=condition.text,
                wanted=wanted,
                value=row[self._layout.columns_of[condition.text]],
                parts={
                    part.text: json_value(row[self._layout.columns_of[part.text]])
                    for part in parts(condition)
                    if not part.rare or row[self._layout.columns_of[part.text]] is not None
                },
            )
            for condition, wanted in self._clauses
        )
        return Explanation(
            subject_id=row[0],
            each_id=row[1],
            recipient_id=row[2],
            clauses=clauses,
            windows=tuple(self._windows(row)),
            unknown=tuple(self._unknown_days(row)),
            valueless=tuple(self._valueless(row)),
            timezone=row[5],
        )

    def _born(self, row: Sequence[Any], window: Window) -> datetime | None:
        """When everything that the window's moment hangs on had come to be, as far as anybody knows."""
        births = self._layout.births[window.ordinal] if self._layout.births else ()
        known = [row[self._layout.birth_columns[birth]] for birth in births]
        return max((instant for instant in known if instant is not None), default=None)

    def _windows(self, row: Sequence[Any]) -> list[Window]:
        anchors = row[self._layout.first_anchor : self._layout.until]
        zone = row[5] or row[6] or self._default_timezone
        if not self._layout.counts_days:
            return windows(self._rule, anchors, row[self._layout.until], zone)
        count_days = partial(self._day_counts.reached, self._locality(row))
        return windows(self._rule, anchors, row[self._layout.until], zone, count_days)

    def _unknown_days(self, row: Sequence[Any]) -> Iterator[str]:
        """A sentence for each moment whose day cannot be told although its anchor is known."""
        if not self._layout.counts_days:
            return
        zone, locality = row[5] or row[6] or self._default_timezone, self._locality(row)
        moments = [*self._rule.at, *([self._rule.until] if self._rule.until is not None else [])]
        for moment, anchor in zip(moments, row[self._layout.first_anchor : self._layout.until + 1], strict=False):
            if anchor is None or instant(moment, anchor, zone, partial(self._day_counts.reached, locality)) is not None:
                continue
            why = self._day_counts.why_unknown(locality, moment.counted, moment.days)
            yield f"'{moment.text}' is unknown: {why}"

    def _valueless(self, row: Sequence[Any]) -> Iterator[str]:
        """A sentence for each claim whose rows have several currencies."""
        if not self._rare:
            return
        for claim in self._rule.claims:
            for text in dict.fromkeys(mixed_currencies(claim.expression)):
                if (currencies := row[self._layout.columns_of[text]]) is not None:
                    why = f"its rows are in {currencies}, never calculated together"
                    yield f"the claim '{claim.name}' has no value: {why}"

    def _locality(self, row: Sequence[Any]) -> Locality:
        return read_locality(row[self._layout.first_of_locality :], self._default_country)
