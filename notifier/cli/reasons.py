"""`notifier reasons`: why people get in touch, given, read by people, learned and counted; and what was missing."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.deciding import carry_out
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.missing import missing
from notifier.cli.options import At, By, Json, Reason, group
from notifier.cli.periods import from_option, period_between, to_option

if TYPE_CHECKING:
    from notifier.decisions.reasons import ConfirmReasons, Said
    from notifier.wiring import House

app = group("reasons", "Why people get in touch: classify, draw, confirm, train, report; and which notice was missing.")
app.command("missing")(missing)
COLUMNS = ("entity", "id", "reason", "text")
FORMULAS = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet computes."""
Week = Annotated[
    str | None, typer.Option("--week", metavar="WEEK", help="An ISO week: 2026-W49. Default: the last whole one.")
]


@app.command()
def classify(
    context: typer.Context,
    unclear: Annotated[
        bool, typer.Option("--unclear", help="Look again at those that no machine could tell; no other label changes.")
    ] = False,
    at: At = None,
    json: Json = False,
) -> None:
    """Gives a reason to all contacts and feedback that have none: history, baselines, what came before the reasons.

    What comes later gets one by the tick. By the other system's word for it, else by the words of rules/reasons.yaml,
    else by the model that was taken into use; what none of them can tell is unclear.

    A reason of the file: card-declined: { object: checkout, step: step 3, failure: card declined twice, owner: billing,
    words: [{ language: en, say: card declined }] }

    [dim]notifier reasons classify[/dim]
    """
    from collections import Counter

    from notifier.answers.documents.reasons import classified_document
    from notifier.model.reasons import HEARD
    from notifier.reasons.deciding import Decider
    from notifier.reasons.model import NoLearningError
    from notifier.store.listening import give_reasons, model_in_force, unlabelled

    with opened(context, whole=True, reads=True, by_rules=True) as house:
        _refuse_no_reasons(house)
        now = at or house.clock()
        counts: Counter[str] = Counter()
        with house.reading() as reader:
            decider = Decider(house.project.reasons, model_in_force(reader.connection))
        try:
            for entity in HEARD:
                after = ""
                while True:
                    with house.writing() as connection:
                        heard = unlabelled(connection, entity, unclear_too=unclear, after=after)
                        counts.update(give_reasons(connection, decider, heard, now))
                    if not heard:
                        break
                    after = heard[-1].id
        except NoLearningError as error:
            print_problems([error])
            raise typer.Exit(FOUND_PROBLEMS) from error
    document = classified_document(counts, now)
    if json:
        print_json(document)
        return
    print_text(f"{document['contacts']:,} contacts and feedback looked at")
    for reason, count in document["reasons"].items():
        print_text(f"  {reason}: {count:,}")


@app.command()
def draw(
    context: typer.Context,
    week: Week = None,
    file: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a file to fill in, for confirm --file.")
    ] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Thirty contacts of a week, drawn by lot, for a person to read: so it is known how often labels are right.

    The texts are as customers wrote them.

    [dim]notifier reasons draw --csv to-read.csv[/dim]
    """
    from notifier.answers.documents.reasons import drawn_document
    from notifier.cli.output_files import refuse_to_overwrite, write_private
    from notifier.cli.shown.reasons import drawn_parts
    from notifier.reasons.draws import last_week
    from notifier.store.reasons_learning import draw as draw_of

    with opened(context, whole=True, reads=True, by_rules=True) as house:
        _refuse_no_reasons(house)
        if file is not None:
            refuse_to_overwrite(house, file, "--csv", made_by_us=_is_draw)
        timezone = house.settings.display_timezone
        name = (week or last_week(at or house.clock(), timezone)).strip()
        span = _span(name, timezone)
        with house.reading() as reader:
            drawn = draw_of(reader.connection, name, span)
        known = house.project.reasons
    if file is not None:
        to_read = [each for each in drawn if not each.is_read]
        rows = (
            (each.heard.entity, each.heard.id, each.label.reason if each.label else "", each.heard.text)
            for each in to_read
        )
        write_private(file, _csv_text(rows), "--csv")
        print_text(f"{file} has {len(to_read)} contacts of {name}; correct the column reason, then")
        print_text(f"  notifier reasons confirm --file {file} --week {name} --by NAME --reason 'the weekly draw'")
    elif json:
        print_json([drawn_document(each, name) for each in drawn])
    elif not drawn:
        print_text(f"nobody got in touch in {name}")
    else:
        for part in drawn_parts(drawn, known, name):
            out().print(part)


@app.command()
def confirm(
    context: typer.Context,
    by: By,
    reason: Reason,
    row: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The contact; feedback:F-1 where a contact has that id, too.")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY]...", help="Why it came: keys of rules/reasons.yaml."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="The file of reasons draw --csv, corrected.")
    ] = None,
    week: Week = None,
    at: At = None,
) -> None:
    """A person says why contacts came: one of them, or those of a file. What a machine had said is kept beside it.

    Several reasons: the primary one first; in a file, with a ; between them. What was drawn by lot counts for how often
    labels are right; what you correct besides only teaches.

    [dim]notifier reasons confirm CT-81 bill-higher --by marta --reason 'read the call'[/dim]
    """
    from notifier.decisions.reasons import Said

    if (row is None) == (file is None):
        raise typer.BadParameter("give the id of a contact and its reason, or --file")
    said = list(_said_in(file)) if file is not None else [Said(row or "", tuple(key or ()))]
    if any(not each.reasons for each in said):
        raise typer.BadParameter("say why it came: a key of rules/reasons.yaml, or unclear")

    def decision(house: "House") -> "ConfirmReasons":
        return _confirmation(house, said, week, at or house.clock())

    carry_out(context, decision, by, reason, at)


@app.command()
def train(
    context: typer.Context,
    take: Annotated[bool, typer.Option("--take", help="Use it from now on, for what comes. Labels stay.")] = False,
    embed: Annotated[
        bool, typer.Option("--embed", help="Learn also what texts mean; needs notifier[embed] wherever it is used.")
    ] = False,
    at: At = None,
    json: Json = False,
) -> None:
    """Learns from all contacts that people confirmed, and says how good it is on contacts that it has not seen.

    It needs notifier[listen] (scikit-learn). Parts of words are learned, so slips and endings matter little. Nothing
    changes without --take; and no label ever changes by itself.

    [dim]notifier reasons train --take[/dim]
    """
    from notifier.answers.documents.reasons import trained_document
    from notifier.cli.shown.reasons import trained_parts
    from notifier.reasons.model import NoLearningError
    from notifier.store.training import take_into_use
    from notifier.store.training import train as trained_by

    with opened(context, whole=True, reads=True, by_rules=True) as house:
        _refuse_no_reasons(house)
        now = at or house.clock()
        try:
            with house.reading() as reader:
                trained = trained_by(reader.connection, embedded=embed)
        except NoLearningError as error:
            print_problems([error])
            raise typer.Exit(FOUND_PROBLEMS) from error
        if take:
            with house.writing() as connection:
                take_into_use(connection, trained, now)
    if json:
        print_json(trained_document(trained, now, taken=take))
        return
    for part in trained_parts(trained, taken=take):
        out().print(part)


@app.command()
def report(
    context: typer.Context,
    since: Annotated[datetime | None, from_option("Who got in touch from then on.")] = None,
    until: Annotated[datetime | None, to_option("Who got in touch before.")] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Why people got in touch: how many of each reason, how often its labels are right, and in whose words.

    Examples are without names, addresses and numbers. Unclear ones are a queue with an age, and no row of the ranking.

    [dim]notifier reasons report --from 2026-03-01T00:00:00-05:00[/dim]
    """
    from notifier.answers.documents.reasons import reason_report_document
    from notifier.cli.shown.reasons import reason_report_parts
    from notifier.store.reports.reasons import reason_report

    with opened(context, whole=True, reads=True, by_rules=True) as house:
        _refuse_no_reasons(house)
        timezone = house.settings.display_timezone
        period = period_between(house, since, until)
        with house.reading() as reader:
            found = reason_report(reader.connection, house.project.reasons, now=at or house.clock(), period=period)
    if json:
        print_json(reason_report_document(found))
        return
    for part in reason_report_parts(found, timezone):
        out().print(part)


def _refuse_no_reasons(house: "House") -> None:
    from notifier.store.interventions import RefusedError

    if not house.project.reasons:
        what = "write rules/reasons.yaml; notifier reasons classify --help shows a reason"
        raise RefusedError(f"this project has no reasons: {what}")


def _span(week: str, timezone: str) -> tuple[datetime, datetime]:
    from notifier.reasons.draws import span_of

    try:
        return span_of(week, timezone)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--week") from error


def _confirmation(house: "House", said: "list[Said]", week: str | None, now: datetime) -> "ConfirmReasons":
    """The decision, with the draw that the rows are in."""
    from notifier.decisions.reasons import ConfirmReasons
    from notifier.reasons.draws import last_week
    from notifier.store.reasons_learning import draw as draw_of

    _refuse_no_reasons(house)
    timezone = house.settings.display_timezone
    name = (week or last_week(now, timezone)).strip()
    with house.reading() as reader:
        drawn = draw_of(reader.connection, name, _span(name, timezone))
    return ConfirmReasons(
        said=said,
        known=house.project.reasons.keys(),
        drawn={(each.heard.entity, each.heard.id): name for each in drawn},
    )


def _said_in(file: Path) -> "Iterator[Said]":
    from notifier.decisions.reasons import Said

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if missing := [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]:
                raise typer.BadParameter(f"{file} has no column {', '.join(missing)}; write it by reasons draw --csv")
            for row in reader:
                keys = tuple(part.strip() for part in (row["reason"] or "").split(";") if part.strip())
                if not keys:
                    what = f"{file}:{reader.line_num}: {row['id']} has no reason; give one, or unclear"
                    raise typer.BadParameter(what)
                yield Said(f"{row['entity']}:{row['id']}", keys)
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} cannot be read: {error}", param_hint="--file") from error


def _csv_text(rows: Iterator[tuple[str, str, str, str]]) -> str:
    """What a customer wrote is no formula of the spreadsheet in which it is read."""
    from io import StringIO

    content = StringIO()
    writer = csv.writer(content)
    writer.writerow(COLUMNS)
    for *known, text in rows:
        writer.writerow([*known, f"'{text}" if text.lstrip()[:1] in FORMULAS else text])
    return content.getvalue()


def _is_draw(beginning: str) -> bool:
    return beginning.startswith(",".join(COLUMNS))
