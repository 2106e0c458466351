"""A notice that may be in one message with others: what it says, alone and as one of several.

Where it speaks, its message has sections, one below the other. A section is the text of one notice, or one text of
several notices of a rule with `group`, which loops over them as rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from notifier.drafting.content import lacking
from notifier.drafting.deciding import Deciding
from notifier.drafting.notices import digest_as_part, is_part, messages_of, said_in
from notifier.model.notices import Draft, NoticeState, RenderedMessage, Verdict, Voice
from notifier.model.types import ChannelName
from notifier.planning.addressing import address_of
from notifier.planning.case import Case
from notifier.planning.gates import verdict_on
from notifier.planning.grouping import Common, common_of
from notifier.planning.situation import Action, Intent
from notifier.rendering.errors import RenderingError
from notifier.rendering.saying import Said

MOST_ROWS = 30
"""Rows of one text: more in one message nobody reads."""
Texts = Mapping[ChannelName, RenderedMessage]


@dataclass(eq=False)
class Section:
    """Those that say something in one text of a message, in order, and that text where they say it."""

    members: "list[Member]"
    texts: Texts

    def has_room_for(self, member: "Member") -> bool:
        """Whether the member may be a row beside those."""
        first = self.members[0]
        return first.common is not None and first.common == member.common and len(self.members) < MOST_ROWS


@dataclass(eq=False)
class Member:
    """A notice that may be in one message with others, while it is found out whether it is."""

    deciding: Deciding
    intent: Intent
    case: Case
    verdict: Verdict
    """By itself, then as it is."""
    carried: Mapping[ChannelName, RenderedMessage] = field(default_factory=dict)
    """What it says on the channels on which it is a part of another one's message."""
    parts: "list[Member]" = field(default_factory=list)
    """Where it speaks: those that are parts of its messages, in order."""
    sections: list[Section] = field(default_factory=list)
    """Where it speaks: the texts of its messages; it is in the first one itself."""

    @cached_property
    def common(self) -> Common | None:
        """What other rows of the same text must have in common with it; None where it is no row of a text."""
        if self.intent.action is not Action.RESEND and not self.is_new_row:
            return None
        return common_of(self.deciding.rule, self.intent, self.case.customer)

    @cached_property
    def is_new_row(self) -> bool:
        """Whether it is to be told, and may be a row of a text."""
        return self.deciding.may_be_listed(self.intent)

    @property
    def texts(self) -> Texts:
        """Where it speaks: what its own section says."""
        return self.sections[0].texts if self.sections else {}

    @property
    def said(self) -> Said:
        """What it says, apart from those that go with it."""
        return said_in(self.intent, self.deciding.rule)

    @property
    def name(self) -> str:
        """Its reference."""
        return self.deciding.names[self.intent.occurrence]

    @property
    def voice(self) -> Voice:
        """Itself, as the one that speaks."""
        return Voice(
            occurrence=self.intent.occurrence,
            reference=self.name,
            recipient_id=self.intent.match.recipient_id,
            is_part=True,
        )

    @property
    def content_digest(self) -> str:
        """Of a part: what it says, and where it has no message of its own."""
        if self.intent.known is not None and self.intent.action is Action.RESEND:
            return self.intent.known.content_digest
        return self.deciding.draft(self.intent, self.verdict, digest_as_part(self.carried)).content_digest

    @property
    def is_going(self) -> bool:
        return self.verdict.state is NoticeState.READY

    @property
    def was_going(self) -> bool:
        known = self.intent.known
        return known is not None and known.state is NoticeState.READY

    @property
    def was_part_of(self) -> str | None:
        """The occurrence of the notice in whose message it is, as the outbox has it."""
        known = self.intent.known
        voices = known.through.values() if known is not None else ()
        return next((voice.occurrence for voice in voices if voice.is_part), None)

    @property
    def group(self) -> str:
        """Those that are about to go stay with whom they are; all others are free to go with whatever goes now, also
        a part whose message is gone."""
        known = self.intent.known
        if known is None or not (self.was_going or self.intent.action is Action.RESEND):
            return ""
        return self.was_part_of or ("" if is_part(known.content_digest) else self.intent.occurrence)

    @property
    def turn(self) -> tuple[bool, bool, str, str, str]:
        """Who speaks: who did, else what goes by itself, the earliest moment first, and of one moment the earliest
        anchor."""
        known, now = self.intent.known, self.deciding.now
        speaks = self.was_going and self.was_part_of is None
        since = self.intent.match.at or (now if known is None else known.changed_at)
        anchor = self.intent.match.anchor or since
        return (not speaks, not self.is_going, since.isoformat(), anchor.isoformat(), self.intent.occurrence)

    def as_it_was(self) -> Draft | None:
        """Its draft as a part of the message in which the outbox has it; None where that may not go any more."""
        if self.intent.action is Action.RESEND:
            return self.deciding.draft(self.intent, self.verdict) if self.is_going else None
        assert self.intent.known is not None, "only what is in the outbox is a part there"
        voices = {channel: voice for channel, voice in self.intent.known.through.items() if voice.is_part}
        verdict = verdict_on(replace(self.case, carried=voices))
        if verdict.state is not NoticeState.READY:
            return None
        return self.deciding.draft(self.intent, verdict, digest_as_part(set(voices) & set(verdict.through)))

    def may_speak(self) -> bool:
        """Whether it goes by itself, with texts that others can be added to; then it has these texts from now on."""
        if not self.is_going or self.intent.action is not Action.PLAN:
            return False
        found = self.rendered()
        texts = {channel: found[channel] for channel in self.verdict.channels if channel in found}
        self.sections = [Section([self], texts)] if texts else []
        return bool(texts)

    def rendered(self, beside: "Sequence[Member]" = (), among: Sequence[ChannelName] | None = None) -> Texts:
        """What it says where it can be reached, on all of these channels the same; nothing where that fails.

        `beside`: in one text with those. `among`: on no other channels.
        """
        recipient = self.case.customer
        usable = self.case.channels if among is None else among
        channels = [each for each in usable if recipient is not None and address_of(recipient, each)]
        draft = self.deciding.draft(self.intent, self.verdict)
        renderer, now = self.deciding.ruleset.renderer, self.deciding.now
        try:
            rows = [member.said for member in beside]
            found = messages_of(draft, self.intent, self.deciding.rule, channels, renderer, now, rows)
        except RenderingError:
            return {}  # who decides about it by itself says what is wrong
        contact, settings = self.deciding.contact, self.deciding.ruleset.renderer.settings
        if lacking(found, self.case.recipient, self.deciding.rule.notice_class, contact, settings):
            return {}
        return {message.channel: message for message in found}

    def is_section(self, channel: ChannelName) -> bool:
        """Whether its text there can stand beside others."""
        renderer, recipient = self.deciding.ruleset.renderer, self.case.recipient
        return renderer.may_be_section(self.intent.template, channel, recipient.locale)

    def message_on(self, channel: ChannelName, but: Section | None = None) -> list[RenderedMessage]:
        """Where it speaks: all that goes in its message on the channel, in order, `but` one section."""
        return [each.texts[channel] for each in self.sections if channel in each.texts and each is not but]

    def takes(self, member: "Member", texts: Texts) -> None:
        """Where it speaks: the member is a part of its messages from now on; `texts` are those of its section."""
        self.parts.append(member)
        section = self.section_for(member)
        if section is None:
            self.sections.append(Section([member], texts))
            return
        section.members.append(member)
        section.texts = {**section.texts, **texts}

    def section_for(self, member: "Member") -> Section | None:
        """Where it speaks: the text of which the member can be a row."""
        return next((section for section in self.sections if section.has_room_for(member)), None)

    def spoken(self, own: Iterable[RenderedMessage]) -> Iterator[RenderedMessage]:
        """Where it speaks: its messages, each with its parts. `own` are what it says by itself."""
        for message in own:
            sections = [each for each in self.sections if message.channel in each.texts]
            if not any(message.channel in part.carried for part in self.parts):
                yield message
            elif len(sections) == 1:
                yield sections[0].texts[message.channel]
            else:
                yield self.deciding.ruleset.renderer.joint(
                    message.channel,
                    self.intent.template,
                    [each.texts[message.channel] for each in sections],
                    [each.members[0].name for each in sections],
                    self.case.recipient,
                    self.deciding.rule.notice_class,
                    self.deciding.now,
                )


def member_of(deciding: Deciding, intent: Intent) -> Member:
    """The notice of an intent that may go with others, with its verdict by itself."""
    case = deciding.case(intent)
    return Member(deciding, intent, case, verdict_on(case))
