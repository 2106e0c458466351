"""What a person calls a customer, a notice or another row -> the one that is meant, or what was probably meant.

A customer is named by id, name, phone, mail, or the reference of a notice: whoever answers a call has one of these.
"""

import contextlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from notifier.model.digests import heard_reference
from notifier.model.notices import NoticeKind
from notifier.model.phones import phone_number
from notifier.model.problems import did_you_mean
from notifier.model.retention import FORGOTTEN
from notifier.model.schema import entities
from notifier.store.interventions import RefusedError
from notifier.store.tables import BACKLOG, CONTRADICTION, CUSTOMER, NOTICE
from notifier.store.tombstones import forgotten_at

LISTED = 8
"""How many customers are listed where a name fits several."""
COMPARED = 5_000
"""How many names and ids are compared with one that nobody has: enough for a slip, and done in a blink."""
_DIGITS = re.compile(r"\D")
_SEVERAL_DIGITS = 6
"""Fewer of the last digits of a number are shared by too many customers to mean one."""


_Row = sa.Row[Any]
_CARDS: sa.Select[Any] = sa.select(CUSTOMER.c.id, CUSTOMER.c.name, CUSTOMER.c.phone, CUSTOMER.c.email)


@dataclass(frozen=True)
class Named:
    """The customer that is meant."""

    id: str
    name: str | None
    """None where the customer is not in the state, but something is about that id."""


def customer_named(connection: sa.Connection, asked: str, country: str | None = None) -> Named:
    """The customer that this id, name, phone, mail or reference of a notice names.

    `country` is that of phones without a country code. Raises RefusedError where there is none, with what was probably
    meant, and where there are several, with who they are.
    """
    wanted = asked.strip()
    found = _rows(connection, CUSTOMER.c.id == wanted)
    if not found and _leads_to(connection, wanted):
        return Named(wanted, None)
    if not found:
        found = _of_reference(connection, wanted) or _rows(connection, _at_address(wanted, country))
    if not found and (when := forgotten_at(connection, wanted, country)) is not None:
        raise RefusedError(f"'{asked}' was forgotten on {when:%Y-%m-%d}; nothing is known of them any more")
    if not found:
        found = _looked_through(connection, wanted)
    if len(found) > 1:
        listed = "".join(f"\n  {_card(row)}" for row in found[:LISTED])
        more = f"\n  and {len(found) - LISTED:,} more" if len(found) > LISTED else ""
        raise RefusedError(f"'{asked}' is {len(found):,} customers; say which, by id:{listed}{more}")
    return Named(found[0].id, found[0].name)


def no_such_notice(connection: sa.Connection, asked: str) -> RefusedError:
    """That no notice has this reference, and which one has one like it."""
    known = _near(connection, NOTICE.c.reference, heard_reference(asked))
    return RefusedError(f"there is no notice {asked}{_hint(asked.upper(), known, 'see notifier notices list')}")


def no_such_contradiction(connection: sa.Connection, asked: str) -> RefusedError:
    """That no contradiction has this id, and which one has one like it."""
    known = connection.execute(sa.select(CONTRADICTION.c.id).limit(COMPARED)).scalars()
    hint = _hint(asked.upper(), known, "see notifier contradictions list --all")
    return RefusedError(f"there is no contradiction {asked}{hint}")


def no_such_row(connection: sa.Connection, entity: str, asked: str, see: str = "") -> RefusedError:
    """That no row of an entity has this id, and which one has one like it."""
    known = _near(connection, entities()[entity].table.c.id, asked)
    return RefusedError(f"there is no {entity} {asked}{_hint(asked, known, see)}")


def is_row(connection: sa.Connection, entity: str, asked: str) -> bool:
    """Whether the entity has a row of this id."""
    return _any(connection, entities()[entity].table.c.id == asked)


def no_such_rule(connection: sa.Connection, asked: str, known: Iterable[str]) -> RefusedError | None:
    """That there is no such rule, and which one is named like it; None where there was one."""
    on_record = rules_on_record(connection)
    if asked in on_record:
        return None
    there = {*known, *on_record}
    return RefusedError(f"there is no rule {asked}{_hint(asked, there, 'see notifier rules list')}")


def rules_on_record(connection: sa.Connection) -> set[str]:
    """The rules and checks of which there are notices, alerts or a backlog, whether or not they are in force."""
    columns = (NOTICE.c.rule, BACKLOG.c.rule)
    return {name for column in columns for name in connection.execute(sa.select(column).distinct()).scalars()}


def owners_on_record(connection: sa.Connection) -> set[str]:
    """The owners of notices, alerts and contradictions."""
    columns = (NOTICE.c.owner, CONTRADICTION.c.owner)
    return {name for column in columns for name in connection.execute(sa.select(column).distinct()).scalars()}


def checks_on_record(connection: sa.Connection) -> set[str]:
    """The checks that found contradictions, whether or not they are in force."""
    return set(connection.execute(sa.select(CONTRADICTION.c.check).distinct()).scalars())


def _rows(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> Sequence[_Row]:
    return connection.execute(_CARDS.where(*which).order_by(CUSTOMER.c.id)).all()


def _each_row(connection: sa.Connection) -> Iterator[_Row]:
    yield from connection.execute(_CARDS.order_by(CUSTOMER.c.id))


def _leads_to(connection: sa.Connection, wanted: str) -> bool:
    """Whether anything is about a customer of this id, although no such customer is in the state."""
    tables = [each.table for each in entities().values() if "customer_id" in each.table.c]
    told = sa.and_(NOTICE.c.recipient_id == wanted, NOTICE.c.kind != NoticeKind.ALERT)
    which = [told, CONTRADICTION.c.customer_id == wanted, *(table.c.customer_id == wanted for table in tables)]
    return any(_any(connection, each) for each in which)


def _any(connection: sa.Connection, which: sa.ColumnElement[bool]) -> bool:
    return connection.execute(sa.select(sa.literal(1)).where(which).limit(1)).first() is not None


def _of_reference(connection: sa.Connection, wanted: str) -> Sequence[_Row]:
    """The customer to whom the notice of this reference goes. Raises RefusedError where it goes to an owner."""
    statement = sa.select(NOTICE.c.kind, NOTICE.c.recipient_id, NOTICE.c.reference, NOTICE.c.subject_type)
    notice = connection.execute(statement.where(NOTICE.c.reference == heard_reference(wanted))).first()
    if notice is None:
        return ()
    if notice.kind == NoticeKind.ALERT:
        raise RefusedError(f"{notice.reference} is an alert to the owner {notice.recipient_id}, not to a customer")
    if notice.subject_type == FORGOTTEN:
        raise RefusedError(f"{notice.reference} was told to somebody who was forgotten; see notifier notices show")
    return _rows(connection, CUSTOMER.c.id == notice.recipient_id)


def _at_address(wanted: str, country: str | None) -> sa.ColumnElement[bool]:
    """The mail address as it is written, or the number as an import would read it."""
    which = [CUSTOMER.c.email == wanted]
    with contextlib.suppress(ValueError):  # no number, or one without its country, of which the last digits may fit
        which.append(CUSTOMER.c.phone == phone_number(wanted, country))
    return sa.or_(*which)


def _looked_through(connection: sa.Connection, wanted: str) -> Sequence[_Row]:
    """Every customer is looked at: names, ids and addresses in other letters, the last digits of a number.

    The nearest sense that fits anybody counts. Raises RefusedError where none does.
    """
    asked = _Asked(wanted)
    found: dict[int, list[_Row]] = {}
    near: dict[str, str] = {}
    for row in _each_row(connection):
        sense = asked.fits(row)
        if sense is not None:
            found.setdefault(sense, []).append(row)
        elif not found and len(near) < COMPARED:
            names = (_folded(name) for name in (row.id, row.name, row.email or "", *row.name.split()))
            near |= {name: f"{row.name} ({row.id})" for name in names if name[:1] == asked.folded[:1]}
    if found:
        return found[min(found)]
    close = did_you_mean(asked.folded, near)
    meant = next((near[name] for name in near if close == f"; did you mean '{name}'?"), None)
    hint = f"did you mean {meant}?" if meant else "name one by id, name, phone, mail or the reference of a notice"
    raise RefusedError(f"there is no customer '{wanted}'; {hint}")


class _Asked:
    """What was typed, and in which sense it fits a customer."""

    def __init__(self, wanted: str) -> None:
        self.folded = _folded(wanted)
        self._words = _words(self.folded)
        digits = _DIGITS.sub("", wanted)
        is_number = len(digits) >= _SEVERAL_DIGITS and not any(letter.isalpha() for letter in wanted)
        self._digits = digits if is_number else None

    def fits(self, row: _Row) -> int | None:
        """The sense, the nearest is 0; None where it fits in none."""
        if self.folded in (_folded(row.id), _folded(row.email or "")):
            return 0
        if self._digits is not None and (row.phone or "").endswith(self._digits):
            return 1
        name = _folded(row.name)
        if not self._words or not all(word in name for word in self._words):
            return None
        names = _words(name)
        if sorted(names) == sorted(self._words):
            return 2
        if set(self._words) <= set(names):
            return 3
        return 4 if all(any(each.startswith(word) for each in names) for word in self._words) else None


def _folded(text: str) -> str:
    """Without capitals and accents: `JOSÉ` is `jose`."""
    if text.isascii():  # most are, and this is ten times as fast
        return text.strip().lower()
    letters = unicodedata.normalize("NFKD", text.strip()).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _words(folded: str) -> list[str]:
    return re.findall(r"\w+", folded)


def _card(row: _Row) -> str:
    return "  ".join(part for part in (row.id, row.name, row.phone, row.email) if part)


def _near(connection: sa.Connection, column: sa.ColumnElement[str], asked: str) -> Iterable[str]:
    """The values that begin or end like this one."""
    ends = (asked[:3], asked[-3:])
    which = sa.or_(column.startswith(ends[0], autoescape=True), column.endswith(ends[1], autoescape=True))
    return connection.execute(sa.select(column).where(which).limit(COMPARED)).scalars()


def _hint(asked: str, known: Iterable[str], see: str) -> str:
    return did_you_mean(asked, known) or (f"; {see}" if see else "")
