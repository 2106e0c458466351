"""The questions of `notifier rules new`, and what is said of a wrong answer, in the project's language."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from notifier.model.problems import Place
    from notifier.rules.conditions import Scope
    from notifier.rules.file_set import FileSet
    from notifier.starter.new_rule import NewRule
    from notifier.starter.subjects import Subject
    from notifier.starter.words import Words
    from notifier.wiring import House


@dataclass(frozen=True)
class RuleQuestions:
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
    def words(self) -> "Words":
        """What is asked and answered, in the project's language."""
        from notifier.rendering.words import language_of
        from notifier.starter.words import words_of

        return words_of(language_of(self.house.settings.default_locale))

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
        from notifier.rules.conditions import parse_condition
        from notifier.rules.moments import parse_moment
        from notifier.starter.new_rule import NewRule
        from notifier.starter.subjects import SUBJECTS

        project = self.house.project
        words = self.words.questions
        about = about or self._known(words["about"], tuple(SUBJECTS), self.words.entities)
        subject = SUBJECTS.get(about)
        name = name or self._ask(words["name"], None, self._name)
        claims, sentences = dict(pairs(claim, "NAME=PATH")), dict(pairs(says, "LANG=SENTENCE"))
        if subject is not None and not self.silent:
            if subject.kinds and kind is None:
                question = words["kind"].format(known=", ".join(subject.kinds))
                kind = self._ask(question, "", self._one_of(subject.kinds)) or None
            if not when:
                question = words["who"].format(usual=" and ".join(subject.when))
                further = self._ask(question, "", self._read_as(subject, parse_condition))
                when = [further] if further else []
            if at is None:
                moment = self._read_as(subject, parse_moment)
                at = self._ask(words["when"], subject.at, lambda text: text if text == "now" else moment(text))
                at = None if at == subject.at else at
            if not claims:
                usual = ", ".join(f"{name}={path}" for name, path in subject.claims.items())
                claims = dict(facts_of(self._ask(words["facts"], usual, self._facts(subject))))
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
            owner=owner or self._known(words["answers"], owners),
            exit=exit_ or self._known(words["exit"], exits),
            notice_class=class_,
        )

    def again(self, new: "NewRule") -> str:
        """The command that gives the same answers, so that only the wrong one is written anew."""
        given = [("--kind", new.kind), *(("--when", one) for one in new.conditions)]
        given += [("--at", "now" if new.at == "" else new.at), ("--until", new.until)]
        given += [("--claim", f"{name}={path}") for name, path in new.claims.items()]
        given += [("--says", f"{language}={sentence}") for language, sentence in new.says.items()]
        given += [("--owner", new.owner), ("--exit", new.exit)]
        given += [("--class", new.notice_class)] if new.notice_class != "service" else []
        options = [part for option, value in given if value is not None for part in (option, value)]
        return shlex.join(["notifier", "rules", "new", new.name, "--about", new.about, *options])

    def _known(self, question: str, known: Sequence[str], said: Mapping[str, str] | None = None) -> str:
        """One of the known names; where the language has words of its own for them, these are taken, too."""
        own = said or {}
        shown = ", ".join(f"{name} = {own[name]}" if name in own else name for name in known)
        names = {word: name for name, word in own.items()}
        take = self._one_of(known)
        return self._ask(question.format(known=shown), None, lambda text: take(names.get(text.lower(), text)))

    def _one_of(self, known: Sequence[str]) -> Callable[[str], str]:
        from difflib import get_close_matches

        from notifier.model.problems import one_of

        replies = self.words.replies

        def check(text: str) -> str:
            if text and text not in known:
                close = get_close_matches(text, known, n=1)
                form = "meant" if close else "unknown"
                raise ValueError(replies[form].format(text=text, close="".join(close), known=one_of(known)))
            return text

        return check

    def _name(self, text: str) -> str:
        from notifier.rules.catalogue_files import NAME

        if not NAME.fullmatch(text):
            raise ValueError(self.words.replies["no_name"].format(text=text))
        project = self.house.project
        places = {named: rule.place for named, rule in project.rules.items()}
        places |= {named: check.place for named, check in project.checks.items()}
        if text in places:
            raise ValueError(self.words.replies["taken"].format(text=text, place=places[text]))
        return text

    def _facts(self, subject: "Subject") -> Callable[[str], str]:
        from notifier.rules.conditions import parse_value

        read = self._read_as(subject, parse_value)

        def check(text: str) -> str:
            for one in text.split(","):
                name, _, path = one.partition("=")
                if one.strip() and not (name.strip() and path.strip()):
                    raise ValueError(self.words.replies["no_fact"].format(text=one.strip()))
                read(path.strip())
            return text

        return check

    def _read_as(self, subject: "Subject", parse: "Callable[[str, Scope, Place], object]") -> Callable[[str], str]:
        """Takes what can be read about the subject; of what cannot, says which sign it fails at, and why."""
        from notifier.model.problems import Place, ProblemsError
        from notifier.rules.conditions import Scope, parse_path

        schema, names = self.house.project.schema, {subject.entity: subject.entity}
        if subject.each is not None:
            name, path = subject.each
            names[name] = parse_path(path, Scope(schema, names), Place("")).entity or ""
        unreadable = self.words.replies["unreadable"]

        def check(text: str) -> str:
            try:
                if text:
                    parse(text, Scope(schema, names), Place(""))
            except ProblemsError as error:
                said = [unreadable.format(column=one.place.column, text=text, what=one.what) for one in error.problems]
                raise ValueError("; ".join(said)) from error
            return text

        return check

    def _ask(self, question: str, usual: str | None, check: Callable[[str], str] = str) -> str:
        """An answer; one that is empty or cannot be taken is explained, and asked for again."""

        def checked(text: str) -> str:
            if usual is None and not text.strip():
                raise typer.BadParameter(self.words.replies["empty"])
            try:
                return check(text.strip())
            except ValueError as error:
                raise typer.BadParameter(str(error)) from error

        answer: str = typer.prompt(
            question, default=usual or "", value_proc=checked, err=True, show_default=bool(usual)
        )
        return answer


def facts_of(text: str) -> Iterator[tuple[str, str]]:
    """`starts_at=appointment.starts_at, …` -> names and paths."""
    yield from pairs([one.strip() for one in text.split(",") if one.strip()], "NAME=PATH")


def pairs(written: Sequence[str], form: str) -> Iterator[tuple[str, str]]:
    """What stands on both sides of each equals sign. Raises typer.BadParameter where one is missing."""
    for each in written:
        left, equals, right = each.partition("=")
        if not equals or not right.strip():
            raise typer.BadParameter(f"'{each}' is not {form}")
        yield left.strip(), right.strip()
