"""How things stand, as the customer may see it: what is done, what is so now, what comes next, and by when.

It is made of what the customer was told, what they were promised and what they said themselves; of nothing else. So no
alert to an owner, no reason of ours and no fact that nobody told can get into it. What an open contradiction holds back
is left out with both its sides, and so is a word that another one is about to correct.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from notifier.answers.speech import Speech
from notifier.answers.theirs import Theirs
from notifier.answers.timeline_entries import Entry, Value, read_entries
from notifier.answers.timeline_sources import EntryKind, Key
from notifier.answers.timeline_words import medium, value_text
from notifier.model.contradictions import HOLDING
from notifier.model.digests import heard_reference
from notifier.model.notices import Claims, NoticeKind, NoticeState
from notifier.model.schema import entities
from notifier.model.texts import one_line
from notifier.model.transitions import HANDED_OVER
from notifier.model.types import TopicType
from notifier.model.windows import Window
from notifier.rules.checked import Project
from notifier.store.codec import claims_from_json
from notifier.store.sql import rows_in
from notifier.store.tables import ADDRESS_COLUMNS, CONTRADICTION, CUSTOMER, MESSAGE, NOTICE, PROMISE, TOLD_THROUGH

BACK = timedelta(days=90)
"""How far back what was told is shown."""
FRESH = timedelta(days=3)
"""How long what has no date of its own is so now; then it is done."""
MOST = 20
"""Steps on a page."""
READ = 60
"""Notices and contacts that are read for it: words of one thread are one step."""
OPEN, CANCEL = "open", "cancel"
"""Outcomes of a contact that say what the customer waits for, or wants."""
PENDING = (NoticeState.READY, NoticeState.HELD, NoticeState.DEFERRED)


class Stage(StrEnum):
    """Where a step is."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing on the customer's way."""

    stage: Stage
    text: str
    """In the customer's language; of a notice the subject of its mail, else its SMS, as it went."""
    at: datetime
    """When it was told, promised or said."""
    by: datetime | None = None
    """When it is to be, or by when."""
    is_limit: bool = False
    """`by` is the latest moment that was promised, and no moment that was told."""
    reference: str | None = None
    """What they may read out to us."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The customer's way as of `now`, in order: what is done (the latest first), what is so now, what comes first."""

    now: datetime
    customer_id: str
    steps: Sequence[Step]

    def of(self, stage: Stage) -> Sequence[Step]:
        """The steps in one stage."""
        return [step for step in self.steps if step.stage is stage]


def progress(
    connection: sa.Connection, customer: str, project: Project | None, speech: Speech, now: datetime, *, live: bool
) -> Progress:
    """How things stand for one customer. Without a project nobody knows what is held: whatever may be is left out."""
    theirs = Theirs(customer, live)
    held = _Held.of(connection, theirs, project)
    steps = [
        *_told(connection, theirs, held, now),
        *_promised(connection, theirs, held, project, speech, now),
        *_said(connection, theirs, speech, now),
    ]
    done = sorted((step for step in steps if step.stage is Stage.DONE), key=lambda step: step.at, reverse=True)
    current = sorted((step for step in steps if step.stage is Stage.NOW), key=lambda step: step.at, reverse=True)
    ahead = sorted((step for step in steps if step.stage is Stage.NEXT), key=lambda step: (step.by or step.at, step.at))
    return Progress(now=now, customer_id=customer, steps=[*done[: MOST // 2], *current[:5], *ahead[:5]])


@dataclass(frozen=True)
class _Held:
    """What open contradictions about this customer keep back: it is not asked about which of their rows."""

    rules: Collection[str]
    topics: Collection[str]
    everything: bool
    project: Project | None

    @classmethod
    def of(cls, connection: sa.Connection, theirs: Theirs, project: Project | None) -> "_Held":
        """From the checks that found them; all that was told where one of these cannot be read."""
        open_ = sa.select(CONTRADICTION.c.check, CONTRADICTION.c.topic).where(
            CONTRADICTION.c.id.in_(theirs.contradictions()), CONTRADICTION.c.state.in_(HOLDING)
        )
        rules: set[str] = set()
        topics: set[str] = set()
        for row in connection.execute(open_.distinct()):
            check = None if project is None else project.checks.get(row.check)
            if check is None:
                return cls((), (), everything=True, project=project)
            rules |= set(check.hold.rules)
            topics |= {row.topic, *check.hold.topics}
        return cls(rules, topics, everything=False, project=project)

    def holds(self, rule: str, claims: Claims) -> bool:
        """Whether a notice of this rule with these claims may say a side of what is in doubt."""
        if self.everything or rule in self.rules or set(claims) & set(self.topics):
            return True
        if not self.topics or self.project is None:
            return False
        known = self.project.rules.get(rule)
        return known is None or any(claim.topic in self.topics for claim in known.claims)


def _told(connection: sa.Connection, theirs: Theirs, held: _Held, now: datetime) -> Iterator[Step]:
    columns = ("id", "occurrence", "reference", "kind", "rule", "state", "told_at", "anchor_at", "claims", "corrects")
    statement = sa.select(*(NOTICE.c[name] for name in (*columns, "follows"))).where(NOTICE.c.id.in_(theirs.notices()))
    latest = statement.where(NOTICE.c.told_at > now - BACK, NOTICE.c.told_at <= now)
    rows = connection.execute(latest.order_by(NOTICE.c.told_at.desc(), NOTICE.c.id.desc()).limit(READ)).all()
    superseded = _superseded(connection, theirs, [row.occurrence for row in rows])
    texts = _texts(connection, [row.id for row in rows])
    for row in rows:
        claims = claims_from_json(row.claims)
        if row.occurrence in superseded or row.id not in texts or held.holds(row.rule, claims):
            continue
        by = None if row.kind == NoticeKind.FOLLOW_UP else _by_when(claims, row.anchor_at, now)
        yield Step(
            stage=_stage(row, by, claims, now),
            text=texts[row.id],
            at=row.told_at,
            by=by,
            reference=row.reference,
        )


def _by_when(claims: Claims, anchor: datetime | None, now: datetime) -> datetime | None:
    """The next instant that was told."""
    told = [at for each in claims.values() if (at := _moment(each.value)) is not None and at > now]
    told += [anchor] if anchor is not None and anchor > now else []
    return min(told, default=None)


def _moment(value: object) -> datetime | None:
    """When it is, for what is an instant or begins at one."""
    at = value.starts_at if isinstance(value, Window) else value
    return at if isinstance(at, datetime) else None


def _stage(row: sa.Row[Any], by: datetime | None, claims: Claims, now: datetime) -> Stage:
    if by is not None:
        return Stage.NEXT
    dated = row.kind != NoticeKind.FOLLOW_UP and any(_moment(each.value) for each in claims.values())
    is_over = dated and row.anchor_at is not None
    return Stage.NOW if not is_over and now < row.told_at + FRESH else Stage.DONE


def _superseded(connection: sa.Connection, theirs: Theirs, occurrences: Sequence[str]) -> Collection[str]:
    """The words that a later one of their thread corrects or follows, told or about to be told; and those whose message
    has such a one as a part."""
    found: set[str] = set()
    for column in (NOTICE.c.corrects, NOTICE.c.follows):
        later = sa.select(column).where(NOTICE.c.id.in_(theirs.notices()))  # by index: these columns have none
        later = later.where(sa.or_(NOTICE.c.told_at.is_not(None), NOTICE.c.state.in_(PENDING)))
        found |= {row[0] for row in rows_in(connection, later, column, occurrences)}
    speakers = sa.select(TOLD_THROUGH.c.through).where(TOLD_THROUGH.c.is_part.is_(True))
    return found | {row.through for row in rows_in(connection, speakers, TOLD_THROUGH.c.occurrence, list(found))}


def _texts(connection: sa.Connection, notices: Sequence[str]) -> Mapping[str, str]:
    """The subject of the mail, else the SMS; nothing of what is not kept any more."""
    columns = (MESSAGE.c.notice_id, MESSAGE.c.subject, MESSAGE.c.text, MESSAGE.c.state)
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows_in(connection, sa.select(*columns), MESSAGE.c.notice_id, notices):
        if row.state in HANDED_OVER and (text := row.subject or row.text):
            texts[row.notice_id].insert(0 if row.subject else len(texts[row.notice_id]), one_line(text))
    return {name: found[0] for name, found in texts.items()}


def _promised(
    connection: sa.Connection, theirs: Theirs, held: _Held, project: Project | None, speech: Speech, now: datetime
) -> Iterator[Step]:
    """Open promises that say by when; a promise that is overdue and not kept is not called done."""
    if project is None or held.everything:
        return
    due = PROMISE.c.due_at
    which = [PROMISE.c.id.in_(theirs.promises()), PROMISE.c.state == "open", due > now, PROMISE.c.source != "notice"]
    rows = connection.execute(sa.select(PROMISE).where(*which).order_by(due, PROMISE.c.id).limit(MOST)).all()
    for row in rows:
        topic = project.topics.get(row.topic)
        if topic is None or row.topic in held.topics:
            continue
        value = Value(topic=row.topic, type=topic.type, text=row.value, currency=row.currency)
        said = value_text(speech, value)
        named = speech.topic(row.topic)
        is_moment = row.value_at == row.due_at  # it is said anyway
        text = named if is_moment else said if topic.type is TopicType.BOOL else f"{named}: {said}"
        yield Step(stage=Stage.NEXT, text=text[:1].upper() + text[1:], at=row.made_at, by=row.due_at, is_limit=True)


def _said(connection: sa.Connection, theirs: Theirs, speech: Speech, now: datetime) -> Iterator[Step]:
    """What they said themselves, without repeating it."""
    contact = entities()["contact"].table
    inbound = sa.select(contact.c.at, contact.c.id).where(
        contact.c.customer_id == theirs.customer,
        contact.c.direction == "inbound",
        contact.c.at > now - BACK,
        contact.c.at <= now,
    )
    rows = connection.execute(inbound.order_by(contact.c.at.desc(), contact.c.id.desc()).limit(3))
    keys = [Key(row.at, EntryKind.ASKED, row.id) for row in rows]
    for entry in read_entries(connection, keys, {}):
        stage = Stage.NOW if entry.state == OPEN else Stage.DONE
        yield Step(stage=stage, text=_heard(entry, speech), at=entry.at)


def _heard(entry: Entry, speech: Speech) -> str:
    about = f" ({speech.row(entry.about)})" if entry.about and ":" in entry.about else ""
    if entry.state == CANCEL:
        return speech.pick(f"You asked us to cancel{about}", f"Nos pidió cancelar{about}")
    if entry.state == OPEN:
        return speech.pick(f"Your case is open{about}", f"Su caso está abierto{about}")
    if entry.channel == "phone":
        return speech.pick("You called us", "Nos llamó por teléfono")
    channel = medium(speech, entry.channel)
    return speech.pick(f"We heard from you by {channel}", f"Recibimos su mensaje por {channel}")


def page_of(connection: sa.Connection, reference: str, now: datetime, *, live: bool) -> str | None:
    """The customer whose page the link of this notice shows; None where it shows nothing.

    A link lasts as long as what was told is shown, and only while its notice's address is still the customer's: a
    number that got another owner shows nobody's page. Of somebody who was forgotten there is none.
    """
    statement = (
        sa.select(NOTICE.c.recipient_id)
        .join(MESSAGE, MESSAGE.c.notice_id == NOTICE.c.id)
        .join(CUSTOMER, CUSTOMER.c.id == NOTICE.c.recipient_id)
        .where(
            NOTICE.c.reference == heard_reference(reference),
            NOTICE.c.kind != NoticeKind.ALERT,
            NOTICE.c.live == live,
            NOTICE.c.decided_at > now - BACK,
            sa.or_(
                *(
                    sa.and_(MESSAGE.c.channel == channel, MESSAGE.c.address == column)
                    for channel, column in ADDRESS_COLUMNS.items()
                )
            ),
        )
        .limit(1)
    )
    return connection.execute(statement).scalar()


def reference_for(connection: sa.Connection, customer: str, now: datetime, *, live: bool) -> str | None:
    """The latest notice whose link shows the customer's page; None where none does."""
    told = sa.select(NOTICE.c.reference).where(NOTICE.c.id.in_(Theirs(customer, live).notices()))
    latest = told.where(NOTICE.c.told_at > now - BACK).order_by(NOTICE.c.told_at.desc(), NOTICE.c.id.desc()).limit(MOST)
    found = connection.execute(latest).scalars().all()
    return next((each for each in found if page_of(connection, each, now, live=live) == customer), None)
