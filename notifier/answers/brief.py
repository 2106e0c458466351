"""One page for whoever picks up the phone: who it is, what was promised, what is true, what is open, what to say next.

It is the same page whatever the customer is named by, and on whatever channel they come: what they said on one is on it
when they come on another. It reads what the timeline, `why` and the lists read; nothing here is an answer of its own.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.answers.conversations import Conversation, conversations_of
from notifier.answers.facts import Facts, facts_of
from notifier.answers.records import Directory, NoticeFilter, NoticeRecord, records
from notifier.answers.theirs import Theirs
from notifier.answers.timeline_entries import Entry, Value, actual_of, promised_of, read_entries
from notifier.answers.timeline_sources import EntryKind, Key
from notifier.answers.who import Who, who_is
from notifier.answers.why import explanations
from notifier.drafting.ruleset import Ruleset
from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.notices import NoticeState
from notifier.model.rescues import Rescue
from notifier.promises.holds import checks_that_hold
from notifier.rules.checked import Project
from notifier.store.contradictions import by_id
from notifier.store.reader import Reader
from notifier.store.tables import CONTRADICTION, PROMISE

LATEST = 10
"""How many promises, contradictions and notices are shown; the lists and the timeline have all of them."""
AHEAD = timedelta(days=30)
"""How far ahead it is said what will be told."""
BACK = timedelta(days=30)
"""How long a promise that was broken is spoken of."""
PENDING = (NoticeState.READY, NoticeState.HELD, NoticeState.DEFERRED)


@dataclass(frozen=True, kw_only=True)
class Promised:
    """One open promise, with the fact beside it."""

    entry: Entry
    due_at: datetime | None
    valid_until: datetime | None
    contradiction: str | None
    """The open contradiction; None where no fact and no other promise disagrees."""
    actual: Value | None
    """The fact that disagrees, or the other promise, whichever side of the contradiction this one is."""
    checks: Sequence[str]
    """The checks that compare promises of its topic; where there is none, nobody compares it."""


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What a rule will tell the customer, as things stand now."""

    rule: str
    about: str
    at: datetime
    held: bool = False
    """An open contradiction of theirs may hold it."""


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What is offered to the customer when what a rule told them, or will tell, goes wrong."""

    rule: str
    rescue: Rescue


@dataclass(frozen=True, kw_only=True)
class Brief:
    """All that is on the page."""

    now: datetime
    who: Who
    promises: Sequence[Promised]
    """Open ones, the latest first."""
    facts: Facts
    open: Sequence[Contradiction]
    """Open and acknowledged, what surfaces first at the top."""
    broken: Sequence[Contradiction]
    """What the customer found out lately."""
    pending: Sequence[NoticeRecord]
    """Notices that are ready, held or deferred."""
    ahead: Sequence[Ahead]
    told: Sequence[NoticeRecord]
    """What was told, the latest first."""
    offered: Sequence[Offered]
    """Of the rules that told them something, or will: each once, what was told last first."""
    conversations: Sequence[Conversation]
    counts: Mapping[str, int]
    """How many promises and contradictions are open in all."""

    @property
    def last_contact(self) -> Entry | None:
        """When and where they were spoken to last."""
        contacts = [each for found in self.conversations for each in found.contacts]
        return max(contacts, key=lambda each: (each.at, each.id), default=None)


def brief(
    reader: Reader, customer: str, project: Project, directory: Directory, now: datetime, *, ruleset: Ruleset | None
) -> Brief:
    """The page of one customer at `now`. Without a ruleset (its files cannot be read) nobody knows what comes next."""
    connection, theirs = reader.connection, Theirs(customer, reader.live)
    open_, counted = _open(connection, theirs)
    promises, promised = _promises(connection, theirs, project, open_)
    found = NoticeFilter(customer=customer, states=PENDING, limit=LATEST)
    told = NoticeFilter(customer=customer, states=(NoticeState.TOLD, NoticeState.SUPPRESSED), limit=3 * LATEST)
    pending = [each for each in records(connection, found, directory) if each.live == reader.live]
    ahead = () if ruleset is None else _ahead(ruleset, reader, customer, now, {each.check for each in open_})
    spoken = [
        each for each in records(connection, told, directory) if each.told_at is not None and each.live == reader.live
    ][:LATEST]
    return Brief(
        now=now,
        who=who_is(
            connection,
            customer,
            directory.defaults,
            project.schema.attributes.get("customer", {}),
            live=reader.live,
        ),
        promises=promises,
        facts=facts_of(connection, theirs, project.schema),
        open=open_[:LATEST],
        broken=_broken(connection, theirs, now),
        pending=pending,
        ahead=ahead,
        told=spoken,
        offered=_offered(project, [*(each.draft.rule for each in (*spoken, *pending)), *(each.rule for each in ahead)]),
        conversations=conversations_of(connection, theirs),
        counts={"promises": promised, "contradictions": counted},
    )


def _open(connection: sa.Connection, theirs: Theirs) -> tuple[list[Contradiction], int]:
    is_theirs = CONTRADICTION.c.id.in_(theirs.contradictions()), CONTRADICTION.c.state.in_(HOLDING)
    surfaces = CONTRADICTION.c.surfaces_at
    ordered = sa.select(CONTRADICTION.c.id).where(*is_theirs).order_by(surfaces.is_(None), surfaces, CONTRADICTION.c.id)
    ids = list(connection.execute(ordered).scalars())
    found = {each.id: each for each in by_id(connection, ids)}
    return [found[name] for name in ids], len(ids)


def _broken(connection: sa.Connection, theirs: Theirs, now: datetime) -> Sequence[Contradiction]:
    lapsed = sa.select(CONTRADICTION.c.id).where(
        CONTRADICTION.c.id.in_(theirs.contradictions()),
        CONTRADICTION.c.state == ContradictionState.LAPSED,
        CONTRADICTION.c.changed_at >= now - BACK,
    )
    latest = lapsed.order_by(CONTRADICTION.c.changed_at.desc(), CONTRADICTION.c.id).limit(LATEST)
    return by_id(connection, list(connection.execute(latest).scalars()))


def _promises(
    connection: sa.Connection, theirs: Theirs, project: Project, open_: Sequence[Contradiction]
) -> tuple[Sequence[Promised], int]:
    is_open = PROMISE.c.id.in_(theirs.promises()), PROMISE.c.state == "open", PROMISE.c.source != "notice"
    count = connection.execute(sa.select(sa.func.count()).select_from(PROMISE).where(*is_open)).scalar_one()
    columns = (PROMISE.c.id, PROMISE.c.made_at, PROMISE.c.due_at, PROMISE.c.valid_until)
    latest = sa.select(*columns).where(*is_open).order_by(PROMISE.c.made_at.desc(), PROMISE.c.id).limit(LATEST)
    rows = {row.id: row for row in connection.execute(latest)}
    topics = {name: topic.type for name, topic in project.topics.items()}
    keys = [Key(row.made_at, EntryKind.PROMISED, row.id) for row in rows.values()]
    latest_first = list(reversed(open_))  # of several the one that surfaces first is said
    against = {record.promise_id: each for each in latest_first for record in each.records}
    against |= {each.promise_id: each for each in latest_first}
    others = {member.fact_id: each for each in latest_first for member in each.members if member.said is not None}
    found = []
    for entry in read_entries(connection, keys, topics):
        contradiction, actual = _disagreeing(entry.id, against, others)
        assert entry.promised is not None
        found.append(
            Promised(
                entry=entry,
                due_at=rows[entry.id].due_at,
                valid_until=rows[entry.id].valid_until,
                contradiction=None if contradiction is None else contradiction.id,
                actual=actual,
                checks=sorted(
                    name
                    for name, check in project.checks.items()
                    if check.topic == entry.promised.topic and check.implied is None
                ),
            )
        )
    return found, count


def _disagreeing(
    promise: str, against: Mapping[str, Contradiction], others: Mapping[str, Contradiction]
) -> tuple[Contradiction | None, Value | None]:
    """The contradiction of a promise, and what stands against it: a fact, or the other one of two promises."""
    if (contradiction := against.get(promise)) is not None:
        return contradiction, actual_of(contradiction)
    if (contradiction := others.get(promise)) is not None:
        said = replace(promised_of(contradiction), promised_by=contradiction.source)
        return contradiction, said
    return None, None


def _offered(project: Project, rules: Sequence[str]) -> Sequence[Offered]:
    known = {name: project.rules[name].rescue for name in rules if name in project.rules}
    return [Offered(rule=name, rescue=one) for name, one in known.items() if one is not None and one.is_offered]


def _ahead(ruleset: Ruleset, reader: Reader, customer: str, now: datetime, open_checks: Set[str]) -> Sequence[Ahead]:
    found: list[Ahead] = []
    for rule in ruleset.project.rules.values():
        held = bool(checks_that_hold(rule, ruleset.project.checks) & open_checks)
        for one in explanations(ruleset, reader, rule, customer, now):
            if not one.holds:
                continue
            about = f"{rule.about}:{one.subject_id}"
            instants = {each.at for each in one.windows if each.at is not None and now < each.at <= now + AHEAD}
            found += [Ahead(rule=rule.name, about=about, at=at, held=held) for at in instants]
    return sorted(found, key=lambda each: (each.at, each.rule, each.about))[:LATEST]
