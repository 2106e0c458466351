"""A template, a channel and a locale -> its wording, and the sheet that it is printed from.

The texts are those of the project, the built-in ones where no template is named, and those of alerts.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from notifier.model.notices import BUILT_IN, Recipient, ThreadEvent
from notifier.model.types import ChannelName
from notifier.rendering import shipped
from notifier.rendering.catalogue import TemplateCatalogue, Wording
from notifier.rendering.context import Voice
from notifier.rendering.errors import RenderingError
from notifier.rendering.settings import RenderSettings
from notifier.rendering.sheets import Exit, Said, Sheet, exit_of, notice_sheet
from notifier.rendering.words import ENGLISH, Words, language_of, words_for
from notifier.rules.checked import Project
from notifier.rules.checked_owners import Owner


class Wordings:
    """The texts of one project for one sender. Each is compiled once, on first use."""

    def __init__(self, project: Project, settings: RenderSettings) -> None:
        self._project = project
        self._settings = settings
        self.catalogue = TemplateCatalogue(shipped.with_layout(project.templates), settings.default_locale)
        self._exits: dict[tuple[str, str], Exit] = {}

    def sheets(
        self,
        template: str,
        said: Said,
        recipient: Recipient,
        channels: Sequence[ChannelName],
        reference: str,
        exit_id: str,
        owner_id: str,
        voice: Callable[[Recipient, Wording], Voice],
    ) -> Iterator[tuple[ChannelName, Wording, Sheet]]:
        """The wording of each channel, and the sheet that it is printed from: one for all that write figures alike."""
        owner = self._project.owners.get(owner_id) or Owner(id=owner_id, name=owner_id)
        sheet: Sheet | None = None
        spoken: Wording | None = None
        for channel in channels:
            wording = self.wording(template, channel, recipient.locale)
            if sheet is None or spoken is None or spoken.formats is not wording.formats:
                sheet = notice_sheet(
                    said,
                    recipient=recipient,
                    wording=wording,
                    words=self._words(wording),
                    voice=voice(recipient, wording),
                    reference=reference,
                    status_page=self._settings.status_page(reference),
                    exit_=self._exit(exit_id, wording),
                    owner=owner,
                    company=self._settings.company,
                )
                spoken = wording
            yield channel, wording, sheet

    def wording(self, template: str, channel: ChannelName, locale: str) -> Wording:
        """What a template, or the built-in one, says there. Raises RenderingError where it has no text."""
        if template == BUILT_IN:
            return self._built_in.wording(ThreadEvent.REASSIGNED, channel, locale)
        return self.catalogue.wording(template, channel, locale)

    def of_alert(self, template: str, channel: ChannelName, locale: str) -> Wording:
        """What an alert says there."""
        return self._alerts.wording(template, channel, locale)

    def spoken_locale(self, template: str, channel: ChannelName, locale: str) -> str:
        """The locale in which a reader of this one is written to: the reader's own, or that of the texts there are.

        Whoever is written to in this locale again gets the same language and the same dates and prices, whatever the
        defaults are by then. Raises RenderingError where there are no texts.
        """
        wording = self.wording(template, channel, locale)
        return locale if wording.language == language_of(locale) else wording.locale

    def _exit(self, exit_id: str, wording: Wording) -> Exit:
        key = (exit_id, wording.language)
        if key not in self._exits:
            point = self._project.contact_points.get(exit_id)
            if point is None:
                raise RenderingError(f"there is no contact point '{exit_id}', and every notice has a way out")
            self._exits[key] = exit_of(point, self._words(wording))
        return self._exits[key]

    def _words(self, wording: Wording) -> Words:
        """The built-in words for a text; those of the default locale, or English ones, where its language has none."""
        return wording.words or words_for(self._settings.default_locale) or ENGLISH

    @cached_property
    def _built_in(self) -> TemplateCatalogue:
        return TemplateCatalogue(
            shipped.built_in_templates(), self._settings.default_locale, prefix="notifier/rendering/built_in/"
        )

    @cached_property
    def _alerts(self) -> TemplateCatalogue:
        return TemplateCatalogue(
            shipped.alert_templates(), self._settings.default_locale, prefix="notifier/rendering/alerts/"
        )
