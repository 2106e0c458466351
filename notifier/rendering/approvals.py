"""A project's WhatsApp texts as they are handed in for approval, and what is wrong with those that were.

Every text that a rule may write there is written with sample values: each branch, each claim that may have no value,
for readers with a name and without one, with each way out that a customer may be given. What differs in more than its
values is a text of its own. A text that is missing here, such as one of a combination of branches that samples do not
have, is still not sent: the message itself is compared with what was approved (`Composer.refusal`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from notifier.model.notices import NoticeKind, ThreadEvent
from notifier.model.problems import Place, Problem
from notifier.model.types import ChannelName
from notifier.rendering.composing import Composed
from notifier.rendering.lint import Trial
from notifier.rendering.numbered import unapprovable
from notifier.rendering.renderer import Renderer
from notifier.rendering.samples import nameless_recipient, sample_recipient
from notifier.rules.catalogue import WHATSAPP
from notifier.rules.checked import ApprovedText, Project
from notifier.rules.checked_rules import Rule

Key = tuple[str, str, str]
"""Template, locale and body."""


@dataclass(frozen=True, kw_only=True)
class TextToApprove:
    """One text that WhatsApp has to approve before it may be sent."""

    template: str
    locale: str
    body: str
    """With `{{1}}` where the first value stands."""
    samples: tuple[str, ...]
    """A value for each hole, such as WhatsApp asks for."""
    file: str
    content_sid: str | None
    """Twilio's id of it; None while it is not approved."""
    handed_in: bool
    """Whether `rules/whatsapp.yaml` has it."""

    @property
    def key(self) -> Key:
        return self.template, self.locale, self.body


@dataclass(frozen=True)
class Texts:
    """All that the rules of a project write by WhatsApp."""

    texts: Sequence[TextToApprove]
    unnumbered: Mapping[str, str]
    """The files whose plain text, to a reader with a name, has no holes that can be numbered; and why."""


def texts_to_approve(project: Project, renderer: Renderer) -> Texts:
    """Every text that a rule of the project may write by WhatsApp, by template, locale and the order in which branches
    were tried."""
    approved = {(each.template, each.locale, each.body): each for each in project.approved_texts}
    found: dict[Key, TextToApprove] = {}
    refused: dict[str, str] = {}
    for rule in project.rules.values():
        if ChannelName.WHATSAPP not in rule.channels:
            continue
        for template, locale, composed, is_plain in _written(rule, renderer):
            file, numbered = composed.parts[0].file, composed.numbered
            if numbered is None:
                if is_plain:
                    refused[file] = composed.refusal or ""
                continue
            key = (template, locale, numbered.body)
            entry = approved.get(key)
            found.setdefault(
                key,
                TextToApprove(
                    template=template,
                    locale=locale,
                    body=numbered.body,
                    samples=numbered.values,
                    file=file,
                    content_sid=None if entry is None else entry.content_sid,
                    handed_in=entry is not None,
                ),
            )
    return Texts(
        texts=sorted(found.values(), key=lambda each: (each.template, each.locale)),
        unnumbered=dict(sorted(refused.items())),
    )


def approval_problems(project: Project, renderer: Renderer) -> list[Problem]:
    """What is wrong with the project's WhatsApp texts, sorted by place: errors of `rules check` alone.

    They set no rule aside, because what WhatsApp may not say goes out on the rule's other channels.
    """
    if not project.speaks_whatsapp and not project.approved_texts:
        return []
    written = texts_to_approve(project, renderer)
    found = [
        Problem(Place(file), f"{why}; write it so, or take WhatsApp out of the rule's channels")
        for file, why in written.unnumbered.items()
    ]
    found += _unapprovable(written.texts)
    found += _unsent(project, written.texts)
    return sorted(set(found))


def _unapprovable(texts: Sequence[TextToApprove]) -> Iterator[Problem]:
    """What WhatsApp would refuse: once for all texts of a file, with the first of them."""
    wrong: dict[tuple[str, str], list[str]] = {}
    for text in texts:
        for what in unapprovable(text.body):
            wrong.setdefault((text.file, what), []).append(text.body)
    for (file, what), (first, *more) in wrong.items():
        also = f" (and {len(more)} more)" if more else ""
        yield Problem(Place(file), f"WhatsApp would not approve '{_short(first)}'{also}: {what}")


def _unsent(project: Project, texts: Sequence[TextToApprove]) -> Iterator[Problem]:
    """Texts that nobody approved, and approvals that no text has any more."""
    written = {text.key for text in texts}
    stale = [each for each in project.approved_texts if (each.template, each.locale, each.body) not in written]
    for text in texts:
        if text.content_sid is not None or any(unapprovable(text.body)):
            continue
        if text.handed_in:
            waits = f"waits for approval; until its content_sid is in {WHATSAPP} it is said on other channels"
            yield Problem(Place(text.file), f"'{_short(text.body)}' {waits}", "warning")
            continue
        before = next((each for each in stale if _replaces(text, each)), None)
        if before is not None:
            yield Problem(
                Place(text.file),
                f"its words were changed after they were approved ({before.place}): they were '{_short(before.body)}', "
                f"and are '{_short(text.body)}'; they are not sent. Take the old ones back, or have the new ones "
                "approved: notifier rules whatsapp --write",
            )
        else:
            what = (
                f"nobody approved '{_short(text.body)}', so it is said on other channels; notifier rules whatsapp "
                "--write writes down what is to be handed in"
            )
            yield Problem(Place(text.file), what, "warning")
    changed = {(text.template, text.locale) for text in texts if not text.handed_in}
    for each in stale:
        if (each.template, each.locale) not in changed:
            yield Problem(each.place, f"no rule writes this text of '{each.template}' any more; remove it", "warning")


def _replaces(text: TextToApprove, before: ApprovedText) -> bool:
    return (text.template, text.locale) == (before.template, before.locale) and before.content_sid is not None


def _short(body: str) -> str:
    words = " ".join(body.split())
    return words if len(words) <= 60 else f"{words[:59]}…"


def _written(rule: Rule, renderer: Renderer) -> Iterator[tuple[str, str, Composed, bool]]:
    """All that a rule may write by WhatsApp: template, locale and text, and whether it is the plain one.

    The plain one has a value for each claim, corrects nothing, and is for a reader with a name.
    """
    rule = replace(rule, channels=(ChannelName.WHATSAPP,))
    point = renderer.project.contact_points.get(rule.exit)
    ways = [rule.exit] if point is None else [rule.exit, *sorted(set(point.instead.values()) - {rule.exit})]
    uses: list[tuple[str, NoticeKind, ThreadEvent | None]] = [
        (template, NoticeKind.NOTICE, None) for template in rule.first_templates
    ]
    uses += [(each.template, NoticeKind.FOLLOW_UP, each.on) for each in rule.follow_up if each.template is not None]
    for template, kind, event in dict.fromkeys(uses):
        seen: list[tuple[str, Composed]] = []

        def saw(locale: str, composed: Sequence[Composed], seen: list[tuple[str, Composed]] = seen) -> None:
            seen.extend((locale, each) for each in composed)

        for way in ways:
            for reader in (sample_recipient, nameless_recipient):
                trial = Trial(renderer, rule, template, kind, event, reader=reader, exit_id=way, saw=saw)
                for _ in trial.problems():
                    pass  # the lint says them
        plain: set[str] = set()
        for locale, composed in seen:
            yield template, locale, composed, locale not in plain
            plain.add(locale)
