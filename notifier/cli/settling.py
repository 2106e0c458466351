"""What `contradictions settle` was asked, as a decision; and a decision about one contradiction, or about a flood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from notifier.cli.naming import meant

if TYPE_CHECKING:
    import sqlalchemy as sa

    from notifier.decisions.contradictions import OfContradiction
    from notifier.decisions.decision import Decided
    from notifier.decisions.settling import Settle
    from notifier.wiring import House

_OF_WAY = {
    "--honour": ("--owner", "--until"),
    "--tell": ("--remedy", "--next", "--until"),
    "--withdraw": ("--evidence",),
}
"""The options that each way takes beside those that all take."""


@dataclass(frozen=True, kw_only=True)
class SettleOptions:
    """The options of one command."""

    ways: Mapping[str, bool]
    cause: str | None
    action: str | None
    owner: str | None
    until: datetime | None
    remedy: str | None
    next_step: str | None
    evidence: str | None
    credit: str | None
    override: str | None

    def check(self) -> None:
        """Refuses several ways, none, and options of another way: wrong usage, exit code 2."""
        chosen = [name for name, given in self.ways.items() if given]
        if len(chosen) != 1:
            raise typer.BadParameter("give one way out: --honour, --tell or --withdraw")
        (way,) = chosen
        given = {
            "--owner": self.owner,
            "--until": self.until,
            "--remedy": self.remedy,
            "--next": self.next_step,
            "--evidence": self.evidence,
        }
        foreign = [name for name, value in given.items() if value is not None and name not in _OF_WAY[way]]
        if foreign:
            raise typer.BadParameter(f"{' and '.join(foreign)} says nothing with {way}")

    def decision(self, house: "House", contradiction: str) -> "Settle":
        """The decision about the contradiction of this id."""
        from notifier.decisions.closing import Closing, Given
        from notifier.decisions.settling import Honour, TellFirst, Withdraw
        from notifier.rules.catalogue import AUTHORITY, CAUSES

        project = house.project
        limited = self.credit is not None and self.override is None
        project.refuse_errors_in(CAUSES, *((AUTHORITY,) if limited else ()))
        needed = "settle" in project.cause_needed_by
        closing = Closing(cause=self.cause, action=self.action, known=project.causes, needed=needed)
        given = Given(credit=self._credit(), authority=project.authority, override=self.override)
        if self.ways["--honour"]:
            meant(self.owner, project.owners, "owner")
            zone = house.settings.default_timezone or "UTC"
            return Honour(contradiction, closing, given, self.owner or "", self.until, project.owners, zone)
        if self.ways["--tell"]:
            rule = next((name for name, each in project.rules.items() if each.about == "admission"), None)
            return TellFirst(contradiction, closing, given, self.remedy or "", self.next_step or "", self.until, rule)
        return Withdraw(contradiction, closing, given, self.evidence or "")

    def _credit(self) -> Any:
        from notifier.decisions.closing import Credit
        from notifier.rules.settling_files import amount

        if self.credit is None:
            return None
        try:
            number, currency = amount(self.credit)
        except ValueError as error:
            raise typer.BadParameter(f"--credit: {error}") from error
        return Credit(amount=number, currency=currency)


def decided_about(
    connection: "sa.Connection",
    decision: "OfContradiction",
    group: tuple[str, int | None] | None,
    *,
    by: str,
    reason: str,
    now: datetime,
) -> "tuple[Sequence[str], Decided[Any]]":
    """The contradictions that it was about, and what came of it. A group is named by its own id."""
    from notifier.decisions.decision import Signature, decide
    from notifier.decisions.groups import ForGroup

    signature = Signature(by=by, reason=reason, now=now)
    if group is None:
        done = decide(connection, decision, signature)
        return [each.id for each in done.objects], done
    name, count = group
    of_all = decide(connection, ForGroup(name, count, decision), signature)
    return [each.id for each in of_all.objects], of_all
