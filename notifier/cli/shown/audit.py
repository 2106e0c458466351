"""What is published and differs from the state becomes lines: `file:line: …`, as editors and people find them."""

from collections.abc import Iterator

from notifier.answers.audit import HOURS, Audit, Difference

MOST_DAYS = 12
"""The most days of one place that are listed: with more, the hours themselves are others."""


def sentences(audit: Audit) -> Iterator[str]:
    """One line a difference, those of hours with their days below, and the count at the end."""
    for each in audit.differences:
        yield from _difference(each)
    different = len(audit.differences)
    said = "1 published value" if audit.claims == 1 else f"{audit.claims:,} published values"
    if not audit.claims:
        yield "0 published values compared: nothing that was read has a price, hours or a term of a thing in the state."
    elif not different:
        yield f"{said} compared: {'it agrees' if audit.claims == 1 else 'all agree'}."
    else:
        yield f"{said} compared: {'1 differs' if different == 1 else f'{different:,} differ'}."


def _difference(each: Difference) -> Iterator[str]:
    worse = "" if each.hurts else " (better for the customer)"
    owner = f"; {each.owner} answers for it" if each.owner else ""
    if each.topic == HOURS:
        place = f"{each.place.file}:{each.place.line}"
        yield f"{place}: {each.name}: other hours than {each.example} on {each.rows} days{owner}"
        yield from (f"    {detail}" for detail in each.details[:MOST_DAYS])
        if len(each.details) > MOST_DAYS:
            yield f"    … and {len(each.details) - MOST_DAYS} more"
    else:
        rows = each.example if each.rows == 1 else f"{each.rows:,} rows, such as {each.example}"
        yield (
            f"{each.place.file}:{each.place.line}: {each.name}: {each.topic} {each.said} is published, "
            f"{each.actual} in {rows}{worse}{owner}"
        )
