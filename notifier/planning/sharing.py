"""Who speaks at an address that several customers share: the same words go there once, whoever shares it.

Two rows of one person (an old account and a new one), a family with one mailbox, a shop with one switchboard. Of the
notices that say the same at one address, one speaks and the others are told through it. The same words are those of
one rule about one row, with equal claims, in one language, on one occasion; the name in a greeting does not count.

All that a rule says about a row, or about those of its rows of `each` whose readers share an address
(`planning.address_groups`), is decided in one batch, so what is to be said is compared in memory. What was said before
is among the known notices, each with the addresses where it went.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from notifier.model.digests import claims_digest, match_digest
from notifier.model.notices import Draft, NoticeKind, NoticeState, ReasonCode, Recipient, ThreadEvent, Voice
from notifier.model.reading import KnownNotice
from notifier.model.types import Address, ChannelName
from notifier.planning.addressing import PLACES, LeftOut, address_of, places_of, shared_channels
from notifier.planning.occurrences import Thread, last_part_of, same_minute
from notifier.planning.situation import Action, Intent
from notifier.planning.threads import thread_of_notice
from notifier.rules.checked_rules import Rule

Words = tuple[str, ...]
"""What two notices of one rule must have in common to say the same, apart from their language."""
_ASSERTS = (NoticeKind.NOTICE, NoticeKind.CORRECTION)
"""Kinds that say what is so."""
_WILL_SPEAK = (NoticeState.READY, NoticeState.DEFERRED, NoticeState.HELD)
_SILENT = (ReasonCode.UNPRINTABLE, ReasonCode.LACKS_CONTENT, ReasonCode.NO_ZONE)
"""Why a held notice waits for somebody to mend what is about its own recipient or texts."""


class Sharing:
    """The addresses that recipients of one batch share, who speaks there, and what was said there before.

    `told` is what was told about the rows of the batch, to whomever; `recipients` are the customers of both, by id.
    """

    def __init__(
        self,
        rule: Rule,
        intents: Iterable[Intent],
        told: Sequence[KnownNotice],
        recipients: Mapping[str, Recipient],
        now: datetime,
    ) -> None:
        self.rule = rule
        self.recipients = recipients
        self.now = now
        planned = [intent for intent in intents if intent.action is Action.PLAN and intent.reason is None]
        self._shared = _shared(planned, told, recipients) if rule.merges else set()
        self._speaking: dict[tuple[Words, Address, str, str], Voice] = {}
        self._said: dict[tuple[Words, Address], list[KnownNotice]] = defaultdict(list)
        self._last: dict[Thread, KnownNotice] = {}
        self._refused: dict[Words, dict[Address, str]] = defaultdict(dict)
        if self._shared:
            self._remember(told)
            for intent in planned:
                if intent.known is not None and intent.known.failed and self._concerns(intent):
                    self._refused[_words(intent)].update(intent.known.failed)

    def in_turn(self, intents: Sequence[Intent]) -> Sequence[Intent]:
        """The intents in the order in which they are to be decided: who speaks before who is told through them.

        Who has the word keeps it, so that the same facts give the same speaker again.
        """
        if not self._shared:
            return intents
        shared = [intent for intent in intents if self._concerns(intent)]
        if not shared:
            return intents
        return [*(intent for intent in intents if not self._concerns(intent)), *sorted(shared, key=_turn)]

    def is_shared(self, intent: Intent) -> bool:
        """Whether somebody else at an address of its recipient hears, or heard, of the same row."""
        return bool(self._shared) and self._concerns(intent)

    def note(self, intent: Intent, draft: Draft) -> None:
        """Remember what the draft of this intent says, and where, if it is to be told."""
        if not self._shared or intent.action is not Action.PLAN or draft.recipient is None:
            return
        if _speaks(draft.verdict.state, draft.verdict.reason.code) and self._concerns(intent):
            self._note(intent, draft.recipient, draft.reference, draft.verdict.channels)

    def may_be_spoken_for(self, intent: Intent, draft: Draft) -> bool:
        """Whether it is not told itself, and somebody whose turn comes later may yet say it at the same address."""
        if not self._shared or intent.action is not Action.PLAN or not self._concerns(intent):
            return False
        return not _speaks(draft.verdict.state, draft.verdict.reason.code) and not draft.verdict.through

    def spoken_to(self, intents: Sequence[Intent]) -> set[str]:
        """The recipients to whom these intents speak in their own name, as far as addresses decide it."""
        found: set[str] = set()
        for intent in self.in_turn(intents):
            recipient_id = intent.match.recipient_id
            if intent.action is not Action.PLAN or recipient_id is None:
                continue
            recipient = self.recipients.get(recipient_id)
            if recipient is not None and self._shared and self._concerns(intent):
                reached = [channel for channel in self.rule.channels if address_of(recipient, channel) is not None]
                through = {each.channel for each in self.left_out(intent, recipient, reached)}
                if reached and through.issuperset(reached):
                    continue
                self._note(intent, recipient, "", [channel for channel in reached if channel not in through])
            found.add(recipient_id)
        return found

    def left_out(self, intent: Intent, recipient: Recipient, channels: Iterable[ChannelName]) -> Iterator[LeftOut]:
        """The channels on which another notice says the same at the recipient's address.

        That a row is no longer theirs is not said where whose it is now reads it, too.
        """
        for holder in (self.recipients.get(holder) for holder in intent.holders):
            for channel in shared_channels(recipient, holder) if holder is not None and self.rule.merges else ():
                text = f"{holder.id} has it now and reads at the same {PLACES[channel]}" if holder is not None else ""
                yield LeftOut(channel=channel, code=ReasonCode.TOLD_THROUGH, text=text)
        if not self._shared or not self._concerns(intent):
            return
        for channel in channels:
            address = address_of(recipient, channel)
            voice = None if address is None else self._voice(intent, recipient, (channel, address))
            if voice is not None:
                yield LeftOut(channel=channel, code=ReasonCode.TOLD_THROUGH, voice=voice)

    def refused(self, intent: Intent) -> Mapping[Address, str]:
        """The addresses that refused these words before, whoever they were for, each with the reason."""
        if not self._refused or not self._concerns(intent):
            return {}
        return self._refused.get(_words(intent), {})

    def _note(self, intent: Intent, recipient: Recipient, reference: str, channels: Iterable[ChannelName]) -> None:
        voice = Voice(occurrence=intent.occurrence, reference=reference, recipient_id=recipient.id)
        for channel in channels:
            address = address_of(recipient, channel)
            if address is not None:
                for words in (_words(intent), *_assertion(intent)):
                    self._speaking.setdefault((words, (channel, address), *_wording(intent, recipient)), voice)

    def _concerns(self, intent: Intent) -> bool:
        """Whether the intent's recipient shares an address with somebody else who hears of the same row."""
        recipient = self.recipients.get(intent.match.recipient_id or "")
        subject = intent.match.subject_id
        return recipient is not None and any((subject, place) in self._shared for place in places_of(recipient))

    def _remember(self, told: Sequence[KnownNotice]) -> None:
        """What was said last in each thread at each address. The words before it are not what people believe now."""
        by_occurrence = {notice.occurrence: notice for notice in told}
        last: dict[tuple[Thread, Address], KnownNotice] = {}
        for notice in sorted(told, key=lambda notice: (notice.told_at or self.now, notice.id)):
            thread = thread_of_notice(notice)
            self._last[thread] = notice
            last |= {(thread, address): notice for address in sorted(notice.spoken_at)}
        for (_, address), notice in last.items():
            for words in _words_told(notice, by_occurrence):
                self._said[words, address].append(notice)

    def _voice(self, intent: Intent, recipient: Recipient, place: Address) -> Voice | None:
        if (intent.match.subject_id, place) not in self._shared:
            return None
        language, _ = wording = _wording(intent, recipient)
        for words in dict.fromkeys((_words(intent), *_assertion(intent))):
            for notice in self._said.get((words, place), ()):
                told_another = notice.recipient_id != recipient.id and _language_told(notice) in ("", language)
                if told_another and self._still_counts(notice, intent):
                    return Voice(
                        occurrence=notice.occurrence, reference=notice.reference, recipient_id=notice.recipient_id
                    )
        voice = self._speaking.get((_words(intent), place, *wording))
        return voice if voice is not None and voice.recipient_id != recipient.id else None

    def _still_counts(self, notice: KnownNotice, intent: Intent) -> bool:
        """Whether what was told then is the last word now, on the occasion of this intent."""
        match, told_at = intent.match, notice.told_at or self.now
        own = self._last.get(intent.thread)
        if own is not None and own.told_at is not None and own.told_at > told_at:
            return False
        if intent.kind is not NoticeKind.NOTICE:
            # Other words that assert the same are enough where they are about the very same row.
            return notice.kind is intent.kind or notice.each_id == match.each_id
        if not self.rule.at:
            return self.rule.repeat is None or told_at + self.rule.repeat > self.now
        if notice.kind is not NoticeKind.NOTICE:
            return match.at is not None and told_at >= match.at
        return notice.ordinal == match.ordinal and same_minute(notice.anchor, match.anchor)


def _shared(
    planned: Iterable[Intent], told: Iterable[KnownNotice], recipients: Mapping[str, Recipient]
) -> set[tuple[str, Address]]:
    """The addresses, each with a row, at which two recipients hear or heard of it."""
    first: dict[tuple[str, Address], str | None] = {}
    found: set[tuple[str, Address]] = set()
    for intent in planned:
        recipient = recipients.get(intent.match.recipient_id or "")
        if recipient is not None:
            for place in places_of(recipient):
                if first.setdefault((intent.match.subject_id, place), recipient.id) != recipient.id:
                    found.add((intent.match.subject_id, place))
    if not first:
        return found
    for notice in told:
        for address in notice.spoken_at:
            key = (notice.subject_id, address)
            if first.get(key, notice.recipient_id) != notice.recipient_id:
                found.add(key)
    return found


def _speaks(state: NoticeState, code: ReasonCode) -> bool:
    return state in _WILL_SPEAK and code not in _SILENT


def _turn(intent: Intent) -> tuple[int, bool, str, str, str, str]:
    known, match = intent.known, intent.match
    rank, decided = 2, ""
    if known is not None and not known.spent and _speaks(known.state, known.reason_code):
        rank, decided = (0 if known.state is NoticeState.READY else 1), known.id
    is_news = intent.kind is NoticeKind.NOTICE  # what also says that something else is over speaks first
    return (rank, is_news, decided, match.recipient_id or "", match.each_id or "", intent.occurrence)


def _words(intent: Intent) -> Words:
    said = match_digest(intent.match)
    if intent.kind is NoticeKind.NOTICE:
        return _asserting(intent.match.subject_id, said)
    before = "" if intent.told is None else intent.told.claims_digest
    return (intent.kind, intent.match.subject_id, last_part_of(intent.occurrence), said, before)


def _assertion(intent: Intent) -> tuple[Words, ...]:
    """What a correction asserts, whatever it corrects; for a notice, its words are that."""
    if intent.kind is not NoticeKind.CORRECTION and intent.event is not ThreadEvent.REINSTATED:
        return ()
    return (_asserting(intent.match.subject_id, match_digest(intent.match)),)


def _words_told(notice: KnownNotice, told: Mapping[str, KnownNotice]) -> Iterator[Words]:
    """What a told notice said, in the same terms as `_words` and `_assertion`."""
    if notice.kind in _ASSERTS or notice.event is ThreadEvent.REINSTATED:
        yield _asserting(notice.subject_id, notice.claims_digest)
    if notice.kind is not NoticeKind.NOTICE:
        before = told.get(notice.corrects or notice.follows or "")
        digest = "" if before is None else before.claims_digest
        yield (notice.kind, notice.subject_id, last_part_of(notice.occurrence), notice.claims_digest, digest)


def _asserting(subject_id: str, digest: str) -> Words:
    return ("so", subject_id, digest)


def _wording(intent: Intent, recipient: Recipient) -> tuple[str, str]:
    """What else decides a text: the language, and for a follow-up what is so now."""
    language = (intent.match.locale or recipient.own_locale or recipient.locale).partition("-")[0].lower()
    return language, claims_digest(intent.current) if intent.current else ""


def _language_told(notice: KnownNotice) -> str:
    """The language in which it was told; empty where that was not recorded yet."""
    return (notice.own_locale or notice.locale or "").partition("-")[0].lower()
