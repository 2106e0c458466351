"""Several notices to one person in one message: who speaks, what are its parts, and what each of them leaves behind.

Whatever of a class goes to a person takes along what waits for the same person (`planning.merging`), of whichever rule.
One of them speaks: its message on a channel has the others as parts, one below the other. What is about to go together
stays together, and is decided together: the digest of the notice that speaks holds those of its parts. So where one of
them is no longer true, the message is another one, and the stored one is stale.

All that is decided here for one person is in one batch, and is written as a whole or not at all (`Draft.group`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from notifier.drafting.content import lacking
from notifier.drafting.deciding import Deciding
from notifier.drafting.notices import digest_as_part, digest_with_parts, has_parts, is_part, messages_of, rendered
from notifier.model.notices import Draft, NoticeState, Reason, ReasonCode, RenderedMessage, Verdict, Voice
from notifier.model.reading import Companion, StateReader, StoreError
from notifier.model.types import ChannelName
from notifier.planning.addressing import address_of
from notifier.planning.case import Case
from notifier.planning.gates import verdict_on
from notifier.planning.situation import Action, Intent
from notifier.rendering.errors import RenderingError
from notifier.rendering.joint import fit_together
from notifier.rules.contact_terms import Merging


class Street(Protocol):
    """The pass of one rule, as far as it is asked about notices of its own."""

    def about(self, rows: Collection[tuple[str, str | None]], resend: Mapping[str, ChannelName]) -> Deciding:
        """All that is to be done about these subjects, some with a row of `each`, ready to be decided."""
        ...


CHANGED = Reason(code=ReasonCode.REPLACED, text="another notice in its message changed since it was told elsewhere")


@dataclass(eq=False)
class _Member:
    """A notice that may be in one message with others, while it is found out whether it is."""

    deciding: Deciding
    intent: Intent
    case: Case
    verdict: Verdict
    """By itself, then as it is."""
    carried: Mapping[ChannelName, RenderedMessage] = field(default_factory=dict)
    """What it says on the channels on which it is a part of another one's message."""
    parts: "list[_Member]" = field(default_factory=list)
    """Where it speaks: those that are parts of its messages, in order."""
    texts: Mapping[ChannelName, RenderedMessage] = field(default_factory=dict)
    """Where it speaks: what it says by itself."""

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
    def turn(self) -> tuple[bool, bool, str, str]:
        """Who speaks: who did, else what goes by itself, the earliest moment first."""
        known, now = self.intent.known, self.deciding.now
        speaks = self.was_going and self.was_part_of is None
        since = self.intent.match.at or (now if known is None else known.changed_at)
        return (not speaks, not self.is_going, since.isoformat(), self.intent.occurrence)

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
        self.texts = {channel: found[channel] for channel in self.verdict.channels if channel in found}
        return bool(self.texts)

    def rendered(self) -> Mapping[ChannelName, RenderedMessage]:
        """What it says where it can be reached, on all of these channels the same; nothing where that fails."""
        recipient = self.case.customer
        channels = [each for each in self.case.channels if recipient is not None and address_of(recipient, each)]
        draft = self.deciding.draft(self.intent, self.verdict)
        try:
            found = messages_of(
                draft, self.intent, self.deciding.rule, channels, self.deciding.ruleset.renderer, self.deciding.now
            )
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

    def message_on(self, channel: ChannelName) -> list[RenderedMessage]:
        """Where it speaks: all that goes in its message on the channel, in order."""
        return [self.texts[channel], *(part.carried[channel] for part in self.parts if channel in part.carried)]

    def spoken(self, own: Iterable[RenderedMessage]) -> Iterator[RenderedMessage]:
        """Where it speaks: its messages, each with its parts."""
        for message in own:
            parts = [part for part in self.parts if message.channel in part.carried]
            if not parts:
                yield message
                continue
            yield self.deciding.ruleset.renderer.joint(
                message.channel,
                self.intent.template,
                [message, *(part.carried[message.channel] for part in parts)],
                [self.name, *(part.name for part in parts)],
                self.case.recipient,
                self.deciding.rule.notice_class,
                self.deciding.now,
            )


class Joining:
    """What is in one message with what, in one pass. `street_of` leads to the other rules of the pass."""

    def __init__(self, merging: Merging, reader: StateReader, street_of: Callable[[str], Street | None]) -> None:
        self._merging = merging
        self._reader = reader
        self._street_of = street_of
        self.decided: set[str] = set()
        """Occurrences that were decided with those of another rule: their own rule leaves them alone."""

    def drafts(
        self, deciding: Deciding, intents: Sequence[Intent], *, renders_unchanged: bool
    ) -> Iterator[tuple[Deciding, Intent, Draft]]:
        """The drafts of these intents, and of those of other rules that are decided together with them."""
        members = [_member(deciding, intent) for intent in intents]
        together = {member.intent.match.recipient_id for member in members if member.is_going or member.was_going}
        others = self._companions(deciding, intents, {each for each in together if each is not None})
        by_person: dict[str | None, list[_Member]] = defaultdict(list)
        for member in (*members, *others):
            if member.intent.match.recipient_id in together:
                by_person[member.intent.match.recipient_id].append(member)
            else:
                yield self._by_itself(member, renders_unchanged)
        self.decided |= {member.intent.occurrence for member in others}
        for of_person in by_person.values():
            yield from self._of_person(of_person, renders_unchanged)

    def resent(self, deciding: Deciding, intent: Intent, draft: Draft) -> Draft:
        """The draft of a message that is about to go although its notice was told elsewhere: with its parts, as they
        are by now. Where one of them changed, the message is stale."""
        known, recipient = intent.known, intent.match.recipient_id
        if draft.verdict.state is not NoticeState.READY or known is None or recipient is None:
            return draft
        if not has_parts(known.content_digest):
            return draft
        members = self._companions(deciding, [intent], {recipient})
        parts = {
            (member.name, again.content_digest)
            for member in members
            if member.was_part_of == intent.occurrence and (again := member.as_it_was()) is not None
        }
        waiting = {member.intent.occurrence for member in members}
        for told in self._reader.parts_told([intent.occurrence]):
            if told.channel is not intent.resend_on and told.occurrence not in waiting:
                parts.add((told.reference, told.content_digest))
        again = deciding.draft(intent, draft.verdict, digest_with_parts(parts) if parts else "")
        if again.content_digest == known.content_digest:
            return draft
        return replace(draft, verdict=Verdict(state=NoticeState.CANCELLED, reason=CHANGED))

    # -- who goes with whom ------------------------------------------------------------------------------------------

    def _companions(self, deciding: Deciding, intents: Sequence[Intent], recipients: Collection[str]) -> list[_Member]:
        """What else waits for these people, or is in a message with these, evaluated at this moment."""
        if not recipients:
            return []
        mine = {intent.occurrence for intent in deciding.intents} | {intent.occurrence for intent in intents}
        by_rule: dict[str, list[Companion]] = defaultdict(list)
        for companion in self._reader.companions(deciding.rule.notice_class, recipients):
            if companion.occurrence not in mine and companion.occurrence not in self.decided:
                by_rule[companion.rule].append(companion)
        return [member for rule, found in by_rule.items() for member in self._evaluated(rule, found)]

    def _evaluated(self, rule: str, companions: Sequence[Companion]) -> Iterator[_Member]:
        """Those among them that are to be told still. A rule that fails has no part in what others say."""
        street = self._street_of(rule)
        if street is None:
            return
        wanted = {companion.occurrence for companion in companions}
        resend = {each.occurrence: each.told_without for each in companions if each.told_without is not None}
        try:
            with self._reader.attempt():
                deciding = street.about({(each.subject_id, each.each_id) for each in companions}, resend)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - its own pass says so
            return
        for intent in deciding.intents:
            is_part = intent.action is Action.RESEND and intent.reason is None
            if intent.occurrence in wanted and (is_part or deciding.may_join(intent)):
                yield _member(deciding, intent)

    def _of_person(
        self, members: Sequence[_Member], renders_unchanged: bool
    ) -> Iterator[tuple[Deciding, Intent, Draft]]:
        groups: dict[str, list[_Member]] = defaultdict(list)
        for member in members:
            groups[member.group].append(member)
        for name in sorted(groups, key=lambda name: name == ""):  # what is about to go is counted before what is new
            yield from self._of_group(sorted(groups[name], key=lambda member: member.turn), renders_unchanged)

    def _of_group(
        self, members: Sequence[_Member], renders_unchanged: bool
    ) -> Iterator[tuple[Deciding, Intent, Draft]]:
        if len(members) == 1:
            member = members[0]
            member.verdict = verdict_on(member.case)  # others were decided since
            yield self._by_itself(member, renders_unchanged)
            return
        speaker: _Member | None = None
        for member in members:
            texts = {} if speaker is None else self._fitting(speaker, member)
            voices = {} if speaker is None else dict.fromkeys(texts, speaker.voice)
            member.verdict = verdict_on(replace(member.case, carried=voices))
            if member.is_going:
                member.carried = {on: text for on, text in texts.items() if on in member.verdict.through}
            if speaker is not None and member.carried:
                speaker.parts.append(member)
            elif speaker is None and member.may_speak():
                speaker = member
            member.deciding.note(member.intent, member.deciding.draft(member.intent, member.verdict))
        for member in members:
            if member.intent.action is not Action.RESEND:
                yield self._written(member, speaker, renders_unchanged)

    def _fitting(self, speaker: _Member, member: _Member) -> Mapping[ChannelName, RenderedMessage]:
        """What the member would say on those channels on which the message of the speaker can have it as a part."""
        mine, theirs = member.case.customer, speaker.case.customer
        if mine is None or theirs is None or mine.locale != theirs.locale:
            return {}
        shared = [
            channel
            for channel in self._merging.channels
            if channel in speaker.texts
            and channel in member.case.channels
            and address_of(mine, channel) == address_of(theirs, channel)
        ]
        texts = member.rendered() if shared else {}
        return {
            channel: texts[channel]
            for channel in shared
            if channel in texts and member.is_section(channel) and speaker.is_section(channel)
            if fit_together(channel, [*speaker.message_on(channel), texts[channel]])
        }

    # -- what they leave behind --------------------------------------------------------------------------------------

    def _by_itself(self, member: _Member, renders_unchanged: bool) -> tuple[Deciding, Intent, Draft]:
        return self._written(member, None, renders_unchanged)

    def _written(
        self, member: _Member, speaker: _Member | None, renders_unchanged: bool
    ) -> tuple[Deciding, Intent, Draft]:
        """The draft of a member, with its messages where they are to be written."""
        deciding, intent, verdict = member.deciding, member.intent, member.verdict
        joined = None
        if member.carried:
            joined = digest_as_part(member.carried)
        elif member.parts:
            joined = digest_with_parts((part.name, part.content_digest) for part in member.parts)
            names = " and ".join(part.name for part in member.parts)
            text = f"{verdict.reason.text}; in one message with {names}"
            verdict = replace(verdict, reason=replace(verdict.reason, text=text))
        draft = deciding.draft(intent, verdict, joined)
        if renders_unchanged or not draft.unchanged:
            draft = rendered(draft, intent, deciding.rule, deciding.ruleset.renderer, deciding.now, deciding.contact)
            if member.parts and draft.verdict.state is NoticeState.READY:
                draft = draft.written(tuple(member.spoken(draft.messages)), draft.locale)
        if joined is not None and speaker is not None:
            parts = frozenset(part.intent.occurrence for part in member.parts)
            draft = replace(draft, group=speaker.intent.occurrence, parts=parts)
        deciding.note(intent, draft)
        return deciding, intent, draft


def _member(deciding: Deciding, intent: Intent) -> _Member:
    case = deciding.case(intent)
    return _Member(deciding, intent, case, verdict_on(case))
