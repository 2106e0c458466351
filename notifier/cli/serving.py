"""`notifier serve`: the service that providers and people call."""

from typing import Annotated

import typer

from notifier.cli.console import print_problems
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where it listens; a proxy in front of it speaks TLS.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port.")] = 8000,
) -> None:
    r"""The service beside the daemon: Twilio's receipts and replies, one-click unsubscribing, probes and figures.

    Several may run on one database, each on a port of its own. Pages about its routes are at /docs. It needs the extra
    `serve` of the package (`pip install 'notifier\[serve]'`).

    [dim]NOTIFIER_PUBLIC_URL=https://notices.example.com notifier serve --port 8000[/dim]
    """
    try:
        from notifier.serving.running import run
    except ModuleNotFoundError as error:
        print_problems([f"{error.name} is not installed; install the extra: pip install 'notifier[serve]'"])
        raise typer.Exit(FOUND_PROBLEMS) from None
    with opened(context, warn=False, chatty=True) as house:
        print_problems(house.settings.serving_doubts)
        run(house.serving, host=host, port=port)
