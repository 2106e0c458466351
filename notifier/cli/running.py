"""`notifier tick` and `notifier run`: evaluate and send, once or until SIGTERM."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from notifier.cli.console import print_problems, print_text
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.options import At, Json

if TYPE_CHECKING:
    from notifier.sending.dispatch import DispatchReport
    from notifier.tick import TickReport


def tick(
    context: typer.Context,
    at: At = None,
    full: Annotated[
        bool, typer.Option("--full", help="Look at every row, not only at what changed or fell due.")
    ] = False,
    json: Json = False,
) -> None:
    """One evaluation pass: decide what is due, and hand it over. Without NOTIFIER_LIVE into the outbox folder.

    Exit code 1 when a rule or check could not be evaluated; the others were. Live, it works at the present alone: what
    it sends cannot be taken back.

    [dim]notifier tick --at 2026-03-05T10:00:00-05:00[/dim]
    """
    from notifier.answers.documents import json_text

    with opened(context, sends=True) as house:
        if at is not None and house.settings.live:
            what = "live, a tick sends for real and works at the present; `notifier preview --at` shows another time"
            raise typer.BadParameter(what, param_hint="--at")
        report, sent = house.tick(at or house.clock(), full=full)
        live, destination = house.settings.live, house.destination
    if json:
        print_text(json_text(_document(report, sent)))
    else:
        print_text(f"Tick at {report.now.isoformat()}: {_sentence(report, sent)}")
        if live:
            print_text(f"Live: {destination}")
        elif sent.accepted:
            print_text(f"The messages are in {destination}")
    print_problems(f"{channel.value} rests: {why}" for channel, why in sent.halted.items())
    print_problems(f"{one.kind} {one.name} could not be evaluated: {one.why}" for one in report.failures)
    if report.failures:
        raise typer.Exit(FOUND_PROBLEMS)


def run(context: typer.Context) -> None:
    """The daemon: evaluates, sends, reconciles, until SIGTERM or Ctrl-C. Logs go to stderr.

    Rule files that change are taken up while it runs; a version with errors leaves the last good one in force.

    [dim]NOTIFIER_TICK_SECONDS=10 notifier run[/dim]
    """
    with opened(context, sends=True, chatty=True) as house:
        house.run()


def _sentence(report: "TickReport", sent: "DispatchReport") -> str:
    from notifier.cli.shown.values import count_text

    verdicts = [f"{count} {state.value}" for state, count in sorted(report.verdicts.items())]
    parts = [", ".join(verdicts) or "nothing to decide"]
    if report.contradictions:
        parts.append(f"{count_text(report.contradictions, 'contradiction')} opened or changed")
    handed = [f"{count} {name}" for name, count in _handed(sent).items() if count]
    parts.append("messages: " + ", ".join(handed) if handed else "no messages")
    if not report.complete:
        parts.append("another process is evaluating")
    return "; ".join(parts)


def _handed(sent: "DispatchReport") -> Mapping[str, int]:
    return {
        "accepted": sent.accepted,
        "to be retried": sent.retried,
        "failed": sent.failed,
        "unknown": sent.unknown,
        "stale": sent.stale,
        "put off": sent.put_off,
    }


def _document(report: "TickReport", sent: "DispatchReport") -> dict[str, Any]:
    return {
        "at": report.now.isoformat(),
        "verdicts": {state.value: count for state, count in sorted(report.verdicts.items())},
        "contradictions": report.contradictions,
        "changes": report.changes,
        "conflicts": report.conflicts,
        "complete": report.complete,
        "messages": _handed(sent),
        "halted": {channel.value: why for channel, why in sent.halted.items()},
        "failures": [{"kind": one.kind, "name": one.name, "why": one.why} for one in report.failures],
    }
