"""`notifier health`: is the daemon of this folder alive?"""

import typer

from notifier.cli.console import print_problems, print_text
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import project_folder


def health(context: typer.Context) -> None:
    """Ask the daemon of this folder how it is: whether it lives, and evaluates and sends. Exit code 1 where not.

    For a health check. It asks the daemon and not the database: one that is away is no reason to start the daemon anew.

    [dim]notifier health[/dim]
    """
    from notifier.drivers.pulse import ask
    from notifier.settings_sources import load_settings

    found = ask(load_settings(project_folder(context)).pulse)
    print_problems(found.ailments)
    if found.ailments:
        raise typer.Exit(FOUND_PROBLEMS)
    print_text(f"The daemon (process {found.pid}) is well: it evaluates and sends.")
