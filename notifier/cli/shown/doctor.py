"""A finding of an examination becomes a line, and its remedy another one."""

from rich.text import Text

from notifier.doctor.findings import Finding, Level
from notifier.model.texts import one_line

_SIGNS = {Level.FINE: ("✓", "green"), Level.DOUBTFUL: ("?", "yellow"), Level.WRONG: ("✗", "red")}


def finding_text(finding: Finding) -> Text:
    """`✗ twilio: …`, and below it what to do."""
    sign, colour = _SIGNS[finding.level]
    text = Text.assemble((sign, colour), " ", (finding.about, "bold"), f": {one_line(finding.what)}")
    if finding.remedy is not None:
        text.append(f"\n  {finding.remedy}", "dim")
    return text
