"""What people decide about actions: open one, say that it is done, give it to others or another day, drop it.

An action is what an owner does so that a cause of broken promises, or a reason for which customers make contact, does
not come back. `contradictions settle --action` opens one, too.
"""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.decisions.closing import Closing, refused_text
from notifier.decisions.decision import Decision, Signature
from notifier.model.actions import AGAIN_WITHIN, Action, ActionStatus
from notifier.model.digests import reference
from notifier.model.instants import minute_text
from notifier.model.problems import did_you_mean, one_of
from notifier.model.settling import Settling
from notifier.rules.checked_owners import Cause
from notifier.store.actions import OBJECT, PREFIX, action_named, add_action, any_stands, save_action
from notifier.store.interventions import RefusedError
from notifier.store.settling import add_settling

_SEE = "notifier actions list shows them"


@dataclass(frozen=True, kw_only=True)
class About:
    """What an action is to end: a cause, or a reason for which customers make contact."""

    cause: str | None = None
    contacts: str | None = None
    causes: Mapping[str, Cause] = field(default_factory=dict)
    """The project's."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Reason -> owner."""

    def refusal(self) -> str | None:
        """Why nothing can be done about it."""
        if (self.cause is None) == (self.contacts is None):
            return (
                "say what it is to end: --cause NAME (rules/causes.yaml), or --contacts REASON, for which customers "
                "make contact"
            )
        if self.cause is not None:
            return _unknown("cause", self.cause, self.causes, "rules/causes.yaml")
        return _unknown("reason", self.contacts or "", self.reasons, "rules/reasons.yaml") if self.reasons else None

    @property
    def owner(self) -> str | None:
        """Who answers for it; None where nobody says."""
        if self.cause is not None:
            return self.causes[self.cause].owner if self.cause in self.causes else None
        return self.reasons.get(self.contacts or "")

    @property
    def again_within(self) -> timedelta:
        """How long it has to stay away."""
        known = self.causes.get(self.cause or "")
        return AGAIN_WITHIN if known is None else known.again_within


@dataclass(frozen=True)
class OpenAction(Decision[Action]):
    """An owner does something about it until a day."""

    what: str
    about: About
    until: datetime | None = None
    owner: str | None = None
    """None: who answers for the cause or the reason."""
    owners: Collection[str] = ()
    again_within: timedelta | None = None
    again_at: int = 1

    command = "actions open"
    object_type = OBJECT
    verb = "open"

    def find(self, connection: sa.Connection) -> Sequence[Action]:
        """The action as it will be. Raises RefusedError where something is not said, or not known, or said again."""
        wrong = refused_text("WHAT", self.what) or self.about.refusal()
        owner = self.owner or self.about.owner
        if wrong is None and owner is None:
            wrong = "say who does it: --owner OWNER (rules/owners.yaml)"
        if wrong is None and owner not in self.owners:
            wrong = _unknown("owner", owner or "", self.owners, "rules/owners.yaml")
        if wrong is None and self.until is None:
            wrong = "say by when: --until TIME"
        if wrong is not None:
            raise RefusedError(wrong)
        assert owner is not None
        assert self.until is not None
        action = Action(
            id="",
            owner=owner,
            what=self.what.strip(),
            cause=self.about.cause,
            contacts=self.about.contacts,
            due_at=self.until,
            opened_at=self.until,
            opened_by="",
            again_within=self.again_within or self.about.again_within,
            again_at=self.again_at,
        )
        action = _named(action, f"{action.owner}:{self.until.isoformat()}")
        if (there := action_named(connection, action.id)) is not None:
            raise RefusedError(f"{there.id} says just that already, and is {there.status}")
        return [action]

    def object_id(self, found: Action) -> str:
        """Its id, which follows from what it says."""
        return found.id

    def write(self, connection: sa.Connection, found: Action, signature: Signature) -> Action:
        """Write it. Raises RefusedError where its day is over."""
        if found.due_at <= signature.now:
            raise RefusedError(f"--until {minute_text(found.due_at)} is over already; say by when it is done")
        opened = replace(found, opened_at=signature.now, opened_by=signature.by.strip())
        add_action(connection, opened)
        return opened

    def sentence(self, decided: Sequence[Action]) -> str:
        """Who does it by when, and how it ends."""
        (action,) = decided
        return (
            f"{action.id} is open: {action.owner}, until {minute_text(action.due_at)}. "
            f"Once it is done: notifier actions done {action.id} --cause … --effect … --by … --reason …"
        )


@dataclass(frozen=True)
class OfAction(Decision[Action]):
    """A decision about an action that is there."""

    action: str

    object_type = OBJECT

    def find(self, connection: sa.Connection) -> Sequence[Action]:
        """The action, locked."""
        found = action_named(connection, self.action)
        if found is None:
            raise RefusedError(f"there is no action {self.action.strip()}; {_SEE}")
        return [found]

    def object_id(self, found: Action) -> str:
        """Its id."""
        return found.id

    def refusal(self, found: Action) -> str | None:
        """Refused where it is closed."""
        if found.status is ActionStatus.OPEN:
            return None
        return f"{found.id} is {found.status} since {minute_text(found.closed_at or found.opened_at)}"

    def write(self, connection: sa.Connection, found: Action, signature: Signature) -> Action:
        """Save it as it is decided."""
        changed = self.changed(found, signature)
        save_action(connection, changed)
        return changed

    @abstractmethod
    def changed(self, found: Action, signature: Signature) -> Action:
        """The action as it is decided. Raises RefusedError."""


@dataclass(frozen=True)
class CloseAction(OfAction):
    """It is done: why it happened is known, and so is what shows that it happens no more."""

    cause: str = ""
    effect: str = ""
    causes: Mapping[str, Cause] = field(default_factory=dict)

    command = "actions done"
    verb = "done"

    def refusal(self, found: Action) -> str | None:
        """Refused without cause and effect."""
        if (closed := super().refusal(found)) is not None:
            return closed
        if not self.cause.strip() or not self.effect.strip():
            return "say why it happened and what shows that it happens no more: --cause TEXT --effect TEXT"
        wrong = refused_text("--cause", self.cause) or refused_text("--effect", self.effect)
        if wrong is None and found.cause is not None and self.cause.strip() == found.cause:
            wrong = f"{found.cause} is what it is about; say why that happened: --cause TEXT"
        return wrong

    def changed(self, found: Action, signature: Signature) -> Action:
        """Done, and watched from now on."""
        return replace(
            found,
            status=ActionStatus.DONE,
            closed_at=signature.now,
            closed_by=signature.by.strip(),
            found_cause=self.cause.strip(),
            effect=self.effect.strip(),
            watched_until=signature.now + found.again_within,
        )

    def sentence(self, decided: Sequence[Action]) -> str:
        """That it comes back by itself."""
        (action,) = decided
        assert action.watched_until is not None
        times = "once" if action.again_at == 1 else f"{action.again_at} times"
        until = minute_text(action.watched_until)
        return f"{action.id} is done. It opens again by itself if {action.about} comes back {times} until {until}."


@dataclass(frozen=True)
class MoveAction(OfAction):
    """Another owner does it, or by another day."""

    owner: str | None = None
    until: datetime | None = None
    owners: Collection[str] = ()

    command = "actions move"
    verb = "move"

    def refusal(self, found: Action) -> str | None:
        """Refused where nothing is moved, and for owners that nobody knows."""
        if (closed := super().refusal(found)) is not None:
            return closed
        if self.owner is None and self.until is None:
            return "say who does it, or by when: --owner OWNER, --until TIME"
        if self.owner is not None and self.owner not in self.owners:
            return _unknown("owner", self.owner, self.owners, "rules/owners.yaml")
        return None

    def changed(self, found: Action, signature: Signature) -> Action:
        """Moved. Raises RefusedError where the new day is over."""
        if self.until is not None and self.until <= signature.now:
            raise RefusedError(f"--until {minute_text(self.until)} is over already; say by when it is done")
        return replace(found, owner=self.owner or found.owner, due_at=self.until or found.due_at)

    def recorded_verb(self, found: Action) -> str:
        """From whom and when it was moved: the row has the new values alone."""
        return f"{self.verb} (from {found.owner}, due {minute_text(found.due_at)})"

    def sentence(self, decided: Sequence[Action]) -> str:
        """Who does it by when."""
        (action,) = decided
        return f"{action.id}: {action.owner}, until {minute_text(action.due_at)}."


@dataclass(frozen=True)
class DropAction(OfAction):
    """Nobody does it: that is said, with the reason, and it counts as nothing that was done."""

    command = "actions drop"
    verb = "drop"

    def changed(self, found: Action, signature: Signature) -> Action:
        """Dropped."""
        return replace(
            found, status=ActionStatus.DROPPED, closed_at=signature.now, closed_by=signature.by.strip(), effect=None
        )

    def sentence(self, decided: Sequence[Action]) -> str:
        """That it is over."""
        return f"{decided[0].id} is dropped: nobody does it, and nothing of it comes back."


def keep_settling(connection: sa.Connection, settling: Settling, closing: Closing) -> None:
    """Write a settling; what it says is done about its cause becomes an action of who answers for the cause.

    While one about that cause is open, or was done and is watched, that one is meant: a hundred settlings of one
    morning are one matter.
    """
    add_settling(connection, settling)
    cause, what = settling.cause, settling.action
    known = closing.known.get(cause or "")
    if known is None or cause is None or not what or any_stands(connection, cause=cause, now=settling.at):
        return
    action = Action(
        id="",
        owner=known.owner,
        what=what.strip(),
        cause=cause,
        due_at=settling.at + known.again_within,
        opened_at=settling.at,
        opened_by=settling.by,
        settling_id=settling.id,
        again_within=known.again_within,
    )
    add_action(connection, _named(action, settling.id))


def _named(action: Action, also: str) -> Action:
    return replace(action, id=f"{PREFIX}{reference(f'action:{action.about}:{action.what}:{also}')}")


def _unknown(what: str, name: str, known: Collection[str], file: str) -> str | None:
    if name in known:
        return None
    hint = did_you_mean(name, known) or (f"; there are {one_of(sorted(known))}" if known else "")
    return f"there is no {what} '{name}' in {file}{hint}"
