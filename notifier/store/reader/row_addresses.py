"""Where words about rows of `each` go and went, and about which rows words went to an address.

The same words go once to an address that several customers share, so planning decides rows together whose readers
share one, now or when they were told (`planning.address_groups`). A message counts whatever became of it: one that
failed says where nothing is tried again, and one that waits may yet be another's.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from notifier.evaluation.lists import in_pairs
from notifier.model.row_address_reading import Heard, Rows
from notifier.store.reader.notices import EACH, OF_RULE, OF_RULE_AMONG_OTHERS
from notifier.store.reader.row_notices import Pairs, RowNoticeReader
from notifier.store.sql import is_among, rows_among
from notifier.store.tables import MESSAGE, NOTICE, TOLD_THROUGH

_SPEAKER = NOTICE.alias("speaker")
_PAIR = (NOTICE.c.subject_id, EACH)
_OF_SUBJECTS = (*OF_RULE, is_among(NOTICE.c.subject_id))
_OF_ROWS = (*OF_RULE, in_pairs(NOTICE.c.subject_id, NOTICE.c.each_id, "pairs"))
_TO = sa.select(*_PAIR).where(*OF_RULE_AMONG_OTHERS, is_among(NOTICE.c.recipient_id)).distinct()
_ANOTHER = NOTICE.alias("another")
_ANOTHER_PAIR = (_ANOTHER.c.subject_id, sa.func.coalesce(_ANOTHER.c.each_id, "").label("each_id"))
_SPOKEN_FOR = tuple(
    sa.select(*_ANOTHER_PAIR)
    .select_from(NOTICE)
    .join(TOLD_THROUGH, ours == NOTICE.c.occurrence)
    .join(_ANOTHER, _ANOTHER.c.occurrence == theirs)
    .where(*_OF_ROWS, _ANOTHER.c.rule == NOTICE.c.rule)
    for ours, theirs in (
        (TOLD_THROUGH.c.occurrence, TOLD_THROUGH.c.through),
        (TOLD_THROUGH.c.through, TOLD_THROUGH.c.occurrence),
    )
)


class _Statements(NamedTuple):
    """One by the notices' own messages, one by the messages of those that speak for them."""

    of_subjects: Sequence[sa.Select[Any]]
    of_rows: Sequence[sa.Select[Any]]
    at: Sequence[sa.Select[Any]]


@cache
def _statements(messages: sa.Table) -> _Statements:
    columns = (*_PAIR, NOTICE.c.recipient_id, messages.c.address)
    own = sa.select(*columns).select_from(NOTICE.outerjoin(messages, messages.c.notice_id == NOTICE.c.id))
    own_at = sa.select(*columns).select_from(messages.join(NOTICE, NOTICE.c.id == messages.c.notice_id))
    of_another = (
        sa.select(*columns)
        .select_from(NOTICE)
        .join(TOLD_THROUGH, TOLD_THROUGH.c.occurrence == NOTICE.c.occurrence)
        .join(_SPEAKER, _SPEAKER.c.occurrence == TOLD_THROUGH.c.through)
        .join(messages, messages.c.notice_id == _SPEAKER.c.id)
    )
    at = (*OF_RULE_AMONG_OTHERS, is_among(messages.c.address))
    return _Statements(
        of_subjects=[each.where(*_OF_SUBJECTS) for each in (own, of_another)],
        of_rows=[each.where(*_OF_ROWS) for each in (own, of_another)],
        at=[each.where(*at) for each in (own_at, of_another)],
    )


class RowAddressReader(RowNoticeReader):
    """Questions about the addresses to which words about rows of `each` go and went."""

    messages = MESSAGE

    def words_of_subjects(self, rule: str, subject_ids: Collection[str]) -> Iterator[Heard]:
        """Where each notice of the rule about these subjects goes or went, by its own message or another's."""
        for statement in self._asked(_statements(self.messages).of_subjects):
            yield from map(_heard, rows_among(self.connection, statement, subject_ids, rule=rule, live=self.live))

    def words_of_rows(self, rule: str, rows: Rows) -> Iterator[Heard]:
        """As `words_of_subjects`, of those about these rows of `each` alone."""
        for statement in self._asked(_statements(self.messages).of_rows):
            yield from map(_heard, self._of_rows(statement, rule, rows))

    def words_at(self, rule: str, addresses: Collection[str]) -> Iterator[Heard]:
        """As `words_of_subjects`, of all that go or went to one of these addresses."""
        for statement in self._asked(_statements(self.messages).at):
            yield from map(_heard, rows_among(self.connection, statement, addresses, rule=rule, live=self.live))

    def rows_to(self, rule: str, recipients: Collection[str]) -> Pairs:
        """Subject and row of `each` (or "") of each notice of the rule to one of these customers."""
        found = rows_among(self.connection, _TO, recipients, rule=rule, live=self.live)
        return {(row.subject_id, row.each_id) for row in found}

    def rows_spoken_for(self, rule: str, rows: Rows) -> Pairs:
        """Subject and row of `each` (or "") of each notice of the rule that speaks for one about these rows, or that
        one of them speaks for."""
        statements = _SPOKEN_FOR if self.any_told_through() else ()
        return {(row.subject_id, row.each_id) for each in statements for row in self._of_rows(each, rule, rows)}

    def _asked(self, statements: Sequence[sa.Select[Any]]) -> Sequence[sa.Select[Any]]:
        return statements if self.any_told_through() else statements[:1]


def _heard(row: sa.Row[Any]) -> Heard:
    return Heard(row.subject_id, row.each_id, row.recipient_id, row.address)
