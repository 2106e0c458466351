"""`notifier rules new`: a few questions, and a rule with texts and stories that pass, or nothing is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from notifier.cli.console import print_problems, print_text
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
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
        asking = _Asking(house, bool(name and about and owner and exit_))
        new = asking.answered(name, about, kind, when or (), at, until, claim or (), says or (), owner, exit_, class_)
        files = asking.files
        problems = problems_of_answers(new, house.project, list(files.files))
        problems += _taken_files(new, house.folder)
        if problems:
            print_problems([*(f"{one.place.file}: {one.what}" for one in problems), NOTHING_WRITTEN])
            raise typer.Exit(WRONG_USAGE)
        made = _tried(house, new, files, dict(_pairs(example or (), "PATH=VALUE")), asking.languages)
        for path, content in made.items():
            target = house.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8", newline="\n")
    print_text(f"{new.name} is written; its stories hold:")
    for path in made:
        print_text(f"  {path}")
    print_text(f"Change the words in templates/{new.template}/ as you like. Then:")
    print_text("  notifier rules check")
    print_text(f"  notifier rules test {new.scenario_file}")
    print_text(f"  notifier preview {new.name}")


@dataclass(frozen=True)
class _Asking:
    """Takes answers from options, and from questions where none was given and nobody said everything that is needed."""

    house: "House"
    silent: bool

    @property
    def files(self) -> "FileSet":
        from notifier.rules.file_set import read_file_set

        return read_file_set(self.house.folder)

    @property
    def languages(self) -> Sequence[str]:
        """The project's languages of those that texts can be made in: its default locale's, and those of its texts."""
        from notifier.rendering.words import language_of
        from notifier.starter.places import LANGUAGES

        own = language_of(self.house.settings.default_locale)
        texts = [path.rpartition("/")[2].split(".") for path in self.house.project.templates]
        written = {parts[1][:2] for parts in texts if len(parts) > 3}
        return [*([own] if own in LANGUAGES else []), *(one for one in LANGUAGES if one in written and one != own)]

    @property
    def questions(self) -> Mapping[str, str]:
        """What is asked, in the project's language."""
        from notifier.rendering.words import language_of
        from notifier.starter.words import words_of

        return words_of(language_of(self.house.settings.default_locale)).questions

    def answered(
        self,
        name: str | None,
        about: str | None,
        kind: str | None,
        when: Sequence[str],
        at: str | None,
        until: str | None,
        claim: Sequence[str],
        says: Sequence[str],
        owner: str | None,
        exit_: str | None,
        class_: str,
    ) -> "NewRule":
        from notifier.starter.new_rule import NewRule
        from notifier.starter.subjects import SUBJECTS

        project = self.house.project
        words = self.questions
        about = about or self._ask(words["about"], None, tuple(SUBJECTS))
        subject = SUBJECTS.get(about)
        name = name or self._ask(words["name"], None)
        claims, sentences = dict(_pairs(claim, "NAME=PATH")), dict(_pairs(says, "LANG=SENTENCE"))
        if subject is not None and not self.silent:
            if subject.kinds and kind is None:
                kind = self._ask(words["kind"].format(known=", ".join(subject.kinds)), "") or None
            if not when:
                further = self._ask(words["who"].format(usual=" and ".join(subject.when)), "")
                when = [further] if further else []
            if at is None:
                at = self._ask(words["when"], subject.at)
                at = None if at == subject.at else at
            if not claims:
                facts = self._ask(words["facts"], ", ".join(f"{n}={p}" for n, p in subject.claims.items()))
                claims = dict(_pairs([each.strip() for each in facts.split(",") if each.strip()], "NAME=PATH"))
            for language in self.languages:
                if language not in sentences:
                    question = words["sentence"].format(language=language)
                    sentences[language] = self._ask(question, subject.said[language].tells)
        owners, exits = tuple(project.owners), tuple(project.contact_points)
        return NewRule(
            name=name,
            about=about,
            kind=kind,
            conditions=list(when),
            at="" if at == "now" else at,
            until=until,
            claims=claims,
            says=sentences,
            owner=owner or self._ask(words["answers"], None, owners),
            exit=exit_ or self._ask(words["exit"], None, exits),
            notice_class=class_,
        )

    def _ask(self, question: str, usual: str | None, known: tuple[str, ...] = ()) -> str:
        """An answer; one that is none of the known is explained, and asked for again."""
        from notifier.model.problems import did_you_mean, one_of

        def checked(text: str) -> str:
            if known and text.strip() not in known:
                close = did_you_mean(text.strip(), known) or f"; there are {one_of(known)}"
                raise typer.BadParameter(f"there is no '{text.strip()}'{close}")
            return text.strip()

        answer: str = typer.prompt(
            question.format(known=", ".join(known)),
            default=usual,
            value_proc=checked,
            err=True,
            show_default=bool(usual),
        )
        return answer


def _pairs(written: Sequence[str], form: str) -> Iterator[tuple[str, str]]:
    for each in written:
        left, equals, right = each.partition("=")
        if not equals or not right.strip():
            raise typer.BadParameter(f"'{each}' is not {form}")
        yield left.strip(), right.strip()


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
        print_problems([f"{NOTHING_WRITTEN}; written as answered, it would have these problems:"])
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
