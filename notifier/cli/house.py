"""From the options of a command to an open house, which is closed when the command ends."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from notifier.cli.console import print_problems
from notifier.model.problems import ProblemsError

if TYPE_CHECKING:
    from notifier.settings import Settings
    from notifier.wiring import House


@contextmanager
def opened(
    context: typer.Context,
    *,
    warn: bool = True,
    whole: bool = False,
    sends: bool = False,
    hands_over: bool = False,
    chatty: bool = False,
    reads: bool = False,
    by_rules: bool = False,
    plays_its_own: bool = False,
) -> Iterator["House"]:
    """The house of the folder that `--project` names. Imported late: `--help` needs none of it.

    With `warn`, errors in rule files are printed. With `whole`, raises ProblemsError where nobody knows what the files
    say as a whole. With `sends`, what to know about where messages go. With `hands_over`, credentials of which
    something is missing end the command, live. `chatty` logs as the settings say, for the daemon; other commands print
    their results and log only warnings. `reads`: a command that only reads makes no database where there is none.
    `by_rules`: a command that has nothing to say without rules, also where there is a database. `plays_its_own`: a
    command that plays in a database of its own, so that nobody misses this project's.

    Raises ProblemsError where the folder has neither rules nor a database: it is no project folder.
    """
    from notifier.wiring import open_house

    house = open_house(project_folder(context), reads=reads)
    _configure_logs(house.settings, chatty=chatty)
    if hands_over and house.settings.incomplete:
        raise ProblemsError(house.settings.incomplete)
    try:
        if by_rules or not house.has_database:
            house.refuse_no_rules()
        if reads and not plays_its_own and not house.has_database:
            print_problems(["there is no database yet: nothing was brought into this project (notifier import)"])
        if sends:
            print_problems(house.settings.warnings)
            print_problems(f"not sent before this is mended: {problem}" for problem in house.settings.incomplete)
        if whole:
            house.refuse_gaps()
        if warn:
            print_problems(house.project.errors)
        yield house
    finally:
        house.close()


def project_folder(context: typer.Context) -> Path:
    """The folder that `--project` names."""
    folder = context.find_root().obj
    assert isinstance(folder, Path)
    return folder


def _configure_logs(settings: "Settings", *, chatty: bool) -> None:
    from notifier.logs import configure_logs
    from notifier.settings_variables import LogFormat, LogLevel

    level = settings.log_level
    if not chatty and level is LogLevel.INFO:
        level = LogLevel.WARNING
    plain = settings.log_format is LogFormat.AUTO and not sys.stderr.isatty()
    as_json = settings.log_format is LogFormat.JSON or plain
    configure_logs(level=level.value, json=as_json, secrets=settings.secrets)
