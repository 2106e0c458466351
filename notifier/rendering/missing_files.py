"""Which files of a template are missing: a language on one channel, the default language, the words that follow."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from notifier.model.notices import NoticeKind
from notifier.model.problems import Place, Problem, one_of
from notifier.model.types import ChannelName
from notifier.rendering.catalogue import NEEDED, TemplateCatalogue
from notifier.rendering.words import language_of
from notifier.rules.checked_rules import Rule


def folder_of(template: str) -> Place:
    """Where the files of a template are."""
    return Place(f"templates/{template}")


@dataclass(frozen=True)
class MissingFiles:
    """The files that one template of one rule should have, as a first text or as that of a follow-up."""

    catalogue: TemplateCatalogue
    rule: Rule
    template: str
    kind: NoticeKind

    def problems(self, default: str) -> Iterator[Problem]:
        """What is missing for the rule to speak, where customers without a language get `default`."""
        spoken = {locale for channel in self.rule.channels for locale in self.catalogue.locales(self.template, channel)}
        if not spoken:
            first = f"{self.rule.channels[0]}.{default}.txt.j2"
            yield self._problem(f"the rule '{self.rule.name}' needs it, and it has no files; start with {first}")
            return
        for channel in self.rule.channels:
            yield from self._of_channel(channel, spoken)
        if not {default, language_of(default)} & spoken:
            yield self._no_default(default, spoken)
        if self.kind is NoticeKind.FOLLOW_UP:
            yield from self._silent_in(spoken)

    def _problem(self, what: str) -> Problem:
        return Problem(folder_of(self.template), what)

    def _of_channel(self, channel: ChannelName, spoken: Collection[str]) -> Iterator[Problem]:
        """The files of one channel in the locales that the template speaks anywhere."""
        parts = self.catalogue.locales(self.template, channel)
        for locale in sorted(spoken):
            for part in NEEDED[channel]:
                is_spoken_by_language = locale not in parts and language_of(locale) in parts
                if part not in parts.get(locale, set()) and not is_spoken_by_language:
                    name = f"{channel}.{locale}.{part}.j2"
                    yield self._problem(f"{name} is missing: the rule '{self.rule.name}' speaks by {channel}")

    def _no_default(self, default: str, spoken: Collection[str]) -> Problem:
        """Customers without a language of their own have no text."""
        files = [
            f"{channel}.{language_of(default)}.{part}.j2" for channel in self.rule.channels for part in NEEDED[channel]
        ]
        there = one_of(sorted({language_of(locale) for locale in spoken}))
        return self._problem(
            f"there is no text in '{default}', the default locale: customers without a language of their own, or "
            f"with another one than {there}, cannot be told; write {one_of(files)}, or set NOTIFIER_DEFAULT_LOCALE"
        )

    def _silent_in(self, spoken: Collection[str]) -> Iterator[Problem]:
        """The languages of the rule's first text that this text of a follow-up lacks."""
        known = {language_of(locale) for locale in spoken}
        first = {
            locale
            for channel in self.rule.channels
            for template in self.rule.first_templates
            for locale in self.catalogue.locales(template, channel)
        }
        for locale in sorted(first):
            if language_of(locale) not in known:
                name = f"{self.rule.channels[0]}.{locale}.{NEEDED[self.rule.channels[0]][0]}.j2"
                yield self._problem(
                    f"{name} is missing: '{self.rule.template}' speaks '{language_of(locale)}', and whoever was told "
                    "in a language is told in it what follows"
                )
