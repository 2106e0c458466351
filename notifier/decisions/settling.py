"""The ways out of a contradiction: honour the promise, tell the customer first, withdraw the promise with evidence.

A way that gives more than one person may give waits for another: until then the contradiction is taken, and nothing
else has happened. `ApproveSettling` carries it out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa

from notifier.decisions.actions import keep_settling
from notifier.decisions.admissions import admit, cannot_admit
from notifier.decisions.closing import Closing, Given, refused_text, same_person, settling_by, who_may
from notifier.decisions.contradictions import OfContradiction, withdrawn
from notifier.decisions.decision import Signature
from notifier.decisions.steps import taken
from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.instants import minute_text
from notifier.model.settling import SECOND, Settling, Way
from notifier.rules.checked_owners import Authority, Owner
from notifier.store.contradictions import save
from notifier.store.interventions import RefusedError
from notifier.store.settling import approve_settling, waiting_settling


@dataclass(frozen=True)
class Settle(OfContradiction):
    """A person says how it ends, why it came about, and what is done about that."""

    closing: Closing = field(default_factory=Closing)
    given: Given = field(default_factory=Given)

    command = "contradictions settle"
    becomes = ContradictionState.ACKNOWLEDGED
    way: ClassVar[Way]

    def terms(self) -> str | None:
        """Refused without the cause where the project has causes, and beyond anybody's authority."""
        return self.closing.refusal() or self.given.refusal()

    def closed_with(self) -> Closing:
        """The cause that was named, and what is done about it."""
        return self.closing

    def refusal(self, found: Contradiction) -> str | None:
        """Refused where it is over."""
        if found.state in HOLDING:
            return None
        return f"{found.id} is {found.state}; there is nothing to settle: {found.reason}"

    def settling(self, signature: Signature) -> Settling:
        """How it ends; the subclasses add what is theirs."""
        credit = self.given.credit
        return settling_by(
            signature,
            self.way,
            cause=self.closing.cause,
            action=self.closing.action,
            credit=None if credit is None else credit.amount,
            currency=None if credit is None else credit.currency,
            override=self.given.override,
            waits_for=self.given.waits_for(signature.by),
            **self.own(),
        )

    def own(self) -> Mapping[str, object]:
        """The columns of this way."""
        return {}

    def write(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Write the settling, and carry it out unless a second person has to agree."""
        settling = replace(self.settling(signature), contradiction_id=found.id)
        decided, settling = self.ended(connection, found, settling, signature)
        save(connection, [decided])
        keep_settling(connection, settling, self.closing)
        return replace(decided, version=found.version + 1)

    def ended(
        self, connection: sa.Connection, found: Contradiction, settling: Settling, signature: Signature
    ) -> tuple[Contradiction, Settling]:
        """The contradiction as this settling leaves it, and the settling with what it led to."""
        if settling.waits_for is not None and settling.approved_at is None:
            waits = who_may(settling.waits_for, self.given.authority)
            reason = f"{self.verb} {signature}; it waits for {waits}"
            proposed = replace(found, state=ContradictionState.ACKNOWLEDGED, reason=reason, changed_at=signature.now)
            return taken(connection, proposed, signature), settling
        return carry(connection, found, settling, self.verb, signature)

    def sentence(self, decided: Sequence[Contradiction]) -> str:
        """What came of it, and what happens next."""
        (contradiction,) = decided
        waits = "; it waits for " in contradiction.reason
        next_ = f" Next: notifier contradictions approve {contradiction.id}" if waits else f" {self.then()}"
        return f"{super().sentence(decided)}.{next_}".rstrip()

    def then(self) -> str:
        """What happens next."""
        return ""


@dataclass(frozen=True)
class Honour(Settle):
    """The promise stands: an owner corrects the fact until a moment. What it holds stays held until the facts agree."""

    owner: str = ""
    until: datetime | None = None
    owners: Mapping[str, Owner] = field(default_factory=dict)
    timezone: str = "UTC"
    """The zone in which people read the moment, where the owner has none of their own."""

    verb = "honour"
    way = Way.HONOUR

    def terms(self) -> str | None:
        """Refused without who corrects it, and by when."""
        if not self.owner or self.until is None:
            return "say who corrects the fact, and by when: --owner TEAM --until TIME"
        return super().terms()

    def own(self) -> Mapping[str, object]:
        """Who corrects the fact, and by when."""
        return {"owner": self.owner, "due_at": self.until}

    def write(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Raises RefusedError where the moment is over."""
        if self.until is not None and self.until <= signature.now:
            until = minute_text(self.until, self._zone())
            raise RefusedError(f"--until {until} is over already; say by when the fact is corrected")
        return super().write(connection, found, signature)

    def sentence(self, decided: Sequence[Contradiction]) -> str:
        """What came of it. Who corrects the fact is said once, with the moment in the zone of its readers."""
        return super().sentence(decided).replace(_corrected(self.owner, self.until), "")

    def then(self) -> str:
        """That it comes back."""
        until = minute_text(self.until, self._zone()) if self.until is not None else ""
        return f"{self.owner} corrects the fact until {until}; it closes when both sides agree, and comes back if not."

    def _zone(self) -> str:
        owner = self.owners.get(self.owner)
        return (owner and owner.timezone) or self.timezone


@dataclass(frozen=True)
class TellFirst(Settle):
    """The customer hears of it first: admission, fact, remedy, next step, once a person approved the words."""

    remedy: str = ""
    next_step: str = ""
    next_at: datetime | None = None
    rule: str | None = None
    """The rule that speaks about admissions; None: the project has none."""

    verb = "tell the customer first"
    way = Way.TELL

    def terms(self) -> str | None:
        """Refused without a remedy and a next step, and where no rule speaks."""
        if self.rule is None:
            return "no rule speaks about an admission, so nothing could be told; add rules/common/admission.yaml"
        if not self.remedy.strip() or not self.next_step.strip():
            return "say what the customer gets and what happens next: --remedy TEXT --next TEXT"
        wrong = refused_text("--remedy", self.remedy) or refused_text("--next", self.next_step)
        return wrong or super().terms()

    def refusal(self, found: Contradiction) -> str | None:
        """Refused where it is over, and where nobody is to be told."""
        return super().refusal(found) or cannot_admit(found)

    def own(self) -> Mapping[str, object]:
        """What the customer is told beside both values."""
        return {"remedy": self.remedy.strip(), "next_step": self.next_step.strip(), "due_at": self.next_at}

    def then(self) -> str:
        """That a person approves the words."""
        return (
            f"The next tick drafts the notice of rule {self.rule}; it waits for a person: notifier notices list "
            "--state held, then approve it. What it holds stays held until the customer was told."
        )


@dataclass(frozen=True)
class Withdraw(Settle):
    """The fact stands, and the promise is withdrawn, with the evidence for that."""

    evidence: str = ""

    verb = "withdraw the promise"
    way = Way.WITHDRAW
    becomes = ContradictionState.SETTLED

    def terms(self) -> str | None:
        """Refused without evidence."""
        if not self.evidence.strip():
            return "say what shows that the promise does not stand: --evidence TEXT (a recording, a contract, a mail)"
        return refused_text("--evidence", self.evidence) or super().terms()

    def refusal(self, found: Contradiction) -> str | None:
        """Refused where it is over, and where no promise was recorded."""
        if found.records or found.state not in HOLDING:
            return super().refusal(found)
        return (
            f"{found.id} has no recorded promise to withdraw: {found.subject_type} {found.subject_id} itself says so; "
            "correct it, or waive the difference"
        )

    def own(self) -> Mapping[str, object]:
        """The evidence."""
        return {"evidence": self.evidence.strip()}


@dataclass(frozen=True)
class ApproveSettling(OfContradiction):
    """A second person agrees to what one person may not give alone."""

    authority: Authority = field(default_factory=Authority)

    command = "contradictions approve"
    verb = "approve the settling"
    becomes = ContradictionState.ACKNOWLEDGED

    def write(self, connection: sa.Connection, found: Contradiction, signature: Signature) -> Contradiction:
        """Carry the settling out. Raises RefusedError where none waits, or this person may not approve it."""
        waiting = waiting_settling(connection, found.id, None)
        if waiting is None:
            raise RefusedError(f"no settling of {found.id} waits for a second person; it is {found.state}")
        if found.state not in HOLDING:
            raise RefusedError(f"{found.id} is {found.state} since then: {found.reason}")
        refuse_approval(waiting, signature, self.authority)
        approve_settling(connection, waiting, signature.by.strip(), signature.now)
        waiting = replace(waiting, approved_by=signature.by.strip(), approved_at=signature.now)
        decided, ended = carry(connection, found, waiting, WORDS[waiting.way], signature)
        save(connection, [decided])
        keep_admission(connection, waiting, ended)
        return replace(decided, version=found.version + 1)


def refuse_approval(waiting: Settling, signature: Signature, authority: Authority) -> None:
    """Raises RefusedError where this person may not approve it: their own, or without the role."""
    by = signature.by.strip()
    if same_person(by, waiting.by):
        raise RefusedError(f"{by} proposed it; {who_may(waiting.waits_for or SECOND, authority)} has to approve it")
    if waiting.waits_for not in (None, SECOND) and by not in authority.roles.get(waiting.waits_for or "", ()):
        raise RefusedError(f"{by} may not approve it; {who_may(waiting.waits_for or SECOND, authority)} may")


def keep_admission(connection: sa.Connection, waiting: Settling, ended: Settling) -> None:
    """Write which admission the approval led to."""
    from notifier.store.tables import SETTLING

    if ended.admission_id is not None:
        told = sa.update(SETTLING).where(SETTLING.c.id == waiting.id)
        connection.execute(told.values(admission_id=ended.admission_id))


WORDS: Mapping[Way, str] = {Way.HONOUR: Honour.verb, Way.TELL: TellFirst.verb, Way.WITHDRAW: Withdraw.verb}
"""What was done, as the record calls it."""


def carry(
    connection: sa.Connection, found: Contradiction, settling: Settling, verb: str, signature: Signature
) -> tuple[Contradiction, Settling]:
    """What the settling does to the contradiction and around it."""
    changed = replace(found, reason=reason_of(settling, verb), changed_at=signature.now)
    return _CARRIED[settling.way](connection, changed, settling, signature)


def reason_of(settling: Settling, verb: str) -> str:
    """Why the contradiction is in its state from then on: what was done, by whom, and why."""
    by = settling.by if settling.approved_by is None else f"{settling.by}, approved by {settling.approved_by}"
    reason = f"{verb} by {by}: {settling.reason}"
    return reason if settling.override is None else f"{reason} (a procedure was broken: {settling.override})"


def _corrected(owner: str | None, until: datetime | None) -> str:
    """Who corrects the fact until when, as the reason keeps it: in UTC, for it is read in any zone."""
    return "" if until is None else f"; {owner} corrects it until {minute_text(until)}"


def _honoured(
    connection: sa.Connection, found: Contradiction, settling: Settling, signature: Signature
) -> tuple[Contradiction, Settling]:
    until = _corrected(settling.owner, settling.due_at)
    honoured = replace(found, state=ContradictionState.ACKNOWLEDGED, reason=f"{found.reason}{until}")
    return taken(connection, honoured, signature), settling


def _admitted(
    connection: sa.Connection, found: Contradiction, settling: Settling, signature: Signature
) -> tuple[Contradiction, Settling]:
    (admitted,) = admit(connection, [(found, settling)], signature.now)
    told = replace(found, state=ContradictionState.ACKNOWLEDGED)
    return taken(connection, told, signature), admitted


def _withdrawn(
    connection: sa.Connection, found: Contradiction, settling: Settling, signature: Signature
) -> tuple[Contradiction, Settling]:
    because = replace(signature, reason=f"{signature.reason} ({settling.evidence})")
    typed = Settle.command if settling.approved_at is None else ApproveSettling.command
    over = withdrawn(connection, found, because, command=typed)
    return replace(over, state=ContradictionState.SETTLED), settling


_Carried = Callable[[sa.Connection, Contradiction, Settling, Signature], tuple[Contradiction, Settling]]
_CARRIED: Mapping[Way, _Carried] = {Way.HONOUR: _honoured, Way.TELL: _admitted, Way.WITHDRAW: _withdrawn}
