"""How a contradiction came about, from the log alone: every write of the promise and of the facts, and what followed.

Nobody is asked, and nothing is concluded: each link is a row that was written when it happened.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from notifier.decisions.contradictions import OBJECT
from notifier.model.contradictions import HOLDING, Contradiction
from notifier.model.notices import NoticeKind
from notifier.planning.occurrences import mode
from notifier.promises.watched import watched_columns
from notifier.rules.checked import Project
from notifier.store.contradictions import find
from notifier.store.interventions import Intervention, interventions_on
from notifier.store.sql import is_any_of
from notifier.store.tables import NOTICE
from notifier.store.writes import Write, writes_of

__all__ = ["Explained", "Link", "LinkKind", "explain"]

MOST = 50
"""Rows of facts whose writes are shown: a check of a sum may add up thousands."""


class LinkKind(StrEnum):
    """What a link of the chain is."""

    PROMISE = "promise"
    """A write of a record of the promise."""
    FACT = "fact"
    """A write of a row that disagrees, or of one that its value is made of."""
    FOUND = "found"
    """The check found that they disagree."""
    ALERT = "alert"
    """Its owner was told."""
    DECIDED = "decided"
    """A person decided something about it."""
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Link:
    """One link of the chain; what a kind does not have is None."""

    kind: LinkKind
    at: datetime | None
    """When; None for a write that is older than the log."""
    write: Write | None = None
    decision: Intervention | None = None
    reference: str | None = None
    """Of the alert."""
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A contradiction, and the chain that led to it and on from it, in order."""

    contradiction: Contradiction
    links: Sequence[Link]
    left_out: int
    """Rows of facts beyond `MOST`."""


def explain(connection: sa.Connection, asked: str, project: Project, *, live: bool) -> Explained | None:
    """The chain of the contradiction of this id, as it was typed; None where there is none."""
    found = find(connection, asked)
    if found is None:
        return None
    promises = [("promise", each.promise_id) for each in found.records]
    facts = _facts(found)
    columns = watched_columns(project.checks.values())
    shown = facts[:MOST]
    links = [
        *_writes(connection, LinkKind.PROMISE, promises, columns),
        *_writes(connection, LinkKind.FACT, shown, columns),
        Link(kind=LinkKind.FOUND, at=found.opened_at, text=found.check),
        *_alerts(connection, found, live=live),
        *(
            Link(kind=LinkKind.DECIDED, at=each.at, decision=each)
            for each in interventions_on(connection, OBJECT, found.id)
        ),
    ]
    if found.state not in HOLDING:
        links.append(Link(kind=LinkKind.ENDED, at=found.changed_at, text=f"{found.state}: {found.reason}"))
    order = list(LinkKind)
    ordered = sorted(links, key=lambda link: (link.at is not None, link.at or found.opened_at, order.index(link.kind)))
    return Explained(contradiction=found, links=ordered, left_out=len(facts) - len(shown))


def _facts(found: Contradiction) -> Sequence[tuple[str, str]]:
    """The rows that disagree, and those that they are made of; the row that implies the promise, where one does."""
    rows = [(member.fact_type, member.fact_id) for member in found.members]
    rows += [(member.fact_type, summand.id) for member in found.members for summand in member.summands]
    if not found.records:
        rows.append((found.subject_type, found.subject_id))
    return list(dict.fromkeys(rows))


def _writes(
    connection: sa.Connection,
    kind: LinkKind,
    rows: Collection[tuple[str, str]],
    columns: Mapping[str, Collection[str]],
) -> Iterator[Link]:
    for write in writes_of(connection, rows, columns):
        clock = None if write.writer is None else write.writer.at
        yield Link(kind=kind, at=clock if write.dated is None else write.dated, write=write)


def _alerts(connection: sa.Connection, found: Contradiction, *, live: bool) -> Iterator[Link]:
    statement = (
        sa.select(NOTICE.c.reference, NOTICE.c.told_at, NOTICE.c.owner)
        .where(NOTICE.c.occurrence.startswith(f"{mode(live)}|alert|{found.id}|", autoescape=True))
        .where(is_any_of(NOTICE.c.kind, NoticeKind.ALERT), NOTICE.c.told_at.is_not(None))
        .order_by(NOTICE.c.told_at, NOTICE.c.id)
    )
    for row in connection.execute(statement):
        yield Link(kind=LinkKind.ALERT, at=row.told_at, reference=row.reference, text=row.owner)
