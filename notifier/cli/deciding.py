"""What every command by which a person decides shares: it carries the decision out, and says what came of it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from notifier.cli.console import print_text
from notifier.cli.house import opened

if TYPE_CHECKING:
    from notifier.decisions.decision import Decided, Decision
    from notifier.wiring import House

Found = TypeVar("Found")


def carry_out(
    context: typer.Context,
    decision: "Callable[[House], Decision[Any]]",
    by: str,
    reason: str,
    at: datetime | None,
) -> None:
    """Decides, and prints the sentence for the person who did."""
    print_text(decided(context, decision, by, reason, at).sentence)


def decided(
    context: typer.Context,
    decision: "Callable[[House], Decision[Found]]",
    by: str,
    reason: str,
    at: datetime | None,
) -> "Decided[Found]":
    """What came of a decision, which is carried out and recorded in one transaction."""
    from notifier.decisions.decision import Signature, decide

    with opened(context, warn=False) as house, house.writing() as connection:
        return decide(connection, decision(house), Signature(by=by, reason=reason, now=at or house.clock()))
