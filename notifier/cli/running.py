"""`notifier tick` and `notifier run`: evaluate and send, once or until SIGTERM."""

from functools import partial
from typing import Annotated

import typer

from notifier.cli.console import print_json, print_problems, print_text
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.options import At, Json


def tick(
    context: typer.Context,
    at: At = None,
    full: Annotated[
        bool, typer.Option("--full", help="Look at every row, not only at what changed or fell due.")
    ] = False,
    json: Json = False,
) -> None:
    """One evaluation pass: decide what is due, and hand it over. Without NOTIFIER_LIVE into the outbox folder.

    It takes changed files once they have rested (NOTIFIER_RULES_REST_SECONDS), and waits for that. A rule or check with
    an error is set aside; a daemon that runs keeps the version before.

    Exit code 1 when a rule or check is set aside or could not be evaluated; the others were. Live, it works at the
    present alone: what it sends cannot be taken back.

    [dim]notifier tick --at 2026-03-05T10:00:00-05:00[/dim]
    """
    from notifier.answers.documents.ticks import tick_document
    from notifier.cli.shown.files import waiting_text
    from notifier.cli.shown.ticks import set_aside_lines, tick_text
    from notifier.cli.shown.values import placed_text
    from notifier.drivers.resting import Watch

    with opened(context, sends=True, hands_over=True, warn=False) as house:
        if at is not None and house.settings.live:
            what = "live, a tick sends for real and works at the present; `notifier preview --at` shows another time"
            raise typer.BadParameter(what, param_hint="--at")
        watch = Watch(waiting=lambda seconds: print_problems([waiting_text(seconds)] if seconds >= 1 else []))
        ruleset = house.rules_in_force(watch, sets_aside=True, quiet=True).ruleset()
        report, sent = house.tick(at or house.clock(), full=full, ruleset=ruleset)
        live, destination, timezone = house.settings.live, house.destination, house.settings.display_timezone
        errors = (ruleset.edited or ruleset.project).errors
    if json:
        print_json(tick_document(report, sent))
    else:
        print_text(f"Tick at {placed_text(report.now, timezone)}: {tick_text(report, sent)}")
        if live:
            print_text(f"Live: {destination}")
        elif sent.accepted:
            print_text(f"The messages are in {destination}")
    print_problems(f"{channel.value} rests: {why}" for channel, why in sent.halted.items())
    print_problems(errors)
    print_problems(set_aside_lines(report, timezone))
    print_problems(f"{one.kind} {one.name} could not be evaluated: {one.why}" for one in report.failures)
    if report.failures or errors:
        raise typer.Exit(FOUND_PROBLEMS)


def reconcile(context: typer.Context, json: Json = False) -> None:
    """Ask Twilio what became of the messages that it took, and of which it said nothing yet.

    For installations that Twilio cannot call back (NOTIFIER_PUBLIC_URL). The daemon asks by itself, ever less often;
    this asks about all of them now.

    [dim]notifier reconcile[/dim]
    """
    from notifier.answers.documents.receipts import asked_document

    with opened(context, sends=True, hands_over=True, warn=False) as house:
        found = asked_document(house.ask())
    if json:
        print_json(found)
    else:
        print_text(f"{found['asked']} asked about: {found['delivered']} delivered, {found['undelivered']} undelivered")


def run(context: typer.Context) -> None:
    """The daemon: evaluates, sends, reconciles, until SIGTERM or Ctrl-C. Logs go to stderr.

    Changed files are taken once they have rested (NOTIFIER_RULES_REST_SECONDS), all or none; a set with errors leaves
    the last good one in force. SIGHUP takes them at once.

    [dim]NOTIFIER_TICK_SECONDS=10 notifier run[/dim]
    """
    from notifier.cli.daily_pages import NAMES, daily_pages
    from notifier.drivers.regularly import PageMaker

    with opened(context, sends=True, hands_over=True, chatty=True) as house:
        house.run(PageMaker(names=NAMES, make=partial(daily_pages, house)))
