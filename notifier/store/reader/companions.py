"""What may go in one message with a notice, or does: other notices to the same person that are not told yet."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import Unsought
from notifier.model.companion_reading import Companion, PartTold
from notifier.model.notices import MessageState, NoticeKind, NoticeState
from notifier.model.transitions import IN_FLIGHT
from notifier.model.types import ChannelName, NoticeClass
from notifier.store.reader.row_addresses import RowAddressReader
from notifier.store.reader.snapshot import LIVE
from notifier.store.sql import is_among, is_any_of, rows_among
from notifier.store.tables import MESSAGE, NOTICE, TOLD_THROUGH

_COLUMNS = (
    NOTICE.c.rule,
    NOTICE.c.subject_id,
    NOTICE.c.each_id,
    NOTICE.c.recipient_id,
    NOTICE.c.occurrence,
)
_OF_PERSON = (
    NOTICE.c.live == LIVE,
    NOTICE.c.kind == NoticeKind.NOTICE,
    Unsought(NOTICE.c.notice_class) == sa.bindparam("of", type_=sa.String()),
    is_among(NOTICE.c.recipient_id),
)
_OF_RULE = (
    NOTICE.c.live == LIVE,
    NOTICE.c.kind != NoticeKind.ALERT,
    Unsought(NOTICE.c.rule) == sa.bindparam("of", type_=sa.String()),
    is_among(NOTICE.c.recipient_id),
)
_WAITS = (is_any_of(NOTICE.c.state, NoticeState.READY, NoticeState.DEFERRED), NOTICE.c.spent.is_(False))
_SPEAKER = NOTICE.alias("speaker")
_MESSAGE_OF_SPEAKER = sa.and_(MESSAGE.c.notice_id == _SPEAKER.c.id, MESSAGE.c.channel == TOLD_THROUGH.c.channel)
_OF_PART = TOLD_THROUGH.c.occurrence == NOTICE.c.occurrence
_TOLD_ELSEWHERE = (
    sa.select(*_COLUMNS, TOLD_THROUGH.c.channel)
    .join(TOLD_THROUGH, _OF_PART)
    .join(_SPEAKER, _SPEAKER.c.occurrence == TOLD_THROUGH.c.through)
    .join(MESSAGE, _MESSAGE_OF_SPEAKER)
    .where(
        is_any_of(NOTICE.c.state, NoticeState.TOLD),
        TOLD_THROUGH.c.is_part.is_(True),
        is_any_of(MESSAGE.c.state, MessageState.QUEUED, *IN_FLIGHT),
    )
)
_COMPANIONS = (sa.select(*_COLUMNS).where(*_OF_PERSON, *_WAITS), _TOLD_ELSEWHERE.where(*_OF_PERSON))
LISTED_WAITING = sa.select(*_COLUMNS).where(*_OF_RULE, *_WAITS)
_LISTED = (LISTED_WAITING, _TOLD_ELSEWHERE.where(*_OF_RULE))
_PARTS_TOLD = (
    sa.select(TOLD_THROUGH.c.through, TOLD_THROUGH.c.channel, NOTICE.c.occurrence)
    .add_columns(NOTICE.c.reference, NOTICE.c.content_digest)
    .join(NOTICE, NOTICE.c.occurrence == TOLD_THROUGH.c.occurrence)
    .where(
        is_among(TOLD_THROUGH.c.through), TOLD_THROUGH.c.is_part.is_(True), is_any_of(NOTICE.c.state, NoticeState.TOLD)
    )
)


class CompanionReader(RowAddressReader):
    """Questions about notices that share a message."""

    def companions(self, notice_class: NoticeClass, recipients: Collection[str]) -> Sequence[Companion]:
        """The notices of this class to these customers that wait, or that were told although a message of which they
        are a part is still to go."""
        return self._found(_COMPANIONS, notice_class, recipients)

    def listed(self, rule: str, recipients: Collection[str]) -> Sequence[Companion]:
        """The same for the notices, corrections and follow-ups of one rule, whatever their class."""
        return self._found(_LISTED, rule, recipients)

    def _found(self, statements: Sequence[sa.Select[Any]], of: str, recipients: Collection[str]) -> Sequence[Companion]:
        asked = {"live": self.live, "of": of}
        found = {
            row.occurrence: Companion(
                rule=row.rule,
                subject_id=row.subject_id,
                each_id=row.each_id,
                recipient_id=row.recipient_id,
                occurrence=row.occurrence,
                told_without=ChannelName(row.channel) if hasattr(row, "channel") else None,
            )
            for statement in statements
            for row in rows_among(self.connection, statement, recipients, **asked)
        }
        return [found[occurrence] for occurrence in sorted(found)]

    def parts_told(self, occurrences: Collection[str]) -> Sequence[PartTold]:
        """What was told already of the parts of the messages of these notices."""
        return [
            PartTold(
                through=row.through,
                channel=ChannelName(row.channel),
                occurrence=row.occurrence,
                reference=row.reference,
                content_digest=row.content_digest,
            )
            for row in rows_among(self.connection, _PARTS_TOLD, occurrences)
        ]
