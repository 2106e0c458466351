"""`notifier promise read`: a note, a chat or a transcript proposes promises, and a person confirms each of them."""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.house import opened
from notifier.cli.options import Json, parse_instant, parse_one

if TYPE_CHECKING:
    from notifier.capture.proposals import Proposal
    from notifier.capture.surroundings import Surroundings
    from notifier.store.state.whereabouts import Whereabouts
    from notifier.wiring import House

LARGEST_FILE = 1024 * 1024
"""Bytes that are read at all; the reader takes far fewer characters."""


def _instant_as_written(text: str) -> datetime:
    """An instant in the zone that it was written in: its clock is the one that the text means."""
    parse_instant(text)  # refuses what is none, with its sentence
    return datetime.fromisoformat(text.strip())


def read_(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text in UTF-8; - is stdin.")],
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at",
            parser=_instant_as_written,
            metavar="TIME",
            help="When it was said, with its zone: 2026-03-12T10:00:00-05:00. Default: now.",
        ),
    ] = None,
    country: Annotated[
        str | None,
        typer.Option("--country", metavar="CC", help="Whose holidays and customs count: CO. Default: the row's."),
    ] = None,
    locale: Annotated[
        str | None, typer.Option("--locale", metavar="LOCALE", help="es-CO, en-US, … Default: the customer's.")
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(
            "--currency", metavar="CODE", help="Of the amounts; never taken from '$'. Default: the contract's."
        ),
    ] = None,
    contract: Annotated[
        str | None, typer.Option("--contract", metavar="ID", help="The contract that it is about.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="TYPE:ID", help="Another row: order:…, appointment:…")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="SOURCE", help="sales, quote, contract, web, social, agent, robot."),
    ] = None,
    made_by: Annotated[str | None, typer.Option("--made-by", metavar="NAME", help="Who said it.")] = None,
    channel: Annotated[str | None, typer.Option("--channel", metavar="CHANNEL", help="Where it was said.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who confirms it. Kept for good.")] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why. Kept for good. Default: read from FILE.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Confirm all without being asked, but days that have another reading.")
    ] = False,
    json: Json = False,
) -> None:
    """Finds what a call note, a chat or a transcript promises, in Spanish or English, and asks before it records any.

    Without --contract or --subject, and with --json, it only shows. A person answers for each promise that is recorded:
    --by, and --source for who promised.

    [dim]notifier promise read call-8841.txt --contract K-1 --source sales --made-by 'agent 4471' --by marta[/dim]
    """
    from notifier.answers.documents.proposals import proposal_document
    from notifier.capture.reading import UnreadableTextError, read
    from notifier.capture.second_opinion import dateparser_opinion

    if json and yes:
        raise typer.BadParameter("--json only shows; record with --yes and without --json")
    about = _about(contract, subject)
    text = _text_of(file)
    with opened(context, warn=False) as house:
        known = _whereabouts(house, about)
        surroundings = _surroundings(house, known, at, country, locale, currency)
        try:
            found = read(text, surroundings, dateparser_opinion())
        except UnreadableTextError as error:
            raise typer.BadParameter(str(error)) from error
        if json:
            print_json([proposal_document(each) for each in found])
            return
        language = surroundings.language
        from notifier.capture.wording import WORDS

        if not found:
            print_text(WORDS[language]["nothing"])
            return
        asks = is_a_person() and file != "-"
        records = about is not None and (yes or asks)
        if records:
            _refuse_without(source, by)
        confirmed = list(_confirmed(found, surroundings, asked=records and not yes, confirmed=records))
        if not records:
            print_text(WORDS[language]["kept"] if about is not None else _how(language))
            return
        assert about is not None
        assert source is not None
        assert by is not None
        said = {"source": source, "made_by": made_by, "channel": channel, "customer_id": known.customer_id}
        why = reason or f"read from {'stdin' if file == '-' else Path(file).name}"
        _record(house, confirmed, surroundings, about, said, by=by, reason=why)
    if yes and any(each.doubt is not None for each in found):
        from notifier.cli.errors import FOUND_PROBLEMS

        raise typer.Exit(FOUND_PROBLEMS)


def is_a_person() -> bool:
    """Whether somebody sits at a terminal, who can be asked."""
    return sys.stdin.isatty()


def _about(contract: str | None, subject: str | None) -> tuple[str, str] | None:
    """The row that it is about."""
    from notifier.model.vocabulary import VALUES

    if contract is not None and subject is not None:
        raise typer.BadParameter("--contract K-1 is --subject contract:K-1; give one of them")
    if contract is not None:
        return "contract", contract
    if subject is None:
        return None
    kind, colon, row = subject.partition(":")
    if not colon or not row:
        raise typer.BadParameter(f"'{subject}' is no row; write TYPE:ID, for example contract:K-1")
    return parse_one(kind, VALUES["promise"]["subject_type"], "type of row"), row


def _text_of(file: str) -> str:
    """The text, composed (NFC), so that an accent is one letter with its letter."""
    try:
        content = (
            sys.stdin.buffer.read(LARGEST_FILE + 1) if file == "-" else Path(file).read_bytes()[: LARGEST_FILE + 1]
        )
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise typer.BadParameter(f"{file} is larger than {LARGEST_FILE:,} bytes; give one call or one chat at a time")
    try:
        return unicodedata.normalize("NFC", content.decode("utf-8-sig")).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{file} is not UTF-8; save it as UTF-8 text") from error


def _whereabouts(house: "House", about: tuple[str, str] | None) -> "Whereabouts":
    from notifier.store.naming import is_row, no_such_row
    from notifier.store.state.whereabouts import Whereabouts, whereabouts

    if about is None:
        return Whereabouts()
    with house.reading() as reader:
        if not is_row(reader.connection, *about):
            print_problems([f"{no_such_row(reader.connection, *about)}; nothing is compared before it comes"])
        return whereabouts(reader.connection, *about)


def _surroundings(
    house: "House",
    known: "Whereabouts",
    at: datetime | None,
    country: str | None,
    locale: str | None,
    currency: str | None,
) -> "Surroundings":
    """What the options say, else the row, else the settings."""
    from notifier.capture.surroundings import Surroundings
    from notifier.model.formats import country_code, locale_name
    from notifier.model.values import check_currency

    try:
        place = country_code(country) if country is not None else known.country or house.settings.default_country
        spoken = locale_name(locale) if locale is not None else known.locale or house.settings.default_locale
        code = check_currency(currency) if currency is not None else known.currency or _currency_of(place)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    zone = known.timezone or (None if at is not None else house.settings.default_timezone or "UTC")
    said = at if at is not None else house.clock()
    return Surroundings(
        at=said.astimezone(ZoneInfo(zone)) if zone is not None else said, locale=spoken, country=place, currency=code
    )


def _currency_of(country: str) -> str | None:
    """The currency of a country today; None where it has several."""
    from babel.numbers import get_territory_currencies

    found: Sequence[str] = get_territory_currencies(country)
    return found[0] if len(found) == 1 else None


def _refuse_without(source: str | None, by: str | None) -> None:
    """Refuses to record what nobody answers for."""
    from notifier.model.vocabulary import VALUES

    if source is None:
        raise typer.BadParameter("say who promised: --source sales (or quote, contract, web, social, agent, robot)")
    parse_one(source, VALUES["promise"]["source"], "source")
    if by is None:
        raise typer.BadParameter("say who confirms it: --by NAME")


def _how(language: str) -> str:
    return {
        "es": "Nada se registró: diga de qué contrato se trata, con --contract.",
        "en": "Nothing was recorded: say which contract it is about, with --contract.",
    }[language]


def _confirmed(
    found: "Sequence[Proposal]", surroundings: "Surroundings", *, asked: bool, confirmed: bool
) -> "Iterator[Proposal]":
    """Shows each, and gives those that are confirmed."""
    from rich.text import Text

    from notifier.capture.recording import one_line
    from notifier.capture.wording import WORDS, topic_text, value_text

    language = surroundings.language
    words = WORDS[language]
    for number, each in enumerate(found, start=1):
        line = Text.assemble(
            f"{number}. ",
            (topic_text(each, language), "bold"),
            ": ",
            (value_text(each, language, surroundings.locale), "bold green"),
            (f"   {words['sure']} {each.confidence} %", "dim"),
        )
        out().print(line)
        out().print(Text(f"   {words['said']}: «{one_line(each.said)}»"))
        if each.assumed:
            out().print(Text(f"   {words['assumed']}: {'; '.join(each.assumed)}", style="yellow"))
        if each.doubt is not None:
            out().print(Text(f"   {words['doubt']}: {each.doubt}", style="bold yellow"))
        if confirmed and not asked and each.doubt is not None:
            print_problems([words["asked"].format(topic_text(each, language))])
            continue
        if confirmed and (not asked or typer.confirm(f"   {words['record']}", default=None)):
            yield each


def _record(
    house: "House",
    confirmed: "Sequence[Proposal]",
    surroundings: "Surroundings",
    about: tuple[str, str],
    said: dict[str, str | None],
    *,
    by: str,
    reason: str,
) -> None:
    """As `promise add` does, all of them in one transaction."""
    from notifier.capture.recording import NotRecordableError, columns_of
    from notifier.decisions.decision import Signature, decide
    from notifier.decisions.promises import AddPromise, new_promise_id

    now = house.clock()
    signature = Signature(by=by, reason=reason, now=now)
    sentences, problems = [], []
    with house.writing() as connection:
        for each in confirmed:
            try:
                columns = columns_of(each, house.project.topics.get(each.topic), surroundings)
            except NotRecordableError as error:
                problems.append(f"{each.topic}: {error}")
                continue
            row = {**columns, **said, "subject": ":".join(about), "made_at": surroundings.at}
            sentences.append(
                decide(connection, AddPromise(new_promise_id(now), row, house.imports), signature).sentence
            )
    for sentence in sentences:
        print_text(sentence)
    print_problems(problems)
    if problems:
        from notifier.cli.errors import FOUND_PROBLEMS

        raise typer.Exit(FOUND_PROBLEMS)
