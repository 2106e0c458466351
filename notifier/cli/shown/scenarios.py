"""The results of scenarios become lines: one for a scenario that holds, and every difference of one that does not."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from notifier.cli.shown.values import count_text, instant_text
from notifier.model.scenario_results import BlankKind, CoverageReport, Difference, ScenarioResult
from notifier.model.texts import one_line


def result_text(result: ScenarioResult) -> Text:
    """`✓ rules/telco/billing.test.yaml:2: the bill is announced…`, with differences below where there are any."""
    sign, colour = ("✓", "green") if result.passed else ("✗", "red")
    where = f"{result.place.file}:{result.place.line}"
    text = Text.assemble((f"{sign} ", colour), f"{one_line(result.name)}  ", (where, "dim"))
    for problem in result.problems:
        text.append(f"\n    {one_line(str(problem))}", style="red")
    for difference in result.differences:
        text.append("\n")
        text.append_text(_difference(difference))
    if result.state:
        text.append("\n    how everything stood there", style="bold")
        text.append("".join(f"\n      {one_line(line)}" for line in result.state), style="dim")
    return text


def tally_text(results: Sequence[ScenarioResult]) -> Text:
    """`42 scenarios hold`, or how many of them do not."""
    failed = sum(not result.passed for result in results)
    if failed:
        return Text(f"{failed} of {count_text(len(results), 'scenario')} failed", style="bold red")
    return Text(f"{count_text(len(results), 'scenario')}: all hold", style="bold green")


BLANKS = {
    BlankKind.NEVER_SPEAKS: "speaks in no scenario",
    BlankKind.NEVER_SILENT: "has no silent case",
    BlankKind.NEVER_TRUE: "is never true",
    BlankKind.NEVER_FALSE: "is never false",
    BlankKind.NEVER_PRINTED: "is never printed",
}


def coverage_table(report: CoverageReport) -> Table:
    """Every blank with its place, those of one rule together."""
    table = Table(box=None, pad_edge=False)
    for title in ("where", "what", "blank"):
        table.add_column(title, overflow="fold")
    for blank in report.blanks:
        said = BLANKS[blank.kind] if blank.locale is None else f"{BLANKS[blank.kind]} ({blank.locale})"
        table.add_row(f"{blank.place.file}:{blank.place.line}", one_line(blank.what), said)
    return table


def coverage_text(report: CoverageReport) -> Text:
    """`91 % of 412 shown: 37 blanks`."""
    blanks = f": {count_text(len(report.blanks), 'blank')}" if report.blanks else ""
    return Text(f"{report.share} % of {report.total} parts and branches shown{blanks}", style="bold")


def _difference(difference: Difference) -> Text:
    text = Text(f"    {instant_text(difference.at)}, {one_line(difference.what)}", style="bold")
    if difference.got is not None and difference.expected is not None:
        text.append(f"\n      differs   {one_line(difference.got)}", style="default")
        for why in difference.why:
            text.append(f"\n      -         {one_line(why)}", style="default")
        return text
    if difference.expected is not None:
        text.append(f"\n      expected  {one_line(difference.expected)}", style="default")
    if difference.got is not None:
        text.append(f"\n      unexpected  {one_line(difference.got)}", style="default")
    for why in difference.why:
        text.append(f"\n      because   {one_line(why)}", style="dim")
    return text
