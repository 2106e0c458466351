"""What a decision about contradictions releases, cancels or leaves held: asked of `redraft`, in its own transaction.

So it says what the next tick would do: the gates are asked about each notice that the contradictions held.
"""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.model.notices import Draft, NoticeState
from notifier.model.problems import ProblemsError
from notifier.pipeline import redraft
from notifier.store.reader import Reader
from notifier.store.tables import CONTRADICTION, NOTICE

MOST = 500
"""Notices that are drafted again to say what becomes of them; more than that are counted."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A notice that was held, and what becomes of it now."""

    notice: str
    """Its reference."""
    rule: str
    customer: str | None
    becomes: str
    """`held` where it still is; `released`; `cancelled`."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class HeldNotices:
    """What becomes of the notices that were held by some contradictions."""

    notices: tuple[Held, ...] = ()
    more: int = 0
    """Notices beyond `MOST`, of which nothing is said."""


def held_by(
    ruleset: Callable[[], Ruleset], connection: sa.Connection, about: Collection[str], now: datetime, *, live: bool
) -> HeldNotices:
    """What becomes of the notices that these contradictions, or the contradictions of these groups, held."""
    rows = list(_held(connection, about, live=live))
    if not rows:
        return HeldNotices()
    subjects: dict[str, set[str]] = defaultdict(set)
    for row in rows[:MOST]:
        subjects[row.rule].add(row.subject_id)
    drafts: dict[str, Draft] = {}
    with contextlib.suppress(ProblemsError):  # while the files have gaps nobody is told anything: all is still held
        for batch in redraft(ruleset(), Reader(connection, live=live), now, subjects, DraftOptions(live=live)):
            drafts |= {draft.occurrence: draft for draft in batch.drafts}
    found = []
    for row in rows[:MOST]:
        draft = drafts.get(row.occurrence)
        state = NoticeState.HELD if draft is None else draft.verdict.state
        reason = row.reason if draft is None else draft.verdict.reason.text
        found.append(
            Held(
                notice=row.reference,
                rule=row.rule,
                customer=row.recipient_id,
                becomes=_BECOMES.get(state, "cancelled"),
                reason=reason,
            )
        )
    return HeldNotices(notices=tuple(found), more=max(0, len(rows) - MOST))


_BECOMES = {NoticeState.HELD: "held", NoticeState.READY: "released", NoticeState.DEFERRED: "released"}


def _held(connection: sa.Connection, about: Collection[str], *, live: bool) -> Iterator[sa.Row[Any]]:
    """The held notices whose verdict names one of these contradictions."""
    names_of_columns = ("occurrence", "reference", "rule", "subject_id", "recipient_id", "reason", "contradictions")
    statement: sa.Select[Any] = sa.select(*(NOTICE.c[name] for name in names_of_columns)).where(
        NOTICE.c.state == NoticeState.HELD, NOTICE.c.live.is_(live)
    )
    names = set(about)
    for group in [each for each in about if each.startswith("G-")]:
        of_group = sa.select(CONTRADICTION.c.id).where(CONTRADICTION.c.group_id == group)
        names |= set(connection.execute(of_group).scalars())
    for row in connection.execute(statement.order_by(NOTICE.c.id)):
        if names & set(row.contradictions):
            yield row
