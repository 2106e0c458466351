"""Some subjects of a rule -> their situation: what is true, what was told, what is recorded as backlog."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.row_query import named
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.notices import Match
from notifier.model.reading import StateReader
from notifier.model.types import ChannelName
from notifier.planning.occurrences import Thread, occurrence_of, thread_of
from notifier.planning.repeats import decides_without_early_words
from notifier.planning.replacing import moved_threads, replaced_rows, without_replaced
from notifier.planning.selection import Part, Selection
from notifier.planning.situation import Situation
from notifier.planning.standing import holders_of, standings_of
from notifier.planning.threads import thread_of_notice
from notifier.rules.checked_rules import Rule


def gather(
    rule: Rule,
    query: RuleQuery,
    reader: StateReader,
    part: Part,
    selection: Selection,
    *,
    now: datetime,
    live: bool,
    resend: Mapping[str, ChannelName],
    lead: timedelta = timedelta(0),
) -> Situation:
    """What is true and known about this part at `now`, and what falls due within `lead` from it.

    If the rule told nobody, and there is no lead, only what is true now is read.
    """
    subjects, rows = part.subjects, part.rows
    asked = query if rows is None or query.of_rows is None else query.of_rows
    may_be_replaced = selection.has_replacements and query.may_be_replaced and reader.any_replaced(rule.about)
    links = replaced_rows(query, reader, subjects) if may_be_replaced else {}
    read_subjects = sorted({*subjects, *links, *links.values()}) if links else list(subjects)
    holders = holders_of(query, reader, set(links.values())) if links else {}

    def read(statement: sa.Select[Any], *, at: datetime = now, **more: object) -> Iterator[Match]:
        which = {"subjects": read_subjects} if rows is None else named(rows)
        found = reader.rows(statement, {"now": at, **which, **more})
        matches = (match for row in found for match in query.read(row, at))
        return iter(without_replaced(matches, links, holders)) if links else matches

    def true_at(instant: datetime, of: Sequence[str]) -> Iterator[Match]:
        return read(asked.matching(), at=instant, subjects=of)

    early = bool(links) or not decides_without_early_words(rule)
    if rows is None:
        known = reader.notices(rule.name, read_subjects, early=early)
        backlog = reader.backlog(rule.name, read_subjects)
    else:
        known = reader.notices_of_rows(rule.name, rows, early=early)
        backlog = reader.backlog_of_rows(rule.name, rows)
    told = any(notice.told_at is not None for notice in known)
    matches = tuple(read(asked.matching()))
    # An unsent notice that still matches inside its window needs no second query; nearly all are in that case.
    unsent = {notice.occurrence for notice in known if notice.is_open}
    in_doubt = bool(unsent) and not unsent.issubset(
        occurrence_of(match, live=live, shadow=rule.shadow) for match in matches
    )
    asks_for_missed = query.has_windows and selection.since < now
    missed = tuple(read(asked.missed(), since=selection.since)) if asks_for_missed else ()
    holding = () if query.has_windows else matches
    if query.has_windows and (told or in_doubt or backlog or lead):
        holding = tuple(read(asked.holding()))
    coming = tuple(match for match in holding if match.at is not None and now < match.at <= now + lead)
    with_conditions = [index for index, follow_up in enumerate(rule.follow_up) if follow_up.when]
    following = {index: tuple(read(asked.follow_up(index))) for index in with_conditions if told}
    moved = moved_threads(known, links, holders) if links else {}
    standing = [notice for notice in known if thread_of_notice(notice) not in moved] if moved else known
    standings = standings_of(rule, query, reader, standing, rows=rows, holding=holding, following=following, now=now)
    return Situation(
        now=now,
        live=live,
        matches=matches,
        missed=missed,
        holding=holding,
        coming=coming,
        following=following,
        lost=standings.lost,
        gone=standings.gone,
        continues={**standings.continues, **moved},
        known=known,
        subjects=frozenset(subjects) if links else None,
        backlog=backlog.keys(),
        dropped={key for key, dropped in backlog.items() if dropped},
        baseline=selection.baseline,
        true_when_loaded=_true_when_loaded(query, selection.baseline, (*matches, *missed), true_at),
        first_pass=selection.first_pass,
        new_follow_ups=selection.new_follow_ups,
        edited=selection.edited,
        resend=resend,
    )


def _true_when_loaded(
    query: RuleQuery,
    baseline: Mapping[str, datetime],
    matches: Sequence[Match],
    true_at: Callable[[datetime, Sequence[str]], Iterator[Match]],
) -> set[Thread]:
    """Of these matches, those about rows that a baseline loaded, where the rule was true already when it was loaded.

    No other change touched these rows, so what was true then is asked of the state as it is now. Most rules compare
    nothing with `now`: what is true of them now was true then. Rules with moments are not asked: `at` says it.
    """
    loaded = [match for match in matches if match.subject_id in baseline]
    if not loaded or query.rule.at:
        return set()
    if query.flips:
        by_date: dict[datetime, set[str]] = defaultdict(set)
        for match in loaded:
            by_date[baseline[match.subject_id]].add(match.subject_id)
        loaded = [match for date, subjects in by_date.items() for match in true_at(date, sorted(subjects))]
    return {thread_of(match.subject_id, match.each_id, match.recipient_id) for match in loaded}
