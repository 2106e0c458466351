"""The portions of a pass that several processes share, in PostgreSQL: offered, taken, done or given back.

Taking one is a short transaction of its own, so no lock is held while it is decided. The transaction that writes the
last of what it decided says that it is done. It is refused where somebody else took it over, or the pass is over.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.portions import PortionState, TakenPortion
from notifier.store.leading import LET_GO, UNFLUSHED, SupersededError
from notifier.store.tables import EVALUATION_LEAD, EVALUATION_PORTION

HELPED_WITHIN = timedelta(seconds=10)
"""How long after another process offered to help a pass is shared. Who helps says it again and again."""
PATIENCE = timedelta(seconds=10)
"""How long a process may have a portion before the one that leads decides it as well: several times what one takes."""
PAUSE = 0.05
"""Seconds between two looks at what others have in hand."""

_NOW = sa.func.clock_timestamp()
_P = EVALUATION_PORTION.c
_TICK = sa.bindparam("of_tick", type_=sa.String())
_HOLDER = sa.bindparam("of_holder", type_=sa.String())
_NUMBER = sa.bindparam("of_number", type_=sa.Integer())
_OF_LEAD = sa.select(EVALUATION_LEAD.c.tick).where(EVALUATION_LEAD.c.id == 1).scalar_subquery()
_LATELY = _NOW - sa.bindparam("lately", type_=sa.Interval())
_IS_WANTED = sa.select(EVALUATION_LEAD.c.wanted_at > _LATELY).where(EVALUATION_LEAD.c.id == 1)
_WANT = sa.update(EVALUATION_LEAD).where(EVALUATION_LEAD.c.id == 1).values(wanted_at=_NOW)
_IS_LED = sa.select(EVALUATION_LEAD.c.tick).where(EVALUATION_LEAD.c.id == 1, EVALUATION_LEAD.c.until > _NOW)
_EXPORT = sa.select(sa.func.pg_export_snapshot())
_CLEAR = sa.delete(EVALUATION_PORTION).where(_P.tick != _TICK)


def _is(state: PortionState) -> sa.ColumnElement[bool]:
    return _P.state == sa.literal(state.value)


def _take_first(tick: sa.ColumnElement[str], *which: sa.ColumnElement[bool]) -> sa.UpdateBase:
    """The first of these in the order in which they were offered; who asks at the same time gets another one.

    By `=`, and not by `IN`: PostgreSQL may ask a subquery of IN again for each row, and each time it locks another one.
    """
    first = sa.select(_P.number).where(_P.tick == tick, *which).order_by(_P.number).limit(1)
    return (
        sa.update(EVALUATION_PORTION)
        .where(_P.tick == tick, _P.number == first.with_for_update(skip_locked=True).correlate(None).scalar_subquery())
        .values(state=PortionState.TAKEN.value, holder=_HOLDER, taken_at=_NOW)
        .returning(_P.tick, _P.number, _P.rule, _P.now, _P.snapshot, _P.work)
    )


_TAKE_ANY = _take_first(
    _OF_LEAD,
    _is(PortionState.WAITING),
    _P.live == sa.bindparam("of_mode", type_=sa.Boolean()),
    _P.identity == sa.bindparam("of_identity", type_=sa.String()),
)
_TAKE_OF_RULE = _take_first(_TICK, _is(PortionState.WAITING), _P.rule == sa.bindparam("of_rule", type_=sa.String()))
_IS_OVERDUE = sa.and_(
    _is(PortionState.TAKEN), _P.holder != _HOLDER, _P.taken_at < _NOW - sa.bindparam("patience", type_=sa.Interval())
)
_TAKE_LEFT = _take_first(_TICK, sa.or_(_is(PortionState.WAITING), _IS_OVERDUE))
_TAKE_GIVEN_BACK = _take_first(_TICK, _is(PortionState.GIVEN_BACK))
_IN_HAND = (
    sa.select(_P.number)
    .where(
        _P.tick == _TICK,
        sa.or_(_is(PortionState.WAITING), sa.and_(_is(PortionState.TAKEN), _P.holder != _HOLDER)),
    )
    .limit(1)
)
_OURS = (_P.tick == _TICK, _P.number == _NUMBER, _P.holder == _HOLDER, _is(PortionState.TAKEN))
_DONE = sa.update(EVALUATION_PORTION).where(*_OURS).values(state=PortionState.DONE.value)
_STILL_OURS = sa.select(_P.number).where(*_OURS).with_for_update()
_GIVE_BACK = sa.update(EVALUATION_PORTION).where(*_OURS).values(state=PortionState.GIVEN_BACK.value)
_FORGET = sa.delete(EVALUATION_PORTION).where(_P.tick == _TICK).returning(_P.number, _P.state, _P.holder)
_SAME_LEAD = sa.select(LET_GO).where(EVALUATION_LEAD.c.tick == _TICK).with_for_update(read=True)


class LeadersPortions:
    """The portions of the pass that this process leads (`model.portions.Portions`). `pause` waits for so many seconds,
    and says whether the pass is to be left."""

    def __init__(
        self,
        database: sa.Engine,
        *,
        tick: str,
        now: datetime,
        live: bool,
        identity: str,
        snapshot: str,
        pause: Callable[[float], bool],
    ) -> None:
        self._database = database
        self._tick = tick
        self._row = {"tick": tick, "now": now, "live": live, "identity": identity, "snapshot": snapshot}
        self._pause = pause
        self._offered: list[tuple[str, int]] = []
        """Rule and index of each portion, by its number."""
        self._own: set[int] = set()
        """The numbers of those that the leader took and did not put back."""
        self.has_left = False
        """Whether portions may be left that nobody decided: then the pass has not ended."""

    def wanted(self) -> bool:
        """Whether another process came by lately and would take portions."""
        with self._database.begin() as connection:
            return bool(connection.execute(_IS_WANTED, {"lately": HELPED_WITHIN}).scalar())

    def offer(self, rule: str, works: Mapping[int, str]) -> None:
        """Let others take these portions of a rule, each with its index among the parts of the rule.

        Raises SupersededError where this pass leads no more.
        """
        common = self._row | {"rule": rule, "state": PortionState.WAITING.value}
        first = len(self._offered)
        rows = [common | {"number": number, "work": work} for number, work in enumerate(works.values(), first)]
        with self._database.begin() as connection:
            connection.execute(UNFLUSHED)
            _hold_lead(connection, self._tick)
            if not self._offered:
                connection.execute(_CLEAR, {"of_tick": self._tick})  # what a pass left behind that did not end
            connection.execute(sa.insert(EVALUATION_PORTION), rows)
        self._offered += [(rule, index) for index in works]
        self.has_left = True

    def take(self, rule: str) -> int | None:
        """The index of a portion of this rule that is the leader's from now on; None where none waits."""
        found = self._taken(_TAKE_OF_RULE, of_rule=rule)
        return None if found is None else found[1]

    def put_back(self, rule: str, index: int) -> None:
        """Leave a portion that the leader took to the end of the pass."""
        number = self._offered.index((rule, index))
        self._own.discard(number)
        with self._database.begin() as connection:
            connection.execute(UNFLUSHED)
            connection.execute(_GIVE_BACK, {"of_tick": self._tick, "of_number": number, "of_holder": self._tick})

    def left(self) -> Iterator[tuple[str, int]]:
        """Rule and index of each portion that the leader has to decide before the pass can end."""
        while self._offered:
            if (found := self._taken(_TAKE_LEFT, patience=PATIENCE)) is not None:
                yield found
            elif not self._others_work():
                break
            elif self._pause(PAUSE):
                return
        while self._offered and (found := self._taken(_TAKE_GIVEN_BACK)) is not None:
            yield found
        self.has_left = False

    def forget(self, connection: sa.Connection) -> None:
        """Delete them, in the last transaction of the pass.

        Raises SupersededError where one of them is not decided: then the pass has not ended.
        """
        if self._offered:
            decided = {
                row.number
                for row in connection.execute(_FORGET, {"of_tick": self._tick})
                if row.state == PortionState.DONE or (row.holder == self._tick and row.number in self._own)
            }
            if len(decided) != len(self._offered):
                raise SupersededError(f"{len(self._offered) - len(decided)} portions of the pass are not decided")

    def _taken(self, statement: sa.UpdateBase, **parameters: object) -> tuple[str, int] | None:
        with self._database.begin() as connection:
            connection.execute(UNFLUSHED)
            row = connection.execute(statement, {"of_tick": self._tick, "of_holder": self._tick, **parameters}).first()
        if row is None:
            return None
        number: int = row.number
        self._own.add(number)
        return self._offered[number]

    def _others_work(self) -> bool:
        with self._database.begin() as connection:
            return connection.execute(_IN_HAND, {"of_tick": self._tick, "of_holder": self._tick}).first() is not None


def export_snapshot(connection: sa.Connection) -> str:
    """The name by which other transactions see what this one sees, for as long as it lasts."""
    return str(connection.execute(_EXPORT).scalar_one())


def import_snapshot(connection: sa.Connection, snapshot: str) -> None:
    """See what the transaction saw that exported this, which must not have ended. To be the first statement."""
    if re.fullmatch("[0-9A-Fa-f-]+", snapshot) is None:
        raise ValueError(f"no name of a snapshot: {snapshot}")
    connection.execute(sa.text(f"SET TRANSACTION SNAPSHOT '{snapshot}'"))  # takes no parameter


def offer_help(database: sa.Engine) -> None:
    """Say that this process would take portions of a pass that another one leads."""
    with database.begin() as connection:
        connection.execute(UNFLUSHED)
        connection.execute(_WANT)


def is_led(database: sa.Engine) -> str | None:
    """The pass that leads and whose process lives, as far as its lease says; None where there is none."""
    with database.begin() as connection:
        found: str | None = connection.execute(_IS_LED).scalar()
    return found


def take_portion(database: sa.Engine, *, live: bool, identity: str, holder: str) -> TakenPortion | None:
    """A portion of the pass that leads now, for a process that decides by the same rules; None where none waits."""
    with database.begin() as connection:
        connection.execute(UNFLUSHED)
        row = connection.execute(_TAKE_ANY, {"of_mode": live, "of_identity": identity, "of_holder": holder}).first()
    return None if row is None else TakenPortion(**row._mapping, holder=holder)


def keep_portion(connection: sa.Connection, portion: TakenPortion, *, done: bool) -> None:
    """Say that what was written belongs to this portion, as the last statements of the transaction.

    Raises SupersededError where somebody else has it by now, or where its pass leads no more.
    """
    ours = {"of_tick": portion.tick, "of_number": portion.number, "of_holder": portion.holder}
    found = connection.execute(_DONE if done else _STILL_OURS, ours)
    if (found.rowcount if done else len(found.all())) != 1:
        raise SupersededError("another process has decided this portion of the pass")
    _hold_lead(connection, portion.tick)


def _hold_lead(connection: sa.Connection, tick: str) -> None:
    """Nobody takes over before the commit. Raises SupersededError where somebody has."""
    if connection.execute(_SAME_LEAD, {"of_tick": tick}).first() is None:
        raise SupersededError("another pass leads the evaluation by now")


def give_back(database: sa.Engine, portion: TakenPortion) -> None:
    """Leave a portion to the process that leads."""
    with database.begin() as connection:
        connection.execute(UNFLUSHED)
        ours = {"of_tick": portion.tick, "of_number": portion.number, "of_holder": portion.holder}
        connection.execute(_GIVE_BACK, ours)
