"""What a tick decided and sent becomes a sentence."""

from collections.abc import Mapping

from notifier.cli.shown.values import count_text
from notifier.sending.dispatch import DispatchReport
from notifier.tick import TickReport, Unfinished

UNFINISHED: Mapping[Unfinished, str] = {
    Unfinished.STOPPED: "it was told to stop, the next tick does the rest",
    Unfinished.ANOTHER_PROCESS: "another process is evaluating",
}


def tick_text(report: TickReport, sent: DispatchReport) -> str:
    """`2 ready, 1 held; 1 contradiction opened or changed; messages: 2 accepted`."""
    verdicts = [f"{count} {state.value}" for state, count in sorted(report.verdicts.items())]
    parts = [", ".join(verdicts) or "nothing to decide"]
    if report.contradictions:
        parts.append(f"{count_text(report.contradictions, 'contradiction')} opened or changed")
    parts.append(_messages(sent))
    if report.unfinished is not None:
        parts.append(UNFINISHED[report.unfinished])
    return "; ".join(parts)


def _messages(sent: DispatchReport) -> str:
    counts = {
        "accepted": sent.accepted,
        "to be retried": sent.retried,
        "failed": sent.failed,
        "unknown": sent.unknown,
        "stale": sent.stale,
        "put off": sent.put_off,
    }
    handed = [f"{count} {name}" for name, count in counts.items() if count]
    return "messages: " + ", ".join(handed) if handed else "no messages"
