"""Which rows of `each` a tick decides, where a change or an instant did not touch all rows of their subject.

One contract of an incident with a hundred thousand changes nothing for the others, and one order of a site only moves
what is said of how many wait there. So a subject is decided as a whole only where what touched it is its own, or where
a figure of it is another one than when all its rows were decided last.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from notifier.evaluation.row_query import RowQuery
from notifier.model.reading import Figures, StateReader
from notifier.rules.checked_rules import Rule


@dataclass
class Touched:
    """What a tick decides of one rule."""

    whole: set[str] = field(default_factory=set)
    """Subjects, with all their rows."""
    figures: set[str] = field(default_factory=set)
    """Subjects whose figures may have moved."""
    rows: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Rows of `each`, by their subject."""

    def add(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Rows of `each`, each with its subject; the subject itself where a notice names no such row."""
        for subject, row in pairs:
            if row:
                self.rows[subject].add(row)
            else:
                self.whole.add(subject)

    @property
    def subjects(self) -> set[str]:
        """All that are touched."""
        return self.whole | self.figures | self.rows.keys()


def changed(query: RowQuery, reader: StateReader) -> Touched:
    """What the changes touched that came with no baseline."""
    return Touched(
        whole=reader.ids(query.changed_subjects, {}),
        figures=reader.ids(query.changed_figures, {}) if query.has_figures else set(),
        rows=_by_subject(reader.pairs(query.changed_rows, {})),
    )


def add_due(touched: Touched, rule: Rule, query: RowQuery, reader: StateReader, since: datetime, now: datetime) -> None:
    """What fell due since the last pass, in the state and in the outbox."""
    times = {"now": now, "since": since}
    touched.whole |= reader.ids(query.due_subjects, times)
    if query.has_figures:
        touched.figures |= reader.ids(query.due_figures, times)
    if query.due_rows is not None:
        touched.add(reader.pairs(query.due_rows, times))
    touched.add(reader.rows_due(rule.name, now, since))
    if rule.repeat is not None and not rule.at:
        touched.add(reader.rows_told(rule.name, since - rule.repeat, now - rule.repeat))
    if rule.fallback_after is not None:
        touched.add(reader.rows_told(rule.name, since - rule.fallback_after, now - rule.fallback_after))


def settle_figures(
    touched: Touched, rule: Rule, query: RowQuery, reader: StateReader, now: datetime
) -> dict[str, Figures]:
    """Find out what the figures that may have moved touch: a subject with all its rows, what is unsent, or nothing.

    Returns the new figures of subjects of which only what is unsent is decided.
    """
    asked = sorted(touched.figures - touched.whole)
    if not asked:
        return {}
    before, after = reader.figures(rule.name, asked), figures_of(query, reader, asked, now)
    moved: dict[str, Figures] = {}
    for subject, figures in after.items():
        known = before.get(subject)
        if known is None or known.truth != figures.truth:
            touched.whole.add(subject)
        elif known.claims != figures.claims:
            moved[subject] = figures
    # Whoever was told a figure hears of another one, unless the rule says not to.
    if moved and (rule.on_change == "correct" or reader.any_told_through()):
        touched.whole |= moved.keys()
        return {}
    if moved:
        touched.add(pair for pair in reader.rows_unsent(rule.name) if pair[0] in moved)
    return moved


def figures_of(query: RowQuery, reader: StateReader, subjects: Collection[str], now: datetime) -> Mapping[str, Figures]:
    """The figures of these subjects at `now`; none of those for which they do not matter."""
    if not query.has_figures or not subjects:
        return {}
    rows = reader.rows(query.figures, {"now": now, "subjects": list(subjects)})
    return {row[0]: query.read_figures(row) for row in rows}


def _by_subject(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for subject, row in pairs:
        found[subject].add(row)
    return found
