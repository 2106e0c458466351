"""Notices about some rows of `each` alone, and the figures that a rule's subjects had when all was decided last.

An incident may touch a hundred thousand contracts, and one of them changed: nothing is read of the others.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.lists import in_pairs
from notifier.model.reading import BacklogKey, Figures, KnownNotice
from notifier.model.row_address_reading import Rows
from notifier.store.reader.notices import (
    BACKLOG_OF_RULE,
    EACH,
    KNOWN,
    LATELY,
    OF_RULE,
    TOLD,
    UNSENT_NOTICES,
    NoticeReader,
)
from notifier.store.reader.snapshot import RULE
from notifier.store.sql import AT_ONCE, chunks, is_among, rows_among
from notifier.store.tables import BACKLOG, FIGURES, NOTICE

_NOTICES_OF_ROWS = sa.select(*KNOWN).where(*OF_RULE, in_pairs(NOTICE.c.subject_id, NOTICE.c.each_id, "pairs"))
_LATE_NOTICES_OF_ROWS = _NOTICES_OF_ROWS.where(LATELY)
_BACKLOG_OF_ROWS = BACKLOG_OF_RULE.where(in_pairs(BACKLOG.c.subject_id, BACKLOG.c.each_id, "pairs"))
_PAIR = (NOTICE.c.subject_id, EACH)
_ROWS_KNOWN = (
    sa.select(*_PAIR).where(*OF_RULE, is_among(NOTICE.c.subject_id)).distinct(),
    BACKLOG_OF_RULE.where(is_among(BACKLOG.c.subject_id)).with_only_columns(BACKLOG.c.subject_id, BACKLOG.c.each_id),
)
_ROWS_UNSENT = UNSENT_NOTICES.with_only_columns(*_PAIR)
_ROWS_TOLD = TOLD.with_only_columns(*_PAIR)
_FIGURES = sa.select(FIGURES).where(FIGURES.c.rule == RULE, is_among(FIGURES.c.subject_id))

Pairs = set[tuple[str, str]]


class RowNoticeReader(NoticeReader):
    """Questions about the outbox, by the row of `each`."""

    def notices_of_rows(self, rule: str, rows: Rows, *, early: bool = True) -> Sequence[KnownNotice]:
        """As `notices`, of those about these rows of `each` alone."""
        return self._known(self._of_rows(_NOTICES_OF_ROWS if early else _LATE_NOTICES_OF_ROWS, rule, rows))

    def backlog_of_rows(self, rule: str, rows: Rows) -> Mapping[BacklogKey, bool]:
        """As `backlog`, of these rows of `each` alone."""
        found = self._of_rows(_BACKLOG_OF_ROWS, rule, rows) if self.has_any(BACKLOG) else ()
        return {(row.subject_id, row.each_id, row.recipient_id): row.dropped_at is not None for row in found}

    def rows_told(self, rule: str, after: datetime, upto: datetime) -> Pairs:
        """As `subjects_told`: subject and row of `each` (or "") of each such notice."""
        return self.pairs(_ROWS_TOLD, {"rule": rule, "live": self.live, "since": after, "upto": upto})

    def rows_unsent(self, rule: str) -> Pairs:
        """As `subjects_unsent`: subject and row of `each` (or "") of each such notice."""
        return self.pairs(_ROWS_UNSENT, {"rule": rule, "live": self.live})

    def rows_known(self, rule: str, subject_ids: Collection[str]) -> Pairs:
        """Subject and row of `each` (or "") of each notice about these subjects, and of what is in their backlog."""
        found = (rows_among(self.connection, each, subject_ids, rule=rule, live=self.live) for each in _ROWS_KNOWN)
        return {(row.subject_id, row.each_id) for row in chain.from_iterable(found)}

    def figures(self, rule: str, subject_ids: Collection[str]) -> Mapping[str, Figures]:
        """The figures of these subjects when all their rows were decided last, where they are kept."""
        found = rows_among(self.connection, _FIGURES, subject_ids, rule=rule)
        return {row.subject_id: Figures(truth=row.truth, claims=row.claims) for row in found}

    def _of_rows(self, statement: sa.Select[Any], rule: str, rows: Rows) -> Iterator[sa.Row[Any]]:
        for part in chunks(((subject, row) for subject in sorted(rows) for row in sorted(rows[subject])), AT_ONCE):
            yield from self.connection.execute(statement, {"rule": rule, "live": self.live, "pairs": json.dumps(part)})
