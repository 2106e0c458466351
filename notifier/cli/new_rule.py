"""`notifier rules new`: a few questions, and a rule with texts and stories that pass, or nothing is written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from notifier.cli.console import print_problems, print_text
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.new_rule_questions import RuleQuestions, pairs
from notifier.model.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from notifier.rules.checked import Project
    from notifier.rules.file_set import FileSet
    from notifier.starter.new_rule import NewRule
    from notifier.wiring import House

ANCHOR = (2026, 3, 5, 10, 0)
"""The moment that examples hang on: a Thursday at ten, on which no country's clocks change."""
WRONG_USAGE = 2
NOTHING_WRITTEN = "nothing was written"


def new_rule(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The rule's name: visit-tomorrow.")] = None,
    about: Annotated[
        str | None,
        typer.Option("--about", metavar="ENTITY", help="appointment, order, contract, charge, incident or contact."),
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only of this kind: repair.")] = None,
    when: Annotated[
        list[str] | None, typer.Option("--when", metavar="CONDITION", help="A further condition; also several.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="MOMENT", help="1d before appointment.starts_at at 18:00; now: once it is true."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="MOMENT", help="After it, it helps no more.")] = None,
    claim: Annotated[
        list[str] | None,
        typer.Option(
            "--claim", metavar="NAME=PATH", help="A fact that it tells: place=appointment.place; also several."
        ),
    ] = None,
    says: Annotated[
        list[str] | None,
        typer.Option(
            "--says", metavar="LANG=SENTENCE", help="What it tells, for each language: en='we come tomorrow'."
        ),
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Who answers for it.")] = None,
    exit_: Annotated[str | None, typer.Option("--exit", metavar="NAME", help="The way out to a person.")] = None,
    class_: Annotated[str, typer.Option("--class", metavar="CLASS", help="safety, service, billing, …")] = "service",
    example: Annotated[
        list[str] | None,
        typer.Option(
            "--example", metavar="PATH=VALUE", help="What its example row has: order.total=600; also several."
        ),
    ] = None,
) -> None:
    """A rule from a few answers: its file, its texts in the project's languages, and stories that test it.

    Asks for what no option says. The stories are played first: where one fails, or a text is wrong, nothing is written.

    [dim]notifier rules new[/dim]

    [dim]notifier rules new repair-tomorrow --about appointment --kind repair --owner care --exit care-desk[/dim]
    """
    from notifier.starter.new_rule import problems_of_answers

    with opened(context, warn=False) as house:
        house.refuse_gaps()
        asking = RuleQuestions(house, bool(name and about and owner and exit_))
        new = asking.answered(name, about, kind, when or (), at, until, claim or (), says or (), owner, exit_, class_)
        files, replies = asking.files, asking.words.replies
        problems = problems_of_answers(new, house.project, list(files.files))
        problems += _taken_files(new, house.folder)
        if problems:
            print_problems([*(f"{one.place.file}: {one.what}" for one in problems), NOTHING_WRITTEN])
            raise typer.Exit(WRONG_USAGE)
        made = None
        try:
            made = _tried(house, new, files, dict(pairs(example or (), "PATH=VALUE")), asking.languages)
        except ProblemsError as error:
            print_problems([replies["not_written"], *(str(problem) for problem in error.problems)])
            raise typer.Exit(FOUND_PROBLEMS) from error
        finally:
            if made is None and not asking.silent:
                print_problems([replies["again"], asking.again(new)])
        for path, content in made.items():
            target = house.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8", newline="\n")
    print_text(replies["written"].format(name=new.name))
    for path in made:
        print_text(f"  {path}")
    print_text(replies["next"].format(folder=f"templates/{new.template}/"))
    print_text("  notifier rules check")
    print_text(f"  notifier rules test {new.scenario_file}")
    print_text(f"  notifier preview {new.name}")


def _taken_files(new: "NewRule", folder: Path) -> list[Problem]:
    """Files on disk that a set of rule files does not have: scenarios."""
    from notifier.model.problems import Place

    there = [path for path in (new.scenario_file,) if (folder / path).exists()]
    return [Problem(Place("NAME"), f"{path} is there already; choose another name") for path in there]


def _tried(
    house: "House", new: "NewRule", files: "FileSet", examples: Mapping[str, str], languages: Sequence[str]
) -> Mapping[str, str]:
    """All files of the rule, after its checks and stories. Raises ProblemsError for what is wrong with the answers."""
    from notifier.planning.addressing import Defaults
    from notifier.rules.scenarios import load_scenarios
    from notifier.simulation.databases import temporary_databases
    from notifier.simulation.scenarios import Player, ScenarioSettings
    from notifier.starter.new_rule import rule_text
    from notifier.starter.new_scenarios import Story, Told
    from notifier.starter.new_texts import placeholder_texts, texts_of
    from notifier.starter.sample_rows import Place, moves_of, rows_for

    text = _first_line(house, new.file) + rule_text(new)
    drafted = _read(house, files, {new.file: text, **placeholder_texts(new, languages)}, new)
    texts = texts_of(new, drafted.rules[new.name], languages)
    project = _read(house, files, {new.file: text, **texts}, new)
    _refuse(_wrong(house, project, new))
    settings = house.settings
    zone = ZoneInfo(settings.default_timezone or "UTC")
    place = Place(zone=zone, currency=settings.sms_currency, anchor=datetime(*ANCHOR, tzinfo=zone))
    country = settings.default_country
    rule = project.rules[new.name]
    rows = rows_for(rule, new.subject, examples, project.schema)
    story = Story(
        new=new,
        rows=rows,
        moves=moves_of(rule, new.subject, rows),
        place=place,
        country=country,
        locales={one: f"{one}-{country}" for one in languages},
    )
    path = house.folder / new.scenario_file
    with temporary_databases() as databases:
        player = Player(project, databases, ScenarioSettings(defaults=Defaults(timezone=settings.default_timezone)))
        [watched] = load_scenarios(path, project, story.watched().encode())
        seen = [notice for each in player.watched(watched) for notice in each.notices if notice.rule == new.name]
        told = [Told(at=one.at, customer=one.customer or "", state=one.state.value) for one in seen]
        if not any(one.state == "told" for one in told):
            _refuse_silence(new)
        content = _first_line(house, new.scenario_file) + story.whole(told)
        for scenario in load_scenarios(path, project, content.encode()):
            result = player.play(scenario)
            if not result.passed:
                from notifier.cli.console import err
                from notifier.cli.shown.scenarios import result_text

                err().print(result_text(result))
                print_problems([f"a story of its own does not hold; {NOTHING_WRITTEN}"])
                raise typer.Exit(FOUND_PROBLEMS)
    return {new.file: text, new.scenario_file: content, **texts}


def _first_line(house: "House", path: str) -> str:
    """The line by which editors find the schema of a file, where the project has schemas."""
    from notifier.cli.init import schema_line
    from notifier.cli.rule_schemas import DEFAULT_FOLDER

    return f"{schema_line(path)}\n" if (house.folder / DEFAULT_FOLDER).is_dir() else ""


def _read(house: "House", files: "FileSet", added: Mapping[str, str], new: "NewRule") -> "Project":
    """The project with these files besides. Raises ProblemsError with what is wrong in the new rule."""
    from notifier.rules.file_set import FileSet
    from notifier.rules.loader import load_project

    together = FileSet(files={**files.files, **{path: content.encode() for path, content in added.items()}})
    project = load_project(house.folder, together)
    _refuse([one for one in project.errors if one.place.file in (new.file, *added)])
    return project


def _wrong(house: "House", project: "Project", new: "NewRule") -> list[Problem]:
    """Errors that `rules check` would find in the rule and its texts."""
    from notifier.rendering.lint import problems_of
    from notifier.rendering.renderer import Renderer
    from notifier.rules.lint import lint

    found = [*lint(project), *problems_of(project.rules[new.name], Renderer(project, house.settings.rendering))]
    ours = (new.file, f"templates/{new.template}/", f"templates/{new.taken_back_template}/")
    return [one for one in found if one.is_error and one.place.file.startswith(ours)]


def _refuse(problems: Sequence[Problem]) -> None:
    """Raises ProblemsError: the places are those that the new files would have."""
    if problems:
        raise ProblemsError(problems)


def _refuse_silence(new: "NewRule") -> None:
    """Raises typer.Exit: the example row does not make the rule speak."""
    conditions = ", ".join(f"`{one}`" for one in new.conditions) or "its conditions"
    print_problems(
        [
            f"the example row of {new.about} does not make it speak: no value is known that makes {conditions} true; "
            f"say what the row has: --example {new.about}.COLUMN=VALUE; {NOTHING_WRITTEN}"
        ]
    )
    raise typer.Exit(FOUND_PROBLEMS)
