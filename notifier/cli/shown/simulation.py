"""A replay becomes tables: what was told, when, to whom, what it cost, and how right it was."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.reports import median_text, spans_text
from notifier.cli.shown.shares import brief_share_text, interval_text, share_text
from notifier.cli.shown.values import cost_text, count_text, money_text, placed_text
from notifier.model.simulated import CheckFound, Comparison, Mean, Outcome, Rightness, RuleTold, Simulation

WEEK = timedelta(days=7)
"""How long after what falls due the proposed end is: what follows from it is seen, too."""
BUSIEST = 7
"""Days that are named; the page and the document have all."""


def simulation_parts(found: Simulation, comparison: Comparison | None = None) -> Iterator[RenderableType]:
    """The whole of it, from what was told to what could not be known."""
    yield Text(span_text_of(found), style="bold")
    yield Text(f"{count_text(found.rows, 'row')} written, {count_text(found.ticks, 'stop')} of the clock")
    yield from _told(found)
    if found.falls_due_at is not None:
        yield Text(falls_due_text(found.falls_due_at, found))
    if found.checks:
        yield checks_table(found.checks)
    if found.outcome is not None:
        yield from outcome_parts(found.outcome)
    notes = not_known_lines(found)
    if notes:
        yield Text("\n".join(notes), style="dim")
    if comparison is not None:
        yield from comparison_parts(comparison)


def span_text_of(found: Simulation) -> str:
    """`Replay from … to …, looked at every hour`."""
    since, until = (placed_text(each, found.timezone) for each in (found.since, found.until))
    return f"Replay from {since} to {until}"


def falls_due_text(at: datetime, found: Simulation) -> str:
    """Why nobody was told, and how to see more: the replay ends before something falls due."""
    later = (at + WEEK).astimezone(ZoneInfo(found.timezone))
    return (
        f"Nobody was told until the end. Something falls due after it, {placed_text(at, found.timezone)}; "
        f"--to {later.isoformat(timespec='seconds')} plays on"
    )


def _told(found: Simulation) -> Iterator[RenderableType]:
    by_whatsapp = found.total.whatsapps > 0
    told = Listing(
        *("rule", "told", "customers", "SMS", "mails"), *(["WhatsApp"] if by_whatsapp else []), *("cost", "not told")
    )
    silent = [each.rule for each in found.rules if not each.verdicts]
    for each in (*(each for each in found.rules if each.verdicts), found.total):
        told.add(
            each.rule,
            f"{each.told:,}",
            f"{each.customers:,}",
            _sms_text(each),
            f"{each.emails:,}" if each.emails else "",
            *([f"{each.whatsapps:,}" if each.whatsapps else ""] if by_whatsapp else []),
            cost_text(dict(each.cost)) if each.cost else "",
            verdicts_text(each.verdicts),
        )
    yield told
    if silent:
        yield Text(f"nothing from: {', '.join(silent)}", style="dim")
    yield Text("\n".join(_when_lines(found)))


def _sms_text(told: RuleTold) -> str:
    return f"{told.sms:,} ({count_text(told.segments, 'segment')})" if told.sms else ""


def verdicts_text(verdicts: Mapping[str, int]) -> str:
    """`3 held, 12 expired`: what ended otherwise than told."""
    return ", ".join(f"{count:,} {state}" for state, count in verdicts.items() if state != "told")


def _when_lines(found: Simulation) -> Iterator[str]:
    if found.peak is not None:
        peak = found.peak
        yield f"fullest hour: {count_text(peak.messages, 'message')} from {placed_text(peak.begins_at, found.timezone)}"
    busiest = sorted((day for day in found.days if day.told), key=lambda day: (-day.told, day.day))[:BUSIEST]
    if busiest:
        yield f"fullest days: {', '.join(f'{day.day} {day.told:,}' for day in busiest)}"
    if found.customers:
        often = ", ".join(f"{name} {count:,}" for name, count in found.customers[:5])
        yield f"told most often: {often}"
    if found.alerts:
        yield f"alerts: {', '.join(f'{owner} {count:,}' for owner, count in found.alerts.items())}"


def checks_table(checks: Sequence[CheckFound]) -> Listing:
    """One row for each check that found anything."""
    table = Listing("check", "contradictions", "found before", "lead")
    for each in checks:
        states = ", ".join(f"{count:,} {state}" for state, count in each.states.items())
        table.add(each.check, states, brief_share_text(each.before), median_text(each.lead))
    return table


def outcome_parts(outcome: Outcome) -> Iterator[RenderableType]:
    """What is known from outside, and how the notices look beside it."""
    yield Text(f"Held against what became of {count_text(outcome.rows, 'row')}", style="bold")
    yield Text("\n".join(outcome_lines(outcome)))
    table = Listing("rule", "precision", "95 %", "recall", "lead", "word before the complaint", "that long before")
    spoke = [(name, each) for name, each in outcome.rules.items() if each.spoke]
    for name, each in (*spoke, ("total", outcome.all_rules)):
        table.add(name, *_rightness_cells(each))
    yield table


def outcome_lines(outcome: Outcome) -> list[str]:
    """What is so, whatever the rules say."""
    return [
        f"late: {share_text(outcome.late)}{_interval(interval_text(outcome.late))}",
        f"score where late: {mean_text(outcome.score_late)}; on time: {mean_text(outcome.score_on_time)}",
        f"complaints (score {outcome.complaint_score} or less, or a contact): {outcome.complaints:,}",
        f"  after a promise was broken: {share_text(outcome.broken_before)}"
        f"{_interval(interval_text(outcome.broken_before))}, {spans_text(outcome.broken_lead)}",
    ]


def mean_text(mean: Mean) -> str:
    """`2.26 (95 %: 2.10-2.42, of 191)`."""
    if mean.value is None:
        return "none"
    if mean.low is None or mean.high is None:
        return f"{mean.value:.2f} (of {mean.count:,})"
    return f"{mean.value:.2f} (95 %: {mean.low:.2f}-{mean.high:.2f}, of {mean.count:,})"


def _interval(text: str) -> str:
    return f" (95 %: {text})" if text else ""


def _rightness_cells(each: Rightness) -> Sequence[str]:
    return (
        brief_share_text(each.precision),
        interval_text(each.precision),
        brief_share_text(each.recall),
        median_text(each.lead),
        brief_share_text(each.before_contact),
        median_text(each.contact_lead),
    )


def not_known_lines(found: Simulation) -> list[str]:
    """What could not be read as it was then."""
    lines = [
        f"{one.entity}.{one.column}: {count_text(one.rows, 'row')} kept back until the row's last change, because no "
        "'history' says when it became known"
        for one in found.withheld
    ]
    lines += [f"{name}: {count_text(rows, 'row')} as they are today" for name, rows in found.present_only.items()]
    lines += [
        f"{name}: {count_text(rows, 'row')} left out: they were not there yet, and lack what a new one needs"
        for name, rows in found.left_out.items()
    ]
    return lines


def comparison_parts(comparison: Comparison) -> Iterator[RenderableType]:
    """What the plan changes, for each rule and in total."""
    changes = [f"without {name}" for name in comparison.without] + [f"with {name}" for name in comparison.added]
    yield Text(f"What the plan changes: {', '.join(changes)}", style="bold")
    table = Listing("rule", "told", "customers", "segments", "cost")
    for each in comparison.differences:
        table.add(each.rule, f"{each.told:+,}", f"{each.customers:+,}", f"{each.segments:+,}", _signed(each.cost))
    yield table
    before, after = comparison.now.outcome, comparison.planned.outcome
    if before is not None and after is not None:
        yield Text("\n".join(_affected_lines(before, after)))


def _affected_lines(before: Outcome, after: Outcome) -> Iterator[str]:
    """How many are affected, without the plan and with it."""
    pairs = (
        ("late rows that heard of it in time", before.all_rules.recall, after.all_rules.recall),
        ("complaints that had a word before", before.all_rules.before_contact, after.all_rules.before_contact),
        ("told about what came late", before.all_rules.precision, after.all_rules.precision),
    )
    for what, was, becomes in pairs:
        yield f"{what}: {share_text(was)} without it, {share_text(becomes)} with it"


def _signed(cost: Mapping[str, Decimal]) -> str:
    amounts = [(currency, amount) for currency, amount in cost.items() if amount]
    return " ".join(f"{'+' if amount > 0 else '-'}{money_text(abs(amount), currency)}" for currency, amount in amounts)
