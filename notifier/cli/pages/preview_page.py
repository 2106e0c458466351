"""A preview becomes one self-contained HTML page: phone bubble next to mail, who is left out and why, the cost.

The page loads nothing from anywhere (its content security policy forbids it) and a mail's HTML sits in a frame that may
run no script. The same preview gives the same bytes.
"""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from notifier.answers.preview import Preview
from notifier.cli.shown.contradictions import actual_text, promised_text
from notifier.cli.shown.drafts import KINDS, facts_of, name_of, subject_of, word_of, zone_of
from notifier.cli.shown.values import cost_text, count_text, instant_text, left_text, money_text
from notifier.model.contradictions import Contradiction
from notifier.model.notices import Draft, RenderedMessage
from notifier.model.texts import shown
from notifier.model.types import ChannelName


@dataclass(frozen=True, kw_only=True)
class _Group:
    """Customers who are left out for one and the same reason."""

    rule: str
    word: str
    reason: str
    members: Sequence[Draft]


def preview_page(preview: Preview, *, company: str) -> str:
    """The whole page as text."""
    script = _asset("preview.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return _template().render(
        company=company,
        now=instant_text(preview.now),
        preview=preview,
        totals=preview.totals,
        groups=_groups(preview.not_told),
        style=_asset("preview.css"),
        script=script,
        script_digest=digest,
    )


def _groups(drafts: Sequence[Draft]) -> list[_Group]:
    groups: dict[tuple[str, str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        groups[(draft.rule, word_of(draft), draft.verdict.reason.text)].append(draft)
    return [_Group(rule=key[0], word=key[1], reason=key[2], members=members) for key, members in groups.items()]


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown
    )
    environment.filters |= {
        "who": name_of,
        "subject": subject_of,
        "kind": lambda draft: KINDS[draft.kind],
        "sent": _sent,
        "until": lambda draft: "" if draft.until is None else instant_text(draft.until, zone_of(draft)),
        "sms": lambda draft: _of(draft, ChannelName.SMS),
        "mail": lambda draft: _of(draft, ChannelName.EMAIL),
        "price": lambda message: money_text(message.cost, message.cost_currency) if message.cost is not None else "",
        "costs": cost_text,
        "count": count_text,
        "facts": facts_of,
        "promised": promised_text,
        "actual": actual_text,
    }
    environment.tests |= {"overdue": lambda text: text.startswith("over")}
    environment.globals |= {"time_left": _time_left}
    return environment.from_string(_asset("preview.html.j2"))


def _shown(value: object) -> object:
    """A text without what turns its letters around, or hides them; the page itself is no text."""
    return shown(value, lines=True) if type(value) is str else value


def _sent(draft: Draft) -> str:
    return "not sent" if draft.verdict.send_at is None else instant_text(draft.verdict.send_at, zone_of(draft))


def _time_left(contradiction: Contradiction, preview: Preview) -> str:
    return left_text(contradiction.surfaces_at, preview.now)


def _of(draft: Draft, channel: ChannelName) -> RenderedMessage | None:
    return next((message for message in draft.messages if message.channel is channel), None)


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
