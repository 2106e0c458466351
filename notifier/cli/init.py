"""`notifier init`: a new project folder that runs, tests green and shows a notice before anything is configured."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import print_problems, print_text
from notifier.cli.house import project_folder
from notifier.model.problems import ProblemsError

if TYPE_CHECKING:
    from notifier.starter.answers import Answers, Given
    from notifier.starter.project import NewProject

WRONG_USAGE = 2


def init(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="The new project's folder; without it, this one.")
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", metavar="CODE", help="Where customers live: CL, US.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="LANG", help="es or en. Default: the country's.")
    ] = None,
    pack: Annotated[
        list[str] | None,
        typer.Option("--pack", metavar="NAME", help="telco, retail, restaurant, utilities, clinic; also several."),
    ] = None,
    company: Annotated[
        str | None, typer.Option("--company", metavar="NAME", help="Its name as customers know it.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", metavar="ZONE", help="Default: the country's, where it has one.")
    ] = None,
    locale: Annotated[str | None, typer.Option("--locale", metavar="LOCALE", help="es-CL. Default: of both.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", metavar="CODE", help="Default: the country's.")] = None,
    owner: Annotated[
        list[str] | None, typer.Option("--owner", metavar="NAME=MAIL", help="Where this team is alerted; also several.")
    ] = None,
    owner_mail: Annotated[
        str | None, typer.Option("--owner-mail", metavar="MAIL", help="Where all other teams are alerted.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option("--contact", metavar="ADDRESS", help="Where a person answers: phone, mail or page.")
    ] = None,
    contact_channel: Annotated[
        str | None, typer.Option("--contact-channel", metavar="NAME", help="phone, whatsapp, email or web.")
    ] = None,
    contact_hours: Annotated[
        str | None, typer.Option("--contact-hours", metavar="HOURS", help="Mo-Fr 09:00-18:00, in OSM syntax.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take what is usual where nothing is said.")] = False,
) -> None:
    """A new project: rules with texts and tests from packs, settings, a README, and rows to look at.

    Asks for what no option says. Replaces no file: where one is in the way, nothing is written, and all are named.
    Needs no network; nothing is sent.

    [dim]notifier init --country CL --language es --pack telco --yes[/dim]

    [dim]notifier init shops --pack retail --pack restaurant[/dim]
    """
    from notifier.starter.answers import Given, answers_of
    from notifier.starter.project import new_project, write_project
    from notifier.starter.words import words_of

    target = folder if folder is not None else project_folder(context)
    now = datetime.now(UTC)
    given = Given(
        packs=[name for each in pack or () for name in each.split(",") if name],
        country=country,
        language=language,
        timezone=zone,
        locale=locale,
        currency=currency,
        company=company,
        owner_mail=owner_mail,
        owners=dict(_owners(owner or ())),
        contact=contact,
        contact_channel=contact_channel,
        contact_hours=contact_hours,
    )
    if not yes:
        _ask(given, now)
    try:
        answers = answers_of(given, now)
    except ProblemsError as error:
        print_problems(f"{problem.place.file}: {problem.what}" for problem in error.problems)
        raise typer.Exit(WRONG_USAGE) from error
    project = new_project(answers, now, schema_line)
    project = replace(project, files={**project.files, **_schemas(project, target)})
    there = write_project(project, target)
    if there:
        names = f"{', '.join(there[:10])}{' …' if len(there) > 10 else ''}"
        print_text(words_of(answers.language).replies["there"].format(names=names))
    print_text("\n".join(_summary(answers, project, target)))


def schema_line(path: str) -> str | None:
    """The first line of a project's file by which editors find its schema; None for what has none."""
    from notifier.answers.editor import modeline
    from notifier.cli.rule_schemas import DEFAULT_FOLDER
    from notifier.rules.kinds import kind_of_file

    kind = kind_of_file(path)
    return None if kind is None else modeline(Path(path), Path(DEFAULT_FOLDER), kind)


def _schemas(project: "NewProject", folder: Path) -> "Mapping[str, str]":
    """The schemas of the new project's files, by path: its owners, texts and ways out are offered by name."""
    from notifier.answers.editor import EDITOR_KINDS, editor_schema_text, known_in, schema_file
    from notifier.cli.rule_schemas import DEFAULT_FOLDER
    from notifier.rules.file_set import FileSet
    from notifier.rules.loader import load_project
    from notifier.starter.project import rule_files

    known = known_in(load_project(folder, FileSet(files=rule_files(project))))
    return {f"{DEFAULT_FOLDER}/{schema_file(kind)}": editor_schema_text(kind, known) for kind in EDITOR_KINDS}


def _owners(written: "Iterator[str] | list[str] | tuple[()]") -> Iterator[tuple[str, str]]:
    for each in written:
        name, equals, mail = each.partition("=")
        if not equals:
            raise typer.BadParameter(f"'{each}' is not NAME=MAIL; write it like billing=billing@example.com")
        yield name.strip(), mail.strip()


def _ask(given: "Given", now: datetime) -> None:
    """Fill in what was not said, question by question; what is usual is offered, and Enter takes it."""
    from notifier.model.formats import country_code, email_address, locale_name, zone_name
    from notifier.starter import places
    from notifier.starter.answers import (
        DEFAULT_COMPANY,
        DEFAULT_HOURS,
        DEFAULT_MAIL,
        address_of,
        checked_currency,
        checked_pack,
        owners_needed,
    )
    from notifier.starter.packs import packs
    from notifier.starter.words import words_of

    given.language = given.language or _asked("Idioma / language (es, en)", None, _one_of(places.LANGUAGES))
    words = words_of(given.language).questions
    given.country = given.country or _asked(words["country"], None, lambda text: country_code(text.upper()))
    country = given.country.upper()
    if not given.packs:
        for one in packs().values():
            print_text(f"  {one.name:<11}{one.about.get(given.language, one.about['en'])}")
        chosen = _asked(words["packs"], None, lambda text: ",".join(checked_pack(name) for name in text.split(",")))
        given.packs = chosen.split(",")
    usual = DEFAULT_COMPANY.get(given.language)
    given.company = given.company or _asked(words["company"], usual, str.strip)
    try:
        zone = places.zone_of(country, now)
    except LookupError:
        zone = None
    given.timezone = given.timezone or _asked(words["zone"], zone, zone_name)
    given.locale = given.locale or _asked(words["locale"], places.locale_of(given.language, country), locale_name)
    given.currency = given.currency or _asked(words["currency"], places.currency_of(country), checked_currency)
    if given.owner_mail is None:
        owners = dict(given.owners)
        for name in owners_needed([each for each in given.packs if each in packs()]):
            if name not in owners:
                question = words["owner"].format(owner=name)
                owners[name] = _asked(question, f"{name}@{DEFAULT_MAIL}", email_address)
        given.owners = owners
    number = places.example_landline(country)
    given.contact = given.contact or _asked(words["contact"], number, lambda text: address_of(text, country))
    given.contact_hours = given.contact_hours or _asked(words["hours"], DEFAULT_HOURS, _opening)


def _asked(question: str, usual: str | None, check: Callable[[str], str]) -> str:
    """The checked answer; a wrong one is explained, and asked for again. Ends the command where input ends."""

    def checked(text: str) -> str:
        try:
            return check(text.strip())
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error

    answer: str = typer.prompt(question, default=usual, value_proc=checked, err=True)
    return answer


def _one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in known:
            raise ValueError(f"'{text}' is none of {', '.join(known)}")
        return text

    return check


def _opening(text: str) -> str:
    from notifier.rules.catalogue_files import check_hours

    return check_hours(text)


def _summary(answers: "Answers", project: "NewProject", folder: Path) -> Iterator[str]:
    """What was written, and what to type next; each line works as it stands."""
    from notifier.starter.words import words_of

    rules = sum(path.startswith("rules/") and not path.endswith(".test.yaml") for path in project.files)
    texts = len({path.split("/")[1] for path in project.files if path.startswith("templates/")})
    replies = words_of(answers.language).replies
    yield replies["project"].format(
        where=folder if str(folder) != "." else replies["this_folder"],
        packs=", ".join(answers.packs),
        place=f"{answers.country}, {answers.locale}, {answers.timezone}, {answers.currency}",
        rules=rules,
        texts=texts,
    )
    yield replies["first_notice"]
    base = "notifier" if folder.resolve() == Path.cwd() else f"notifier --project {shlex.quote(str(folder))}"
    events = "data/example.jsonl" if folder.resolve() == Path.cwd() else shlex.quote(str(folder / "data/example.jsonl"))
    yield f"  {base} import events {events}"
    yield f"  {base} preview --at {project.shown_at.isoformat()}"
    yield replies["make_it_yours"]
