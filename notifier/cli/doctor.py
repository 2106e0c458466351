"""`notifier doctor`: is everything there that this installation needs, and what is to be done where it is not?"""

import typer

from notifier.cli.console import out, print_json
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.options import Json


def doctor(context: typer.Context, json: Json = False) -> None:
    """Examine settings, rules, zones, database, clock and backlog; ask Twilio (or your own SMS gateway), the mail
    relay and our public address.

    Nothing is sent to anybody, and nothing is written. Each finding says what to do. Exit code 1 where something that
    is wanted does not work.

    [dim]NOTIFIER_LIVE=true notifier doctor[/dim]
    """
    from notifier.cli.shown.doctor import finding_text
    from notifier.doctor.here import is_wrong

    found = []
    with opened(context, warn=False, reads=True) as house:
        for finding in house.examined():
            found.append(finding)
            if not json:
                out().print(finding_text(finding))
    if json:
        print_json([vars(finding) for finding in found])
    if is_wrong(found):
        raise typer.Exit(FOUND_PROBLEMS)
