"""A sheet on a terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from notifier.cli.sheets.sheet import Line, Section, Sheet, Tone

COLOURS = {Tone.PLAIN: "", Tone.GOOD: "green", Tone.WAITING: "yellow", Tone.BAD: "red"}


def sheet_report(sheet: Sheet) -> Iterator[RenderableType]:
    """What to print, part by part."""
    yield Text(sheet.title, style="bold")
    if sheet.subtitle:
        yield Text(sheet.subtitle, style="dim")
    if sheet.facts:
        facts = Table.grid(padding=(0, 2))
        facts.add_column(style="dim")
        facts.add_column(overflow="fold", ratio=1)
        for label, value in sheet.facts:
            facts.add_row(label, Text(value))
        yield Padding(facts, (0, 0, 0, 2))
    for section in sheet.shown:
        yield _section(section)
    if sheet.footer:
        yield Padding(Text(sheet.footer, style="dim"), (1, 0, 0, 0))


def _section(section: Section) -> RenderableType:
    count = section.count if section.count is not None else len(section.lines)
    title = Text.assemble((section.title, "bold underline"), (f" {count:,}" if section.lines else "", "dim"))
    parts: list[RenderableType] = [Padding(title, (1, 0, 0, 0))]
    parts += [_line(line) for line in section.lines] or [Padding(Text(section.empty, style="dim"), (0, 0, 0, 2))]
    if section.note:
        parts.append(Padding(Text(section.note, style="dim"), (0, 0, 0, 2)))
    return Group(*parts)


def _line(line: Line) -> RenderableType:
    first = Text()
    if line.when:
        first.append(f"{line.when}  ", style="dim")
    if line.tag:
        first.append(f"{line.tag}  ", style=f"bold {COLOURS[line.tone]}".strip())
    first.append(line.text)
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1, style="dim")
    row.add_column(overflow="fold", ratio=1)
    row.add_row("·", first)
    parts: list[RenderableType] = [Padding(row, (0, 0, 0, 2))]
    parts += [Padding(Text(each, style="dim"), (0, 0, 0, 6)) for each in line.more]
    if line.command:
        parts.append(Padding(Text(f"$ {line.command}", style="cyan"), (0, 0, 0, 6)))
    return Group(*parts)
