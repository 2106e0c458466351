"""What became of those who hear a version of a rule before all others."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.consent import Source, Word
from notifier.model.notices import MessageState, NoticeState
from notifier.model.reading import HeardFirst
from notifier.model.replies import Meaning
from notifier.store.reader.companions import CompanionReader
from notifier.store.reader.snapshot import LIVE, RULE
from notifier.store.tables import CONSENT_ENTRY, MESSAGE, NOTICE, REPLY

_OF_FIRST = (
    NOTICE.c.first_of == sa.bindparam("digest", type_=sa.String()),
    NOTICE.c.rule == RULE,
    NOTICE.c.live == LIVE,
)
_FIRST = sa.select(NOTICE.c.recipient_id, NOTICE.c.told_at, NOTICE.c.state).where(*_OF_FIRST)
_FAILURES = (
    sa.select(NOTICE.c.recipient_id, MESSAGE.c.changed_at.label("at"))
    .join(MESSAGE, MESSAGE.c.notice_id == NOTICE.c.id)
    .where(*_OF_FIRST, MESSAGE.c.state.in_((MessageState.FAILED, MessageState.UNDELIVERED)))
)
_OPT_OUTS = (
    sa.select(NOTICE.c.recipient_id, CONSENT_ENTRY.c.at)
    .join(MESSAGE, MESSAGE.c.notice_id == NOTICE.c.id)
    .join(
        CONSENT_ENTRY,
        sa.and_(CONSENT_ENTRY.c.channel == MESSAGE.c.channel, CONSENT_ENTRY.c.address == MESSAGE.c.address),
    )
    .where(
        *_OF_FIRST,
        CONSENT_ENTRY.c.at >= NOTICE.c.told_at,
        CONSENT_ENTRY.c.word.in_((Word.OUT, Word.PROBABLE)),
        CONSENT_ENTRY.c.source != Source.REGISTER,
        sa.or_(CONSENT_ENTRY.c.live.is_(None), CONSENT_ENTRY.c.live == LIVE),
    )
)
_REPLIES = (
    sa.select(NOTICE.c.recipient_id, REPLY.c.at)
    .join(REPLY, REPLY.c.notice_id == NOTICE.c.id)
    .where(
        *_OF_FIRST,
        REPLY.c.confirmed.is_(False),
        REPLY.c.meaning.not_in((Meaning.STOP, Meaning.PROBABLE_STOP, Meaning.STOP_OR_CANCEL, Meaning.START)),
    )
)


class FirstReader(CompanionReader):
    """Questions about canaries."""

    def heard_first(self, rule: str, digest: str) -> HeardFirst:
        """What became of those who hear this version of the rule first. A yes that was asked for is no reply that
        stops anything, and an opt-out counts as such alone."""
        asked = {"rule": rule, "digest": digest, "live": self.live}
        rows = self.connection.execute(_FIRST, asked).all()
        if not rows:
            return HeardFirst()
        happened = [_first_times(self.connection.execute(each, asked)) for each in (_FAILURES, _OPT_OUTS, _REPLIES)]
        failures, opt_outs, replies = (tuple(sorted(times.values())) for times in happened)
        return HeardFirst(
            recipients=frozenset(row.recipient_id for row in rows if row.recipient_id is not None),
            waiting=sum(row.state in (NoticeState.READY, NoticeState.DEFERRED) for row in rows),
            told=sum(row.told_at is not None for row in rows),
            last_told_at=max((row.told_at for row in rows if row.told_at is not None), default=None),
            failures=failures,
            opt_outs=opt_outs,
            replies=replies,
        )


def _first_times(rows: Iterable[sa.Row[Any]]) -> Mapping[str, datetime]:
    """For each customer the first of these."""
    found: dict[str, datetime] = {}
    for row in rows:
        found[row.recipient_id] = min(row.at, found.get(row.recipient_id, row.at))
    return found
