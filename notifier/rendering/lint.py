"""A project's templates -> everything wrong with them, found by reading them and rendering them with sample values.

Every template of a rule is tried in every locale that it has, on every channel of the rule, as a notice and as a
correction of each claim; that of a follow-up with values told that are no longer true. What fails here could never be
sent.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from jinja2 import nodes

from notifier.model.notices import Claims, NoticeKind, Recipient, RenderedMessage, ThreadEvent
from notifier.model.problems import Place, Problem
from notifier.model.types import ChannelName
from notifier.rendering import language, samples
from notifier.rendering.catalogue import NEEDED, TemplateCatalogue, Wording
from notifier.rendering.composing import Composed
from notifier.rendering.doubts import Doubt, base_name, said_once
from notifier.rendering.environment import Compiled
from notifier.rendering.errors import RenderingError
from notifier.rendering.labels import label_of
from notifier.rendering.lists import bare, is_of_list, sample_rows, unnumbered
from notifier.rendering.missing_files import MissingFiles, folder_of
from notifier.rendering.optional_claims import may_be_none
from notifier.rendering.parity import PrintedText
from notifier.rendering.renderer import Renderer
from notifier.rendering.segment_costs import dear_characters
from notifier.rendering.settings import RenderSettings
from notifier.rendering.sheets import Said
from notifier.rendering.strays import strays
from notifier.rendering.words import language_of
from notifier.rules.checked import Project
from notifier.rules.checked_rules import Claim, Rule
from notifier.rules.expressions import Column, Expression, RowName

T = TypeVar("T")

ROWS_TRIED = 2
"""Rows of a list with which texts are tried, besides a single one."""


def check_templates(project: Project, settings: RenderSettings | None = None) -> list[Problem]:
    """Every problem of the project's templates, sorted by place.

    `settings` give the default locale and the price of a segment. An error means that a notice would not be sent, to
    some readers at least; a warning is about cost, or about what may happen. What is doubtful about a claim is said
    once, with the other files and languages in which it is so.
    """
    settings = settings or RenderSettings()
    renderer = Renderer(project, settings)
    found = set(strays(project))
    for rule in project.rules.values():
        found |= problems_of(rule, renderer)
    return sorted(found)


def problems_of(rule: Rule, renderer: Renderer) -> set[Problem]:
    """Every problem of the texts of one rule."""
    found: set[Problem] = set()
    for first in rule.first_templates:
        found |= set(said_once(Trial(renderer, rule, first, NoticeKind.NOTICE).problems()))
    for template, event in dict.fromkeys((follow_up.template, follow_up.on) for follow_up in rule.follow_up):
        if template is not None:
            found |= set(said_once(Trial(renderer, rule, template, NoticeKind.FOLLOW_UP, event).problems()))
    return found


@dataclass(frozen=True)
class Trial:
    """One template of one rule, with all its locales and channels."""

    renderer: Renderer
    rule: Rule
    template: str
    kind: NoticeKind
    """How the rule uses it: as the first text, or as that of a follow-up."""
    event: ThreadEvent | None = None
    """For a follow-up: what must have become of the row, where it is no condition that must come true."""
    reader: Callable[[str], Recipient] = samples.sample_recipient
    """Who reads it, by locale."""
    exit_id: str | None = None
    """The way out that it names; None: that of the rule."""
    saw: Callable[[str, Sequence[Composed]], None] | None = None
    """Hears of all that was written in a locale."""

    @property
    def _catalogue(self) -> TemplateCatalogue:
        return self.renderer.catalogue

    @property
    def _folder(self) -> Place:
        return folder_of(self.template)

    @property
    def _claims(self) -> Sequence[Claim]:
        """The claims of a message: where the rule has a list, with two rows."""
        return self.rule.claims if self.rule.group is None else sample_rows(self.rule.claims, ROWS_TRIED)

    @property
    def _labels(self) -> Mapping[str, Mapping[str, str]]:
        return {claim.name: claim.labels for claim in self._claims if claim.labels}

    def _compared(
        self, wordings: Iterable[Wording], read: Callable[[nodes.Template], Mapping[str, set[T]]]
    ) -> Mapping[str, Collection[T]]:
        """What these files compare each claim with, as `read` finds it in one of them."""
        compared: dict[str, set[T]] = {}
        for wording in wordings:
            for compiled in _files(wording):
                for tree in compiled.trees.values():
                    for name, found in read(tree).items():
                        compared.setdefault(name, set()).update(found)
        return {
            claim.name: compared[unnumbered(claim.name)] for claim in self._claims if unnumbered(claim.name) in compared
        }

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong. Texts are tried where reading them found nothing."""
        yield from self._reserved()
        files = MissingFiles(self._catalogue, self.rule, self.template, self.kind)
        yield from files.problems(self.renderer.settings.default_locale)
        locales = sorted(set().union(*(self._complete(channel) for channel in self.rule.channels)))
        for locale in locales:
            wordings: dict[ChannelName, Wording] = {}
            for channel in self.rule.channels:
                if locale in self._complete(channel):
                    try:
                        wording = self._catalogue.wording(self.template, channel, locale)
                    except RenderingError as error:
                        yield from self._refused(error, locale)
                        continue
                    unreadable = list(self._unreadable(wording))
                    yield from unreadable
                    if not unreadable:
                        wordings[channel] = wording
            if wordings:
                yield from self._tried(locale, wordings)

    def _reserved(self) -> Iterator[Problem]:
        for claim in self.rule.claims:
            if {claim.of_list, bare(claim.name)} & set(language.RESERVED):
                yield Problem(
                    claim.place, f"templates have a '{bare(claim.name)}' of their own; give the claim another name"
                )

    def _complete(self, channel: ChannelName) -> set[str]:
        needed = set(NEEDED[channel])
        return {name for name, parts in self._catalogue.locales(self.template, channel).items() if parts >= needed}

    def _unreadable(self, wording: Wording) -> Iterator[Problem]:
        """Unknown names, and digits that are not claims, in any branch."""
        claims = [claim.name for claim in self.rule.claims]
        for compiled in _files(wording):
            for path, tree in compiled.trees.items():
                refusals = language.unknown_names(tree, claims)
                if not path.endswith(".html.j2"):
                    refusals += language.literal_digits(tree)
                for refusal in refusals:
                    yield Problem(Place(f"templates/{path}", refusal.line), refusal.what)

    def _tried(self, locale: str, wordings: Mapping[ChannelName, Wording]) -> Iterator[Problem]:
        claims = samples.sample_claims(self._claims)
        compared = self._compared(wordings.values(), language.compared_texts)
        compared = {name: {*compared.get(name, ()), *self._known_texts(name)} for name in claims}
        numbers = self._compared(wordings.values(), language.compared_numbers)
        base = self._render(locale, wordings, claims)
        broken: set[str] = set()
        if isinstance(base, _Refused):
            yield from base.problems
            broken = {problem.place.file for problem in base.problems}
        else:
            yield from self._changes(locale, wordings, claims, compared, base)
            yield from self._without(locale, wordings, claims)
            if self.rule.group is not None:
                one_row = samples.sample_claims(sample_rows(self.rule.claims, 1))
                yield from _problems(self._render(locale, wordings, one_row))
            yield from self._costs(wordings, [composed.message for composed in base])
        for tried in (*samples.branches(claims, compared), *samples.around(claims, numbers)):
            yield from _problems(self._render(locale, wordings, tried))
        later: Iterable[Problem] = ()
        if self.kind is NoticeKind.FOLLOW_UP:
            later = self._told(locale, wordings, claims)
        elif self.rule.on_change == "correct":
            later = self._corrected(locale, wordings, claims)
        # A built-in first sentence prints what the text lacks: its fault would be told twice, as two.
        yield from (problem for problem in later if problem.place.file not in broken)

    def _changes(
        self,
        locale: str,
        wordings: Mapping[ChannelName, Wording],
        claims: Claims,
        compared: Mapping[str, Collection[str]],
        base: Sequence[Composed],
    ) -> Iterator[Problem]:
        """A claim whose value changes must change every channel: in some branch, where the text has branches for it."""
        for name in (name for name, claim in claims.items() if not claim.seen):
            tries = [samples.changed(claims, name)]
            tries += samples.branches({name: claims[name]}, {name: compared.get(name, ())})
            same = {each.message.channel for each in base}
            for tried in tries:
                again = self._render(locale, wordings, {**claims, **tried})
                if isinstance(again, _Refused):
                    yield from again.problems
                    continue
                pairs = zip(base, again, strict=True)
                same -= {one.message.channel for one, other in pairs if _reading(one) != _reading(other)}
            for channel in same:
                what = f"it reads the same whatever '{name}' is; print it with {{{{ {name} }}}}"
                yield Problem(Place(wordings[channel].text.file), what)

    def _without(self, locale: str, wordings: Mapping[ChannelName, Wording], claims: Claims) -> Iterator[Problem]:
        """Claims that may have no value where the template does not guard against it.

        Columns that are empty together (a closed day neither opens nor closes) are tried together.
        """
        optional = self._optional()
        nothing = {**claims, **{name: samples.without(claims[name]) for name in optional}}
        if not isinstance(self._render(locale, wordings, nothing, current=claims), _Refused):
            return
        for name in optional:
            failed = self._render(locale, wordings, {**claims, name: nothing[name]}, current=claims)
            yield from _unguarded(name, failed)

    def _known_texts(self, name: str) -> Collection[str]:
        """All values of what texts only ask, where it is an enumerated column: a branch may be for any of them."""
        found = [claim.expression for claim in self.rule.claims if claim.seen and claim.name == name]
        return found[0].field.values if found and isinstance(found[0], Column) else ()

    def _optional(self) -> list[str]:
        return [claim.name for claim in self._claims if may_be_none(claim.expression, self.rule)]

    def _told(self, locale: str, wordings: Mapping[ChannelName, Wording], claims: Claims) -> Iterator[Problem]:
        """A follow-up where all that was told is no longer so, or each claim alone, or what has no value now.

        Where the row is gone or is another's, nothing is known of now.
        """
        now = samples.all_changed(claims)
        if self.event is ThreadEvent.REINSTATED:
            yield from _problems(self._render(locale, wordings, claims, told=now))
            return
        if self.event is not None:
            yield from _problems(self._render(locale, wordings, claims, current={}))
            return
        for current in (now, *({**claims, name: now[name]} for name in claims)):
            yield from _problems(self._render(locale, wordings, claims, current=current))
        for name in self._optional():
            current = {**claims, name: samples.without(claims[name])}
            yield from _unguarded(f"current.{name}", self._render(locale, wordings, claims, current=current))

    def _corrected(self, locale: str, wordings: Mapping[ChannelName, Wording], claims: Claims) -> Iterator[Problem]:
        """A correction of all claims, and of each alone: what it says must fit what changed."""
        previous = samples.all_changed(claims)
        yield from _problems(self._render(locale, wordings, claims, previous=previous))
        for claim in self._claims:
            name = claim.name
            if names_the_row(claim.expression) or claim.seen:
                continue
            corrected = self._render(locale, wordings, claims, previous={**claims, name: previous[name]})
            if isinstance(corrected, _Refused):
                yield from corrected.problems
                continue
            for part in (part for composed in corrected for part in composed.parts):
                yield from self._misnamed(part, wordings)
                yield from self._unlabelled(part, locale)

    def _misnamed(self, part: PrintedText, wordings: Mapping[ChannelName, Wording]) -> Iterator[Problem]:
        """Claims that the text calls changed where another one changed."""
        (compiled,) = [each for wording in wordings.values() for each in _files(wording) if each.file == part.file]
        for name in part.misnamed:
            called, of_row = bare(name), "ROW." if is_of_list(name) else ""
            what = (
                f"it prints '{of_row}previous.{called}' also where '{called}' did not change; a built-in sentence then "
                f"takes the place of its words; guard it with {{% if '{called}' in {of_row}changed %}}"
            )
            path, line = language.first_reading(compiled.trees, ("previous", "told"), name)
            place = Place(self._catalogue.prefix + path, line)
            yield Doubt(place, what, about=f"misnamed {unnumbered(name)}", where=base_name(place.file))

    def _unlabelled(self, part: PrintedText, locale: str) -> Iterator[Problem]:
        """Claims that the built-in sentence must name, and that have no label."""
        listed = {unnumbered(name) for name in part.listed}
        for claim in self.rule.claims:
            if claim.name in listed and label_of(claim.name, self.rule.labels, locale) is None:
                called = bare(claim.name).replace("_", " ")
                what = (
                    f"a correction would call it '{called}' in '{language_of(locale)}'; give it a label: "
                    f"{{ value: {claim.text}, label: {{ {language_of(locale)}: … }} }}"
                )
                language = f"'{language_of(locale)}'"
                yield Doubt(claim.place, what, about=f"label {claim.name}", where=language)

    def _costs(self, wordings: Mapping[ChannelName, Wording], base: Sequence[RenderedMessage]) -> Iterator[Problem]:
        """An SMS that a few characters force into UCS-2: which, what that costs, and what spares it."""
        for message in base:
            if message.channel is ChannelName.SMS:
                place_of = partial(_first_of, compiled=wordings[message.channel].text, catalogue=self._catalogue)
                yield from dear_characters(message.text, self.renderer.settings, place_of)

    def _render(
        self,
        locale: str,
        wordings: Mapping[ChannelName, Wording],
        claims: Claims,
        *,
        previous: Claims | None = None,
        current: Claims | None = None,
        told: Claims | None = None,
    ) -> "Sequence[Composed] | _Refused":
        """The messages of a notice, of a follow-up, or of a correction where `previous` is given."""
        said = Said(
            kind=self.kind if previous is None else NoticeKind.CORRECTION,
            event=self.event,
            claims=claims,
            previous=previous or told or claims,
            current=claims if current is None else current,
            labels=self._labels,
            is_listed=self.rule.group is not None,
        )
        try:
            composed = self.renderer.compose(
                template=self.template,
                said=said,
                recipient=self.reader(locale),
                channels=tuple(wordings),
                reference=samples.REFERENCE,
                exit_id=self.exit_id or self.rule.exit,
                owner_id=self.rule.owner,
                notice_class=self.rule.notice_class,
                now=samples.NOW,
            )
        except RenderingError as error:
            return _Refused(tuple(self._refused(error, locale)))
        if self.saw is not None:
            self.saw(locale, composed)
        return composed

    def _refused(self, error: RenderingError, locale: str) -> Iterator[Problem]:
        """All that the error says, with the language where it names no file."""
        for each in error.together:
            language = "" if each.place is not None else f" (in '{language_of(locale)}')"
            yield Problem(each.place or self._folder, each.what + language)


@dataclass(frozen=True)
class _Refused:
    """Why a notice would not be sent."""

    problems: tuple[Problem, ...]


def names_the_row(expression: Expression) -> bool:
    """Whether a claim is the id of the row that the notice is about: another id is another notice."""
    return isinstance(expression, Column) and expression.field.name == "id" and isinstance(expression.row, RowName)


def _files(wording: Wording) -> list[Compiled]:
    return [compiled for compiled in (wording.text, wording.subject, wording.html) if compiled is not None]


def _reading(composed: Composed) -> tuple[str, str | None]:
    return composed.message.text, composed.message.html


def _problems(outcome: Sequence[Composed] | _Refused) -> Iterable[Problem]:
    return outcome.problems if isinstance(outcome, _Refused) else ()


def _unguarded(name: str, outcome: Sequence[Composed] | _Refused) -> Iterator[Problem]:
    """A doubt about each file that does not guard against a claim without a value: such a notice is not sent."""
    for failed in _problems(outcome):
        what = f"'{name}' may have no value, and such a notice is not sent: {failed.what}"
        yield Doubt(failed.place, what, about=f"without {name}", where=base_name(failed.place.file))


def _first_of(characters: Sequence[str], compiled: Compiled, catalogue: TemplateCatalogue) -> Place:
    """The position in the template of the first of the characters; line 1 where a printed value brings them in."""
    for number, line in enumerate(catalogue.environment.source(compiled.path).split("\n"), start=1):
        columns = [line.index(character) for character in characters if character in line]
        if columns:
            return Place(compiled.file, number, min(columns) + 1)
    return Place(compiled.file)
