"""What a tick decided and sent becomes a sentence."""

from collections.abc import Iterator, Mapping

from notifier.cli.shown.values import count_text, placed_text
from notifier.model.setting_aside import Part
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
    if report.in_shadow:
        parts.append(f"{report.in_shadow} in shadow")
    if report.contradictions:
        parts.append(f"{count_text(report.contradictions, 'contradiction')} opened or changed")
    parts.append(_messages(sent))
    if report.unfinished is not None:
        parts.append(UNFINISHED[report.unfinished])
    return "; ".join(parts)


def set_aside_lines(report: TickReport, timezone: str) -> Iterator[str]:
    """`check promised-price-vs-billing is set aside since Mon 2026-03-02 09:01 (America/Bogota); …`."""
    for item in report.set_aside:
        if item.kind is not Part.FILE:
            since = placed_text(item.since, timezone)
            if item.kept:
                yield f"{item.kind} {item.name} was edited; since {since} the version before stays in force"
            else:
                said = f"{item.kind} {item.name} is set aside since {since}"
                yield f"{said}; once mended, it looks at what came meanwhile"


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
