"""A text that a message should have, or should not have -> the claim behind it, for a scenario's author."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

import sqlalchemy as sa

from notifier.answers.records import Directory, records_by_id
from notifier.drafting.ruleset import Ruleset
from notifier.model.types import ChannelName
from notifier.rendering.errors import RenderingError
from notifier.rendering.sheets import Said
from notifier.rules.scenario_values import ExpectedNotice
from notifier.simulation.likeness import flat
from notifier.store.outbox.news import SeenNotice

Forms = Mapping[ChannelName, Sequence[tuple[str, str]]]
"""By channel: (claim, printed form), as often as it was printed. What was told before is `previous.CLAIM`."""

LEAST_ALIKE = 0.5
"""Texts that share less than half of their characters are no slip of one for the other."""
NAMES: Mapping[ChannelName, str] = {
    ChannelName.SMS: "SMS",
    ChannelName.EMAIL: "e-mail",
    ChannelName.WHATSAPP: "WhatsApp message",
}


def printed_forms(connection: sa.Connection, ruleset: Ruleset, seen: SeenNotice) -> Forms:
    """What its messages print of which claim; empty where it cannot be composed again by the rules in force."""
    rule = ruleset.project.rules.get(seen.rule)
    found = records_by_id(connection, [seen.id], Directory(defaults=ruleset.defaults, owners=ruleset.project.owners))
    if rule is None or not found or (draft := found[0].draft).recipient is None:
        return {}
    said = Said(
        kind=draft.kind,
        event=draft.event,
        claims=draft.claims,
        previous=draft.previous,
        current=draft.claims,
        labels=rule.labels,
    )
    try:
        composed = ruleset.renderer.compose(
            template=draft.template,
            said=said,
            recipient=draft.recipient,
            channels=[each.channel for each in draft.messages],
            reference=draft.reference,
            exit_id=rule.exit,
            owner_id=rule.owner,
            notice_class=rule.notice_class,
            now=seen.at,
        )
    except RenderingError:  # it was written from other texts, or of values that are gone
        return {}
    return {each.message.channel: [pair for part in each.parts for pair in part.printed.forms] for each in composed}


def claims_behind(expected: ExpectedNotice, seen: SeenNotice, forms: Forms) -> Iterator[str]:
    """One sentence for each text that is missing where a claim is printed, and for each that a claim brings in."""
    wanted = {
        ChannelName.SMS: (expected.sms_contains, expected.sms_lacks),
        ChannelName.EMAIL: (expected.email_contains, expected.email_lacks),
        ChannelName.WHATSAPP: (expected.whatsapp_contains, expected.whatsapp_lacks),
    }
    for channel, (contains, lacks) in wanted.items():
        body, printed = flat(seen.texts.get(channel, "")), dict.fromkeys(forms.get(channel, ()))
        for text in map(flat, contains):
            if body and text not in body and (claim := _most_like(text, [*printed])) is not None:
                yield f"'{text}' looks like the claim {claim[0]}, which its {NAMES[channel]} prints as '{claim[1]}'"
        for text in map(flat, lacks):
            for name in dict.fromkeys(name for name, form in printed if text in body and _overlap(text, form)):
                yield f"'{text}' comes from the claim {name}"


def _most_like(text: str, printed: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The claim whose printed form, or a part of it, is most like the text."""
    best, found = LEAST_ALIKE, None
    for name, form in printed:
        alike = SequenceMatcher(None, text, flat(form), autojunk=False).ratio()
        if alike > best:
            best, found = alike, (name, flat(form))
    return found


def _overlap(text: str, form: str) -> bool:
    return bool(form) and (flat(form) in text or text in flat(form))
