"""The same questions about notices, answered from what rules in shadow recorded.

The statements are those of the outbox, with another table in the place of `notice`: what is asked is the same, so
planning decides in shadow as it does live.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from notifier.model.companion_reading import Companion, PartTold
from notifier.model.notices import NoticeState
from notifier.model.reading import HeardFirst
from notifier.model.types import Address, ChannelName, NoticeClass
from notifier.store.outbox.told_through import Speaker
from notifier.store.reader.actions import ActionReader
from notifier.store.reader.cases import CaseReader
from notifier.store.reader.companions import LISTED_WAITING, CompanionReader
from notifier.store.reader.contradictions import ContradictionReader
from notifier.store.reader.customers import CustomerReader
from notifier.store.reader.holdouts import HoldoutReader
from notifier.store.reader.known_notices import Places
from notifier.store.reader.listening import ListeningReader
from notifier.store.reader.rules import RuleReader
from notifier.store.reader.settling import SettlingReader
from notifier.store.sql import is_among, rows_among
from notifier.store.tables import NOTICE, SHADOW_MESSAGE, SHADOW_NOTICE

KEPT = 256
"""Statements that are kept: those of the outbox are a few dozen."""

_WENT = sa.select(SHADOW_MESSAGE.c.notice_id, SHADOW_MESSAGE.c.channel, SHADOW_MESSAGE.c.address).where(
    is_among(SHADOW_MESSAGE.c.notice_id)
)


class _Elsewhere:
    """A connection that asks for `shadow_notice` where a statement asks for `notice`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def execute(self, statement: Any, *parameters: Any) -> Any:
        """The result of the statement about the other table."""
        return self._connection.execute(_in_shadow(statement), *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class ShadowReader(
    RuleReader,
    CompanionReader,
    CustomerReader,
    ContradictionReader,
    SettlingReader,
    ListeningReader,
    CaseReader,
    ActionReader,
    HoldoutReader,
):
    """Implements `model.reading.StateReader` for rules in shadow.

    Everything went, as far as anybody knows: nothing fails, comes back or is answered. Nothing is told through the
    notices of others, nor goes with those of other rules.
    """

    def __init__(self, connection: sa.Connection, *, live: bool) -> None:
        super().__init__(cast("sa.Connection", _Elsewhere(connection)), live=live)

    messages = SHADOW_MESSAGE

    def any_told_through(self) -> bool:
        """No: they go in nobody's message."""
        return False

    def in_shadow(self) -> "ShadowReader":
        """Itself."""
        return self

    def heard_first(self, rule: str, digest: str) -> HeardFirst:
        """Who would have heard this version of the rule first; what they would have made of it nobody knows."""
        chosen = sa.select(NOTICE.c.recipient_id, NOTICE.c.told_at, NOTICE.c.state).where(
            NOTICE.c.first_of == digest, NOTICE.c.rule == rule, NOTICE.c.live.is_(self.live)
        )
        rows = self.connection.execute(chosen).all()
        return HeardFirst(
            recipients=frozenset(row.recipient_id for row in rows if row.recipient_id is not None),
            waiting=sum(row.state in (NoticeState.READY, NoticeState.DEFERRED) for row in rows),
            told=sum(row.told_at is not None for row in rows),
            last_told_at=max((row.told_at for row in rows if row.told_at is not None), default=None),
        )

    def companions(self, notice_class: NoticeClass, recipients: Collection[str]) -> Sequence[Companion]:  # noqa: ARG002
        """None: what is in shadow goes in nobody's message."""
        return ()

    def listed(self, rule: str, recipients: Collection[str]) -> Sequence[Companion]:
        """What else the rule recorded for these customers and waits."""
        return self._found([LISTED_WAITING], rule, recipients)

    def parts_told(self, occurrences: Collection[str]) -> Sequence[PartTold]:  # noqa: ARG002 - has no parts
        """None."""
        return ()

    def _places(self, notice_ids: Collection[str]) -> Mapping[str, Places]:
        places: dict[str, Places] = {}
        for row in rows_among(self.connection, _WENT, notice_ids):
            places.setdefault(row.notice_id, Places()).told[ChannelName(row.channel), row.address] = None
        return places

    def _failed(self, found: Collection[sa.Row[Any]]) -> Mapping[str, Mapping[Address, str]]:  # noqa: ARG002
        return {}

    def _speakers(self, found: Collection[sa.Row[Any]]) -> Mapping[str, Sequence[Speaker]]:  # noqa: ARG002
        return {}


@lru_cache(maxsize=KEPT)
def _in_shadow(statement: Any) -> Any:
    def replaced(element: Any, **_: Any) -> Any:
        if element is NOTICE:
            return SHADOW_NOTICE
        if isinstance(element, sa.Column) and element.table is NOTICE:
            return SHADOW_NOTICE.c[element.name]
        return None

    return visitors.replacement_traverse(statement, {}, replaced)
