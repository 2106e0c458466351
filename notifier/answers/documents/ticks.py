"""What one tick decided and sent, as a JSON document."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant
from notifier.model.instants import utc_text
from notifier.model.notices import NoticeState
from notifier.model.setting_aside import Part
from notifier.model.types import ChannelName
from notifier.sending.dispatch import DispatchReport
from notifier.tick import TickReport, Unfinished


class SentDocument(TypedDict):
    """How many messages, by what became of them."""

    accepted: int
    to_retry: int
    failed: int
    unknown: int
    """Nobody can say whether the provider has them."""
    stale: int
    """Cancelled because they were not true or allowed any more."""
    put_off: int
    """Given back untouched: quiet hours, or a halted channel."""


class FailureDocument(TypedDict):
    """A rule or check that could not be evaluated."""

    kind: str
    """`rule` or `check`."""
    name: str
    why: str


class SetAsideDocument(TypedDict):
    """A rule or check that is not in force, or a file with a problem."""

    kind: Part
    name: str
    """The rule's or check's name, or the path of the file."""
    place: str
    """Where to mend it: file, line and column."""
    why: str
    since: Instant
    """The tick that found it first."""
    kept: bool
    """Whether the version before stays in force: only an edit is not."""


class TickDocument(TypedDict):
    """The outcome of one tick."""

    at: Instant
    verdicts: dict[NoticeState, int]
    """How many notices were decided, alerts among them, by their new state."""
    in_shadow: int
    """How many notices of rules in shadow were recorded: nothing of them goes out."""
    contradictions: int
    """How many were opened or changed."""
    changes: int
    """How many changed rows it took."""
    conflicts: int
    """Notices that were left as they are: somebody else was faster, or a message of them is in flight."""
    complete: bool
    unfinished: Unfinished | None
    """Why the next tick has to do the rest; null where it is complete."""
    messages: SentDocument
    halted: dict[ChannelName, str]
    """Channels that rest, and why."""
    failures: list[FailureDocument]
    set_aside: list[SetAsideDocument]
    """What errors in files keep out of force; the tick then exits with 1."""


def tick_document(report: TickReport, sent: DispatchReport) -> TickDocument:
    """`tick --json`."""
    return {
        "at": utc_text(report.now),
        "verdicts": dict(sorted(report.verdicts.items())),
        "in_shadow": report.in_shadow,
        "contradictions": report.contradictions,
        "changes": report.changes,
        "conflicts": report.conflicts,
        "complete": report.complete,
        "unfinished": report.unfinished,
        "messages": {
            "accepted": sent.accepted,
            "to_retry": sent.retried,
            "failed": sent.failed,
            "unknown": sent.unknown,
            "stale": sent.stale,
            "put_off": sent.put_off,
        },
        "halted": dict(sent.halted),
        "failures": [{"kind": one.kind, "name": one.name, "why": one.why} for one in report.failures],
        "set_aside": [
            {
                "kind": one.kind,
                "name": one.name,
                "place": one.place,
                "why": one.why,
                "since": utc_text(one.since),
                "kept": one.kept,
            }
            for one in report.set_aside
        ],
    }
