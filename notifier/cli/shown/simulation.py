"""A replay becomes tables: what was told, when, to whom, what it cost, and how right it was."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.shares import interval_text
from notifier.cli.shown.simulation_words import ReplayWords
from notifier.cli.shown.values import money_text
from notifier.model.replays_compared import Comparison, Difference
from notifier.model.shares import Share
from notifier.model.simulated import CheckFound, Mean, Outcome, Rightness, RuleTold, Simulation

WEEK = timedelta(days=7)
"""How long after what falls due the proposed end is: what follows from it is seen, too."""
MOST_TOLD = 5
BUSIEST = 7
"""Days that are named; the page and the document have all."""


def simulation_parts(found: Simulation, comparison: Comparison | None, words: ReplayWords) -> Iterator[RenderableType]:
    """The whole of it, from what was told to what could not be known, in the language of the words."""
    yield Text(span_text_of(found, words), style="bold")
    yield Text(_looked_text(found, words))
    yield from _told(found, words)
    if found.falls_due_at is not None:
        yield Text(falls_due_text(found.falls_due_at, found, words))
    if found.checks:
        yield checks_table(found.checks, words)
    if found.outcome is not None:
        yield from outcome_parts(found.outcome, words)
    notes = not_known_lines(found, words)
    if notes:
        yield Text("\n".join(notes), style="dim")
    if comparison is not None:
        yield from comparison_parts(comparison, words)


def span_text_of(found: Simulation, words: ReplayWords) -> str:
    """`Replay from … to …`."""
    return words("Replay from {} to {}", *(words.instant(each, found.timezone) for each in (found.since, found.until)))


def _looked_text(found: Simulation, words: ReplayWords) -> str:
    rows = words.count(found.rows, "row written", "rows written")
    return words("{}, {} of the clock", rows, words.count(found.ticks, "stop"))


def falls_due_text(at: datetime, found: Simulation, words: ReplayWords) -> str:
    """Why nobody was told, and how to see more: the replay ends before something falls due."""
    later = (at + WEEK).astimezone(ZoneInfo(found.timezone))
    return words(
        "Nobody was told until the end. Something falls due after it, {}; --to {} plays on",
        words.instant(at, found.timezone),
        later.isoformat(timespec="seconds"),
    )


def _told(found: Simulation, words: ReplayWords) -> Iterator[RenderableType]:
    by_whatsapp = found.total.whatsapps > 0
    columns = ("rule", "told", "customers", "SMS", "mails", *(["WhatsApp"] if by_whatsapp else []), "cost", "not told")
    told = Listing(*map(words, columns))
    silent = [each.rule for each in found.rules if not each.verdicts]
    for each in (*(each for each in found.rules if each.verdicts), found.total):
        told.add(
            each.rule,
            f"{each.told:,}",
            f"{each.customers:,}",
            _sms_text(each, words),
            f"{each.emails:,}" if each.emails else "",
            *([f"{each.whatsapps:,}" if each.whatsapps else ""] if by_whatsapp else []),
            words.cost(each.cost),
            verdicts_text(each.verdicts, words),
        )
    yield told
    if silent:
        yield Text(words("nothing from: {}", ", ".join(silent)), style="dim")
    yield Text("\n".join(_when_lines(found, words)))


def _sms_text(told: RuleTold, words: ReplayWords) -> str:
    return f"{told.sms:,} ({words.count(told.segments, 'segment')})" if told.sms else ""


def verdicts_text(verdicts: Mapping[str, int], words: ReplayWords) -> str:
    """`3 held, 12 expired`: what ended otherwise than told."""
    return ", ".join(f"{count:,} {words.verdict(state)}" for state, count in verdicts.items() if state != "told")


def _when_lines(found: Simulation, words: ReplayWords) -> Iterator[str]:
    if found.peak is not None:
        peak = found.peak
        messages = words.count(peak.messages, "message")
        yield words("fullest hour: {} from {}", messages, words.instant(peak.begins_at, found.timezone))
    busiest = sorted((day for day in found.days if day.told), key=lambda day: (-day.told, day.day))[:BUSIEST]
    if busiest:
        yield words("fullest days: {}", ", ".join(f"{day.day} {day.told:,}" for day in busiest))
    often = [(name, count) for name, count in found.customers[:MOST_TOLD] if count > 1]
    if often:
        yield words("told most often: {}", ", ".join(f"{name} {count:,}" for name, count in often))
    elif found.customers:
        yield words("nobody was told more than once")
    if found.alerts:
        yield words("alerts: {}", ", ".join(f"{owner} {count:,}" for owner, count in found.alerts.items()))


def checks_table(checks: Sequence[CheckFound], words: ReplayWords) -> Listing:
    """One row for each check that found anything."""
    table = Listing(*map(words, ("check", "contradictions", "found before", "lead")))
    for each in checks:
        states = ", ".join(f"{count:,} {words.ended(state)}" for state, count in each.states.items())
        table.add(each.check, states, words.brief_share(each.before), words.median(each.lead))
    return table


def outcome_parts(outcome: Outcome, words: ReplayWords) -> Iterator[RenderableType]:
    """What is known from outside, and how the notices look beside it."""
    yield Text(words("Held against what became of {}", words.count(outcome.rows, "row")), style="bold")
    yield Text("\n".join(outcome_lines(outcome, words)))
    columns = ("rule", "precision", "95 %", "recall", "lead", "word before the complaint", "that long before")
    table = Listing(*map(words, columns))
    spoke = [(name, each) for name, each in outcome.rules.items() if each.spoke]
    for name, each in (*spoke, ("total", outcome.all_rules)):
        table.add(name, *_rightness_cells(each, words))
    yield table


def outcome_lines(outcome: Outcome, words: ReplayWords) -> list[str]:
    """What is so, whatever the rules say."""
    return [
        words("late: {}", _share_with_interval(outcome.late, words)),
        words(
            "score where late: {}; on time: {}",
            *(mean_text(each, words) for each in (outcome.score_late, outcome.score_on_time)),
        ),
        words("complaints (score {} or less, or a contact): {}", outcome.complaint_score, f"{outcome.complaints:,}"),
        words(
            "  after a promise was broken: {}, {}",
            _share_with_interval(outcome.broken_before, words),
            words.spans(outcome.broken_lead),
        ),
    ]


def mean_text(mean: Mean, words: ReplayWords) -> str:
    """`2.26 (95 %: 2.10-2.42, of 191)`."""
    if mean.value is None:
        return words("none")
    if mean.low is None or mean.high is None:
        return words("{} (of {})", f"{mean.value:.2f}", f"{mean.count:,}")
    figures = (f"{each:.2f}" for each in (mean.value, mean.low, mean.high))
    return words("{} (95 %: {}-{}, of {})", *figures, f"{mean.count:,}")


def _share_with_interval(share: Share, words: ReplayWords) -> str:
    interval = interval_text(share)
    return words.share(share) + (f" (95 %: {interval})" if interval else "")


def _rightness_cells(each: Rightness, words: ReplayWords) -> Sequence[str]:
    return (
        words.brief_share(each.precision),
        interval_text(each.precision),
        words.brief_share(each.recall),
        words.median(each.lead),
        words.brief_share(each.before_contact),
        words.median(each.contact_lead),
    )


def not_known_lines(found: Simulation, words: ReplayWords) -> list[str]:
    """What could not be read as it was then."""
    lines = [
        words(
            "{}.{}: {} kept back until the row's last change, because no 'history' says when it became known",
            one.entity,
            one.column,
            words.count(one.rows, "row"),
        )
        for one in found.withheld
    ]
    lines += [
        words("{}: {} as they are today", name, words.count(rows, "row")) for name, rows in found.present_only.items()
    ]
    lines += [
        words("{}: {} left out: they were not there yet, and lack what a new one needs", name, words.count(rows, "row"))
        for name, rows in found.left_out.items()
    ]
    return lines


def comparison_parts(comparison: Comparison, words: ReplayWords) -> Iterator[RenderableType]:
    """What the plan changes, for each rule and in total."""
    changes = [words("without {}", name) for name in comparison.without]
    changes += [words("with {}", name) for name in comparison.added]
    yield Text(words("What the plan changes: {}", ", ".join(changes)), style="bold")
    table = Listing(*map(words, ("rule", "told", "customers", "segments", "cost", "moved")))
    for each in comparison.differences:
        counted = (f"{each.told:+,}", f"{each.customers:+,}", f"{each.segments:+,}", _signed(each.cost))
        table.add(each.rule, *counted, moved_text(each, words))
    yield table
    before, after = comparison.now.outcome, comparison.planned.outcome
    if before is not None and after is not None:
        yield Text("\n".join(_affected_lines(before, after, words)))


def moved_text(difference: Difference, words: ReplayWords) -> str:
    """`12 told later (median 1 day)`: what is told with the plan and without it, at another time."""
    moves = (("{} told earlier (median {})", difference.earlier), ("{} told later (median {})", difference.later))
    return ", ".join(words(text, f"{of.count:,}", words.span(of.median)) for text, of in moves if of.median is not None)


def _affected_lines(before: Outcome, after: Outcome, words: ReplayWords) -> Iterator[str]:
    """How many are affected, without the plan and with it."""
    pairs = (
        ("late rows that heard of it in time", before.all_rules.recall, after.all_rules.recall),
        ("complaints that had a word before", before.all_rules.before_contact, after.all_rules.before_contact),
        ("told about what came late", before.all_rules.precision, after.all_rules.precision),
    )
    for what, was, becomes in pairs:
        yield words("{}: {} without it, {} with it", words(what), words.share(was), words.share(becomes))


def _signed(cost: Mapping[str, Decimal]) -> str:
    amounts = [(currency, amount) for currency, amount in cost.items() if amount]
    return " ".join(f"{'+' if amount > 0 else '-'}{money_text(abs(amount), currency)}" for currency, amount in amounts)
