"""The results of scenarios become lines: one for a scenario that holds, and every difference of one that does not."""

from collections.abc import Sequence

from rich.text import Text

from notifier.cli.shown.values import count_text, instant_text
from notifier.model.scenario_results import Difference, ScenarioResult
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
    return text


def tally_text(results: Sequence[ScenarioResult]) -> Text:
    """`42 scenarios hold`, or how many of them do not."""
    failed = sum(not result.passed for result in results)
    if failed:
        return Text(f"{failed} of {count_text(len(results), 'scenario')} failed", style="bold red")
    return Text(f"{count_text(len(results), 'scenario')}: all hold", style="bold green")


def _difference(difference: Difference) -> Text:
    text = Text(f"    {instant_text(difference.at)}, {one_line(difference.what)}", style="bold")
    if difference.expected is not None:
        text.append(f"\n      expected  {one_line(difference.expected)}", style="default")
    if difference.got is not None:
        label = "got" if difference.expected is not None else "unexpected"
        text.append(f"\n      {label}  {one_line(difference.got)}", style="default")
    for why in difference.why:
        text.append(f"\n      because   {one_line(why)}", style="dim")
    return text
