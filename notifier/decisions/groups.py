"""One decision about a whole flood: what is open of it is decided as one, with one record, and its count as a guard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from notifier.decisions.actions import keep_settling
from notifier.decisions.admissions import admit
from notifier.decisions.closing import Credit, Given
from notifier.decisions.contradictions import OfContradiction
from notifier.decisions.decision import Decision, Signature
from notifier.decisions.settling import WORDS, Settle, TellFirst, carry, reason_of, refuse_approval
from notifier.decisions.steps import taken
from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.digests import uuid7
from notifier.model.settling import Group, Settling, Way
from notifier.rules.checked_owners import Authority
from notifier.store.contradictions import ContradictionFilter, by_id, how_many, save
from notifier.store.interventions import RefusedError
from notifier.store.settling import add_settlings, approve_settling, group_named, waiting_settling
from notifier.store.sql import CHUNK
from notifier.store.tables import CONTRADICTION

OBJECT = "contradiction group"
"""How the record of interventions calls it."""


@dataclass(frozen=True)
class OfGroup(Decision[Group]):
    """A decision about all contradictions of a flood that are open or acknowledged."""

    group_id: str
    count: int | None = None
    """How many the person means to decide about: refused where there are others."""

    object_type = OBJECT

    def find(self, connection: sa.Connection) -> Sequence[Group]:
        """The flood, with how many of it are open or acknowledged now."""
        typed = self.group_id.strip()
        found = group_named(connection, typed)
        if found is None:
            raise RefusedError(f"there is no group {typed}; notifier contradictions groups lists them")
        holding = how_many(connection, ContradictionFilter(states=HOLDING, group=found.id))
        return [replace(found, count=holding)]

    def object_id(self, found: Group) -> str:
        """The group's id."""
        return found.id

    def refusal(self, found: Group) -> str | None:
        """Refused where the person means another number than there are."""
        if not found.count:
            return f"nothing of {found.id} is open or acknowledged"
        look = f"notifier contradictions list --group {found.id}"
        if self.count is None:
            return f"{found.id} has {found.count} contradictions; look at them ({look}), and add --count {found.count}"
        if self.count != found.count:
            return f"{found.id} has {found.count} contradictions, not {self.count}; look at them again ({look})"
        return None


@dataclass(frozen=True)
class ForGroup(OfGroup):
    """What can be decided about one contradiction, decided about all of a flood."""

    decision: OfContradiction | None = None

    command = "contradictions settle"
    verb = "decide as one"

    def find(self, connection: sa.Connection) -> Sequence[Group]:
        """The flood. Raises RefusedError where this can be decided about no contradiction."""
        if (why_not := self._decision.terms()) is not None:
            raise RefusedError(why_not)
        return super().find(connection)

    def recorded_verb(self, found: Group) -> str:
        """What was decided, and about how many."""
        return f"{self._decision.verb} ({found.count})"

    def write(self, connection: sa.Connection, found: Group, signature: Signature) -> Group:
        """Decide each of them, 500 at a time, in this transaction. Raises RefusedError where one forbids it, or all
        together get more than this person may give."""
        decision = self._decision
        settling = decision.settling(signature)
        if isinstance(decision, Settle) and settling is not None:
            settling = replace(settling, waits_for=_waits_for(decision.given, found.count, signature))
        for contradictions in _holding(connection, found.id):
            for each in contradictions:
                if (why_not := self._refused(each)) is not None:
                    raise RefusedError(why_not)
            if settling is not None and _tells_now(settling):
                save(connection, tell_each(connection, contradictions, settling, signature))
                continue
            decided = (self._one(connection, each, settling, signature) for each in contradictions)
            save(connection, [each for each in decided if each is not None])
        if settling is None:
            return found
        keep_settling(connection, replace(settling, group_id=found.id), decision.closed_with())
        return _Proposed(**vars(found)) if settling.waits_for is not None else found

    def sentence(self, decided: Sequence[Group]) -> str:
        """How many there were, what became of them, and what is next."""
        (group,) = decided
        done = f"{group.count} contradictions of {group.id}: {self._decision.verb}."
        if isinstance(group, _Proposed):
            again = f"notifier contradictions approve --group {group.id} --count {group.count}"
            return f"{done} All together is more than one person may give. Next, by another one: {again}"
        if isinstance(self._decision, TellFirst):
            return (
                f"{done} The next tick drafts a notice for each of their customers; they wait for a person: "
                f"notifier notices approve --group {group.id}"
            )
        return done

    @property
    def _decision(self) -> OfContradiction:
        assert self.decision is not None, "a group is decided by a decision"
        return self.decision

    def _refused(self, each: Contradiction) -> str | None:
        if not isinstance(self._decision, Settle) and each.state is self._decision.becomes:
            return None
        return self._decision.refusal(each)

    def _one(
        self, connection: sa.Connection, each: Contradiction, settling: Settling | None, signature: Signature
    ) -> Contradiction | None:
        """The contradiction as it is decided; None where it is so already."""
        decision = self._decision
        if not isinstance(decision, Settle) and each.state is decision.becomes:
            return None
        if isinstance(decision, Settle) and settling is not None:
            return decision.ended(connection, each, settling, signature)[0]
        return decision.decided(connection, each, signature)


class _Proposed(Group):
    """A flood whose settling waits for a second person."""


@dataclass(frozen=True)
class ApproveForGroup(OfGroup):
    """A second person agrees to what was proposed for a whole flood."""

    authority: Authority = field(default_factory=Authority)

    command = "contradictions approve"
    verb = "approve the settling"

    def write(self, connection: sa.Connection, found: Group, signature: Signature) -> Group:
        """Carry it out. Raises RefusedError where nothing waits, or this person may not approve it."""
        waiting = waiting_settling(connection, "", found.id)
        if waiting is None:
            raise RefusedError(f"no settling of {found.id} waits for a second person")
        refuse_approval(waiting, signature, self.authority)
        approve_settling(connection, waiting, signature.by.strip(), signature.now)
        waiting = replace(waiting, approved_by=signature.by.strip(), approved_at=signature.now)
        for contradictions in _holding(connection, found.id):
            verb = WORDS[waiting.way]
            if waiting.way is Way.TELL:
                save(connection, tell_each(connection, contradictions, waiting, signature))
                continue
            save(connection, [carry(connection, each, waiting, verb, signature)[0] for each in contradictions])
        return found

    def sentence(self, decided: Sequence[Group]) -> str:
        """How many there were."""
        (group,) = decided
        return f"{group.count} contradictions of {group.id}: approved."


def tell_each(
    connection: sa.Connection, contradictions: Sequence[Contradiction], settling: Settling, signature: Signature
) -> list[Contradiction]:
    """Each customer gets a row of their own, with their own values, and each contradiction a settling of its own: it is
    over when just this customer was told. The cause stays with the settling of the whole flood, and counts once."""
    own = [
        replace(settling, id=uuid7(signature.now), contradiction_id=each.id, group_id=None, cause=None, action=None)
        for each in contradictions
    ]
    add_settlings(connection, admit(connection, zip(contradictions, own, strict=True), signature.now))
    reason = reason_of(settling, TellFirst.verb)
    told = (
        replace(each, state=ContradictionState.ACKNOWLEDGED, reason=reason, changed_at=signature.now)
        for each in contradictions
    )
    return [taken(connection, each, signature) for each in told]


def _tells_now(settling: Settling) -> bool:
    return settling.way is Way.TELL and (settling.waits_for is None or settling.approved_at is not None)


def _waits_for(given: Given, count: int, signature: Signature) -> str | None:
    """Who else has to agree to what all of them get together. Raises RefusedError where nobody may give that."""
    if given.credit is None:
        return None
    total = Credit(amount=given.credit.amount * count, currency=given.credit.currency)
    together = replace(given, credit=total)
    if (why_not := together.refusal()) is not None:
        raise RefusedError(f"{given.credit} for each of {count}: {why_not}")
    return together.waits_for(signature.by)


def _holding(connection: sa.Connection, group: str) -> Iterator[list[Contradiction]]:
    """The contradictions of the group that are open or acknowledged, in pieces, by id."""
    after = ""
    while True:
        chosen = sa.select(CONTRADICTION.c.id).where(
            CONTRADICTION.c.group_id == group, CONTRADICTION.c.state.in_(HOLDING), CONTRADICTION.c.id > after
        )
        ids = list(connection.execute(chosen.order_by(CONTRADICTION.c.id).limit(CHUNK)).scalars())
        if not ids:
            return
        yield by_id(connection, ids)
        after = ids[-1]
