"""`notifier learn`: from completed rows, how long things take; forecasts in rules come from it."""

from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.options import At, Json

if TYPE_CHECKING:
    from notifier.store.learned_dates import KeptDates


def learn(
    context: typer.Context,
    at: At = None,
    list_: Annotated[bool, typer.Option("--list", help="Show all that was ever learned; learn nothing.")] = False,
    measure: Annotated[
        bool, typer.Option("--measure", help="Hold each learning against the rows that came after it; learn nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Learn how long things take, from what was completed until now, or until --at.

    What rules forecast, and the time from each step of an order or an incident until its end, by groups from fine to
    coarse. Under 20 cases nothing is said. Each learning is kept: it answers for the rows whose point lies after it,
    so that a date that was told stays as it was told.

    [dim]notifier learn[/dim]
    """
    from notifier.answers.documents.learning import learning_document
    from notifier.cli.shown.learning import learned_text, learnings_table
    from notifier.store.learning import TooEarlyError, learnings

    if list_ and measure:
        raise typer.BadParameter("--list and --measure are two questions; ask one of them", param_hint="--measure")
    with opened(context, whole=not list_, reads=list_ or measure) as house:
        timezone, now = house.settings.display_timezone, at or house.clock()
        if measure:
            _print_measured(house.kept_dates(now), timezone, json=json)
            return
        if list_:
            with house.reading() as reader:
                found = learnings(reader.connection)
        else:
            try:
                found = house.learn(now)
            except TooEarlyError as error:
                print_problems([error])
                raise typer.Exit(FOUND_PROBLEMS) from error
    if json:
        print_json([learning_document(learning) for learning in found])
        return
    if not found:
        print_text("nothing was learned yet (notifier learn)")
        return
    for instant in sorted({learning.at for learning in found}, reverse=True):
        of_instant = [learning for learning in found if learning.at == instant]
        print_text(learned_text(of_instant, instant, timezone))
        out().print(learnings_table(of_instant))


def _print_measured(found: "list[KeptDates]", timezone: str, *, json: bool) -> None:
    from notifier.answers.documents.learning import kept_dates_document
    from notifier.cli.shown.learning import kept_dates_table, measured_text

    if json:
        print_json([kept_dates_document(dates) for dates in found])
    elif not found:
        print_text("nothing was learned yet that can be held against what came (notifier learn)")
    else:
        print_text(measured_text(found, timezone))
        out().print(kept_dates_table(found))
