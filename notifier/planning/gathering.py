"""Some subjects of a rule -> their situation: what is true, what was told, what is recorded as backlog."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.rule_query import RuleQuery
from notifier.model.notices import Match
from notifier.model.reading import StateReader
from notifier.model.types import ChannelName
from notifier.planning.occurrences import occurrence_of
from notifier.planning.selection import Selection
from notifier.planning.situation import Situation
from notifier.planning.standing import standings_of
from notifier.rules.checked import Rule


def gather(
    rule: Rule,
    query: RuleQuery,
    reader: StateReader,
    subjects: Sequence[str],
    selection: Selection,
    *,
    now: datetime,
    live: bool,
    resend: Mapping[str, ChannelName],
) -> Situation:
    """What is true and known about these subjects at `now`. If the rule told nobody, only what is true now is read."""

    def read(statement: sa.Select[Any], **more: object) -> Iterator[Match]:
        for row in reader.rows(statement, {"now": now, "subjects": list(subjects), **more}):
            yield from query.read(row, now)

    known = reader.notices(rule.name, subjects)
    backlog = reader.backlog(rule.name, subjects)
    told = any(notice.told_at is not None for notice in known)
    matches = tuple(read(query.matching()))
    # An unsent notice that still matches inside its window needs no second query; nearly all are in that case.
    planned = {occurrence_of(match, live=live) for match in matches}
    in_doubt = any(notice.is_open and notice.occurrence not in planned for notice in known)
    holding = tuple(read(query.holding())) if told or in_doubt or backlog else ()
    with_conditions = [index for index, follow_up in enumerate(rule.follow_up) if follow_up.when]
    following = {index: tuple(read(query.follow_up(index))) for index in with_conditions if told}
    standings = standings_of(rule, query, reader, known, holding=holding, following=following, now=now)
    return Situation(
        now=now,
        live=live,
        matches=matches,
        missed=tuple(read(query.missed(), since=selection.since)) if selection.since < now else (),
        holding=holding,
        following=following,
        lost=standings.lost,
        gone=standings.gone,
        continues=standings.continues,
        known=known,
        backlog=backlog,
        baseline=selection.baseline,
        first_pass=selection.first_pass,
        new_follow_ups=selection.new_follow_ups,
        edited=selection.edited,
        resend=resend,
    )
