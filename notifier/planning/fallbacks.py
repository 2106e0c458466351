"""What was told and did not arrive, while it still helps: it is said once on another channel, else its owner hears.

It is a word of its own in the thread, with its own occurrence, and goes through the gates like every other: the address
that did not receive it counts as one that refused it. So it waits for the end of quiet hours, keeps to consents, and
where nothing is left the notice has failed, of which its owner is told. Once it was told it is the last word: what
changes then is corrected where this was said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from notifier.model.notices import Reason, ReasonCode
from notifier.model.reading import KnownNotice
from notifier.model.types import Address
from notifier.planning.intents import ended
from notifier.planning.making_good import OWNER_KNOWS
from notifier.planning.occurrences import fallback_of, is_fallback
from notifier.planning.resends import Truth
from notifier.planning.situation import Action, Intent, Intents, Situation
from notifier.rules.checked_rules import Rule

ARRIVED = Reason(code=ReasonCode.NO_LONGER_TRUE, text="what was told arrived after all, or something newer says it")
NO_RECEIPT = "no receipt came"
OLD_SILENCE = timedelta(days=1)
"""Silence that is longer ago is nothing new: a rule that minds it since today must not tell everybody of last year."""


def lost_of(told: KnownNotice) -> Mapping[Address, str]:
    """The addresses that did not receive what was told, or of which nobody says that they did, each with the reason."""
    return {**dict.fromkeys(told.unconfirmed, NO_RECEIPT), **told.unheard}


def with_fallbacks(rule: Rule, situation: Situation, intents: Intents) -> Intents:
    """The intents, and one for each last word of a thread that did not arrive."""
    if not any(_may_matter(rule, notice) for notice in situation.known):
        return intents
    fallbacks = _Fallbacks(rule, situation, intents)
    planned = {intent.occurrence: intent for intent in fallbacks.intents()}
    others = (fallbacks.told_why(each) for each in intents.intents if each.occurrence not in planned)
    return replace(intents, intents=(*(each for each in others if each is not None), *planned.values()))


def _may_matter(rule: Rule, notice: KnownNotice) -> bool:
    waited_for = rule.fallback_after is not None and bool(notice.unconfirmed)
    return bool(notice.unheard) or waited_for or is_fallback(notice.occurrence)


class _Fallbacks:
    def __init__(self, rule: Rule, situation: Situation, intents: Intents) -> None:
        self.rule = rule
        self.situation = situation
        self.truth = Truth(rule, situation)
        self.by_occurrence = {notice.occurrence: notice for notice in situation.known}
        self.stands_in_for = {
            fallback_of(notice.occurrence): notice for notice in situation.known if notice.told_at is not None
        }
        self.speaking = {
            intent.thread
            for intent in intents.intents
            if intent.action in (Action.PLAN, Action.ALERT) and not is_fallback(intent.occurrence)
        }

    def intents(self) -> Iterator[Intent]:
        for thread, told in self.truth.threads.told.items():
            if thread in self.situation.continues or thread in self.speaking:
                continue  # something newer is said, wherever the customer can be reached
            last = told[-1]
            known = self.by_occurrence.get(fallback_of(last.occurrence))
            if (known is None or not known.spent) and self._is_lost(last):
                intent = self._of(last, known)
                if intent is not None and self._is_asked(intent):
                    yield intent

    def told_why(self, intent: Intent) -> Intent | None:
        """An intent about a fallback that is no longer planned, with the reason; None where its owner was told."""
        known = intent.known
        if known is None or intent.action is not Action.CANCEL or not is_fallback(intent.occurrence):
            return intent
        over = known.until is not None and known.until <= self.situation.now
        if over and known.state in OWNER_KNOWS:
            return None
        told = self.truth.threads.told.get(intent.thread, ())
        return intent if told and self._is_lost(told[-1]) else replace(intent, reason=ARRIVED)

    def _of(self, last: KnownNotice, known: KnownNotice | None) -> Intent | None:
        if last.until is not None and last.until <= self.situation.now:
            return self._too_late(last, known)
        match = self.truth.of(last)
        if match is None:
            return None
        corrected = self.by_occurrence.get(last.corrects or last.follows or "")
        return Intent(
            action=Action.PLAN,
            kind=last.kind,
            occurrence=fallback_of(last.occurrence),
            match=replace(match, recipient_id=last.recipient_id, claims=last.claims),
            template=last.template,
            until=last.until,
            known=known,
            told=corrected,
            last_told=last,
            event=last.event,
            instead_of=replace(last, unheard=self._lost_so_far(last)),
        )

    def _too_late(self, last: KnownNotice, known: KnownNotice | None) -> Intent | None:
        """It helps nobody any more. Its owner hears of it, unless it was too late before that was known."""
        if known is not None:
            if known.state in OWNER_KNOWS:
                return None
        elif not last.unheard or last.until is None or last.changed_at < last.until:
            return None
        why = "; ".join(f"{channel}: {reason}" for (channel, _), reason in last.unheard.items()) or NO_RECEIPT
        text = f"what {last.reference} told did not arrive, and it is too late to say it elsewhere; {why}"
        intent = ended(self.rule, last, Action.EXPIRE, Reason(code=ReasonCode.MISSED, text=text))
        return replace(intent, occurrence=fallback_of(last.occurrence), known=known)

    def _lost_so_far(self, last: KnownNotice) -> Mapping[Address, str]:
        """Where it did not arrive, and where the words did not that it stood in for."""
        lost, word = dict(lost_of(last)), last
        while (before := self.stands_in_for.get(word.occurrence)) is not None:
            lost |= lost_of(before)
            word = before
        return lost

    def _is_lost(self, last: KnownNotice) -> bool:
        """Whether it arrived nowhere, as far as anybody says."""
        if last.going_to:
            return False
        if last.told_addresses <= last.unconfirmed and (last.unheard or last.unconfirmed):
            return not last.unconfirmed or self._waited_for_long(last)
        return False

    def _waited_for_long(self, last: KnownNotice) -> bool:
        patience, now = self.rule.fallback_after, self.situation.now
        if patience is None or last.told_at is None or last.told_at + patience > now:
            return False
        known = self.by_occurrence.get(fallback_of(last.occurrence))
        return known is not None or now < last.told_at + patience + OLD_SILENCE

    def _is_asked(self, intent: Intent) -> bool:
        return self.situation.subjects is None or intent.match.subject_id in self.situation.subjects
