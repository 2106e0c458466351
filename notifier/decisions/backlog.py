"""What people decide about what a rule's first pass or a baseline kept from being told: tell it after all, or never."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import sqlalchemy as sa

from notifier.decisions.decision import Decision, Signature
from notifier.model.notices import ReasonCode
from notifier.model.problems import did_you_mean
from notifier.model.schema import entities
from notifier.store.interventions import RefusedError
from notifier.store.naming import no_such_rule
from notifier.store.outbox.backlog import BacklogEntry, backlog_entries
from notifier.store.outbox.past_verdicts import keep_verdicts
from notifier.store.state.changes import touch_where
from notifier.store.tables import BACKLOG, NOTICE

OBJECT = "backlog"
"""How the record of interventions calls it."""


@dataclass(frozen=True)
class OfBacklog(Decision[BacklogEntry]):
    """A decision about what one rule does not tell."""

    rule: str
    subjects: tuple[str, ...] = ()
    """The ids of the rows that are meant; none means all."""
    live: bool = field(kw_only=True)
    known: Collection[str] = field(default=(), kw_only=True)
    """The rules in force."""

    object_type = OBJECT
    done: ClassVar[str]
    """The sentence for people after `12 entries of rule order-held`."""

    def find(self, connection: sa.Connection) -> Sequence[BacklogEntry]:
        """The entries, locked."""
        found = backlog_entries(connection, rule=self.rule, live=self.live, subjects=self.subjects, lock=True)
        missing = sorted(set(self.subjects) - {entry.subject_id for entry in found})
        if not found and self.rule not in self.known and (unknown := no_such_rule(connection, self.rule, self.known)):
            raise unknown
        if missing:
            rows = [entry.subject_id for entry in backlog_entries(connection, rule=self.rule, live=self.live)]
            hint = next(filter(None, (did_you_mean(each, rows) for each in missing)), "") or f"; {_SEE}"
            raise RefusedError(f"the backlog of rule {self.rule} has no {', '.join(missing)}{hint}")
        if not found:
            raise RefusedError(f"rule {self.rule} has no backlog; {_SEE}")
        return found

    def object_id(self, found: BacklogEntry) -> str:
        """The notice that records it, or else rule, row and recipient."""
        return found.record_id

    def sentence(self, decided: Sequence[BacklogEntry]) -> str:
        """How many there were, and what becomes of them."""
        entries = "1 entry" if len(decided) == 1 else f"{len(decided)} entries"
        return f"{entries} of rule {self.rule} {self.done}"


@dataclass(frozen=True)
class Tell(OfBacklog):
    """The next tick tells it after all, where it is still true and still helps."""

    about: str | None = field(kw_only=True)
    """The entity of the rule's rows; None where the rule is not in force."""

    command = "backlog tell"
    verb = "tell"
    done = "left the backlog; the next tick tells what is still true and still helps."

    def refusal(self, found: BacklogEntry) -> str | None:
        """Refused while nobody could tell it."""
        if self.about is not None:
            return None
        return f"rule {found.rule} is not in force, so nobody would tell it; see notifier rules check"

    def write(self, connection: sa.Connection, found: BacklogEntry, signature: Signature) -> BacklogEntry:
        """Forget it, or let the notice be planned again, and mark its row as changed."""
        assert self.about is not None, "the refusal saw to it"
        if found.notice_id is None:
            connection.execute(sa.delete(BACKLOG).where(*_recorded(found)))
        else:
            _change_notice(
                connection, found.notice_id, signature, reason=f"to be told after all {signature}", spent=False
            )
        row = entities()[self.about].table.c.id == found.subject_id
        touch_where(connection, self.about, row, signature.now)
        return found


class Drop(OfBacklog):
    """It is never told, also where the rule turns false for the row and true again. The list shows it no longer."""

    command = "backlog drop"
    verb = "drop"
    done = "will never be told."

    def write(self, connection: sa.Connection, found: BacklogEntry, signature: Signature) -> BacklogEntry:
        """Mark it as dropped."""
        if found.notice_id is None:
            connection.execute(sa.update(BACKLOG).where(*_recorded(found)).values(dropped_at=signature.now))
        else:
            _change_notice(connection, found.notice_id, signature, reason=f"dropped {signature}", spent=True)
        return found


_SEE = "see notifier backlog list --rule RULE"


def _recorded(entry: BacklogEntry) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        BACKLOG.c.rule == entry.rule,
        BACKLOG.c.subject_id == entry.subject_id,
        BACKLOG.c.each_id == (entry.each_id or ""),
        BACKLOG.c.recipient_id == (entry.recipient_id or ""),
    )


def _change_notice(connection: sa.Connection, notice_id: str, signature: Signature, **values: Any) -> None:
    keep_verdicts(connection, [notice_id])
    changed = sa.update(NOTICE).where(NOTICE.c.id == notice_id)
    person = {"gate": None, "reason_code": ReasonCode.PERSON, "changed_at": signature.now}
    connection.execute(changed.values(**values, **person, version=NOTICE.c.version + 1))
