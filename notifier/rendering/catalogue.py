"""The template files of a project -> the compiled files for a recipient's locale and a channel."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from babel import Locale

from notifier.model.problems import Place
from notifier.model.types import ChannelName
from notifier.rendering.environment import Compiled, TemplateEnvironment
from notifier.rendering.errors import RenderingError
from notifier.rendering.formats import locale_of
from notifier.rendering.words import Words, language_of, words_for

FILE = re.compile(
    r"(?P<template>[^/]+)/(?P<channel>sms|email|whatsapp)\.(?P<locale>[A-Za-z0-9-]+)\.(?P<part>subject|txt|html)\.j2"
)
"""`NAME/sms.LOCALE.txt.j2`, `NAME/whatsapp.LOCALE.txt.j2`, `NAME/email.LOCALE.subject.j2`, `….txt.j2`, `….html.j2`."""

NEEDED: Mapping[ChannelName, tuple[str, ...]] = {
    ChannelName.SMS: ("txt",),
    ChannelName.EMAIL: ("subject", "txt"),
    ChannelName.WHATSAPP: ("txt",),
}
"""The parts that a channel needs in a locale."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The files of one template for one channel and the readers of one locale."""

    locale: str
    """The locale of the files."""
    formats: Locale
    """The locale of dates and prices: the reader's own where it has the same language, else that of the files."""
    words: Words | None
    """The built-in words in that language; None where there are none."""
    text: Compiled
    subject: Compiled | None = None
    html: Compiled | None = None

    @property
    def language(self) -> str:
        """`es` for `es-CO`."""
        return language_of(self.locale)


class TemplateCatalogue:
    """All template files below one folder. Compiles each once, on first use."""

    def __init__(self, sources: Mapping[str, str], default_locale: str, prefix: str = "templates/") -> None:
        self.environment = TemplateEnvironment(sources, prefix)
        self.prefix = prefix
        self._default_locale = default_locale
        self._sources = sources
        self._compiled: dict[str, Compiled] = {}
        self._wordings: dict[tuple[str, ChannelName, str], Wording] = {}
        self._locales: dict[tuple[str, str], dict[str, set[str]]] = {}
        for file in map(FILE.fullmatch, sources):
            if file:
                parts = self._locales.setdefault((file["template"], file["channel"]), {})
                parts.setdefault(file["locale"], set()).add(file["part"])

    def locales(self, template: str, channel: ChannelName) -> Mapping[str, Set[str]]:
        """The locales for which a template has files on a channel, each with its parts."""
        return self._locales.get((template, channel), {})

    def wording(self, template: str, channel: ChannelName, locale: str) -> Wording:
        """The files for a reader: for es-CO, else es, else the default locale, else its language.

        Raises RenderingError when there are none, or one of them cannot be compiled.
        """
        key = (template, channel, locale)
        if key not in self._wordings:
            self._wordings[key] = self._choose(template, channel, locale)
        return self._wordings[key]

    def compiled(self, path: str) -> Compiled:
        """One file, compiled. Raises RenderingError when it is missing or not in the template language."""
        if path not in self._compiled:
            self._compiled[path] = self.environment.compiled(path)
        return self._compiled[path]

    def _choose(self, template: str, channel: ChannelName, locale: str) -> Wording:
        complete = [name for name, parts in self.locales(template, channel).items() if parts >= set(NEEDED[channel])]
        by_name = {name.lower(): name for name in complete}
        wanted = [locale, language_of(locale), self._default_locale, language_of(self._default_locale)]
        chosen = next((by_name[name.lower()] for name in wanted if name.lower() in by_name), None)
        if chosen is None:
            what = f"the template '{template}' has no {channel} for {locale} or {self._default_locale}"
            raise RenderingError(what, Place(f"{self.prefix}{template}"))
        start = f"{template}/{channel}.{chosen}"
        same_language = language_of(chosen) == language_of(locale)
        formats = (locale_of(locale) if same_language else None) or locale_of(chosen)
        if formats is None:
            raise RenderingError(f"the template '{template}' is for an unknown locale '{chosen}'")
        own_html = f"{start}.html.j2"
        email = channel is ChannelName.EMAIL
        return Wording(
            locale=chosen,
            formats=formats,
            words=words_for(chosen),
            text=self.compiled(f"{start}.txt.j2"),
            subject=self.compiled(f"{start}.subject.j2") if email else None,
            html=self.compiled(own_html) if email and own_html in self._sources else None,
        )
