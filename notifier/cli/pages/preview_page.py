"""A preview becomes one self-contained HTML page: phone bubble next to mail, who is left out and why, the cost.

The page loads nothing from anywhere (its content security policy forbids it) and a mail's HTML sits in a frame that may
run no script. The same preview gives the same bytes.
"""

import base64
import hashlib
from datetime import datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from notifier.answers.preview import Preview
from notifier.answers.speech import speech_for
from notifier.cli.pages.page_words import PageWords, page_words
from notifier.cli.pages.same_texts import same_texts
from notifier.cli.shown.contradictions import actual_text, promised_text
from notifier.cli.shown.drafts import facts_of, name_of, subject_of, zone_of
from notifier.cli.shown.exclusions import exclusions
from notifier.cli.shown.preview import rescue_text
from notifier.cli.shown.values import cost_text, money_text
from notifier.model.notices import Draft, RenderedMessage
from notifier.model.texts import shown
from notifier.model.types import ChannelName
from notifier.rendering.labels import Labels
from notifier.rendering.reasons import reason_in

MOST_CARDS = 100
"""Contradictions that are shown one by one: of a flood nobody reads more."""


def preview_page(
    preview: Preview, *, company: str, timezone: str = "UTC", locale: str = "en", labels: Labels | None = None
) -> str:
    """The whole page as text, in the language of `locale` where it is one of the page's. `labels` are what the project
    calls its topics.

    Times of no particular customer are in `timezone` (IANA), the project's.
    """
    words = page_words(locale)
    script = _asset("preview.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    told, alerts = same_texts(preview.told), same_texts(preview.alerts)
    return _template(words.language, timezone).render(
        words=words,
        topic=speech_for(locale, timezone, labels).topic,
        timezone=timezone,
        company=company,
        now=_instant(words, preview.now, timezone),
        preview=preview,
        told=told,
        alerts=alerts,
        totals=preview.totals,
        groups=exclusions((*preview.in_shadow, *preview.not_told)),
        most=MOST_CARDS,
        style=_asset("preview.css"),
        script=script,
        script_digest=digest,
    )


@cache
def _template(language: str, timezone: str) -> Template:
    words = page_words(language)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown
    )
    environment.filters |= {
        "who": name_of,
        "subject": subject_of,
        "kind": lambda draft: words.kinds[draft.kind],
        "sent": lambda draft: _sent(draft, words, timezone),
        "until": lambda draft: _instant(words, draft.until, zone_of(draft) or timezone),
        "zone": lambda draft: zone_of(draft) or timezone,
        "verdict": words.verdict_word,
        "reason": lambda text: reason_in(text, words.language),
        "sms": lambda draft: _of(draft, ChannelName.SMS),
        "whatsapp": lambda draft: _of(draft, ChannelName.WHATSAPP),
        "mail": lambda draft: _of(draft, ChannelName.EMAIL),
        "price": lambda message: money_text(message.cost, message.cost_currency) if message.cost is not None else "",
        "costs": lambda costs: cost_text(costs) if costs else words.no_cost,
        "count": words.count,
        "facts": facts_of,
        "offered": lambda rescue: rescue_text(rescue, words.language),
        "promised": lambda contradiction: promised_text(contradiction, timezone),
        "actual": lambda contradiction: actual_text(contradiction, timezone),
        "in_words": lambda sentence, *values: sentence.format(*values),
    }
    return environment.from_string(_asset("preview.html.j2"))


def _shown(value: object) -> object:
    """A text without what turns its letters around, or hides them; the page itself is no text."""
    return shown(value, lines=True) if type(value) is str else value


def _sent(draft: Draft, words: PageWords, timezone: str) -> str:
    sent = draft.verdict.send_at
    return words.not_sent if sent is None else _instant(words, sent, zone_of(draft) or timezone)


def _instant(words: PageWords, value: datetime, timezone: str) -> str:
    return words.instant(value, timezone) + (" UTC" if timezone == "UTC" else "")


def _of(draft: Draft, channel: ChannelName) -> RenderedMessage | None:
    return next((message for message in draft.messages if message.channel is channel), None)


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
