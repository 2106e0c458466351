"""Several notices to one person in one message: who speaks, what are its parts, and what each of them leaves behind.

Whatever of a class goes to a person takes along what waits for the same person (`planning.merging`), of whichever rule.
What a rule with `group` says at once to a person is one text with rows (`planning.grouping`), without any wait.
One of them speaks: its message on a channel has the others as parts, one below the other. What is about to go together
stays together, and is decided together: the digest of the notice that speaks holds those of its parts. So where one of
them is no longer true, the message is another one, and the stored one is stale.

All that is decided here for one person is in one batch, and is written as a whole or not at all (`Draft.group`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from notifier.drafting.deciding import Deciding
from notifier.drafting.members import Member, Texts, member_of
from notifier.drafting.notices import digest_as_part, digest_with_parts, has_parts, rendered
from notifier.model.companion_reading import Companion
from notifier.model.notices import Draft, NoticeKind, NoticeState, Reason, ReasonCode, Verdict
from notifier.model.reading import StateReader, StoreError
from notifier.model.types import ChannelName
from notifier.planning.addressing import address_of
from notifier.planning.gates import verdict_on
from notifier.planning.grouping import Common
from notifier.planning.situation import Action, Intent
from notifier.rendering.joint import fit_together
from notifier.rules.checked_rules import Rule
from notifier.rules.contact_terms import Merging


class Street(Protocol):
    """The pass of one rule, as far as it is asked about notices of its own."""

    def about(self, rows: Collection[tuple[str, str | None]], resend: Mapping[str, ChannelName]) -> Deciding:
        """All that is to be done about these subjects, some with a row of `each`, ready to be decided."""
        ...


NAMED = 4
"""Parts whose references the reason of who speaks says."""
CHANGED = Reason(code=ReasonCode.REPLACED, text="another notice in its message changed since it was told elsewhere")


class Joining:
    """What is in one message with what, in one pass. `street_of` leads to the other rules of the pass.

    `merging` is None where only rows of one rule go together.
    """

    def __init__(self, merging: Merging | None, reader: StateReader, street_of: Callable[[str], Street | None]) -> None:
        self._merging = merging
        self._reader = reader
        self._street_of = street_of
        self.decided: set[str] = set()
        """Occurrences that were decided with those of another rule: their own rule leaves them alone."""

    def concerns(self, rule: Rule) -> bool:
        """Whether anything of the rule may be in one message with something else."""
        return self._merging is not None or rule.group is not None

    def drafts(
        self, deciding: Deciding, intents: Sequence[Intent], *, renders_unchanged: bool
    ) -> Iterator[tuple[Deciding, Intent, Draft]]:
        """The drafts of these intents, and of those of other rules that are decided together with them."""
        members = [member_of(deciding, intent) for intent in intents]
        together = {member.intent.match.recipient_id for member in members if member.is_going or member.was_going}
        others = self._companions(deciding, intents, {each for each in together if each is not None})
        by_person: dict[str | None, list[Member]] = defaultdict(list)
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
        told_parts = self._reader.parts_told([intent.occurrence])
        # What is a part of this message, too, was evaluated: it is among the members, or it changed.
        evaluated = {member.intent.occurrence for member in members}
        evaluated |= {told.occurrence for told in told_parts if told.channel is intent.resend_on}
        for told in told_parts:
            if told.occurrence not in evaluated:
                parts.add((told.reference, told.content_digest))
        again = deciding.draft(intent, draft.verdict, digest_with_parts(parts) if parts else "")
        if again.content_digest == known.content_digest:
            return draft
        return replace(draft, verdict=Verdict(state=NoticeState.CANCELLED, reason=CHANGED))

    # -- who goes with whom ------------------------------------------------------------------------------------------

    def _companions(self, deciding: Deciding, intents: Sequence[Intent], recipients: Collection[str]) -> list[Member]:
        """What else waits for these people, or is in a message with these, evaluated at this moment."""
        if not recipients:
            return []
        mine = {intent.occurrence for intent in deciding.intents} | {intent.occurrence for intent in intents}
        by_rule: dict[str, list[Companion]] = defaultdict(list)
        found = [] if self._merging is None else [*self._reader.companions(deciding.rule.notice_class, recipients)]
        if deciding.rule.group is not None:
            found += self._reader.listed(deciding.rule.name, recipients)
        for companion in {companion.occurrence: companion for companion in found}.values():
            if companion.occurrence not in mine and companion.occurrence not in self.decided:
                by_rule[companion.rule].append(companion)
        return [member for rule, found in by_rule.items() for member in self._evaluated(rule, found)]

    def _evaluated(self, rule: str, companions: Sequence[Companion]) -> Iterator[Member]:
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
            if intent.occurrence in wanted and (is_part or deciding.may_go_with_others(intent)):
                yield member_of(deciding, intent)

    def _of_person(
        self, members: Sequence[Member], renders_unchanged: bool
    ) -> Iterator[tuple[Deciding, Intent, Draft]]:
        groups: dict[tuple[str, Common | None], list[Member]] = defaultdict(list)
        for member in members:
            groups[member.group, None if self._is_gathered(member) else member.common].append(member)
        for key in sorted(groups, key=lambda key: key[0] == ""):  # what is about to go is counted before what is new
            yield from self._of_group(sorted(groups[key], key=lambda member: member.turn), renders_unchanged)

    def _is_gathered(self, member: Member) -> bool:
        """Whether it goes with whatever else goes to its person, and not with rows of its rule alone."""
        resent = self._merging is not None and member.intent.action is Action.RESEND
        return member.case.may_join or (resent and member.intent.kind is NoticeKind.NOTICE)

    def _of_group(self, members: Sequence[Member], renders_unchanged: bool) -> Iterator[tuple[Deciding, Intent, Draft]]:
        if len(members) == 1:
            member = members[0]
            member.verdict = verdict_on(member.case)  # others were decided since
            yield self._by_itself(member, renders_unchanged)
            return
        speaker: Member | None = None
        later: list[Member] = []
        for member in members:
            texts = {} if speaker is None else self._fitting(speaker, member)
            voices = {} if speaker is None else dict.fromkeys(texts, speaker.voice)
            member.verdict = verdict_on(replace(member.case, carried=voices))
            if member.is_going:
                member.carried = {on: text for on, text in texts.items() if on in member.verdict.through}
            if speaker is not None and member.carried:
                speaker.takes(member, member.carried)
            elif speaker is not None and member.is_going and member.is_new_row:
                later.append(member)  # it may be a row of another message
                continue
            elif speaker is None and member.may_speak():
                speaker = member
            member.deciding.note(member.intent, member.deciding.draft(member.intent, member.verdict))
        for member in members:
            if member.intent.action is not Action.RESEND and member not in later:
                yield self._written(member, speaker, renders_unchanged)
        if later:
            yield from self._of_group(later, renders_unchanged)

    def _fitting(self, speaker: Member, member: Member) -> Texts:
        """On those channels on which the message of the speaker can have the member as a part: what its section says
        then."""
        mine, theirs = member.case.customer, speaker.case.customer
        if mine is None or theirs is None or mine.locale != theirs.locale:
            return {}
        section = speaker.section_for(member)
        if section is None and (self._merging is None or not speaker.case.may_join):
            return {}
        among = speaker.texts if section is not None or self._merging is None else self._merging.channels
        shared = [
            channel
            for channel in among
            if channel in speaker.texts
            and channel in member.case.channels
            and address_of(mine, channel) == address_of(theirs, channel)
        ]
        if section is not None and shared:
            first, *rows = section.members
            texts = first.rendered([*rows, member], shared)
            fit = all(
                channel in texts and fit_together(channel, [*speaker.message_on(channel, but=section), texts[channel]])
                for channel in shared
            )
            return texts if fit else {}
        texts = member.rendered() if shared else {}
        return {
            channel: texts[channel]
            for channel in shared
            if channel in texts and member.is_section(channel) and speaker.is_section(channel)
            if fit_together(channel, [*speaker.message_on(channel), texts[channel]])
        }

    # -- what they leave behind --------------------------------------------------------------------------------------

    def _by_itself(self, member: Member, renders_unchanged: bool) -> tuple[Deciding, Intent, Draft]:
        return self._written(member, None, renders_unchanged)

    def _written(
        self, member: Member, speaker: Member | None, renders_unchanged: bool
    ) -> tuple[Deciding, Intent, Draft]:
        """The draft of a member, with its messages where they are to be written."""
        deciding, intent, verdict = member.deciding, member.intent, member.verdict
        joined = None
        if member.carried:
            joined = digest_as_part(member.carried)
        elif member.parts:
            joined = digest_with_parts((part.name, part.content_digest) for part in member.parts)
            text = f"{verdict.reason.text}; in one message with {_named(member.parts)}"
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


def _named(parts: Sequence[Member]) -> str:
    """The references of the parts; of many, the first ones."""
    names = [part.name for part in parts]
    if len(names) > NAMED:
        names = [", ".join(names[:NAMED]), f"{len(names) - NAMED} more"]
    return " and ".join(names)
