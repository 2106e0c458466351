"""Which contacts no word of ours came before: a table, then the rules worth writing, each with its evidence."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.reports import period_text, spans_text
from notifier.cli.shown.shares import share_text
from notifier.cli.shown.values import count_text, placed_text, span_text
from notifier.model.instants import utc_text
from notifier.model.missing_words import Clue, Hanging, MissingReport, MissingWords, Unpreceded
from notifier.model.shares import Share
from notifier.starter.proposals import Proposal


def missing_parts(
    report: MissingReport, proposals: Mapping[str, Proposal | str], timezone: str
) -> Iterator[RenderableType]:
    """The whole report. A part that is a plain text is a command line, to be printed as it is."""
    total = Share(part=report.total.told, whole=report.total.contacts)
    yield Text(f"Contacts {period_text(report.since, report.until, timezone)}", style="bold")
    yield Text(f"a word of ours about it, at most {span_text(report.within)} before: {share_text(total)}")
    if not report.has_map:
        yield Text("no rules/journey.yaml says which rule speaks of what: any word about the same row counts")
    if report.reasons:
        yield reasons_table(report.reasons)
    worth = [each for each in report.reasons if isinstance(proposals[each.reason], Proposal)]
    yield Text(f"Rules worth writing: {len(worth)}", style="bold")
    for each in worth:
        yield from proposal_parts(each, proposals[each.reason], timezone)
    yield Text("\n".join(ending_lines(report, proposals)))


def reasons_table(reasons: Sequence[MissingWords]) -> Listing:
    """One row for each reason, those with the most missing words first."""
    table = Listing("reason", "contacts", "told before", "told else", "no word", "speaks of it")
    for each in reasons:
        speaks = [*each.rules, *(f"{name} (in shadow)" for name in each.in_shadow)]
        counts = (each.preceded.contacts, each.preceded.told, each.preceded.told_otherwise, each.preceded.silent)
        table.add(each.reason, *(f"{count:,}" for count in counts), ", ".join(speaks) or "no rule")
    return table


def proposal_parts(words: MissingWords, proposal: Proposal | str, timezone: str) -> Iterator[RenderableType]:
    """The evidence for one rule, and the command that writes it."""
    assert isinstance(proposal, Proposal), "asked of what is proposed"
    yield Text(f"{words.reason}: {words.title}", style="bold")
    lines = [
        f"without a word about it: {words.preceded.missing:,} of {count_text(words.preceded.contacts, 'contact')}",
        f"they hang on: {hanging_text(proposal.hanging)}",
        f"they come {clue_text(proposal.clue)}",
        f"a rule could have spoken before by: {spans_text(proposal.clue.time_left)}",
        f"for example: {', '.join(example_text(each, timezone) for each in words.examples)}",
    ]
    if words.accepted is not None:
        lines.append(f"the map accepts it {words.accepted}")
    yield Text("\n".join(f"  {line}" for line in lines))
    yield proposal.command


def hanging_text(hanging: Hanging) -> str:
    """`40 of order`, `96 of appointment (installation 90, repair 6)`."""
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in hanging.kinds.items())
    return f"{hanging.contacts:,} of {hanging.entity}{f' ({kinds})' if kinds else ''}"


def clue_text(clue: Clue) -> str:
    """`after order.promised_at: median 2 days 3 h, a tenth within 4 h (of 30)`."""
    return f"{'before' if clue.is_ahead else 'after'} {clue.column}: {spans_text(clue.distance)}"


def example_text(contact: Unpreceded, timezone: str) -> str:
    """`contact CT-1 (2026-03-05 10:00)`."""
    return f"{contact.entity} {contact.id} ({placed_text(contact.at, timezone)})"


def ending_lines(report: MissingReport, proposals: Mapping[str, Proposal | str]) -> list[str]:
    """Why no rule is proposed for the others, what is foreseen and has no rule, and what is in no figure."""
    alike: dict[str, list[MissingWords]] = {}
    for each in report.reasons:
        why = proposals[each.reason]
        if each.preceded.missing and isinstance(why, str):
            alike.setdefault(why, []).append(each)
    lines = []
    for why, of_why in alike.items():
        lines.append(f"{', '.join(f'{each.reason} ({each.preceded.missing:,})' for each in of_why)}: {why}")
        lines += [f"  {ask_text(each)}" for each in of_why[:1] if each.rules and each.examples]
    spoken = [each for each in report.unanswered if each[2]]
    lines += [
        f"foreseen and without a rule: {touchpoint}: {failure} ({count_text(contacts, 'contact')})"
        for touchpoint, failure, contacts in spoken
    ]
    if more := len(report.unanswered) - len(spoken):
        lines.append(f"foreseen and without a rule, and nobody got in touch about it: {count_text(more, 'failure')}")
    lines.append(
        f"in no figure: {report.unclear:,} whose reason nobody knows yet, {report.of_nobody:,} of nobody we know"
    )
    return lines


def ask_text(words: MissingWords) -> str:
    """The command that says why a rule did not speak to the customer of the latest such contact."""
    first = words.examples[0]
    return f"notifier why {first.customer} {words.rules[0]} --at {utc_text(first.at)}"


def unpreceded_table(contacts: Sequence[Unpreceded], timezone: str) -> Listing:
    """One row for each contact."""
    table = Listing("contact", "customer", "at", "about")
    for each in contacts:
        table.add(f"{each.entity} {each.id}", each.customer, placed_text(each.at, timezone), each.subject or "no row")
    return table
