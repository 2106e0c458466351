"""What people decide about a notice: approve it past a limit, release it from a hold, cancel it.

What they say about a message of unknown fate is in `decisions.unknown_messages`; lists and details for people are in
`answers.records`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import sqlalchemy as sa

from notifier.decisions.decision import Decision, Signature
from notifier.model.digests import approval_digest, heard_reference
from notifier.model.notices import AWAIT_APPROVAL, UNSENT, NoticeState, ReasonCode
from notifier.model.schema import entities
from notifier.model.transitions import notice_moves
from notifier.store.interventions import RefusedError
from notifier.store.naming import no_such_notice, no_such_rule
from notifier.store.outbox.approvals import approve, approved_by, approved_of, name_of
from notifier.store.outbox.commit import cancel_queued, in_flight
from notifier.store.outbox.past_verdicts import keep_verdicts
from notifier.store.settling import group_named
from notifier.store.tables import CONTRADICTION, NOTICE

OBJECT = "notice"
"""How the record of interventions calls it."""

Row = sa.Row[Any]

_OF_APPROVAL = tuple(
    NOTICE.c[name]
    for name in (
        "id",
        "reference",
        "rule",
        "state",
        "reason_code",
        "reason",
        "rule_digest",
        "claims_digest",
        "approvals",
    )
)
"""What an approval asks of a notice: those of a flood are ten thousand, and each of all its columns takes 14 KB."""


class OfNotices(Decision[Row]):
    """A decision about notices: rows of the notice table."""

    object_type = OBJECT
    done: ClassVar[str]
    """The sentence for people, with `{}` for the notice's reference."""

    def object_id(self, found: Row) -> str:
        """The notice's id."""
        return str(found.id)

    def sentence(self, decided: Sequence[Row]) -> str:
        """`done`, for the one notice."""
        return self.done.format(decided[0].reference)


@dataclass(frozen=True)
class OfOneNotice(OfNotices):
    """A decision about the notice of a reference, however that was heard or typed, or of an id."""

    reference: str

    def find(self, connection: sa.Connection) -> Sequence[Row]:
        """The notice, locked."""
        return [locked_notice(connection, self.reference)]


class Approval(OfNotices):
    """Notices pass their rule's limit, for just this version of the rule and just these claims."""

    command = "notices approve"
    verb = "approve"
    done = "{} is approved; the next tick sends it."
    people: Mapping[str, int]
    """How many people the rules in force ask for, where it is more than one."""

    def refusal(self, found: Row) -> str | None:
        """Refused unless the notice waits for this approval."""
        if _held_by(found, *AWAIT_APPROVAL):
            return None
        return f"{standing(found)}; only a notice that waits for an approval can be approved"

    def write(self, connection: sa.Connection, found: Row, signature: Signature) -> Row:
        """Bind the approval to the digests of the rule and of the claims. Raises RefusedError for a second one by the
        same person."""
        digest = approved_digest_of(found)
        people = approved_by(connection, found.id, digest)
        person = name_of(signature.by)
        if person in people and len(people) < self.people.get(found.rule, 1):
            raise RefusedError(
                f"{found.reference} was approved by {signature.by.strip()} already; the other one must be somebody else"
            )
        if person not in people:
            approve(connection, found.id, digest, person, signature.now)
        count = len({person, *people})
        return _changed(connection, found, signature, approved_digest=digest, approvals=count)

    def sentence(self, decided: Sequence[Row]) -> str:
        """What comes next: it goes, or somebody else must approve it, too."""
        needed = [row for row in decided if row.approvals < self.people.get(row.rule, 1)]
        what = decided[0].reference if len(decided) == 1 else f"{len(decided)} notices"
        verb = "is" if len(decided) == 1 else "are"
        if needed:
            return f"{what} {verb} approved once; a second person must approve, too."
        it = "it" if len(decided) == 1 else "them"
        return f"{what} {verb} approved; the next tick sends {it}."


@dataclass(frozen=True)
class Approve(OfOneNotice, Approval):
    """One notice passes its rule's limit."""

    people: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ApproveAll(Approval):
    """Every notice that the rule's limit holds passes it: they were held together."""

    rule: str
    live: bool
    known: Collection[str] = ()
    """The rules in force."""
    people: Mapping[str, int] = field(default_factory=dict)
    by: str = ""
    """Who approves: what they approved already waits for somebody else."""

    def find(self, connection: sa.Connection) -> Sequence[Row]:
        """The notices that wait for this approval, locked."""
        waiting = sa.select(*_OF_APPROVAL).where(
            NOTICE.c.rule == self.rule,
            NOTICE.c.live.is_(self.live),
            NOTICE.c.state == NoticeState.HELD,
            NOTICE.c.reason_code.in_(AWAIT_APPROVAL),
        )
        found = connection.execute(waiting.order_by(NOTICE.c.id).with_for_update()).all()
        if not found:
            if self.rule not in self.known and (unknown := no_such_rule(connection, self.rule, self.known)):
                raise unknown
            raise RefusedError(f"no notice of rule {self.rule} waits for an approval")
        done = approved_of(connection, [row.id for row in found], self.by)
        left = [row for row in found if (row.id, approved_digest_of(row)) not in done]
        if not left and self.people.get(self.rule, 1) > 1:
            raise RefusedError(
                f"{self.by} approved all that wait of {self.rule} already; the other one must be somebody else"
            )
        return left or found


@dataclass(frozen=True)
class ApproveForFlood(Approval):
    """What the customers of a flood are told first: each notice has their own values, and one person approves all."""

    group_id: str
    live: bool
    people: Mapping[str, int] = field(default_factory=dict)

    def find(self, connection: sa.Connection) -> Sequence[Row]:
        """The notices of its admissions that wait for this approval, locked."""
        group = group_named(connection, self.group_id)
        if group is None:
            raise RefusedError(f"there is no group {self.group_id.strip()}; notifier contradictions groups lists them")
        of_flood = sa.select(CONTRADICTION.c.id).where(CONTRADICTION.c.group_id == group.id)
        admission = entities()["admission"].table
        admitted = sa.select(admission.c.id).where(admission.c.contradiction_id.in_(of_flood))
        waiting = sa.select(*_OF_APPROVAL).where(
            NOTICE.c.subject_type == "admission",
            NOTICE.c.subject_id.in_(admitted),
            NOTICE.c.live.is_(self.live),
            NOTICE.c.state == NoticeState.HELD,
            NOTICE.c.reason_code.in_(AWAIT_APPROVAL),
        )
        found = connection.execute(waiting.order_by(NOTICE.c.id).with_for_update()).all()
        if not found:
            raise RefusedError(
                f"nothing that the customers of {group.id} are told first waits for an approval: "
                f"notifier contradictions settle --group {group.id} --tell, and the next tick drafts it"
            )
        return found


class Release(OfOneNotice):
    """No contradiction holds this notice any more, today's or a later one: a person answers for what it says."""

    command = "notices release"
    verb = "release"
    done = "{} is released; the next tick sends it."

    def refusal(self, found: Row) -> str | None:
        """Refused unless a contradiction holds the notice."""
        if _held_by(found, ReasonCode.OPEN_CONTRADICTION):
            return None
        return f"{standing(found)}; only a notice that is held by a contradiction can be released"

    def write(self, connection: sa.Connection, found: Row, signature: Signature) -> Row:
        """Mark it as released."""
        return _changed(connection, found, signature, released=True)


class Cancel(OfOneNotice):
    """The notice is never told."""

    command = "notices cancel"
    verb = "cancel"
    done = "{} is cancelled; nobody will be told."

    def refusal(self, found: Row) -> str | None:
        """Refused where the notice was told or has ended."""
        if not found.spent and found.state in UNSENT:
            return None
        return f"{standing(found)}; only a notice that has not been told can be cancelled"

    def write(self, connection: sa.Connection, found: Row, signature: Signature) -> Row:
        """Spend its occurrence, cancel what is queued, and keep the verdict that it had.

        Raises RefusedError while one of its messages is being handed over.
        """
        if in_flight(connection, [found.id]):
            raise RefusedError(
                f"{standing(found)}, and one of its messages is being handed over to its provider; try again in a few "
                "minutes. If nobody can say whether that message went out, settle it first: notifier notices arrived, "
                "or notifier notices resend"
            )
        notice_moves(NoticeState(found.state), NoticeState.CANCELLED)
        text = f"cancelled {signature}"
        cancel_queued(connection, [found.id], text, signature.now)
        keep_verdicts(connection, [found.id])
        return _changed(
            connection,
            found,
            signature,
            state=NoticeState.CANCELLED,
            gate=None,
            reason_code=ReasonCode.PERSON,
            reason=text,
            deferred_until=None,
            spent=True,
        )


def approved_digest_of(notice: Row) -> str:
    """What an approval of the notice, as it waits now, is bound to."""
    stopped = notice.reason_code == ReasonCode.CANARY_STOPPED
    return approval_digest(notice.rule_digest, notice.claims_digest, past_stop=stopped)


def locked_notice(connection: sa.Connection, reference: str) -> Row:
    """The notice of a reference, however it was heard or typed, or of an id; locked until the transaction ends.

    Raises RefusedError where there is none.
    """
    wanted = sa.or_(NOTICE.c.reference == heard_reference(reference), NOTICE.c.id == reference.strip())
    row = connection.execute(sa.select(NOTICE).where(wanted).with_for_update()).first()
    if row is None:
        raise no_such_notice(connection, reference)
    return row


def standing(notice: Row) -> str:
    """The notice with its state and the reason of that, as refusals begin."""
    return f"{notice.reference} is {notice.state} ({notice.reason})"


def _held_by(notice: Row, *codes: ReasonCode) -> bool:
    return bool(notice.state == NoticeState.HELD and notice.reason_code in codes)


def _changed(connection: sa.Connection, notice: Row, signature: Signature, **values: Any) -> Row:
    """The notice as it is now, with the columns that it was read with."""
    changed = sa.update(NOTICE).where(NOTICE.c.id == notice.id).returning(*(NOTICE.c[name] for name in notice._fields))
    return connection.execute(changed.values(**values, changed_at=signature.now, version=NOTICE.c.version + 1)).one()
