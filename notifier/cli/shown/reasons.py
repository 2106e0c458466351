"""Why people got in touch, for people: tables that never show a share without its cases."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.shares import interval_text, share_text
from notifier.cli.shown.values import count_text, placed_text
from notifier.model.reasons import UNCLEAR, DecidedBy, Label, Reason
from notifier.model.shares import Share
from notifier.model.texts import shown
from notifier.reasons.measuring import Measured
from notifier.store.reasons_learning import Drawn
from notifier.store.reports.reasons import ReasonFigures, ReasonReport
from notifier.store.training import Trained


def reason_report_parts(report: ReasonReport, timezone: str) -> Iterator[RenderableType]:
    """The reasons, the most frequent first, then what is unclear, and texts of each."""
    yield Text(f"{report.whole:,} contacts and feedback")
    if report.reasons:
        listing = Listing("reason", "owner", "n", "share", "labels right (95 %)", "to do")
        for each in report.reasons:
            listing.add(
                each.reason,
                "" if each.said is None else each.said.owner,
                f"{each.share.part:,}",
                f"{each.share.value * 100:.1f} %" if each.share.value is not None else "",
                _precision_text(each),
                "" if each.said is None or each.said.quadrant is None else each.said.quadrant,
            )
        yield listing
    if report.not_looked_at:
        yield Text(f"not looked at yet: {report.not_looked_at:,} (notifier reasons classify)")
    if report.unclear is not None:
        share, since = report.unclear.share, placed_text(report.unclear.oldest, timezone)
        yield Text(f"{UNCLEAR}: {share.part:,} of {share.whole:,}, the oldest since {since}")
    if report.too_much_is_unclear:
        yield Text("More than 15 % are unclear: reasons or their words are missing; read the examples.", style="bold")
    for each in (*report.reasons, *([report.unclear] if report.unclear is not None else [])):
        if each.examples:
            yield Text()
            yield Text(_headline(each), style="bold")
            for example in each.examples:
                yield Text(f"  “{example}”")


def _headline(figures: ReasonFigures) -> str:
    if figures.said is not None:
        return f"{figures.reason}: {figures.said.title}"
    return figures.reason if figures.reason == UNCLEAR else f"{figures.reason}: not in rules/reasons.yaml any more"


def _precision_text(figures: ReasonFigures) -> str:
    if not figures.precision.whole:
        return "nobody has read any"
    unsure = "unsure: " if figures.is_unsure else ""
    return unsure + _rated(figures.precision)


def _rated(share: Share) -> str:
    interval = interval_text(share)
    return f"{share_text(share)} ({interval})" if interval else share_text(share)


def drawn_parts(drawn: Sequence[Drawn], reasons: Mapping[str, Reason], week: str) -> Iterator[RenderableType]:
    """What is to be read, each with what is said of it."""
    left = sum(not each.is_read for each in drawn)
    yield Text(f"{week}: {count_text(len(drawn), 'contact')} drawn by lot, {left} to be read")
    for each in drawn:
        yield Text()
        yield Text(f"{each.heard.entity} {each.heard.id}", style="bold")
        yield Padding(Text(shown(each.heard.text.strip(), lines=True) or "(nothing was written)"), (0, 0, 0, 2))
        yield Padding(Text(_said(each.label, reasons), style="dim"), (0, 0, 0, 2))


def _said(label: Label | None, reasons: Mapping[str, Reason]) -> str:
    if label is None:
        return "nothing has looked at it"
    title = f" ({reasons[label.reason].title})" if label.reason in reasons else ""
    how = {
        DecidedBy.IMPORTED: f"imported as '{label.decided_from}'",
        DecidedBy.WORDS: f"by '{label.decided_from}'" if label.decided_from else "no words fit",
        DecidedBy.MODEL: f"by the model, probability {label.confidence or 0:.2f}",
        DecidedBy.PERSON: f"confirmed by {label.decided_from}",
    }[label.decided_by]
    return f"{label.reason}{title}: {how}"


def trained_parts(trained: Trained, *, taken: bool) -> Iterator[RenderableType]:
    """What the new model is worth, beside the one in use, and whether it is used from now on."""
    yield Text(f"learned from {count_text(len(trained.confirmed), 'confirmed contact')}; each judged by a model that")
    yield Text("has not seen it:")
    yield from _measured_parts(trained.new)
    if trained.before is not None and trained.after is not None:
        yield Text(f"{count_text(trained.compared, 'contact')} confirmed since the model in use was learned:")
        listing = Listing("", "answered", "of those right")
        for name, each in (("in use", trained.before), ("new", trained.after)):
            listing.add(name, share_text(each.coverage), _rated(each.precision))
        yield listing
    if taken:
        yield Text(f"Contacts that come from now on are asked of it ({trained.model.digest[:12]}). Labels stay.")
    elif not trained.is_better:
        yield Text("It is not better than the model in use, which stays; --take takes it all the same.")
    else:
        yield Text("Nothing is changed; --take uses it from now on.")


def _measured_parts(measured: Measured) -> Iterator[RenderableType]:
    listing = Listing("reason", "confirmed", "labels right", "found")
    for each in measured.rows:
        listing.add(each.reason, f"{each.confirmed:,}", _rated(each.precision), share_text(each.recall))
    yield listing
    yield Text(
        f"from probability {measured.threshold:.2f} on a guess counts: answered {share_text(measured.coverage)}, "
        f"of those right {_rated(measured.precision)}"
    )
